/** Changes of a form. Each takes a definition and gives a new one; nothing is changed in place. */
import { allFields, codesOf, fieldOf, placeOf, sectionsOf, tableOf, withSections, type Place, type Section } from "./form";
import { spliced } from "./lists";
import { renamed, withoutReferences } from "./rename";
import { codeFrom, freeCode, ja } from "./texts";
import type { Definition, Field, Text } from "./types";

/** Gives ids that no field of the app ever had. */
export type Ids = { next(): number };

/** Types that residents are never asked: not put into the order of questions. */
const NEVER_ASKED = new Set(["formula", "serial", "staff", "department", "group", "richtext", "related", "total"]);

/** New fields at a place of the form, in their order. */
export function addFields(defn: Definition, fields: readonly Field[], at: Place): Definition {
  const taken = codesOf(defn);
  const fresh = fields.map((field) => {
    const code = freeCode(field.code, taken);
    taken.add(code);
    return { ...field, code };
  });
  const sections = inSection(sectionsOf(defn), at, 0, fresh);
  return withQuestions(withSections(defn, sections), defn, fresh);
}

/** Whether nobody has done anything yet to the one field that a new app begins with. */
export function isUntouched({ fields, layout, procedure }: Definition): boolean {
  const [first] = fields;
  return fields.length === 1 && first?.id === 1 && first.code === "件名" && ja(first.label) === "件名" && !layout?.length && !procedure;
}

const IN_LIST = 4;

/** A new app with these fields in place of its first one; its list shows the first few of them. */
export function begunWith(defn: Definition, fields: readonly Field[]): Definition {
  const added = addFields(removeFields(defn, [1]), fields, { section: 0, index: 0 });
  const shown = added.fields.filter((field) => SHORT.has(field.type)).slice(0, IN_LIST).map((field) => field.code);
  const views = (defn.views as { columns?: string[] }[] | undefined)?.map((view) => ({
    ...view, columns: view.columns?.flatMap((code) => (code === "件名" ? shown : [code])),
  }));
  return { ...added, ...(views && { views }) };
}

/** Types that fit into a list's column. */
const SHORT = new Set(["text", "number", "money", "choice", "date", "name"]);

function inSection(sections: readonly Section[], at: Place, drop: number, fresh: readonly Field[]): Section[] {
  return sections.map((section, number) =>
    number === at.section ? { ...section, fields: spliced(section.fields, at.index, drop, ...fresh) } : section);
}

/** An order of questions that is written out follows the form: a new field is asked behind the one before it. */
function withQuestions(defn: Definition, before: Definition, fresh: readonly Field[]): Definition {
  const questions = before.procedure?.questions;
  const asked = fresh.filter((field) => !field.staff_only && !NEVER_ASKED.has(field.type)).map((field) => field.code);
  const first = fresh[0];
  if (!questions?.length || !asked.length || !first) return defn;
  const position = defn.fields.findIndex((field) => field.id === first.id);
  const earlier = defn.fields.slice(0, position).map((field) => field.code);
  const behind = Math.max(...earlier.map((code) => questions.indexOf(code)), -1);
  return { ...defn, procedure: { ...before.procedure, questions: spliced(questions, behind + 1, 0, ...asked) } };
}

/** Without the fields with those ids (or table columns), and without whatever named them in lists. */
export function removeFields(defn: Definition, ids: readonly number[]): Definition {
  const gone = new Set(ids);
  const codes = new Set(allFields(defn).filter((field) => gone.has(field.id)).map((field) => field.code));
  const fields = defn.fields.filter((field) => !gone.has(field.id)).map((field) =>
    field.fields ? { ...field, fields: field.fields.filter((column) => !gone.has(column.id)) } : field);
  return withoutReferences({ ...defn, fields }, codes);
}

/** A copy behind the original, its columns too, with ids and codes of their own. */
export function duplicateField(defn: Definition, id: number, ids: Ids): { defn: Definition; id: number } {
  const table = tableOf(defn, id), original = fieldOf(defn, id);
  if (!original) return { defn, id };
  const taken = codesOf(defn);
  const copy = copied(original, ids, taken);
  if (table) {
    const columns = (table.fields ?? []).flatMap((column) => (column.id === id ? [column, copy] : [column]));
    return { defn: setProperty(defn, table.id, "fields", columns), id: copy.id };
  }
  const place = placeOf(sectionsOf(defn), id);
  return place ? { defn: addFields(defn, [copy], { ...place, index: place.index + 1 }), id: copy.id } : { defn, id };
}

function copied(field: Field, ids: Ids, taken: Set<string>): Field {
  const code = freeCode(field.code, taken);
  taken.add(code);
  const id = ids.next();
  const columns = field.fields?.map((column) => copied(column, ids, taken));
  return { ...field, id, code, ...(columns && { fields: columns }) };
}

/** One step up or down: within its group, at its edge into the next one. Columns move within their table. */
export function moveBy(defn: Definition, id: number, step: -1 | 1): Definition {
  const table = tableOf(defn, id);
  if (table) return setProperty(defn, table.id, "fields", swapped(table.fields ?? [], id, step));
  const sections = sectionsOf(defn), place = placeOf(sections, id);
  if (!place) return defn;
  const length = sections[place.section]?.fields.length ?? 0, index = place.index + step;
  if (index >= 0 && index < length) return moveTo(defn, id, { ...place, index });
  const section = place.section + step, next = sections[section];
  return next ? moveTo(defn, id, { section, index: step > 0 ? 0 : next.fields.length }) : defn;
}

