/** The designer of permissions: of the app, of records by condition, of fields; and in words who may do what. */
import { carried, send, t } from "./studio/config";
import { listAt } from "./studio/core/paths";
import { byId, freshId, h, icon, type Child } from "./studio/dom";
import { openPage, ready } from "./studio/page";
import { Pane, type Choice } from "./studio/pane";
import { conditionBox, conditionOutline, type Queried } from "./studio/pages/condition";
import { place, rows } from "./studio/pages/rows";
import { anybody, whoControls, whoWords, type People, type Who } from "./studio/pages/who";

type Extra = { people: People; rights: Choice[]; recordRights: Choice[]; fields: Choice[]; personal: string[]; queried: Queried[]; check: string };
type Rule = Who & { rights: string[] };
type RecordRule = { filter: string; allow: Rule[] };
type FieldRule = { field: string; allow: (Who & { access: string })[] };

const extra = carried<Extra>("designer-extra"), store = openPage();
const fieldName = new Map(extra.fields), rightName = new Map(extra.rights);
const app = (): readonly Rule[] => listAt<Rule>(store.definition, ["permissions"]);
const records = (): readonly RecordRule[] => listAt<RecordRule>(store.definition, ["record_rules"]);
const fields = (): readonly FieldRule[] => listAt<FieldRule>(store.definition, ["field_rules"]);
const rightsWords = (rights: readonly string[]): string => rights.map((right) => rightName.get(right) ?? right).join("、") || t("nothing_allowed");

const SECTIONS: [string, () => unknown, (pane: Pane) => Child[]][] = [
  ["app", () => app().length, ofApp],
  ["records", () => records().map((rule, n) => [rule.allow.length, conditionOutline(rule.filter, `record_rules.${n}.filter`)]), ofRecords],
  ["fields", () => fields().map((rule) => rule.allow.length), ofFields],
];
byId("stage").append(h("div", { class: "sections" }, ...SECTIONS.map(([key, outline, build]) => {
  const body = h("div", {});
  new Pane(body, store, outline, build);
  return h("section", { class: "section-card", "aria-labelledby": `title-${key}` }, h("h2", { class: "section-card__title", id: `title-${key}` }, t(`section_${key}`)), h("p", { class: "prop__help" }, t(`section_${key}_help`)), body);
})));
new Pane(byId("panel"), store, () => 0, overview);
ready();

function ofApp(pane: Pane): Child[] {
  return [pane.findings(({ where }) => where === "権限"), rows<Rule>(pane, {
    label: t("app_rules"), key: "permissions", path: ["permissions"], add: t("add_rule"), name: (rule) => whoWords(rule, extra.people),
    fresh: () => ({ department: String(store.definition.owner_department), roles: [], group: null, staff: null, rights: ["view"] }),
    row: (inner, path) => [whoControls(inner, path, extra.people), ticks(inner, [...path, "rights"], extra.rights)],
  })];
}

function ticks(pane: Pane, path: readonly (string | number)[], choices: readonly Choice[]): HTMLElement {
  const bound = place<readonly string[]>(pane, t("rights"), path, []);
  return pane.ticks({ ...bound, write: (value) => bound.write([...value]) }, choices);
}

function ofRecords(pane: Pane): Child[] {
  return [pane.findings(({ where }) => where.startsWith("レコードの権限")), rows<RecordRule>(pane, {
    label: t("record_rules"), key: "record_rules", path: ["record_rules"], add: t("add_record_rule"), name: (rule) => rule.filter,
    fresh: () => ({ filter: '$id > 0', allow: [{ department: String(store.definition.owner_department), roles: [], group: null, staff: null, creator: false, in_field: null, rights: ["view", "edit"] }] }),
    row: (inner, path) => [conditionBox(inner, place(inner, t("record_filter"), [...path, "filter"], ""), extra.queried), rows<Rule>(inner, {
      label: t("allowed"), key: `${path.join(".")}.allow`, path: [...path, "allow"], add: t("add_person"), name: (rule) => whoWords(rule, extra.people),
      fresh: () => ({ department: null, roles: [], group: null, staff: null, creator: true, in_field: null, rights: ["view"] }),
      row: (deep, at) => [whoControls(deep, at, extra.people, ["creator", "in_field"]), ticks(deep, [...at, "rights"], extra.recordRights)],
    })],
  })];
}

