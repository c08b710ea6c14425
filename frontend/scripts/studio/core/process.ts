/** Changes of a process: statuses and the actions between them. Each takes a definition and gives a new one. */
import { spliced } from "./lists";
import { ja } from "./texts";
import type { Definition, Text } from "./types";

export type StatusKind = "open" | "waiting_resident" | "waiting_payment" | "done" | "rejected" | "cancelled" | "expired";
export type Status = { code: string; name: Text; kind: StatusKind; resident: Text | null; next: Text | null; cancellable: boolean };
export type Trigger = "staff" | "payment" | "payment_expiry" | "correction" | "resident_cancel";
export type Action = {
  code: string; name: Text; from: string[]; to: string; kind: "move" | "return" | "reject" | "fix_fee" | "post"; trigger: Trigger;
  roles: string[]; requires: string[]; condition: string | null; notice: string | null; primary: boolean; refund: boolean;
};
export type Process = { statuses: Status[]; initial: string; initial_unpaid: string | null; actions: Action[] };

const ENDS: ReadonlySet<string> = new Set(["done", "rejected", "cancelled", "expired"]);

export const processOf = (defn: Definition): Process | null => (defn.process as Process | null | undefined) ?? null;

export const withProcess = (defn: Definition, process: Process | null): Definition => ({ ...defn, process });

/** The process changed; nothing happens where there is none. */
function changed(defn: Definition, change: (process: Process) => Process): Definition {
  const process = processOf(defn);
  return process ? withProcess(defn, change(process)) : defn;
}

/** `s`, `s2`, `s3` … whichever no status or action has. */
export function freeSlug(base: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  if (!used.has(base)) return base;
  for (let number = 2; ; number += 1) if (!used.has(`${base}${number}`)) return `${base}${number}`;
}

export const newStatus = (code: string, name: Text, kind: StatusKind = "open"): Status =>
  ({ code, name, kind, resident: null, next: null, cancellable: false });

export function newAction(code: string, name: Text, from: string[], to: string, more: Partial<Action> = {}): Action {
  return { code, name, from, to, kind: "move", trigger: "staff", roles: [], requires: [], condition: null, notice: null, primary: false, refund: false, ...more };
}

/** A first process of one status. */
export const begun = (name: Text): Process => ({ statuses: [newStatus("s1", name)], initial: "s1", initial_unpaid: null, actions: [] });

/** A new status behind another, and the action that leads there. */
export function addStatus(defn: Definition, name: Text, from: string | null, actionName: Text): { defn: Definition; code: string } {
  const process = processOf(defn);
  if (!process) return { defn: withProcess(defn, begun(name)), code: "s1" };
  const code = freeSlug("s1", process.statuses.map((status) => status.code));
  const at = process.statuses.findIndex((status) => status.code === from);
  const statuses = spliced(process.statuses, at < 0 ? process.statuses.length : at + 1, 0, newStatus(code, name));
  const added = withProcess(defn, { ...process, statuses });
  return { defn: from === null || at < 0 ? added : addAction(added, actionName, from, code).defn, code };
}

export function addAction(defn: Definition, name: Text, from: string, to: string, more: Partial<Action> = {}): { defn: Definition; code: string } {
  const code = freeSlug("a1", processOf(defn)?.actions.map((action) => action.code) ?? []);
  return { defn: changed(defn, (process) => ({ ...process, actions: [...process.actions, newAction(code, name, [from], to, more)] })), code };
}

export function setStatus(defn: Definition, code: string, change: Partial<Status>): Definition {
  return changed(defn, (process) => ({ ...process, statuses: process.statuses.map((one) => (one.code === code ? { ...one, ...change } : one)) }));
}

/** Another name; actions that lead there and are called after it (`called`) follow. */
export function nameStatus(defn: Definition, code: string, name: Text, called: (status: string) => string): Definition {
  const before = processOf(defn)?.statuses.find((one) => one.code === code)?.name;
  const follows = (action: Action): boolean => action.to === code && ja(action.name) === called(ja(before));
  const named = setStatus(defn, code, { name });
  return changed(named, (process) => ({ ...process, actions: process.actions.map((one) => (follows(one) ? { ...one, name: called(ja(name)) } : one)) }));
}

export function setAction(defn: Definition, code: string, change: Partial<Action>): Definition {
  return changed(defn, (process) => ({ ...process, actions: process.actions.map((one) => (one.code === code ? { ...one, ...change } : one)) }));
}

/** Without the status, the actions that led there, and the ones that led only out of it. */
export function removeStatus(defn: Definition, code: string): Definition {
  return changed(defn, (process) => {
    const statuses = process.statuses.filter((status) => status.code !== code);
    const actions = process.actions.filter((action) => action.to !== code)
      .map((action) => ({ ...action, from: action.from.filter((from) => from !== code) })).filter((action) => action.from.length);
    const initial = process.initial === code ? (statuses[0]?.code ?? "") : process.initial;
    return { statuses, actions, initial, initial_unpaid: process.initial_unpaid === code ? null : process.initial_unpaid };
  });
}

