// The process as pure functions: what each change does, and where its picture puts things.
import assert from "node:assert/strict";
import test from "node:test";
import { pictureOf, ranksOf } from "../scripts/studio/core/picture";
import * as process from "../scripts/studio/core/process";
import type { Definition } from "../scripts/studio/core/types";

const BLANK: Definition = { code: "app", name: "アプリ", fields: [{ id: 1, code: "名前", label: "名前", type: "text" }] };
const NAMES = Object.fromEntries(["returned", "return", "corrected", "cancelled", "cancel", "rejected", "reject", "unpaid", "paid", "expired", "expire"]
  .map((key) => [key, key])) as process.WayNames;

function three(): Definition {
  const begun = process.withProcess(BLANK, process.begun("受付"));
  const second = process.addStatus(begun, "審査", "s1", "審査にする").defn;
  return process.setStatus(process.addStatus(second, "完了", "s12", "完了にする").defn, "s13", { kind: "done" });
}

const of = (defn: Definition): process.Process => process.processOf(defn) as process.Process;

test("statuses are added one behind the other, with the action that leads there", () => {
  assert.deepEqual(of(three()).statuses.map((status) => status.name), ["受付", "審査", "完了"]);
  assert.deepEqual(of(three()).actions.map((action) => [action.from, action.to]), [[["s1"], "s12"], [["s12"], "s13"]]);
});

test("a status taken away takes the actions that led there, and those that led only out of it", () => {
  const left = of(process.removeStatus(three(), "s12"));
  assert.deepEqual(left.actions, []);
  assert.deepEqual(process.troubles(left), { unreached: new Set(["s13"]), stuck: new Set(["s1"]) });
});

test("without its first status a process begins at the next one", () => {
  assert.equal(of(process.removeStatus(three(), "s1")).initial, "s12");
});

test("actions that are called after a status follow its name, others keep theirs", () => {
  const called = (name: string): string => `${name}にする`;
  const named = of(process.nameStatus(three(), "s12", "現地確認", called));
  assert.equal(named.actions[0]?.name, "現地確認にする");
  const own = process.setAction(three(), "a1", { name: "見に行く" });
  assert.equal(of(process.nameStatus(own, "s12", "現地確認", called)).actions[0]?.name, "見に行く");
});

test("every side way comes with the statuses and triggers that the platform needs, and only once", () => {
  const ways = ["return", "reject", "cancel", "pay"] as const;
  const full = ways.reduce((defn, way) => process.addWay(defn, way, NAMES), three());
  assert.deepEqual(process.troubles(of(full)), { unreached: new Set(), stuck: new Set() });
  assert.equal(of(full).statuses.find((status) => status.code === of(full).initial_unpaid)?.kind, "waiting_payment");
  assert.equal(of(ways.reduce((defn, way) => process.addWay(defn, way, NAMES), full)).statuses.length, of(full).statuses.length);
});

test("in the picture the main way goes from left to right, whatever leads back", () => {
  const back = process.addAction(three(), "戻す", "s12", "s1").defn;
  assert.deepEqual([...ranksOf(of(back)).values()], [0, 1, 2]);
  const spots = pictureOf(of(back)).spots;
  assert.ok(spots.every((spot, n) => n === 0 || spot.x > (spots[n - 1]?.x ?? 0)));
});

test("no two statuses lie upon each other, and every action has its words once", () => {
  const full = (["return", "reject", "cancel", "pay"] as const).reduce((defn, way) => process.addWay(defn, way, NAMES), three());
  const { spots, arrows } = pictureOf(of(full));
  assert.equal(new Set(spots.map((spot) => `${spot.x} ${spot.y}`)).size, spots.length);
  assert.deepEqual(arrows.flatMap((arrow) => arrow.labels).sort(), of(full).actions.map((action) => action.code).sort());
});
