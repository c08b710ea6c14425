"""What a table seems to hold, and the words that say why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import CODE_PATTERN
from madoguchi.definition.proposal import ProposedField, propose, unique_codes
from madoguchi.definition.row_reader import RowReader
from madoguchi.definition.validation import validate
from tests.samples import FixedWorld

WORLD = FixedWorld(channel="counter")


def proposed(label: str, *texts: str) -> ProposedField:
    """The field proposed for one column."""
    return propose([label], [[text] for text in texts], towns=WORLD.towns).fields[0]


NUMBERS = tuple(str(n) for n in range(100, 140))


@pytest.mark.parametrize(("label", "texts", "type_", "reason"), [
    ("受付日", ("令和8年4月1日", "R5.4.1", "H31.4.30"), "date", "「令和8年4月1日」や「R5.4.1」の日付が3件"),
    ("いつ", ("2026-04-01", "2026-04-02"), "date", "「2026-04-01」や「2026-04-02」の日付が2件"),
    ("いつ", ("2026/4/1", "2026/4/12"), "date", "日付が2件"),
    ("受付日", ("46113", "46114"), "date", "Excelの番号が2件"),
    ("生年月日", ("S60.4.1", "不明", "H2.1.1"), "date", "日付が2件"),
    ("整理", ("20260401", "20260402"), "number", "数が2件"),
    ("受付", ("2026-04-01T09:30:00", "2026/4/1 14:05"), "datetime", "日時が2件"),
    ("開始", ("9:30", "午後2時半"), "time", "時刻が2件"),
    ("電話", ("090-1234-5678", "0473341111"), "phone", "電話番号が2件"),
    ("電話", ("9012345678", "473341111"), "phone", "電話番号が2件"),
    ("連絡", ("a@example.jp", "b@example.jp"), "email", "メールアドレスが2件"),
    ("手数料", ("300", "1,200"), "money", "金額が2件"),
    ("なにか", ("¥300", "1,200円"), "money", "金額が2件"),
    ("幅", ("1.5", "12.25"), "number", "数が2件"),
    ("人数", ("12名", "3名"), "number", "単位は名"),
    ("区分", ("新規", "更新", "新規", "更新", "新規"), "choice", "2種類の値が5件にくり返し現れます"),
    ("設備", ("机、椅子", "机", "椅子、棚", "棚、机", "椅子、机", "棚"), "choices", "3種類の値が並べて"),
    ("参加", ("○", "×", "○", ""), "consent", "「○」「×」だけが並んでいます"),
    ("同意", ("はい", "いいえ"), "consent", "「はい」「いいえ」"),
    ("備考", ("1行目\n2行目", "短い"), "textarea", "改行のある文"),
    ("備考", ("とても" * 40, "短い"), "textarea", "長い文があります（最長120文字）"),
    ("郵便番号", ("272-0021", "600001"), "text", "郵便番号が2件"),
    ("備考", ("あ", "い"), "text", "決まった形はなく"),
    ("備考", ("", ""), "text", "空欄"),
    ("コード", ("0012", "0013"), "text", "決まった形はなく"),
    ("管理番号", NUMBERS, "text", "40件の値がすべて違います"),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_a_type_is_proposed_with_its_reason(label: str, texts: tuple[str, ...], type_: str, reason: str):
    found = proposed(label, *texts)
    assert found.field["type"] == type_
    assert reason in found.reason


def test_what_belongs_to_the_type_is_proposed_too():
    assert proposed("人数", "12名", "3名").field["unit"] == "名"
    assert proposed("幅", "1.5", "12.25").field["decimals"] == 2
    assert proposed("管理番号", *NUMBERS).field["unique"] is True
    assert proposed("区分", *("新規", "更新") * 3).field["options"] == ["新規", "更新"]


def test_required_is_what_is_never_blank_and_personal_what_sounds_so():
    assert proposed("電話番号", "090-1234-5678").field.items() >= {"required": True, "personal": True}.items()
    assert not {"required", "personal"} & proposed("区分", "新規", "").field.keys()


def test_a_name_and_its_reading_become_one_field():
    rows = [["市川 花子", "イチカワ ハナコ", "1"], ["髙橋　一郎", "たかはし いちろう", "2"]]
    name, other = propose(["氏名", "フリガナ", "番号"], rows, towns=WORLD.towns).fields
    assert name.field.items() >= {"type": "name", "kana": True, "personal": True, "required": True}.items()
    assert (name.columns, name.parts) == ((0, 1), ("full", "full_kana"))
    assert other.columns == (2,)


def test_a_name_in_four_columns_is_one_field():
    rows = [["市川", "花子", "イチカワ", "ハナコ"]]
    (name,) = propose(["申請者の姓", "申請者の名", "セイ", "メイ"], rows, towns=WORLD.towns).fields
    assert name.parts == ("family", "given", "family_kana", "given_kana")
    assert name.field["label"] == "申請者"


def test_a_name_that_cannot_be_divided_stays_text():
    assert proposed("氏名", "市川花子", "髙橋一郎").field.items() >= {"type": "text", "personal": True}.items()


def test_a_postal_code_and_the_address_beside_it_become_one_field():
    rows = [["272-0021", "千葉県市川市八幡1-1-1", "x"], ["2720021", "市川市八幡2-2 コーポ", "y"]]
    found = propose(["郵便番号", "住所", "備考"], rows, towns=WORLD.towns).fields
    assert [one.field["type"] for one in found] == ["address", "text"]
    assert "2件で一致" in found[0].reason


def test_an_address_that_does_not_agree_with_its_postal_code_stays_apart():
    rows = [["272-0021", "東京都港区芝1-1"]] * 3
    found = propose(["郵便番号", "住所"], rows, towns=WORLD.towns).fields
    assert [one.field["type"] for one in found] == ["text", "text"]


def test_an_address_in_columns_is_one_field():
    rows = [["2720021", "千葉県", "市川市", "八幡", "1-1-1", ""]]
    header = ["郵便番号", "都道府県", "市区町村", "町名", "番地", "建物名"]
    (found,) = propose(header, rows, towns=WORLD.towns).fields
    assert found.parts == ("postal_code", "prefecture", "city", "town", "street", "building")
    assert found.field["label"] == "住所"
    assert found.field["required"] is True


@given(st.lists(st.text(max_size=80), max_size=8))
def test_every_code_is_valid_and_there_once(labels: list[str]):
    codes = unique_codes(labels)
    assert len(set(codes)) == len(labels)
    assert all(CODE_PATTERN.fullmatch(code) for code in codes)


CELLS = st.one_of(st.sampled_from([
    "", "令和8年4月1日", "○", "×", "1,200円", "0012", "272-0021", "市川 花子", "イチカワ ハナコ", "赤、青", "3名",
]), st.text(st.characters(exclude_categories=("Cs",)), max_size=12))  # fmt: skip
LABELS = st.one_of(
    st.sampled_from(["氏名", "フリガナ", "郵便番号", "住所", "生年月日", "金額", "番号", "id"]), st.text(max_size=5)
)


@given(st.integers(1, 4).flatmap(lambda width: st.tuples(
    st.lists(LABELS, min_size=width, max_size=width),
    st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12),
)))  # fmt: skip
def test_every_proposal_makes_an_app_that_can_read_the_table(table: tuple[list[str], list[list[str]]]):
    header, rows = table
    labels = [label.strip() or "列" for label in header]
    found = propose(labels, rows, towns=WORLD.towns).fields
    data: dict[str, Any] = {
        "code": "ledger", "name": "台帳", "owner_department": "shimin", "permissions": [{"rights": ["view"]}],
    }
    defn = AppDefinition.model_validate({**data, "fields": [one.field for one in found]})
    validate(defn)
    assert sorted(column for one in found for column in one.columns) == list(range(len(header)))
    reader = RowReader(defn, [one.column_map for one in found], WORLD)
    for row in rows:
        reader.read(row)
