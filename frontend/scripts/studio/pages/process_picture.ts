/** The process as a picture. Pressing a status or an arrow's words selects it; the list below does the same by keyboard. */
import { t } from "../config";
import { BOX, pictureOf, type Arrow, type Spot } from "../core/picture";
import { troubles, type Action, type Process } from "../core/process";
import { ja } from "../core/texts";
import type { Selection } from "./process_selection";

const LINE = 20;
const SHOWN = 14;

/** The picture as SVG, made anew. */
export function draw(process: Process, selection: Selection): SVGElement {
  const picture = pictureOf(process, LINE), found = troubles(process);
  const root = svg("svg", {
    class: "flow__svg", width: picture.width, height: picture.height, viewBox: `0 0 ${picture.width} ${picture.height}`,
    role: "img", "aria-label": t("picture", { n: process.statuses.length, actions: process.actions.length }),
  });
  const head = svg("marker", { id: "arrow-head", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" });
  head.append(svg("path", { d: "M0 0L10 5L0 10z" }));
  const definitions = svg("defs", {});
  definitions.append(head);
  const byCode = new Map(process.actions.map((action) => [action.code, action]));
  root.append(definitions, ...picture.arrows.map((arrow) => line(arrow, byCode, selection)),
    ...picture.spots.map((spot) => box(spot, process, selection, found.unreached.has(spot.status.code) || found.stuck.has(spot.status.code))),
    ...picture.arrows.flatMap((arrow) => labels(arrow, byCode, selection)));
  return root;
}

function box({ status, x, y }: Spot, process: Process, selection: Selection, trouble: boolean): SVGElement {
  const chosen = selection.is("status", status.code);
  const group = svg("g", { class: `flow__status flow__status--${status.kind}${chosen ? " flow__status--chosen" : ""}${trouble ? " flow__status--trouble" : ""}` });
  group.append(svg("rect", { x, y, width: BOX.width, height: BOX.height, rx: 8 }),
    words(short(ja(status.name), 10), x + BOX.width / 2, y + 24, "flow__name"),
    words(`${trouble ? "⚠ " : ""}${t(`kind_${status.kind}`)}`, x + BOX.width / 2, y + 44, "flow__kind"));
  if (process.initial === status.code || process.initial_unpaid === status.code) group.append(words(t("start_mark"), x + 4, y - 6, "flow__start"));
  group.addEventListener("click", () => selection.choose("status", status.code));
  return group;
}

function line(arrow: Arrow, actions: ReadonlyMap<string, Action>, selection: Selection): SVGElement {
  const found = arrow.actions.map((code) => actions.get(code)), chosen = arrow.actions.some((code) => selection.is("action", code));
  const auto = found.every((action) => action?.trigger !== "staff");
  return svg("path", { class: `flow__line${auto ? " flow__line--auto" : ""}${chosen ? " flow__line--chosen" : ""}`, d: arrow.path, "marker-end": "url(#arrow-head)" });
}

function labels(arrow: Arrow, actions: ReadonlyMap<string, Action>, selection: Selection): SVGElement[] {
  return arrow.labels.map((code, number) => {
    const label = words(short(ja(actions.get(code)?.name), SHOWN), arrow.labelX, arrow.labelY + 14 + number * LINE,
      `flow__label${selection.is("action", code) ? " flow__label--chosen" : ""}`);
    label.addEventListener("click", () => selection.choose("action", code));
    return label;
  });
}

const short = (text: string, length: number): string => ([...text].length > length ? `${[...text].slice(0, length - 1).join("")}…` : text);

function words(text: string, x: number, y: number, look: string): SVGElement {
  const element = svg("text", { x, y, class: look });
  element.textContent = text;
  return element;
}

function svg(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
