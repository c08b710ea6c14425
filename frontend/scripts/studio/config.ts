/** What the server says once about fields, words and addresses. */
import type { Guess } from "./core/quick";
import type { Definition, Finding } from "./core/types";

export type Property = {
  key: string;
  control: string;
  label: string;
  section: string;
  help: string;
  choices: [string, string][];
  default: unknown;
};

export type Kind = {
  type: string;
  name: string;
  about: string;
  group: string;
  icon: string;
  words: string;
  fresh: Record<string, unknown>;
  column: boolean;
  properties: Property[];
};

export type OtherField = { code: string; label: string; type: string };
export type OtherApp = { code: string; name: string; fields: OtherField[] };

export type Config = {
  urls: { form: string; draft: string; check: string; complete: string; preview: string };
  csrf: string;
  icons: Record<string, string>;
  groups: [string, string][];
  sections: [string, string][];
  kinds: Kind[];
  guesses: Guess[];
  apps: OtherApp[];
  publishedIds: number[];
  systemColumns: string[];
  locked: string;
  chatStyles: string;
  words: Record<string, string>;
};

export type Draft = {
  version: number;
  number: number;
  definition: Definition;
  findings: Finding[];
  next_field_id: number;
  saved_at: string;
};

/** The JSON that the page carries in `<script type="application/json" id=…>`. */
export function carried<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null") as T;
}

export const config: Config = carried<Config>("designer-config");
const byType = new Map(config.kinds.map((kind) => [kind.type, kind]));

/** The kind of that type; unknown ones count as text. */
export const kindOf = (type: string): Kind => byType.get(type) ?? (byType.get("text") as Kind);

/** Words in the language of the page; `{name}` is replaced. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const words = config.words[key];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ""));
}

/** A request that changes something or asks with a body. */
export function send(url: string, method: "PUT" | "POST", body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method, body: JSON.stringify(body), credentials: "same-origin", ...(signal && { signal }),
    headers: { "Content-Type": "application/json", "X-CSRFToken": config.csrf, Accept: "application/json" },
  });
}
