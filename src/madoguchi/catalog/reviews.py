"""Review before publishing: somebody else looks at the draft, and the database refuses that it be the same person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.catalog import drafts, usage
from madoguchi.catalog.models import App, Review, Revision
from madoguchi.catalog.queries import published_apps
from madoguchi.catalog.rights import may_review, may_review_any
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError, Finding
from madoguchi.definition.review import CHECKLIST, review_findings
from madoguchi.query.validation import findings

Decision = Review.Decision
State = Revision.State
ANSWERS = ("yes", "none", "no")
"""はい / 該当しない / いいえ; the last two need a note."""


class ReviewError(RuntimeError):
    """What was asked for cannot be done now; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class ChecklistProblem(Exception):
    """Items of the checklist without an answer, or without the note that their answer needs."""

    items: tuple[str, ...]


def all_findings(app: App, defn: AppDefinition) -> list[Finding]:
    """What the definition's own check finds, then what a reviewer should look at, errors first."""
    others = {other.code: other.definition for other in published_apps()}
    published = AppDefinition.model_validate(app.published.definition) if app.published else None
    found = [*findings(defn, others), *review_findings(defn, published, usage.facts(app, defn, published))]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.level != "error")


@transaction.atomic
def ask(*, app_code: str, version: int, note: str, checklist: Mapping[str, Mapping[str, str]], staff: Staff) -> Review:
    """Sends the draft for review as it is at ``version``. From then on it does not change.

    Raises ReviewError, DefinitionError for a draft that could not be published, ChecklistProblem.
    """
    draft = _draft(app_code)
    if draft.state != State.DRAFT:
        raise ReviewError("この下書きは、もう確認に出ています。")
    if draft.version != version:
        raise ReviewError("ほかの人が下書きを保存しました。今の内容を確かめてから、もう一度送ってください。")
    if draft.based_on_id != draft.app.published_id:
        raise ReviewError("下書きを始めたあとに、ほかの変更が公開されました。先にその変更を取り込んでください。")
    if errors := [f for f in all_findings(draft.app, _definition(draft)) if f.level == "error"]:
        raise DefinitionError(errors)
    if missing := _unanswered(checklist):
        raise ChecklistProblem(missing)
    draft.state = State.REVIEW
    draft.save(update_fields=("state",))
    return Review.objects.create(
        revision=draft, version=version, note=note, checklist=dict(checklist), author_id=draft.saved_by_id,
        asked_by=staff,
    )


def _unanswered(checklist: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    def answered(item: str) -> bool:
        given = checklist.get(item, {})
        return given.get("answer") == "yes" or (given.get("answer") in ANSWERS and bool(given.get("note")))

    return tuple(item for item in CHECKLIST if not answered(item))


@transaction.atomic
def decide(*, review_id: int, approve: bool, comment: str, staff: Staff) -> Review:
    """Approves the draft, or sends it back with a comment. Raises ReviewError."""
    review = _open(review_id)
    if not may_review(staff, review):
        raise ReviewError("確認を頼んだ人と最後に保存した人は、自分では承認できません。ほかの人に頼んでください。")
    if not approve and not comment.strip():
        raise ReviewError("差し戻すときは、直してほしいところを書いてください。")
    try:
        _close(review, Decision.APPROVED if approve else Decision.RETURNED, comment, staff)
    except IntegrityError as refusal:
        raise ReviewError("自分が作った下書きは承認できません。") from refusal
    review.revision.state = State.APPROVED if approve else State.DRAFT
    review.revision.save(update_fields=("state",))
    return review


@transaction.atomic
def withdraw(*, app_code: str, staff: Staff) -> None:
    """Takes a draft back from review, or from waiting for its publication, so that it may be changed again.

    Raises ReviewError when there is nothing to take back.
    """
    draft = _draft(app_code)
    if draft.state not in (State.REVIEW, State.APPROVED):
        raise ReviewError("確認に出ている下書きはありません。")
    for review in draft.reviews.filter(decision=""):
        _close(review, Decision.WITHDRAWN, "", staff)
    draft.state, draft.publish_at, draft.accept_losses = State.DRAFT, None, False
    draft.save(update_fields=("state", "publish_at", "accept_losses"))


def reviews_of(app: App) -> list[Review]:
    """Every review of the app, newest first."""
    found = Review.objects.filter(revision__app=app).select_related("revision", "asked_by", "author", "decided_by")
    return list(found.order_by("-asked_at"))


def waiting_for(staff: Staff) -> list[Review]:
    """The open reviews that ``staff`` may decide, oldest first."""
    if not may_review_any(staff):
        return []
    found = Review.objects.filter(decision="").select_related("revision__app", "asked_by").order_by("asked_at")
    return list(found.exclude(asked_by=staff).exclude(author=staff))


def waiting_words(staff: Staff) -> str:
    """How many there are, for the rail; empty for none."""
    count = len(waiting_for(staff))
    return str(count) if count else ""


def _draft(app_code: str) -> Revision:
    app = App.objects.select_for_update(of=("self",)).select_related("published").get(code=app_code)
    draft = drafts.working(app)
    if draft is None:
        raise ReviewError("下書きがありません。公開中の版から変えたところがありません。")
    draft.app = app
    return draft


def _open(review_id: int) -> Review:
    review = Review.objects.select_for_update(of=("self",)).select_related("revision").get(pk=review_id)
    if review.decision:
        raise ReviewError("この確認は、もう終わっています。")
    return review


def _close(review: Review, decision: Review.Decision, comment: str, staff: Staff) -> None:
    review.decision, review.comment = decision, comment.strip()
    review.decided_by, review.decided_at = staff, timezone.now()
    with transaction.atomic():
        review.save(update_fields=("decision", "comment", "decided_by", "decided_at"))


def _definition(revision: Revision) -> AppDefinition:
    found: Any = revision.definition
    return AppDefinition.model_validate(found)
