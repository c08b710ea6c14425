/** A copy of `list` with `drop` items taken out at `index` and others put in. */
export function spliced<T>(list: readonly T[], index: number, drop: number, ...items: T[]): T[] {
  const copy = [...list];
  copy.splice(index, drop, ...items);
  return copy;
}
