"""Answers as people type them: what is taken, what is refused, and what is said then."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from madoguchi.definition.checking import Ok, parse_answer
from madoguchi.definition.display import display
from madoguchi.definition.fields import AnyField
from madoguchi.definition.values import Value
from tests.cast import HANAKO, HANAKO_ADDRESS, TAKAHASHI, YOSHIDA
from tests.samples import FRONT, FixedWorld
from tests.strategies import definitions, raws, values_of

WORLD = FixedWorld()
ANY_FIELD: TypeAdapter[Any] = TypeAdapter(AnyField)


def field(type: str, **settings: Any) -> Any:
    """A field of that type."""
    if type in ("choice", "choices"):
        settings.setdefault(
            "options", ["本人", {"value": "household", "label": {"ja": "同じ世帯の人", "en": "Household"}}, "その他"]
        )
    if type == "consent":
        settings.setdefault("statement", "同意します")
    return ANY_FIELD.validate_python({"id": 1, "code": "x", "label": "項目", "type": type, **settings})


def taken(raw: Any, type: str, **settings: Any) -> Value:
    """The canonical value of ``raw``."""
    result = parse_answer(field(type, **settings), raw, WORLD)
    assert isinstance(result, Ok), result
    return result.value


def refused(raw: Any, type: str, **settings: Any) -> dict[str | None, str]:
    """What is said, by part."""
    result = parse_answer(field(type, **settings), raw, WORLD)
    assert not isinstance(result, Ok), result
    return {problem.part: str(problem.text) for problem in result}


@pytest.mark.parametrize("typed", ["家族みんな", "家族（かぞく）みんな", "世帯全員", "Whole household"])
def test_a_choice_with_furigana_is_understood_with_and_without_it(typed: str) -> None:
    label = {"ja": "世帯全員", "ja_easy": "家族《かぞく》みんな", "en": "Whole household"}
    assert taken(typed, "choice", options=[{"value": "all", "label": label}, "本人"]) == "all"


@pytest.mark.parametrize(
    ("type", "raw", "expected"),
    [
        ("text", "  窓口　 花子 \n", "窓口 花子"),
        ("text", "か\u3099", "が"),
        ("text", "a\x00b\ud800c", "abc"),
        ("textarea", "一行\r\n二行 ", "一行\n二行"),
        ("number", "３", "3"), ("number", "３通", "3"), ("number", "三通", "3"), ("number", " 1 0 ", "10"),
        ("number", "+5", "5"), ("number", 7, "7"), ("number", "05", "5"),
        ("money", "1,200円", 1200), ("money", "￥１，２００", 1200), ("money", "千二百円", 1200), ("money", 300, 300),
        ("choice", "本人", "本人"), ("choice", "同じ世帯の人", "household"), ("choice", "household", "household"),
        ("choice", "Household", "household"), ("choice", "2", "household"), ("choice", "②", "household"),
        ("choice", "３", "その他"), ("choice", " ２番 ", "household"),
        ("choices", ["その他", "本人"], ["本人", "その他"]), ("choices", "1、3", ["本人", "その他"]),
        ("choices", "本人, 同じ世帯の人", ["本人", "household"]), ("choices", "なし", None), ("choices", [""], None),
        ("consent", "はい", True), ("consent", "同意します。", True), ("consent", "OK", True), ("consent", "on", True),
        ("consent", True, True), ("consent", "いいえ", False), ("consent", False, False),
        ("date", "昭和60年4月1日", "1985-04-01"), ("date", "S60.4.1", "1985-04-01"),
        ("date", "１９８５/４/１", "1985-04-01"),
        ("date", "19850401", "1985-04-01"), ("date", "平成元年1月8日（日）", "1989-01-08"),
        ("date", {"era": "昭和", "year": "60", "month": "4", "day": "1"}, "1985-04-01"),
        ("date", {"year": "1985", "month": "4", "day": "1"}, "1985-04-01"),
        ("time", "9:30", "09:30"), ("time", "午後2時5分", "14:05"), ("time", "14時半", "14:30"),
        ("time", "９時", "09:00"),
        ("time", "0930", "09:30"), ("time", "2:05 PM", "14:05"), ("time", "午前12時", "00:00"),
        ("datetime", "2026-11-22T18:30", "2026-11-22T18:30:00+09:00"),
        ("datetime", "2026-11-22T09:30:00Z", "2026-11-22T18:30:00+09:00"),
        ("datetime", "令和8年11月22日午後6時半", "2026-11-22T18:30:00+09:00"),
        ("datetime", "2026/11/22 18:30", "2026-11-22T18:30:00+09:00"),
        ("datetime", {"date": "R8.11.22", "time": "18:30"}, "2026-11-22T18:30:00+09:00"),
        ("phone", "０９０−１２３４−５６７８", "090-1234-5678"), ("phone", "(047) 334 1111", "047-334-1111"),
        ("phone", "+81 90 1234 5678", "090-1234-5678"),
        ("email", " Ｈａｎａｋｏ＠example.jp ", "Hanako@example.jp"),
        ("location", {"latitude": 35.7, "longitude": 139.9, "title": "駅", "address": "市川市"},
         {"lat": 35.7, "lon": 139.9, "label": "駅 市川市"}),
        ("location", '{"lat": "35.7", "lon": "139.9"}', {"lat": 35.7, "lon": 139.9, "label": None}),
        ("location", "駅前の交差点", {"lat": None, "lon": None, "label": "駅前の交差点"}),
        ("photo", FRONT, [FRONT]), ("photo", [FRONT, FRONT], [FRONT]),
        ("text", "　 ", None), ("date", {"year": "", "month": "", "day": ""}, None), ("name", {"family": ""}, None),
    ],
)  # fmt: skip
def test_is_taken(type: str, raw: Any, expected: Value):
    settings = {"unit": "通"} if type == "number" else {}
    assert taken(raw, type, **settings) == expected


@pytest.mark.parametrize(
    ("type", "raw", "settings", "says"),
    [
        ("text", "", {"required": True, "example": "市川"}, "「項目」を入力してください。例：市川"),
        ("text", "あ" * 11, {"max_length": 10}, "11文字"),
        ("text", "あ", {"min_length": 2}, "2文字以上"),
        ("text", "abc", {"pattern": "[0-9]+", "example": "123"}, "例：123"),
        ("text", "abc", {"pattern": "[0-9]+", "pattern_error": "数字で書いてください"}, "数字で書いてください"),
        ("number", "たくさん", {}, "数字で入力"),
        ("number", "1.5", {}, "小数のない数"),
        ("number", "1.25", {"decimals": 1}, "小数第1位まで"),
        ("number", "11", {"max": 10, "unit": "通"}, "10通以下"),
        ("number", "0", {"min": 1, "unit": "通"}, "1通以上"),
        ("number", "NaN", {}, "数字で入力"), ("number", "1e9", {}, "数字で入力"),
        ("money", "-1", {}, "0円以上"),
        ("choice", "", {"required": True}, "選んでください"),
        ("choice", "だれか", {}, "「だれか」は選べません"),
        ("choice", "4", {}, "本人、同じ世帯の人、その他"), ("choice", "0", {}, "選べません"),
        ("choices", ["本人", "その他"], {"max_selected": 1}, "1つまで"),
        ("choices", ["本人"], {"min_selected": 2}, "2つ以上"),
        ("consent", "いいえ", {"required": True}, "同意が必要"), ("consent", None, {"required": True}, "同意が必要"),
        ("consent", "たぶん", {}, "「はい」か「いいえ」"),
        ("date", "2月30日", {}, "年・月・日を入力"), ("date", "2026-02-30", {}, "2月30日という日はありません"),
        ("date", "平成32年1月1日", {}, "令和2年1月1日"),
        ("date", "2026-11-24", {"latest": "TODAY()"}, "令和8年11月23日以前"),
        ("date", "1899-12-31", {"earliest": "1900-01-01"}, "明治33年1月1日以降"),
        ("time", "25:00", {}, "時刻として読み取れません"), ("time", "9:60", {}, "時刻として"),
        ("datetime", "きのう", {}, "日時として読み取れません"),
        ("datetime", "9999-12-31T23:59:59-12:00", {}, "日時として"),
        ("phone", "1234", {}, "市外局番"), ("email", "hanako@", {}, "hanako@example.jp"),
        ("email", "a@b..jp", {}, "hanako@example.jp"),
        ("photo", "写真です", {}, "写真を撮るか選んで"), ("file", "なし", {}, "ファイルを選んで"),
        ("photo", [FRONT, FRONT.replace("1", "3")], {}, "1枚"),
        ("photo", [], {"required": True}, "写真を送ってください"),
        ("location", {"lat": 51.5, "lon": 0.1}, {}, "日本の外"), ("location", {"lat": 35}, {}, "地図で示すか"),
        ("location", {"lat": "nan", "lon": "139"}, {}, "日本の外"),
        ("formula", "1", {"formula": "1"}, "自動で決まる"), ("heading", "1", {}, "自動で決まる"),
        ("lookup", "99", {"app": "roads", "key": "番号"}, "「99」は見つかりません"),
        ("address", "千葉県市川市八幡1-1-1", {}, "郵便番号から順に"),
    ],
)  # fmt: skip
def test_is_refused_with_the_reason(type: str, raw: Any, settings: dict[str, Any], says: str):
    assert says in "".join(refused(raw, type, **settings).values())


# --- names ---


@pytest.mark.parametrize(
    "name", [HANAKO, TAKAHASHI, YOSHIDA, {**HANAKO, "family": "葛\U000e0100城"}, {**HANAKO, "family": "神"}]
)
def test_names_are_kept_as_written(name: dict[str, str]):
    assert taken(name, "name") == name


@pytest.mark.parametrize("kana", [("いちかわ", "はなこ"), ("ｲﾁｶﾜ", "ﾊﾅｺ"), ("イチカワ", "ハナコ")])
def test_readings_become_full_width_katakana(kana: tuple[str, str]):
    assert taken({**HANAKO, "family_kana": kana[0], "given_kana": kana[1]}, "name") == HANAKO


def test_half_width_kana_in_a_name_is_widened_and_spaces_are_one():
    assert taken({"family": "ｽﾐｽ", "given": "ジョン　 ポール"}, "name", kana=False)["given"] == "ジョン ポール"


def test_a_name_may_come_as_one_text():
    assert taken("市川　花子", "name", kana=False)["given"] == "花子"
    assert taken("市川 花子 いちかわ はなこ", "name") == HANAKO


def test_each_part_of_a_name_has_at_most_20_characters_and_no_digits():
    problems = refused(
        {"family": "あ" * 21, "given": "花子2", "family_kana": "ア" * 21, "given_kana": "ハナコ"}, "name"
    )
    assert "20文字以内" in problems["family"]
    assert "「2」は氏名に使えません" in problems["given"]
    assert "20文字以内" in problems["family_kana"]


# --- addresses ---


def test_an_address_needs_only_postal_code_and_street_where_there_is_one_town():
    expected = {**HANAKO_ADDRESS, "building": None}
    assert taken({"postal_code": "〒272-0021", "street": "1丁目1番1号"}, "address") == expected


def test_the_town_must_be_chosen_where_the_code_has_several():
    raw = {"postal_code": "9998501", "street": "1"}
    assert "東窓口町、西窓口町" in refused(raw, "address")["town"]
    assert "東窓口町" in refused({**raw, "town": "南窓口町"}, "address")["town"]
    assert taken({**raw, "town": "西窓口町"}, "address")["town"] == "西窓口町"


def test_what_is_typed_behind_the_town_belongs_to_the_street():
    raw = {"postal_code": "2720021", "town": "八幡2丁目", "street": "3番"}
    assert taken(raw, "address")["street"] == "2丁目3番"


def test_an_address_elsewhere_is_refused_where_the_field_is_limited_to_one_city():
    says = refused({"postal_code": "100-0001", "street": "1"}, "address", city_code="12203")["postal_code"]
    assert "東京都千代田区" in says


def test_every_box_of_an_address_has_its_own_problem():
    assert set(refused({"postal_code": "123", "building": "あ" * 101}, "address")) == {
        "postal_code", "street", "building",
    }  # fmt: skip
    assert "見つかりません" in refused({"postal_code": "0000000", "street": "1"}, "address")["postal_code"]


# --- tables ---

TABLE = {
    "fields": [
        {"id": 2, "code": "品名", "label": "品名", "type": "text", "required": True},
        {"id": 3, "code": "数", "label": "数", "type": "number", "show_if": '品名 != "ほか"', "required": True},
    ],
    "max_rows": 2,
}


def test_blank_rows_of_a_table_are_left_out():
    rows = [{"品名": "いす", "数": "２"}, {"品名": "", "数": ""}]
    assert taken(rows, "table", **TABLE) == [{"品名": "いす", "数": "2"}]


def test_problems_in_a_table_point_at_the_cell():
    assert set(refused([{"品名": "いす", "数": "2"}, {"品名": "", "数": "x"}], "table", **TABLE)) == {"1.品名", "1.数"}


def test_a_hidden_cell_is_not_required():
    assert taken([{"品名": "ほか"}], "table", **TABLE) == [{"品名": "ほか"}]


def test_a_table_has_no_more_rows_than_it_may():
    assert "2件まで" in refused([{"品名": "ほか"}] * 3, "table", **TABLE)[None]


# --- in general ---


@given(st.data())
def test_a_canonical_value_is_taken_unchanged(data: st.DataObject):
    for one in data.draw(definitions(max_fields=2)).value_fields:
        if one.type != "formula":
            value = data.draw(values_of(one))
            assert parse_answer(one, value, WORLD) == Ok(value)


@given(st.data(), raws)
def test_whatever_is_taken_is_taken_again_unchanged(data: st.DataObject, raw: Any):
    for one in data.draw(definitions(max_fields=2)).fields:
        result = parse_answer(one, raw, WORLD)
        if isinstance(result, Ok):
            assert parse_answer(one, result.value, WORLD) == result


@pytest.mark.parametrize(
    ("type", "raw", "settings", "says"),
    [
        ("number", "11", {"max": 10, "unit": {"ja": "通", "en": "copy|copies"}}, "10 copies or less"),
        ("number", "0", {"min": 1, "unit": {"ja": "通", "en": "copy|copies"}}, "1 copy or more"),
        ("money", "-1", {}, "0 yen or more"),
        ("choice", "だれか", {}, "本人, Household, その他"),
        ("date", "2026-11-24", {"latest": "TODAY()"}, "2026-11-23 or earlier"),
    ],
)
def test_limits_and_options_are_told_in_english_too(type: str, raw: Any, settings: dict[str, Any], says: str):
    result = parse_answer(field(type, **settings), raw, WORLD)
    assert not isinstance(result, Ok)
    assert says in result[0].text.in_language("en")


@pytest.mark.parametrize("typed", ["1 copy", "1copies", "１通"])
def test_a_unit_may_be_typed_in_any_of_its_forms(typed: str):
    assert taken(typed, "number", unit={"ja": "通", "en": "copy|copies"}) == "1"


def test_one_copy_and_two_copies():
    number = field("number", unit={"ja": "通", "en": "copy|copies"})
    assert [display(number, n, language="en") for n in ("1", "2", "0")] == ["1 copy", "2 copies", "0 copies"]
    assert display(number, "1") == "1通"
