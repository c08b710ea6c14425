"""Two clerks edit one record: neither loses anything, and the second sees what the first one did."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest
from django.db import connection
from django.test import Client

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.records.models import Event
from madoguchi.records.read import get_record
from tests.integration.desk import ledger
from tests.integration.desk.conftest import At
from tests.integration.desk.ledger import add, sent


@pytest.fixture
def app(city: City) -> AppRevision:
    return ledger.published()


def edit(record_id: int) -> str:
    return f"/desk/ledger/{record_id}/edit/"


@pytest.mark.django_db
def test_the_second_sees_what_the_first_changed_and_nothing_is_written_yet(app: AppRevision, at: At) -> None:
    record_id = add(app, 単価=100, メモ="もと")
    at("sato").post(edit(record_id), {**sent(app, 件名="雨漏り", 単価="200", メモ="佐藤が書いた"), "revision": 1})
    answer = at("suzuki").post(edit(record_id), {**sent(app, 件名="窓", 単価="300", メモ="もと"), "revision": 1})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "佐藤 美咲" in page
    for shown in ("100円", "200円", "300円", "佐藤が書いた"):
        assert shown in page
    assert get_record(app, record_id).values["単価"] == 200
    assert 'name="revision" value="2"' in page
    assert 'name="clash" value="3"' in page
    assert 'name="clash" value="2"' not in page  # only the first one changed the note: it is taken over
    assert 'name="f.1" value="窓"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(("choice", "amount"), [("mine", 300), ("theirs", 200)])
def test_where_both_changed_a_field_one_says_which_stays(app: AppRevision, at: At, choice: str, amount: int) -> None:
    record_id = add(app, 単価=100, メモ="もと")
    at("sato").post(edit(record_id), {**sent(app, 単価="200", メモ="佐藤が書いた"), "revision": 1})
    merged = {**sent(app, 件名="窓", 単価="300", メモ="佐藤が書いた"), "revision": 2, "clash": "3"}
    undecided = at("suzuki").post(edit(record_id), merged)
    assert undecided.status_code == 422
    assert "どちらの内容にするか" in undecided.content.decode()
    assert at("suzuki").post(edit(record_id), {**merged, "keep.3": choice}).status_code == 302
    values = get_record(app, record_id).values
    assert (values["件名"], values["単価"], values["メモ"]) == ("窓", amount, "佐藤が書いた")


@pytest.mark.django_db
def test_what_the_second_may_not_see_is_neither_told_nor_overwritten(city: City, at: At) -> None:
    app = ledger.published(field_rules=[{"field": "メモ", "allow": [{"staff": "sato", "access": "write"}]}])
    record_id = add(app, メモ="もと")
    at("sato").post(edit(record_id), {**sent(app, メモ="内緒の話"), "revision": 1})
    answer = at("suzuki").post(edit(record_id), {**sent(app, 件名="窓", メモ="上書き"), "revision": 1})
    assert "内緒の話" not in answer.content.decode()
    at("suzuki").post(edit(record_id), {**sent(app, 件名="窓", メモ="上書き"), "revision": 2})
    values = get_record(app, record_id).values
    assert (values["件名"], values["メモ"]) == ("窓", "内緒の話")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_at_the_same_moment_one_is_first_and_the_others_are_asked(
    city: City, staff: Mapping[str, Staff]
) -> None:
    """All press at once, again and again: every revision has one author, and nobody's words vanish unseen."""
    app = ledger.published()
    record_id = add(app, メモ="もと")
    names = ["sato", "suzuki", "ito", "watanabe"]
    ready, answers = threading.Barrier(len(names)), {}

    def save(name: str) -> None:
        client = Client()
        client.force_login(staff[name], backend="django.contrib.auth.backends.ModelBackend")
        ready.wait()
        answers[name] = client.post(edit(record_id), {**sent(app, メモ=f"{name}が書いた"), "revision": 1})
        connection.close()

    threads = [threading.Thread(target=save, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(answer.status_code for answer in answers.values())
    assert codes == [302, 409, 409, 409]
    (winner,) = [name for name, answer in answers.items() if answer.status_code == 302]
    assert get_record(app, record_id).values["メモ"] == f"{winner}が書いた"
    assert Event.objects.filter(record_id=record_id, kind="updated").count() == 1
    for name, answer in answers.items():
        if name != winner:
            page = answer.content.decode()
            assert f"{winner}が書いた" in page
            assert f"{name}が書いた" in page
