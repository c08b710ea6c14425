/** The form in the middle: groups and fields as cards. Drawn anew after every step; focus stays where it was. */
import type { Actions } from "./actions";
import { kindOf, t } from "./config";
import { sectionsOf, tableOf, type Section } from "./core/form";
import { ja, withSaid } from "./core/texts";
import type { Field } from "./core/types";
import { h, icon, iconButton } from "./dom";
import { findingsOf } from "./findings";
import { sketch } from "./sketch";
import type { Store } from "./store";

export class Canvas {
  constructor(
    private readonly root: HTMLElement, private readonly store: Store, private readonly actions: Actions,
    private readonly drawn: () => void, private readonly opened: () => void,
  ) {
    store.onChange((change) => { if (change !== "status") this.draw(change === "selection"); });
    this.draw();
  }

  /** The slot of the selected field gets the focus, as after moving it by keyboard. */
  focusSelected(): void {
    this.card(this.selected())?.querySelector<HTMLElement>(".slot__main")?.focus();
  }

  /** A new group wants a name. */
  nameLastGroup(): void {
    const titles = this.root.querySelectorAll<HTMLInputElement>(".sheet__title");
    titles[titles.length - 1]?.select();
  }

  private selected(): number | null {
    const { definition, selected } = this.store;
    return selected === null ? null : (tableOf(definition, selected)?.id ?? selected);
  }

  private card(id: number | null): HTMLElement | null {
    return id === null ? null : this.root.querySelector(`[data-id="${id}"]`);
  }

  private draw(scroll = false): void {
    const focused = this.root.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    const key = focused?.closest<HTMLElement>("[data-focus]")?.dataset.focus;
    const place = focused instanceof HTMLInputElement ? focused.selectionStart : null;
    const sections = sectionsOf(this.store.definition);
    this.root.replaceChildren(...sections.map((section, number) => this.section(section, number, sections.length)));
    if (!sections.some((section) => section.fields.length)) this.root.append(h("p", { class: "canvas__empty" }, t("empty_form")));
    this.drawn();
    if (key) this.refocus(key, place);
    if (scroll || !key) this.card(this.selected())?.scrollIntoView({ block: "nearest" });
  }

  private refocus(key: string, place: number | null): void {
    const again = this.root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(key)}"]`);
    again?.focus();
    if (again instanceof HTMLInputElement && place !== null) again.setSelectionRange(place, place);
    if (!again) this.focusSelected();
  }

  private section(section: Section, number: number, count: number): HTMLElement {
    const fields = h("ul", { class: "sheet__fields", "data-section": number }, ...section.fields.map((field) => this.field(field)));
    const title = section.title === null ? this.restHead(count) : this.groupHead(section, number);
    return h("section", { class: "sheet", "aria-label": section.title === null ? t("no_group") : ja(section.title) }, title, fields);
  }

  private restHead(count: number): HTMLElement | null {
    return count > 1 ? h("p", { class: "sheet__rest" }, t("no_group")) : null;
  }

  private groupHead(section: Section, number: number): HTMLElement {
    const input = h("input", {
      class: "sheet__title", value: ja(section.title), "aria-label": t("group_title"), "data-focus": `group-${number}`, maxlength: 60,
      oninput: (event: InputEvent) => {
        const title = withSaid(section.title, "ja", (event.target as HTMLInputElement).value);
        if (title) this.actions.titleGroup(number, title);
      },
    });
    return h("div", { class: "sheet__head" }, input,
      iconButton("up", t("group_up"), () => this.actions.moveGroup(number, -1), { "data-focus": `group-${number}-up` }),
      iconButton("down", t("group_down"), () => this.actions.moveGroup(number, 1), { "data-focus": `group-${number}-down` }),
      iconButton("close", t("group_remove"), () => this.actions.removeGroup(number), { "data-focus": `group-${number}-close` }));
  }

  private field(field: Field): HTMLElement {
    const selected = this.selected() === field.id;
    const found = findingsOf(this.store.definition, this.store.findings, field);
    const worst = found.some((one) => one.level === "error") ? "error" : found.length ? "warning" : "";
    const main = h("button", {
      type: "button", class: "slot__main", "data-focus": `slot-${field.id}`, "aria-pressed": String(selected),
      "aria-keyshortcuts": "Alt+ArrowUp Alt+ArrowDown Delete",
      onclick: () => { this.store.select(field.id); this.opened(); },
    },
    h("span", { class: "slot__label" }, icon(kindOf(field.type).icon), h("span", {}, ja(field.label)), field.required === true && badge("required", t("required"))),
    h("span", { class: "slot__marks" }, h("span", { class: "visually-hidden" }, kindOf(field.type).name), ...marks(field)));
    return h("li", { class: `slot${selected ? " slot--selected" : ""}${worst && ` slot--${worst}`}`, "data-id": field.id },
      main, sketch(field),
      ...found.map((one) => h("p", { class: `slot__finding slot__finding--${one.level}` }, icon("warning"), h("span", {}, one.message))),
      selected && this.tools(field));
  }

  private tools(field: Field): HTMLElement {
    const name = ja(field.label);
    return h("div", { class: "slot__tools", role: "group", "aria-label": t("tools_of", { name }) },
      iconButton("up", t("move_up", { name }), () => this.actions.move(field.id, -1), { "data-focus": "tool-up" }),
      iconButton("down", t("move_down", { name }), () => this.actions.move(field.id, 1), { "data-focus": "tool-down" }),
      iconButton("copy", t("duplicate", { name }), () => this.actions.duplicate(field.id), { "data-focus": "tool-copy" }),
      iconButton("trash", t("remove", { name }), () => this.actions.remove(field.id), { "data-focus": "tool-trash" }));
  }
}

const badge = (look: string, words: string): HTMLElement => h("span", { class: `badge badge--${look}` }, words);

function marks(field: Field): HTMLElement[] {
  const found: HTMLElement[] = [];
  if (field.personal) found.push(badge("info", t("personal")));
  if (field.staff_only) found.push(badge("plain", t("staff_only")));
  if (field.show_if) found.push(badge("plain", t("conditional")));
  return found;
}