function ofFields(pane: Pane): Child[] {
  return [pane.findings(({ where }) => where.startsWith("フィールドの権限")), rows<FieldRule>(pane, {
    label: t("field_rules"), key: "field_rules", path: ["field_rules"], add: t("add_field_rule"), name: (rule) => fieldName.get(rule.field) ?? rule.field,
    fresh: () => ({ field: extra.fields.find(([code]) => !fields().some((rule) => rule.field === code))?.[0] ?? extra.fields[0]?.[0] ?? "", allow: [{ department: String(store.definition.owner_department), roles: [], group: null, staff: null, access: "write" }] }),
    row: (inner, path) => [inner.select(place(inner, t("field"), [...path, "field"], ""), extra.fields), rows<Who>(inner, {
      label: t("allowed"), key: `${path.join(".")}.allow`, path: [...path, "allow"], add: t("add_person"), name: (who) => whoWords(who, extra.people),
      fresh: () => ({ department: null, roles: [], group: null, staff: null, access: "read" }) as Who,
      row: (deep, at) => [whoControls(deep, at, extra.people), deep.select(place(deep, t("access"), [...at, "access"], "read"), [["read", t("access_read")], ["write", t("access_write")]])],
    })],
  })];
}

/** In plain words, with what is too open; and what one colleague would see. */
function overview(pane: Pane): Child[] {
  const words = pane.following(h("div", {}), (element) => element.replaceChildren(...warnings(), h("ul", { class: "plain-words" }, ...sentences().map((one) => h("li", {}, one)))));
  return [h("h2", { class: "panel__title" }, t("summary")), words, person()];
}

function warnings(): HTMLElement[] {
  const personal = extra.personal.length > 0;
  const open = app().filter((rule) => anybody(rule)).flatMap((rule) => {
    const wide = rule.rights.filter((right) => ["edit", "delete", "export", "manage"].includes(right));
    return wide.length ? [t("warn_wide", { rights: rightsWords(wide) })] : personal && rule.rights.includes("view") ? [t("warn_personal")] : [];
  });
  const single = app().filter((rule) => rule.staff).map((rule) => t("warn_single", { name: whoWords({ staff: rule.staff ?? null }, extra.people) }));
  return [...open, ...single].map((one) => h("p", { class: "slot__finding slot__finding--warning" }, icon("warning"), h("span", {}, one)));
}

function sentences(): string[] {
  const general = app().map((rule) => t("sentence_app", { who: whoWords(rule, extra.people), rights: rightsWords(rule.rights) }));
  const special = records().flatMap((rule) => rule.allow.length ? rule.allow.map((one) => t("sentence_record", { filter: rule.filter, who: whoWords(one, extra.people), rights: rightsWords(one.rights) })) : [t("sentence_record_none", { filter: rule.filter })]);
  const single = fields().map((rule) => t("sentence_field", { field: fieldName.get(rule.field) ?? rule.field, who: rule.allow.map((one) => `${whoWords(one, extra.people)}（${t(`access_${one.access}`)}）`).join("、") || t("nobody") }));
  return general.length ? [...general, ...special, ...single] : [t("nobody_at_all")];
}

function person(): HTMLElement {
  const id = freshId(), told = h("div", { role: "status" });
  const box: HTMLSelectElement = h("select", { class: "input", id, onchange: () => void ask() }, h("option", { value: "" }, t("choose")), ...extra.people.staff.map(([code, name]) => h("option", { value: code }, name)));
  const ask = async (): Promise<void> => {
    if (!box.value) return told.replaceChildren();
    const response = await send(extra.check, "POST", { definition: store.definition, staff: box.value }).catch(() => null);
    const found = response?.ok ? ((await response.json()) as { lines: string[] }).lines : [t("check_failed")];
    told.replaceChildren(h("ul", { class: "plain-words" }, ...found.map((line) => h("li", {}, line))));
  };
  store.onChange((change) => { if (change === "findings") void ask(); });
  return h("div", { class: "panel__section" }, h("label", { class: "prop__label", for: id }, t("check_person")), h("p", { class: "prop__help" }, t("check_help")), box, told);
}
