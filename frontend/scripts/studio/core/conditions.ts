/** Simple conditions of the query language as rows of a form, and back. What is more than rows stays text. */
export type Row = { field: string; operator: string; values: string[] };
/** `values` that are calls (`TODAY()`) are written as such, all others quoted or as numbers. */
export type Condition = { join: "and" | "or"; rows: Row[] };

type Token = { kind: "text" | "name" | "number" | "sign"; value: string };
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)(?![\p{L}_])|([\p{L}_$][\p{L}\p{N}_・.$]*)|(>=|<=|!=|<>|[=<>(),]))/uy;
const CALL = /^[A-Z_]+\([^()"]*\)$/;

/** The rows of a condition; null where it is no plain list of comparisons joined by one word. */
export function read(source: string): Condition | null {
  const tokens = tokensOf(source.trim());
  if (!tokens) return null;
  const reader = new Reader(tokens);
  const rows: Row[] = [], joins = new Set<string>();
  while (!reader.done) {
    const row = reader.row();
    if (!row) return null;
    rows.push(row);
    if (reader.done) break;
    const join = reader.word();
    if (join !== "and" && join !== "or") return null;
    joins.add(join);
    if (reader.done) return null;
  }
  return joins.size > 1 ? null : { join: joins.has("or") ? "or" : "and", rows };
}

/** The condition as text; `numeric` says which fields are compared with numbers. */
export function write({ join, rows }: Condition, numeric: (field: string) => boolean): string {
  return rows.map((row) => written(row, numeric(row.field))).join(` ${join} `);
}

function written({ field, operator, values }: Row, numeric: boolean): string {
  if (operator.startsWith("is ")) return `${field} ${operator}`;
  const words = values.map((value) => valueText(value, numeric));
  if (operator === "in" || operator === "not in") return `${field} ${operator} (${(words.length ? words : ['""']).join(", ")})`;
  return `${field} ${operator} ${words[0] ?? '""'}`;
}

export const isCall = (value: string): boolean => CALL.test(value);

function valueText(value: string, numeric: boolean): string {
  if (isCall(value) || (numeric && /^-?\d+(\.\d+)?$/.test(value))) return value;
  return `"${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}

function tokensOf(source: string): Token[] | null {
  const found: Token[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < source.length;) {
    const match = TOKEN.exec(source);
    if (!match) return null;
    const [, text, number, name, sign] = match;
    if (text !== undefined) found.push({ kind: "text", value: text.replace(/\\(.)/g, "$1") });
    else if (number !== undefined) found.push({ kind: "number", value: number });
    else if (name !== undefined) found.push({ kind: "name", value: name });
    else found.push({ kind: "sign", value: sign ?? "" });
  }
  return found;
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get done(): boolean {
    return this.at >= this.tokens.length;
  }

  word(): string {
    const token = this.tokens[this.at];
    if (token?.kind !== "name") return "";
    this.at += 1;
    return token.value.toLowerCase();
  }

  private is(value: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== "sign" || token.value !== value) return false;
    this.at += 1;
    return true;
  }

  row(): Row | null {
    const field = this.tokens[this.at];
    if (field?.kind !== "name") return null;
    this.at += 1;
    const operator = this.operator();
    if (operator === null) return null;
    if (operator.startsWith("is ")) return { field: field.value, operator, values: [] };
    const values = operator === "in" || operator === "not in" ? this.several() : this.one();
    return values && { field: field.value, operator, values };
  }

  private operator(): string | null {
    const token = this.tokens[this.at];
    if (token?.kind === "sign" && /^[=<>!]/.test(token.value)) {
      this.at += 1;
      return token.value === "<>" ? "!=" : token.value;
    }
    const first = this.word();
    if (first === "like" || first === "in") return first;
    if (first === "not") return ["like", "in"].includes(this.peek()) ? `not ${this.word()}` : null;
    if (first !== "is") return null;
    const not = this.peek() === "not" ? `${this.word()} ` : "";
    return this.word() === "empty" ? `is ${not}empty` : null;
  }

  private peek(): string {
    const token = this.tokens[this.at];
    return token?.kind === "name" ? token.value.toLowerCase() : "";
  }

  private one(): string[] | null {
    const value = this.value();
    return value === null ? null : [value];
  }

  private several(): string[] | null {
    if (!this.is("(")) return null;
    const values: string[] = [];
    do {
      const value = this.value();
      if (value === null) return null;
      values.push(value);
    } while (this.is(","));
    return this.is(")") ? values.filter((value) => value !== "" || values.length > 1) : null;
  }

  /** A text, a number, or a call with its arguments. */
  private value(): string | null {
    const token = this.tokens[this.at];
    if (!token || token.kind === "sign") return null;
    this.at += 1;
    if (token.kind !== "name") return token.value;
    if (!this.is("(")) return null;
    const parts: string[] = [];
    while (!this.is(")")) {
      const part = this.tokens[this.at];
      if (!part || part.kind === "text" || (part.kind === "sign" && part.value !== ",")) return null;
      this.at += 1;
      parts.push(part.value === "," ? ", " : part.value);
    }
    return `${token.value}(${parts.join("")})`;
  }
}
