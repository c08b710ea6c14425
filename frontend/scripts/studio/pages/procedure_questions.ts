/** What residents are asked, in which order. */
import { t, kindOf } from "../config";
import { addQuestion, askable, dropQuestion, moveQuestion, notAsked, procedureOf, questionsOf } from "../core/procedure";
import { ja, said } from "../core/texts";
import type { Definition, Field, Text } from "../core/types";
import { h, icon, iconButton, type Child } from "../dom";
import type { Pane } from "../pane";

export function questions(pane: Pane): Child[] {
  const { definition } = pane.store, own = (procedureOf(definition)?.questions ?? []).length > 0;
  const asked = questionsOf(definition), left = notAsked(definition);
  return [
    h("p", { class: "prop__help" }, t(own ? "own_order" : "form_order")),
    asked.length ? h("ol", { class: "asked" }, ...asked.map((code, number) => row(pane, definition, code, number, asked.length))) : h("p", { class: "panel__empty" }, t("nobody_asked")),
    left.length ? h("div", { class: "prop" }, h("h3", { class: "panel__heading" }, t("not_asked")), h("ul", { class: "chips-row" }, ...left.map((field) => h("li", {},
      h("button", { type: "button", class: "button button--small", "data-focus": `ask.${field.code}`, onclick: () => pane.store.apply(t("done_asked", { name: ja(field.label) }), addQuestion(pane.store.definition, field.code)) },
        icon("plus"), ja(field.label)))))) : null,
    h("p", {}, h("a", { href: "form" }, t("to_form"))),
  ];
}

function row(pane: Pane, definition: Definition, code: string, number: number, count: number): HTMLElement {
  const field = definition.fields.find((one) => one.code === code), name = ja(field?.label) || code;
  const move = (step: -1 | 1): void => pane.store.apply(t("done_move", { name, n: number + 1 + step, total: count }), moveQuestion(pane.store.definition, code, step));
  return h("li", { class: "asked__one" },
    h("div", { class: "asked__main" },
      h("strong", {}, field ? question(field) : t("unknown", { name: code })),
      field && h("span", { class: "muted" }, [kindOf(field.type).name, field.required ? t("required") : t("optional"), field.show_if ? t("conditional") : "", field.personal ? t("personal") : ""].filter(Boolean).join("・")),
      field && !askable(field) && h("span", { class: "prop__error" }, t("cannot_ask"))),
    h("div", { class: "rows__tools", role: "group", "aria-label": t("tools_of", { name }) },
      iconButton("up", t("move_up", { name }), () => move(-1), { "data-focus": `q.${code}.up`, disabled: number === 0 }),
      iconButton("down", t("move_down", { name }), () => move(1), { "data-focus": `q.${code}.down`, disabled: number === count - 1 }),
      iconButton("close", t("stop_asking", { name }), () => pane.store.apply(t("done_not_asked", { name }), dropQuestion(pane.store.definition, code)), { "data-focus": `q.${code}.close` })));
}

const question = (field: Field): string => said(field.question as Text | null | undefined).trim() || ja(field.label);
