/** The settings of the selected status or action. */
import { t } from "../config";
import type { Finding, Text } from "../core/types";
import {
  addAction, addStatus, nameStatus, processOf, removeAction, removeStatus, setAction, setStart, setStatus, moveStatus,
  type Action, type Process, type Status, type StatusKind,
} from "../core/process";
import { ja } from "../core/texts";
import { freshId, h, icon, iconButton, type Child } from "../dom";
import { Pane, type Bound, type Choice } from "../pane";
import { noticeControls } from "./process_notice";
import type { Selection } from "./process_selection";

export type ProcessExtra = {
  templates: { key: string; name: string; about: string; process: Process }[];
  kinds: Choice[]; actionKinds: Choice[]; triggers: Choice[]; roles: Choice[]; requires: Choice[];
  counts: Record<string, number>;
};

export class ProcessPanel {
  private readonly pane: Pane;

  constructor(root: HTMLElement, private readonly store: Pane["store"], private readonly selection: Selection, private readonly extra: ProcessExtra) {
    this.pane = new Pane(root, store, () => this.outline(), (pane) => this.build(pane));
    selection.onChange(() => this.pane.update());
  }

  private get process(): Process | null {
    return processOf(this.store.definition);
  }

  private status(code = this.selection.code): Status | undefined {
    return this.process?.statuses.find((status) => status.code === code);
  }

  private action(code = this.selection.code): Action | undefined {
    return this.process?.actions.find((action) => action.code === code);
  }

  /** What the controls are, not what stands in them. */
  private outline(): unknown {
    const { kind, code } = this.selection, process = this.process;
    const names = process?.statuses.map((status) => [status.code, ja(status.name)]);
    if (kind === "status") return [kind, code, !!this.status(), this.status()?.kind, names, process?.actions.map((a) => [a.code, a.from, a.to, ja(a.name)])];
    const action = this.action();
    return [kind, code, !!action, action?.trigger, action?.notice, Object.keys(this.notices()), names];
  }

  private notices(): Record<string, unknown> {
    return (this.store.definition.procedure?.notices ?? {}) as Record<string, unknown>;
  }

  private build(pane: Pane): Child[] {
    const { kind } = this.selection, status = this.status(), action = this.action();
    if (kind === "status" && status) return this.statusForm(pane, status);
    if (kind === "action" && action) return this.actionForm(pane, action);
    return [h("p", { class: "panel__empty" }, t(this.process ? "nothing_chosen" : "no_process_yet"))];
  }

  private head(pane: Pane, title: () => string, tools: Child[], place: string): Child[] {
    const heading = pane.following(h("h2", { class: "panel__title" }), (element) => { element.textContent = title(); });
    return [h("div", { class: "panel__name" }, heading, ...tools), pane.findings(({ where }: Finding) => where === `${place}「${title()}」` || where.startsWith(`${place}「${title()}」`))];
  }

  // --- a status -----------------------------------------------------------------------------------------------------

  private ofStatus<K extends keyof Status>(code: string, key: K, label: string, help?: string): Bound<Status[K]> {
    return this.pane.bind<Status[K]>(label, `status.${code}.${String(key)}`, () => this.status(code)?.[key] as Status[K],
      (defn, value) => setStatus(defn, code, { [key]: value } as Partial<Status>), help);
  }

  private statusForm(pane: Pane, status: Status): Child[] {
    const { code } = status, name = (): string => ja(this.status(code)?.name ?? status.name);
    const move = (step: -1 | 1): void => this.store.apply(t("done_status_move", { name: name() }), moveStatus(this.store.definition, code, step));
    const tools = [
      iconButton("up", t("move_up", { name: name() }), () => move(-1), { "data-focus": "up" }),
      iconButton("down", t("move_down", { name: name() }), () => move(1), { "data-focus": "down" }),
      iconButton("trash", t("remove", { name: name() }), () => this.remove(status), { "data-focus": "trash" }),
    ];
    const count = this.extra.counts[code] ?? 0;
    const kind = this.ofStatus(code, "kind", t("status_kind"), t("status_kind_help"));
    return [
      ...this.head(pane, name, tools, t("status_place")),
      count ? h("p", { class: "prop__help" }, t("status_count", { n: count.toLocaleString("ja-JP") })) : null,
      h("div", { class: "panel__section" },
        pane.words(this.named(code)),
        pane.select({ ...kind, read: () => kind.read(), write: (value) => kind.write(value as StatusKind) }, this.extra.kinds),
        pane.tick(this.starts(code))),
      h("div", { class: "panel__section" },
        h("h3", { class: "panel__heading" }, t("for_residents")),
        pane.words(this.ofStatus(code, "resident", t("status_resident"), t("status_resident_help")), { long: true, optional: true }),
        pane.words(this.ofStatus(code, "next", t("status_next"), t("status_next_help")), { long: true, optional: true }),
        pane.tick(this.ofStatus(code, "cancellable", t("status_cancellable"), t("status_cancellable_help")))),
      this.leaving(status),
    ];
  }

  private named(code: string): Bound<Text | null> {
    return this.pane.bind<Text | null>(t("status_name"), `status.${code}.name`, () => this.status(code)?.name ?? null,
      (defn, value) => (value === null ? defn : nameStatus(defn, code, value, (name) => t("move_to", { name }))));
  }

  private starts(code: string): Bound<boolean> {
    return this.pane.bind(t("status_initial"), `status.${code}.initial`, (defn) => processOf(defn)?.initial === code,
      (defn, on) => (on ? setStart(defn, "initial", code) : defn), t("status_initial_help"));
  }

