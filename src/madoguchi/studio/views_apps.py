"""The apps one may build, a new app, and what is still missing before an app can be published."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.catalog.drafts import Clashed, DraftLocked
from madoguchi.records.recalculate import progress_of
from madoguchi.studio import overview, settings_form, shell
from madoguchi.studio.new_app import NewAppForm, make
from madoguchi.studio.readiness import steps
from madoguchi.studio.views_review import last_returned, outdated


@staff_required
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """What waits for me, and every app I may build."""
    shell.require_studio(request.user)
    return shell.page(request, "studio/home.html", overview.of(request.user))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Begins an app: from nothing, from a copy of another, or from an app of a pack."""
    shell.require_creator(request.user)
    form = NewAppForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = make(form, request.user)
        return HttpResponseRedirect(reverse("studio:app", args=[code]))
    status = 422 if form.is_bound else 200
    return shell.page(request, "studio/new.html", {"form": form, "import_url": _import_url()}, status=status)


def _import_url() -> str:
    """The page that makes an app from a file."""
    try:
        return reverse("studio:import")
    except NoReverseMatch:
        return ""


@staff_required
@require_safe
def app(request: StaffRequest, app_code: str) -> HttpResponse:
    """The list of what an app needs before it is sent for review."""
    place = shell.builder_place(request.user, app_code)
    found = steps(place)
    done = sum(step.done for step in found)
    return shell.page(
        request, "studio/app.html", {"steps": found, "done": done, "total": len(found),
         "ready": all(step.done or step.optional for step in found), "outdated": outdated(place),
         "last_returned": last_returned(place), "recalculation": progress_of(place.app.pk),
         **overview.about(place)},
        place=place,
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: StaffRequest, app_code: str) -> HttpResponse:
    """What the app is called, whose it is, who answers for it."""
    place = shell.builder_place(request.user, app_code)
    form = settings_form.SettingsForm(place, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            result = settings_form.save(form, place, request.user)
        except DraftLocked as locked:
            messages.error(request, str(locked))
            return HttpResponseRedirect(reverse("studio:app", args=[app_code]))
        if isinstance(result, Clashed):
            assert result.held is not None
            return HttpResponseRedirect(reverse("studio:held", args=[app_code, result.held.pk]))
        messages.success(request, _("保存しました。"))
        return HttpResponseRedirect(reverse("studio:app", args=[app_code]))
    status = 422 if form.is_bound else 200
    return shell.page(request, "studio/settings.html", {"form": form}, place=place, status=status)
