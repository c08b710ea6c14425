"""What formulas yield, what they refuse and how they say so."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from madoguchi import formula
from madoguchi.formula import Column, FormulaError, Kind, Result

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
TYPES: dict[str, formula.FieldType] = {
    "数量": "number", "単価": "money", "生年月日": "date", "氏名": "name", "用途": "choices", "区分": "choice",
    "同意": "consent",
    "明細": "table", "金額": Column("明細", "money"), "品名": Column("明細", "text"), "受付": "datetime",
    "時刻": "time",
    "購入日": Column("明細", "date"), "写真": "photo", "メモ": "text", "期限": "date",
}  # fmt: skip
VALUES: dict[str, Any] = {
    "数量": "3", "単価": 300, "生年月日": "1990-11-24",
    "氏名": {"family": "𠮷田", "given": "花子", "family_kana": "ヨシダ"},
    "用途": ["年金", "免許"], "区分": "一般", "同意": True, "受付": "2026-11-23T00:30:00+09:00", "時刻": "09:05",
    "明細": [
        {"金額": 100, "品名": "机", "購入日": "2026-04-01"}, {"金額": None, "品名": None, "購入日": None},
        {"金額": 250, "品名": "椅子", "購入日": "2026-05-01"},
    ],
    "写真": ["a", "b"],
}  # fmt: skip


def compute(source: str, values: dict[str, Any] | None = None) -> Result:
    """Parses, checks and evaluates, as the product does."""
    expression = formula.parse(source)
    formula.check(expression, TYPES)
    return formula.evaluate(expression, VALUES if values is None else values, now=NOW, types=TYPES)


def refusal(source: str) -> FormulaError:
    """The error of a formula that must not be accepted."""
    with pytest.raises(FormulaError) as caught:
        formula.check(formula.parse(source), TYPES)
    return caught.value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("単価 * 数量", 900), ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 2 - 3", 5), ("-2 ^ 2", 4), ("2 ^ 3 ^ 2", 64),
        ("4 ^ 1.5", 4), ("2 ^ -1", "0.5"), ("1 / 3", "0.3333"), ("2 / 3", "0.6667"), ("1 / 7", "0.1429"),
        ("-1 / 8", "-0.125"),
        ("0.1 + 0.2", "0.3"), (".5 * 2", 1), ("TRUE + 1", 2), ("同意 * 100", 100), ("SUM(1, 数量, 金額)", 354),
        ("SUM(金額)", 350),
        ("AVERAGE(金額)", 175), ("COUNT(金額)", 2), ("COUNT(明細)", 3), ("COUNT(用途)", 2), ("COUNT(写真)", 2),
        ("MAX(金額, 500)", 500),
        ("MIN(金額)", 100), ("ROUND(2.5, 0)", 3), ("ROUND(-2.5, 0)", -3), ("ROUND(1234, -2)", 1200),
        ("ROUNDUP(1.01, 1)", "1.1"),
        ("ROUNDDOWN(1.99, 0)", 1), ("ROUNDDOWN(-1.99, 0)", -1), ("IF(区分 = \"一般\", 単価, 0)", 300),
        ("if(数量 > 5, 1, 2)", 2),
        ("LEN(氏名)", 5), ("YEAR(生年月日)", 1990), ("MONTH(生年月日)", 11), ("DAY(受付)", 23),
    ],
)  # fmt: skip
def test_numbers(source: str, expected: Any) -> None:
    assert compute(source) == Result(Decimal(expected))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("TODAY() + 7", date(2026, 11, 30)), ("7 + TODAY()", date(2026, 11, 30)), ("生年月日 - 1", date(1990, 11, 23)),
        ("DATE(2026, 3, 31)", date(2026, 3, 31)), ("DATE(2026, 13, 1)", date(2027, 1, 1)),
        ("DATE(2024, 3, 0)", date(2024, 2, 29)),
        ("MAX(購入日)", date(2026, 5, 1)), ("MIN(購入日, 生年月日)", date(1990, 11, 24)), ("NOW()", NOW),
    ],
)  # fmt: skip
def test_dates_count_in_days(source: str, expected: date) -> None:
    assert compute(source) == Result(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("TODAY() - 生年月日", 13148), ("DAYS(TODAY(), 生年月日)", 13148), ("AGE(生年月日)", 35),
        ("AGE(生年月日, DATE(2026, 11, 24))", 36), ("AGE(DATE(2004, 2, 29), DATE(2026, 2, 28))", 21),
        ("AGE(DATE(2004, 2, 29), DATE(2026, 3, 1))", 22), ("NOW() - 受付", "0.375"),
        ('DATEDIF(DATE(2026,1,31), DATE(2026,3,1), "M")', 1), ('DATEDIF(DATE(2026,1,31), DATE(2026,3,1), "MD")', 1),
        ('DATEDIF(DATE(2025,5,10), DATE(2026,4,9), "Y")', 0), ('DATEDIF(DATE(2025,5,10), DATE(2026,4,9), "YM")', 10),
        ('DATEDIF(DATE(2025,5,10), DATE(2026,5,11), "YD")', 1), ('DATEDIF(生年月日, TODAY(), "d")', 13148),
    ],
)  # fmt: skip
def test_ages_and_differences(source: str, expected: Any) -> None:
    assert compute(source) == Result(Decimal(expected))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('氏名 & "様"', "𠮷田 花子様"), ("LEFT(氏名, 1)", "𠮷"), ("RIGHT(氏名, 2)", "花子"),
        ("MID(氏名, 2, 3)", "田 花"), ("LEFT(氏名, 99)", "𠮷田 花子"),
        ("RIGHT(氏名, 0)", None), ('1 + 2 & "個"', "3個"), ('"「""」"', "「\"」"), ("YEN(1234.5, 0)", "¥1,235"),
        ("YEN(-1234.5, 1)", "-¥1,234.5"),
        ("ERA(TODAY())", "令和8年11月23日"), ('ERA(TODAY(), "g.ee.MM.dd（E）")', "R.08.11.23（月）"),
        ('ERA(DATE(2019,5,1), "Ge年")', "令和元年"),
        ('DATE_FORMAT(生年月日, "YYYY年M月d日", "Etc/GMT")', "1990年11月24日"),
        ('DATE_FORMAT(受付, "YYYY/MM/dd HH:mm ZZ", "UTC")', "2026/11/22 15:30 +00:00"),
        ('DATE_FORMAT(受付, "a h:mm")', "午前 12:30"), ('DATE_FORMAT(時刻, "H時m分")', "9時5分"),
        ('DATE_FORMAT(0, "YYYY HH", "Asia/Tokyo")', "1970 09"),
        ("IFBLANK(メモ, \"なし\")", "なし"), ('IF(ISBLANK(メモ), "", メモ)', None), ("100 / 4 & \"\"", "25"),
        ("TODAY() & \"\"", "2026-11-23"),
    ],
)  # fmt: skip
def test_texts(source: str, expected: str | None) -> None:
    assert compute(source) == Result(expected)


@pytest.mark.parametrize(
    "source",
    [
        "数量 = 3", "数量 <> 4", "数量 != 4", "数量 >= 3", '区分 = "一般"', 'CONTAINS(用途, "年金")',
        'CONTAINS(品名, "椅子")', "AND(数量 > 1, 同意)",
        "OR(FALSE, 数量 = 3)", "NOT(数量 = 4)", '生年月日 < "平成2年11月25日"', '生年月日 = "1990-11-24"',
        "受付 = TODAY()", 'メモ = ""', "ISBLANK(メモ)",
        '"" = メモ', "ISBLANK(期限)", 'NOT(CONTAINS(用途, "年"))', "AND(TRUE, true, True)", 'NOT(期限 < TODAY())',
        "期限 <> TODAY()",
    ],
)  # fmt: skip
def test_conditions_that_hold(source: str) -> None:
    assert formula.truth(compute(source))


def test_a_blank_number_is_zero_and_a_blank_text_is_empty() -> None:
    assert compute("数量 + 1", {}) == Result(Decimal(1))
    assert compute("数量 = 0", {}) == Result(True)
    assert compute("数量 <= 単価", {}) == Result(True)
    assert compute('"<" & メモ & ">"', {}) == Result("<>")


def test_a_blank_date_makes_the_result_blank_instead_of_a_number() -> None:
    sums = ("期限 + 30", "期限 - TODAY()", "TODAY() - 期限", "期限 - 1", "IF(TRUE, 期限, 期限) + 1")
    for source in (*sums, "AGE(期限)", "ERA(期限)"):
        assert compute(source, {}) == Result(None)


def test_division_by_zero_is_blank_with_an_error_and_only_where_it_is_reached() -> None:
    result = compute("単価 / 数量", {"単価": 300})
    assert result.value is None
    assert result.error is not None and "0 で割る" in result.error
    assert not formula.truth(result)
    assert compute("IF(数量 = 0, 0, 単価 / 数量)", {"単価": 300}) == Result(Decimal(0))
    assert compute("AND(数量 > 0, 単価 / 数量 > 1)", {}) == Result(False)


@pytest.mark.parametrize(
    "source",
    [
        "10 ^ 29 * 10 ^ 29", "10 ^ 101", "0 ^ -1", "DATE(99999, 1, 1)", "TODAY() + 9999999", "LEFT(メモ, 0 - 1)",
        "MID(メモ, 0, 1)", "AGE(TODAY() + 1)",
        'DATEDIF(TODAY(), 生年月日, "D")', "9" * 40, 'DATE_FORMAT(10 ^ 20, "YYYY")', "TODAY() + 10 ^ 29",
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_blank_with_an_error(source: str) -> None:
    result = compute(source)
    assert result.value is None
    assert result.error is not None and result.error.endswith("。")


@pytest.mark.parametrize(
    ("source", "position", "words"),
    [
        ("", 0, "空です"), ("数量 == 3", 3, "「=」を1つだけ"), ("数量＝3", 2, "半角の「=」"),
        ("数量×2", 2, "半角の「*」"), ("１ + 1", 0, "全角の数字"),
        ("IF（数量,1,2)", 2, "半角の「(」"), ("単位 * 2", 0, "「単価」ではありませんか"),
        ("SUMM(1)", 0, "「SUM」ではありませんか"), ("TODAY", 0, "TODAY()"),
        ("(1 + 2", 0, "閉じていません"), ("1 + 2)", 5, "対応する「(」がない"), ("1 +", 3, "途中で終わって"),
        ("1 + * 2", 4, "「*」の前に値がありません"),
        ("数量 単価", 3, "演算子がありません"), ("1, 2", 1, "関数のかっこの中"), ('"abc', 0, "文字の終わり"),
        ("10%", 2, "小数で"), ("1 < 数量 < 5", 7, "AND"),
        ("数量 && 同意", 3, "AND("), ("'はい'", 0, "二重引用符"), ('区分 + "円"', 0, "& を使います"),
        ('数量 = "3"', 3, "比べられません"),
        ('用途 = "年金"', 0, "CONTAINS"), ('CONTAINS(区分, "一般")', 9, "1つだけ選ぶ"),
        ('CONTAINS(金額, "1")', 9, "表の数値の列"), ("明細", 0, "SUM や COUNT"),
        ("金額 * 2", 0, "SUM や COUNT"), ("IF(同意, 1)", 0, "足りません"), ("NOT(1, 2)", 0, "多すぎます"),
        ('IF(同意, 1, "a")', 10, "同じ種類"),
        ("生年月日 + 生年月日", 5, "日付どうしは足せません"), ("1 - 生年月日", 4, "日付は「-」"),
        ('DATEDIF(期限, 期限, "Q")', 16, "単位"),
        ('DATE_FORMAT(期限, "YYYY", "Mars/Base")', 24, "タイムゾーン"),
        ('期限 = "平成32年1月1日"', 5, "令和2年1月1日"), ("YEAR(メモ)", 5, "日付ですが、文字"),
        ("{数量}", 0, "「{」は計算式では使えません"),
    ],
)  # fmt: skip
def test_a_wrong_formula_is_refused_with_the_spot_and_the_remedy(source: str, position: int, words: str) -> None:
    error = refusal(source)
    assert words in error.message
    assert error.position == position


def test_full_width_signs_inside_a_text_are_fine() -> None:
    assert compute('"（１＋１＝２）"') == Result("（１＋１＝２）")


def test_a_formula_may_be_long_but_not_endless_and_not_nested_without_end() -> None:
    assert compute("+".join(["1"] * 5000)) == Result(Decimal(5000))
    assert "10,000文字" in refusal("1" * 10_001).message
    assert compute("(" * 90 + "1" + ")" * 90) == Result(Decimal(1))
    for deep in ("(" * 5000 + "1" + ")" * 4999, "-" * 9000 + "1", "NOT(" * 2400, "2^(1+" * 1900):
        assert "入れ子が深すぎます" in refusal(deep).message


def test_the_fields_a_formula_reads_are_known() -> None:
    expression = formula.parse('IF(区分 = "一般", SUM(金額), -数量) & 氏名')
    assert expression.references == {"区分", "金額", "数量", "氏名"}


def test_formulas_are_ordered_so_that_each_comes_after_what_it_reads() -> None:
    sources = {"合計": "小計 + 税", "税": "小計 * 0.1", "小計": "単価 * 数量"}
    formulas = {code: formula.parse(source) for code, source in sources.items()}
    assert formula.order(formulas) == ["小計", "税", "合計"]


def test_a_cycle_is_refused_with_its_names() -> None:
    with pytest.raises(FormulaError, match=r"甲 → 乙 → 甲|乙 → 甲 → 乙"):
        formula.order({"甲": formula.parse("乙 + 1"), "乙": formula.parse("甲 + 1")})
    with pytest.raises(FormulaError, match="甲 → 甲"):
        formula.order({"甲": formula.parse("甲 + 1")})


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("1", Kind.NUMBER), ('"a"', Kind.TEXT), ('""', Kind.TEXT), ("1 = 2", Kind.BOOL), ("期限 + 1", Kind.DATE),
        ("受付 + 1", Kind.DATETIME),
        ("期限 - 期限", Kind.NUMBER), ('IF(同意, 期限, "")', Kind.DATE), ("IF(同意, 1, TRUE)", Kind.NUMBER),
        ("MAX(購入日)", Kind.DATE),
    ],
)  # fmt: skip
def test_the_kind_of_result_is_known_before_it_is_computed(source: str, kind: Kind) -> None:
    assert formula.check(formula.parse(source), TYPES) is kind


def test_every_function_is_documented_by_a_usage_that_parses() -> None:
    asked_for = """SUM IF AND OR NOT ROUND ROUNDUP ROUNDDOWN YEN DATE_FORMAT CONTAINS TODAY NOW DATE YEAR MONTH
        DAY DATEDIF DAYS AGE COUNT AVERAGE MIN MAX LEFT MID RIGHT LEN ERA IFBLANK ISBLANK"""
    assert set(formula.FUNCTIONS) == set(asked_for.split())
    for name, function in formula.FUNCTIONS.items():
        usage = formula.parse(function.usage.replace(", …", ""))
        assert function.usage.startswith(f"{name}(")
        assert len(getattr(usage.root, "arguments")) >= function.required  # noqa: B009


def test_a_value_of_the_wrong_form_counts_as_blank() -> None:
    assert compute("数量 + 1", {"数量": "たくさん"}) == Result(Decimal(1))
    assert compute("期限 + 1", {"期限": "いつか"}) == Result(None)


def test_values_made_beforehand_keep_blank_dates_blank() -> None:
    values = {"期限": formula.from_plain("date", None), "購入日": (formula.from_plain("date", ""), date(2026, 4, 1))}
    assert formula.evaluate(formula.parse("期限 + 30"), values, now=NOW) == Result(None)
    assert formula.evaluate(formula.parse("COUNT(購入日, 期限)"), values, now=NOW) == Result(Decimal(1))
    assert formula.evaluate(formula.parse("期限 & 購入日"), values, now=NOW) == Result("、2026-04-01")


def test_values_may_also_be_given_without_types() -> None:
    values = {"a": (Decimal(1), None), "b": Decimal(2)}
    result = formula.evaluate(formula.parse("SUM(a) + b"), values, now=NOW)
    assert result == Result(Decimal(3))
