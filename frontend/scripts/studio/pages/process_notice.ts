/** Which message the resident gets after an action, and its words. */
import { t } from "../config";
import { freeSlug, setAction } from "../core/process";
import { ja } from "../core/texts";
import type { Definition, Text } from "../core/types";
import { h, icon, type Child } from "../dom";
import type { Bound, Choice, Pane } from "../pane";
import type { Store } from "../store";

type Notice = { title: Text; body: Text };

export const noticesOf = (defn: Definition): Record<string, Notice> => (defn.procedure?.notices ?? {}) as Record<string, Notice>;

export function setNotice(defn: Definition, key: string, notice: Notice): Definition {
  return { ...defn, procedure: { ...defn.procedure, notices: { ...noticesOf(defn), [key]: notice } } };
}

export function noticeControls(pane: Pane, store: Store, action: string, bound: Bound<string | null>): Child[] {
  if (!store.definition.procedure) return [h("h3", { class: "panel__heading" }, t("action_notice")), h("p", { class: "prop__help" }, t("notice_no_procedure"))];
  const notices = noticesOf(store.definition), chosen = bound.read();
  const choices: Choice[] = [["", t("notice_none")], ...Object.entries(notices).map(([key, one]): Choice => [key, ja(one.title) || key])];
  const select = pane.select({ ...bound, read: () => bound.read() ?? "", write: (value) => bound.write(value || null) }, choices);
  const add = h("button", { type: "button", class: "button button--small button--quiet", "data-focus": "notice-add", onclick: () => {
    const key = freeSlug("n1", Object.keys(noticesOf(store.definition)));
    const added = setNotice(store.definition, key, { title: t("notice_first_title"), body: t("notice_first_body") });
    store.apply(t("done_add", { name: t("action_notice") }), setAction(added, action, { notice: key }));
  } }, icon("plus"), t("notice_add"));
  if (!chosen || !notices[chosen]) return [select, add];
  const part = (name: "title" | "body", label: string, help?: string): Bound<Text | null> => pane.bind<Text | null>(label, `notice.${chosen}.${name}`,
    (defn) => noticesOf(defn)[chosen]?.[name] ?? null,
    (defn, value) => setNotice(defn, chosen, { ...(noticesOf(defn)[chosen] as Notice), ...(value !== null && { [name]: value }) }), help);
  return [select, pane.words(part("title", t("notice_title"))), pane.words(part("body", t("notice_body"), t("notice_help")), { long: true }), add];
}
