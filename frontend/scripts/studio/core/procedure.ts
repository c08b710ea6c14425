/** An app opened to residents: what it begins with, and the order of its questions. */
import { spliced } from "./lists";
import { addWay, freeSlug, processOf, setAction, type WayNames } from "./process";
import { ja } from "./texts";
import type { Definition, Field, Text } from "./types";

export type FeeLine = { label: Text; amount: string };
export type Fee = { lines: FeeLine[]; when: string; providers: string[]; expires_days: number; refundable_until: string[] };
export type Applicant = { name: string; address: string | null; birth_date: string | null; phone: string | null; email: string | null };
export type Template = { code: string; title: Text; body: Text; fields: string[] };
export type Procedure = {
  prefix: string; title: Text; summary: Text; office: Text; phone: string; channels: string[]; questions: string[]; assurance: string;
  applicant: Applicant; all_in_chat: boolean; pilot_only: boolean; fee: Fee | null; capacity: number | null;
  notices: Record<string, { title: Text; body: Text }>; return_templates: Template[]; reject_templates: Template[];
} & Record<string, unknown>;

/** Types that residents are never asked. */
const NOT_ASKED = new Set(["formula", "serial", "staff", "department", "group", "richtext", "related", "total"]);

export const procedureOf = (defn: Definition): Procedure | null => (defn.procedure as Procedure | null | undefined) ?? null;

export const withProcedure = (defn: Definition, change: Partial<Procedure>): Definition => ({ ...defn, procedure: { ...defn.procedure, ...change } });

export const askable = (field: Field): boolean => !NOT_ASKED.has(field.type) && !field.staff_only;

/** A first procedure, as far as the app itself says it. */
export function begun(defn: Definition, known: { prefix: string; office: string; phone: string }): Procedure {
  const first = (type: string): string | null => defn.fields.find((field) => field.type === type && !field.staff_only)?.code ?? null;
  const birth = defn.fields.find((field) => field.type === "date" && /生年月日|誕生日/u.test(ja(field.label)))?.code ?? null;
  const text = defn.fields.find((field) => field.type === "text" && !field.staff_only)?.code;
  return {
    prefix: known.prefix, title: defn.name, summary: (defn.description as Text | null | undefined) ?? defn.name, office: known.office, phone: known.phone,
    channels: ["line", "web", "counter"], questions: [], assurance: "none", all_in_chat: false, pilot_only: false, fee: null, capacity: null, notices: {},
    menu: ja(defn.name).length <= LONGEST_MENU_WORD ? defn.name : null,
    applicant: { name: first("name") ?? text ?? "", address: first("address"), birth_date: birth, phone: first("phone"), email: first("email") },
    return_templates: [], reject_templates: [],
  };
}

const LONGEST_MENU_WORD = 10;

/** The app opened: its first procedure, a message for every end that residents wait for, and lists that show receipt and state. */
export function opened(defn: Definition, known: { prefix: string; office: string; phone: string }, notice: { title: string; body: string }): Definition {
  const procedure = begun(defn, known), views = defn.views as View[] | undefined;
  const front = ["receipt_number", "status", procedure.applicant.name].filter(Boolean);
  const start = { ...defn, procedure, ...(views && { views: views.map((view) => (view.code === "all" ? withFront(view, front) : view)) }) };
  return (processOf(defn)?.actions ?? []).reduce((found, action) => {
    const kind = processOf(defn)?.statuses.find((status) => status.code === action.to)?.kind ?? "";
    return action.trigger === "staff" && !action.notice && AWAITED.has(kind) ? told(found, action.code, notice) : found;
  }, start as Definition);
}

type View = { code: string; columns?: string[] };
/** What residents wait for. */
const AWAITED = new Set(["waiting_resident", "done", "rejected"]);

const withFront = (view: View, front: readonly string[]): View =>
  ({ ...view, columns: [...front, ...(view.columns ?? []).filter((code) => !front.includes(code) && code !== "id")] });

/** The app with a message of its own after an action. */
export function told(defn: Definition, action: string, notice: { title: string; body: string }): Definition {
  const notices = procedureOf(defn)?.notices ?? {}, key = freeSlug("n1", Object.keys(notices));
  return setAction(withProcedure(defn, { notices: { ...notices, [key]: notice } }), action, { notice: key });
}

/** The procedure with a fee or without; one that is paid with the application needs statuses to wait in. */
export function withFee(defn: Definition, fee: Fee | null, names: WayNames): Definition {
  const changed = withProcedure(defn, { fee }), process = processOf(defn);
  return fee?.when === "at_application" && process && process.initial_unpaid === null ? addWay(changed, "pay", names) : changed;
}

/** The questions in the order in which they are asked. Without an order of its own a procedure follows the form. */
export function questionsOf(defn: Definition): string[] {
  const own = procedureOf(defn)?.questions ?? [];
  return own.length ? own : defn.fields.filter(askable).map((field) => field.code);
}

export const notAsked = (defn: Definition): Field[] => {
  const asked = new Set(questionsOf(defn));
  return defn.fields.filter((field) => askable(field) && !asked.has(field.code));
};

export function moveQuestion(defn: Definition, code: string, step: -1 | 1): Definition {
  const questions = questionsOf(defn), from = questions.indexOf(code), to = from + step;
  if (from < 0 || to < 0 || to >= questions.length) return defn;
  return withProcedure(defn, { questions: spliced(spliced(questions, from, 1), to, 0, code) });
}

export const addQuestion = (defn: Definition, code: string): Definition => withProcedure(defn, { questions: [...questionsOf(defn), code] });

export const dropQuestion = (defn: Definition, code: string): Definition =>
  withProcedure(defn, { questions: questionsOf(defn).filter((one) => one !== code) });

/** What an all-in-chat procedure would leave in the talk: personal questions asked in LINE. */
export function personalInChat(defn: Definition): Field[] {
  const procedure = procedureOf(defn);
  if (!procedure?.all_in_chat || !procedure.channels.includes("line")) return [];
  const asked = new Set(questionsOf(defn));
  const inLine = (field: Field): boolean => !(field.channels as string[] | undefined)?.length || (field.channels as string[]).includes("line");
  return defn.fields.filter((field) => asked.has(field.code) && field.personal === true && inLine(field));
}

/** A moment as a date-and-time box takes it, in Japan; empty for none. */
export function inBox(moment: string | null | undefined): string {
  const at = moment ? new Date(moment).getTime() : Number.NaN;
  return Number.isNaN(at) ? "" : new Date(at + 9 * 3_600_000).toISOString().slice(0, 16);
}

export const fromBox = (typed: string): string | null => (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(typed) ? `${typed}:00+09:00` : null);
