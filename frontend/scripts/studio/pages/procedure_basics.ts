/** Opening an app to residents: what it is called, who answers, how one applies, who one must prove to be, and when. */
import { t } from "../config";
import { listAt } from "../core/paths";
import { fromBox, inBox, personalInChat, procedureOf } from "../core/procedure";
import { ja } from "../core/texts";
import type { Text } from "../core/types";
import { h, icon, type Child } from "../dom";
import type { Bound, Choice, Pane } from "../pane";
import { place, rows, textPlace } from "./rows";

export type Level = { value: string; name: string; law: string };
const P = "procedure";

export function basics(pane: Pane): Child[] {
  return [
    h("div", { class: "two" },
      pane.words(textPlace(pane, t("title"), [P, "title"])),
      pane.text(place(pane, t("prefix"), [P, "prefix"], "", t("prefix_help")), { maxlength: 4, class: "input input--code" })),
    pane.words(textPlace(pane, t("summary"), [P, "summary"], t("summary_help")), { long: true }),
    h("div", { class: "two" },
      pane.words(textPlace(pane, t("office"), [P, "office"])),
      pane.text(place(pane, t("phone"), [P, "phone"], ""), { inputmode: "tel" })),
    h("div", { class: "two" },
      pane.words(textPlace(pane, t("menu"), [P, "menu"], t("menu_help")), { optional: true }),
      keywords(pane)),
    pane.words(textPlace(pane, t("banner"), [P, "banner"], t("banner_help")), { long: true, optional: true }),
    textRows(pane, "before_you_start", t("before_you_start"), t("before_help")),
    textRows(pane, "next_steps", t("next_steps"), t("next_steps_help")),
    pane.words(textPlace(pane, t("submit_label"), [P, "submit_label"])),
  ];
}

function keywords(pane: Pane): HTMLElement {
  const list = place<readonly string[]>(pane, t("keywords"), [P, "keywords"], [], t("keywords_help"));
  return pane.text({ ...list, read: () => list.read().join("、"), write: (typed) => list.write(typed.split(/[、,，\s]+/u).filter(Boolean)) });
}

function textRows(pane: Pane, key: string, label: string, help: string): HTMLElement {
  return rows<Text>(pane, {
    label, help, key, path: [P, key], add: t("add_line"), fresh: () => t("new_line"), name: (text) => ja(text),
    row: (inner, path, number) => [inner.words(textPlace(inner, t("line_n", { n: number + 1 }), path))],
  });
}

export function channels(pane: Pane): Child[] {
  const chosen = place<readonly string[]>(pane, t("channels"), [P, "channels"], []);
  const choices: Choice[] = [["line", "LINE"], ["web", t("channel_web")], ["counter", t("channel_counter")]];
  return [
    pane.ticks({ ...chosen, write: (value) => chosen.write([...value]) }, choices),
    pane.tick(place(pane, t("all_in_chat"), [P, "all_in_chat"], false, t("all_in_chat_help"))),
    pane.following(h("div", {}), (element) => {
      const personal = personalInChat(pane.store.definition).map((field) => ja(field.label));
      element.replaceChildren(...(personal.length ? [h("div", { class: "banner banner--warning", role: "status" },
        h("p", { class: "banner__title" }, icon("warning"), t("chat_warning_title")), h("p", {}, t("chat_warning", { names: personal.join("、") })))] : []));
    }),
    pane.tick(place(pane, t("pilot_only"), [P, "pilot_only"], false, t("pilot_help"))),
  ];
}

export function assurance(pane: Pane, levels: readonly Level[]): Child[] {
  const chosen = place(pane, t("assurance"), [P, "assurance"], "none"), procedure = procedureOf(pane.store.definition);
  const boxes = levels.map((level) => h("input", { type: "radio", name: "assurance", value: level.value, "data-focus": `assurance.${level.value}`, onchange: () => chosen.write(level.value) }));
  const radios = pane.following(h("fieldset", { class: "prop levels" }, h("legend", { class: "prop__label" }, t("assurance")),
    ...levels.map((level, number) => h("label", { class: "levels__one" }, boxes[number], h("strong", {}, level.name), h("span", { class: "levels__law" }, level.law)))),
  () => { for (const box of boxes) box.checked = box.value === chosen.read(); });
  const photo = procedure?.assurance === "photo";
  return [
    radios,
    (photo || procedure?.assurance === "card" || procedure?.assurance === "signature") && rows<Text>(pane, {
      label: t("checklist"), help: t("checklist_help"), key: "checklist", path: [P, "identity_checklist"], add: t("add_line"), fresh: () => t("checklist_first"), name: (text) => ja(text),
      row: (inner, path, number) => [inner.words(textPlace(inner, t("line_n", { n: number + 1 }), path))],
    }),
    photo && pane.number(place<number | null>(pane, t("photo_days"), [P, "identity_photo_days"], 30, t("photo_days_help")), 0, 365),
    h("h3", { class: "panel__heading" }, t("applicant")), h("p", { class: "prop__help" }, t("applicant_help")),
    h("div", { class: "two" }, ...applicant(pane)),
  ];
}

const APPLICANT: Record<string, string[]> = { name: ["name", "text"], address: ["address"], birth_date: ["date"], phone: ["phone"], email: ["email"] };

function applicant(pane: Pane): HTMLElement[] {
  return Object.entries(APPLICANT).map(([key, types]) => {
    const bound = place<string | null>(pane, t(`applicant_${key}`), [P, "applicant", key], null);
    const fitting = pane.store.definition.fields.filter((field) => types.includes(field.type)).map((field): Choice => [field.code, ja(field.label)]);
    const none: Choice[] = key === "name" ? [] : [["", t("none")]];
    const nothing: Choice[] = key === "name" && !fitting.length ? [["", t("no_name_field")]] : [];
    return pane.select({ ...bound, read: () => bound.read() ?? "", write: (code) => bound.write(code || null) }, [...none, ...nothing, ...fitting]);
  });
}

export function period(pane: Pane): Child[] {
  return [
    h("div", { class: "two" }, moment(pane, "opens_at", t("opens_at"), t("opens_help")), moment(pane, "closes_at", t("closes_at"), t("closes_help"))),
    h("div", { class: "two" },
      pane.number(place<number | null>(pane, t("capacity"), [P, "capacity"], null, t("capacity_help")), 1, 1_000_000),
      days(pane)),
  ];
}

function moment(pane: Pane, key: string, label: string, help: string): HTMLElement {
  const bound = place<string | null>(pane, label, [P, key], null, help);
  return pane.text({ ...bound, read: () => inBox(bound.read()), write: (typed) => bound.write(fromBox(typed)) }, { type: "datetime-local" });
}

function days(pane: Pane): HTMLElement {
  const bound = place<number | null>(pane, t("processing_days"), [P, "processing_days"], 7, t("processing_days_help")) as Bound<number | null>;
  return pane.number({ ...bound, write: (value) => { if (value !== null) bound.write(value); } }, 1, 365);
}

/** What decides which controls there are. */
export function outlineOf(pane: Pane["store"]): unknown {
  const { definition } = pane, list = (key: string): number => listAt(definition, [P, key]).length;
  return [!!procedureOf(definition), procedureOf(definition)?.assurance, list("before_you_start"), list("next_steps"), list("identity_checklist"),
    definition.fields.map((field) => [field.code, field.type, ja(field.label)])];
}
