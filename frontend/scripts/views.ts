/** The designer of an app's lists and charts. */
import { carried, config, send, t } from "./studio/config";
import { spliced } from "./studio/core/lists";
import { at, listAt, withAt, type Path } from "./studio/core/paths";
import { freeSlug } from "./studio/core/process";
import { ja } from "./studio/core/texts";
import type { Text } from "./studio/core/types";
import { byId, h, icon, iconButton, later, type Child } from "./studio/dom";
import { openPage, ready } from "./studio/page";
import { Pane, type Choice } from "./studio/pane";
import { conditionBox, conditionOutline, type Queried } from "./studio/pages/condition";
import { place, rows, textPlace } from "./studio/pages/rows";

type Extra = {
  queried: Queried[]; columns: Choice[]; groups: Choice[]; dates: Choice[]; places: Choice[]; chartGroups: Choice[];
  moments: string[]; numbers: Choice[]; preview: string;
};
type View = { code: string; name: Text; type: string; columns: string[]; filter: string | null; sort: { field: string; descending: boolean }[] };
type Chart = { code: string; name: Text; type: string; groups: { field: string; per: string | null }[]; measures: { how: string; field: string | null }[]; filter: string | null };
type Part = "views" | "charts";

const extra = carried<Extra>("designer-extra"), store = openPage();
let part: Part = "views", code = listAt<View>(store.definition, ["views"])[0]?.code ?? "";
const label = new Map(extra.columns);
const index = (): number => listAt<View>(store.definition, [part]).findIndex((one) => one.code === code);
const chosen = <T>(): T | undefined => listAt<T>(store.definition, [part])[index()];
const names = (of: Part): unknown => listAt<View>(store.definition, [of]).map((one) => [one.code, ja(one.name), one.type]);

const stage = new Pane(byId("stage"), store, () => [part, code, names("views"), names("charts")], build);
const panel = new Pane(byId("panel"), store, outline, settings);
ready();

function choose(next: Part, to: string): void {
  part = next;
  code = to;
  stage.update();
  panel.update();
}

function build(pane: Pane): Child[] {
  const list = (of: Part): HTMLElement => h("section", { class: "section-card", "aria-labelledby": `title-${of}` }, h("h2", { class: "section-card__title", id: `title-${of}` }, t(of)), ...all(of));
  return [h("div", { class: "sections" }, list("views"), list("charts"), part === "charts" && chosen<Chart>() ? preview(pane) : null)];
}

function all(of: Part): Child[] {
  const items = listAt<View>(store.definition, [of]);
  const put = (next: readonly View[], done: string): void => store.apply(done, withAt(store.definition, [of], next));
  const move = (n: number, step: -1 | 1): void => { const item = items[n]; if (item && items[n + step]) put(spliced(spliced(items, n, 1), n + step, 0, item), t("done_changed", { what: ja(item.name) })); };
  const add = h("button", { type: "button", class: "button button--small", "data-focus": `${of}.add`, onclick: () => {
    const fresh = of === "views" ? newView() : newChart(), next = freeSlug(of === "views" ? "v1" : "c1", items.map((one) => one.code));
    put([...items, { ...fresh, code: next } as View], t("done_add", { name: ja(fresh.name) }));
    choose(of, next);
  } }, icon("plus"), t(of === "views" ? "add_view" : "add_chart"));
  if (!items.length) return [h("p", { class: "panel__empty" }, t(of === "views" ? "no_views" : "no_charts")), add];
  return [h("ol", { class: "rows__list" }, ...items.map((one, n) => h("li", { class: "rows__item" },
    h("button", { type: "button", class: "flow-list__one", "data-focus": `${of}.${one.code}`, "aria-pressed": String(part === of && code === one.code), onclick: () => choose(of, one.code) },
      h("strong", {}, ja(one.name)), h("span", { class: "muted" }, t(`${of === "views" ? "type" : "chart"}_${one.type}`))),
    h("div", { class: "rows__tools", role: "group", "aria-label": t("tools_of", { name: ja(one.name) }) },
      iconButton("up", t("move_up", { name: ja(one.name) }), () => move(n, -1), { "data-focus": `${of}.${one.code}.up`, disabled: n === 0 }),
      iconButton("down", t("move_down", { name: ja(one.name) }), () => move(n, 1), { "data-focus": `${of}.${one.code}.down`, disabled: n === items.length - 1 }),
      iconButton("trash", t("remove", { name: ja(one.name) }), () => put(spliced(items, n, 1), t("done_remove", { name: ja(one.name) })), { "data-focus": `${of}.${one.code}.trash` })))),
  ), add];
}

