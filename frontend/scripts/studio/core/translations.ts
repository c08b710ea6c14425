/** Every text of an app that residents read, with its place. */
import { at, withAt, type Path } from "./paths";
import { procedureOf, questionsOf } from "./procedure";
import { ja, said } from "./texts";
import type { Definition, Field, Language, Text } from "./types";

export type Row = { path: Path; group: string; what: string; text: Text };

const OF_FIELD = ["label", "question", "chat_question", "help", "example", "statement", "body", "unit", "pattern_error", "row_label"];
const OF_PROCEDURE = ["title", "summary", "menu", "office", "banner", "submit_label"];
const LISTS = ["before_you_start", "next_steps"];

/** `say` names what a text is by its key. Options that are plain words have their path too: translating makes them options. */
export function rowsOf(defn: Definition, say: (key: string) => string): Row[] {
  const procedure = procedureOf(defn);
  if (!procedure) return [];
  const asked = new Set(questionsOf(defn));
  const fields = defn.fields.flatMap((field, number) => (asked.has(field.code) ? ofField(field, ["fields", number], say) : []));
  return [...ofProcedure(defn, say), ...fields, ...ofProcess(defn, say)];
}

function row(defn: unknown, base: Path, path: Path, group: string, what: string): Row[] {
  const text = at(defn, path) as Text | null | undefined;
  return text && ja(text).trim() ? [{ path: [...base, ...path], group, what, text }] : [];
}

function ofField(field: Field, base: Path, say: (key: string) => string): Row[] {
  const group = ja(field.label);
  const own = OF_FIELD.flatMap((key) => row(field, base, [key], group, say(key)));
  const options = (field.options ?? []).map((option, number): Row =>
    ({ path: [...base, "options", number, "label"], group, what: say("option"), text: typeof option === "string" ? option : (option.label ?? option.value) }));
  const columns = (field.fields ?? []).flatMap((column, number) => ofField(column, [...base, "fields", number], say));
  return [...own, ...options, ...columns.map((one) => ({ ...one, group: `${group} / ${one.group}` }))];
}

function ofProcedure(defn: Definition, say: (key: string) => string): Row[] {
  const base = ["procedure"], procedure = procedureOf(defn), group = say("procedure");
  const count = (key: string): number[] => [...((procedure?.[key] as unknown[] | undefined) ?? []).keys()];
  const templates = ["return_templates", "reject_templates"].flatMap((key) => count(key).flatMap((number) =>
    ["title", "body"].flatMap((part) => row(procedure, base, [key, number, part], say(key), say(`template_${part}`)))));
  return [
    ...OF_PROCEDURE.flatMap((key) => row(procedure, base, [key], group, say(key))),
    ...LISTS.flatMap((key) => count(key).flatMap((number) => row(procedure, base, [key, number], group, say(key)))),
    ...[...(procedure?.fee?.lines ?? []).keys()].flatMap((number) => row(procedure, base, ["fee", "lines", number, "label"], say("fee"), say("fee_label"))),
    ...Object.keys(procedure?.notices ?? {}).flatMap((key) => ["title", "body"].flatMap((part) => row(procedure, base, ["notices", key, part], say("notice"), say(`notice_${part}`)))),
    ...templates,
  ];
}

function ofProcess(defn: Definition, say: (key: string) => string): Row[] {
  const statuses = (at(defn, ["process", "statuses"]) ?? []) as { name: Text }[];
  return statuses.flatMap((status, number) => ["name", "resident", "next"].flatMap((key) =>
    row(status, ["process", "statuses", number], [key], `${say("status")}「${ja(status.name)}」`, say(`status_${key}`))));
}

/** How many texts have no translation. */
export const missing = (rows: readonly Row[], language: Language): number => rows.filter((one) => !said(one.text, language).trim()).length;

/** The definition with one text set; an option that was a plain word becomes one with a label. */
export function withText(defn: Definition, path: Path, text: Text): Definition {
  if (path[path.length - 1] === "label" && path[path.length - 3] === "options") {
    const place = path.slice(0, -1), option = at(defn, place);
    const full = typeof option === "string" ? { value: option } : (option as object);
    return withAt(defn, place, { ...full, label: text });
  }
  return withAt(defn, path, text);
}
