/** Fields are named by their code in many places of a definition: all of them follow when it changes. */
import type { Definition, Field } from "./types";

/** Keys that hold a formula or a query. */
const SOURCES = new Set(["show_if", "formula", "amount", "condition", "filter", "earliest", "latest"]);
/** Keys that hold the code of a field of this app, alone or in a list, by the part of the definition. */
const CODES = new Set([
  "field", "here", "group_by", "date", "place", "title_field", "in_field", "columns", "questions", "fields", "title",
]);
/** Keys that look alike but name fields of another app, or are texts. */
const APPLICANT = new Set(["name", "address", "birth_date", "phone", "email"]);
const OTHER_APPS = new Set(["lookup", "related", "total"]);

/** The field with `id` called `code`, and everything that spoke of it by its old code. */
export function renamed(defn: Definition, id: number, code: string): Definition {
  const before = [...defn.fields, ...defn.fields.flatMap((f) => f.fields ?? [])].find((field) => field.id === id)?.code;
  if (before === undefined || before === code) return defn;
  const call = (name: string): string => (name === before ? code : name);
  const rename = (field: Field): Field => renamedField(field, id, code, before);
  const parts = Object.entries(defn).map(([part, value]) => [part, part === "fields" ? value : walked(value, part, [part], call, before)]);
  return { ...(Object.fromEntries(parts) as Definition), fields: defn.fields.map(rename) };
}

function renamedField(field: Field, id: number, code: string, before: string): Field {
  const call = (name: string): string => (name === before ? code : name);
  const changed = Object.entries(field).map(([key, value]) => {
    if (key === "code") return [key, field.id === id ? code : value];
    if (key === "fields" && Array.isArray(value)) return [key, value.map((column) => renamedField(column, id, code, before))];
    if (key === "options" && Array.isArray(value)) return [key, value.map((option) => renamedOption(option, before, code))];
    if (key === "copies" && value && typeof value === "object") return [key, mapKeys(value as object, call)];
    if (key === "filter" && OTHER_APPS.has(field.type)) return [key, value];
    if (SOURCES.has(key) && typeof value === "string") return [key, renamedIn(value, before, code)];
    return [key, key === "here" && typeof value === "string" ? call(value) : value];
  });
  return Object.fromEntries(changed) as Field;
}

function renamedOption(option: unknown, before: string, code: string): unknown {
  if (!option || typeof option !== "object" || !("show_if" in option) || !option.show_if) return option;
  return { ...option, show_if: renamedIn(String(option.show_if), before, code) };
}

function walked(value: unknown, key: string, path: readonly string[], call: (name: string) => string, before: string): unknown {
  if (typeof value === "string") return walkedString(value, key, path, call, before);
  if (Array.isArray(value)) return value.map((item) => walked(item, key, path, call, before));
  if (!value || typeof value !== "object") return value;
  const entries = Object.entries(key === "filters" ? mapKeys(value, call) : value);
  return Object.fromEntries(entries.map(([name, inner]) => [name, walked(inner, name, [...path, name], call, before)]));
}

function walkedString(value: string, key: string, path: readonly string[], call: (name: string) => string, before: string): string {
  if (SOURCES.has(key)) return renamedIn(value, before, call(before));
  if (path[0] === "documents" && key === "body") return value.replaceAll(`{${before}}`, `{${call(before)}}`);
  if (path[path.length - 2] === "applicant") return APPLICANT.has(key) ? call(value) : value;
  if (key === "title") return path[0] === "views" ? call(value) : value;
  return CODES.has(key) ? call(value) : value;
}

const mapKeys = (value: object, call: (name: string) => string): object =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [call(name), inner]));

/** A formula or query with a name replaced; what stands in "quotes" and longer names stay. */
export function renamedIn(source: string, before: string, after: string): string {
  return source.replace(/"(?:[^"\\]|\\.)*"|[\p{L}_][\p{L}\p{N}_・]*/gu, (word) => (word === before ? after : word));
}

/** Lists of the definition without fields that are gone. Formulas keep their words: the findings say what is missing. */
export function withoutReferences(defn: Definition, gone: ReadonlySet<string>): Definition {
  if (!gone.size) return defn;
  const kept = (codes: readonly string[]): string[] => codes.filter((code) => !gone.has(code));
  const layout = defn.layout?.map((group) => ({ ...group, fields: kept(group.fields) }));
  const questions = defn.procedure?.questions;
  const views = (defn.views as Record<string, unknown>[] | undefined)?.map((view) => withoutColumns(view, gone));
  const rules = (defn.field_rules as { field: string }[] | undefined)?.filter((rule) => !gone.has(rule.field));
  return {
    ...defn, ...(layout && { layout }), ...(views && { views }), ...(rules && { field_rules: rules }),
    ...(questions && { procedure: { ...defn.procedure, questions: kept(questions) } }),
    ...(gone.has(String(defn.title_field)) && { title_field: null }),
  };
}

function withoutColumns(view: Record<string, unknown>, gone: ReadonlySet<string>): Record<string, unknown> {
  const columns = (view.columns as string[] | undefined)?.filter((code) => !gone.has(code));
  const sort = (view.sort as { field: string }[] | undefined)?.filter((rule) => !gone.has(rule.field));
  return { ...view, ...(columns && { columns }), ...(sort && { sort }) };
}
