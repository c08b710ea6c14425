/** Of whom a rule speaks: department and roles, a group, one person. What is left open means everybody. */
import { t } from "../config";
import { at, type Path } from "../core/paths";
import { h } from "../dom";
import type { Choice, Pane } from "../pane";
import { place } from "./rows";

export type Who = { department?: string | null; roles?: string[]; group?: string | null; staff?: string | null; creator?: boolean; assignee?: boolean; in_field?: string | null };
export type People = { departments: Choice[]; groups: Choice[]; staff: Choice[]; roles: Choice[]; inFields: Choice[] };

export const anybody = (who: Who): boolean => !who.department && !who.roles?.length && !who.group && !who.staff && !who.creator && !who.assignee && !who.in_field;

/** In words: 市民課の受付・審査. */
export function whoWords(who: Who, people: People): string {
  const name = (choices: readonly Choice[], code: string): string => choices.find(([one]) => one === code)?.[1] ?? t("unknown", { name: code });
  const parts = [
    who.staff && name(people.staff, who.staff), who.group && t("who_group", { name: name(people.groups, who.group) }),
    who.department && name(people.departments, who.department), who.roles?.length && who.roles.map((role) => name(people.roles, role)).join("・"),
    who.creator && t("who_creator"), who.assignee && t("who_assignee"), who.in_field && t("who_in_field", { name: name(people.inFields, who.in_field) }),
  ].filter((part): part is string => !!part);
  return parts.length ? parts.join(t("who_and")) : t("who_everybody");
}

/** `more` are the kinds of person that only records have. */
export function whoControls(pane: Pane, path: Path, people: People, more: readonly ("creator" | "assignee" | "in_field")[] = []): HTMLElement {
  const pick = (key: string, label: string, choices: readonly Choice[]): HTMLElement => {
    const bound = place<string | null>(pane, label, [...path, key], null);
    return pane.select({ ...bound, read: () => bound.read() ?? "", write: (code) => bound.write(code || null) }, [["", t("who_any")], ...choices]);
  };
  const roles = place<readonly string[]>(pane, t("who_roles"), [...path, "roles"], []);
  const who = (at(pane.store.definition, path) ?? {}) as Who;
  return h("div", { class: "who" }, h("div", { class: "two" },
    pick("department", t("who_department"), people.departments),
    (people.groups.length > 0 || who.group) && pick("group", t("who_group_label"), people.groups),
    pick("staff", t("who_staff"), people.staff),
    more.includes("in_field") && people.inFields.length > 0 && pick("in_field", t("who_in_field_label"), people.inFields)),
  pane.ticks({ ...roles, write: (value) => roles.write([...value]) }, people.roles),
  more.includes("creator") && pane.tick(place(pane, t("who_creator"), [...path, "creator"], false)),
  more.includes("assignee") && pane.tick(place(pane, t("who_assignee"), [...path, "assignee"], false)));
}
