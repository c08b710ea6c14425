"""Interviews keep what was typed, go on over any channel for 30 days, and end for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.intake import actions, tasks
from madoguchi.intake.models import Interview, Resident
from madoguchi.intake.problems import InterviewClosed, LinkInvalid, ProcedureClosed
from madoguchi.intake.residents import email_of
from madoguchi.interview.types import Answer, Question, Restart, Skip, Start, Summary
from madoguchi.records.files import FileRefused
from madoguchi.records.models import StoredFile
from tests import walks
from tests.cast import HANAKO
from tests.publishing import publish
from tests.samples import certificate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("app")]


def test_answers_are_stored_encrypted_and_come_back() -> None:
    interview = walks.begin()
    walks.step(interview.id, Skip("はじめに"))
    walks.step(interview.id, Answer("氏名", HANAKO))
    interview.refresh_from_db()
    assert "花子".encode() not in bytes(interview.state)
    assert actions.current(interview.id, by_part=False).state.answers["氏名"] == HANAKO


def test_every_step_raises_the_version() -> None:
    interview = walks.begin()
    walks.step(interview.id, Start())
    walks.step(interview.id, Skip("はじめに"))
    interview.refresh_from_db()
    assert interview.version == 2


def test_looking_at_the_open_question_changes_nothing() -> None:
    interview = walks.begin()
    actions.current(interview.id, by_part=True)
    interview.refresh_from_db()
    assert interview.version == 0


def test_a_wrong_answer_is_explained_and_nothing_typed_is_lost() -> None:
    interview = walks.begin()
    walks.step(interview.id, Skip("はじめに"))
    prompt = walks.step(interview.id, Answer("氏名", HANAKO | {"family_kana": "市川"}))
    assert isinstance(prompt, Question)
    assert prompt.problems
    assert prompt.value["given"] == "花子"


def test_an_interview_goes_on_where_it_stopped_on_another_channel_by_its_link() -> None:
    interview = walks.begin(channel="line")
    walks.step(interview.id, Skip("はじめに"))
    found = actions.interview_by_token(actions.interview_token(interview))
    prompt = actions.current(found.id, by_part=False).prompt
    assert isinstance(prompt, Question)
    assert prompt.field.code == "氏名"


def test_a_link_says_nothing_but_the_interview() -> None:
    interview = walks.begin()
    token = actions.interview_token(interview)
    assert len(token) < 80
    assert str(interview.resident_id) not in token


def other_first_letter(token: str) -> str:
    return ("A" if token[0] != "A" else "B") + token[1:]


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: "x" + t, other_first_letter, lambda t: "", lambda t: "日本語"]
)
def test_a_tampered_or_cut_link_opens_nothing(spoil: Callable[[str], str]) -> None:
    token = spoil(actions.interview_token(walks.begin()))
    with pytest.raises(LinkInvalid, match="リンクが正しくありません"):
        actions.interview_by_token(token)


def test_a_token_signed_for_something_else_opens_nothing() -> None:
    stolen = signing.TimestampSigner(salt="other").sign(actions.interview_token(walks.begin()).split(":")[0])
    with pytest.raises(LinkInvalid):
        actions.interview_by_token(stolen)


def test_a_link_older_than_thirty_days_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    token = actions.interview_token(walks.begin())
    later = timezone.now().timestamp() + timedelta(days=30, minutes=1).total_seconds()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    with pytest.raises(LinkInvalid, match="30日"):
        actions.interview_by_token(token)


def test_two_tabs_answering_different_questions_both_count() -> None:
    interview = walks.begin()
    walks.step(interview.id, Skip("はじめに"))
    walks.step(interview.id, Answer("氏名", HANAKO))  # tab one
    walks.step(interview.id, Answer("生年月日", "昭和60年4月1日"))  # tab one goes on
    walks.step(interview.id, Answer("氏名", HANAKO | {"given": "華子"}))  # tab two still shows the name
    answers = actions.current(interview.id, by_part=False).state.answers
    assert answers["氏名"]["given"] == "華子"
    assert answers["生年月日"] == "1985-04-01"


def test_an_interview_stays_on_the_revision_it_began_with(app: AppRevision) -> None:
    interview = walks.begin()
    newer = publish(certificate(title="新しい名前の手続"))
    assert newer.revision_id != app.revision_id
    assert walks.apply().interview.revision_id == newer.revision_id
    assert walks.confirm(interview).revision_id == app.revision_id


@pytest.mark.parametrize(
    ("procedure", "text"),
    [
        ({"opens_at": "2100-01-01T00:00:00+09:00"}, "まだ始まっていません"),
        ({"closes_at": "2020-01-01T00:00:00+09:00"}, "終わりました"),
        ({"channels": ["counter"]}, "この方法では"),
    ],
)
def test_a_procedure_that_is_closed_cannot_be_begun(procedure: dict[str, object], text: str) -> None:
    publish(certificate(**procedure))
    with pytest.raises(ProcedureClosed, match=text):
        walks.begin()


def test_after_thirty_days_nothing_can_be_answered_any_more() -> None:
    interview = walks.begin()
    Interview.objects.update(expires_at=timezone.now())
    with pytest.raises(InterviewClosed, match="30日"):
        walks.step(interview.id, Start())


def test_the_daily_job_forgets_unfinished_interviews_with_files_and_address() -> None:
    interview = walks.begin(resident=actions.new_resident(email="hanako@example.jp"))
    walks.answer_all(interview)
    Interview.objects.update(expires_at=timezone.now())
    assert tasks.expire_drafts() == 1
    interview.refresh_from_db()
    assert (interview.outcome, bytes(interview.state)) == ("abandoned", b"")
    assert not StoredFile.objects.filter(deleted_at=None).exists()
    assert Resident.objects.get().email is None
    assert tasks.expire_drafts() == 0


def test_the_daily_job_leaves_alone_what_is_fresh_or_filed() -> None:
    fresh, application = walks.begin(), walks.apply()
    Interview.objects.filter(pk=application.interview_id).update(expires_at=timezone.now())
    assert tasks.expire_drafts() == 0
    fresh.refresh_from_db()
    assert fresh.outcome == "open"
    assert email_of(application.resident_id) == "hanako@example.jp"


def test_a_file_question_takes_only_files_uploaded_for_it_here() -> None:
    mine, other = walks.begin(), walks.begin()
    stolen = actions.add_file(
        interview_id=other.id, field_code="身分証おもて", data=walks.photo(), content_type="image/jpeg", name="a.jpg"
    )
    assert isinstance(walks.answer_all(mine), Summary)
    prompt = walks.step(mine.id, Answer("身分証おもて", [str(stolen.id)]))
    assert isinstance(prompt, Question)
    assert prompt.problems


@pytest.mark.parametrize("typed", ["あとで送ります", ["あとで送ります"], {"file": "x"}, "THEIRS", ["THEIRS"]])
def test_words_or_anothers_file_at_an_optional_photo_question_are_refused_and_not_taken_for_a_skip(
    typed: object,
) -> None:
    data = certificate().model_dump(mode="json", by_alias=True)
    next(field for field in data["fields"] if field["code"] == "身分証おもて")["required"] = False
    publish(AppDefinition.model_validate(data))
    mine, other = walks.begin(), walks.begin()
    theirs = actions.add_file(
        interview_id=other.id, field_code="身分証おもて", data=walks.photo(), content_type="image/jpeg", name="a.jpg"
    )
    given = {"THEIRS": str(theirs.id)}.get(str(typed), typed) if typed != ["THEIRS"] else [str(theirs.id)]
    walks.answer_all(mine)
    prompt = walks.step(mine.id, Answer("身分証おもて", given))
    assert isinstance(prompt, Question) and prompt.field.code == "身分証おもて"
    assert "写真" in str(prompt.problems[0].text)
    assert not isinstance(walks.step(mine.id, Answer("身分証おもて", "")), Question)


def test_one_picture_too_many_is_refused_with_a_way_out() -> None:
    interview = walks.begin()
    upload = {"field_code": "身分証おもて", "data": walks.photo(), "content_type": "image/jpeg", "name": "a.jpg"}
    first = actions.add_file(interview_id=interview.id, **upload)
    with pytest.raises(FileRefused, match=r"1個まで.*削除"):
        actions.add_file(interview_id=interview.id, **upload)
    actions.remove_file(interview_id=interview.id, file_id=first.id)
    assert actions.add_file(interview_id=interview.id, **upload)


def test_nobody_removes_anothers_file() -> None:
    mine, other = walks.begin(), walks.begin()
    upload = actions.add_file(
        interview_id=other.id, field_code="身分証おもて", data=walks.photo(), content_type="image/jpeg", name="a.jpg"
    )
    actions.remove_file(interview_id=mine.id, file_id=upload.id)
    assert actions.files_of(other.id, "身分証おもて") == [upload]


def test_beginning_again_forgets_answers_and_pictures() -> None:
    interview = walks.begin()
    walks.answer_all(interview)
    walks.step(interview.id, Restart())
    assert actions.current(interview.id, by_part=False).state.answers == {}
    assert actions.files_of(interview.id, "身分証おもて") == []
