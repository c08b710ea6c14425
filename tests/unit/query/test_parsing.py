"""How a query is read: kintone's grammar and its traps."""

from __future__ import annotations

import pytest

from madoguchi import query
from madoguchi.query import And, Call, Number, Or, OrderBy, Predicate, Query, QuerySyntaxError, Word

A, B, C = (Predicate(code, "=", (Number("1"),)) for code in "abc")


def refused(source: str, *, options: bool = True) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        query.parse(source, options=options)
    return caught.value


def value(source: str) -> object:
    found = query.parse(source).condition
    assert isinstance(found, Predicate)
    return found.values[0]


def test_and_binds_more_tightly_than_or() -> None:
    assert query.parse("a = 1 or b = 1 and c = 1").condition == Or((A, And((B, C))))
    assert query.parse("a = 1 and b = 1 or c = 1").condition == Or((And((A, B)), C))


def test_parentheses_come_first() -> None:
    assert query.parse("(a = 1 or b = 1) and c = 1").condition == And((Or((A, B)), C))


def test_a_condition_wrapped_by_a_client_reads_like_one_that_is_not() -> None:
    assert query.parse("(a = 1 and b = 1) and $id > 5") == query.parse("a = 1 and b = 1 and $id > 5")
    assert query.parse("((a = 1))") == query.parse("a=1")


@pytest.mark.parametrize(
    "source",
    ["order by num asc limit 500 offset 0", "$id > 0 order by $id asc limit 500", "(num > 0) and $id > 0 limit 500",
     "limit 5", "offset 5", "order by a", "a = 1 offset 3", ""],
)  # fmt: skip
def test_clients_send_options_with_and_without_a_condition(source: str) -> None:
    query.parse(source)


def test_options_are_read() -> None:
    assert query.parse("order by a desc, b, $id asc limit 10 offset 20") == Query(
        None, (OrderBy("a", True), OrderBy("b"), OrderBy("$id")), 10, 20
    )


def test_options_have_one_order() -> None:
    assert "この順で" in refused("limit 10 order by a").message_ja
    assert "この順で" in refused("offset 10 limit 5").message_ja


def test_a_filter_condition_has_no_options() -> None:
    assert query.parse("a = 1", options=False).condition == A
    for source in ("a = 1 order by a", "limit 5", "a = 1 limit 5 offset 1"):
        assert "条件だけ" in refused(source, options=False).message_ja


def test_keywords_may_be_written_in_capitals() -> None:
    assert query.parse("a = 1 AND b NOT LIKE \"x\" OR c IS NOT EMPTY ORDER BY a DESC LIMIT 1 OFFSET 2") == query.parse(
        "a = 1 and b not like \"x\" or c is not empty order by a desc limit 1 offset 2"
    )


def test_functions_may_be_written_in_small_letters() -> None:
    assert value("d = from_today(5, days)") == Call("FROM_TODAY", ("5", "DAYS"))


def test_fields_may_be_called_like_keywords() -> None:
    found = query.parse("limit = 3 and order in (1) and not in (2) and offset is empty order by desc desc, asc limit 4")
    assert query.references(found) == {"limit", "order", "not", "offset", "desc", "asc"}
    assert found.limit == 4


def test_any_white_space_stands_between_words_even_the_full_width_space() -> None:
    assert query.parse("\u3000a\u3000=\t1\n and\r\nb=1 ") == query.parse("a=1 and b=1")


def test_field_codes_are_japanese_too_and_may_lie_in_related_records() -> None:
    codes = ["氏名", "フリガナ_セイ", "住所・番地", "Ａ１", "関連.氏名", "関連.$id", "$id", "電話＿携帯"]
    for code in codes:
        assert query.references(query.parse(f"{code} = 1")) == {code}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r'"a\"b"', 'a"b'), (r'"a\\b"', "a\\b"), (r'"\t\n"', "\t\n"), (r'"\\t"', "\\t"),
        ('"\u3000a"', "\u3000a"), ('""', ""),
    ],
    ids=["quote", "backslash", "tab and line break", "escaped backslash", "full-width space", "nothing"],
)  # fmt: skip
def test_escapes_in_texts_are_resolved(written: str, read: str) -> None:
    assert value(f"a = {written}") == Word(read)


@pytest.mark.parametrize("character", ["\t", "\n", "\r"], ids=["tab", "line feed", "carriage return"])
def test_a_raw_tab_or_line_break_in_a_text_is_an_error(character: str) -> None:
    error = refused(f'a = "x{character}y"')
    assert error.position == 6
    assert "改行やタブ" in error.message_ja


def test_numbers_may_stand_without_quotes() -> None:
    assert [value(f"a > {n}") for n in ("-5", "1.50", "1e21")] == [Number("-5"), Number("1.50"), Number("1e21")]


def test_a_list_may_mix_texts_numbers_and_functions() -> None:
    (found,) = (query.parse('a not in ("x", 1, LOGINUSER(), "")').condition,)
    assert found == Predicate("a", "not in", (Word("x"), Number("1"), Call("LOGINUSER"), Word("")))


@pytest.mark.parametrize(
    ("source", "position", "hint"),
    [
        ("a = 'x'", 4, "一重引用符"), ("a = x", 4, "\"x\""), ('a = "x', 4, "終わりの"), ("a in ()", 6, "値を"),
        ("a in \"x\"", 5, "かっこ"), ("(a = 1", 0, "閉じて"), ("a = 1)", 5, "対応する「(」"), ("a == 1", 2, "1つだけ"),
        ("a <> 1", 2, "!="), ("a = 1 b = 2", 6, "and か or"), ("a", 1, "演算子"), ("a ＝ 1", 2, "全角"),
        ("a = １", 4, "全角の数字"), ("limit -1", 6, "0以上"), ("limit 1.5", 6, "0以上"), ("a is null", 5, "empty"),
        ("$x = 1", 0, "$id"), ("order by", 8, "フィールドコード"), ('"a" = 1', 0, "フィールドコード"),
        (r'a = "\d"', 5, "\\\\"), ("`a` = 1", 0, "そのまま"), ("a && b", 2, "and"), ("a in (1,)", 8, "値を"),
        ("a = 1 and", 9, "フィールドコード"), ("a = \"\x00\"", 5, "制御文字"), ("a = \"\ud800\"", 5, "制御文字"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_remedy(source: str, position: int, hint: str) -> None:
    error = refused(source)
    assert error.position == position
    assert error.message_ja.startswith("クエリ記法が間違っています。")
    assert hint in error.message_ja
    assert error.code == "CB_VA01"


def test_six_hundred_values_are_read() -> None:
    source = f"key in ({', '.join(f'{chr(34)}k{n}{chr(34)}' for n in range(600))})"
    found = query.parse(source).condition
    assert isinstance(found, Predicate) and len(found.values) == 600


def test_a_query_without_end_or_without_bottom_is_refused() -> None:
    assert "長すぎます" in refused("a" * 300_001).message_ja
    assert "深すぎます" in refused("(" * 101 + "a = 1" + ")" * 101).message_ja
    query.parse("(" * 99 + "a = 1" + ")" * 99)


def test_texts_are_read_in_the_form_in_which_texts_are_stored() -> None:
    assert value('a = "か\u3099"') == Word("が")


def test_the_canonical_text_puts_parentheses_only_where_they_matter() -> None:
    assert query.unparse(query.parse("((a=1) and (b=1 or c=1)) or (a=1)")) == "a = 1 and (b = 1 or c = 1) or a = 1"
    assert query.unparse(query.parse('a IN ("x\\"", 2) ORDER BY b')) == 'a in ("x\\"", 2) order by b asc'
