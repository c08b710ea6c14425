/** Saves by itself, a moment after every change. What could not be saved is kept in this tab and tried again. */
import { config, send, t, type Draft } from "./config";
import { same, type Definition } from "./core/types";
import { later } from "./dom";
import type { Store } from "./store";

export type Conflict = { key: string; where: string; mine: string; theirs: string; by: string; at: string };
export type Problem = { path: (string | number)[]; message: string; mend: string };
export type Status = { look: "ok" | "busy" | "warn" | "bad"; words: string };
type Kept = { version: number; base: Definition; unsaved: Definition };

const WAIT_MS = 700;
const RETRY_MS = 5000;

export class Saving {
  private saved: Definition;
  private version: number;
  private busy = false;
  private conflict: { conflicts: Conflict[]; url: string; sent: Definition } | null = null;
  private readonly soon = later(WAIT_MS, () => void this.save());
  private readonly again = later(RETRY_MS, () => void this.save());
  private readonly key: string;

  constructor(
    private readonly store: Store, draft: Draft,
    private readonly show: (status: Status) => void, private readonly ask: (conflicts: Conflict[]) => void,
  ) {
    this.saved = draft.definition;
    this.version = draft.version;
    this.key = `designer:${draft.definition.code}`;
    this.show({ look: "ok", words: t("saved_at", { time: clock(new Date(draft.saved_at)) }) });
    this.recover();
    store.onChange((change) => { if (change === "definition") this.changed(); });
    window.addEventListener("beforeunload", (event) => { if (this.dirty) event.preventDefault(); });
    window.addEventListener("online", () => { if (this.dirty) this.again.now(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && this.dirty) this.soon.now(); });
  }

  get dirty(): boolean {
    return !same(this.saved, this.store.definition);
  }

  /** What an earlier visit could not save comes back. */
  private recover(): void {
    const kept = this.kept();
    if (!kept || same(kept.unsaved, this.saved)) return this.forget();
    this.store.recover(kept.base, kept.unsaved, t("recovered"));
    this.changed();
  }

  private changed(): void {
    if (!this.dirty) return;
    this.keep();
    if (config.locked) return this.show({ look: "bad", words: config.locked });
    if (this.conflict) return;
    this.show({ look: "busy", words: t("not_saved_yet") });
    this.soon.soon();
  }

  private async save(): Promise<void> {
    if (this.busy || this.conflict || !this.dirty || config.locked) return;
    this.busy = true;
    const sent = this.store.definition;
    this.show({ look: "busy", words: t("saving") });
    const response = await send(config.urls.draft, "PUT", { version: this.version, definition: sent }).catch(() => null);
    await this.answered(response, sent).catch(() => this.failed(t("offline")));
    this.busy = false;
    if (this.dirty && !this.conflict && response?.status === 200) this.soon.soon();
  }

  private async answered(response: Response | null, sent: Definition): Promise<void> {
    if (!response) return this.failed(t("offline"));
    if (response.redirected || response.status === 403) return this.failed(t("signed_out"));
    if (response.status >= 500) return this.failed(t("server_trouble"));
    const data = (await response.json()) as Draft & { conflicts: Conflict[]; url: string; problems: Problem[]; message: string };
    if (response.status === 409) return this.clashed(data.conflicts, data.url, sent);
    if (response.status === 422) return this.show({ look: "bad", words: t("refused", { why: data.problems.map((one) => one.message + one.mend).join(" ") }) });
    if (!response.ok) return this.failed(data.message || t("server_trouble"));
    this.took(data, sent);
  }

  private took(data: Draft, sent: Definition): void {
    this.version = data.version;
    this.saved = data.definition;
    this.store.adopt(sent, data.definition);
    this.store.setFindings(data.findings);
    if (this.dirty) this.keep();
    else this.forget();
    this.show({ look: "ok", words: t("saved_at", { time: clock() }) });
  }

  private failed(words: string): void {
    this.keep();
    this.show({ look: "warn", words: `${words}${t("kept_here")}` });
    this.again.soon();
  }

  private clashed(conflicts: Conflict[], url: string, sent: Definition): void {
    this.conflict = { conflicts, url, sent };
    this.show({ look: "bad", words: t("conflict_words", { n: conflicts.length }) });
    this.ask(conflicts);
  }

  /** The conflicts that wait for a choice. */
  get waiting(): Conflict[] {
    return this.conflict?.conflicts ?? [];
  }

  /** Sends which side of each conflict counts, and takes over what came of it. Whether it was taken. */
  async settle(choices: ReadonlyMap<string, "mine" | "theirs">): Promise<boolean> {
    const { conflict } = this;
    if (!conflict) return true;
    const form = new URLSearchParams([...choices, ["csrfmiddlewaretoken", config.csrf]]);
    const settled = await fetch(conflict.url, { method: "POST", body: form, credentials: "same-origin" }).catch(() => null);
    const fresh = settled?.ok ? await fetch(config.urls.draft, { credentials: "same-origin" }).catch(() => null) : null;
    if (!fresh?.ok) return false;
    this.conflict = null;
    this.took((await fresh.json()) as Draft, conflict.sent);
    this.changed();
    return true;
  }

  private keep(): void {
    const kept: Kept = { version: this.version, base: this.saved, unsaved: this.store.definition };
    try { sessionStorage.setItem(this.key, JSON.stringify(kept)); } catch { /* full or forbidden: the page itself still has it */ }
  }

  private kept(): Kept | null {
    try { return JSON.parse(sessionStorage.getItem(this.key) ?? "null") as Kept | null; } catch { return null; }
  }

  private forget(): void {
    try { sessionStorage.removeItem(this.key); } catch { /* forbidden: nothing was kept either */ }
  }
}

/** 10:32, and before today 11/20 10:32. */
function clock(at: Date = new Date()): string {
  const day: Intl.DateTimeFormatOptions = at.toDateString() === new Date().toDateString() ? {} : { month: "numeric", day: "numeric" };
  return new Intl.DateTimeFormat("ja-JP", { ...day, hour: "2-digit", minute: "2-digit" }).format(at);
}
