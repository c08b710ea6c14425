"""Rows of a table become the values that the same texts would give in a form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.checking import Ok, parse_answer
from madoguchi.definition.columns import ColumnMap, map_problems, raw_of
from madoguchi.definition.fields import AnyField
from madoguchi.definition.row_reader import RowReader, is_plain_line
from madoguchi.lib.text import nfc, normalise_spaces
from tests.samples import FixedWorld, certificate

WORLD = FixedWorld(channel="counter")
FIELDS: TypeAdapter[Any] = TypeAdapter(AnyField)


def a_field(type_: str, **more: Any) -> Any:
    return FIELDS.validate_python({"type": type_, "id": 1, "code": "欄", "label": "欄", **more})


def an_app(*fields: Any) -> AppDefinition:
    data = [field.model_dump(mode="json") for field in fields]
    return AppDefinition.model_validate({"code": "a", "name": "台帳", "owner_department": "shimin", "fields": data})


def read(field: Any, *cells: str, parts: tuple[str, ...] = ("",)) -> Any:
    """The value of one row, or the text of its first problem."""
    one = ColumnMap("欄", tuple(range(len(cells))), parts)
    row = RowReader(an_app(field), [one], WORLD).read(cells)
    return str(row.problems["欄"][0].text) if row.problems else row.values.get("欄")


KINDS = {
    "text": a_field("text", min_length=2, max_length=8), "pattern": a_field("text", pattern="[0-9]+"),
    "textarea": a_field("textarea", max_length=10), "phone": a_field("phone"), "email": a_field("email"),
    "number": a_field("number", decimals=2, min="-5", max="5000"), "whole": a_field("number"),
    "money": a_field("money", max=100000), "datetime": a_field("datetime"), "date": a_field("date"),
    "limited date": a_field("date", earliest="1900-01-01", latest="TODAY()"), "time": a_field("time"),
    "choice": a_field("choice", options=["はい", "いいえ", "2"]), "consent": a_field("consent", statement="同意"),
    "choices": a_field("choices", options=["赤", "青", "白"]), "required": a_field("text", required=True),
}
TEXTS = st.one_of(
    st.text(st.sampled_from(list("0123456789-:/. 　TZ年月日令和R円,名"))), st.text(),
    st.from_regex(r"\A0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}\Z"), st.from_regex(r"\A[a-z0-9.]{1,4}@[a-z0-9.-]{1,8}\.jp\Z"),
    st.from_regex(r"\A(19[4-9][0-9]|20[0-9]{2})[-/][0-1][0-9][-/][0-3][0-9]([ T][0-2][0-9]:[0-9]{2}(:[0-9]{2})?)?\Z"),
    st.sampled_from(["はい", "赤、青", "○", "×", "令和8年4月1日", "1,200円",
                     "12.50", "0012", "2026-W01-1", "か\u3099"]),
)


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(text=TEXTS)
def test_a_column_is_read_as_a_form_would_read_it(kind: str, text: str):
    field = KINDS[kind]
    expected = parse_answer(field, raw_of(field, ColumnMap("欄", (0,)), [text]), WORLD)
    assert read(field, text) == (expected.value if isinstance(expected, Ok) else str(expected[0].text))


NAMES = st.text(st.sampled_from(list("市川花子髙𠮷邉ｲヰー・か\u3099 　 '1")), max_size=8)


@given(NAMES, st.text(st.sampled_from(list("イチカワハナコいﾀ 　ーヴ1")), max_size=8), st.booleans())
def test_a_name_and_its_reading_are_read_as_a_form_would(full: str, kana: str, wants_kana: bool):
    field = a_field("name", kana=wants_kana)
    one = ColumnMap("欄", (0, 1), ("full", "full_kana"))
    expected = parse_answer(field, raw_of(field, one, [full, kana]), WORLD)
    found = read(field, full, kana, parts=one.parts)
    assert found == (expected.value if isinstance(expected, Ok) else str(expected[0].text))


@given(st.text(st.sampled_from(list("a あ　か\u3099\u200b\t\n")), max_size=6))
def test_a_plain_line_is_one_that_stays_as_it_is(text: str):
    if is_plain_line(text):
        assert nfc(normalise_spaces(text)) == text


def test_one_name_in_two_columns_or_four():
    expected = {"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"}
    field = a_field("name")
    assert read(field, "市川　花子", "いちかわ はなこ", parts=("full", "full_kana")) == expected
    parts = ("family", "given", "family_kana", "given_kana")
    assert read(field, "市川", "花子", "イチカワ", "ハナコ", parts=parts) == expected
    assert "姓と名の間に空白" in read(a_field("name", kana=False), "市川花子", parts=("full",))


@pytest.mark.parametrize("text", [
    "千葉県市川市八幡1丁目1番1号 コーポ窓口 203", "市川市八幡1丁目1番1号　コーポ窓口 203",
    "八幡1丁目1番1号 コーポ窓口 203",
    "千葉県 市川市 八幡 1丁目1番1号 コーポ窓口 203",
], ids=["full", "without prefecture", "town only", "spaces"])
@pytest.mark.parametrize("postal", ["272-0021", "〒2720021", "２７２－００２１"], ids=["hyphen", "mark", "wide"])
def test_an_address_on_one_line_is_divided_at_its_town(postal: str, text: str):
    assert read(a_field("address"), postal, text, parts=("postal_code", "full")) == {
        "postal_code": "2720021", "prefecture": "千葉県", "city": "市川市", "town": "八幡", "street": "1丁目1番1号",
        "building": "コーポ窓口 203",
    }


def test_an_address_in_columns_of_its_own():
    parts = ("postal_code", "prefecture", "city", "town", "street", "building")
    found = read(a_field("address"), "2720021", "千葉県", "市川市", "八幡", "1-1-1", "", parts=parts)
    assert found["street"] == "1-1-1"
    assert found["building"] is None


def test_an_address_elsewhere_than_its_postal_code_says_is_refused():
    field = a_field("address")
    assert "町名" in read(field, "272-0021", "東京都港区芝1-1", parts=("postal_code", "full"))
    assert "見つかりません" in read(field, "000-0000", "東京都港区芝1-1", parts=("postal_code", "full"))


def test_what_a_spreadsheet_took_away_comes_back():
    assert read(a_field("phone"), "9012345678") == "090-1234-5678"
    assert read(a_field("phone"), "473341111") == "0473341111"
    assert read(a_field("date"), "46113") == "2026-04-01"


def test_what_is_hidden_does_not_matter_and_formulas_are_calculated():
    app = an_app(
        a_field("choice", options=["郵送", "窓口"]),
        a_field("text", id=2, code="宛先", label="宛先", required=True, show_if='欄 = "郵送"'),
        a_field("number", id=3, code="通数", label="通数"),
        a_field("formula", id=4, code="計", label="計", formula="通数 * 300", format="money"),
    )
    reader = RowReader(app, [ColumnMap("欄", (0,)), ColumnMap("宛先", (1,)), ColumnMap("通数", (2,))], WORLD)
    assert reader.read(["窓口", "あて", "2"]).values == {"欄": "窓口", "通数": "2", "計": 600}
    assert reader.read(["窓口", "", "2"]).problems == {}
    assert list(reader.read(["郵送", "", "2"]).problems) == ["宛先"]


def test_a_required_field_without_a_column_is_a_problem_of_every_row():
    app = an_app(a_field("text"), a_field("text", id=2, code="必須", label="必須", required=True))
    assert list(RowReader(app, [ColumnMap("欄", (0,))], WORLD).read(["あ"]).problems) == ["必須"]


def test_a_changed_record_loses_what_the_table_leaves_blank():
    app = an_app(a_field("text"), a_field("text", id=2, code="他", label="他"))
    row = RowReader(app, [ColumnMap("欄", (0,))], WORLD).changes([""], {"欄": "前", "他": "残る"})
    assert row.values == {"欄": None}


def test_columns_that_cannot_be_used_are_named():
    app = certificate()
    assert map_problems(app, [ColumnMap("電話番号", (0,))], width=1) == []
    assert "少なくとも1つ" in map_problems(app, [], width=1)[0]
    wrong = [
        ColumnMap("はじめに", (0,)), ColumnMap("ない", (0,)), ColumnMap("電話番号", (5,)), ColumnMap("電話番号", (0,)),
        ColumnMap("氏名", (0,)),
    ]
    assert len(map_problems(app, wrong, width=1)) == 5


def test_a_choice_of_columns_survives_storage():
    one = ColumnMap("氏名", (2, 3), ("full", "full_kana"))
    assert ColumnMap.from_json(one.as_json()) == one
