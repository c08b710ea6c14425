/** The designer of an app's process: a picture, a list for the keyboard, and the settings of what is selected. */
import { carried, t } from "./studio/config";
import { addStatus, addWay, processOf, withProcess, type Process, type Way } from "./studio/core/process";
import { ja } from "./studio/core/texts";
import { byId, h, icon, type Child } from "./studio/dom";
import { openPage, ready } from "./studio/page";
import { Pane } from "./studio/pane";
import { ProcessPanel, type ProcessExtra } from "./studio/pages/process_panel";
import { draw } from "./studio/pages/process_picture";
import { Selection } from "./studio/pages/process_selection";
import { wayNames } from "./studio/pages/way_names";

const extra = carried<ProcessExtra>("designer-extra");
const store = openPage(), selection = new Selection();
const stage = new Pane(byId("stage"), store, () => [processOf(store.definition), selection.kind, selection.code], build);
selection.onChange(() => stage.update());
new ProcessPanel(byId("panel"), store, selection, extra);
ready();

function build(pane: Pane): Child[] {
  const process = processOf(store.definition);
  if (!process) return [empty()];
  const frame = h("div", { class: "flow", tabindex: 0, role: "region", "aria-label": t("picture_region") });
  frame.append(draw(process, selection));
  return [
    pane.findings(({ where }) => where === t("process_place")),
    toolbar(process), frame, h("p", { class: "prop__help flow__hint" }, t("picture_hint")), list(pane, process),
    h("details", { class: "flow__again" }, h("summary", {}, t("begin_again")), h("p", {}, t("begin_again_help")), templates()),
  ];
}

function empty(): HTMLElement {
  return h("div", { class: "empty" }, h("h2", {}, t("empty_title")), h("p", {}, t("empty_text")), templates(),
    h("p", {}, h("button", { type: "button", class: "button button--quiet", onclick: () => addOne() }, icon("plus"), t("begin_by_hand"))));
}

function templates(): HTMLElement {
  return h("ul", { class: "choices" }, ...extra.templates.map((one) => h("li", {}, h("button", {
    type: "button", class: "choices__one", "data-focus": `template-${one.key}`, onclick: () => begin(one.process, one.name),
  }, h("strong", {}, one.name), h("span", {}, one.about)))));
}

function begin(process: Process, name: string): void {
  store.apply(t("done_template", { name }), withProcess(store.definition, process));
  selection.choose("status", process.initial);
}

function addOne(): void {
  const process = processOf(store.definition), chosen = selection.kind === "status" ? selection.code : (process?.statuses.slice(-1)[0]?.code ?? null);
  const { defn, code } = addStatus(store.definition, t("new_status"), chosen, t("move_to", { name: t("new_status") }));
  store.apply(t("done_add", { name: t("new_status") }), defn);
  selection.choose("status", code);
}

function toolbar(process: Process): HTMLElement {
  const ways: [Way, boolean][] = [
    ["return", process.statuses.some((one) => one.kind === "waiting_resident")], ["reject", process.statuses.some((one) => one.kind === "rejected")],
    ["cancel", process.actions.some((one) => one.trigger === "resident_cancel")], ["pay", process.initial_unpaid !== null],
  ];
  const buttons = ways.filter(([, there]) => !there).map(([way]) => h("button", {
    type: "button", class: "button button--small button--quiet", "data-focus": `way-${way}`, onclick: () => add(way),
  }, icon("plus"), t(`way_${way}`)));
  return h("div", { class: "flow__tools" },
    h("button", { type: "button", class: "button button--small", "data-focus": "status-add", onclick: () => addOne() }, icon("plus"), t("add_status")), ...buttons);
}

function add(way: Way): void {
  store.apply(t("done_add", { name: t(`way_${way}`) }), addWay(store.definition, way, wayNames()));
}

/** The same as the picture, for the keyboard and for those who listen. */
function list(pane: Pane, process: Process): HTMLElement {
  const names = new Map(process.statuses.map((status) => [status.code, ja(status.name)]));
  const button = (kind: "status" | "action", code: string, ...words: Child[]): HTMLElement => h("button", {
    type: "button", class: `flow-list__one flow-list__one--${kind}`, "data-focus": `${kind}-${code}`, "aria-pressed": String(selection.is(kind, code)),
    onclick: () => selection.choose(kind, code),
  }, ...words);
  return h("ol", { class: "flow-list", "aria-label": t("list_label") }, ...process.statuses.map((status) => h("li", {},
    button("status", status.code, h("span", { class: `flow-list__mark flow-list__mark--${status.kind}` }), h("span", {}, ja(status.name)), h("span", { class: "muted" }, t(`kind_${status.kind}`))),
    pane.findings(({ where }) => where === `${t("status_place")}「${ja(status.name)}」`),
    h("ul", {}, ...process.actions.filter((action) => action.from.includes(status.code)).map((action) => h("li", {},
      button("action", action.code, h("span", {}, ja(action.name)), h("span", { class: "muted" }, `→ ${names.get(action.to) ?? action.to}`))))))));
}
