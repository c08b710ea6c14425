"""Sending a draft for review, and reviewing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.models import Department
from madoguchi.catalog import conversions, reviews, rights
from madoguchi.catalog.models import Review
from madoguchi.catalog.reviews import ChecklistProblem, ReviewError
from madoguchi.catalog.schema import LARGE_TABLE, has_more_rows_than
from madoguchi.catalog.tables import table_name
from madoguchi.definition.diff import Change, contents, differences
from madoguchi.definition.findings import DefinitionError
from madoguchi.definition.review import CHECKLIST
from madoguchi.intake.models import Replay
from madoguchi.studio import shell
from madoguchi.studio.shell import Place

NOTE_LENGTH = 2_000
PREVIEW_SECONDS = 600


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: StaffRequest, app_code: str) -> HttpResponse:
    """To builders the draft before it is sent, with everything the reviewer will see; to reviewers what was sent."""
    place = shell.visitor_place(request.user, app_code)
    if request.method == "POST":
        return _ask(request, shell.builder_place(request.user, app_code))
    return _page(request, place)


def _page(
    request: StaffRequest, place: Place, *, typed: Mapping[str, Any] | None = None, missing: tuple[str, ...] = (),
    problem: str = "",
) -> HttpResponse:
    found = reviews.all_findings(place.app, place.definition)
    context = {
        "changes": changes_of(place), "is_new": place.published is None,
        "errors": [f for f in found if f.level == "error"], "warnings": [f for f in found if f.level != "error"],
        "previews": previews_of(place),
        "open": place.review, "past": _past(place), "replay": _last_replay(place),
        "checklist": _checklist(place.review, typed or {}, missing), "missing": missing, "problem": problem,
        "typed": typed or {}, "outdated": outdated(place), "last_returned": last_returned(place),
        "may_build": shell.may_build(request.user, place),
        "may_decide": place.review is not None and rights.may_review(request.user, place.review),
    }
    return shell.page(request, "studio/review.html", context, place=place, status=422 if problem or missing else 200)


def changes_of(place: Place) -> list[Change]:
    """What the draft changes of what is published, in words; of a new app everything."""
    old = place.published_definition
    if old is None:
        return with_names(contents(place.definition))
    return with_names(differences(old, place.definition)) if place.working is not None else []


def with_names(changes: list[Change]) -> list[Change]:
    """The changes with departments by name, where the definition has their codes."""
    names = sorted(Department.objects.values_list("code", "name"), key=lambda pair: -len(pair[0]))

    def named(text: str) -> str:
        for code, name in names:
            text = text.replace(f"課 {code}", name)
        return text

    return [replace(change, details=tuple(map(named, change.details))) for change in changes]


def previews_of(place: Place) -> list[conversions.Preview]:
    """What a change of type would lose. Of a large table it is remembered for some minutes: every value is tried."""
    if place.working is None or place.published is None:
        return []
    if not has_more_rows_than(table_name(place.app.pk), LARGE_TABLE):
        return conversions.previews(place.app, place.definition)
    key = f"studio-previews-{place.working.pk}-{place.working.version}"
    found: list[conversions.Preview] | None = cache.get(key)
    if found is None:
        found = conversions.previews(place.app, place.definition)
        cache.set(key, found, PREVIEW_SECONDS)
    return found


def outdated(place: Place) -> bool:
    """Whether something else was published since the draft began."""
    return place.working is not None and place.working.based_on_id != place.app.published_id


def _past(place: Place) -> list[Review]:
    return [one for one in reviews.reviews_of(place.app) if one.revision_id == place.head.pk and one.decision]


def last_returned(place: Place) -> Review | None:
    """The review that sent the draft back, unless the draft was sent again since."""
    newest = next((one for one in reviews.reviews_of(place.app) if one.revision_id == place.head.pk), None)
    return newest if newest is not None and newest.decision == Review.Decision.RETURNED else None


def _last_replay(place: Place) -> Replay | None:
    return Replay.objects.filter(revision=place.working).first() if place.working else None


def _checklist(
    sent: Review | None, typed: Mapping[str, Any], missing: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The twelve items with what was answered (of the open review, or as just typed)."""
    given: Mapping[str, Mapping[str, str]] = sent.checklist if sent else typed.get("checklist", {})
    words = {"yes": _("はい"), "none": _("該当しない"), "no": _("いいえ")}
    rows = []
    for item, text in CHECKLIST.items():
        title, _colon, rest = text.partition("：")
        answer = given.get(item, {}).get("answer", "")
        rows.append({
            "item": item, "title": title, "text": rest, "answer": answer, "answer_words": words.get(answer, ""),
            "note": given.get(item, {}).get("note", ""), "missing": item in missing,
        })
    return rows


def _ask(request: StaffRequest, place: Place) -> HttpResponse:
    post = request.POST
    checklist = {
        item: {"answer": post.get(f"{item}-answer", ""), "note": post.get(f"{item}-note", "").strip()[:NOTE_LENGTH]}
        for item in CHECKLIST
    }
    note = post.get("note", "").strip()[:NOTE_LENGTH]
    typed = {"checklist": checklist, "note": note}
    version = post.get("version", "")
    try:
        reviews.ask(
            app_code=place.code, version=int(version) if version.isdecimal() else 0, note=note, checklist=checklist,
            staff=request.user,
        )
    except ChecklistProblem as problem:
        return _page(request, place, typed=typed, missing=problem.items)
    except DefinitionError:
        return _page(request, place, typed=typed, problem=_("直すところが残っているため、確認に出せません。"))
    except ReviewError as error:
        return _page(request, shell.builder_place(request.user, place.code), typed=typed, problem=str(error))
    messages.success(request, _("確認に出しました。ほかの人が承認すると、公開できます。"))
    return _to_app(place)


@staff_required
@require_POST
def decide(request: StaffRequest, app_code: str) -> HttpResponse:
    """The reviewer approves, or sends back with a comment."""
    place = shell.visitor_place(request.user, app_code)
    asked = request.POST.get("review", "")
    approve = request.POST.get("decision") == "approve"
    if place.review is None or asked != str(place.review.pk):
        messages.error(request, _("この確認は、もう終わっているか取り下げられました。"))
        return HttpResponseRedirect(reverse("studio:home"))
    comment = request.POST.get("comment", "")[:NOTE_LENGTH]
    try:
        reviews.decide(review_id=place.review.pk, approve=approve, comment=comment, staff=request.user)
    except ReviewError as error:
        return _page(request, place, typed={"comment": comment}, problem=str(error))
    messages.success(request, _("承認しました。") if approve else _("差し戻しました。"))
    if approve:
        return HttpResponseRedirect(reverse("studio:publish", args=[place.code]))
    may_build = shell.may_build(request.user, place)
    return _to_app(place) if may_build else HttpResponseRedirect(reverse("studio:home"))


@staff_required
@require_POST
def withdraw(request: StaffRequest, app_code: str) -> HttpResponse:
    """Takes the draft back to go on with it."""
    place = shell.builder_place(request.user, app_code)
    try:
        reviews.withdraw(app_code=app_code, staff=request.user)
        messages.info(request, _("下書きに戻しました。続けて直せます。"))
    except ReviewError as error:
        messages.error(request, str(error))
    return _to_app(place)


def _to_app(place: Place) -> HttpResponse:
    return HttpResponseRedirect(reverse("studio:app", args=[place.code]))
