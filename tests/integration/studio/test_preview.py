"""Previews show a definition that nobody has published, as the real thing would be, and store nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from madoguchi.catalog.queries import AppRevision
from madoguchi.intake.models import Interview
from tests.integration.studio.conftest import At, Plain, plain, relabelled
from tests.samples import certificate, everything

pytestmark = pytest.mark.django_db
ASKED = "質問の言葉を変えました"


def ask(client: Client, kind: str, definition: Plain, **sent: Any) -> Any:
    path, body = f"/studio/{definition['code']}/preview/{kind}", {"definition": definition, **sent}
    return client.post(path, body, content_type="application/json")


def test_the_web_page_asks_the_first_question_of_the_draft(at: At, app: AppRevision) -> None:
    draft = relabelled(plain(certificate()), "氏名", question=ASKED)

    shown = ask(at("watanabe"), "web", draft).json()

    assert "質問 1 /" in shown["html"]
    assert shown["state"]["phase"] == "asking"


def only(draft: Plain, code: str) -> Plain:
    """The draft with one question and no procedure yet."""
    fields = [field for field in draft["fields"] if field["code"] == code]
    return {**draft, "fields": fields, "layout": [], "views": [], "procedure": None}


def test_a_wrong_answer_is_told_and_a_right_one_leads_on(at: At, app: AppRevision) -> None:
    draft, watanabe = only(plain(certificate()), "通数"), at("watanabe")
    first = ask(watanabe, "web", draft).json()

    wrong = ask(watanabe, "web", draft, state=first["state"], event={"kind": "send", "form": "a=&do=answer"}).json()
    right = ask(watanabe, "web", draft, state=wrong["state"], event={"kind": "send", "form": "a=2&do=answer"}).json()
    end = ask(watanabe, "web", draft, state=right["state"], event={"kind": "send", "form": ""}).json()

    assert "error-summary" in wrong["html"]
    assert "入力内容を確認してください" in right["html"]
    assert "プレビューはここまでです" in end["html"]


def test_a_link_of_the_summary_leads_back_to_its_question(at: At, app: AppRevision) -> None:
    draft, watanabe = only(plain(certificate()), "通数"), at("watanabe")
    summary = ask(watanabe, "web", draft, event={"kind": "send", "form": "a=2&do=answer"}).json()

    event = {"kind": "open", "path": "/i/preview/q/%E9%80%9A%E6%95%B0/"}
    again = ask(watanabe, "web", draft, state=summary["state"], event=event).json()

    assert 'value="2"' in again["html"]
    assert again["state"]["changing"] is True


def test_what_is_typed_stays_when_the_definition_changes(at: At, app: AppRevision) -> None:
    draft = {**only(plain(everything()), "状況"), "code": app.code}

    event = {"kind": "draw", "form": "a=%E7%A9%B4%E3%81%8C%E3%81%82%E3%82%8B"}
    shown = ask(at("watanabe"), "web", draft, event=event).json()

    assert "穴がある" in shown["html"]


def test_the_chat_asks_part_by_part_and_its_buttons_answer(at: At, app: AppRevision) -> None:
    draft, watanabe = plain(certificate(all_in_chat=True, pilot_only=True, banner="実証実験")), at("watanabe")
    first = ask(watanabe, "chat", draft).json()
    assert "（1/" in first["messages"][-1]["text"]

    said, back = {"type": "message", "text": "市川 花子"}, {"type": "postback", "data": "back|preview"}
    second = ask(watanabe, "chat", draft, state=first["state"], event=said).json()
    third = ask(watanabe, "chat", draft, state=second["state"], event=back).json()

    assert second["state"]["partial"]
    assert not third["state"]["partial"]


def test_a_personal_question_leads_from_the_chat_to_our_page(at: At, app: AppRevision) -> None:
    shown = ask(at("watanabe"), "chat", only(plain(certificate()), "氏名")).json()

    assert "/i/preview/" in str(shown["messages"])


def test_the_desk_shows_made_up_answers_and_those_given_in_the_other_previews(at: At, app: AppRevision) -> None:
    state = {"phase": "asking", "answers": {"通数": "9"}}
    shown = ask(at("watanabe"), "desk", plain(certificate()), state=state).json()

    assert "見本 花子" in shown["html"]
    assert "9" in shown["html"]


@pytest.mark.parametrize("kind", ["desk", "web", "chat"])
def test_nothing_is_written(at: At, app: AppRevision, kind: str) -> None:
    watanabe = at("watanabe")
    with CaptureQueriesContext(connection) as said:
        ask(watanabe, kind, plain(certificate()))

    written = [query["sql"] for query in said if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql for sql in written if "django_session" not in sql] == []
    assert not Interview.objects.exists()


@pytest.mark.parametrize("kind", ["desk", "web", "chat"])
@pytest.mark.parametrize(
    "state",
    [{"phase": "asking", "answers": []}, {"phase": 3}, {"phase": "checking", "answers": {"通数": {"a": [1]}, "?": 1}},
     {"phase": "asking", "current": "氏名", "partial": {"family": 3}, "asked": 0, "skipped": [[]]}, "nonsense"],
    ids=["answers", "phase", "values", "parts", "no object"],
)
def test_a_state_that_does_not_fit_begins_again(at: At, app: AppRevision, kind: str, state: Any) -> None:
    assert ask(at("watanabe"), kind, plain(certificate()), state=state).status_code == 200


@pytest.mark.parametrize("kind", ["desk", "web", "chat"])
def test_a_draft_with_mistakes_is_shown_all_the_same(at: At, app: AppRevision, kind: str) -> None:
    draft = plain(certificate())
    broken = relabelled(draft, "通数", show_if="((", min="9", max="1")
    broken["layout"] = [{"title": "まとまり", "fields": ["そんな項目はない", "氏名"]}]
    broken["fields"].append({"type": "text", "id": 900, "code": "形", "label": "形", "pattern": "([a-z"})
    broken["fields"].append({"type": "formula", "id": 901, "code": "式", "label": "式", "formula": "1 +"})

    assert ask(at("watanabe"), kind, broken).status_code == 200


@pytest.mark.parametrize("kind", ["desk", "web", "chat"])
def test_every_type_of_field_can_be_previewed(at: At, app: AppRevision, kind: str) -> None:
    draft = {**plain(everything()), "code": app.code, "procedure": None}

    assert ask(at("watanabe"), kind, draft).status_code == 200


def test_what_is_no_definition_is_refused_in_words(at: At, app: AppRevision) -> None:
    answer = ask(at("watanabe"), "web", {**plain(certificate()), "fields": []})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"]


def test_who_may_not_build_the_app_sees_neither_designer_nor_preview(at: At, app: AppRevision) -> None:
    outsider = at("outsider")

    assert outsider.get(f"/studio/{app.code}/form").status_code == 404
    assert ask(outsider, "web", plain(certificate())).status_code == 404


def test_the_page_carries_the_draft_and_the_words_of_its_scripts(at: At, app: AppRevision) -> None:
    page = at("watanabe").get(f"/studio/{app.code}/form").content.decode()

    assert 'id="designer-draft"' in page
    assert 'id="designer-config"' in page
