/** Reading and changing one place of a definition, wherever it is. */
import type { Definition } from "./types";

export type Path = readonly (string | number)[];

export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((found, key) => (found as Record<string | number, unknown> | null | undefined)?.[key], value);
}

/** A copy with one place set; what is missing on the way is made. */
export function withAt<T>(value: T, path: Path, put: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return put as T;
  const inner = withAt((value as Record<string | number, unknown> | null | undefined)?.[key], rest, put);
  if (Array.isArray(value)) return value.map((item, number) => (number === key ? inner : item)) as T;
  return { ...value, [key]: inner } as T;
}

export const listAt = <T>(defn: Definition, path: Path): readonly T[] => (at(defn, path) ?? []) as readonly T[];
