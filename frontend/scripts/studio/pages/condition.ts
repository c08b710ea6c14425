/** A condition as rows to choose from (field, comparison, value) or as text in the query language: both are the same thing. */
import { t } from "../config";
import { isCall, read, write, type Condition, type Row } from "../core/conditions";
import { spliced } from "../core/lists";
import { h, icon, iconButton, type Child } from "../dom";
import type { Bound, Choice, Pane } from "../pane";

/** A name that queries may use; `operators` in the order offered, `options` those a choice has. */
export type Queried = { code: string; label: string; kind: string; operators: string[]; options: Choice[] };

const NUMBERS = new Set(["NUMBER", "CALC", "ID", "RECORD_NUMBER"]);
const DATES = new Set(["DATE", "DATETIME", "CREATED_TIME", "UPDATED_TIME"]);
const PEOPLE = new Set(["CREATOR", "MODIFIER", "USER_SELECT", "STATUS_ASSIGNEE"]);
const asText = new Set<string>();

/** What of a condition decides which controls there are. */
export function conditionOutline(source: string | null | undefined, key: string): unknown {
  const found = asText.has(key) ? null : read(source ?? "");
  return found ? [found.join, found.rows.map((row) => [row.field, row.operator, row.values.some(isCall)])] : "text";
}

export function conditionBox(pane: Pane, bound: Bound<string>, fields: readonly Queried[]): HTMLElement {
  const found = asText.has(bound.key) ? null : read(bound.read());
  const toText = h("button", { type: "button", class: "button button--quiet button--small", "data-focus": `${bound.key}.mode`, onclick: () => {
    if (!asText.delete(bound.key)) asText.add(bound.key);
    pane.update();
  } }, found ? t("condition_as_text") : t("condition_as_rows"));
  if (!found) {
    asText.add(bound.key); // it stays text while one types, also once it would fit into rows
    const only = h("p", { class: "prop__help" }, t("condition_only_text"));
    const below = pane.following(h("div", {}, toText, only), () => {
      toText.hidden = read(bound.read()) === null;
      only.hidden = !toText.hidden;
    });
    return h("div", { class: "condition" }, pane.source(bound, "query"), below);
  }
  const put = (next: Condition): void => bound.write(write(next, (code) => NUMBERS.has(fields.find((one) => one.code === code)?.kind ?? "")));
  const now = (): Condition => read(bound.read()) ?? found;
  const rows = found.rows.map((row, number) => line(pane, bound, fields, row, number, now, put));
  const join: HTMLSelectElement = h("select", { class: "input", "aria-label": t("condition_join"), "data-focus": `${bound.key}.join`, onchange: () => put({ ...now(), join: join.value as "and" | "or" }) },
    h("option", { value: "and", selected: found.join === "and" }, t("condition_all")), h("option", { value: "or", selected: found.join === "or" }, t("condition_any")));
  const first = fields.find((one) => one.operators.length);
  const add = h("button", { type: "button", class: "button button--small button--quiet", "data-focus": `${bound.key}.add`, disabled: !first, onclick: () => {
    if (first) put({ ...now(), rows: [...now().rows, { field: first.code, operator: first.operators[0] ?? "=", values: [""] }] });
  } }, icon("plus"), t("condition_add"));
  return h("fieldset", { class: "prop condition" }, h("legend", { class: "prop__label" }, bound.label), bound.help && h("p", { class: "prop__help" }, bound.help),
    rows.length > 1 && join, rows.length ? h("ol", { class: "rows__list" }, ...rows) : h("p", { class: "prop__help" }, t("condition_none")), add, toText);
}

function line(
  pane: Pane, bound: Bound<string>, fields: readonly Queried[], row: Row, number: number, now: () => Condition, put: (next: Condition) => void,
): HTMLElement {
  const key = `${bound.key}.${number}`, field = fields.find((one) => one.code === row.field);
  const change = (next: Partial<Row>): void => put({ ...now(), rows: now().rows.map((one, n) => (n === number ? { ...one, ...next } : one)) });
  const known: Choice[] = fields.filter((one) => one.operators.length).map((one) => [one.code, one.label]);
  const choices: Choice[] = field ? known : [[row.field, t("unknown", { name: row.field })], ...known];
  const pick = select(choices, row.field, t("condition_field"), `${key}.field`, (code) => {
    const other = fields.find((one) => one.code === code);
    change({ field: code, operator: other?.operators.includes(row.operator) ? row.operator : (other?.operators[0] ?? "="), values: [""] });
  });
  const operators = (field?.operators ?? [row.operator]).map((operator): Choice => [operator, t(`operator_${operator.replace(/ /g, "_")}`)]);
  const how = select(operators, row.operator, t("condition_operator"), `${key}.operator`, (operator) => change({ operator, values: operator.startsWith("is ") ? [] : row.values.length ? row.values : [""] }));
  const value = row.operator.startsWith("is ") ? null : valueBox(pane, field, row, () => now().rows[number] ?? row, key, change);
  const drop = iconButton("trash", t("condition_drop", { n: number + 1 }), () => put({ ...now(), rows: spliced(now().rows, number, 1) }), { "data-focus": `${key}.drop` });
  return h("li", { class: "condition__row" }, h("div", { class: "condition__parts" }, pick, how, value), drop);
}

