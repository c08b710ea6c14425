"""What follows from answers: visible fields, formulas, fees; and how values are shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.compute import fee_lines, formula_errors, formula_values, visible_values
from madoguchi.definition.display import display
from madoguchi.definition.values import Value
from madoguchi.interview.types import Answer, Change
from tests.samples import FixedWorld, certificate, certificate_answers, everything, everything_answers
from tests.strategies import definitions, raws
from tests.unit.interview.walks import Walk

WORLD = FixedWorld()


def app(*fields: dict[str, Any]) -> AppDefinition:
    """An app of these fields; id, label and owner do not matter."""
    numbered = [{"id": n, "label": field["code"], **field} for n, field in enumerate(fields, start=1)]
    return AppDefinition.model_validate(
        {"code": "app", "name": "アプリ", "owner_department": "shimin", "fields": numbered}
    )


def number(code: str, **settings: Any) -> dict[str, Any]:
    """A number field."""
    return {"code": code, "type": "number", **settings}


def formula(code: str, source: str, **settings: Any) -> dict[str, Any]:
    """A formula field."""
    return {"code": code, "type": "formula", "formula": source, **settings}


def values(defn: AppDefinition, **answers: Value) -> dict[str, Value]:
    """The visible values."""
    return visible_values(defn, answers, WORLD)


def test_formulas_may_read_formulas_written_after_them():
    defn = app(formula("計", "小計 * 2"), formula("小計", "数 + 1"), number("数"))
    assert values(defn, 数="4") == {"計": "10", "小計": "5", "数": "4"}


def test_a_hidden_field_is_blank_in_formulas_and_in_conditions():
    defn = app(
        {"code": "要", "type": "consent", "statement": "x"}, number("数", show_if="要"),
        formula("計", "数 + 1"),
        {"code": "注", "type": "text", "show_if": "数 > 3"},
    )  # fmt: skip
    assert values(defn, 要=True, 数="5", 注="あ") == {"要": True, "数": "5", "計": "6", "注": "あ"}
    assert values(defn, 要=False, 数="5", 注="あ") == {"要": False, "計": "1"}


def test_a_hidden_formula_is_not_calculated():
    defn = app(number("数"), formula("計", "数 * 2", show_if="数 > 1"), formula("総計", "計 + 1"))
    assert values(defn, 数="1") == {"数": "1", "総計": "1"}


def test_fields_of_another_channel_are_hidden():
    defn = app({"code": "メール", "type": "email", "channels": ["web"]})
    assert values(defn, メール="a@example.jp") == {"メール": "a@example.jp"}
    assert visible_values(defn, {"メール": "a@example.jp"}, FixedWorld(channel="line")) == {}


def test_circles_end_in_blanks():
    defn = app(formula("甲", "乙 + 1"), formula("乙", "甲 + 1"), number("数", show_if="数 > 1"))
    assert set(values(defn, 数="3")) <= {"甲", "乙", "数"}


def test_results_are_rounded_as_people_round():
    defn = app(number("数", decimals=2), formula("割", "数 / 2", decimals=1), formula("円", "数 / 2", format="money"))
    assert values(defn, 数="0.9")["割"] == "0.5"
    assert values(defn, 数="5")["円"] == 3


def test_division_by_zero_is_blank():
    assert values(app(number("数"), formula("割", "1 / 数")), 数="0")["割"] is None


def test_rows_are_calculated_and_summed():
    result = visible_values(everything(), everything_answers(), WORLD)
    assert result["品目"] == [{"品名": "タイヤ", "数量": "2", "単価": 1500, "金額": 3000}]
    assert result["合計"] == 3000


def test_the_fee_leaves_out_lines_of_nothing():
    express = {"label": "速達", "amount": 'IF(速達 = "する", 300, 0)'}
    lines = [{"label": "手数料", "amount": "300 * 通数"}, express]
    defn = certificate(fee={"providers": ["counter"], "lines": lines})
    rows = fee_lines(defn, certificate_answers(), WORLD)
    assert [(str(row.label), row.amount) for row in rows] == [("手数料", 600)]


def test_choosing_a_row_elsewhere_copies_its_values():
    walk = Walk(everything())
    walk.send(Answer("道路番号", "１２"))
    assert walk.state.answers["道路番号"] == "12"
    assert visible_values(walk.defn, walk.state.answers, WORLD)["道路名"] == "窓口通り"
    walk.send(Change("道路番号"))
    walk.send(Answer("道路番号", ""))
    assert visible_values(walk.defn, walk.state.answers, WORLD)["道路名"] is None


@given(st.data())
def test_computing_never_raises_whatever_was_stored(data: st.DataObject):
    defn = data.draw(definitions())
    stored = {code: data.draw(raws) for code in defn.by_code}
    visible_values(defn, stored, WORLD)
    known = formula_values(defn, stored, WORLD)
    for code in known:
        assert not isinstance(known[code], Decimal) or known[code].is_finite()
    for field in defn.fields:
        assert isinstance(display(field, stored[field.code]), str)


@pytest.mark.parametrize(
    ("code", "japanese", "english"),
    [
        ("生年月日", "昭和60年4月1日", "1985-04-01"),
        ("通数", "2通", "2通"),
        ("同意", "同意する", "I agree"),
        ("身分証おもて", "1枚", "1 photo"),
        ("住所", "〒272-0021\n千葉県市川市八幡1丁目1番1号\nコーポ窓口 203", None),
    ],
)
def test_values_are_shown_as_people_read_them(code: str, japanese: str, english: str | None):
    field, value = certificate().by_code[code], certificate_answers()[code]
    assert display(field, value) == japanese
    assert english is None or display(field, value, language="en") == english


def test_rows_are_shown_one_a_line_with_their_labels():
    result = visible_values(everything(), everything_answers(), WORLD)
    shown = display(everything().by_code["品目"], result["品目"])
    assert shown == "1. 品名：タイヤ / 数量：2 / 単価：1,500円 / 金額：3,000円"


def test_an_option_that_is_no_more_is_shown_as_it_was():
    assert display(everything().by_code["種類"], "gone") == "gone"


def test_a_division_by_zero_is_blank_and_says_so():
    defn = app(number("数"), formula("割合", "100 / 数"), formula("次", "割合 + 1"))
    assert values(defn, 数="0") == {"数": "0", "割合": None, "次": "1"}
    [(code, message)] = formula_errors(defn, {"数": "0"}, WORLD).items()
    assert code == "割合" and "0 で割ることはできません" in message
    assert formula_errors(defn, {"数": "4"}, WORLD) == {}


def test_a_hidden_formula_has_no_error():
    defn = app(number("数"), formula("割合", "100 / 数", show_if="数 > 5"))
    assert formula_errors(defn, {"数": "0"}, WORLD) == {}


def test_an_error_in_a_table_names_the_row_and_the_column():
    cells = [{**number("数"), "id": 2, "label": "数"}, {**formula("割合", "6 / 数"), "id": 3, "label": "割合"}]
    defn = app({"code": "表", "type": "table", "fields": cells})
    rows: Any = [{"数": "3"}, {"数": "0"}]
    assert values(defn, 表=rows)["表"] == [{"数": "3", "割合": "2"}, {"数": "0", "割合": None}]
    assert formula_errors(defn, {"表": rows}, WORLD) == {
        "表": "2行目「割合」: 0 で割ることはできません。割る数を確かめてください。"
    }
