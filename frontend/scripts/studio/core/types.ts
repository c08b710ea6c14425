/** The definition of an app as it travels between server and designer. Left-out keys have the server's defaults. */
export type Language = "ja" | "ja_easy" | "en";
export const LANGUAGES: readonly Language[] = ["ja", "ja_easy", "en"];

/** A text: plain where it is in Japanese only. */
export type Text = string | { ja: string; ja_easy?: string; en?: string };

export type Option = { value: string; label?: Text | null | undefined; help?: Text | null; show_if?: string | null };

/** A field. What else it has depends on its type; the server says which properties there are. */
export type Field = {
  id: number;
  code: string;
  label: Text;
  type: string;
  options?: (string | Option)[];
  fields?: Field[];
  [property: string]: unknown;
};

export type Group = { title: Text; fields: string[] };

export type Definition = {
  code: string;
  name: Text;
  fields: Field[];
  layout?: Group[];
  procedure?: ({ questions?: string[] } & Record<string, unknown>) | null;
  [part: string]: unknown;
};

export type Finding = { level: "error" | "warning"; where: string; message: string; mend: string };

/** Whether two JSON values are the same; left-out and undefined count as one. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  if (Array.isArray(one) && Array.isArray(other) && one.length !== other.length) return false;
  const a = one as Record<string, unknown>, b = other as Record<string, unknown>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}
