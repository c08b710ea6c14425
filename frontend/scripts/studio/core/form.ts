/** The form as one sees it: groups of fields, and after them the fields that are in no group. */
import type { Definition, Field, Group, Text } from "./types";

/** `title` is null for the fields in no group. */
export type Section = { title: Text | null; fields: Field[] };

export type Place = { section: number; index: number };

/** The groups in order; the last section holds what is in none (always there where no group is). */
export function sectionsOf(defn: Definition): Section[] {
  const layout = defn.layout ?? [];
  const byCode = new Map(defn.fields.map((field) => [field.code, field]));
  const placed = new Set<string>();
  const take = (code: string): Field[] => {
    const field = byCode.get(code);
    if (!field || placed.has(code)) return [];
    placed.add(code);
    return [field];
  };
  const groups = layout.map((group: Group) => ({ title: group.title, fields: group.fields.flatMap(take) }));
  const rest = defn.fields.filter((field) => !placed.has(field.code));
  return rest.length || !groups.length ? [...groups, { title: null, fields: rest }] : groups;
}

/** The definition with its form as in `sections`: groups and the order of the fields. */
export function withSections(defn: Definition, sections: readonly Section[]): Definition {
  const layout = sections.flatMap(({ title, fields }) =>
    title === null ? [] : [{ title, fields: fields.map((field) => field.code) }]);
  const fields = sections.flatMap((section) => section.fields);
  return { ...defn, fields, layout };
}

export function placeOf(sections: readonly Section[], id: number): Place | null {
  for (const [section, { fields }] of sections.entries()) {
    const index = fields.findIndex((field) => field.id === id);
    if (index >= 0) return { section, index };
  }
  return null;
}

/** Where a new field goes: behind the selected one, else at the end. */
export function placeAfter(defn: Definition, selected: number | null): Place {
  const sections = sectionsOf(defn);
  const found = selected === null ? null : placeOf(sections, selected);
  if (found) return { ...found, index: found.index + 1 };
  const last = sections.length - 1;
  return { section: last, index: sections[last]?.fields.length ?? 0 };
}

/** The field with that id, also one that is a column of a table. */
export function fieldOf(defn: Definition, id: number | null): Field | undefined {
  return allFields(defn).find((field) => field.id === id);
}

/** The table that has the field with that id as a column. */
export const tableOf = (defn: Definition, id: number): Field | undefined =>
  defn.fields.find((field) => field.fields?.some((column) => column.id === id));

export const allFields = (defn: Definition): Field[] =>
  defn.fields.flatMap((field) => [field, ...(field.fields ?? [])]);

export const codesOf = (defn: Definition): Set<string> => new Set(allFields(defn).map((field) => field.code));

export const highestId = (defn: Definition): number => Math.max(0, ...allFields(defn).map((field) => field.id));
