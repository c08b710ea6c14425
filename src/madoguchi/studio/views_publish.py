"""Publishing what was approved: now, or at a date that can be called off."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.models import Staff
from madoguchi.catalog import publishing, rights
from madoguchi.catalog.models import Conversion, Revision
from madoguchi.catalog.publishing import PublishError
from madoguchi.catalog.schema import estimated_rows
from madoguchi.catalog.tables import table_name
from madoguchi.definition.findings import DefinitionError
from madoguchi.studio import shell
from madoguchi.studio.shell import Place
from madoguchi.studio.views_review import changes_of, outdated, previews_of


def _place(staff: Staff, app_code: str) -> Place:
    """Builders and, once it is approved, reviewers may publish."""
    place = shell.any_place(app_code)
    approved = place.working is not None and place.working.state == Revision.State.APPROVED
    if shell.may_build(staff, place) or (approved and rights.may_review_any(staff)):
        return place
    raise shell.not_there()


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: StaffRequest, app_code: str) -> HttpResponse:
    """What will happen to how many records, and when it is published."""
    place = _place(request.user, app_code)
    if request.method == "POST":
        return _publish(request, place)
    return _page(request, place)


def _page(request: StaffRequest, place: Place, *, problem: str = "", typed: str = "") -> HttpResponse:
    working = place.working
    previews = previews_of(place)
    approved = working is not None and working.state == Revision.State.APPROVED
    context = {
        "approved": approved, "changes": changes_of(place), "previews": previews, "problem": problem, "typed": typed,
        "lossy": any(preview.lossy for preview in previews), "outdated": outdated(place),
        "records": estimated_rows(table_name(place.app.pk)) if place.published else 0,
        "conversion": _conversion(working), "now": timezone.localtime(),
        "approval": working.reviews.filter(decision="approved").select_related("decided_by").first()
        if working else None,
    }
    return shell.page(request, "studio/publish.html", context, place=place, status=422 if problem else 200)


def _conversion(working: Revision | None) -> Conversion | None:
    return Conversion.objects.filter(revision=working).first() if working else None


def _publish(request: StaffRequest, place: Place) -> HttpResponse:
    accept = request.POST.get("accept") == "1"
    typed = request.POST.get("at", "")
    try:
        if request.POST.get("when") == "later":
            publishing.schedule(app_code=place.code, at=_moment(typed), staff=request.user, accept_losses=accept)
            messages.success(request, _("公開を予約しました。その日時までは、取り消せます。"))
            return HttpResponseRedirect(reverse("studio:publish", args=[place.code]))
        done = publishing.publish_now(app_code=place.code, staff=request.user, accept_losses=accept)
    except PublishError as error:
        return _page(request, place, problem=str(error), typed=typed)
    except DefinitionError as error:
        return _page(request, place, problem="".join(f"{f.message}{f.mend}" for f in error.findings), typed=typed)
    if done is None:
        return HttpResponseRedirect(reverse("studio:publish", args=[place.code]))
    words = _("第%(number)s版を公開しました。前の版で入力を始めた方は、そのまま前の版で続けられます。")
    messages.success(request, words % {"number": done.number})
    target = "studio:app" if shell.may_build(request.user, place) else "studio:home"
    return HttpResponseRedirect(reverse(target, args=[place.code] if target == "studio:app" else []))


def _moment(typed: str) -> datetime:
    try:
        return timezone.make_aware(datetime.fromisoformat(typed))
    except ValueError:
        raise PublishError(_("公開する日時を入れてください。例：2026-12-01 09:00")) from None


@staff_required
@require_POST
def call_off(request: StaffRequest, app_code: str) -> HttpResponse:
    """Calls the date off; the draft stays approved."""
    place = _place(request.user, app_code)
    try:
        publishing.call_off(app_code=app_code)
        messages.info(request, _("公開の予約を取り消しました。承認はそのまま残っています。"))
    except PublishError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("studio:publish", args=[place.code]))


@staff_required
@require_safe
def progress(request: StaffRequest, app_code: str) -> HttpResponse:
    """Part of the page: how far the conversion is. When it is over, the page is read anew."""
    place = _place(request.user, app_code)
    conversion = _conversion(place.working)
    response = render(request, "studio/_conversion.html", {"place": place, "conversion": conversion})
    if conversion is None:
        response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response
