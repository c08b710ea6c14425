/** A box for a formula, condition or query: names and functions are offered, mistakes told while one writes. */
import { config, send, t } from "../config";
import type { Field } from "../core/types";
import { freshId, h, later } from "../dom";
import type { Store } from "../store";
import type { Control, Row } from "./control";

type Wanted = {
  store: Store;
  kind: "formula" | "condition" | "fee" | "query";
  field: () => string;
  label: string;
  help?: string;
  key?: string;
  read: () => string;
  write: (source: string) => void;
};

type Checked = { ok: boolean; type: string | null; error: { message: string; position: number } | null };
type Item = { insert: string; label: string; detail: string };

/** A property that holds a source. */
export function source(row: Row, kind: Wanted["kind"]): Control {
  return sourceBox({
    store: row.store, kind, field: () => row.field?.code ?? "", label: row.property.label, help: row.property.help, key: row.property.key,
    read: () => String(row.value ?? ""), write: (typed) => row.set(typed || row.property.default),
  });
}

export function sourceBox(wanted: Wanted): Control {
  const box = new SourceBox(wanted);
  return { element: box.element, refresh: () => box.refresh() };
}

class SourceBox {
  private readonly id = freshId();
  private readonly box = h("textarea", {
    class: "textarea source", rows: 2, id: this.id, spellcheck: "false", autocapitalize: "none", autocomplete: "off",
    "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": `${this.id}-list`,
    "aria-describedby": `${this.id}-told${this.wanted.help ? ` ${this.id}-help` : ""}`,
    oninput: () => this.typed(), onkeydown: (event: KeyboardEvent) => this.key(event), onblur: () => this.close(), onclick: () => this.close(),
  });
  private readonly told = h("p", { class: "source__told", id: `${this.id}-told`, role: "status" });
  private readonly list = h("ul", { class: "source__list", id: `${this.id}-list`, role: "listbox", "aria-label": t("completions"), hidden: true });
  private items: Item[] = [];
  private from = 0;
  private at = 0;
  private asked: AbortController | null = null;
  private readonly checkSoon = later(250, () => void this.check());
  readonly element = h("div", { class: "prop", "data-prop": this.wanted.key ?? "" },
    h("label", { class: "prop__label", for: this.id }, this.wanted.label),
    this.wanted.help && h("p", { class: "prop__help", id: `${this.id}-help` }, this.wanted.help),
    h("div", { class: "source__frame" }, this.box, this.list), this.told);

  constructor(private readonly wanted: Wanted) {
    this.refresh();
  }

  refresh(): void {
    const value = this.wanted.read();
    if (document.activeElement !== this.box && this.box.value !== value) this.box.value = value;
    if (this.box.value && !this.told.textContent) this.checkSoon.soon();
  }

  private typed(): void {
    this.wanted.write(this.box.value.trim());
    this.checkSoon.soon();
    void this.complete();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    const act: Record<string, () => void> = open
      ? {
          ArrowDown: () => this.mark(this.at + 1), ArrowUp: () => this.mark(this.at - 1), Escape: () => this.close(),
          Enter: () => this.take(this.at), Tab: () => this.take(this.at),
        }
      : event.ctrlKey ? { " ": () => void this.complete(true) } : {};
    const found = act[event.key];
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    found();
  }

  private ask(): object {
    return { definition: this.wanted.store.definition, kind: this.wanted.kind, source: this.box.value, field: this.wanted.field() || null };
  }

  private async check(): Promise<void> {
    const source = this.box.value;
    if (!source.trim()) return this.tell(null);
    const response = await send(config.urls.check, "POST", this.ask()).catch(() => null);
    if (!response?.ok || source !== this.box.value) return;
    this.tell((await response.json()) as Checked);
  }

