/** The preview: as staff see it, as residents see it on the web, and as the chat asks it. Every change shows at once. */
import { Chat, type Said } from "./chat";
import { config, send, t } from "./config";
import { said } from "./core/texts";
import type { Language } from "./core/types";
import { byId, later } from "./dom";
import { Frame, type Pressed } from "./frame";
import type { Problem } from "./saving";
import type { Store } from "./store";

export type Tab = "desk" | "web" | "chat";
type Answer = { html?: string; messages?: never[]; state: Record<string, unknown> };
const TABS: readonly Tab[] = ["desk", "web", "chat"];
const WAIT_MS = 250;

export class Preview {
  private tab: Tab = "web";
  private shown = false;
  private language: Language = "ja";
  private state: Record<string, unknown> = {};
  private request = 0;
  private readonly fresh = new Set<Tab>();
  private readonly frames: Record<"desk" | "web", Frame>;
  private readonly chat: Chat;
  private readonly trouble = byId("preview-trouble");
  private readonly soon = later(WAIT_MS, () => void this.redraw());

  constructor(private readonly store: Store) {
    this.frames = {
      desk: new Frame(byId<HTMLIFrameElement>("preview-desk-frame"), () => undefined),
      web: new Frame(byId<HTMLIFrameElement>("preview-web-frame"), (what) => void this.pressed(what)),
    };
    this.chat = new Chat(byId<HTMLIFrameElement>("preview-chat-frame"), said(store.definition.name), (words) => void this.said(words), () => this.open("web"));
    for (const tab of TABS) byId(`preview-${tab}-tab`).addEventListener("click", () => this.open(tab));
    byId("preview-tabs").addEventListener("keydown", (event) => this.key(event));
    byId<HTMLSelectElement>("preview-language").addEventListener("change", (event) => this.speak((event.target as HTMLSelectElement).value as Language));
    byId("preview-restart").addEventListener("click", () => this.restart());
    store.onChange((change) => { if (change === "definition") this.changed(); });
  }

  /** Asked for only while it can be seen. */
  show(shown: boolean): void {
    this.shown = shown;
    if (shown && !this.fresh.has(this.tab)) void this.redraw();
  }

  open(tab: Tab, focus = false): void {
    this.tab = tab;
    for (const one of TABS) {
      const button = byId(`preview-${one}-tab`);
      button.setAttribute("aria-selected", String(one === tab));
      button.tabIndex = one === tab ? 0 : -1;
      byId(`preview-${one}`).hidden = one !== tab;
      if (focus && one === tab) button.focus();
    }
    if (!this.fresh.has(tab)) void this.redraw();
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) this.open(TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length] as Tab, true);
  }

  private speak(language: Language): void {
    this.language = language;
    this.fresh.clear();
    void this.redraw();
  }

  private restart(): void {
    this.state = {};
    this.fresh.clear();
    this.chat.clear();
    void this.redraw();
  }

  private changed(): void {
    this.fresh.clear();
    if (this.shown) this.soon.soon();
  }

  /** The same place again, with what is typed there. */
  private async redraw(): Promise<void> {
    const form = this.tab === "web" ? this.frames.web.typed() : "";
    await this.ask(form ? { kind: "draw", form } : {}, true);
  }

  private async pressed(what: Pressed): Promise<void> {
    await this.ask(what, false);
  }

  private async said(words: Said): Promise<void> {
    await this.ask(words, false);
  }

  private async ask(event: object, again: boolean): Promise<void> {
    const tab = this.tab, number = (this.request += 1);
    const body = { definition: this.store.definition, state: this.state, event, language: this.language };
    const response = await send(`${config.urls.preview}${tab}`, "POST", body).catch(() => null);
    if (number !== this.request) return;
    if (!response?.ok) return this.tell(await problemsOf(response));
    this.tell("");
    const answer = (await response.json()) as Answer;
    this.fresh.clear();
    this.fresh.add(tab);
    if (tab !== "desk") this.state = answer.state;
    if (tab === "chat") await this.chat.hear(answer.messages ?? [], again);
    else await this.frames[tab].draw(answer.html ?? "", again);
  }

  private tell(words: string): void {
    this.trouble.hidden = !words;
    this.trouble.textContent = words;
  }
}

async function problemsOf(response: Response | null): Promise<string> {
  if (response?.status !== 422) return t("preview_trouble");
  const { problems } = (await response.json()) as { problems: Problem[] };
  return t("preview_refused", { why: problems.map((one) => one.message + one.mend).join(" ") });
}