  private remove(status: Status): void {
    const count = this.extra.counts[status.code] ?? 0, name = ja(status.name);
    if (count && !window.confirm(t("confirm_remove_status", { name, n: count.toLocaleString("ja-JP") }))) return;
    this.store.apply(t("done_remove", { name }), removeStatus(this.store.definition, status.code));
    this.selection.choose(null);
  }

  /** The actions that lead out of a status, and another one. */
  private leaving(status: Status): HTMLElement {
    const process = this.process as Process, actions = process.actions.filter((action) => action.from.includes(status.code));
    const rows = actions.map((action) => h("li", { class: "columns__item" }, h("button", {
      type: "button", class: "columns__name", "data-focus": `leave-${action.code}`, onclick: () => this.selection.choose("action", action.code),
    }, icon("next"), h("span", {}, `${ja(action.name)} → ${ja(this.status(action.to)?.name)}`))));
    const others = process.statuses.filter((other) => other.code !== status.code);
    const box: HTMLSelectElement = h("select", { class: "input", id: freshId(), "data-focus": "leave-to" },
      ...others.map((other) => h("option", { value: other.code }, ja(other.name))), h("option", { value: "" }, t("new_status_option")));
    const add = h("button", { type: "button", class: "button button--small", "data-focus": "leave-add", onclick: () => this.lead(status.code, box.value) }, icon("plus"), t("add_action"));
    return h("div", { class: "panel__section" }, h("h3", { class: "panel__heading" }, t("leads_to")),
      rows.length ? h("ul", { class: "columns" }, ...rows) : h("p", { class: "prop__help" }, t("leads_nowhere")),
      h("div", { class: "prop" }, h("label", { class: "prop__label", for: box.id }, t("add_action_to")), box), add);
  }

  private lead(from: string, to: string): void {
    const { definition } = this.store;
    if (!to) {
      const { defn, code } = addStatus(definition, t("new_status"), from, t("move_to", { name: t("new_status") }));
      this.store.apply(t("done_add", { name: t("new_status") }), defn);
      return this.selection.choose("status", code);
    }
    const name = t("move_to", { name: ja(this.status(to)?.name) }), { defn, code } = addAction(definition, name, from, to);
    this.store.apply(t("done_add", { name }), defn);
    this.selection.choose("action", code);
  }

  // --- an action ----------------------------------------------------------------------------------------------------

  private ofAction<K extends keyof Action>(code: string, key: K, label: string, help?: string): Bound<Action[K]> {
    return this.pane.bind<Action[K]>(label, `action.${code}.${String(key)}`, () => this.action(code)?.[key] as Action[K],
      (defn, value) => setAction(defn, code, { [key]: value } as Partial<Action>), help);
  }

  private actionForm(pane: Pane, action: Action): Child[] {
    const { code } = action, name = (): string => ja(this.action(code)?.name ?? action.name);
    const statuses: Choice[] = (this.process as Process).statuses.map((status) => [status.code, ja(status.name)]);
    const tool = iconButton("trash", t("remove", { name: name() }), () => {
      this.store.apply(t("done_remove", { name: name() }), removeAction(this.store.definition, code));
      this.selection.choose("status", action.from[0]);
    }, { "data-focus": "trash" });
    const staff = action.trigger === "staff";
    const from = this.ofAction(code, "from", t("action_from"));
    const pick = (key: "kind" | "trigger", label: string, choices: Choice[]): HTMLElement => {
      const bound = this.ofAction(code, key, label);
      return pane.select({ ...bound, read: () => bound.read(), write: (value) => bound.write(value as never) }, choices);
    };
    return [
      ...this.head(pane, name, [tool], t("action_place")),
      h("div", { class: "panel__section" },
        pane.words(this.ofAction(code, "name", t("action_name"), t("action_name_help")) as Bound<Text | null>),
        pane.ticks({ ...from, read: () => from.read(), write: (value) => { if (value.length) from.write([...value]); else this.pane.update(); } }, statuses),
        pane.select(this.ofAction(code, "to", t("action_to")), statuses),
        pick("trigger", t("action_trigger"), this.extra.triggers)),
      h("div", { class: "panel__section" },
        staff && pick("kind", t("action_kind"), this.extra.actionKinds),
        staff && pane.ticks(this.list(code, "roles", t("action_roles"), t("action_roles_help")), this.extra.roles),
        staff && pane.ticks(this.list(code, "requires", t("action_requires")), this.extra.requires),
        pane.source(this.condition(code), "query"),
        staff && pane.tick(this.ofAction(code, "primary", t("action_primary"), t("action_primary_help"))),
        pane.tick(this.ofAction(code, "refund", t("action_refund")))),
      h("div", { class: "panel__section" }, ...noticeControls(pane, this.store, code, this.ofAction(code, "notice", t("action_notice")))),
    ];
  }

  private list(code: string, key: "roles" | "requires", label: string, help?: string): Bound<readonly string[]> {
    const bound = this.ofAction(code, key, label, help);
    return { ...bound, read: () => bound.read() ?? [], write: (value) => bound.write([...value]) };
  }

  private condition(code: string): Bound<string> {
    const bound = this.ofAction(code, "condition", t("action_condition"), t("action_condition_help"));
    return { ...bound, read: () => bound.read() ?? "", write: (value) => bound.write(value || null) };
  }
}