const newView = (): Omit<View, "code"> & Record<string, unknown> => ({ name: t("new_view"), type: "table", columns: extra.columns.slice(0, 5).map(([one]) => one), filter: null, sort: [{ field: "id", descending: true }] });
const newChart = (): Omit<Chart, "code"> => ({ name: t("new_chart"), type: "column", groups: [{ field: extra.chartGroups[0]?.[0] ?? "created_at", per: extra.chartGroups.length && !extra.moments.includes(extra.chartGroups[0]?.[0] ?? "") ? null : "month" }], measures: [{ how: "count", field: null }], filter: null });

function outline(): unknown {
  const one = chosen<View & Chart>();
  return [part, code, one?.type, one?.columns, Array.isArray(one?.sort) ? one.sort.map((sort) => sort.field) : null, one?.groups, one?.measures, listAt<Chart>(store.definition, ["charts"]).map((chart) => [chart.code, ja(chart.name)]),
    conditionOutline(one?.filter, `${part}.${index()}.filter`)];
}

function settings(pane: Pane): Child[] {
  const one = chosen<View>();
  if (!one) return [h("p", { class: "panel__empty" }, t("nothing_chosen"))];
  const base: Path = [part, index()];
  const head = pane.following(h("h2", { class: "panel__title" }), (element) => { element.textContent = ja(chosen<View>()?.name); });
  const kind = t(part === "views" ? "view_place" : "chart_place");
  const told = pane.findings(({ where }) => where.startsWith(`${kind}「${ja(chosen<View>()?.name)}」`));
  return [head, told, pane.words(textPlace(pane, t("name"), [...base, "name"])), ...(part === "views" ? viewSettings(pane, base, one) : chartSettings(pane, base))];
}

function filter(pane: Pane, base: Path, words: string): HTMLElement {
  const bound = place<string | null>(pane, words, [...base, "filter"], null);
  return conditionBox(pane, { ...bound, read: () => bound.read() ?? "", write: (source) => bound.write(source || null) }, extra.queried);
}

function viewSettings(pane: Pane, base: Path, view: View): Child[] {
  const types: Choice[] = ["table", "kanban", "calendar", "map", "chart"].map((type) => [type, t(`type_${type}`)]);
  const charts = listAt<Chart>(store.definition, ["charts"]).map((chart): Choice => [chart.code, ja(chart.name)]);
  const needs: Record<string, [string, Choice[], string]> = { kanban: ["group_by", extra.groups, "needs_choice"], calendar: ["date", extra.dates, "needs_date"], map: ["place", extra.places, "needs_place"], chart: ["chart", charts, "needs_chart"] };
  const type = place(pane, t("view_type"), [...base, "type"], "table"), need = needs[view.type];
  return [
    pane.select({ ...type, write: (value) => setType(base, value, needs[value]) }, types),
    need && (need[1].length ? optional(pane, t(need[0] === "chart" ? "which_chart" : need[0]), [...base, need[0]], need[1]) : h("p", { class: "prop__error" }, t(need[2]))),
    filter(pane, base, t("filter")),
    rows<string>(pane, {
      label: t("columns"), help: t("columns_help"), key: "columns", path: [...base, "columns"], add: t("add_column"), name: (one) => label.get(one) ?? one,
      fresh: () => extra.columns.find(([one]) => !view.columns.includes(one))?.[0] ?? "id",
      row: (inner, path, n) => [inner.select(place(inner, `${n + 1}`, path, ""), extra.columns)],
    }),
    rows<{ field: string }>(pane, {
      label: t("sort"), key: "sort", path: [...base, "sort"], add: t("add_sort"), name: (one) => label.get(one.field) ?? one.field, fresh: () => ({ field: "id", descending: true }),
      row: (inner, path) => [inner.select(place(inner, t("sort_field"), [...path, "field"], "id"), extra.columns), inner.tick(place(inner, t("descending"), [...path, "descending"], false))],
    }),
  ];
}

/** Another way of showing, with the first field that fits. */
function setType(base: Path, type: string, need: [string, Choice[], string] | undefined): void {
  let defn = withAt(store.definition, [...base, "type"], type);
  if (need && !at(defn, [...base, need[0]]) && need[1][0]) defn = withAt(defn, [...base, need[0]], need[1][0][0]);
  store.apply(t("done_changed", { what: t("view_type") }), defn);
}

