"""What was published when, what each revision changed, and going back: to an earlier revision or an earlier save."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.catalog import drafts, reviews
from madoguchi.catalog.drafts import Clashed, DraftLocked
from madoguchi.catalog.models import DraftSave, Revision
from madoguchi.definition import part_words
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.diff import differences
from madoguchi.definition.merge import Side
from madoguchi.studio import shell
from madoguchi.studio.shell import Place

MAX_SAVES = 50


@staff_required
@require_safe
def history(request: StaffRequest, app_code: str) -> HttpResponse:
    """The revisions, newest first, and the saves of the draft."""
    place = shell.builder_place(request.user, app_code)
    past = place.app.revisions.exclude(state__in=Revision.WORKING).select_related("published_by", "saved_by")
    approvals = {one.revision_id: one for one in reviews.reviews_of(place.app) if one.decision == "approved"}
    rows = [{"revision": row, "approval": approvals.get(row.pk)} for row in past.order_by("-number")]
    saves = DraftSave.objects.filter(revision=place.working).select_related("by") if place.working else ()
    context = {"rows": rows, "saves": list(saves[:MAX_SAVES]) if saves else [], "working": place.working}
    return shell.page(request, "studio/history.html", context, place=place)


@staff_required
@require_safe
def revision(request: StaffRequest, app_code: str, number: int) -> HttpResponse:
    """What a revision changed, and how it differs from what is published now."""
    place = shell.builder_place(request.user, app_code)
    row = _revision(place, number)
    before = place.app.revisions.filter(number__lt=number).exclude(state__in=Revision.WORKING).first()
    current = place.published
    context = {
        "row": row, "before": before,
        "changes": differences(_read(before), _read(row)) if before else [],
        "back": differences(_read(current), _read(row)) if current and current.pk != row.pk else [],
        "is_current": current is not None and current.pk == row.pk,
    }
    return shell.page(request, "studio/revision.html", context, place=place)


def _revision(place: Place, number: int) -> Revision:
    row = place.app.revisions.exclude(state__in=Revision.WORKING).filter(number=number).first()
    if row is None:
        raise Http404(_("この版はありません。"))
    return row


def _read(row: Revision) -> AppDefinition:
    return AppDefinition.model_validate(row.definition)


@staff_required
@require_POST
def restore_revision(request: StaffRequest, app_code: str, number: int) -> HttpResponse:
    """An earlier revision becomes the draft; it is reviewed and published like any other change."""
    place = shell.builder_place(request.user, app_code)
    row = _revision(place, number)
    words = _("第%(number)s版の内容を下書きにしました。確認に出して、承認されると公開できます。")
    return _restore(request, place, row.definition, words % {"number": number})


@staff_required
@require_POST
def restore_save(request: StaffRequest, app_code: str, version: int) -> HttpResponse:
    """An earlier save becomes the newest one; those after it stay in the list."""
    place = shell.builder_place(request.user, app_code)
    save = DraftSave.objects.filter(revision__app=place.app, version=version).first()
    if save is None:
        raise Http404(_("この保存はありません。"))
    return _restore(request, place, save.definition, _("前の保存に戻しました。戻す前の内容も、一覧に残っています。"))


def _restore(request: StaffRequest, place: Place, definition: dict[str, object], words: str) -> HttpResponse:
    try:
        drafts.restore(app_code=place.code, definition=definition, staff=request.user)
        messages.success(request, words)
    except DraftLocked as locked:
        messages.error(request, str(locked))
    return HttpResponseRedirect(reverse("studio:app", args=[place.code]))


@staff_required
@require_POST
def update(request: StaffRequest, app_code: str) -> HttpResponse:
    """Takes what was published since the draft began into the draft."""
    place = shell.builder_place(request.user, app_code)
    try:
        result = drafts.take_in_published(app_code=app_code, staff=request.user, choices=_sides(request))
    except DraftLocked as locked:
        messages.error(request, str(locked))
        return HttpResponseRedirect(reverse("studio:app", args=[place.code]))
    if isinstance(result, Clashed):
        return _choose(request, place, result)
    messages.success(request, _("公開中の版の変更を取り込みました。"))
    return HttpResponseRedirect(reverse("studio:app", args=[place.code]))


def _sides(request: StaffRequest) -> dict[str, Side]:
    sides: dict[str, Side] = {"mine": "mine", "theirs": "theirs"}
    return {key: sides[str(value)] for key, value in request.POST.items() if value in sides}


def _choose(request: StaffRequest, place: Place, found: Clashed) -> HttpResponse:
    rows = [
        {
            "key": clash.key, "chosen": "", "by": "", "moment": None,
            "where": part_words.place_words(clash.path, place.head.definition, found.head.definition),
            "mine": part_words.value_words(clash.mine), "theirs": part_words.value_words(clash.theirs),
        }
        for clash in found.clashes
    ]
    context = {"clashes": rows, "missing": bool(_sides(request)), "theirs_is_published": True}
    return shell.page(request, "studio/held.html", context, place=place, status=422)


@staff_required
@require_POST
def discard(request: StaffRequest, app_code: str) -> HttpResponse:
    """Throws the draft away; what is published stays."""
    place = shell.builder_place(request.user, app_code)
    try:
        drafts.discard(app_code=app_code)
        messages.info(request, _("下書きを捨てました。公開中の版はそのままです。"))
    except DraftLocked as locked:
        messages.error(request, str(locked))
    except LookupError:
        messages.error(request, _("捨てられる下書きはありません。一度も公開していないアプリは残します。"))
    return HttpResponseRedirect(reverse("studio:app", args=[place.code]))
