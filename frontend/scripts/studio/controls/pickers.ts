/** Choosing apps and fields by name: of this app and of the one that is looked into. */
import { config, t, type OtherField } from "../config";
import { ja } from "../core/texts";
import type { Field } from "../core/types";
import { h } from "../dom";
import { type Control, type Row } from "./control";

type Choice = readonly [value: string, words: string];

function filled(box: HTMLSelectElement, choices: readonly Choice[], value: string): void {
  const known = choices.some(([code]) => code === value);
  const all: Choice[] = [["", t("choose")], ...choices, ...(value && !known ? [[value, t("unknown", { name: value })] as const] : [])];
  box.replaceChildren(...all.map(([code, words]) => h("option", { value: code }, words)));
  box.value = value;
}

function picker(row: Row, choices: (field: Field) => readonly Choice[], set = (value: string): void => row.set(value || (row.property.default ?? ""))): Control {
  const box: HTMLSelectElement = h("select", { class: "select", onchange: () => set(box.value) });
  return { element: row.labelled(box), refresh: (field) => filled(box, choices(field), String(row.of(field) ?? "")) };
}

const appOf = (field: Field | undefined): OtherField[] => config.apps.find((app) => app.code === field?.app)?.fields ?? [];
const there = (field: Field): readonly Choice[] => appOf(field).map((other) => [other.code, other.label]);
const here = (row: Row): readonly Choice[] =>
  row.store.definition.fields.filter((other) => other.id !== row.fieldId && !["heading", "related", "total", "table"].includes(other.type))
    .map((other) => [other.code, ja(other.label)]);

export function app(row: Row): Control {
  const control = picker(row, () => config.apps.map((one) => [one.code, one.name]));
  return config.apps.length ? control : { ...control, element: h("div", {}, control.element, h("p", { class: "prop__help" }, t("no_apps"))) };
}

export const ownField = (row: Row): Control => picker(row, () => here(row));
export const otherField = (row: Row): Control => picker(row, there);

/** Several fields of the other app, in the order they are ticked. */
export function otherFields(row: Row): Control {
  const ticks = h("div", { class: "prop__ticks" });
  const toggle = (code: string, on: boolean): void => {
    const now = ((row.value as string[]) ?? []).filter((each) => each && each !== code);
    const next = on ? [...now, code] : now;
    row.set(next.length || row.property.key !== "columns" ? next : [""]);
  };
  const refresh = (field: Field): void => {
    const chosen = new Set((row.of(field) as string[]) ?? []);
    const boxes = there(field).map(([code, words]) => h("label", { class: "tick" },
      h("input", { type: "checkbox", value: code, checked: chosen.has(code), onchange: (event: Event) => toggle(code, (event.target as HTMLInputElement).checked) }), h("span", {}, words)));
    if (!ticks.contains(document.activeElement)) ticks.replaceChildren(...(boxes.length ? boxes : [h("p", { class: "prop__help" }, t("app_first"))]));
  };
  return { element: row.grouped(ticks), refresh };
}

/** Which field there is copied into which field here. */
export function copies(row: Row): Control {
  const list = h("div", { class: "copies" });
  const pairs = (): [string, string][] => Object.entries((row.value as Record<string, string> | null) ?? {});
  const set = (changed: [string, string][]): void => row.set(Object.fromEntries(changed.filter(([to]) => to)));
  const pair = (field: Field, [to, from]: [string, string], number: number): HTMLElement => {
    const change = (next: [string, string]): void => set(pairs().map((each, n) => (n === number ? next : each)));
    const left: HTMLSelectElement = h("select", { class: "select", "aria-label": t("copy_from"), onchange: () => change([to, left.value]) });
    const right: HTMLSelectElement = h("select", { class: "select", "aria-label": t("copy_to"), onchange: () => change([right.value, from]) });
    filled(left, there(field), from);
    filled(right, here(row), to);
    return h("div", { class: "copies__pair" }, left, "→", right,
      h("button", { type: "button", class: "button button--small", onclick: () => set(pairs().filter((_each, n) => n !== number)) }, t("take_away")));
  };
  const add = h("button", { type: "button", class: "button button--small", onclick: () => {
    const free = here(row).find(([code]) => !pairs().some(([to]) => to === code));
    const from = row.field && there(row.field)[0];
    if (free && from) set([...pairs(), [free[0], from[0]]]);
  } }, t("add_copy"));
  const refresh = (field: Field): void => list.replaceChildren(...pairs().map((each, number) => pair(field, each, number)));
  return { element: row.grouped(list, add), refresh };
}