function optional(pane: Pane, words: string, path: Path, choices: readonly Choice[]): HTMLElement {
  const bound = place<string | null>(pane, words, path, null);
  return pane.select({ ...bound, read: () => bound.read() ?? "", write: (value) => bound.write(value || null) }, [["", t("choose")], ...choices]);
}

function chartSettings(pane: Pane, base: Path): Child[] {
  const list = (prefix: string, keys: string[]): Choice[] => keys.map((key) => [key, t(`${prefix}_${key}`)]);
  return [
    pane.select(place(pane, t("chart_type"), [...base, "type"], "column"), list("chart", ["column", "bar", "line", "area", "pie", "table", "cross"])),
    pane.tick(place(pane, t("stacked"), [...base, "stacked"], false)),
    rows<{ field: string }>(pane, {
      label: t("chart_groups"), help: t("chart_groups_help"), key: "groups", path: [...base, "groups"], add: t("add_group"), name: (one) => label.get(one.field) ?? one.field,
      fresh: () => ({ field: extra.chartGroups[0]?.[0] ?? "created_at", per: null }),
      row: (inner, path) => [inner.select(place(inner, t("chart_groups"), [...path, "field"], ""), extra.chartGroups), extra.moments.includes(String(at(store.definition, [...path, "field"]))) && per(inner, path)],
    }),
    rows<{ how: string }>(pane, {
      label: t("measures"), key: "measures", path: [...base, "measures"], add: t("add_measure"), name: (one) => t(`how_${one.how}`), fresh: () => ({ how: "count", field: null }),
      row: (inner, path) => [inner.select(place(inner, t("how"), [...path, "how"], "count"), list("how", ["count", "sum", "average", "min", "max"])),
        at(store.definition, [...path, "how"]) !== "count" && optional(inner, t("measure_field"), [...path, "field"], extra.numbers)],
    }),
    pane.select(place(pane, t("chart_sort"), [...base, "sort"], "group"), list("sort", ["group", "value_descending", "value"])),
    filter(pane, base, t("chart_filter")),
  ];
}

function per(pane: Pane, path: Path): HTMLElement {
  const bound = place<string | null>(pane, t("per"), [...path, "per"], null);
  const choices = ["day", "week", "month", "quarter", "year", "fiscal_year"].map((one): Choice => [one, t(`per_${one}`)]);
  return pane.select({ ...bound, read: () => bound.read() ?? "", write: (value) => bound.write(value || null) }, [["", t("per_none")], ...choices]);
}

type Preview = { real: boolean; svg: string; problem: string; table: { heads: string[]; columns: string[]; rows: [string[], string[]][] } | null };

function preview(pane: Pane): HTMLElement {
  const body = h("div", {}), note = h("p", { role: "status" });
  let shown = "";
  const soon = later(500, () => void ask());
  const ask = async (): Promise<void> => {
    const response = await send(extra.preview, "POST", { definition: store.definition, code }).catch(() => null);
    if (!response?.ok) return note.replaceChildren(t("preview_refused", { why: "" }));
    const found = (await response.json()) as Preview;
    note.className = found.real ? "prop__help" : "banner banner--warning";
    note.replaceChildren(found.problem ? t("preview_refused", { why: found.problem }) : t(found.real ? "preview_real" : "preview_sample"));
    body.replaceChildren(...drawn(found));
  };
  return pane.following(h("section", { class: "section-card chart-preview", "aria-label": t("preview") }, h("h2", { class: "section-card__title" }, t("preview")), note, body), () => {
    const now = JSON.stringify([chosen<Chart>(), config.csrf]);
    if (now !== shown) soon.soon();
    shown = now;
  });
}

function drawn({ svg, table }: Preview): Node[] {
  const picture = svg ? document.importNode(new DOMParser().parseFromString(svg, "text/html").body.firstElementChild as Element, true) : null;
  const numbers = table && h("div", { class: "table-frame", tabindex: 0, role: "region", "aria-label": t("preview_table") }, h("table", { class: "table table--dense" },
    h("thead", {}, h("tr", {}, ...table.heads.map((one) => h("th", { scope: "col" }, one)), ...table.columns.map((one) => h("th", { scope: "col", class: "number" }, one)))),
    h("tbody", {}, ...table.rows.map(([heads, cells]) => h("tr", {}, ...heads.map((one) => h("th", { scope: "row" }, one)), ...cells.map((one) => h("td", { class: "number" }, one)))))));
  return [picture, numbers].filter((one): one is HTMLElement => one !== null);
}
