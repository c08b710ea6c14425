/** Where the statuses and arrows of a process stand in its picture: from left to right, side ways below. */
import type { Process, Status } from "./process";

export const BOX = { width: 152, height: 56, across: 112, down: 104, margin: 24 } as const;
const SIDE: ReadonlySet<string> = new Set(["waiting_resident", "rejected", "cancelled", "expired"]);

export type Spot = { status: Status; x: number; y: number; rank: number; row: number };
/** `labels` are the actions whose words stand at it: each action has its words once. */
export type Arrow = { from: string; to: string; actions: string[]; labels: string[]; path: string; labelX: number; labelY: number };
export type Picture = { spots: Spot[]; arrows: Arrow[]; width: number; height: number };

/** The picture of a process; `lineHeight` is the room that each label of an arrow takes. */
export function pictureOf(process: Process, lineHeight = 20): Picture {
  const ranks = ranksOf(process), spots = placed(process, ranks);
  const arrows = arrowsOf(process, spots, lineHeight);
  const width = Math.max(...spots.map((spot) => spot.x + BOX.width), 0) + BOX.margin;
  const lowest = Math.max(...spots.map((spot) => spot.y + BOX.height), ...arrows.map((arrow) => arrow.labelY + lineHeight), 0);
  return { spots, arrows, width, height: lowest + BOX.margin };
}

/** How many steps from the beginning, along the longest way that never turns back. */
export function ranksOf(process: Process): Map<string, number> {
  const codes = process.statuses.map((status) => status.code), next = new Map(codes.map((code) => [code, new Set<string>()]));
  const side = new Set(process.statuses.filter((status) => SIDE.has(status.kind)).map((status) => status.code));
  for (const action of process.actions) {
    for (const from of action.from) if (from !== action.to && next.has(action.to) && !side.has(from) && !side.has(action.to)) next.get(from)?.add(action.to);
  }
  const forward = withoutTurns(process, codes, next), ranks = new Map(codes.map((code) => [code, 0]));
  for (let round = 0; round < codes.length; round += 1) {
    for (const [from, to] of forward) ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1));
  }
  return ranks;
}

/** The moves without those that lead back to where one came from. */
function withoutTurns(process: Process, codes: readonly string[], next: ReadonlyMap<string, ReadonlySet<string>>): [string, string][] {
  const state = new Map<string, "open" | "done">(), kept: [string, string][] = [];
  const order = new Map(codes.map((code, at) => [code, at]));
  const visit = (code: string): void => {
    state.set(code, "open");
    const targets = [...(next.get(code) ?? [])].sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
    for (const to of targets) {
      if (state.get(to) === "open") continue;
      kept.push([code, to]);
      if (!state.has(to)) visit(to);
    }
    state.set(code, "done");
  };
  for (const code of [process.initial_unpaid, process.initial, ...codes]) if (code && order.has(code) && !state.has(code)) visit(code);
  return kept;
}

/** The main way in one row; what leads off it below, near where it leads off. */
function placed(process: Process, ranks: ReadonlyMap<string, number>): Spot[] {
  const taken = new Set<string>(), spots = new Map<string, Spot>();
  const put = (status: Status, rank: number, row: number): void => {
    taken.add(`${rank} ${row}`);
    spots.set(status.code, { status, rank, row, x: BOX.margin + rank * (BOX.width + BOX.across), y: BOX.margin + 32 + row * (BOX.height + BOX.down) });
  };
  for (const status of process.statuses.filter((one) => !SIDE.has(one.kind))) {
    const rank = ranks.get(status.code) ?? 0;
    put(status, rank, firstFree(taken, rank));
  }
  const last = Math.max(0, ...[...spots.values()].map((spot) => spot.rank));
  const below = Math.max(-1, ...[...spots.values()].map((spot) => spot.row)) + 1;
  for (const status of process.statuses.filter((one) => SIDE.has(one.kind))) {
    const { rank, row } = nearestFree(taken, meanRank(process, status.code, ranks), last, below);
    put(status, rank, row);
  }
  return process.statuses.map((status) => spots.get(status.code) as Spot);
}

function firstFree(taken: ReadonlySet<string>, rank: number): number {
  let row = 0;
  while (taken.has(`${rank} ${row}`)) row += 1;
  return row;
}

function nearestFree(taken: ReadonlySet<string>, wanted: number, last: number, from: number): { rank: number; row: number } {
  const columns = Array.from({ length: last + 1 }, (_, rank) => rank).sort((one, other) => Math.abs(one - wanted) - Math.abs(other - wanted));
  for (let row = from; ; row += 1) for (const rank of columns) if (!taken.has(`${rank} ${row}`)) return { rank, row };
}

