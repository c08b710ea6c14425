/** Boxes for text and numbers, ticks and selects. */
import { config, t } from "../config";
import { isCode, ja, withSaid } from "../core/texts";
import type { Field } from "../core/types";
import { h } from "../dom";
import { put, type Control, type Row } from "./control";

const words = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

export function text(row: Row, more: Record<string, string> = {}): Control {
  const box = h("input", { class: "input", maxlength: 400, ...more, oninput: () => row.set(box.value === "" ? row.property.default : box.value) });
  return { element: row.labelled(box), refresh: (field) => put(box, words(row.of(field))) };
}

export function lines(row: Row): Control {
  const box = h("textarea", { class: "textarea textarea--short", rows: 3, oninput: () => row.set(box.value || null) });
  return { element: row.labelled(box), refresh: (field) => put(box, words(row.of(field))) };
}

/** A number as the definition wants it: `whole` are JSON numbers, `decimal` text that keeps every digit. */
export function number(row: Row, kind: "whole" | "decimal", blank: unknown): Control {
  const error = h("p", { class: "prop__error", id: `${row.id}-error`, role: "status" });
  const box: HTMLInputElement = h("input", {
    class: "input input--number", inputmode: kind === "decimal" ? "decimal" : "numeric", autocomplete: "off",
    oninput: () => {
      const typed = box.value.normalize("NFKC").replace(/,/g, "").trim();
      const ok = typed === "" || (kind === "whole" ? /^-?\d{1,12}$/ : /^-?\d{1,12}(\.\d{1,10})?$/).test(typed);
      error.textContent = ok ? "" : t(kind === "whole" ? "not_whole" : "not_number");
      box.toggleAttribute("aria-invalid", !ok);
      if (ok) row.set(typed === "" ? blank : kind === "whole" ? Number(typed) : typed);
    },
  });
  const shown = (field: Field): void => { if (document.activeElement !== box) put(box, words(row.of(field))); };
  return { element: row.labelled(box, error), refresh: shown };
}

export function tick(row: Row): Control {
  const box: HTMLInputElement = h("input", { type: "checkbox", id: row.id, onchange: () => row.set(box.checked) });
  const help = row.property.help ? h("p", { class: "prop__help", id: `${row.id}-help` }, row.property.help) : null;
  if (help) box.setAttribute("aria-describedby", help.id);
  const element = h("div", { class: "prop", "data-prop": row.property.key },
    h("label", { class: "tick", for: row.id }, box, h("span", {}, row.property.label)), help);
  return { element, refresh: (field) => { box.checked = row.of(field) === true; } };
}

export function select(row: Row, choices: readonly (readonly [string, string])[] = row.property.choices): Control {
  const box: HTMLSelectElement = h("select", { class: "select", onchange: () => row.set(box.value) },
    ...choices.map(([value, label]) => h("option", { value }, label)));
  return { element: row.labelled(box), refresh: (field) => put(box, words(row.of(field))) };
}

/** The label: never empty; the box keeps what is typed until it is something. */
export function label(row: Row): Control {
  const error = h("p", { class: "prop__error", role: "status" });
  const box: HTMLInputElement = h("input", {
    class: "input input--label", maxlength: 200, autocomplete: "off", id: "panel-label",
    oninput: () => {
      const field = row.field, typed = field && withSaid(field.label, "ja", box.value);
      error.textContent = typed ? "" : t("label_missing");
      if (field && typed) row.actions.setLabel(field, typed);
    },
    onblur: () => { if (!box.value.trim()) { put(box, ja(row.field?.label)); error.textContent = ""; } },
  });
  const element = row.labelled(box, error);
  return { element, refresh: (field) => { if (box.value.trim() || document.activeElement !== box) put(box, typeof field.label === "string" ? field.label : field.label.ja); } };
}

/** The code: taken when the box is left, because formulas follow it. */
export function code(row: Row): Control {
  const error = h("p", { class: "prop__error", role: "status" });
  const take = (): void => {
    const field = row.field, typed = box.value.trim();
    if (!field || typed === field.code) return;
    const wrong = !isCode(typed) ? t("bad_code") : config.systemColumns.includes(typed) ? t("taken_code") : "";
    error.textContent = wrong;
    if (!wrong) row.actions.setCode(field, typed);
  };
  const box: HTMLInputElement = h("input", {
    class: "input input--code", maxlength: 64, autocomplete: "off", onchange: take,
    onkeydown: (event: KeyboardEvent) => { if (event.key === "Enter" && !event.isComposing) take(); },
  });
  return { element: row.labelled(box, error), refresh: (field) => { if (document.activeElement !== box) { put(box, field.code); error.textContent = ""; } } };
}

const CHANNELS = [["line", "LINE"], ["web", "web"], ["counter", "counter"]] as const;

/** Through which channels it is asked; none ticked means all. */
export function channels(row: Row): Control {
  const boxes = CHANNELS.map(([value, key]) => {
    const box: HTMLInputElement = h("input", { type: "checkbox", value, onchange: () => row.set(boxes.filter((b) => b.checked).map((b) => b.value)) });
    return Object.assign(box, { words: key === "LINE" ? "LINE" : t(`channel_${key}`) });
  });
  const ticks = boxes.map((box) => h("label", { class: "tick" }, box, h("span", {}, box.words)));
  return {
    element: row.grouped(h("div", { class: "prop__ticks" }, ...ticks)),
    refresh: (field) => { for (const box of boxes) box.checked = ((row.of(field) as string[] | null) ?? []).includes(box.value); },
  };
}

/** Usernames or codes, one a line. */
export function codes(row: Row): Control {
  const box: HTMLTextAreaElement = h("textarea", {
    class: "textarea textarea--short", rows: 2,
    oninput: () => row.set(box.value.split("\n").map((line) => line.trim()).filter(Boolean)),
  });
  const shown = (field: Field): void => { if (document.activeElement !== box) put(box, ((row.of(field) as string[]) ?? []).join("\n")); };
  return { element: row.labelled(box), refresh: shown };
}
