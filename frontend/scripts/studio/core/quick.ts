/** Many fields from many lines: each line a label, perhaps with a mark for required and with choices. */
import { codeFrom } from "./texts";
import type { Field } from "./types";

/** A guess from the server: a label that matches has this type and these settings. */
export type Guess = { pattern: string; type: string; settings: Record<string, unknown> };

export type Proposal = { label: string; type: string; required: boolean; options: string[]; settings: Record<string, unknown> };

const REQUIRED = /\s*(?:[*＊]|[（(【[]必須[）)】\]])\s*$/u;
const CHOICES = /^(.+?)\s*[:：]\s*(.+)$/u;

/** The fields that the lines mean. Tabs count as line ends too: a row copied from Excel is a list of labels. */
export function proposalsFrom(lines: string, guesses: readonly Guess[]): Proposal[] {
  return lines.split(/[\n\t]|(?:\s+[/／]\s+)/u).map((line) => line.trim()).filter(Boolean).map((line) => proposal(line, guesses));
}

/** One line: `氏名*`, `性別：男、女、答えない`, `生年月日（必須）`. */
export function proposal(line: string, guesses: readonly Guess[]): Proposal {
  const required = REQUIRED.test(line);
  const rest = line.replace(REQUIRED, "").replace(/^[・\-*•●○\d.．、)）]+\s+/u, "");
  const [, before, listed] = CHOICES.exec(rest) ?? [];
  const options = [...new Set((listed ?? "").split(/[、,，/／・|｜]/u).map((word) => word.trim()).filter(Boolean))];
  if (before && options.length > 1) {
    return { label: before.replace(REQUIRED, "").trim(), type: "choice", required: required || REQUIRED.test(before), options, settings: {} };
  }
  const found = guesses.find((guess) => patternOf(guess).test(rest));
  return { label: rest || line, type: found?.type ?? "text", required, options: [], settings: found?.settings ?? {} };
}

const patterns = new Map<string, RegExp>();

function patternOf({ pattern }: Guess): RegExp {
  const found = patterns.get(pattern) ?? new RegExp(pattern, "u");
  patterns.set(pattern, found);
  return found;
}

/** The field of a proposal; `fresh` are the type's first settings. */
export function fieldFrom(given: Proposal, id: number, fresh: Record<string, unknown>): Field {
  return {
    ...fresh, ...given.settings, id, type: given.type, code: codeFrom(given.label), label: given.label,
    ...(given.required && { required: true }), ...(given.options.length && { options: given.options }),
  };
}
