"""The list: views, filters, search, order, pages, what is new, and what is never in an address."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from madoguchi.catalog.queries import AppRevision
from madoguchi.desk.deadlines import days_left
from madoguchi.lib.business_days import add_business_days
from madoguchi.records import arrivals
from madoguchi.records.actor import SYSTEM
from madoguchi.records.models import AccessLog
from madoguchi.records.permissions import staff_access
from madoguchi.records.write import create_record
from tests import walks
from tests.cast import TAKAHASHI
from tests.integration.desk.conftest import At, Case
from tests.samples import certificate_answers

pytestmark = pytest.mark.django_db
LIST = "/desk/juminhyo/"


def fill(app: AppRevision, count: int, **changes: object) -> list[int]:
    values = certificate_answers(**changes)
    values |= {"身分証おもて": None, "身分証うら": None}
    return [create_record(app=app, values=values, actor=SYSTEM, channel="line").record_id for _ in range(count)]


def numbers(client: Client, address: str = LIST) -> list[str]:
    """Receipt numbers in the table, from the top."""
    page = client.get(address).content.decode()
    return re.findall(r"data-row-link>([^<]+)<", page)


def link(page: str, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    assert found, f"no {rel} link"
    return found[1].replace("&amp;", "&")


def test_an_empty_list_teaches_what_will_happen(app: AppRevision, at: At) -> None:
    page = at("sato").get(LIST).content.decode()
    assert "「未処理」は、今はありません" in page
    assert "申請が届くと、この画面に数秒で現れます。" in page
    assert "窓口で受け付ける" in page


def test_saved_views_are_tabs(paid: Case, at: At) -> None:
    sato = at("sato")
    assert paid.application.receipt_number in numbers(sato)
    page = sato.get(f"{LIST}?view=all").content.decode()
    assert re.search(r'view=all" aria-current="page"', page)


def test_names_stand_without_sama_and_states_with_icon_and_word(paid: Case, at: At) -> None:
    page = at("sato").get(LIST).content.decode()
    assert "市川 花子" in page and "花子 様" not in page
    assert re.search(r'<span class="chip chip--open"><svg.+?</svg>申請済</span>', page)


def test_reading_a_list_is_noted_as_one_row(app: AppRevision, at: At) -> None:
    ids = fill(app, 3)
    at("sato").get(LIST)
    log = AccessLog.objects.get(purpose="list")
    assert sorted(log.record_ids) == ids
    assert log.field_ids == [app.definition.by_code["氏名"].id]


def test_chips_narrow_the_list_and_can_be_taken_off(paid: Case, app: AppRevision, at: At) -> None:
    fill(app, 2)
    sato = at("sato")
    assert len(numbers(sato)) == 3
    assert numbers(sato, f"{LIST}?channel=web") == [paid.application.receipt_number]
    assert numbers(sato, f"{LIST}?payment=paid") == [paid.application.receipt_number]
    assert numbers(sato, f"{LIST}?payment=due") == []
    page = sato.get(f"{LIST}?channel=web&payment=due").content.decode()
    assert "経路: ウェブ" in page and "手数料: 未納" in page
    assert "条件に合うものはありません" in page


@pytest.mark.parametrize(
    "address", ["?view=nothing", "?status=nothing", "?sort=nothing", "?after=rubbish", "?trail=a.b.c", "?channel=%00"]
)
def test_an_address_that_means_nothing_shows_the_list_anyhow(paid: Case, at: At, address: str) -> None:
    assert numbers(at("sato"), LIST + address) == [paid.application.receipt_number]


def test_the_search_finds_names_by_kana_and_is_never_in_the_address(app: AppRevision, at: At) -> None:
    fill(app, 2)
    fill(app, 1, 氏名=TAKAHASHI)
    sato = at("sato")
    response = sato.post(f"{LIST}search/?view=open", {"q": "タカハシ"})
    assert response["Location"] == f"{LIST}?view=open"
    assert len(numbers(sato)) == 1
    assert "検索: タカハシ" in sato.get(LIST).content.decode()
    sato.get(f"{LIST}?clear=1")
    assert len(numbers(sato)) == 3


def test_what_was_looked_for_is_marked_in_the_list_as_it_is_written_there(app: AppRevision, at: At) -> None:
    fill(app, 1, 氏名=TAKAHASHI)
    sato = at("sato")
    sato.post(f"{LIST}search/", {"q": "高橋"})
    assert "<mark>髙橋</mark>" in sato.get(LIST).content.decode()


def test_a_search_without_a_find_says_how_to_go_on(paid: Case, at: At) -> None:
    sato = at("sato")
    sato.post(f"{LIST}search/", {"q": "だれでもない"})
    assert "条件に合うものはありません" in sato.get(LIST).content.decode()


def test_one_person_does_not_see_what_another_searched(paid: Case, at: At) -> None:
    at("sato").post(f"{LIST}search/", {"q": "だれでもない"})
    assert numbers(at("suzuki")) == [paid.application.receipt_number]


def test_headings_sort_both_ways(app: AppRevision, at: At) -> None:
    fill(app, 3)
    sato = at("sato")
    up = numbers(sato, f"{LIST}?sort=receipt_number")
    assert up == sorted(up)
    assert numbers(sato, f"{LIST}?sort=-receipt_number") == up[::-1]
    assert 'aria-sort="ascending"' in sato.get(f"{LIST}?sort=receipt_number").content.decode()


def test_a_list_is_not_sorted_by_names_since_the_next_page_would_carry_one(app: AppRevision, at: At) -> None:
    fill(app, 101)
    page = at("sato").get(f"{LIST}?sort=氏名").content.decode()
    assert "sort=%E6%B0%8F%E5%90%8D" not in page
    assert not re.search(r'<th[^>]*><a[^>]*>氏名', page)


def test_one_pages_forward_and_back_over_everything_once(app: AppRevision, at: At) -> None:
    fill(app, 250)
    sato = at("sato")
    first = sato.get(LIST).content.decode()
    second = sato.get(LIST + link(first, "next")).content.decode()
    third = sato.get(LIST + link(second, "next")).content.decode()
    pages = [re.findall(r"data-row-link>([^<]+)<", page) for page in (first, second, third)]
    assert [len(page) for page in pages] == [100, 100, 50]
    assert len({number for page in pages for number in page}) == 250
    assert 'rel="next"' not in third and 'rel="prev"' not in first
    back = sato.get(LIST + link(third, "prev")).content.decode()
    assert re.findall(r"data-row-link>([^<]+)<", back) == pages[1]
    assert numbers(sato, LIST + link(back, "prev")) == pages[0]


def test_an_open_list_learns_within_seconds_that_something_came_in(paid: Case, at: At) -> None:
    sato = at("sato")
    newest = arrivals.newest_id(staff_access(paid.app, paid.staff["sato"]))
    assert f"since={newest}" in sato.get(LIST).content.decode()
    assert sato.get(f"{LIST}newer/?view=open&since={newest}").status_code == 204
    walks.apply(channel="web")
    page = sato.get(f"{LIST}newer/?view=open&since={newest}").content.decode()
    assert "新しい申請が1件あります" in page
    assert f'href="{LIST}?view=open"' in page


@pytest.mark.parametrize("since", ["", "abc", "-1", "9" * 30, "１"])
def test_the_question_for_news_survives_rubbish(paid: Case, at: At, since: str) -> None:
    assert at("sato").get(f"{LIST}newer/", {"since": since}).status_code == 204


def test_several_records_are_taken_at_once(app: AppRevision, at: At) -> None:
    ids = fill(app, 3)
    sato = at("sato")
    response = sato.post(f"{LIST}assign/?view=open", {"record": [str(i) for i in ids[:2]] + ["999999", "x"]})
    assert response["Location"] == f"{LIST}?view=open"
    assert "2件を自分の担当にしました。" in sato.get(LIST).content.decode()
    assert len(numbers(sato, "/desk/")) == 2


def test_taking_nothing_says_what_to_do(app: AppRevision, at: At) -> None:
    sato = at("sato")
    sato.post(f"{LIST}assign/")
    assert "行の左の四角を選んでから押してください。" in sato.get(LIST).content.decode()


def test_an_empty_queue_teaches_how_to_fill_it(app: AppRevision, at: At) -> None:
    assert "今、担当しているものはありません" in at("sato").get("/desk/").content.decode()
    assert "見られる手続がまだありません" in at("outsider").get("/desk/").content.decode()


def test_the_rail_counts_what_waits_no_further_than_99(app: AppRevision, at: At) -> None:
    fill(app, 120)
    assert 'rail__count">99+<' in at("sato").get("/desk/").content.decode()


@pytest.mark.parametrize(
    ("days_ago", "text", "level"),
    [(0, "あと7日", "plain"), (5, "あと2日", "warn"), (7, "今日まで", "warn"), (9, "2日超過", "bad")],
)
def test_days_left_are_business_days_and_warn_in_time(
    app: AppRevision, days_ago: int, text: str, level: str
) -> None:
    today = add_business_days(timezone.localdate(), 0)
    filed = timezone.now() + timedelta(days=(add_business_days(today, -days_ago) - timezone.localdate()).days)
    left = days_left(app.definition, "submitted", filed, today=today)
    assert left and (left.text, left.level) == (text, level)


@pytest.mark.parametrize("status", ["awaiting_payment", "returned", "posted", "cancelled"])
def test_no_clock_runs_while_the_office_has_nothing_to_do(app: AppRevision, status: str) -> None:
    assert days_left(app.definition, status, timezone.now()) is None


def test_counter_input_walks_the_public_questions_and_leads_back(app: AppRevision, at: At) -> None:
    sato = at("sato")
    response = sato.post(f"{LIST}counter/")
    assert response["Location"].startswith("/i/")
    assert "窓口での入力が途中です。" in sato.get(LIST).content.decode()


def test_after_counter_input_the_list_links_to_the_record(app: AppRevision, at: At) -> None:
    from madoguchi.intake import actions as intake
    from madoguchi.intake.models import Interview

    sato = at("sato")
    sato.post(f"{LIST}counter/")
    interview = Interview.objects.get()
    assert interview.channel == "counter"
    assert isinstance(intake.next_step(walks.confirm(interview)), intake.Submitted)
    page = sato.get(LIST).content.decode()
    assert "窓口で受け付けました" in page and "申請を開く" in page


def test_a_page_of_a_list_costs_few_statements(paid: Case, at: At) -> None:
    """Session, person with memberships and groups, apps, own lists, newest record, the list, the log, the city."""
    sato = at("sato")
    sato.get(LIST)  # what is counted for the rail is remembered for some seconds
    with CaptureQueriesContext(connection) as captured:
        assert sato.get(LIST).status_code == 200
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 8
