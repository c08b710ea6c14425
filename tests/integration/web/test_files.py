"""Pictures of an interview are seen by who holds its link, and only while it is open."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.intake.models import Interview
from madoguchi.records import read
from madoguchi.records.files import delete_file
from madoguchi.records.models import StoredFile
from tests.integration.web.walking import Walk, act, picture, start
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db
PHOTO = "身分証おもて"


def look(walk: Walk, file_id: object) -> int:
    return walk.client.get(f"/i/{walk.token}/files/{file_id}").status_code


def sent(client: Client, app: AppRevision) -> Walk:
    walk = start(client, app.code)
    walk.answer_everything()
    walk.confirm()
    return walk


def correcting(walk: Walk, app: AppRevision) -> Walk:
    act(app, walk.application, "paid")
    act(app, walk.application, "return", note="ぼやけています。", fields=[PHOTO])
    return Walk(walk.client, walk.client.post(f"{walk.status_path}correct/")["Location"].split("/")[2])


def photo_of(walk: Walk, app: AppRevision) -> str:
    return str(read.get_record(app, walk.application.record_id).values[PHOTO][0])


def twin() -> AppRevision:
    """Another app with its own table, so that its records have the same numbers."""
    data = certificate(prefix="TW").model_dump(mode="json", by_alias=True)
    return publish(AppDefinition.model_validate(data | {"code": "twin"}))


def test_who_holds_the_link_sees_the_picture_and_nobody_else(walk: Walk, paper: AppRevision) -> None:
    walk.attach(PHOTO, picture())
    mine = StoredFile.objects.get().id
    assert look(walk, mine) == 200
    for stranger in (start(Client(), paper.code), start(Client(), twin().code), Walk(walk.client, "forged")):
        assert look(stranger, mine) == 404
    assert look(walk, uuid.uuid4()) == 404


def test_once_sent_the_link_shows_the_picture_no_more(browser: Client, paper: AppRevision) -> None:
    walk = sent(browser, paper)
    assert look(walk, photo_of(walk, paper)) == 404


def test_an_expired_link_shows_nothing(walk: Walk) -> None:
    walk.attach(PHOTO, picture())
    Interview.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert look(walk, StoredFile.objects.get().id) == 404


def test_a_deleted_picture_is_gone(walk: Walk) -> None:
    walk.attach(PHOTO, picture())
    delete_file(StoredFile.objects.get())
    assert look(walk, StoredFile.objects.get().id) == 404


def test_a_correction_shows_the_pictures_of_its_own_application_only(paper: AppRevision) -> None:
    mine, neighbour, elsewhere = sent(Client(), paper), sent(Client(), paper), sent(Client(), twin_app := twin())
    again = correcting(mine, paper)
    assert look(again, photo_of(mine, paper)) == 200
    assert look(again, photo_of(neighbour, paper)) == 404
    StoredFile.objects.filter(app_id=twin_app.app_id).update(record_id=mine.application.record_id)
    assert look(again, StoredFile.objects.filter(app_id=twin_app.app_id, has_thumbnail=True)[0].id) == 404
    assert elsewhere.application.app_id != mine.application.app_id


def test_a_correction_may_not_name_anothers_picture_as_its_answer(paper: AppRevision) -> None:
    mine, neighbour = sent(Client(), paper), sent(Client(), paper)
    stolen = photo_of(neighbour, paper)
    again = correcting(mine, paper)
    again.send(PHOTO, {"a": stolen})
    again.confirm()
    assert stolen not in read.get_record(paper, mine.application.record_id).values[PHOTO]
