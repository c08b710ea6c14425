/** The columns of a table: pressed to set them, moved, added by label. */
import { config, kindOf, t } from "../config";
import { proposal } from "../core/quick";
import { ja } from "../core/texts";
import type { Field } from "../core/types";
import { freshId, h, icon, iconButton } from "../dom";
import type { Control, Row } from "./control";

export function columns(row: Row): Control {
  const list = h("ul", { class: "columns" });
  const id = freshId();
  const label = h("input", { class: "input", id, maxlength: 100, autocomplete: "off" });
  const type = h("select", { class: "select", "aria-label": t("column_type") },
    h("option", { value: "" }, t("guess_type")), ...config.kinds.filter((kind) => kind.column).map((kind) => h("option", { value: kind.type }, kind.name)));
  const add = (): void => {
    const table = row.field, words = label.value.trim();
    if (!table || !words) return label.focus();
    const guessed = proposal(words, config.guesses);
    row.actions.addColumn(table, type.value || (kindOf(guessed.type).column ? guessed.type : "text"), guessed.label);
    row.store.select(table.id);
  };
  label.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); add(); } });
  const form = h("div", { class: "columns__add" }, h("label", { class: "prop__sub", for: id }, t("new_column")), label, type,
    h("button", { type: "button", class: "button button--small", onclick: add }, t("add")));
  const refresh = (field: Field): void => list.replaceChildren(...(field.fields ?? []).map((column) => one(row, column)));
  return { element: row.grouped(list, form), refresh };
}

function one(row: Row, column: Field): HTMLElement {
  const name = ja(column.label);
  return h("li", { class: "columns__item" },
    h("button", { type: "button", class: "columns__name", onclick: () => row.store.select(column.id) }, icon(kindOf(column.type).icon), name),
    iconButton("up", t("move_up", { name }), () => { row.actions.move(column.id, -1); row.store.select(row.fieldId); }),
    iconButton("down", t("move_down", { name }), () => { row.actions.move(column.id, 1); row.store.select(row.fieldId); }),
    iconButton("trash", t("remove", { name }), () => { row.actions.remove(column.id); row.store.select(row.fieldId); }));
}
