/** A part of a page that follows the draft: built anew when its outline changes, else only its controls take in the values. */
import { t } from "./config";
import { sourceBox } from "./controls/source";
import { said, withSaid } from "./core/texts";
import { LANGUAGES, type Definition, type Finding, type Language, type Text } from "./core/types";
import { freshId, h, icon, type Child } from "./dom";
import type { Store } from "./store";

/** One value of the definition. `key` makes typing into one box one step. */
export type Bound<T> = { label: string; help?: string | undefined; key: string; read(): T; write(value: T): void };

type Box = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
export type Choice = readonly [value: string, label: string];

export class Pane {
  private refreshers: (() => void)[] = [];
  private outline = "";

  constructor(
    private readonly root: HTMLElement, readonly store: Store,
    private readonly shape: () => unknown, private readonly build: (pane: Pane) => Child[],
  ) {
    store.onChange(() => this.update());
    this.update();
  }

  update(): void {
    const outline = JSON.stringify(this.shape()) ?? "";
    if (outline !== this.outline || !this.root.hasChildNodes()) this.rebuild(outline);
    for (const refresh of this.refreshers) refresh();
  }

  /** Anew, with the focus on what has the same `data-focus` as before. */
  private rebuild(outline: string): void {
    const focused = document.activeElement, inside = focused instanceof HTMLElement && this.root.contains(focused);
    const key = inside ? focused.closest<HTMLElement>("[data-focus]")?.dataset.focus : undefined;
    this.refreshers = [];
    this.outline = outline;
    this.root.replaceChildren(...this.build(this).filter((child): child is Node | string => !!child));
    if (!inside) return;
    const again = key ? this.root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(key)}"]`) : null;
    (again ?? this.root).focus();
  }

  /** A value at a place of the definition. */
  bind<T>(label: string, key: string, read: (defn: Definition) => T, write: (defn: Definition, value: T) => Definition, help?: string): Bound<T> {
    return {
      label, key, help, read: () => read(this.store.definition),
      write: (value) => this.store.apply(t("done_changed", { what: label }), write(this.store.definition, value), { key }),
    };
  }

  private frame(bound: Pick<Bound<unknown>, "label" | "help" | "key">, box: HTMLElement, ...more: Child[]): HTMLElement {
    box.id = freshId();
    box.dataset.focus = bound.key;
    if (bound.help) box.setAttribute("aria-describedby", `${box.id}-help`);
    return h("div", { class: "prop" }, h("label", { class: "prop__label", for: box.id }, bound.label),
      bound.help && h("p", { class: "prop__help", id: `${box.id}-help` }, bound.help), box, ...more);
  }

  private follow(box: Box, read: () => string): void {
    this.refreshers.push(() => { if (document.activeElement !== box && box.value !== read()) box.value = read(); });
  }

  /** Something that follows every change by itself. */
  following(element: HTMLElement, draw: (element: HTMLElement) => void): HTMLElement {
    this.refreshers.push(() => draw(element));
    return element;
  }

  text(bound: Bound<string>, more: Record<string, string | number | boolean> = {}): HTMLElement {
    const box: HTMLInputElement = h("input", { class: "input", autocomplete: "off", ...more, oninput: () => bound.write(box.value) });
    this.follow(box, bound.read);
    return this.frame(bound, box);
  }

  long(bound: Bound<string>, rows = 3): HTMLElement {
    const box: HTMLTextAreaElement = h("textarea", { class: "textarea textarea--short", rows, oninput: () => bound.write(box.value) });
    this.follow(box, bound.read);
    return this.frame(bound, box);
  }

  /** A whole number; empty is null. What is no number stays in the box and is told. */
  number(bound: Bound<number | null>, least: number, most: number): HTMLElement {
    const error = h("p", { class: "prop__error", role: "status" });
    const box: HTMLInputElement = h("input", { class: "input input--number", inputmode: "numeric", autocomplete: "off", oninput: () => {
      const typed = box.value.normalize("NFKC").trim(), number = Number(typed);
      const wrong = typed !== "" && !(Number.isInteger(number) && number >= least && number <= most);
      error.textContent = wrong ? t("number_between", { least, most }) : "";
      if (!wrong) bound.write(typed === "" ? null : number);
    } });
    this.follow(box, () => String(bound.read() ?? ""));
    return this.frame(bound, box, error);
  }

  select(bound: Bound<string>, choices: readonly Choice[]): HTMLElement {
    const known = choices.some(([value]) => value === bound.read());
    const all: readonly Choice[] = known ? choices : [[bound.read(), t("unknown", { name: bound.read() })], ...choices];
    const box: HTMLSelectElement = h("select", { class: "input", onchange: () => bound.write(box.value) },
      ...all.map(([value, label]) => h("option", { value }, label)));
    this.refreshers.push(() => { if (box.value !== bound.read()) box.value = bound.read(); });
    return this.frame(bound, box);
  }

  tick(bound: Bound<boolean>): HTMLElement {
    const box: HTMLInputElement = h("input", { type: "checkbox", id: freshId(), "data-focus": bound.key, onchange: () => bound.write(box.checked) });
    if (bound.help) box.setAttribute("aria-describedby", `${box.id}-help`);
    this.refreshers.push(() => { box.checked = bound.read(); });
    return h("div", { class: "prop" }, h("label", { class: "tick", for: box.id }, box, h("span", {}, bound.label)),
      bound.help && h("p", { class: "prop__help", id: `${box.id}-help` }, bound.help));
  }

  /** Several of a list, in the list's order. */
  ticks(bound: Bound<readonly string[]>, choices: readonly Choice[]): HTMLElement {
    const boxes = choices.map(([value]) => h("input", {
      type: "checkbox", value, "data-focus": `${bound.key}.${value}`,
      onchange: () => bound.write(boxes.filter((box) => box.checked).map((box) => box.value)),
    }));
    this.refreshers.push(() => { for (const box of boxes) box.checked = bound.read().includes(box.value); });
    const rows = boxes.map((box, number) => h("label", { class: "tick" }, box, h("span", {}, choices[number]?.[1])));
    return h("fieldset", { class: "prop" }, h("legend", { class: "prop__label" }, bound.label),
      bound.help && h("p", { class: "prop__help" }, bound.help), h("div", { class: "prop__ticks" }, ...rows));
  }

  /** A text in Japanese and, behind a press, easy Japanese and English. `optional`: may be empty (null). */
  words(bound: Bound<Text | null>, { long = false, optional = false } = {}): HTMLElement {
    const make = (language: Language, attributes: Record<string, string> = {}): HTMLInputElement | HTMLTextAreaElement => {
      const listen = { ...attributes, oninput: () => {
        const text = withSaid(bound.read(), language, box.value);
        if (text !== undefined || optional) bound.write(text ?? null);
      } };
      const box: HTMLInputElement | HTMLTextAreaElement = long
        ? h("textarea", { class: "textarea textarea--short", rows: 3, ...listen }) : h("input", { class: "input", autocomplete: "off", ...listen });
      this.follow(box, () => said(bound.read(), language));
      return box;
    };
    const others = LANGUAGES.filter((language) => language !== "ja").map((language) => {
      const box = make(language, { id: freshId(), lang: language === "en" ? "en" : "ja", "data-focus": `${bound.key}.${language}` });
      return h("div", { class: "prop__language" }, h("label", { class: "prop__sub", for: box.id }, t(`language_${language}`)), box);
    });
    return this.frame(bound, make("ja"), h("details", { class: "prop__more" }, h("summary", {}, t("other_languages")), ...others));
  }

  /** A formula, condition, fee or query with completion and checking by the server's own parser. */
  source(bound: Bound<string>, kind: "formula" | "condition" | "fee" | "query"): HTMLElement {
    const control = sourceBox({ store: this.store, kind, field: () => "", label: bound.label, ...(bound.help && { help: bound.help }), key: bound.key, read: bound.read, write: bound.write });
    this.refreshers.push(() => control.refresh(undefined as never));
    return control.element;
  }

  /** The findings that speak of a place, beside it. */
  findings(concerns: (finding: Finding) => boolean): HTMLElement {
    return this.following(h("div", { class: "told" }), (element) => element.replaceChildren(...this.store.findings.filter(concerns).map((one) =>
      h("p", { class: `slot__finding slot__finding--${one.level}` }, icon("warning"), h("span", {}, one.message, one.mend)))));
  }
}
