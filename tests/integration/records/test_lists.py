"""Lists: every record once, in order, only what may be seen, in one statement."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from madoguchi import query
from madoguchi.catalog.indexes import sort_keys
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Right, Sort, View
from madoguchi.definition.text import Text
from madoguchi.records import lists
from madoguchi.records.actor import SYSTEM
from madoguchi.records.permissions import Access, access_of
from madoguchi.records.read import ListTooSlow, Page, count_capped, list_records
from madoguchi.records.viewer import TokenViewer, Viewer
from madoguchi.records.write import assign_record, create_record
from tests.cast import HANAKO, TAKAHASHI
from tests.samples import certificate_answers

pytestmark = pytest.mark.django_db
VIEW: frozenset[Right] = frozenset({"view"})


def view(*columns: str, sort: tuple[Sort, ...] = (Sort(field="id"),), only: str | None = None) -> View:
    return View(code="v", name=Text({"ja": "一覧"}), columns=columns, sort=sort, filter=only)


def holding(app: AppRevision, rights: frozenset[Right] = VIEW) -> Access:
    """What a program may see whose token has these rights."""
    return access_of(app, Viewer(token=TokenViewer(1, {app.app_id: rights})))


def listed(app: AppRevision, shown: View, *, rights: frozenset[Right] = VIEW, **asked: Any) -> Page:
    return list_records(app, shown, access=holding(app, rights), **asked)


def add(app: AppRevision, *, status: str | None = None, **answers: Any) -> int:
    return create_record(app=app, values=certificate_answers(**answers), actor=SYSTEM, status=status).record_id


def pages(app: AppRevision, shown: View, limit: int) -> list[Page]:
    found = [listed(app, shown, limit=limit)]
    while found[-1].next_cursor:
        found.append(listed(app, shown, limit=limit, after=found[-1].next_cursor))
    return found


def ids(page: Page) -> list[int]:
    return [row["id"] for row in page.rows]


def test_a_list_shows_the_columns_of_its_view(published_app: AppRevision) -> None:
    record_id = add(published_app)
    with CaptureQueriesContext(connection) as captured:
        page = listed(published_app, view("receipt_number", "氏名", "通数", "assignee"))
    # Beside it only the savepoint of whoever is in a transaction already.
    assert [q for q in captured if "SAVEPOINT" not in q["sql"]][1:] == []
    (row,) = page.rows
    assert row["id"] == record_id
    assert row["氏名"] == HANAKO
    assert row["通数"] == "2"
    assert row["assignee"] is None
    assert row["receipt_number"].endswith("-000001")
    assert "住所" not in row
    assert page.personal_field_ids == {published_app.definition.by_code["氏名"].id}
    assert page.next_cursor is None


def test_an_empty_list_is_an_empty_page(published_app: AppRevision) -> None:
    page = listed(published_app, view("status"))
    assert (page.rows, page.next_cursor, page.messages) == ((), None, ())


def test_without_the_right_to_view_nothing_is_read(published_app: AppRevision) -> None:
    with pytest.raises(PermissionDenied):
        listed(published_app, view("status"), rights=frozenset({"payment"}))


def test_pictures_of_id_documents_never_leave_the_database_for_others(published_app: AppRevision) -> None:
    add(published_app)
    shown = view("status", "身分証おもて")
    hidden = listed(published_app, shown)
    assert hidden.columns == ("status",)
    assert "身分証おもて" not in hidden.rows[0]
    assert listed(published_app, shown, rights=frozenset({"view", "identity"})).rows[0]["身分証おもて"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    purposes=st.lists(st.sampled_from([None, "あ", "い", "う"]), max_size=9),
    first=st.booleans(), second=st.booleans(), limit=st.integers(1, 4),
)
def test_pages_hold_every_record_once_and_in_order(
    published_app: AppRevision, purposes: list[str | None], first: bool, second: bool, limit: int
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM app_{published_app.app_id}")
    for n, purpose in enumerate(purposes):
        add(published_app, 使いみち=purpose, status=["submitted", "accepted"][n % 2])
    order = (Sort(field="使いみち", descending=first), Sort(field="status", descending=second))
    shown = view("使いみち", "status", sort=order)
    all_at_once = ids(listed(published_app, shown, limit=100))
    assert [i for page in pages(published_app, shown, limit) for i in ids(page)] == all_at_once
    found = [row["使いみち"] for row in listed(published_app, shown).rows]
    blanks = found.count(None)
    assert found[len(found) - blanks:] == [None] * blanks
    known = [text for text in found if text is not None]
    assert known == sorted(known, reverse=first)


def test_a_page_begins_where_the_last_ended_even_if_records_came_between(published_app: AppRevision) -> None:
    records = [add(published_app) for _ in range(4)]
    newest_first = view("status", sort=(Sort(field="id", descending=True),))
    page = listed(published_app, newest_first, limit=2)
    add(published_app)
    after = listed(published_app, newest_first, limit=2, after=page.next_cursor)
    assert ids(after) == records[1::-1]


def cursor_of(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "bad",
    ["!", "====", "あ", "e30", cursor_of([["id", "x"]]), cursor_of([["id", "1'; --"]]), cursor_of([["status", "1"]]),
     cursor_of([1]), cursor_of([["id", {"a": 1}]]), cursor_of([["id", "9" * 40]])],
)
def test_a_bad_cursor_gives_the_first_page_and_says_so(published_app: AppRevision, bad: str) -> None:
    record_id = add(published_app)
    page = listed(published_app, view("status"), after=bad)
    assert ids(page) == [record_id]
    assert page.messages == ("ページの続きが見つからなかったため、先頭から表示しています。",)


def test_filters_of_the_view_and_of_the_person_both_hold(published_app: AppRevision) -> None:
    wanted = add(published_app, status="submitted", 範囲="世帯全員")
    add(published_app, status="accepted", 範囲="世帯全員")
    shown = view("status", only='ステータス in ("submitted", "returned")')
    assert ids(listed(published_app, shown)) == [wanted]
    assert ids(listed(published_app, shown, filters={"status": ["accepted"]})) == []
    for source in ('範囲 in ("世帯全員")', '記載事項 in ("世帯主と続柄")', '同意 in ("同意する")'):
        condition = query.parse(source).condition
        assert ids(listed(published_app, shown, condition=condition)) == [wanted]


def test_a_condition_that_does_not_fit_the_app_finds_nothing_and_says_why(published_app: AppRevision) -> None:
    add(published_app)
    page = listed(published_app, view("status"), condition=query.parse('存在しない = "1"').condition)
    assert ids(page) == []
    assert "存在しない" in page.messages[0]


def test_an_unknown_filter_is_left_out_and_named(published_app: AppRevision) -> None:
    record_id = add(published_app)
    page = listed(published_app, view("status"), filters={"存在しない": ["1"]})
    assert (ids(page), page.messages) == ([record_id], ("「存在しない」では絞り込めません。",))


def test_my_queue_and_the_queue_of_nobody(published_app: AppRevision) -> None:
    mine, nobodys = add(published_app), add(published_app)
    assign_record(app=published_app, record_id=mine, staff_id=7, expected_revision=None, actor=SYSTEM)

    def queue(*who: str) -> list[int]:
        return ids(listed(published_app, view("status"), filters={"assignee": who}))

    assert queue("7") == [mine]
    assert queue("none") == [nobodys]
    assert queue("7", "none") == [mine, nobodys]
    assert queue("7; DROP") == []


@pytest.mark.parametrize(
    "words", ["市川花子", "市川 花子", "花子　市川", "イチカワハナコ", "090-1234", "０９０１２３４", "-000001"]
)
def test_search_finds_by_name_kana_telephone_and_receipt_number(published_app: AppRevision, words: str) -> None:
    wanted = add(published_app, 電話番号="09012345678")
    add(published_app, 氏名=TAKAHASHI, 電話番号="0470000000")
    assert ids(listed(published_app, view("status"), search=words)) == [wanted]


@pytest.mark.parametrize("words", ["%", "_", "\\", "存在しない", "' OR 1=1 --"])
def test_search_takes_every_character_as_it_is(published_app: AppRevision, words: str) -> None:
    add(published_app)
    assert ids(listed(published_app, view("status"), search=words)) == []


def test_search_survives_what_people_paste(published_app: AppRevision) -> None:
    record_id = add(published_app)
    assert ids(listed(published_app, view("status"), search="市川\x00")) == [record_id]
    assert ids(listed(published_app, view("status"), filters={"status": ["\x00"]})) == []


def test_a_search_that_takes_too_long_is_stopped_and_says_what_to_do(
    published_app: AppRevision, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(published_app)
    monkeypatch.setattr(lists, "TIMEOUT", "1ms")
    slow = [sql.SQL("pg_sleep(1) IS NOT NULL")]
    monkeypatch.setattr(lists, "conditions", lambda *_: (slow, []))
    with pytest.raises(ListTooSlow, match="絞り込む"):
        listed(published_app, view("status"), search="x")
    monkeypatch.undo()
    assert len(listed(published_app, view("status")).rows) == 1


def test_counting_stops_at_the_cap(published_app: AppRevision) -> None:
    for _ in range(5):
        add(published_app)
    assert count_capped(holding(published_app), view("status")) == 5
    assert count_capped(holding(published_app), view("status"), cap=3) == 4


def test_pages_of_a_view_walk_its_index(published_app: AppRevision) -> None:
    """Reading on from the middle of a list costs as little as its beginning."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO app_{published_app.app_id} (app_revision_id, channel, status, submitted_at)"
            " SELECT %s, 'web', 'submitted', now() - n * interval '1 minute' FROM generate_series(1, 20000) n",
            [published_app.revision_id],
        )
        cursor.execute(f"ANALYZE app_{published_app.app_id}")
        shown = next(v for v in published_app.definition.views if v.code == "open")
        keys = sort_keys(published_app.definition, shown.sort)
        condition = query.parse(shown.filter or "").condition
        for position in (None, ["2026-01-01 00:00:00+00", "5000"]):
            access = holding(published_app)
            statement = lists.page_sql(
                access, select=sql.SQL("t.receipt_number"), where=[lists.own_condition(access, condition)], keys=keys,
                limit=101, position=position,
            )
            cursor.execute(sql.SQL("EXPLAIN ") + statement)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Scan" in plan
            assert "Seq Scan" not in plan
