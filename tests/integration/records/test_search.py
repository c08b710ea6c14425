"""Words find records: however they are written, as soon as they are stored, and never what somebody may not see."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from madoguchi import query
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision, published
from madoguchi.catalog.schema import existing_columns
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import AppDefinition, Sort, View
from madoguchi.definition.text import Text
from madoguchi.records import lists, search, search_columns, search_fill
from madoguchi.records.actor import SYSTEM
from madoguchi.records.bulk import ChangedRow, NewRow, insert_rows, update_rows
from madoguchi.records.models import SearchFill
from madoguchi.records.permissions import Access, access_of, staff_access
from madoguchi.records.query_sql import condition_sql
from madoguchi.records.read import get_record
from madoguchi.records.viewer import TokenViewer, Viewer
from madoguchi.records.write import assign_record, create_record, update_record
from tests.publishing import publish

pytestmark = pytest.mark.django_db
RIGHTS = [{"department": "shimin", "rights": ["view", "add", "edit", "manage"]}]
FIELDS: list[dict[str, Any]] = [
    {"type": "text", "code": "件名", "label": "件名"}, {"type": "name", "code": "氏名", "label": "氏名"},
    {"type": "phone", "code": "電話", "label": "電話"}, {"type": "textarea", "code": "秘密", "label": "秘密"},
    {"type": "choice", "code": "区分", "label": "区分", "options": [{"value": "a", "label": "新規"}, "更新"]},
    {"type": "number", "code": "数", "label": "数"},
    {"type": "table", "code": "明細", "label": "明細", "fields": [
        {"id": 71, "type": "text", "code": "品名", "label": "品名"},
    ]},
]  # fmt: skip
SHOWN = View(code="v", name=Text({"ja": "一覧"}), columns=("id",), sort=(Sort(field="id"),))
IIDA = {"family": "飯田", "given": "邉", "family_kana": "イイダ", "given_kana": "ホトリ"}


def cases(**changes: Any) -> AppDefinition:
    data = {
        "code": "cases",
        "name": "案件",
        "owner_department": "shimin",
        "permissions": RIGHTS,
        "fields": [{"id": n, **field} for n, field in enumerate(FIELDS, 1)],
        **changes,
    }
    return AppDefinition.model_validate(data)


@pytest.fixture
def app(db: None) -> AppRevision:
    return publish(cases())


def everything_of(app: AppRevision) -> Access:
    return access_of(app, Viewer(token=TokenViewer(1, {app.app_id: frozenset({"view"})})))


def found(app: AppRevision, words: str, access: Access | None = None, **asked: Any) -> list[int]:
    page = lists.list_records(app, SHOWN, access=access or everything_of(app), search=words, **asked)
    return [row["id"] for row in page.rows]


def add(app: AppRevision, **values: Any) -> int:
    return create_record(app=app, values=values, actor=SYSTEM).record_id


def change(app: AppRevision, record_id: int, **changes: Any) -> None:
    update_record(app=app, record_id=record_id, changes=changes, expected_revision=None, actor=SYSTEM)


@pytest.mark.parametrize(
    "words",
    [
        "街灯", "灯の", "ｶﾞｲﾄｳ", "がいとう", "飯田", "田辺", "田邊", "いいだ", "ﾎﾄﾘ", "0901", "090-1234",
        "09012-345", "０９０", "新規", "タイヤ", "街灯 飯田", "飯田　たいや", "灯", "L", "ＬＥＤ", "led",
    ],
)  # fmt: skip
def test_a_record_is_found_however_its_words_are_written(app: AppRevision, words: str) -> None:
    wanted = add(
        app, 件名="街灯の故障（ガイトウ）LED", 氏名=IIDA, 電話="090-1234-5678", 区分="a", 明細=[{"品名": "タイヤ"}]
    )
    add(app, 件名="別件")
    assert found(app, words) == [wanted]


@pytest.mark.parametrize("words", ["街障", "障飯", "田イ", "飯田 別件", "%", "_", "\\", "a", "."])
def test_nothing_is_found_across_fields_words_or_by_signs_of_sql(app: AppRevision, words: str) -> None:
    add(app, 件名="街灯の故障", 氏名=IIDA, 区分="a")
    add(app, 件名="別件")
    assert found(app, words) == []


def test_words_without_any_letter_narrow_nothing(app: AppRevision) -> None:
    record_id = add(app, 件名="街灯")
    assert found(app, " ・\u200b ") == [record_id]


def test_what_was_replaced_is_no_longer_found_and_what_replaced_it_is(app: AppRevision) -> None:
    record_id = add(app, 件名="街灯の故障", 氏名=IIDA)
    change(app, record_id, 件名="道路の陥没")
    assert found(app, "街灯") == []
    assert found(app, "陥没") == found(app, "飯田") == [record_id]
    change(app, record_id, 件名=None, 氏名=None)
    assert found(app, "陥没") == found(app, "飯田") == []


def test_an_import_makes_and_changes_what_is_found(app: AppRevision) -> None:
    ids = insert_rows(app, [NewRow({"件名": "街灯"}, {}), NewRow({"秘密": "標識\n\\と\t標示"}, {})], actor=SYSTEM)
    assert found(app, "街灯") == ids[:1]
    assert found(app, "標示") == ids[1:]
    rows = [ChangedRow(ids[0], 1, {"件名": "街灯"}, {"件名": "陥没", "区分": "a"}, {})]
    update_rows(app, rows, actor=SYSTEM)
    assert found(app, "街灯") == []
    assert found(app, "陥没 新規") == ids[:1]


def test_the_words_of_an_import_are_those_of_single_writes(app: AppRevision) -> None:
    values = {"件名": "街灯", "氏名": IIDA, "電話": "047-334-1111", "区分": "a", "明細": [{"品名": "タイヤ"}]}
    one, (other,) = add(app, **values), insert_rows(app, [NewRow(values, {})], actor=SYSTEM)
    assert stored(app, one) == stored(app, other)


def stored(app: AppRevision, record_id: int) -> tuple[str, list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT search_text, search_grams FROM {table_name(app.app_id)} WHERE id = %s", [record_id])
        text, grams = cursor.fetchone()
        return text, sorted(grams)


def test_moving_a_record_to_somebody_leaves_its_words_alone(app: AppRevision) -> None:
    record_id = add(app, 件名="街灯")
    before = stored(app, record_id)
    assign_record(app=app, record_id=record_id, staff_id=None, expected_revision=None, actor=SYSTEM)
    assert stored(app, record_id) == before
    assert found(app, "街灯") == [record_id]


# --- who may see what ----------------------------------------------------------------------------------------------

SECRET = {"field": "秘密", "allow": [{"staff": "ito", "access": "write"}]}


@pytest.mark.parametrize("words", ["離婚", "婚", "離婚 街灯", "離 婚"])
def test_what_somebody_may_not_see_cannot_be_found_out_by_searching(staff: Mapping[str, Staff], words: str) -> None:
    app = publish(cases(field_rules=[SECRET]))
    record_id = add(app, 件名="街灯", 秘密="離婚の相談")
    assert found(app, words, staff_access(app, staff["sato"])) == []
    assert found(app, words, staff_access(app, staff["ito"])) == [record_id]
    assert found(app, "街灯", staff_access(app, staff["sato"])) == [record_id]


@pytest.mark.parametrize("words", ["a.c(", "^始", "終$", "[x]", "a|b", "円\\", "{2}", "a*", "街+灯", "a_b-c"])
def test_signs_of_regular_expressions_are_but_signs_to_who_does_not_see_all(
    staff: Mapping[str, Staff], words: str
) -> None:
    app = publish(cases(field_rules=[SECRET]))
    record_id = add(app, 件名=f"前{words}後", 秘密="x")
    add(app, 件名="abc 始終 x ab 円 22 aa 街灯 街街灯 aXbYc")
    assert found(app, words, staff_access(app, staff["sato"])) == [record_id]


def test_records_that_rules_hide_are_not_found(staff: Mapping[str, Staff]) -> None:
    rules = [{"filter": '件名 like "街灯"', "allow": [{"staff": "ito", "rights": ["view"]}]}]
    app = publish(cases(record_rules=rules))
    record_id = add(app, 件名="街灯の故障")
    assert found(app, "故障", staff_access(app, staff["sato"])) == []
    assert found(app, "故障", staff_access(app, staff["ito"])) == [record_id]


# --- how it is found -----------------------------------------------------------------------------------------------


def test_common_and_rare_words_are_found_alike_page_by_page(app: AppRevision, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = insert_rows(app, [NewRow({"件名": f"街灯 {n}"}, {}) for n in range(25)], actor=SYSTEM)
    for few in (5, 10_000):
        monkeypatch.setattr(search, "FEW", few)
        page = lists.list_records(app, SHOWN, access=everything_of(app), search="街灯", limit=10)
        rows = [row["id"] for row in page.rows]
        while page.next_cursor:
            page = lists.list_records(
                app, SHOWN, access=everything_of(app), search="街灯", limit=10, after=page.next_cursor
            )
            rows += [row["id"] for row in page.rows]
        assert rows == ids
        assert found(app, "街灯 2") == [ids[n] for n in (2, 12, 20, 21, 22, 23, 24)]
        assert lists.count_capped(everything_of(app), SHOWN, search="街灯") == 25


def test_rare_words_come_from_the_index(app: AppRevision) -> None:
    insert_rows(app, [NewRow({"件名": f"番号 {n:05} 号"}, {}) for n in range(5000)], actor=SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table_name(app.app_id)}")
        statements: list[sql.Composable] = []

        def fetch(statement: sql.Composable) -> list[tuple[Any, ...]]:
            statements.append(statement)
            return lists.fetch(statement)

        search.conditions(everything_of(app), "04321", fetch)
        cursor.execute(sql.SQL("EXPLAIN ") + statements[0])
        assert f"{table_name(app.app_id)}_search" in json.dumps(cursor.fetchall())


# --- one field: the query language ---------------------------------------------------------------------------------


def by_query(app: AppRevision, source: str) -> list[int]:
    condition = query.parse(source, options=False).condition
    return [row["id"] for row in lists.select(everything_of(app), condition=condition, columns=("id",))][::-1]


def test_like_on_one_field_uses_the_index_and_finds_only_that_field(app: AppRevision, staff: object) -> None:
    wanted = add(app, 件名="街灯の故障")
    add(app, 秘密="街灯の故障")
    nested = add(app, 明細=[{"品名": "街灯の球"}])
    condition = query.parse('件名 like "街灯"', options=False).condition
    text = condition_sql(condition, app, staff=None, now=None).as_string()  # type: ignore[arg-type]
    assert '"search_grams" @>' in text
    assert by_query(app, '件名 like "街灯"') == [wanted]
    assert by_query(app, '品名 like "街灯"') == [nested]
    assert by_query(app, '件名 not like "街灯"') == [wanted + 1, nested]


def test_like_does_without_the_index_until_every_row_is_prepared(app: AppRevision) -> None:
    wanted = add(app, 件名="街灯の故障")
    forget_words(app)
    assert by_query(app, '件名 like "街灯"') == [wanted]


def forget_words(app: AppRevision) -> None:
    """As if the table had been filled before there was a search."""
    SearchFill.objects.filter(pk=app.app_id).delete()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table_name(app.app_id)} SET search_text = NULL, search_grams = NULL")
        cursor.execute(f"DROP INDEX {table_name(app.app_id)}_search")


TEXTS = st.text(st.sampled_from("かガｶﾞﾟ゛ハ髙高邉𠮷・ー- 　ヶＡaAß1１%_\\新規"), max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, keyword=TEXTS)
def test_the_index_never_loses_what_the_comparison_itself_finds(app: AppRevision, text: str, keyword: str) -> None:
    connection.cursor().execute(f"DELETE FROM {table_name(app.app_id)}")
    insert_rows(app, [NewRow({"件名": text} if text.strip() else {}, {})], actor=SYSTEM)
    condition = query.Predicate("件名", "like", (query.Word(keyword),))
    with_index = lists.select(everything_of(app), condition=condition, columns=("id",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("madoguchi.records.query_sql.prefilter", lambda *_: None)
        assert with_index == lists.select(everything_of(app), condition=condition, columns=("id",))


# --- preparing tables ----------------------------------------------------------------------------------------------


def test_a_new_table_is_ready_at_once(app: AppRevision) -> None:
    assert SearchFill.objects.get(pk=app.app_id).finished_at is not None
    assert not lists.list_records(app, SHOWN, access=everything_of(app), search="街灯").messages


def test_a_table_filled_before_is_prepared_by_a_job_while_people_search(
    app: AppRevision, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_fill, "ROWS_AT_ONCE", 3)
    ids = [add(app, 件名=f"街灯 {n}", 氏名=IIDA) for n in range(8)]
    forget_words(app)
    search_fill.resume()
    assert search_fill._next_rows(app)
    page = lists.list_records(app, SHOWN, access=everything_of(app), search="街灯")
    assert [row["id"] for row in page.rows] == ids[:3]
    assert "検索の準備をしています" in page.messages[0]
    change(app, ids[1], 件名="標識")
    change(app, ids[6], 件名="標識")
    late = add(app, 件名="標識")
    run_jobs()
    assert found(app, "標識") == [ids[1], ids[6], late]
    assert found(app, "街灯 飯田") == [ids[n] for n in (0, 2, 3, 4, 5, 7)]
    assert SearchFill.objects.get(pk=app.app_id).percent == 100
    assert [get_record(app, n).revision for n in ids] == [1, 2, 1, 1, 1, 1, 2, 1]


def test_preparing_goes_on_where_it_stopped(app: AppRevision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_fill, "ROWS_AT_ONCE", 3)
    ids = [add(app, 件名=f"街灯 {n}") for n in range(8)]
    forget_words(app)
    search_fill.resume()
    assert search_fill._next_rows(app)
    read: list[int] = []
    monkeypatch.setattr(search_fill, "refresh", lambda app, rows: read.extend(row[0] for row in rows))
    search_fill.run(app.app_id)
    assert read == ids[3:]


def test_another_label_of_a_choice_is_found_in_records_filed_before(run_jobs: Callable[[], int]) -> None:
    app = publish(cases())
    record_id = add(app, 件名="街灯", 区分="a")
    fields = [{"id": n, **field} for n, field in enumerate(FIELDS, 1)]
    fields[4] = {**fields[4], "options": [{"value": "a", "label": "初回"}, "更新"]}
    app = publish(cases(fields=fields))
    run_jobs()
    assert found(app, "初回") == [record_id]
    assert found(app, "新規") == []


def test_a_record_filed_under_an_older_revision_follows_the_published_one(run_jobs: Callable[[], int]) -> None:
    old = publish(cases())
    fields = [{"id": n, **field} for n, field in enumerate(FIELDS, 1) if field["code"] != "秘密"]
    fields[0] = {**fields[0], "code": "題"}
    app = publish(cases(fields=fields))
    run_jobs()
    record_id = add(old, 件名="街灯", 秘密="離婚", 区分="a")
    assert found(app, "街灯 新規") == [record_id]
    assert found(app, "離婚") == []
    change(old, record_id, 件名="標識")
    assert found(app, "標識") == [record_id]


def test_a_publish_that_changes_no_word_prepares_nothing(app: AppRevision) -> None:
    before = SearchFill.objects.get(pk=app.app_id).started_at
    add(app, 件名="街灯")
    publish(cases(name="別の名"))
    assert SearchFill.objects.get(pk=app.app_id).started_at == before


def test_tables_made_earlier_get_the_columns_with_the_next_publish(
    app: AppRevision, run_jobs: Callable[[], int]
) -> None:
    record_id = add(app, 件名="街灯")
    table = table_name(app.app_id)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN search_text, DROP COLUMN search_grams")
    SearchFill.objects.all().delete()
    app = publish(cases(name="別の名"))
    run_jobs()
    assert {"search_text": "text", "search_grams": "integer[]"}.items() <= existing_columns(table).items()
    assert found(published(app.code), "街灯") == [record_id]


@pytest.mark.django_db(transaction=True)
def test_changes_and_searches_during_the_preparing_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app = publish(cases())
    monkeypatch.setattr(search_fill, "ROWS_AT_ONCE", 20)
    ids = insert_rows(app, [NewRow({"件名": f"街灯 {n}"}, {}) for n in range(400)], actor=SYSTEM)
    forget_words(app)
    search_fill.resume()

    def look() -> None:
        for _ in range(20):
            assert set(found(app, "街灯")) <= set(ids)

    def mend() -> None:
        for record_id in ids[::-7]:
            change(app, record_id, 件名="標識")

    wrong = together(lambda: search_fill.run(app.app_id), look, mend)
    assert wrong == []
    changed = set(ids[::-7])
    assert set(found(app, "標識", limit=1000)) == changed
    assert set(found(app, "街灯", limit=1000)) == set(ids) - changed


def together(*calls: Callable[[], None]) -> list[BaseException]:
    """What the calls raised in threads of their own."""

    def run(call: Callable[[], None]) -> BaseException | None:
        try:
            call()
        except Exception as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return [error for error in pool.map(run, calls) if error is not None]


def test_columns_are_added_without_writing_the_table_anew(app: AppRevision) -> None:
    add(app, 件名="街灯")
    table = table_name(app.app_id)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN search_text, DROP COLUMN search_grams")
        cursor.execute("SELECT pg_relation_filenode(%s)", [table])
        before = cursor.fetchone()
        publish(cases(name="別の名"))
        cursor.execute("SELECT pg_relation_filenode(%s)", [table])
        assert cursor.fetchone() == before


def test_an_update_of_the_product_adds_the_columns_to_every_table(app: AppRevision) -> None:
    table = table_name(app.app_id)
    migration = import_module("madoguchi.records.migrations.0006_search")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN search_text, DROP COLUMN search_grams")
        cursor.execute(migration.ADD_COLUMNS)
    assert {"search_text": "text", "search_grams": "integer[]"}.items() <= existing_columns(table).items()


def test_words_are_escaped_as_copy_wants_them(app: AppRevision) -> None:
    ((text, grams),) = search_columns.cells_for(app, [({"件名": "a\\b"}, None)])
    assert "\n" not in text
    assert grams.startswith("{")
