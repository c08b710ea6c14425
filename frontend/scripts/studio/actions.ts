/** What a builder does to the form, each as one step that can be undone and is told in words. */
import { config, kindOf, t } from "./config";
import * as edits from "./core/edits";
import { fieldOf, placeAfter, sectionsOf, tableOf, type Place } from "./core/form";
import { fieldFrom, type Proposal } from "./core/quick";
import { codeFrom, freeCode, ja } from "./core/texts";
import { spliced } from "./core/lists";
import type { Field } from "./core/types";
import type { Store } from "./store";

const published = new Set(config.publishedIds);
const reserved = new Set(config.systemColumns);

export class Actions {
  constructor(private readonly store: Store) {}

  /** A new field of a type, at a place or behind the selected one. */
  add(type: string, at?: Place): number {
    const kind = kindOf(type), id = this.store.next();
    const field = this.fresh({ label: kind.name.replace(/[（(].*$/u, ""), type, required: false, options: [], settings: {} }, id);
    this.put([field], at, t("done_add", { name: ja(field.label) }));
    return id;
  }

  addMany(proposals: readonly Proposal[], at?: Place): void {
    const fields = proposals.map((proposal) => this.fresh(proposal, this.store.next()));
    const done = fields.length === 1 ? t("done_add", { name: ja(fields[0]?.label) }) : t("done_add_many", { n: fields.length });
    if (!fields.length) return;
    const { definition } = this.store;
    if (!at && fields.length > 1 && !published.size && edits.isUntouched(definition)) {
      this.store.apply(done, edits.begunWith(definition, fields), { selected: fields[fields.length - 1]?.id ?? null });
    } else this.put(fields, at, done);
  }

  private put(fields: readonly Field[], at: Place | undefined, done: string): void {
    const { definition, selected } = this.store;
    const top = selected === null ? null : (tableOf(definition, selected)?.id ?? selected);
    const place = at ?? placeAfter(definition, top);
    this.store.apply(done, edits.addFields(definition, fields, place), { selected: fields[fields.length - 1]?.id ?? null });
  }

  private fresh(proposal: Proposal, id: number): Field {
    const field = { ...kindOf(proposal.type).fresh, ...fieldFrom(proposal, id, kindOf(proposal.type).fresh) } as Field;
    const code = reserved.has(field.code) ? `_${field.code}` : field.code;
    const columns = field.fields?.map((column) => ({ ...column, id: this.store.next(), code: freeCode(column.code, this.codes()) }));
    return { ...field, code, ...(columns && { fields: columns }) };
  }

  private codes(): Set<string> {
    return new Set(this.store.definition.fields.flatMap((field) => [field.code, ...(field.fields ?? []).map((column) => column.code)]));
  }

  /** A new column at the end of a table. */
  addColumn(table: Field, type: string, label: string): void {
    const id = this.store.next();
    const column = { ...kindOf(type).fresh, id, type, label, code: freeCode(codeFrom(label), this.codes()) } as Field;
    const definition = edits.setProperty(this.store.definition, table.id, "fields", [...(table.fields ?? []), column]);
    this.store.apply(t("done_add", { name: label }), definition, { selected: id });
  }

  remove(id: number): void {
    const { definition } = this.store, field = fieldOf(definition, id);
    if (!field) return;
    const table = tableOf(definition, id);
    if (table && (table.fields ?? []).length < 2) return this.store.announce(t("last_column"));
    const next = table ? table.id : neighbour(sectionsOf(definition).flatMap((s) => s.fields), id);
    this.store.apply(t("done_remove", { name: ja(field.label) }), edits.removeFields(definition, [id]), { selected: next });
  }

  duplicate(id: number): void {
    const field = fieldOf(this.store.definition, id);
    const { defn, id: copy } = edits.duplicateField(this.store.definition, id, this.store);
    this.store.apply(t("done_duplicate", { name: ja(field?.label) }), defn, { selected: copy });
  }

  move(id: number, step: -1 | 1): void {
    const definition = edits.moveBy(this.store.definition, id, step);
    this.store.apply(this.told(id, definition), definition, { selected: id });
  }

  moveTo(id: number, to: Place): void {
    const definition = edits.moveTo(this.store.definition, id, to);
    this.store.apply(this.told(id, definition), definition, { selected: id });
  }

  private told(id: number, definition = this.store.definition): string {
    const name = ja(fieldOf(definition, id)?.label), table = tableOf(definition, id);
    const all = table ? (table.fields ?? []) : sectionsOf(definition).flatMap((section) => section.fields);
    return t("done_move", { name, n: all.findIndex((field) => field.id === id) + 1, total: all.length });
  }

  /** One property; typing into one box is one step. */
  set(field: Field, key: string, value: unknown, label: string): void {
    const definition = edits.setProperty(this.store.definition, field.id, key, value);
    this.store.apply(t("done_set", { name: ja(field.label), what: label }), definition, { key: `${field.id}.${key}` });
  }

  setLabel(field: Field, label: Field["label"]): void {
    const definition = edits.setLabel(this.store.definition, field.id, label, !published.has(field.id));
    this.store.apply(t("done_set", { name: ja(label), what: t("label") }), definition, { key: `${field.id}.label` });
  }

  setCode(field: Field, code: string): void {
    const definition = edits.setCode(this.store.definition, field.id, code);
    this.store.apply(t("done_set", { name: ja(field.label), what: t("code") }), definition, { key: `${field.id}.code` });
  }

  setType(field: Field, type: string): void {
    const kind = kindOf(type);
    const kept = new Set(kind.properties.map((property) => property.key).filter((key) => key !== "default"));
    const definition = edits.setType(this.store.definition, field.id, type, kept, kind.fresh);
    this.store.apply(t("done_type", { name: ja(field.label), kind: kind.name }), this.numbered(definition));
  }

  /** Columns that came with a new table get ids that nothing ever had. */
  private numbered(definition: Store["definition"]): Store["definition"] {
    const seen = new Set<number>();
    const own = (field: Field): Field => {
      const id = field.id > 0 && !seen.has(field.id) ? field.id : this.store.next();
      seen.add(id);
      return { ...field, id };
    };
    const fields = definition.fields.map((field) => own(field));
    return { ...definition, fields: fields.map((field) => (field.fields ? { ...field, fields: field.fields.map(own) } : field)) };
  }

  /** An empty group at the end; what is added next goes into it. */
  addGroup(): void {
    this.store.apply(t("done_group"), edits.addGroup(this.store.definition, t("new_group"), t("first_group")), { selected: null });
  }

  titleGroup(number: number, title: Field["label"]): void {
    this.store.apply(t("done_group_title"), edits.titleGroup(this.store.definition, number, title), { key: `group.${number}` });
  }

  removeGroup(number: number): void {
    this.store.apply(t("done_group_remove"), edits.removeGroup(this.store.definition, number));
  }

  moveGroup(number: number, step: -1 | 1): void {
    this.store.apply(t("done_group_move"), edits.moveGroup(this.store.definition, number, step));
  }

  /** The selection one field on, for arrow keys. */
  selectNext(step: -1 | 1): void {
    const fields = sectionsOf(this.store.definition).flatMap((section) => section.fields);
    const at = fields.findIndex((field) => field.id === this.store.selected);
    const next = fields[at < 0 ? 0 : Math.min(Math.max(at + step, 0), fields.length - 1)];
    if (next) this.store.select(next.id);
  }
}

/** The field to select where one goes away: the next one, or the one before. */
function neighbour(order: readonly Field[], id: number): number | null {
  const at = order.findIndex((field) => field.id === id);
  return (spliced(order, at, 1)[Math.min(at, order.length - 2)] ?? null)?.id ?? null;
}

