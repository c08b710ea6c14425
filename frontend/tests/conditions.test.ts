// Conditions as rows and as text: the same thing both ways, and text stays text where it is more than rows.
import assert from "node:assert/strict";
import test from "node:test";
import { read, write } from "../scripts/studio/core/conditions";

const NUMERIC = (field: string): boolean => field === "費用";
const SIMPLE = [
  '費用 >= 1000', '氏名 like "花" and 種類 in ("新しく作る", "作りかえる")', '工事日 = TODAY() or 工事日 is empty', '工事日 <= FROM_TODAY(-3, DAYS)',
  'assignee in (LOGINUSER())', '備考 not like "済\\"み\\\\"', '状態.名 is not empty', '$id not in ("1", "2")', '氏名 = ""',
];

for (const source of SIMPLE) {
  test(`${source} is the same after a trip through rows`, () => {
    const found = read(source);
    assert.ok(found);
    assert.equal(write(found, NUMERIC), source);
  });
}

for (const source of ['費用 > 1 and 費用 < 5 or 種類 = "a"', '(費用 > 1) and 費用 < 5', '費用 > 1 order by 費用', '費用 >', 'and', '費用 > "', '費用 in ()', '費用 1']) {
  test(`${source} stays text`, () => assert.equal(read(source), null));
}

test("an empty condition has no rows, and words may be written in capitals", () => {
  assert.deepEqual(read(""), { join: "and", rows: [] });
  assert.deepEqual(read('種類 NOT IN ("a") OR 備考 IS EMPTY')?.rows.map((row) => row.operator), ["not in", "is empty"]);
  assert.equal(read("費用 <> 5")?.rows[0]?.operator, "!=");
});

test("a row whose value is not yet chosen survives the trip", () => {
  const row = { field: "種類", operator: "in", values: [] };
  assert.deepEqual(read(write({ join: "and", rows: [row] }, NUMERIC))?.rows, [row]);
});
