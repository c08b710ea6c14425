/** What residents are told: a message for every move, ready texts for sending back and rejecting, and every text in every language. */
import { t } from "../config";
import { at, listAt } from "../core/paths";
import { procedureOf, questionsOf, told, type Template } from "../core/procedure";
import { freeSlug, processOf, setAction, type Action } from "../core/process";
import { ja, said, withSaid } from "../core/texts";
import { missing, rowsOf, withText, type Row } from "../core/translations";
import { LANGUAGES, type Language, type Text } from "../core/types";
import { h, icon, type Child } from "../dom";
import type { Choice, Pane } from "../pane";
import { noticesOf } from "./process_notice";
import { place, rows, textPlace } from "./rows";

const P = "procedure";
const TELLING = new Set(["waiting_resident", "waiting_payment", "done", "rejected", "cancelled"]);

/** Every action with what the resident gets after it. */
export function notices(pane: Pane): Child[] {
  const process = processOf(pane.store.definition);
  if (!process) return [h("p", { class: "prop__help" }, t("process_first")), h("p", {}, h("a", { href: "process" }, t("to_process")))];
  return [
    h("p", { class: "prop__help" }, t("notices_help")),
    h("ul", { class: "rows__list" }, ...process.actions.map((action) => h("li", { class: "rows__item" }, h("div", { class: "rows__main" }, ...notice(pane, action))))),
  ];
}

function notice(pane: Pane, action: Action): Child[] {
  const { store } = pane, all = noticesOf(store.definition), process = processOf(store.definition);
  const target = process?.statuses.find((status) => status.code === action.to), silent = !action.notice && TELLING.has(target?.kind ?? "");
  const bound = pane.bind<string>(t("notice_after", { action: ja(action.name), status: ja(target?.name) }), `notice-of.${action.code}`,
    (defn) => processOf(defn)?.actions.find((one) => one.code === action.code)?.notice ?? "",
    (defn, key) => (key === "+" ? added(defn, action) : setAction(defn, action.code, { notice: key || null })));
  const choices: Choice[] = [["", t("notice_none")], ...Object.entries(all).map(([key, one]): Choice => [key, ja(one.title) || key]), ["+", t("notice_add")]];
  const text = (part: "title" | "body", label: string, help?: string): ReturnType<typeof textPlace> => textPlace(pane, label, [P, "notices", action.notice ?? "", part], help);
  return [
    pane.select(bound, choices),
    silent && h("p", { class: "slot__finding slot__finding--warning" }, icon("warning"), h("span", {}, t("notice_silent"))),
    action.notice && all[action.notice] && h("details", { class: "rows__more" }, h("summary", {}, t("notice_edit")),
      pane.words(text("title", t("notice_title"))), inserter(pane, [P, "notices", action.notice, "body"]), pane.words(text("body", t("notice_body"), t("notice_help")), { long: true })),
  ];
}

function added(defn: Pane["store"]["definition"], action: Action): typeof defn {
  return told(defn, action.code, { title: t("notice_first_title"), body: t("notice_first_body") });
}

/** Buttons that put a placeholder at the end of a text. */
function inserter(pane: Pane, path: readonly string[]): HTMLElement {
  const put = (name: string): void => {
    const text = at(pane.store.definition, path) as Text, next = withSaid(text, "ja", `${said(text)}{${name}}`);
    if (next !== undefined) place<Text>(pane, t("notice_body"), path, "").write(next);
  };
  return h("div", { class: "chips-row", role: "group", "aria-label": t("placeholders") }, ...["受付番号", "手続名", "状態", "リンク", "期限"].map((name) =>
    h("button", { type: "button", class: "button button--small", "data-focus": `${path.join(".")}.${name}`, onclick: () => put(name) }, `{${name}}`)));
}

export function templates(pane: Pane): Child[] {
  const asked = questionsOf(pane.store.definition);
  const fields = pane.store.definition.fields.filter((field) => asked.includes(field.code)).map((field): Choice => [field.code, ja(field.label)]);
  const list = (key: "return_templates" | "reject_templates", withFields: boolean): HTMLElement => rows<Template>(pane, {
    label: t(key), help: t(`${key}_help`), key, path: [P, key], add: t("add_template"), name: (one) => ja(one.title),
    fresh: () => ({ code: freeSlug("t1", listAt<Template>(pane.store.definition, [P, key]).map((one) => one.code)), title: t("template_first_title"), body: t("template_first_body"), fields: [] }),
    row: (inner, path) => {
      const chosen = place<readonly string[]>(inner, t("template_fields"), [...path, "fields"], []);
      return [inner.words(textPlace(inner, t("template_title"), [...path, "title"])), inner.words(textPlace(inner, t("template_body"), [...path, "body"]), { long: true }),
        withFields && inner.ticks({ ...chosen, write: (value) => chosen.write([...value]) }, fields)];
    },
  });
  return [list("return_templates", true), list("reject_templates", false)];
}

let onlyMissing = false;

/** Every text beside its translations; what is missing is marked and counted. */
export function languages(pane: Pane): Child[] {
  const all = rowsOf(pane.store.definition, (key) => t(`say_${key}`));
  const shown = onlyMissing ? all.filter((row) => !said(row.text, "en").trim()) : all;
  const filter: HTMLInputElement = h("input", { type: "checkbox", "data-focus": "only-missing", checked: onlyMissing, onchange: () => { onlyMissing = filter.checked; pane.update(); } });
  const head = ["where", "language_ja", "language_ja_easy", "language_en"].map((key) => h("th", { scope: "col" }, t(key)));
  return [
    pane.following(h("p", { role: "status" }), (element) => {
      const now = rowsOf(pane.store.definition, (key) => t(`say_${key}`));
      element.textContent = t("missing_words", { en: missing(now, "en"), easy: missing(now, "ja_easy"), n: now.length });
    }),
    h("label", { class: "tick" }, filter, h("span", {}, t("only_missing"))),
    shown.length ? h("div", { class: "words-frame", tabindex: 0, role: "region", "aria-label": t("words_table") },
      h("table", { class: "table words" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...shown.map((row) => line(pane, row))))) : h("p", {}, t("all_translated")),
  ];
}

function line(pane: Pane, row: Row): HTMLElement {
  const where = `${row.group} ${row.what}`;
  const cell = (language: Language): HTMLElement => {
    const now = (): Text => (at(pane.store.definition, row.path) as Text | undefined) ?? row.text;
    const box: HTMLTextAreaElement = h("textarea", {
      class: "textarea words__box", rows: Math.min(4, Math.ceil([...said(row.text)].length / 18) || 1), lang: language === "en" ? "en" : "ja",
      "aria-label": `${where} ${t(`language_${language}`)}`, "data-focus": `${row.path.join(".")}.${language}`,
      oninput: () => {
        const text = withSaid(now(), language, box.value);
        if (text !== undefined) pane.store.apply(t("done_changed", { what: where }), withText(pane.store.definition, row.path, text), { key: `${row.path.join(".")}.${language}` });
      },
    });
    return h("td", {}, pane.following(box, () => {
      const value = said(now(), language);
      if (document.activeElement !== box && box.value !== value) box.value = value;
      box.classList.toggle("words__box--missing", language === "en" && !value.trim());
    }));
  };
  return h("tr", {}, h("th", { scope: "row" }, h("span", {}, row.group), h("span", { class: "muted" }, row.what)), ...LANGUAGES.map(cell));
}

export const languagesOutline = (pane: Pane["store"]): unknown => [onlyMissing, !!procedureOf(pane.definition), rowsOf(pane.definition, (key) => key).map((row) => row.path.join("."))];
