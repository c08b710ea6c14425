/** Lists of things in a designer: one row each, to move, take away and add. */
import { t } from "../config";
import { spliced } from "../core/lists";
import { at, listAt, withAt, type Path } from "../core/paths";
import type { Text } from "../core/types";
import { h, icon, iconButton, type Child } from "../dom";
import type { Bound, Pane } from "../pane";

type Wanted<T> = {
  label: string; help?: string; key: string; path: Path; add: string; fresh: () => T; name: (item: T, number: number) => string;
  row: (pane: Pane, path: Path, number: number) => Child[];
};

/** The list at a path of the definition; its length belongs in the outline of the pane. */
export function rows<T>(pane: Pane, wanted: Wanted<T>): HTMLElement {
  const items = listAt<T>(pane.store.definition, wanted.path);
  const put = (list: readonly T[], done: string): void => pane.store.apply(done, withAt(pane.store.definition, wanted.path, list));
  const move = (number: number, step: -1 | 1): void => {
    const list = listAt<T>(pane.store.definition, wanted.path), item = list[number];
    if (item !== undefined && number + step >= 0 && number + step < list.length) put(spliced(spliced(list, number, 1), number + step, 0, item), t("done_changed", { what: wanted.label }));
  };
  const drop = (number: number): void => {
    const list = listAt<T>(pane.store.definition, wanted.path), item = list[number];
    if (item !== undefined) put(spliced(list, number, 1), t("done_remove", { name: wanted.name(item, number) }));
  };
  const made = items.map((item, number) => {
    const name = wanted.name(item, number);
    const tools = h("div", { class: "rows__tools", role: "group", "aria-label": t("tools_of", { name }) },
      iconButton("up", t("move_up", { name }), () => move(number, -1), { "data-focus": `${wanted.key}.${number}.up`, disabled: number === 0 }),
      iconButton("down", t("move_down", { name }), () => move(number, 1), { "data-focus": `${wanted.key}.${number}.down`, disabled: number === items.length - 1 }),
      iconButton("trash", t("remove", { name }), () => drop(number), { "data-focus": `${wanted.key}.${number}.trash` }));
    return h("li", { class: "rows__item" }, h("div", { class: "rows__main" }, ...wanted.row(pane, [...wanted.path, number], number)), tools);
  });
  const add = h("button", { type: "button", class: "button button--small button--quiet", "data-focus": `${wanted.key}.add`, onclick: () => {
    const list = listAt<T>(pane.store.definition, wanted.path);
    put([...list, wanted.fresh()], t("done_add", { name: wanted.label }));
  } }, icon("plus"), wanted.add);
  return h("fieldset", { class: "prop rows" }, h("legend", { class: "prop__label" }, wanted.label),
    wanted.help && h("p", { class: "prop__help" }, wanted.help), h("ol", { class: "rows__list" }, ...made), add);
}

/** A value at a path. */
export function place<T>(pane: Pane, label: string, path: Path, empty: T, help?: string): Bound<T> {
  return pane.bind<T>(label, path.join("."), (defn) => (at(defn, path) as T | null | undefined) ?? empty, (defn, value) => withAt(defn, path, value), help);
}

/** A text at a path; null is kept out where Japanese must be there. */
export function textPlace(pane: Pane, label: string, path: Path, help?: string): Bound<Text | null> {
  return place<Text | null>(pane, label, path, null, help);
}
