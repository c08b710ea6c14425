"""The identity check: photos, checklist, decision; and what the card said."""

from __future__ import annotations

import pytest

from madoguchi.identity import queries
from madoguchi.identity.models import IdentityCheck
from madoguchi.lib import vault
from madoguchi.records.models import AccessLog, Event
from tests.integration.desk.conftest import At, Case

pytestmark = pytest.mark.django_db
ALL = ["1", "2", "3", "4"]


def check(case: Case) -> IdentityCheck:
    found = queries.of_record(case.app.app_id, case.record.id)
    assert found
    return found


def decide(case: Case, at: At, decision: str, ticks: list[str], reason: str = ""):
    return at("sato").post(f"{case.url}identity/", {"decision": decision, "tick": ticks, "reason": reason})


def test_photos_stand_beside_what_was_typed(paid: Case, at: At) -> None:
    page = at("sato").get(f"{paid.url}identity/").content.decode()
    assert page.count("data-viewer") == 2
    for text in ("市川 花子", "イチカワ ハナコ", "昭和60年4月1日", "千葉県市川市八幡1丁目1番1号", "有効期限内である"):
        assert text in page
    assert AccessLog.objects.filter(purpose="identity").count() == 1


def test_everything_ticked_it_passes_and_the_button_opens(paid: Case, at: At) -> None:
    decide(paid, at, "passed", ALL)
    assert check(paid).state == "passed"
    assert check(paid).checked_by == paid.staff["sato"]
    assert Event.objects.filter(kind="identity_passed").count() == 1
    page = at("sato").get(paid.url).content.decode()
    assert "確認済" in page and "本人確認が済むと押せます" not in page


def test_it_does_not_pass_with_something_unticked_and_ticks_stay(paid: Case, at: At) -> None:
    response = decide(paid, at, "passed", ["1", "3"])
    page = response.content.decode()
    assert response.status_code == 422
    assert "確認していない項目があります" in page
    assert 'value="1" checked' in page and 'value="3" checked' in page and 'value="2" checked' not in page
    assert check(paid).state == "pending"


def test_it_fails_only_with_a_reason(paid: Case, at: At) -> None:
    assert decide(paid, at, "failed", []).status_code == 422
    decide(paid, at, "failed", [], "有効期限が切れています。")
    assert (check(paid).state, check(paid).reason) == ("failed", "有効期限が切れています。")
    assert "有効期限が切れています。" in at("sato").get(f"{paid.url}identity/").content.decode()


def test_half_done_work_is_kept(paid: Case, at: At) -> None:
    decide(paid, at, "", ["2"])
    assert check(paid).state == "pending"
    assert 'value="2" checked' in at("suzuki").get(f"{paid.url}identity/").content.decode()


def test_a_decided_check_is_not_decided_again_by_a_second_clerk(paid: Case, at: At) -> None:
    decide(paid, at, "passed", ALL)
    decide(paid, at, "failed", [], "別人です。")
    assert check(paid).state == "passed"


def test_it_can_be_done_anew(paid: Case, at: At) -> None:
    decide(paid, at, "failed", [], "ぼやけている")
    at("sato").post(f"{paid.url}identity/", {"again": "1"})
    assert check(paid).state == "pending"


def test_what_the_card_said_is_compared_item_by_item(paid: Case, at: At) -> None:
    card = check(paid)
    card.kind, card.state = "signature", "passed"
    card.matches = {"name": "variant", "address": "differs", "birth_date": "same"}
    claims = {"name": "市川 花子", "address": "千葉県市川市新田2-2", "birthdate": "19850401"}
    card.claims = vault.seal_json(claims, context=f"identity:{card.pk}")
    card.save()
    page = at("sato").get(f"{paid.url}identity/").content.decode()
    assert "千葉県市川市新田2-2" in page
    assert page.count("昭和60年4月1日") == 2
    assert "一致（字体・表記の違いのみ）" in page and "相違" in page
    assert "カードと違うところがあります（住所）。" in page
    assert "確認できた</button>" not in page
