/** Choices as lines: typed or pasted, one each. Conditions and explanations of single choices below. */
import { t } from "../config";
import { linesOf, optionOf, optionsFromLines, optionLabel, said, tidyOption, withSaid } from "../core/texts";
import type { Field, Option } from "../core/types";
import { freshId, h } from "../dom";
import { put, type Control, type Row } from "./control";
import { sourceBox } from "./source";

type Options = (string | Option)[];

export function options(row: Row): Control {
  const error = h("p", { class: "prop__error", role: "status" });
  const count = h("p", { class: "prop__help" });
  const box: HTMLTextAreaElement = h("textarea", { class: "textarea", rows: 5, spellcheck: "false", oninput: () => {
    const found = optionsFromLines(box.value, now(row.field));
    error.textContent = found.length ? "" : t("no_options");
    if (found.length) row.set(found);
  } });
  const details = h("div", { class: "options__details" });
  let drawn = "";
  const refresh = (field: Field): void => {
    if (document.activeElement !== box) put(box, linesOf(now(field)));
    count.textContent = t("options_help", { n: now(field).length });
    const key = now(field).map((option) => optionOf(option).value).join("\n");
    if (key !== drawn && !details.contains(document.activeElement)) {
      drawn = key;
      details.replaceChildren(...now(field).map((option) => one(row, optionOf(option))));
    }
  };
  const more = h("details", { class: "prop__more" }, h("summary", {}, t("each_option")), details);
  return { element: h("div", {}, row.labelled(box, count, error), more), refresh };
}

const now = (field: Field | undefined): Options => field?.options ?? [];

function one(row: Row, option: Option): HTMLElement {
  const change = (changes: Partial<Option>): void =>
    row.set(now(row.field).map((each) => (optionOf(each).value === option.value ? tidyOption({ ...optionOf(each), ...changes }) : each)));
  const current = (): Option => optionOf(now(row.field).find((each) => optionOf(each).value === option.value) ?? option);
  const box = (key: "label" | "help", language: "ja" | "en", name: string): HTMLElement => {
    const id = freshId();
    const input: HTMLInputElement = h("input", { class: "input", id, value: said(option[key], language), oninput: () =>
      change({ [key]: withSaid(current()[key] ?? (key === "label" ? option.value : null), language, input.value) ?? null }) });
    return h("div", { class: "prop__language" }, h("label", { class: "prop__sub", for: id }, name), input);
  };
  const condition = sourceBox({
    store: row.store, kind: "condition", field: () => row.field?.code ?? "", label: t("option_if"),
    read: () => current().show_if ?? "", write: (source) => change({ show_if: source || null }),
  });
  return h("details", { class: "option-more" }, h("summary", {}, optionLabel(option)),
    box("label", "en", t("option_en")), box("help", "ja", t("option_help")), condition.element);
}

/** Which choice is taken at first. */
export function defaultChoice(row: Row): Control {
  const box: HTMLSelectElement = h("select", { class: "select", onchange: () => row.set(box.value || null) });
  const refresh = (field: Field): void => {
    const all = [["", t("none")] as const, ...now(field).map((option) => [optionOf(option).value, optionLabel(option)] as const)];
    box.replaceChildren(...all.map(([value, label]) => h("option", { value }, label)));
    box.value = String(row.of(field) ?? "");
  };
  return { element: row.labelled(box), refresh };
}

export function defaultChoices(row: Row): Control {
  const ticks = h("div", { class: "prop__ticks" });
  const refresh = (field: Field): void => {
    if (ticks.contains(document.activeElement)) return;
    const chosen = new Set((row.of(field) as string[]) ?? []);
    ticks.replaceChildren(...now(field).map((option) => {
      const { value } = optionOf(option);
      const box = h("input", { type: "checkbox", value, checked: chosen.has(value), onchange: () =>
        row.set([...ticks.querySelectorAll<HTMLInputElement>("input:checked")].map((each) => each.value)) });
      return h("label", { class: "tick" }, box, h("span", {}, optionLabel(option)));
    }));
  };
  return { element: row.grouped(ticks), refresh };
}