/** The middle of the columns from which one gets there. */
function meanRank(process: Process, code: string, ranks: ReadonlyMap<string, number>): number {
  const from = process.actions.filter((action) => action.to === code).flatMap((action) => action.from).map((one) => ranks.get(one) ?? 0);
  return from.length ? from.reduce((sum, rank) => sum + rank, 0) / from.length : 0;
}

/** One arrow for every two statuses between which actions lead, whatever their number. */
function arrowsOf(process: Process, spots: readonly Spot[], lineHeight: number): Arrow[] {
  const byCode = new Map(spots.map((spot) => [spot.status.code, spot])), pairs = new Map<string, { from: Spot; to: Spot; actions: string[] }>();
  for (const action of process.actions) {
    for (const code of action.from) {
      const from = byCode.get(code), to = byCode.get(action.to), key = `${code} ${action.to}`;
      if (!from || !to) continue;
      const pair = pairs.get(key) ?? { from, to, actions: [] };
      pair.actions.push(action.code);
      pairs.set(key, pair);
    }
  }
  const used: { x: number; y: number; lines: number }[] = [], said = new Set<string>();
  return [...pairs.values()].map(({ from, to, actions }) => {
    const line = lineOf(from, to), labels = actions.filter((code) => !said.has(code));
    for (const code of labels) said.add(code);
    const spot = free(used, line.labelX, line.labelY, labels.length, lineHeight);
    return { from: from.status.code, to: to.status.code, actions, labels, path: line.path, labelX: spot.x, labelY: spot.y };
  });
}

/** A place for labels that covers no other: further down while there is one. */
function free(used: { x: number; y: number; lines: number }[], x: number, y: number, lines: number, lineHeight: number): { x: number; y: number } {
  let top = y;
  const hits = (one: { x: number; y: number; lines: number }): boolean =>
    lines > 0 && one.lines > 0 && Math.abs(one.x - x) < 100 && top < one.y + one.lines * lineHeight && one.y < top + lines * lineHeight;
  for (let found = used.find(hits); found; found = used.find(hits)) top = found.y + found.lines * lineHeight;
  used.push({ x, y: top, lines });
  return { x, y: top };
}

type Line = { path: string; labelX: number; labelY: number };

function lineOf(from: Spot, to: Spot): Line {
  if (from === to) return loop(from);
  if (from.row !== to.row) return between(from, to);
  return to.rank > from.rank ? forward(from, to) : back(from, to);
}

/** Within a row: straight to the next, over the others to one further on. */
function forward(from: Spot, to: Spot): Line {
  const x1 = from.x + BOX.width, y = from.y + BOX.height / 2;
  if (to.rank - from.rank === 1) return { path: `M${x1} ${y}L${to.x} ${y}`, labelX: (x1 + to.x) / 2, labelY: y - 26 };
  const lift = from.y - 32, a = from.x + BOX.width / 2, b = to.x + BOX.width / 2;
  return { path: `M${a} ${from.y}C${a} ${lift} ${b} ${lift} ${b} ${to.y}`, labelX: (a + b) / 2, labelY: lift - 2 };
}

function back(from: Spot, to: Spot): Line {
  const x1 = from.x + BOX.width / 2 - 24, x2 = to.x + BOX.width / 2 + 24, y = from.y + BOX.height, low = y + 40;
  return { path: `M${x1} ${y}C${x1} ${low} ${x2} ${low} ${x2} ${y}`, labelX: (x1 + x2) / 2, labelY: low - 18 };
}

/** From row to row; the way down and the way back do not lie upon each other. */
function between(from: Spot, to: Spot): Line {
  const down = to.row > from.row, shift = down ? -20 : 20;
  const x1 = from.x + BOX.width / 2 + shift, x2 = to.x + BOX.width / 2 + shift;
  const y1 = down ? from.y + BOX.height : from.y, y2 = down ? to.y : to.y + BOX.height, middle = (y1 + y2) / 2;
  return { path: `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`, labelX: (x1 + x2) / 2, labelY: middle - 10 };
}

function loop(spot: Spot): Line {
  const x = spot.x + BOX.width / 2, y = spot.y;
  return { path: `M${x - 20} ${y}C${x - 20} ${y - 36} ${x + 20} ${y - 36} ${x + 20} ${y}`, labelX: x, labelY: y - 46 };
}