export const removeAction = (defn: Definition, code: string): Definition =>
  changed(defn, (process) => ({ ...process, actions: process.actions.filter((action) => action.code !== code) }));

export function moveStatus(defn: Definition, code: string, step: -1 | 1): Definition {
  return changed(defn, (process) => {
    const at = process.statuses.findIndex((status) => status.code === code), status = process.statuses[at], to = at + step;
    if (!status || to < 0 || to >= process.statuses.length) return process;
    return { ...process, statuses: spliced(spliced(process.statuses, at, 1), to, 0, status) };
  });
}

/** What a record starts in, and an application that still owes its fee. */
export const setStart = (defn: Definition, key: "initial" | "initial_unpaid", code: string | null): Definition =>
  changed(defn, (process) => ({ ...process, [key]: key === "initial" ? (code ?? process.initial) : code }));

/** Where records can be, and the ends of the way among them. */
export function reached(process: Process): Set<string> {
  const found = new Set([process.initial, process.initial_unpaid].filter((code): code is string => !!code));
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const action of process.actions) if (action.from.some((code) => found.has(code))) found.add(action.to);
  }
  return found;
}

/** Statuses that nobody reaches, and those that nobody leaves although they are no end. */
export function troubles(process: Process): { unreached: Set<string>; stuck: Set<string> } {
  const found = reached(process), codes = process.statuses.map((status) => status.code);
  const leaves = (code: string): boolean => process.actions.some((action) => action.from.includes(code) && action.to !== code);
  const open = process.statuses.filter((status) => !ENDS.has(status.kind)).map((status) => status.code);
  return { unreached: new Set(codes.filter((code) => !found.has(code))), stuck: new Set(open.filter((code) => !leaves(code))) };
}

/** Names of the ways that a press adds. */
export type WayNames = Record<"returned" | "return" | "corrected" | "cancelled" | "cancel" | "rejected" | "reject" | "unpaid" | "paid" | "expired" | "expire", Text>;
export type Way = "return" | "cancel" | "reject" | "pay";

/** Ready-made side ways: sending back and correcting, withdrawing, rejecting, paying at the beginning. */
export function addWay(defn: Definition, way: Way, names: WayNames): Definition {
  const process = processOf(defn);
  if (!process) return defn;
  const open = process.statuses.filter((status) => !ENDS.has(status.kind) && status.kind !== "waiting_resident").map((status) => status.code);
  const working = process.statuses.filter((status) => status.kind === "open").map((status) => status.code);
  const target = (kind: StatusKind, name: Text): [Definition, string] => withKind(defn, kind, name);
  if (way === "pay") return payWay(defn, process, names);
  if (way === "return") {
    const [added, code] = target("waiting_resident", names.returned), back = process.initial;
    const sent = addActionFrom(added, names.return, working, code, { kind: "return" });
    return addActionFrom(sent, names.corrected, [code], back, { trigger: "correction" });
  }
  if (way === "reject") {
    const [added, code] = target("rejected", names.rejected);
    return addActionFrom(added, names.reject, working, code, { kind: "reject" });
  }
  const [added, code] = target("cancelled", names.cancelled);
  const moved = addActionFrom(added, names.cancel, open, code, { trigger: "resident_cancel", refund: true });
  return open.reduce((found, one) => setStatus(found, one, { cancellable: true }), moved);
}

function payWay(defn: Definition, process: Process, names: WayNames): Definition {
  const [unpaid, waiting] = withKind(defn, "waiting_payment", names.unpaid);
  const [both, expired] = withKind(unpaid, "expired", names.expired);
  const paid = addActionFrom(both, names.paid, [waiting], process.initial, { trigger: "payment" });
  return setStart(addActionFrom(paid, names.expire, [waiting], expired, { trigger: "payment_expiry" }), "initial_unpaid", waiting);
}

/** The first status of that kind, added at the end where there is none. */
function withKind(defn: Definition, kind: StatusKind, name: Text): [Definition, string] {
  const process = processOf(defn) as Process, there = process.statuses.find((status) => status.kind === kind);
  if (there) return [defn, there.code];
  const code = freeSlug("s1", process.statuses.map((status) => status.code));
  return [withProcess(defn, { ...process, statuses: [...process.statuses, newStatus(code, name, kind)] }), code];
}

function addActionFrom(defn: Definition, name: Text, from: string[], to: string, more: Partial<Action>): Definition {
  const trigger = more.trigger ?? "staff", kind = more.kind ?? "move";
  return changed(defn, (process) => {
    const there = process.actions.find((action) => action.to === to && action.trigger === trigger && action.kind === kind);
    if (there) return { ...process, actions: process.actions.map((one) => (one === there ? { ...one, from: [...new Set([...one.from, ...from])] } : one)) };
    const code = freeSlug("a1", process.actions.map((action) => action.code));
    return { ...process, actions: [...process.actions, newAction(code, name, from, to, more)] };
  });
}
