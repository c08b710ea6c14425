/** Where the statuses and arrows of a process stand in its picture: from left to right, side ways below. */
import type { Process, Status } from "./process";

export const BOX = { width: 152, height: 56, across: 112, down: 72, margin: 24 } as const;
const SIDE: ReadonlySet<string> = new Set(["waiting_resident", "rejected", "cancelled", "expired"]);

export type Spot = { status: Status; x: number; y: number; rank: number; row: number };
export type Arrow = { from: string; to: string; actions: string[]; path: string; labelX: number; labelY: number };
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
  for (const action of process.actions) for (const from of action.from) if (from !== action.to && next.has(action.to)) next.get(from)?.add(action.to);
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

function placed(process: Process, ranks: ReadonlyMap<string, number>): Spot[] {
  const taken = new Map<number, number>();
  const sorted = [...process.statuses].sort((one, other) => Number(SIDE.has(one.kind)) - Number(SIDE.has(other.kind)));
  const spots = sorted.map((status) => {
    const rank = ranks.get(status.code) ?? 0, row = Math.max(taken.get(rank) ?? 0, SIDE.has(status.kind) ? 1 : 0);
    taken.set(rank, row + 1);
    return { status, rank, row, x: BOX.margin + rank * (BOX.width + BOX.across), y: BOX.margin + 24 + row * (BOX.height + BOX.down) };
  });
  return process.statuses.map((status) => spots.find((spot) => spot.status.code === status.code) as Spot);
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
  const used: { x: number; y: number; lines: number }[] = [];
  return [...pairs.values()].map(({ from, to, actions }) => {
    const line = lineOf(from, to);
    const spot = free(used, line.labelX, line.labelY, actions.length, lineHeight);
    return { from: from.status.code, to: to.status.code, actions, path: line.path, labelX: spot.x, labelY: spot.y };
  });
}

/** A place for labels that covers no other: further down while there is one. */
function free(used: { x: number; y: number; lines: number }[], x: number, y: number, lines: number, lineHeight: number): { x: number; y: number } {
  let top = y;
  const hits = (one: { x: number; y: number; lines: number }): boolean =>
    Math.abs(one.x - x) < 100 && top < one.y + one.lines * lineHeight && one.y < top + lines * lineHeight;
  for (let found = used.find(hits); found; found = used.find(hits)) top = found.y + found.lines * lineHeight;
  used.push({ x, y: top, lines });
  return { x, y: top };
}

type Line = { path: string; labelX: number; labelY: number };

function lineOf(from: Spot, to: Spot): Line {
  const middle = { from: from.y + BOX.height / 2, to: to.y + BOX.height / 2 };
  if (from === to) return loop(from);
  if (from.rank === to.rank) return upright(from, to);
  if (to.rank > from.rank) return forward(from, to, middle);
  return back(from, to);
}

function forward(from: Spot, to: Spot, middle: { from: number; to: number }): Line {
  const x1 = from.x + BOX.width, x2 = to.x, far = to.rank - from.rank > 1 && from.row === to.row;
  if (far) {
    const lift = Math.min(from.y, to.y) - 28, a = from.x + BOX.width / 2, b = to.x + BOX.width / 2;
    return { path: `M${a} ${from.y}C${a} ${lift} ${b} ${lift} ${b} ${to.y}`, labelX: (a + b) / 2, labelY: lift - 2 };
  }
  const bend = (x2 - x1) / 2;
  return {
    path: `M${x1} ${middle.from}C${x1 + bend} ${middle.from} ${x2 - bend} ${middle.to} ${x2} ${middle.to}`,
    labelX: (x1 + x2) / 2, labelY: (middle.from + middle.to) / 2 - (from.row === to.row ? 26 : 10),
  };
}

function back(from: Spot, to: Spot): Line {
  const x1 = from.x + BOX.width / 2 - 24, x2 = to.x + BOX.width / 2 + 24, y1 = from.y + BOX.height, y2 = to.y + BOX.height;
  if (from.row > to.row) {
    const left = from.x, lower = from.y + BOX.height / 2;
    return { path: `M${left} ${lower}C${x2} ${lower} ${x2} ${lower} ${x2} ${y2}`, labelX: (left + x2) / 2, labelY: lower - 26 };
  }
  const low = Math.max(y1, y2) + 36;
  return { path: `M${x1} ${y1}C${x1} ${low} ${x2} ${low} ${x2} ${y2}`, labelX: (x1 + x2) / 2, labelY: low - 16 };
}

function upright(from: Spot, to: Spot): Line {
  const down = to.y > from.y, shift = down ? -16 : 16, x = from.x + BOX.width / 2 + shift;
  const y1 = down ? from.y + BOX.height : from.y, y2 = down ? to.y : to.y + BOX.height;
  return { path: `M${x} ${y1}L${x} ${y2}`, labelX: x, labelY: (y1 + y2) / 2 - 10 };
}

function loop(spot: Spot): Line {
  const x = spot.x + BOX.width / 2, y = spot.y;
  return { path: `M${x - 20} ${y}C${x - 20} ${y - 36} ${x + 20} ${y - 36} ${x + 20} ${y}`, labelX: x, labelY: y - 46 };
}
