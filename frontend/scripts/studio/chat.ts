/** The chat of the preview: drawn as the phone of the demo draws it, answered by the server without anything stored. */
import { drawRow } from "../phone/messages";
import type { Action, Json, Row } from "../phone/types";
import { make, tappable } from "../phone/dom";
import { config, t } from "./config";

export type Said =
  | { type: "message"; text: string } | { type: "postback"; data: string; params?: Record<string, string> }
  | { type: "file" } | { type: "location" };

type Message = Json & { quickReply?: { items: { action: Action }[] } };
const DATE_BOXES: Record<string, string> = { date: "date", time: "time", datetime: "datetime-local" };

const SKELETON = `<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>${t("chat_title")}</title>
<link rel="stylesheet" href="${config.chatStyles}"></head><body class="line-sim chat-page"><main class="chat-page__main">
<h1 class="visually-hidden">${t("chat_title")}</h1>
<div class="talk" role="log" aria-label="${t("chat_title")}" tabindex="0"></div><div class="chips"></div>
<form class="composer"><div class="composer-row"><input type="text" aria-label="${t("chat_say")}" placeholder="${t("chat_say")}" autocomplete="off"><button class="round send" aria-label="${t("chat_send")}">➤</button></div></form>
</main></body></html>`;

export class Chat {
  private rows: Row[] = [];
  private page: Document | null = null;
  private picking: Action | null = null;

  constructor(
    private readonly frame: HTMLIFrameElement, private readonly account: string,
    private readonly say: (said: Said) => void, private readonly openPage: () => void,
  ) {}

  /** What the bot says. With `again` it takes the place of what it said last: the definition has changed. */
  async hear(messages: readonly Message[], again: boolean): Promise<void> {
    if (!this.page) await this.load();
    if (again) while (this.rows.length && this.rows[this.rows.length - 1]?.from === "bot") this.rows.pop();
    for (const message of messages) this.add("bot", message, null);
    this.draw(messages[messages.length - 1]?.quickReply?.items.map((item: { action: Action }) => item.action) ?? []);
  }

  clear(): void {
    this.rows = [];
  }

  private add(from: "bot" | "user", message: Json, shown: string | null): void {
    this.rows.push({ n: this.rows.length, from, message, at: Date.now(), shown, unsent: false });
  }

  private load(): Promise<void> {
    return new Promise((resolve) => {
      this.frame.addEventListener("load", () => {
        this.page = this.frame.contentDocument;
        this.listen();
        resolve();
      }, { once: true });
      this.frame.srcdoc = SKELETON;
    });
  }

  private listen(): void {
    this.page?.querySelector("form")?.addEventListener("submit", (event) => { event.preventDefault(); this.typed(); });
    this.page?.addEventListener("click", (event) => {
      if (!(event.target as Element).closest("a[href]")) return;
      event.preventDefault();
      this.openPage();
    });
  }

  private part<T extends HTMLElement>(selector: string): T {
    return this.page?.querySelector(selector) as T;
  }

  private draw(replies: readonly Action[]): void {
    const talk = this.part(".talk");
    const drawn = this.rows.map((row) => drawRow(row, this.account, (action) => this.press(action)));
    talk.replaceChildren(...drawn.filter((row): row is HTMLElement => row !== null));
    this.part(".chips").replaceChildren(...replies.map((action) => tappable(action, (pressed) => this.press(pressed), "chip", action.label ?? "")));
    talk.scrollTop = talk.scrollHeight;
  }

  private press(action: Action & { data?: string; displayText?: string }): void {
    if (action.type === "message") return this.tell({ type: "message", text: action.text ?? "" }, action.text ?? "");
    if (action.type === "datetimepicker") return this.pick(action);
    if (action.type === "camera" || action.type === "cameraRoll") return this.tell({ type: "file" }, t("chat_photo"));
    if (action.type === "location") return this.tell({ type: "location" }, t("chat_place"));
    if (action.type === "postback") this.tell({ type: "postback", data: action.data ?? "" }, action.displayText ?? action.label ?? "");
  }

  private pick(action: Action): void {
    const box = this.part<HTMLInputElement>("input");
    this.picking = action;
    box.type = DATE_BOXES[action.mode ?? "date"] ?? "date";
    box.value = action.initial ?? "";
    box.focus();
  }

  private typed(): void {
    const box = this.part<HTMLInputElement>("input"), text = box.value.trim(), picking = this.picking as (Action & { data?: string }) | null;
    if (!text) return;
    this.picking = null;
    box.type = "text";
    box.value = "";
    if (picking) this.tell({ type: "postback", data: picking.data ?? "", params: { [picking.mode ?? "date"]: text } }, text);
    else this.tell({ type: "message", text }, text);
  }

  private tell(said: Said, shown: string): void {
    this.add("user", { type: "message", message: { type: "text", text: shown } }, null);
    this.draw([]);
    this.say(said);
  }
}