function select(choices: readonly Choice[], value: string, label: string, focus: string, take: (value: string) => void): HTMLSelectElement {
  const box: HTMLSelectElement = h("select", { class: "input", "aria-label": label, "data-focus": focus, onchange: () => take(box.value) },
    ...choices.map(([one, words]) => h("option", { value: one, selected: one === value }, words)));
  return box;
}

function valueBox(pane: Pane, field: Queried | undefined, row: Row, now: () => Row, key: string, change: (next: Partial<Row>) => void): HTMLElement {
  const several = row.operator === "in" || row.operator === "not in";
  if (field?.options.length) return several ? ticked(pane, field, now, key, change) : select([["", t("choose")], ...field.options], row.values[0] ?? "", t("condition_value"), `${key}.value`, (value) => change({ values: [value] }));
  const calls = callsOf(field?.kind ?? "");
  const call = calls.length ? select([["", t("condition_typed")], ...calls], row.values.find(isCall) ?? "", t("condition_when"), `${key}.call`, (value) => change({ values: [value] })) : null;
  if (row.values.some(isCall)) return h("div", { class: "condition__value" }, call);
  return h("div", { class: "condition__value" }, call, typed(pane, field, several, now, key, change));
}

function callsOf(kind: string): Choice[] {
  if (PEOPLE.has(kind)) return [["LOGINUSER()", t("call_LOGINUSER")]];
  if (!DATES.has(kind)) return [];
  return ["TODAY", "YESTERDAY", "TOMORROW", "THIS_WEEK", "LAST_WEEK", "THIS_MONTH", "LAST_MONTH", "NEXT_MONTH", "THIS_YEAR", "LAST_YEAR"].map((name): Choice => [`${name}()`, t(`call_${name}`)]);
}

function typed(pane: Pane, field: Queried | undefined, several: boolean, now: () => Row, key: string, change: (next: Partial<Row>) => void): HTMLElement {
  const kind = field?.kind ?? "", moment = kind === "DATETIME" || kind.endsWith("_TIME");
  const type = kind === "DATE" ? "date" : kind === "TIME" ? "time" : moment ? "datetime-local" : "text";
  const shown = (): string => (several ? now().values.join("、") : moment ? toBox(now().values[0] ?? "") : (now().values[0] ?? ""));
  const box: HTMLInputElement = h("input", {
    class: "input", type: several ? "text" : type, "aria-label": t("condition_value"), "data-focus": `${key}.value`, ...(several && { placeholder: t("condition_several") }),
    oninput: () => change({ values: several ? box.value.split(/[、,，]/u).map((one) => one.trim()) : [moment && box.value ? `${box.value}:00+0900` : NUMBERS.has(kind) ? box.value.normalize("NFKC").replace(/,/g, "").trim() : box.value] }),
  });
  return pane.following(box, () => { if (document.activeElement !== box && box.value !== shown()) box.value = shown(); });
}

const toBox = (moment: string): string => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.exec(moment)?.[0] ?? "";

function ticked(pane: Pane, field: Queried, now: () => Row, key: string, change: (next: Partial<Row>) => void): HTMLElement {
  const boxes = field.options.map(([value]) => h("input", { type: "checkbox", value, "data-focus": `${key}.value.${value}`, onchange: () => change({ values: boxes.filter((box) => box.checked).map((box) => box.value) }) }));
  const labels: Child[] = boxes.map((box, n) => h("label", { class: "tick" }, box, h("span", {}, field.options[n]?.[1])));
  return pane.following(h("div", { class: "prop__ticks", role: "group", "aria-label": t("condition_value") }, ...labels), () => {
    for (const box of boxes) box.checked = now().values.includes(box.value);
  });
}
