/** The designer's core: what an edit makes of a definition, undo without end, and two builders at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addFields, addGroup, duplicateField, moveBy, moveGroup, moveTo, removeFields, removeGroup, setCode, setLabel, setProperty,
} from "../scripts/studio/core/edits";
import { placeAfter, sectionsOf } from "../scripts/studio/core/form";
import { History } from "../scripts/studio/core/history";
import { proposal, proposalsFrom } from "../scripts/studio/core/quick";
import { renamedIn } from "../scripts/studio/core/rename";
import { codeFrom, linesOf, optionsFromLines, withSaid } from "../scripts/studio/core/texts";
import { merged, renumbered } from "../scripts/studio/core/three_way";
import { same, type Definition, type Field } from "../scripts/studio/core/types";

const field = (id: number, code: string, more: Partial<Field> = {}): Field => ({ id, code, label: code, type: "text", ...more });
const form = (...fields: Field[]): Definition => ({ code: "app", name: "アプリ", fields });
const codes = (defn: Definition): string => defn.fields.map((f) => f.code).join(" ");
const grouped: Definition = {
  ...form(field(1, "氏名"), field(2, "住所"), field(3, "通数"), field(4, "備考")),
  layout: [{ title: "申請者", fields: ["氏名", "住所"] }, { title: "内容", fields: ["通数"] }],
};

test("a new field stands behind the selected one and in its group", () => {
  const after = addFields(grouped, [field(5, "電話")], placeAfter(grouped, 1));
  assert.equal(codes(after), "氏名 電話 住所 通数 備考");
  assert.deepEqual(after.layout?.[0]?.fields, ["氏名", "電話", "住所"]);
});

test("a code that is taken gets a number", () => {
  const after = addFields(grouped, [field(5, "氏名"), field(6, "氏名")], placeAfter(grouped, null));
  assert.equal(codes(after), "氏名 住所 通数 備考 氏名_2 氏名_3");
});

test("a new field is asked behind the one before it where the order of questions is written out", () => {
  const before = { ...grouped, procedure: { questions: ["通数", "氏名", "住所"] } };
  const after = addFields(before, [field(5, "電話"), field(6, "合計", { type: "formula" })], placeAfter(before, 1));
  assert.deepEqual(after.procedure?.questions, ["通数", "氏名", "電話", "住所"]);
});

test("fields in no group come last, wherever they stood", () => {
  const mixed = { ...grouped, fields: [...grouped.fields].reverse() };
  assert.deepEqual(sectionsOf(mixed).map((s) => s.fields.map((f) => f.code)), [["氏名", "住所"], ["通数"], ["備考"]]);
});

test("moving steps over the edge of a group into the next one and back", () => {
  const over = moveBy(grouped, 2, 1);
  assert.deepEqual(over.layout?.map((group) => group.fields), [["氏名"], ["住所", "通数"]]);
  assert.deepEqual(moveBy(over, 2, -1).layout, grouped.layout);
});

test("the first and the last field stay where they are", () => {
  assert.equal(codes(moveBy(grouped, 1, -1)), codes(grouped));
  assert.equal(codes(moveBy(grouped, 4, 1)), codes(grouped));
});

test("an order of questions that is the form's own follows a move, another one does not", () => {
  const own = { ...grouped, procedure: { questions: ["氏名", "住所", "通数"] } };
  assert.deepEqual(moveTo(own, 3, { section: 0, index: 0 }).procedure?.questions, ["通数", "氏名", "住所"]);
  const other = { ...grouped, procedure: { questions: ["住所", "氏名", "通数"] } };
  assert.deepEqual(moveTo(other, 3, { section: 0, index: 0 }).procedure?.questions, ["住所", "氏名", "通数"]);
});

test("what named a deleted field in a list no longer does", () => {
  const before = { ...grouped, procedure: { questions: ["氏名", "通数"] }, views: [{ code: "all", columns: ["氏名", "通数"] }] };
  const after = removeFields(before, [3]);
  assert.equal(codes(after), "氏名 住所 備考");
  assert.deepEqual(after.procedure?.questions, ["氏名"]);
  assert.deepEqual(after.views, [{ code: "all", columns: ["氏名"] }]);
  assert.deepEqual(after.layout?.[1]?.fields, []);
});

test("a copy of a table has ids and codes of its own, also in its columns", () => {
  const before = form(field(1, "明細", { type: "table", fields: [field(2, "品名"), field(3, "数量")] }));
  let last = 7;
  const { defn, id } = duplicateField(before, 1, { next: () => (last += 1) });
  assert.equal(id, 8);
  assert.equal(codes(defn), "明細 明細_2");
  assert.deepEqual(defn.fields[1]?.fields?.map((f) => [f.id, f.code]), [[9, "品名_2"], [10, "数量_2"]]);
});

test("the code follows the label until somebody writes one", () => {
  const labelled = setLabel(form(field(1, "項目")), 1, "生年月日（世帯主）", true);
  assert.equal(labelled.fields[0]?.code, "生年月日世帯主");
  const coded = setCode(labelled, 1, "birthday");
  assert.equal(setLabel(coded, 1, "誕生日", true).fields[0]?.code, "birthday");
  assert.equal(setLabel(form(field(1, "項目")), 1, "誕生日", false).fields[0]?.code, "項目");
});

test("a field never loses its label", () => {
  assert.equal(setLabel(grouped, 1, "  ", true), grouped);
});

test("whatever names a field follows its new code: formulas, lists, views, the applicant, documents", () => {
  const before: Definition = {
    ...grouped,
    fields: [...grouped.fields, field(5, "合計", { type: "formula", formula: '通数 * 300 & "通数"', show_if: "通数 > 1 and 通数上限 > 通数" })],
    procedure: { questions: ["通数"], applicant: { name: "通数" }, fee: { lines: [{ label: "通数", amount: "通数*300" }] } },
    views: [{ code: "all", name: "通数", columns: ["通数"], filter: '通数 > 3', filters: { 通数: ["1"] }, sort: [{ field: "通数" }] }],
    documents: [{ code: "d", name: "通数", body: "{通数} 通" }], title_field: "通数",
  };
  const after = setCode(before, 3, "部数");
  assert.equal(after.fields[4]?.formula, '部数 * 300 & "通数"');
  assert.equal(after.fields[4]?.show_if, "部数 > 1 and 通数上限 > 部数");
  assert.deepEqual(after.procedure, { questions: ["部数"], applicant: { name: "部数" }, fee: { lines: [{ label: "通数", amount: "部数*300" }] } });
  assert.deepEqual(after.views, [{ code: "all", name: "通数", columns: ["部数"], filter: "部数 > 3", filters: { 部数: ["1"] }, sort: [{ field: "部数" }] }]);
  assert.deepEqual(after.documents, [{ code: "d", name: "通数", body: "{部数} 通" }]);
  assert.equal(after.title_field, "部数");
  assert.deepEqual(after.layout?.[1]?.fields, ["部数"]);
});

test("a name inside a longer name or in quotes is another name", () => {
  assert.equal(renamedIn('氏名 = "氏名" or 氏名カナ = 氏名', "氏名", "名前"), '名前 = "氏名" or 氏名カナ = 名前');
});

test("the first group takes in the fields there are; an emptied form has none", () => {
  const plain = form(field(1, "氏名"));
  const made = addGroup(plain, "内容", "基本");
  assert.deepEqual(made.layout, [{ title: "基本", fields: ["氏名"] }, { title: "内容", fields: [] }]);
  assert.deepEqual(moveGroup(made, 1, -1).layout?.map((g) => g.title), ["内容", "基本"]);
  const none = removeGroup(removeGroup(made, 1), 0);
  assert.deepEqual(none.layout, []);
  assert.equal(codes(none), "氏名");
});

test("codes keep to what a definition allows", () => {
  assert.equal(codeFrom("2人目の氏名（漢字）"), "_2人目の氏名漢字");
  assert.equal(codeFrom("住所《じゅうしょ》・TEL"), "住所・TEL");
  assert.equal(codeFrom("！？"), "項目");
});

test("a text is plain while it is in Japanese only", () => {
  assert.equal(withSaid("氏名", "ja", "お名前"), "お名前");
  assert.deepEqual(withSaid("氏名", "en", "Name"), { ja: "氏名", en: "Name" });
  assert.equal(withSaid({ ja: "氏名", en: "Name" }, "en", ""), "氏名");
  assert.equal(withSaid("氏名", "ja", " "), undefined);
});

test("options come from lines and keep what else they had", () => {
  const before = [{ value: "a", label: "はい", help: "説明" }, "b"];
  assert.equal(linesOf(before), "a = はい\nb");
  assert.deepEqual(optionsFromLines("b\nc = その他\na = はい\nb\n\n", before), ["b", { value: "c", label: "その他", help: null, show_if: null }, { value: "a", label: "はい", help: "説明", show_if: null }]);
});

test("pasted labels become fields of fitting types", () => {
  const guesses = [{ pattern: "生年月日", type: "date", settings: { personal: true } }, { pattern: "電話", type: "phone", settings: {} }];
  const found = proposalsFrom("氏名*\n生年月日 / 電話番号（必須）\n性別：男、女、答えない\n\n1. 備考", guesses);
  assert.deepEqual(found.map((p) => [p.label, p.type, p.required]), [
    ["氏名", "text", true], ["生年月日", "date", false], ["電話番号", "phone", true], ["性別", "choice", false], ["備考", "text", false],
  ]);
  assert.deepEqual(found[3]?.options, ["男", "女", "答えない"]);
  assert.equal(proposal("時間：午前", guesses).type, "text");
});

test("undoing leads back through every step and redoing forward again", () => {
  let now = 0;
  const history = new History({ definition: form(), selected: null, done: "" }, () => (now += 10_000));
  const steps = [form()];
  for (let id = 1; id <= 300; id += 1) {
    const next = addFields(history.current.definition, [field(id, `項目${id}`)], placeAfter(history.current.definition, id - 1));
    steps.push(next);
    history.commit({ definition: next, selected: id, done: `${id}` });
  }
  for (let id = 300; id >= 1; id -= 1) {
    assert.equal(history.undo(), `${id}`);
    assert.ok(same(history.current.definition, steps[id - 1]));
  }
  assert.equal(history.undo(), null);
  while (history.redo() !== null);
  assert.ok(same(history.current.definition, steps[300]));
});

test("typing into one box is one step, into two boxes two", () => {
  let now = 0;
  const history = new History({ definition: form(field(1, "a")), selected: 1, done: "" }, () => now);
  const type = (name: string, value: string): void =>
    history.commit({ definition: setProperty(history.current.definition, 1, name, value), selected: 1, done: name }, `1.${name}`);
  for (const value of ["ご", "ごき", "ごきにゅう"]) { type("help", value); now += 200; }
  type("example", "例");
  history.undo();
  assert.equal(history.current.definition.fields[0]?.help, "ごきにゅう");
  history.undo();
  assert.equal(history.current.definition.fields[0]?.help, undefined);
});

test("undoing never takes back what somebody else did", () => {
  const start = form(field(1, "氏名"), field(2, "住所"));
  const history = new History({ definition: start, selected: null, done: "" });
  history.commit({ definition: setProperty(start, 1, "required", true), selected: 1, done: "必須" });
  const sent = history.current.definition;
  const stored = addFields(setProperty(sent, 2, "help", "番地まで"), [field(3, "電話")], placeAfter(sent, 2));
  history.rebase(sent, stored);
  assert.ok(same(history.current.definition, stored));
  history.undo();
  assert.equal(history.current.definition.fields[0]?.required, undefined);
  assert.equal(history.current.definition.fields[1]?.help, "番地まで");
  assert.equal(codes(history.current.definition), "氏名 住所 電話");
});

test("two builders' changes of different things all stay", () => {
  const base = form(field(1, "氏名"), field(2, "住所"), field(3, "備考"));
  const mine = moveTo(setProperty(base, 1, "required", true), 3, { section: 0, index: 0 });
  const theirs = removeFields(addFields(setProperty(base, 1, "help", "戸籍の字で"), [field(4, "電話")], placeAfter(base, 1)), [2]);
  const both = merged(base, mine, theirs);
  assert.equal(codes(both), "備考 氏名 電話");
  assert.equal(both.fields[1]?.required, true);
  assert.equal(both.fields[1]?.help, "戸籍の字で");
});

test("a field that one deletes and the other changes stays", () => {
  const base = form(field(1, "氏名"), field(2, "住所"));
  const both = merged(base, removeFields(base, [2]), setProperty(base, 2, "help", "番地まで"));
  assert.equal(codes(both), "氏名 住所");
});

test("two fields added at once under one number both stay", () => {
  const base = form(field(1, "氏名"));
  const mine = addFields(base, [field(2, "電話")], placeAfter(base, 1));
  const theirs = addFields(base, [field(2, "住所")], placeAfter(base, 1));
  const fresh = renumbered(base, mine, theirs);
  assert.deepEqual(fresh.fields.map((f) => f.id), [1, 3]);
  assert.deepEqual(new Set(merged(base, fresh, theirs).fields.map((f) => f.code)), new Set(["氏名", "電話", "住所"]));
});