function swapped(fields: readonly Field[], id: number, step: number): Field[] {
  const from = fields.findIndex((field) => field.id === id), field = fields[from], to = from + step;
  return field && to >= 0 && to < fields.length ? spliced(spliced(fields, from, 1), to, 0, field) : [...fields];
}

/** To a place counted without the field itself. */
export function moveTo(defn: Definition, id: number, to: Place): Definition {
  const sections = sectionsOf(defn), from = placeOf(sections, id), field = fieldOf(defn, id);
  if (!from || !field || !sections[to.section]) return defn;
  if (from.section === to.section && from.index === to.index) return defn;
  return inQuestionOrder(defn, withSections(defn, inSection(inSection(sections, from, 1, []), to, 0, [field])), id);
}

/** Where the order of questions is the form's own, it stays so. */
function inQuestionOrder(before: Definition, after: Definition, moved: number): Definition {
  const questions = before.procedure?.questions ?? [];
  const inOrder = (defn: Definition) => defn.fields.map((f) => f.code).filter((code) => questions.includes(code));
  const code = fieldOf(before, moved)?.code;
  if (!code || !questions.includes(code) || inOrder(before).join() !== questions.join()) return after;
  return { ...after, procedure: { ...before.procedure, questions: inOrder(after) } };
}

/** One property of a field or column set; undefined leaves it out, which means the default. */
export function setProperty(defn: Definition, id: number, name: string, value: unknown): Definition {
  const change = (field: Field): Field => {
    if (field.id === id) return withProperty(field, name, value);
    return field.fields?.some((column) => column.id === id) ? { ...field, fields: field.fields.map(change) } : field;
  };
  return { ...defn, fields: defn.fields.map(change) };
}

function withProperty(field: Field, name: string, value: unknown): Field {
  const { [name]: _before, ...others } = field;
  return (value === undefined ? others : { ...field, [name]: value }) as Field;
}

/** The label; the code goes with it while it still is what the label makes and `follows`. */
export function setLabel(defn: Definition, id: number, label: Text, follows: boolean): Definition {
  const field = fieldOf(defn, id);
  if (!field || !ja(label).trim()) return defn;
  const labelled = setProperty(defn, id, "label", label);
  return follows && codeFollows(field) ? setCode(labelled, id, codeFrom(ja(label))) : labelled;
}

/** Whether the code still is what the label makes, or that with a number. */
export const codeFollows = (field: Field): boolean =>
  field.code.replace(/_\d+$/, "") === codeFrom(ja(field.label)).replace(/_\d+$/, "");

/** The code, and with it every place of the definition that names it. */
export function setCode(defn: Definition, id: number, wanted: string): Definition {
  const field = fieldOf(defn, id);
  if (!field || field.code === wanted) return defn;
  const others = new Set(allFields(defn).filter((other) => other.id !== id).map((other) => other.code));
  return renamed(defn, id, freeCode(wanted, others));
}

/** Another type: what both types know is kept. `fresh` are the new type's first settings. */
export function setType(defn: Definition, id: number, type: string, kept: ReadonlySet<string>, fresh: object): Definition {
  const change = (field: Field): Field => {
    if (field.fields?.some((column) => column.id === id)) return { ...field, fields: field.fields.map(change) };
    if (field.id !== id) return field;
    const common = Object.fromEntries(Object.entries(field).filter(([name]) => kept.has(name)));
    return { ...fresh, ...common, id: field.id, code: field.code, label: field.label, type } as Field;
  };
  return { ...defn, fields: defn.fields.map(change) };
}

/** Another group at the end; where there was none, the fields so far become the first. */
export function addGroup(defn: Definition, title: Text, first: Text): Definition {
  const sections = sectionsOf(defn).map((section) =>
    section.title === null && section.fields.length && !defn.layout?.length ? { ...section, title: first } : section);
  const named = sections.filter((section) => section.title !== null);
  const rest = sections.filter((section) => section.title === null && section.fields.length);
  return withSections(defn, [...named, { title, fields: [] }, ...rest]);
}

export const titleGroup = (defn: Definition, number: number, title: Text): Definition =>
  withSections(defn, sectionsOf(defn).map((section, n) => (n === number ? { ...section, title } : section)));

/** The group's fields join the group before it; those of the first, the next; of the only one, none. */
export function removeGroup(defn: Definition, number: number): Definition {
  const sections = sectionsOf(defn), gone = sections[number];
  if (!gone || gone.title === null) return defn;
  const kept = spliced(sections, number, 1);
  if (!kept.length) return withSections(defn, [{ title: null, fields: gone.fields }]);
  const heir = Math.max(number - 1, 0);
  return withSections(defn, kept.map((section, n) => {
    if (n !== heir) return section;
    return { ...section, fields: number ? [...section.fields, ...gone.fields] : [...gone.fields, ...section.fields] };
  }));
}

/** A group with all its fields one place up or down. */
export function moveGroup(defn: Definition, number: number, step: -1 | 1): Definition {
  const sections = sectionsOf(defn), group = sections[number], other = sections[number + step];
  if (!group || !other || group.title === null || other.title === null) return defn;
  return withSections(defn, spliced(spliced(sections, number, 1), number + step, 0, group));
}