  private tell(found: Checked | null): void {
    const wrong = found?.error;
    this.box.setAttribute("aria-invalid", String(!!wrong));
    this.told.classList.toggle("source__told--wrong", !!wrong);
    if (!found) this.told.replaceChildren();
    else if (!wrong) this.told.replaceChildren(t("source_ok"));
    else this.told.replaceChildren(...this.mistake(wrong));
  }

  /** The mistake in words, and the source with the place marked. */
  private mistake({ message, position }: { message: string; position: number }): Node[] {
    const chars = [...this.box.value], at = Math.min(position, chars.length);
    const mark = h("mark", {}, chars[at] ?? t("source_end"));
    const jump = h("button", { type: "button", class: "source__where", onclick: () => this.jump(at) },
      t("source_at", { n: at + 1 }), h("code", {}, chars.slice(Math.max(0, at - 12), at).join(""), mark, chars.slice(at + 1, at + 12).join("")));
    return [h("span", {}, message), jump];
  }

  private jump(at: number): void {
    const units = [...this.box.value].slice(0, at).join("").length;
    this.box.focus();
    this.box.setSelectionRange(units, Math.min(units + 1, this.box.value.length));
  }

  private async complete(always = false): Promise<void> {
    const units = this.box.selectionStart, position = [...this.box.value.slice(0, units)].length;
    const before = this.box.value.slice(0, units);
    if (!always && !wantsCompletion(before)) return this.close();
    this.asked?.abort();
    this.asked = new AbortController();
    const response = await send(config.urls.complete, "POST", { ...this.ask(), position }, this.asked.signal).catch(() => null);
    if (!response?.ok || units !== this.box.selectionStart || document.activeElement !== this.box) return;
    const found = (await response.json()) as { from: number; items: Item[] };
    const typed = [...before].slice(found.from).join("");
    this.items = found.items.filter((item) => item.insert !== typed).slice(0, 12);
    this.from = found.from;
    this.draw();
  }

  private draw(): void {
    this.list.replaceChildren(...this.items.map((item, number) => h("li", {
      role: "option", id: `${this.id}-${number}`, class: "source__item",
      onmousedown: (event: MouseEvent) => { event.preventDefault(); this.take(number); },
    }, h("span", {}, item.label), h("span", { class: "source__detail" }, item.label.startsWith(item.insert) ? item.detail : `${item.insert} ${item.detail}`))));
    this.list.hidden = !this.items.length;
    if (this.items.length) this.mark(0);
    else this.box.removeAttribute("aria-activedescendant");
  }

  private mark(number: number): void {
    this.at = (number + this.items.length) % this.items.length;
    [...this.list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === this.at)));
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", `${this.id}-${this.at}`);
  }

  private take(number: number): void {
    const item = this.items[number];
    if (!item) return this.close();
    const start = [...this.box.value].slice(0, this.from).join("").length;
    this.box.setRangeText(item.insert, start, this.box.selectionStart, "end");
    this.close();
    this.wanted.write(this.box.value.trim());
    this.checkSoon.soon();
  }

  private close(): void {
    this.items = [];
    this.list.replaceChildren();
    this.list.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
  }
}

/** While a name is written, and within quotes; not after a number. */
function wantsCompletion(before: string): boolean {
  const quoted = before.split('"').length % 2 === 0;
  return quoted || /(?:^|[^\p{L}\p{N}_・])[\p{L}_][\p{L}\p{N}_・]*$/u.test(before);
}

/** A date or a formula that yields one. */
export function dateLimit(row: Row): Control {
  const isDate = (value: unknown): boolean => typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);
  const made = sourceBox({
    store: row.store, kind: "formula", field: () => "", label: row.property.label, help: row.property.help, key: row.property.key,
    read: () => String(row.value ?? ""), write: (typed) => row.set(typed || null),
  });
  const box = made.element.querySelector("textarea");
  return { element: made.element, refresh: (field: Field) => { if (!isDate(row.of(field)) || document.activeElement !== box) made.refresh(field); } };
}
