"""From draft to published: somebody else approves, and everything that matters is on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.catalog import actions, publishing, queries
from madoguchi.catalog.models import Review, Revision
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.review import CHECKLIST
from madoguchi.records.actor import SYSTEM
from tests.integration.catalog.test_publish import with_field
from tests.integration.studio.conftest import At, Plain, plain, relabelled
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db
ANSWERED = {f"{item}-answer": "yes" for item in CHECKLIST}


def url(app: AppRevision, page: str = "") -> str:
    return f"/studio/{app.code}/{page}"


def change(client: Client, app: AppRevision, code: str = "通数", **changes: Any) -> Plain:
    now = client.get(url(app, "draft.json")).json()
    definition = relabelled(now["definition"], code, **(changes or {"label": "枚数"}))
    data = {"version": now["version"], "definition": definition}
    saved = client.put(url(app, "draft.json"), data, content_type="application/json")
    assert saved.status_code == 200
    found: Plain = saved.json()
    return found


def send(client: Client, app: AppRevision, **more: str) -> Any:
    version = client.get(url(app, "draft.json")).json()["version"]
    return client.post(url(app, "review/"), {"version": version, **ANSWERED, **more})


def decide(client: Client, app: AppRevision, decision: str, comment: str = "") -> Any:
    review = Review.objects.filter(decision="").first()
    data = {"review": review.pk if review else 0, "decision": decision, "comment": comment}
    return client.post(url(app, "review/decide/"), data)


def approved(app: AppRevision, at: At) -> None:
    change(at("watanabe"), app)
    send(at("watanabe"), app)
    assert decide(at("ito"), app, "approve").status_code == 302


def label(app: AppRevision) -> str:
    return str(queries.published(app.code).definition.by_code["通数"].label)


def test_a_change_is_reviewed_by_somebody_else_and_published(app: AppRevision, at: At) -> None:
    builder, reviewer = at("watanabe"), at("ito")
    change(builder, app)
    page = builder.get(url(app, "review/")).content.decode()
    assert "表示名" in page and "枚数" in page
    assert send(builder, app, note="条例の改正による").status_code == 302
    assert "条例の改正による" in reviewer.get("/studio/").content.decode()
    page = reviewer.get(url(app, "review/")).content.decode()
    assert "条例の改正による" in page and "承認する" in page and "枚数" in page
    assert decide(reviewer, app, "approve").status_code == 302
    assert label(app) != "枚数"
    assert builder.post(url(app, "publish/"), {"when": "now"}).status_code == 302
    assert label(app) == "枚数"
    assert queries.published(app.code).number == 2


def test_the_author_cannot_approve(app: AppRevision, at: At, staff: Mapping[str, Staff]) -> None:
    builder = at("watanabe")
    change(builder, app)
    send(builder, app)
    assert "承認する</button>" not in builder.get(url(app, "review/")).content.decode()
    assert decide(builder, app, "approve").status_code == 422
    review = Review.objects.get()
    review.decision, review.decided_by = "approved", staff["watanabe"]
    with pytest.raises(IntegrityError), transaction.atomic():
        review.save()


def test_who_saved_last_cannot_approve_what_another_sent(app: AppRevision, at: At, second_builder: Staff) -> None:
    change(at("suzuki"), app)
    send(at("watanabe"), app)
    assert decide(at("suzuki"), app, "approve").status_code == 422
    assert Revision.objects.get(state="review")


def test_a_draft_sent_back_says_why_and_can_be_sent_again(app: AppRevision, at: At) -> None:
    builder, reviewer = at("watanabe"), at("ito")
    change(builder, app)
    send(builder, app)
    assert decide(reviewer, app, "return").status_code == 422
    assert decide(reviewer, app, "return", "手数料の根拠を書いてください").status_code == 302
    assert "手数料の根拠を書いてください" in builder.get(url(app)).content.decode()
    change(builder, app, label="部数")
    assert send(builder, app).status_code == 302


def test_the_checklist_must_be_answered_and_what_was_typed_stays(app: AppRevision, at: At) -> None:
    builder = at("watanabe")
    change(builder, app)
    refused = send(builder, app, **{"fee-answer": "none", "legal_basis-note": "条例第3条"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'href="#fee"' in page and "条例第3条" in page
    assert not Review.objects.exists()
    assert send(builder, app, **{"fee-answer": "none", "fee-note": "無料のため"}).status_code == 302


def test_what_cannot_be_published_cannot_be_sent(app: AppRevision, at: At) -> None:
    builder = at("watanabe")
    change(builder, app, show_if="無い項目 = 1")
    page = builder.get(url(app, "review/")).content.decode()
    assert "無い項目" in page
    assert send(builder, app).status_code == 422


def test_a_draft_that_changed_since_it_was_looked_at_is_not_sent(
    app: AppRevision, at: At, second_builder: Staff
) -> None:
    change(at("watanabe"), app)
    version = at("watanabe").get(url(app, "draft.json")).json()["version"]
    change(at("suzuki"), app, label="部数")
    refused = at("watanabe").post(url(app, "review/"), {"version": version, **ANSWERED})
    assert refused.status_code == 422
    assert "ほかの人が下書きを保存しました" in refused.content.decode()


def test_a_publication_waits_for_its_date_and_can_be_called_off(
    app: AppRevision, at: At, run_jobs: Callable[[], int]
) -> None:
    approved(app, at)
    builder = at("watanabe")
    when = timezone.localtime() + timedelta(days=3)
    data = {"when": "later", "at": when.strftime("%Y-%m-%dT%H:%M")}
    assert builder.post(url(app, "publish/"), data).status_code == 302
    assert when.strftime("%Y-%m-%d %H:%M") in builder.get(url(app, "publish/")).content.decode()
    revision = Revision.objects.get(state="approved")
    assert revision.publish_at
    builder.post(url(app, "publish/call-off/"))
    publishing.run(revision.pk, revision.publish_at.isoformat())
    assert label(app) != "枚数"
    assert Revision.objects.get(pk=revision.pk).state == "approved"


def test_the_job_publishes_at_the_date(app: AppRevision, at: At) -> None:
    approved(app, at)
    when = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    at("watanabe").post(url(app, "publish/"), {"when": "later", "at": when})
    revision = Revision.objects.get(state="approved")
    assert revision.publish_at
    publishing.run(revision.pk, revision.publish_at.isoformat())
    assert label(app) == "枚数"
    assert Revision.objects.get(pk=revision.pk).published_by == at_staff("watanabe")


def at_staff(username: str) -> Staff:
    return Staff.objects.get(username=username)


@pytest.mark.parametrize("at_", ["", "昨日", "2020-01-01T09:00"])
def test_a_date_that_is_none_or_past_is_refused(app: AppRevision, at: At, at_: str) -> None:
    approved(app, at)
    assert at("watanabe").post(url(app, "publish/"), {"when": "later", "at": at_}).status_code == 422


def test_what_was_published_meanwhile_is_not_undone(app: AppRevision, at: At) -> None:
    approved(app, at)
    actions.publish_directly(defn=certificate(title="証明書の請求"), actor=SYSTEM)
    builder = at("watanabe")
    refused = builder.post(url(app, "publish/"), {"when": "now"})
    assert refused.status_code == 422
    assert "ほかの変更が公開されました" in refused.content.decode()
    builder.post(url(app, "withdraw/"))
    assert builder.post(url(app, "update/")).status_code == 302
    definition = builder.get(url(app, "draft.json")).json()["definition"]
    assert definition["procedure"]["title"] == "証明書の請求"
    assert send(builder, app).status_code == 302


def test_going_back_is_a_new_revision_through_the_same_door(app: AppRevision, at: At) -> None:
    publish(certificate(title="新しい題名"))
    builder = at("watanabe")
    page = builder.get(url(app, "history/1/")).content.decode()
    assert "第1版の内容を下書きにする" in page
    assert builder.post(url(app, "history/1/restore/")).status_code == 302
    assert queries.published(app.code).number == 2
    assert plain(queries.published(app.code).definition)["procedure"]["title"] == "新しい題名"
    send(builder, app)
    decide(at("ito"), app, "approve")
    builder.post(url(app, "publish/"), {"when": "now"})
    assert queries.published(app.code).number == 3
    assert queries.published(app.code).definition == certificate()


def test_an_earlier_save_comes_back(app: AppRevision, at: At) -> None:
    builder = at("watanabe")
    first = change(builder, app, label="枚数")
    change(builder, app, label="部数")
    assert builder.post(url(app, f"saves/{first['version']}/restore/")).status_code == 302
    definition = builder.get(url(app, "draft.json")).json()["definition"]
    assert next(f["label"] for f in definition["fields"] if f["code"] == "通数") == "枚数"
    page = builder.get(url(app, "history/")).content.decode()
    assert "前の保存に戻した" in page


def test_a_draft_can_be_thrown_away_but_not_what_is_published(app: AppRevision, at: At) -> None:
    builder = at("watanabe")
    change(builder, app)
    assert builder.post(url(app, "discard/")).status_code == 302
    assert not Revision.objects.filter(state="draft").exists()
    assert label(app) != "枚数"


def test_values_that_would_be_lost_are_shown_and_must_be_accepted(app: AppRevision, at: At) -> None:
    now = publish(with_field(certificate(), type="text", id=900, code="備考", label="備考"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO app_{app.app_id} (app_revision_id, channel, receipt_number, f900)"
            f" VALUES ({now.revision_id}, 'web', 'JM-R08-000001', 'なし')"
        )
    builder = at("watanabe")
    version = builder.get(url(app, "draft.json")).json()["version"]
    definition = plain(with_field(certificate(), type="number", id=900, code="備考", label="備考"))
    data = {"version": version, "definition": definition}
    assert builder.put(url(app, "draft.json"), data, content_type="application/json").status_code == 200
    assert "JM-R08-000001" in builder.get(url(app, "review/")).content.decode()
    assert send(builder, app).status_code == 302
    decide(at("ito"), app, "approve")
    refused = builder.post(url(app, "publish/"), {"when": "now"})
    assert refused.status_code == 422 and "失われる" in refused.content.decode()
    assert builder.post(url(app, "publish/"), {"when": "now", "accept": "1"}).status_code == 302
    assert queries.published(app.code).number == 3


def test_a_scheduled_publication_that_fails_says_why(app: AppRevision, at: At) -> None:
    approved(app, at)
    when = datetime(2030, 1, 1, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    at("watanabe").post(url(app, "publish/"), {"when": "later", "at": "2030-01-01T09:00"})
    actions.publish_directly(defn=certificate(title="証明書の請求"), actor=SYSTEM)
    revision = Revision.objects.get(state="approved")
    publishing.run(revision.pk, when.isoformat())
    assert "ほかの変更が公開されました" in at("watanabe").get(url(app)).content.decode()
