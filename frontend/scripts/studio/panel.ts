/** The properties of the selected field on the right. Built when another field is selected, else only refreshed. */
import type { Actions } from "./actions";
import { config, kindOf, t, type Property } from "./config";
import { codeFollows } from "./core/edits";
import { fieldOf, tableOf } from "./core/form";
import { ja } from "./core/texts";
import type { Field } from "./core/types";
import { Row, type Control } from "./controls/control";
import { columns } from "./controls/columns";
import { defaultChoice, defaultChoices, options } from "./controls/options";
import { app, copies, otherField, otherFields, ownField } from "./controls/pickers";
import * as simple from "./controls/simple";
import { dateLimit, source } from "./controls/source";
import { labelLanguages, words } from "./controls/words";
import { h, icon, iconButton } from "./dom";
import { findingsOf } from "./findings";
import type { Store } from "./store";

const CONTROLS: Record<string, (row: Row) => Control> = {
  label: simple.label, code: simple.code, text: (row) => simple.text(row), lines: simple.lines, tick: simple.tick,
  source: (row) => simple.text(row, { class: "input input--code", spellcheck: "false" }),
  number: (row) => simple.number(row, "whole", row.property.default), amount: (row) => simple.number(row, "whole", null),
  decimal: (row) => simple.number(row, "decimal", null), select: (row) => simple.select(row), channels: simple.channels,
  codes: simple.codes, words: (row) => words(row, false), "words-long": (row) => words(row, true), options,
  "default-choice": defaultChoice, "default-choices": defaultChoices, condition: (row) => source(row, "condition"),
  formula: (row) => source(row, "formula"), "query-there": (row) => simple.text(row, { class: "input input--code", spellcheck: "false" }),
  "date-limit": dateLimit, columns, app, here: ownField, there: otherField, "there-many": otherFields, copies,
};
/** Sections that are open from the beginning; which ones somebody opens or closes is kept for the next field. */
const opened = new Set(["content", "limits"]);
/** Properties that columns of a table do not have. */
const NOT_FOR_COLUMNS = new Set(["staff_only", "channels", "chat_question", "personal", "unique"]);

export class Panel {
  private controls: Control[] = [];
  private shown = "";
  private readonly told = h("div", { class: "panel__findings" });

  constructor(private readonly root: HTMLElement, private readonly store: Store, private readonly actions: Actions) {
    store.onChange((change) => { if (change !== "status") this.update(); });
    this.update();
  }

  focusLabel(): void {
    const box = this.root.querySelector<HTMLInputElement>(".input--label");
    box?.focus();
    box?.select();
  }

  private update(): void {
    const field = fieldOf(this.store.definition, this.store.selected);
    const key = field ? `${field.id}.${field.type}` : "";
    if (key !== this.shown || !this.root.childElementCount) this.build(field);
    this.shown = key;
    if (!field) return;
    for (const control of this.controls) control.refresh(field);
    const title = this.root.querySelector(".panel__title");
    if (title) title.textContent = ja(field.label);
    this.told.replaceChildren(...findingsOf(this.store.definition, this.store.findings, field).map((one) =>
      h("p", { class: `slot__finding slot__finding--${one.level}` }, icon("warning"), h("span", {}, one.message, one.mend))));
  }

  private build(field: Field | undefined): void {
    this.controls = [];
    if (!field) return this.root.replaceChildren(h("p", { class: "panel__empty" }, t("nothing_selected")));
    const kind = kindOf(field.type), table = tableOf(this.store.definition, field.id);
    const rows = kind.properties.filter((property) => !table || !NOT_FOR_COLUMNS.has(property.key));
    const sections = config.sections.map(([key, name]) => this.section(field, key, name, rows.filter((row) => row.section === key)));
    this.root.replaceChildren(this.head(field, table), this.told, ...sections.filter((section) => section !== null));
  }

  private head(field: Field, table: Field | undefined): HTMLElement {
    const name = ja(field.label);
    const back = table && h("button", { type: "button", class: "panel__back", onclick: () => this.store.select(table.id) }, icon("back"), t("back_to_table", { name: ja(table.label) }));
    return h("div", { class: "panel__head" }, back,
      h("div", { class: "panel__name" }, h("h2", { class: "panel__title" }, name),
        iconButton("copy", t("duplicate", { name }), () => this.actions.duplicate(field.id)),
        iconButton("trash", t("remove", { name }), () => this.actions.remove(field.id))),
      this.typeSelect(field, !!table));
  }

  /** Changing the type of a field that was published needs care with its records: the publishing page shows what is lost. */
  private typeSelect(field: Field, column: boolean): HTMLElement {
    const kinds = config.kinds.filter((kind) => !column || kind.column);
    const select: HTMLSelectElement = h("select", { class: "select", id: "panel-type", onchange: () => this.actions.setType(field, select.value) },
      ...kinds.map((kind) => h("option", { value: kind.type, selected: kind.type === field.type }, kind.name)));
    const note = config.publishedIds.includes(field.id) && h("p", { class: "prop__help" }, t("published_type"));
    return h("div", { class: "prop" }, h("label", { class: "prop__label", for: "panel-type" }, t("type")), select, note);
  }

  private section(field: Field, key: string, name: string, rows: Property[]): HTMLElement | null {
    const made = rows.map((property) => this.control(field, property));
    if (key === "words") made.unshift(this.added(labelLanguages(this.row(field, labelProperty(field)))));
    if (!made.length) return null;
    if (key === "basic") return h("div", { class: "panel__section" }, ...made);
    const open = opened.has(key) || rows.some((property) => isSet(field, property));
    const remember = (): unknown => (details.open ? opened.delete(key) : opened.add(key));
    const details: HTMLDetailsElement = h("details", { class: "panel__section", open, "data-section": key }, h("summary", { onclick: remember }, name), ...made);
    return details;
  }

  private control(field: Field, property: Property): HTMLElement {
    const make = CONTROLS[property.control];
    if (!make) throw new Error(`no control ${property.control}`);
    return this.added(make(this.row(field, property)));
  }

  private row(field: Field, property: Property): Row {
    return new Row(this.store, this.actions, field.id, property);
  }

  private added(control: Control): HTMLElement {
    this.controls.push(control);
    return control.element;
  }
}

const labelProperty = (field: Field): Property => kindOf(field.type).properties.find((property) => property.key === "label") as Property;

/** Whether somebody has set the property: then its section is open. */
function isSet(field: Field, property: Property): boolean {
  if (property.key === "code") return !codeFollows(field);
  const value = field[property.key];
  return value !== undefined && value !== null && value !== "" && JSON.stringify(value) !== JSON.stringify(property.default);
}
