/** Two changes of one definition brought together: where both changed the same thing, `mine` stays. */
import { highestId } from "./form";
import { same, type Definition, type Field, type Group } from "./types";

type Plain = Record<string, unknown>;

/** `mine` and `theirs` both came from `base`. Fields are matched by id; nothing that either added is lost. */
export function merged(base: Definition, mine: Definition, theirs: Definition): Definition {
  const whole = mergedObject(base, mine, theirs, (key, b, m, t) =>
    key === "fields" ? mergedFields((b ?? []) as Field[], m as Field[], t as Field[]) : undefined) as Definition;
  const codes = new Set(whole.fields.map((field) => field.code));
  const prune = (group: Group): Group => ({ ...group, fields: group.fields.filter((code) => codes.has(code)) });
  return whole.layout ? { ...whole, layout: whole.layout.map(prune) } : whole;
}

type Special = (key: string, base: unknown, mine: unknown, theirs: unknown) => unknown;

function mergedObject(base: Plain, mine: Plain, theirs: Plain, special: Special): Plain {
  const result: Plain = {};
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const value = special(key, base[key], mine[key], theirs[key]) ?? chosen(base[key], mine[key], theirs[key]);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

function chosen(base: unknown, mine: unknown, theirs: unknown): unknown {
  if (same(base, mine)) return theirs;
  if (same(base, theirs)) return mine;
  return isPlain(mine) && isPlain(theirs) ? mergedObject(isPlain(base) ? base : {}, mine, theirs, () => undefined) : mine;
}

const isPlain = (value: unknown): value is Plain => !!value && typeof value === "object" && !Array.isArray(value);

function mergedFields(base: readonly Field[], mine: readonly Field[], theirs: readonly Field[]): Field[] {
  const [b, m, t] = [base, mine, theirs].map((fields) => new Map(fields.map((field) => [field.id, field])));
  const kept = (id: number): Field[] => {
    const was = b?.get(id), own = m?.get(id), other = t?.get(id);
    if (own && other) return [mergedObject(was ?? {}, own, other, () => undefined) as Field];
    const left = own ?? other;
    // Gone on one side: gone, unless the other side changed it meanwhile.
    return left && (!was || !same(was, left)) ? [left] : [];
  };
  return orderOf(base, mine, theirs).flatMap(kept);
}

/** Mine where I moved something, else theirs; what only the other side has stands behind its neighbour there. */
function orderOf(base: readonly Field[], mine: readonly Field[], theirs: readonly Field[]): number[] {
  const common = (fields: readonly Field[]): string => fields.map((f) => f.id).filter((id) => base.some((f) => f.id === id)).join();
  const moved = common(mine) !== common(base.filter((f) => mine.some((own) => own.id === f.id)));
  const [lead, other] = moved ? [mine, theirs] : [theirs, mine];
  const order = lead.map((field) => field.id);
  other.forEach((field, index) => {
    if (order.includes(field.id)) return;
    const neighbour = other.slice(0, index).reverse().find((f) => order.includes(f.id));
    order.splice(neighbour ? order.indexOf(neighbour.id) + 1 : 0, 0, field.id);
  });
  return order;
}

/** Fields that both sides added under one id: mine get ids (and codes) of their own, so that both stay. */
export function renumbered(base: Definition, mine: Definition, theirs: Definition): Definition {
  const known = new Set(base.fields.map((field) => field.id));
  const other = new Map(theirs.fields.map((field) => [field.id, field]));
  let highest = Math.max(highestId(mine), highestId(theirs));
  const fresh = (field: Field): Field => {
    const clash = other.get(field.id);
    if (known.has(field.id) || !clash || same(clash, field)) return field;
    const columns = field.fields?.map((column) => ({ ...column, id: (highest += 1) }));
    return { ...field, id: (highest += 1), ...(columns && { fields: columns }) };
  };
  return { ...mine, fields: mine.fields.map(fresh) };
}
