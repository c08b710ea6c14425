/** What a field will look like, drawn small on the canvas. Nothing in it can be used. */
import { t } from "./config";
import { optionLabel, ja } from "./core/texts";
import type { Field } from "./core/types";
import { h, icon, type Child } from "./dom";

const SHOWN_OPTIONS = 6;

export function sketch(field: Field): HTMLElement {
  const draw = SKETCHES[field.type] ?? line;
  return h("div", { class: "sketch", "aria-hidden": "true" }, ...draw(field));
}

const box = (words: string, more = ""): HTMLElement => h("span", { class: `sketch__box ${more}` }, words);
const line = (field: Field): Child[] => [box(hint(field))];
const hint = (field: Field): string => ja(field.example as Field["label"]) || String(field.default ?? "");

function options(field: Field, round: boolean): Child[] {
  const all = field.options ?? [];
  const shown = all.slice(0, SHOWN_OPTIONS).map((option) =>
    h("span", { class: `sketch__option${round ? " sketch__option--round" : ""}` }, optionLabel(option)));
  return all.length > SHOWN_OPTIONS ? [...shown, h("span", {}, t("more_options", { n: all.length - SHOWN_OPTIONS }))] : shown;
}

function table(field: Field): Child[] {
  const head = (field.fields ?? []).map((column) => h("span", { class: "sketch__cell" }, ja(column.label)));
  return [h("span", { class: "sketch__table" }, ...head)];
}

const withIcon = (name: string) => (field: Field): Child[] => [h("span", { class: "sketch__box" }, icon(name), hint(field))];
const unit = (words: (field: Field) => string) => (field: Field): Child[] => [box(hint(field), "sketch__box--short"), words(field)];
const note = (words: (field: Field) => string) => (field: Field): Child[] => [h("span", { class: "sketch__note" }, words(field))];

const SKETCHES: Record<string, (field: Field) => Child[]> = {
  textarea: (field) => [box(hint(field), "sketch__box--tall")],
  richtext: (field) => [box(hint(field), "sketch__box--tall")],
  number: unit((field) => ja(field.unit as Field["label"])),
  money: unit(() => t("yen")),
  choice: (field) => (field.widget === "dropdown" ? [h("span", { class: "sketch__box" }, optionLabel(field.options?.[0] ?? ""), icon("down"))] : options(field, true)),
  choices: (field) => options(field, false),
  consent: (field) => [h("span", { class: "sketch__option" }, ja(field.statement as Field["label"]))],
  date: () => [box("", "sketch__box--short"), t("year"), box("", "sketch__box--tiny"), t("month"), box("", "sketch__box--tiny"), t("day")],
  datetime: withIcon("datetime"),
  time: withIcon("clock"),
  name: () => [box(t("family"), "sketch__box--short"), box(t("given"), "sketch__box--short")],
  address: () => [box("〒", "sketch__box--short"), box("")],
  phone: withIcon("phone"),
  email: withIcon("mail"),
  photo: withIcon("camera"),
  file: withIcon("clip"),
  location: withIcon("pin"),
  table,
  related: table,
  heading: note((field) => ja(field.body as Field["label"])),
  formula: note((field) => `= ${String(field.formula ?? "")}`),
  serial: note((field) => String(field.format ?? "")),
  lookup: withIcon("search"),
  total: note((field) => String(field.app || t("not_set"))),
};
