"""Choosing between one's own held save and what others saved meanwhile; and going back to an earlier save."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.catalog import drafts
from madoguchi.catalog.drafts import Clashed, DraftLocked
from madoguchi.catalog.models import HeldSave
from madoguchi.definition.merge import Clash
from madoguchi.studio import shell, wire
from madoguchi.studio.shell import Place


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: StaffRequest, app_code: str, held_id: int) -> HttpResponse:
    """Each place that both changed, side by side; one's own save is kept until this is done."""
    place = shell.builder_place(request.user, app_code)
    one = HeldSave.objects.filter(
        pk=held_id, revision__app=place.app, by=request.user, settled_at=None
    ).select_related("revision__app__published").first()
    if one is None:
        raise Http404(_("この変更は、もう選び終わっています。"))
    if request.method == "POST":
        return _settle(request, place, one)
    return _choose(request, place, one, drafts.clashes_of(one), {})


def _settle(request: StaffRequest, place: Place, one: HeldSave) -> HttpResponse:
    done = HttpResponseRedirect(reverse("studio:app", args=[place.code]))
    if "drop" in request.POST:
        drafts.drop_held(one)
        messages.info(request, _("自分の変更をやめました。下書きはほかの人が保存したままです。"))
        return done
    choices = {key: value for key, value in request.POST.items() if value in ("mine", "theirs")}
    try:
        result = drafts.settle(held=one, choices=choices, staff=request.user)  # type: ignore[arg-type]
    except DraftLocked as locked:
        messages.error(request, str(locked))
        return done
    if isinstance(result, Clashed):
        return _choose(request, place, one, drafts.clashes_of(one), choices, missing=True)
    messages.success(request, _("選んだ内容で保存しました。"))
    return done


def _choose(
    request: StaffRequest, place: Place, one: HeldSave, clashes: tuple[Clash, ...],
    choices: Mapping[str, str], *, missing: bool = False,
) -> HttpResponse:
    found = wire.clashes(place.app, Clashed(one, clashes, place.head))
    rows: list[dict[str, Any]] = [
        {**clash, "chosen": choices.get(clash["key"], ""),
         "moment": datetime.fromisoformat(clash["at"]) if clash["at"] else None}
        for clash in found
    ]
    context = {"clashes": rows, "missing": missing}
    return shell.page(request, "studio/held.html", context, place=place, status=422 if missing else 200)
