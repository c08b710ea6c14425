"""What an app lets a query say, with kintone's error codes."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi import query
from madoguchi.definition.app import AppDefinition
from madoguchi.query import QueryCheckError
from tests.queries import LEDGER, NAMES


def refused(source: str) -> QueryCheckError:
    with pytest.raises(QueryCheckError) as caught:
        query.check(query.parse(source), NAMES)
    return caught.value


def with_field(field: dict[str, Any]) -> dict[str, query.QueryField]:
    own = LEDGER.model_dump(by_alias=True)
    own["fields"] = [*own["fields"], {**field, "id": 900}]
    return query.fields_of(AppDefinition.model_validate(own))


@pytest.mark.parametrize(
    "source",
    [
        '氏名 like "市川"', '氏名 = "市川花子"', '氏名_セイ like "イチ"',
        '住所_市区町村 in ("市川市")', "場所_緯度 > 35.5",
        '$id > 0', 'レコード番号 = "APP-12"', 'ステータス = "受付"',
        'ステータス in ("new", "完了", "Received")',
        '作業者 in (LOGINUSER(), "")', '作成者 not in ("sato")', '更新日時 >= "2026-11-23T00:00:00+0900"',
        "作成日時 = TODAY()", '受付番号 like "JS-"', '経路 in ("LINE", "窓口")', '種類 in ("穴", "crack", "")',
        '同意 in ("同意する")', '同意 not in ("")', "日 >= FROM_TODAY(-3, MONTHS)", "日 = THIS_MONTH(LAST)",
        "日 = LAST_WEEK(MONDAY)", '日 = "令和8年11月23日"', '時刻 < "9:30"', '日時 = ""', "金額 in (1, \"2\")",
        '本文 is empty', '資料 is not empty', '資料 like "見積"', '課 in (PRIMARY_ORGANIZATION())', '班 in ("saigai")',
        '品名 like "タイヤ"', '数量 > 3', '色 in ("赤")', '届け先_姓 in ("市川")', "日時 <= NOW()",
    ],
)  # fmt: skip
def test_what_fits_is_taken(source: str) -> None:
    query.check(query.parse(source), NAMES)


@pytest.mark.parametrize(
    ("source", "code", "text"),
    [
        ("件数 = 1", "GAIA_IQ11", "指定されたフィールド（件数）が見つかりません。"),
        ("order by 件数", "GAIA_IQ11", "指定されたフィールド（件数）が見つかりません。"),
        ('関連.氏名 = "x"', "GAIA_IR02", "関連レコード"),
        ("見出し = 1", "GAIA_IQ11", "見つかりません"), ("明細 = 1", "GAIA_IQ11", "見つかりません"),
        ('関係 = "本人"', "GAIA_IQ03", "関係フィールドのフィールドタイプには演算子=を使用できません。"),
        ('本文 = "x"', "GAIA_IQ03", "演算子=を使用できません。"), ('件名 > "x"', "GAIA_IQ03", "演算子>"),
        ('数 like "1"', "GAIA_IQ03", "演算子like"), ("件名 is empty", "GAIA_IQ03", "演算子is empty"),
        ("日 in (TODAY())", "GAIA_IQ03", "演算子in"), ('作成者 = "sato"', "GAIA_IQ03", "演算子="),
        ("order by 本文", "GAIA_IQ03", "並べ替えられません"), ("order by 品名", "GAIA_IQ03", "並べ替えられません"),
        ('品名 = "x"', "GAIA_IQ07", "in を使ってください"), ("数量 != 1", "GAIA_IQ07", "not in を使ってください"),
        ('納期 = "2026-11-23"', "GAIA_IQ07", ">= と <= を使ってください"),
        ('関係 in ("他人")', "GAIA_IQ10", "「他人」は「関係」の選択肢にありません。"),
        ('ステータス = "承認"', "GAIA_IQ10", "選べるのは 受付、"), ('経路 in ("電話")', "GAIA_IQ10", "LINE"),
        ("日 = THIS_MONTH(32)", "GAIA_IQ23", "1から31"), ("日 = LAST_MONTH(0)", "GAIA_IQ23", "1から31"),
        ("日 = NEXT_MONTH(FIRST)", "GAIA_IQ23", "1から31"), ("日 = FROM_TODAY(1, HOURS)", "GAIA_IQ25", "「DAYS」"),
        ("日 = FROM_TODAY(1)", "GAIA_IL08", "クエリの指定が不正です。"), ("日 = TODAY(1)", "GAIA_IL08", "0 個"),
        ("日 = THIS_YEAR(1)", "GAIA_IL08", "0 個"), ("日 = FROM_TODAY(1.5, DAYS)", "CB_VA01", "整数"),
        ("日 = THIS_WEEK(FUNDAY)", "CB_VA01", "SUNDAY"), ("日 = TODAYY()", "CB_VA01", "「TODAY」ではありませんか。"),
        ("日 = NOW()", "CB_VA01", "使えません"), ("件名 = LOGINUSER()", "CB_VA01", "使えません"),
        ("件名 like TODAY()", "CB_VA01", "使えません"), ('数 = "1,000"', "CB_VA01", "数字でなければなりません"),
        ('日 = "2026-02-30"', "CB_VA01", "\"2026-11-23\" のように"), ('時刻 = "25:00"', "CB_VA01", "\"09:30\""),
        ('日時 = "きょう"', "CB_VA01", "日時は"), ('数 > ""', "CB_VA01", "空の値とは"),
        ("limit 501", "GAIA_QU01", "limit には 500 以下の値を指定してください。"),
        ("offset 10001", "GAIA_QU02", "offset には 10,000 以下の値を指定してください。"),
    ],
    ids=lambda given: given if isinstance(given, str) and len(given) < 30 else None,
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_code_of_kintone(source: str, code: str, text: str) -> None:
    error = refused(source)
    assert error.code == code
    assert text in error.message_ja
    assert error.message_en


def test_an_unknown_option_is_noticed_before_a_wrong_operator() -> None:
    assert refused('関係 = "他人"').code == "GAIA_IQ10"


def test_a_misspelt_field_is_recognised() -> None:
    error = refused("件名名 = 1")
    assert "「件名」ではありませんか。" in error.message_ja


def test_the_largest_allowed_page_is_allowed() -> None:
    query.check(query.parse("limit 500 offset 10000"), NAMES)


def test_the_place_of_the_mistake_is_said() -> None:
    assert refused('件名 = "x" and 数 like "1"').position == 13
    assert refused('関係 in ("本人", "他人")').position == 13


def test_a_condition_alone_can_be_checked() -> None:
    query.check(None, NAMES)
    with pytest.raises(QueryCheckError):
        query.check(query.parse("x = 1").condition, NAMES)


def test_a_field_of_the_app_comes_before_the_word_of_the_system() -> None:
    fields = with_field({"type": "textarea", "code": "ステータス", "label": "状態"})
    assert fields["ステータス"].kind == "MULTI_LINE_TEXT"
    assert fields["$id"].kind == "ID"


def test_options_with_the_same_label_are_both_meant() -> None:
    options = [{"value": "a", "label": "その他"}, {"value": "b", "label": "その他"}]
    fields = with_field({"type": "choice", "code": "理由", "label": "理由", "options": options})
    assert fields["理由"].options["その他"] == ("a", "b")


def test_kinds_are_named_as_in_kintone() -> None:
    wanted = {
        "関係": "RADIO_BUTTON", "種類": "DROP_DOWN", "印刷物": "CHECK_BOX", "計": "CALC", "題": "SINGLE_LINE_TEXT",
        "リンク": "LINK", "説明": "RICH_TEXT", "担当": "USER_SELECT", "課": "ORGANIZATION_SELECT", "班": "GROUP_SELECT",
    }  # fmt: skip
    assert {code: NAMES[code].kind for code in wanted} == wanted
