/** Opening an app to residents: one section for each thing to decide, and beside them what is still missing. */
import { carried, t } from "./studio/config";
import { listAt } from "./studio/core/paths";
import { opened, procedureOf, questionsOf } from "./studio/core/procedure";
import { processOf } from "./studio/core/process";
import { ja } from "./studio/core/texts";
import type { Finding } from "./studio/core/types";
import { byId, h, icon, type Child } from "./studio/dom";
import { openPage, ready } from "./studio/page";
import { Pane } from "./studio/pane";
import { assurance, basics, channels, outlineOf, period, type Level } from "./studio/pages/procedure_basics";
import { fee, feeUrl } from "./studio/pages/procedure_fee";
import { languages, languagesOutline, notices, templates } from "./studio/pages/procedure_messages";
import { questions } from "./studio/pages/procedure_questions";

type Extra = { levels: Level[]; known: { prefix: string; office: string; phone: string } };
type Section = { key: string; outline: () => unknown; build: (pane: Pane) => Child[]; concerns: (where: string) => boolean };

const extra = carried<Extra>("designer-extra"), store = openPage();
const procedure = (): ReturnType<typeof procedureOf> => procedureOf(store.definition);
const fields = (): unknown => store.definition.fields.map((field) => [field.code, ja(field.label), field.type, field.required, field.show_if, field.staff_only, field.personal, field.question]);
const actions = (): unknown => processOf(store.definition)?.actions.map((action) => [action.code, ja(action.name), action.to, action.notice]);
const lengths = (...keys: string[]): unknown => keys.map((key) => listAt(store.definition, ["procedure", key]).map((one) => (one as { code?: string }).code));

const SECTIONS: Section[] = [
  { key: "basics", outline: () => outlineOf(store), build: basics, concerns: (where) => where === "手続" },
  { key: "questions", outline: () => [questionsOf(store.definition), procedure()?.questions, fields()], build: questions, concerns: (where) => where === "手続の質問" },
  { key: "channels", outline: () => !!procedure(), build: channels, concerns: () => false },
  { key: "assurance", outline: () => outlineOf(store), build: (pane) => assurance(pane, extra.levels), concerns: (where) => where === "手続の申請者" },
  { key: "fee", outline: () => [!!procedure()?.fee, procedure()?.fee?.lines.length, processOf(store.definition)?.statuses.map((one) => [one.code, ja(one.name)])], build: (pane) => fee(pane, feeUrl()), concerns: (where) => where.startsWith("手続の手数料") },
  { key: "period", outline: () => !!procedure(), build: period, concerns: () => false },
  { key: "notices", outline: () => [actions(), Object.keys(procedure()?.notices ?? {})], build: notices, concerns: (where) => where.startsWith("通知「") },
  { key: "templates", outline: () => [lengths("return_templates", "reject_templates"), questionsOf(store.definition)], build: templates, concerns: (where) => where.includes("文例") },
  { key: "languages", outline: () => languagesOutline(store), build: languages, concerns: () => false },
];

const empty = h("div", {}), sections = h("div", { class: "sections" });
byId("stage").append(empty, sections);
new Pane(empty, store, () => !procedure(), () => [h("div", {}, ...(procedure() ? [] : [beginning()]))]);
for (const section of SECTIONS) sections.append(made(section));
new Pane(byId("panel"), store, () => [!!procedure(), processOf(store.definition) === null], overview);
store.onChange(show);
show();
ready();

function show(): void {
  sections.hidden = !procedure();
}

function made({ key, outline, build, concerns }: Section): HTMLElement {
  const body = h("div", {}), root = h("section", { class: "section-card", id: `section-${key}`, "aria-labelledby": `title-${key}`, tabindex: -1 },
    h("h2", { class: "section-card__title", id: `title-${key}` }, t(`section_${key}`)), body);
  new Pane(body, store, () => [!!procedure(), outline()], (pane) => (procedure() ? [pane.findings((found) => concerns(found.where)), ...build(pane)] : [h("p", {})]));
  return root;
}

function beginning(): HTMLElement {
  return h("div", { class: "empty" }, h("h2", {}, t("open_title")), h("p", {}, t("open_text")),
    h("p", {}, h("button", { type: "button", class: "button button--primary", onclick: () => {
      store.apply(t("done_open"), opened(store.definition, extra.known, { title: t("notice_first_title"), body: t("notice_first_body") }));
      byId("section-basics").focus();
    } }, icon("plus"), t("open_button"))));
}

/** The sections with how much is to be mended in each. */
function overview(pane: Pane): Child[] {
  if (!procedure()) return [h("p", { class: "panel__empty" }, t("open_about"))];
  const links = SECTIONS.map(({ key, concerns }) => h("li", { class: "columns__item" }, h("a", { class: "columns__name", href: `#section-${key}` }, t(`section_${key}`)),
    pane.following(h("span", { class: "badge badge--warning" }), (element) => {
      const n = store.findings.filter((found: Finding) => concerns(found.where)).length;
      element.hidden = n === 0;
      element.textContent = t("findings_n", { n });
    })));
  return [
    h("h2", { class: "panel__title" }, t("overview")), h("ul", { class: "columns" }, ...links),
    processOf(store.definition) === null && h("p", { class: "slot__finding slot__finding--error" }, icon("warning"), h("span", {}, t("process_missing"), h("a", { href: "process" }, t("to_process")))),
    h("p", {}, h("button", { type: "button", class: "button button--small button--quiet", "data-focus": "close", onclick: () => store.apply(t("done_close"), { ...store.definition, procedure: null }) }, t("close_button"))),
    h("p", { class: "prop__help" }, t("close_help")),
  ];
}
