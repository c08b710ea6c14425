/** The designer of notifications to staff: when, about which records, to whom. */
import { carried, t } from "./studio/config";
import { at, listAt, withAt, type Path } from "./studio/core/paths";
import { freeSlug } from "./studio/core/process";
import { ja } from "./studio/core/texts";
import type { Text } from "./studio/core/types";
import { byId, h, type Child } from "./studio/dom";
import { openPage, ready } from "./studio/page";
import { Pane, type Choice } from "./studio/pane";
import { conditionBox, conditionOutline, type Queried } from "./studio/pages/condition";
import { place, rows, textPlace } from "./studio/pages/rows";
import { whoControls, whoWords, type People, type Who } from "./studio/pages/who";

type Reminder = { field: string; days: number; time: string };
type Notification = { code: string; title: Text; on: string[]; filter: string | null; reminder: Reminder | null; to: Who[] };

const extra = carried<{ people: People; dates: Choice[]; queried: Queried[] }>("designer-extra"), store = openPage();
const all = (): readonly Notification[] => listAt<Notification>(store.definition, ["notifications"]);
const fresh = (): Notification => ({
  code: freeSlug("n1", all().map((one) => one.code)), title: t("new_notification"), on: ["added"], filter: null, reminder: null,
  to: [{ department: String(store.definition.owner_department), roles: [], group: null, staff: null, creator: false, assignee: false, in_field: null }],
});

new Pane(byId("stage"), store, () => all().map((one, n) => [one.to.length, one.on, conditionOutline(one.filter, `notifications.${n}.filter`)]), build);
byId("panel").hidden = true;
byId("main").classList.add("editor__main--alone");
ready();

function build(pane: Pane): Child[] {
  return [!all().length && h("p", { class: "panel__empty" }, t("no_notifications")), rows<Notification>(pane, {
    label: t("notifications"), key: "notifications", path: ["notifications"], add: t("add_notification"), name: (one) => ja(one.title), fresh, row: one,
  })];
}

function one(pane: Pane, path: Path): Child[] {
  const on = place<readonly string[]>(pane, t("on"), [...path, "on"], []), filter = place<string | null>(pane, t("filter"), [...path, "filter"], null);
  const choices = ["added", "edited", "commented", "moved", "reminder"].filter((key) => key !== "reminder" || extra.dates.length).map((key): Choice => [key, t(`on_${key}`)]);
  const title = (): string => ja(at(store.definition, [...path, "title"]) as Text | undefined);
  return [
    pane.findings(({ where }) => where.startsWith(`通知「${title()}」`)),
    pane.words(textPlace(pane, t("notification_title"), [...path, "title"])),
    pane.ticks({ ...on, write: (value) => when(pane, path, value) }, choices),
    on.read().includes("reminder") && reminder(pane, [...path, "reminder"]),
    !extra.dates.length && h("p", { class: "prop__help" }, t("reminder_needs")),
    conditionBox(pane, { ...filter, read: () => filter.read() ?? "", write: (source) => filter.write(source || null) }, extra.queried),
    rows<Who>(pane, {
      label: t("to"), key: `${path.join(".")}.to`, path: [...path, "to"], add: t("add_target"), name: (who) => whoWords(who, extra.people),
      fresh: () => ({ department: null, roles: [], group: null, staff: null, creator: false, assignee: true, in_field: null }),
      row: (inner, target) => [whoControls(inner, target, extra.people, ["assignee", "creator", "in_field"])],
    }),
  ];
}

/** At least one moment stays; a reminder comes with the first date. */
function when(pane: Pane, path: Path, value: readonly string[]): void {
  if (!value.length) return pane.update();
  const before = at(store.definition, [...path, "reminder"]), first = extra.dates[0]?.[0];
  const next = value.includes("reminder") && first ? (before ?? { field: first, days: 0, time: "09:00" }) : null;
  store.apply(t("done_changed", { what: t("on") }), withAt(withAt(store.definition, [...path, "on"], [...value]), [...path, "reminder"], next));
}

function reminder(pane: Pane, path: Path): HTMLElement {
  const days = place<number | null>(pane, t("reminder_days"), [...path, "days"], 0, t("reminder_days_help"));
  return h("div", { class: "two" }, pane.select(place(pane, t("reminder_field"), [...path, "field"], ""), extra.dates),
    pane.number({ ...days, write: (value) => { if (value !== null) days.write(value); } }, -365, 365),
    pane.text({ ...place(pane, t("reminder_time"), [...path, "time"], "09:00") }, { type: "time", required: true }));
}
