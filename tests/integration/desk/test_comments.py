"""Comments are for somebody, who is told; one's own can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from madoguchi.accounts.models import Department, Staff
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.models import Event
from madoguchi.records.staff_notice_models import StaffNotice
from tests.integration.desk import ledger
from tests.integration.desk.conftest import At
from tests.integration.desk.ledger import add
from tests.integration.records.samples import group

pytestmark = pytest.mark.django_db
Run = Callable[[], int]


@pytest.fixture
def app(city: City) -> AppRevision:
    return ledger.published()


def told() -> set[str]:
    return set(StaffNotice.objects.values_list("staff__username", flat=True))


def test_whoever_a_comment_is_for_is_told_and_sees_a_number(
    app: AppRevision, at: At, staff: Mapping[str, Staff], run_jobs: Run
) -> None:
    record_id = add(app, 件名="市川花子さんの件")
    text = "@鈴木 健太 確認をお願いします"
    at("sato").post(f"/desk/ledger/{record_id}/comment/", {"text": text, "mention": ["staff:suzuki", "staff:ito"]})
    run_jobs()
    notice = StaffNotice.objects.get()
    assert notice.staff == staff["suzuki"]  # 伊藤's name was taken out of the text again
    assert "花子" not in notice.text
    queue = at("suzuki").get("/desk/").content.decode()
    assert "自分へのお知らせ" in queue
    assert f"/desk/ledger/{record_id}/" in queue
    page = at("suzuki").get(f"/desk/ledger/{record_id}/").content.decode()
    assert '<b class="mention">@鈴木 健太</b>' in page
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert 'id="notices"' not in at("suzuki").get("/desk/").content.decode()


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@suzuki お願いします", {"suzuki"}),
        ("＠市民課、見てください", {"suzuki", "ito", "watanabe"}),
        ("@rescue と @伊藤直子", {"ito", "outsider"}),
        ("@sato 自分あて", set()),
        ("メールは taro@example.jp です", set()),
    ],
    ids=["user name", "department", "group and name", "oneself", "address"],
)
def test_mentions_are_understood_without_any_script(
    app: AppRevision, at: At, staff: Mapping[str, Staff], run_jobs: Run, text: str, people: set[str]
) -> None:
    Department.objects.filter(code="shimin").update(name="市民課")
    group("rescue", staff["outsider"], staff["sato"])
    at("sato").post(f"/desk/ledger/{add(app)}/comment/", {"text": text})
    run_jobs()
    assert told() == people


def test_who_may_not_see_the_record_is_not_told(city: City, at: At, staff: object, run_jobs: Run) -> None:
    app = ledger.published(permissions=[{"department": "shimin", "rights": ledger.EVERYTHING}])
    at("sato").post(f"/desk/ledger/{add(app)}/comment/", {"text": "@outsider @ito"})
    run_jobs()
    assert told() == {"ito"}


def test_ones_own_comment_is_taken_back_and_no_word_of_it_is_left(app: AppRevision, at: At) -> None:
    record_id = add(app)
    page = f"/desk/ledger/{record_id}/"
    at("sato").post(f"{page}comment/", {"text": "書き間違えた言葉 <b>"})
    comment = Event.objects.get(kind="commented")
    assert "書き間違えた言葉 &lt;b&gt;" in at("sato").get(page).content.decode()
    assert at("suzuki").post(f"{page}comment/{comment.pk}/delete/").status_code == 403
    assert f"comment/{comment.pk}/delete/" not in at("suzuki").get(page).content.decode()
    for _ in range(2):
        at("sato").post(f"{page}comment/{comment.pk}/delete/")
    assert Event.objects.filter(kind="comment_deleted").count() == 1
    assert "書き間違えた言葉" not in at("suzuki").get(page).content.decode()


def test_who_may_only_look_does_not_comment(city: City, at: At) -> None:
    app = ledger.published(permissions=[{"rights": ["view"]}])
    assert at("sato").post(f"/desk/ledger/{add(app)}/comment/", {"text": "x"}).status_code == 403
