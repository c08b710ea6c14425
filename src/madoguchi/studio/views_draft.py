"""The draft of an app as JSON: read, saved, and its formulas checked while they are written."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.catalog import drafts
from madoguchi.catalog.drafts import Clashed, DraftLocked
from madoguchi.studio import assistance, shell, wire
from madoguchi.studio.shell import Place


@staff_required
@require_http_methods(["GET", "HEAD", "PUT"])
def draft(request: StaffRequest, app_code: str) -> HttpResponse:
    """The draft, or what is published where there is none. PUT stores it together with what others saved meanwhile.

    409: others changed the same places (what was sent is kept; ``url`` leads to choosing). 422: no definition.
    423: it is being reviewed.
    """
    place = shell.builder_place(request.user, app_code)
    if request.method != "PUT":
        return wire.answer(wire.draft(place.app, place.head))
    try:
        return _save(request, place)
    except wire.NotUnderstood as refusal:
        return refusal.response()
    except DraftLocked as locked:
        return _locked(locked)


def _save(request: StaffRequest, place: Place) -> JsonResponse:
    data = wire.body(request)
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        missing = wire.problem(("version",), "どの版から作ったかがありません。", "画面を読み込みなおしてください。")
        raise wire.NotUnderstood([missing])
    defn = wire.definition(data.get("definition"), code=place.code)
    result = drafts.save(app_code=place.code, base_version=version, defn=defn, staff=request.user)
    if isinstance(result, Clashed):
        return _conflict(place, result)
    return wire.answer({**wire.draft(place.app, result.revision), "merged": result.merged})


def _conflict(place: Place, found: Clashed) -> JsonResponse:
    assert found.held is not None
    return wire.answer({
        "version": found.head.version, "definition": found.head.definition,
        "conflicts": wire.clashes(place.app, found),
        "url": reverse("studio:held", args=[place.code, found.held.pk]),
    }, status=409)


def _locked(locked: DraftLocked) -> JsonResponse:
    since = timezone.localtime(locked.revision.saved_at).isoformat()
    return wire.answer({"message": str(locked), "state": locked.revision.state, "since": since}, status=423)


@staff_required
@require_POST
def check(request: StaffRequest, app_code: str) -> HttpResponse:
    """Whether a formula, condition, fee or query that is being written fits the definition sent with it."""
    return _assist(request, app_code, assistance.check)


@staff_required
@require_POST
def complete(request: StaffRequest, app_code: str) -> HttpResponse:
    """What may stand at ``position``: fields, functions, options, operators."""
    return _assist(request, app_code, assistance.complete)


def _assist(request: StaffRequest, app_code: str, answer: Any) -> HttpResponse:
    place = shell.builder_place(request.user, app_code)
    try:
        data = wire.body(request)
        defn = wire.definition(data.get("definition"), code=place.code)
        return wire.answer(answer(defn, assistance.Asked.read(data)))
    except wire.NotUnderstood as refusal:
        return refusal.response()
