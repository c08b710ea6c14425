"""What queries find among real records: kintone's meanings and their traps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from madoguchi import query
from madoguchi.accounts.models import Membership, Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import table_name
from madoguchi.records.actor import staff_actor
from madoguchi.records.models import StoredFile
from madoguchi.records.query_facts import holds
from madoguchi.records.query_sql import condition_sql, order_sql
from madoguchi.records.read import get_record
from madoguchi.records.write import assign_record, create_record
from tests.publishing import publish
from tests.queries import FILES, LEDGER, NOW, TOKYO

pytestmark = pytest.mark.django_db
Find = Callable[..., list[str]]


@pytest.fixture
def app(staff: Mapping[str, Staff]) -> AppRevision:
    return publish(LEDGER)


@pytest.fixture
def add(app: AppRevision, staff: Mapping[str, Staff]) -> Callable[..., int]:
    """Adds a record called ``title``."""

    def add(title: str, *, by: str = "sato", at: datetime | None = None, **values: Any) -> int:
        """Rows of the table are given as ``明細``."""
        actor = staff_actor(staff[by])
        found = create_record(app=app, values={"件名": title, **values}, actor=actor).record_id
        if at:
            _run(sql.SQL("UPDATE {} SET created_at = {} WHERE id = {}").format(
                sql.Identifier(table_name(app.app_id)), sql.Literal(at), sql.Literal(found)
            ))  # fmt: skip
        return found

    return add


@pytest.fixture
def find(app: AppRevision, staff: Mapping[str, Staff]) -> Find:
    """The titles of the records that a query finds, as SQL and as ``holds`` agree."""

    def find(source: str, *, who: str | None = "sato", now: datetime = NOW) -> list[str]:
        tree = query.parse(source)
        where = condition_sql(tree.condition, app, staff=staff[who] if who else None, now=now)
        columns = sql.SQL("SELECT id, f2 FROM {} WHERE {} ORDER BY {}")
        table = sql.Identifier(table_name(app.app_id))
        rows = _run(columns.format(table, where, order_sql(tree.order_by, app)))
        for record_id, _ in _run(columns.format(table, sql.SQL("TRUE"), sql.SQL("id"))):
            held = holds(tree.condition, get_record(app, record_id), staff=staff[who] if who else None, now=now)
            assert held == (record_id in [row[0] for row in rows])
        return [title for _, title in rows]

    return find


def _run(statement: sql.Composed) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def test_without_order_the_newest_comes_first(add: Callable[..., int], find: Find) -> None:
    for title in "abc":
        add(title)
    assert find("") == ["c", "b", "a"]
    assert find("order by 件名") == ["a", "b", "c"]
    assert find("order by $id asc") == ["a", "b", "c"]


def test_a_page_after_an_id_is_found(add: Callable[..., int], find: Find) -> None:
    first, _, _ = (add(title) for title in "abc")
    assert find(f'(件名 != "x") and $id > {first} order by $id asc limit 500') == ["b", "c"]
    assert find(f'レコード番号 in ("LEDGER-{first}")') == ["a"]


def test_like_finds_any_part_of_a_word_and_a_single_kanji(add: Callable[..., int], find: Find) -> None:
    add("gamma keyword")
    add("市川市役所")
    assert find('件名 like "key"') == ["gamma keyword"]
    assert find('件名 like "川"') == ["市川市役所"]
    assert find('件名 not like "川"') == ["gamma keyword"]


@pytest.mark.parametrize("keyword", ["やまだ", "ヤマダ", "ﾔﾏﾀﾞ"], ids=["hiragana", "katakana", "half width"])
def test_like_takes_kana_of_any_kind(add: Callable[..., int], find: Find, keyword: str) -> None:
    for title in ("やまだ商店", "ヤマダ電機", "ﾔﾏﾀﾞ工業"):
        add(title)
    assert len(find(f'件名 like "{keyword}"')) == 3


@pytest.mark.parametrize("keyword", ["abc", "ABC", "ａｂｃ", "ＡＢＣ"])
def test_like_takes_letters_of_any_case_and_width(add: Callable[..., int], find: Find, keyword: str) -> None:
    for title in ("ABC社", "abc社", "ＡＢＣ社", "ａｂｃ社"):
        add(title)
    assert len(find(f'件名 like "{keyword}"')) == 4


def test_signs_that_mean_something_in_sql_mean_nothing_in_like(add: Callable[..., int], find: Find) -> None:
    for title in ("100%", "100円", "a_b", "axb", "a\\b"):
        add(title)
    assert find('件名 like "0%"') == ["100%"]
    assert find('件名 like "a_b"') == ["a_b"]
    assert find('件名 like "\\\\"') == ["a\\b"]


def test_nobody_writes_sql(add: Callable[..., int], find: Find) -> None:
    add("x'; DROP TABLE app_1; --")
    assert find("件名 = \"x'; DROP TABLE app_1; --\"") == ["x'; DROP TABLE app_1; --"]
    assert find("件名 like \"' OR 1=1 --\"") == []


def test_blank_texts_are_found_by_nothing_in_quotes(add: Callable[..., int], find: Find) -> None:
    add("with", リンク="https://example.jp/")
    add("without")
    assert find('リンク = ""') == ["without"]
    assert find('リンク != ""') == ["with"]
    assert find('リンク in ("", "https://example.jp/")') == ["without", "with"]
    assert find('リンク != "x"') == ["without", "with"]
    assert find('リンク not like "example"') == ["without"]


def test_only_white_space_counts_as_empty(add: Callable[..., int], find: Find, app: AppRevision) -> None:
    add("blank")
    spaces = add("spaces")
    add("text", 本文="あり")
    _run(sql.SQL("UPDATE {} SET f3 = {} WHERE id = {}").format(
        sql.Identifier(table_name(app.app_id)), sql.Literal(" \u3000\n\t"), sql.Literal(spaces)
    ))  # fmt: skip
    assert find("本文 is empty") == ["spaces", "blank"]
    assert find("本文 is not empty") == ["text"]


def test_tags_of_rich_text_are_not_text(app: AppRevision) -> None:
    _run(sql.SQL("INSERT INTO {} (app_revision_id, channel, f5) VALUES (1, 'web', {}), (1, 'web', '<p> </p>')").format(
        sql.Identifier(table_name(app.app_id)), sql.Literal("<p><strong>福祉</strong>課 &amp; 市民課</p>"),
    ))  # fmt: skip

    def count(source: str) -> int:
        where = condition_sql(query.parse(source).condition, app, staff=None, now=NOW)
        return len(_run(sql.SQL("SELECT id FROM {} WHERE {}").format(sql.Identifier(table_name(app.app_id)), where)))

    assert count('説明 like "福祉課 & 市"') == 1
    assert count('説明 like "strong"') == 0
    assert count("説明 is empty") == 1


def test_a_blank_number_is_neither_larger_nor_smaller(add: Callable[..., int], find: Find) -> None:
    add("blank")
    add("zero", 金額=0)
    add("ten", 金額=10)
    assert find("金額 >= 0") == ["ten", "zero"]
    assert find("金額 < 1") == ["zero"]
    assert find('金額 = ""') == ["blank"]
    assert find("金額 != 10") == ["zero", "blank"]
    assert find('金額 not in ("", "0")') == ["ten"]
    assert find("金額 = 10.0") == ["ten"]
    assert find("金額 < 10.5 and 金額 > 0.5") == ["ten"]


@pytest.mark.parametrize("number", ["1e999999999", "9" * 5000, "1e-999999999", "99999999999999999999"], ids=len)
def test_no_number_is_too_large_for_the_database(add: Callable[..., int], find: Find, number: str) -> None:
    add("ten", 金額=10, 数="1.5", 場所={"lat": 35.5, "lon": 139.5, "label": "駅"})
    for code in ("金額", "数", "場所_緯度", "$id", "レコード番号", "計"):
        find(f"{code} = {number}")
        assert bool(find(f"{code} > {number}")) != bool(find(f"{code} < {number}"))


def test_choices_are_found_by_value_and_by_label(add: Callable[..., int], find: Find) -> None:
    add("hole", 種類="hole", 印刷物=["本人", "100%"], 同意=True)
    add("none")
    assert find('種類 in ("穴")') == find('種類 in ("hole")') == find('種類 in ("Pothole")') == ["hole"]
    assert find('印刷物 in ("本人", "家族")') == ["hole"]
    assert find('印刷物 not in ("本人")') == ["none"]
    assert find('種類 in ("")') == find('印刷物 in ("")') == find('同意 in ("")') == ["none"]
    assert find('同意 in ("同意する")') == ["hole"]


def test_the_state_is_found_by_its_name(add: Callable[..., int], find: Find) -> None:
    add("a")
    assert find('ステータス = "受付"') == find('ステータス in ("new")') == ["a"]
    assert find('ステータス != "受付"') == find('ステータス in ("完了")') == []


def test_the_channel_is_found_by_its_name(add: Callable[..., int], find: Find) -> None:
    add("a")
    assert find('経路 in ("窓口")') == ["a"]
    assert find('経路 in ("LINE", "Web")') == []


def test_people_are_found_by_code_and_as_oneself(
    add: Callable[..., int], find: Find, app: AppRevision, staff: Mapping[str, Staff]
) -> None:
    mine = add("mine", by="sato", 担当=["suzuki"])
    add("theirs", by="suzuki", 担当=["sato", "ito"])
    clerk = staff_actor(staff["sato"])
    assign_record(app=app, record_id=mine, staff_id=staff["ito"].pk, expected_revision=None, actor=clerk)
    assert find("作成者 in (LOGINUSER())") == find('作成者 in ("sato", "nobody")') == ["mine"]
    assert find("作成者 not in (LOGINUSER())", who="suzuki") == ["mine"]
    assert find("担当 in (LOGINUSER())") == ["theirs"]
    assert find("作業者 in (LOGINUSER())", who="ito") == ["mine"]
    assert find('作業者 in ("")') == ["theirs"]
    assert find("作成者 in (LOGINUSER())", who=None) == []


def test_the_main_department_is_the_one_joined_first(
    add: Callable[..., int], find: Find, staff: Mapping[str, Staff]
) -> None:
    other = Membership.objects.get(staff=staff["tanaka"]).department
    Membership.objects.create(staff=staff["sato"], department=other, role="accounting")
    add("ours", 課=["shimin"])
    add("theirs", 課=["kaikei"])
    assert find("課 in (PRIMARY_ORGANIZATION())") == ["ours"]
    assert find("課 in (PRIMARY_ORGANIZATION())", who="tanaka") == ["theirs"]


def test_files_are_found_by_name(add: Callable[..., int], find: Find, app: AppRevision) -> None:
    for file_id, name in FILES.items():
        StoredFile.objects.create(id=file_id, app_id=app.app_id, field_id=1, original_name=name, size=1)
    add("with", 資料=[next(iter(FILES))])
    add("without")
    assert find('資料 like "見積"') == ["with"]
    assert find('資料 not like "見積"') == ["without"]
    assert find("資料 is empty") == ["without"]


def test_names_and_addresses_are_found_whole_and_by_part(add: Callable[..., int], find: Find) -> None:
    name = {"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"}
    address = {"postal_code": "2720021", "prefecture": "千葉県", "city": "市川市", "town": "八幡", "street": "1-1"}
    add("hanako", 氏名=name, 住所=address)
    for condition in (
        '氏名 = "市川花子"', '氏名 = "市川　花子"', '氏名 like "川 花"', '氏名_姓 = "市川"', '氏名_メイ like "はな"',
        '住所 like "市川市八幡"', '住所_郵便番号 = "2720021"', '住所_建物名 = ""',
    ):  # fmt: skip
        assert find(condition) == ["hanako"], condition
    assert find('氏名 = "市川"') == []


# --- time ---


def test_today_is_a_day_in_the_city(add: Callable[..., int], find: Find) -> None:
    add("new year's eve", at=datetime(2026, 12, 31, 23, 59, tzinfo=TOKYO))
    add("new year", at=datetime(2027, 1, 1, 0, 0, tzinfo=TOKYO))
    now = datetime(2027, 1, 1, 8, 0, tzinfo=TOKYO)  # still the old year in UTC
    assert find("作成日時 = TODAY()", now=now) == ["new year"]
    assert find("作成日時 < TODAY()", now=now) == find("作成日時 = LAST_YEAR()", now=now) == ["new year's eve"]
    assert find("作成日時 = YESTERDAY()", now=now) == find("作成日時 <= YESTERDAY()", now=now) == ["new year's eve"]


def test_a_moment_is_its_minute(add: Callable[..., int], find: Find) -> None:
    add("a", at=NOW + timedelta(seconds=30))
    for same in ("2026-11-23T01:00:00Z", "2026-11-23T10:00+09:00", "2026-11-23T10:00:00+0900", "2026-11-23T10:00"):
        assert find(f'作成日時 = "{same}"') == find(f'作成日時 <= "{same}"') == ["a"]
        assert find(f'作成日時 > "{same}"') == find(f'作成日時 < "{same}"') == []
    assert find("作成日時 > NOW()") == ["a"]
    assert find('作成日時 = "2026-11-23"') == ["a"]


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        ("日 = TODAY()", "23"), ("日 > YESTERDAY() and 日 < TOMORROW()", "23"), ("日 = FROM_TODAY(-2, DAYS)", "21"),
        ("日 = FROM_TODAY(-1, WEEKS)", "16"), ("日 = THIS_WEEK()", "22 23 24 28"), ("日 = THIS_WEEK(SUNDAY)", "22"),
        ("日 = LAST_WEEK()", "16 21"), ("日 > THIS_WEEK()", "30"), ("日 <= LAST_WEEK(SATURDAY)", "01 16 21"),
        ("日 = THIS_MONTH(1)", "01"), ("日 = THIS_MONTH(LAST)", "30"), ("日 = NEXT_WEEK()", "30"),
        ("日 >= THIS_MONTH() and 日 != THIS_WEEK()", "01 16 21 30"), ("日 = NEXT_MONTH()", ""),
        ('日 = "令和8年11月1日"', "01"), ("日 = THIS_YEAR()", "01 16 21 22 23 24 28 30"), ("日 = LAST_YEAR()", ""),
    ],
)  # fmt: skip
def test_days_are_counted_from_today(add: Callable[..., int], find: Find, condition: str, days: str) -> None:
    for day in ("01", "16", "21", "22", "23", "24", "28", "30"):
        add(day, 日=f"2026-11-{day}")
    add("no day")
    assert find(f"{condition} order by 日") == days.split()


def test_a_day_the_month_does_not_have_is_the_first_of_the_next(add: Callable[..., int], find: Find) -> None:
    add("first", 日="2026-12-01")
    assert find("日 = THIS_MONTH(31)") == ["first"]


# --- tables ---


def test_some_row_must_be_so_or_every_row_not(add: Callable[..., int], find: Find) -> None:
    add("both", 明細=[{"品名": "りんご"}, {"品名": "みかん"}])
    add("one", 明細=[{"品名": "みかん"}])
    add("none")
    assert find('品名 in ("りんご")') == ["both"]
    assert find('品名 not in ("りんご")') == ["one"]
    assert find('品名 like "かん"') == ["one", "both"]
    assert find('品名 not like "りん"') == ["one"]


def test_what_is_joined_by_and_must_be_so_in_the_same_row(add: Callable[..., int], find: Find) -> None:
    add("crossed", 明細=[{"品名": "りんご", "数量": "1"}, {"品名": "みかん", "数量": "5"}])
    add("straight", 明細=[{"品名": "りんご", "数量": "5"}])
    assert find('品名 in ("りんご") and 数量 > 3') == ["straight"]
    assert find('(品名 in ("りんご")) and 件名 != "" and (数量 > 3)') == ["straight"]
    assert find('品名 in ("りんご") and (数量 > 3 or 数量 < 0)') == ["straight"]
    assert find('品名 in ("りんご") or 数量 > 3') == ["straight", "crossed"]


def test_every_kind_of_field_may_lie_in_a_table(add: Callable[..., int], find: Find) -> None:
    row = {
        "品名": "x", "備考": "長い文", "数量": "2", "単価": 100, "色": "赤", "印": ["大"], "確認": True,
        "納期": "2026-11-23", "受取": "09:30", "到着": "2026-11-23T10:00:00+09:00",
        "届け先": {"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"},
    }  # fmt: skip
    add("a", 明細=[row])
    for condition in (
        '備考 like "長"', "数量 >= 2", "単価 in (100)", '色 in ("赤")', '印 in ("大")', '印 not in ("小")',
        '確認 in ("同意する")', "納期 >= TODAY()", "納期 < TOMORROW()", '受取 <= "09:30"', "到着 > YESTERDAY()",
        "到着 <= NOW()", '届け先 in ("市川 花子")', '届け先_セイ like "いち"', "備考 is not empty",
    ):  # fmt: skip
        assert find(condition) == ["a"], condition


def test_rows_older_than_a_fields_type_do_no_harm(app: AppRevision) -> None:
    _run(sql.SQL("INSERT INTO {} (app_revision_id, channel, f35) VALUES (1, 'web', {}::jsonb)").format(
        sql.Identifier(table_name(app.app_id)),
        sql.Literal('[{"数量": "たくさん", "納期": "近日", "印": "大", "受取": 5, "到着": {}, "届け先": "x"}]'),
    ))  # fmt: skip
    for condition in (
        "数量 > 0", "納期 >= TODAY()", '印 in ("大")', '受取 > "09:30"', "到着 < NOW()", '届け先_姓 like "x"',
    ):  # fmt: skip
        where = condition_sql(query.parse(condition).condition, app, staff=None, now=NOW)
        _run(sql.SQL("SELECT id, f2 FROM {} WHERE {}").format(sql.Identifier(table_name(app.app_id)), where))


# --- what the database does with it ---


def plain(app: AppRevision, source: str) -> str:
    return condition_sql(query.parse(source).condition, app, staff=None, now=NOW).as_string()


def test_a_single_equality_is_one_the_indexes_serve(app: AppRevision) -> None:
    assert plain(app, '件名 = "x"') == "\"f2\" = 'x'"
    assert plain(app, '関係 in ("本人")') == "\"f10\" = '本人'"
    assert plain(app, 'ステータス = "受付"') == "\"status\" = 'new'"
    assert plain(app, "金額 = 5") == '"f7" = 5'
    assert plain(app, '日 = "2026-11-23"') == "\"f14\" = '2026-11-23'::date"
    assert plain(app, "日 = TODAY()") == "\"f14\" = '2026-11-23'::date"


def test_what_does_not_fit_never_becomes_sql(app: AppRevision) -> None:
    with pytest.raises(query.QueryCheckError):
        plain(app, 'nothing = "x"')
    with pytest.raises(query.QueryCheckError):
        condition_sql(query.Predicate("件名", "=", (query.Word("\x00"),)), app, staff=None, now=NOW)
