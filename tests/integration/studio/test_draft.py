"""The draft as JSON: nobody's work is lost, and help while writing comes from the product's own parsers."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import DraftSave, HeldSave, Revision
from madoguchi.catalog.queries import AppRevision, published
from tests.integration.studio.conftest import At, Plain, relabelled
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db


def url(app: AppRevision, page: str = "draft.json") -> str:
    return f"/studio/{app.code}/{page}"


def read(client: Client, app: AppRevision) -> Plain:
    found: Plain = client.get(url(app)).json()
    return found


def put(client: Client, app: AppRevision, version: int, definition: Plain) -> Any:
    return client.put(url(app), {"version": version, "definition": definition}, content_type="application/json")


def ask(client: Client, app: AppRevision, page: str, **question: Any) -> HttpResponse:
    data = {"definition": read(client, app)["definition"], **question}
    return client.post(url(app, page), data, content_type="application/json")


def label(definition: Plain, code: str) -> Any:
    return next(field["label"] for field in definition["fields"] if field["code"] == code)


def test_a_save_changes_the_draft_and_not_what_is_published(app: AppRevision, at: At) -> None:
    client = at("watanabe")
    now = read(client, app)
    assert now["published_number"] == now["number"] == 1
    saved = put(client, app, now["version"], relabelled(now["definition"], "通数", label="枚数"))
    assert saved.status_code == 200
    assert saved.json()["version"] > now["version"]
    assert saved.json()["merged"] is False
    assert str(published(app.code).definition.by_code["通数"].label) != "枚数"
    assert label(read(client, app)["definition"], "通数") == "枚数"


def test_two_builders_changes_of_different_fields_come_together(
    app: AppRevision, at: At, second_builder: Staff
) -> None:
    one, two = at("watanabe"), at("suzuki")
    now = read(one, app)
    put(one, app, now["version"], relabelled(now["definition"], "通数", label="枚数"))
    second = put(two, app, now["version"], relabelled(now["definition"], "使いみち", label="用途"))
    assert second.status_code == 200
    assert second.json()["merged"] is True
    assert label(second.json()["definition"], "通数") == "枚数"
    assert label(second.json()["definition"], "使いみち") == "用途"


def test_two_builders_changes_of_the_same_place_are_asked_about(
    app: AppRevision, at: At, second_builder: Staff
) -> None:
    one, two = at("watanabe"), at("suzuki")
    now = read(one, app)
    put(one, app, now["version"], relabelled(now["definition"], "通数", label="枚数"))
    refused = put(two, app, now["version"], relabelled(now["definition"], "通数", label="部数"))
    assert refused.status_code == 409
    answer = refused.json()
    (clash,) = answer["conflicts"]
    assert (clash["mine"], clash["theirs"], clash["by"]) == ("部数", "枚数", "渡邊 恵")
    assert "通数" in clash["where"] or "枚数" in clash["where"]
    page = two.get(answer["url"]).content.decode()
    assert "部数" in page and "枚数" in page and "渡邊 恵 の変更" in page
    assert two.post(answer["url"], {}).status_code == 422
    assert two.post(answer["url"], {clash["key"]: "mine"}).status_code == 302
    assert label(read(one, app)["definition"], "通数") == "部数"


def test_what_was_sent_is_held_for_its_author_alone(app: AppRevision, at: At, second_builder: Staff) -> None:
    one, two = at("watanabe"), at("suzuki")
    now = read(one, app)
    put(one, app, now["version"], relabelled(now["definition"], "通数", label="枚数"))
    answer = put(two, app, now["version"], relabelled(now["definition"], "通数", label="部数")).json()
    assert one.get(answer["url"]).status_code == 404
    assert two.post(answer["url"], {"drop": "1"}).status_code == 302
    assert HeldSave.objects.get().settled_at
    assert label(read(two, app)["definition"], "通数") == "枚数"


def test_two_new_fields_with_the_same_number_both_stay(app: AppRevision, at: At, second_builder: Staff) -> None:
    one, two = at("watanabe"), at("suzuki")
    now = read(one, app)

    def added(code: str) -> Plain:
        field = {"id": now["next_field_id"], "type": "text", "code": code, "label": code}
        return {**now["definition"], "fields": [*now["definition"]["fields"], field]}

    put(one, app, now["version"], added("備考"))
    merged = put(two, app, now["version"], added("連絡事項")).json()["definition"]
    ids = {field["code"]: field["id"] for field in merged["fields"]}
    assert ids["備考"] == now["next_field_id"]
    assert ids["連絡事項"] > ids["備考"]


def test_every_save_is_kept(app: AppRevision, at: At) -> None:
    client = at("watanabe")
    for name in ("枚数", "部数", "数"):
        now = read(client, app)
        put(client, app, now["version"], relabelled(now["definition"], "通数", label=name))
    labels = [label(save.definition, "通数") for save in DraftSave.objects.order_by("-version")[:3]]
    assert labels == ["数", "部数", "枚数"]


def test_an_unfinished_definition_is_stored_with_what_is_wrong(app: AppRevision, at: At) -> None:
    client = at("watanabe")
    now = read(client, app)
    saved = put(client, app, now["version"], relabelled(now["definition"], "通数", show_if="無い項目 = 1"))
    assert saved.status_code == 200
    assert any(f["level"] == "error" and "無い項目" in f["message"] for f in saved.json()["findings"])


def test_what_is_no_definition_is_refused_with_its_place(app: AppRevision, at: At) -> None:
    client = at("watanabe")
    now = read(client, app)
    refused = put(client, app, now["version"], relabelled(now["definition"], "通数", type="unknown"))
    assert refused.status_code == 422
    (problem,) = refused.json()["problems"]
    assert problem["path"][0] == "fields"
    assert put(client, app, now["version"], {**now["definition"], "code": "other"}).status_code == 422
    assert client.put(url(app), "?", content_type="application/json").status_code == 422


def test_a_draft_in_review_is_locked(app: AppRevision, at: At) -> None:
    client = at("watanabe")
    now = read(client, app)
    saved = put(client, app, now["version"], relabelled(now["definition"], "通数", label="枚数")).json()
    Revision.objects.filter(state="draft").update(state="review")
    locked = put(client, app, saved["version"], relabelled(now["definition"], "通数", label="部数"))
    assert locked.status_code == 423
    assert locked.json()["state"] == "review"


def test_a_pack_publishes_past_a_draft_and_the_draft_stays(app: AppRevision, at: At) -> None:
    from madoguchi.catalog import actions
    from madoguchi.records.actor import SYSTEM

    client = at("watanabe")
    now = read(client, app)
    put(client, app, now["version"], relabelled(now["definition"], "通数", label="枚数"))
    second = actions.publish_directly(defn=certificate(title="証明書"), actor=SYSTEM)
    assert second.number == 2
    after = read(client, app)
    assert (after["number"], after["published_number"]) == (3, 2)
    assert label(after["definition"], "通数") == "枚数"


def test_a_designer_left_open_over_a_publish_still_saves(app: AppRevision, at: At) -> None:
    client = at("watanabe")
    now = read(client, app)
    publish(certificate(title="証明書の請求"))
    saved = put(client, app, now["version"], relabelled(now["definition"], "通数", label="枚数"))
    assert saved.status_code == 200
    assert saved.json()["merged"] is True
    assert saved.json()["definition"]["procedure"]["title"] == "証明書の請求"


@pytest.mark.parametrize("who", ["sato", "outsider", "kobayashi"])
def test_who_may_not_build_finds_nothing(app: AppRevision, at: At, who: str) -> None:
    client = at(who)
    assert client.get(url(app)).status_code == 404
    assert client.put(url(app), {}, content_type="application/json").status_code == 404
    assert client.post(url(app, "check"), {}, content_type="application/json").status_code == 404


@pytest.mark.parametrize(
    ("kind", "source", "ok"),
    [
        ("condition", '範囲 = "世帯全員"', True), ("condition", "通数", True), ("condition", "通数 +", False),
        ("condition", '"はい"', False), ("fee", "300 * 通数", True), ("fee", "範囲", False),
        ("formula", "通数 & \"通\"", True), ("query", '通数 > "1" and ステータス in ("無い")', False),
        ("query", "通数 > 1", True), ("query", "無い = 1", False),
    ],
)  # fmt: skip
def test_formulas_are_checked_while_they_are_written(
    app: AppRevision, at: At, kind: str, source: str, ok: bool
) -> None:
    answer = ask(at("watanabe"), app, "check", kind=kind, source=source).json()
    assert answer["ok"] is ok
    assert (answer["error"] is None) is ok


def test_completion_offers_fields_functions_and_options(app: AppRevision, at: At) -> None:
    client = at("watanabe")

    def offered(kind: str, source: str) -> list[str]:
        answer = ask(client, app, "complete", kind=kind, source=source, position=len(source)).json()
        return [item["insert"] for item in answer["items"]]

    assert offered("condition", "通") == ["通数"]
    assert offered("condition", "SU")[0] == "SUM("
    assert "世帯全員" in offered("condition", '範囲 = "')
    assert "世帯全員" in offered("query", '範囲 in ("')
    assert "通数" in offered("query", "")
