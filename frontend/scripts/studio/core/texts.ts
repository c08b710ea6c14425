/** Texts in several languages, and codes made from labels. */
import type { Language, Option, Text } from "./types";

const READING = /([々〆ヶ\u3400-\u9fff\uf900-\ufaff]+)《[ぁ-ゖァ-ヺー]+》/gu;

/** The text in `language`; empty where it has none. */
export function said(text: Text | null | undefined, language: Language = "ja"): string {
  if (typeof text === "string") return language === "ja" ? text : "";
  return text?.[language] ?? "";
}

/** The Japanese text without readings. */
export const ja = (text: Text | null | undefined): string => said(text).replace(READING, "$1");

/** `text` with one language set anew; a string again where only Japanese is left, undefined where nothing is. */
export function withSaid(text: Text | null | undefined, language: Language, words: string): Text | undefined {
  const all = { ja: said(text), ja_easy: said(text, "ja_easy"), en: said(text, "en"), [language]: words };
  if (!all.ja.trim()) return undefined;
  if (!all.ja_easy && !all.en) return all.ja;
  return { ja: all.ja, ...(all.ja_easy && { ja_easy: all.ja_easy }), ...(all.en && { en: all.en }) };
}

/** A code as the definition allows it: letters, kana, kanji, digits (not first), _ and ・. */
export function codeFrom(label: string): string {
  const kept = label.replace(READING, "$1").normalize("NFC").replace(/[^\p{L}\p{Nd}_・]/gu, "").replace(/^・+/u, "");
  const begun = /^\p{Nd}/u.test(kept) ? `_${kept}` : kept;
  return [...begun].slice(0, 60).join("") || "項目";
}

export const isCode = (code: string): boolean => /^[\p{L}_][\p{L}\p{N}_・]{0,63}$/u.test(code);

/** `code`, or `code_2`, `code_3` … where it is taken. */
export function freeCode(code: string, taken: ReadonlySet<string>): string {
  if (!taken.has(code)) return code;
  for (let number = 2; ; number += 1) if (!taken.has(`${code}_${number}`)) return `${code}_${number}`;
}

/** An option as an object, whichever way it is written. */
export const optionOf = (option: string | Option): Option => (typeof option === "string" ? { value: option } : option);

export const optionLabel = (option: string | Option): string =>
  typeof option === "string" ? option : ja(option.label) || option.value;

/** One option a line: `値` or `値 = 表示`; what else an option had is kept where its value stays. */
export function optionsFromLines(lines: string, before: readonly (string | Option)[]): (string | Option)[] {
  const known = new Map(before.map((option) => [optionOf(option).value, optionOf(option)]));
  const seen = new Set<string>();
  return lines.split("\n").flatMap((line) => {
    const [value = "", label = ""] = line.split(/\s*[=＝]\s*/, 2).map((part) => part.trim());
    if (!value || seen.has(value)) return [];
    seen.add(value);
    return [tidyOption({ ...known.get(value), value, label: label ? withSaid(known.get(value)?.label, "ja", label) : undefined })];
  });
}

/** Plain where value and label are the same and there is nothing else. */
export function tidyOption(option: Option): string | Option {
  const label = option.label === option.value ? undefined : option.label;
  const kept = { value: option.value, label: label || null, help: option.help || null, show_if: option.show_if || null };
  return kept.label || kept.help || kept.show_if ? kept : kept.value;
}

export const linesOf = (options: readonly (string | Option)[]): string =>
  options.map((option) => {
    const { value, label } = optionOf(option);
    return label && ja(label) !== value ? `${value} = ${ja(label)}` : value;
  }).join("\n");
