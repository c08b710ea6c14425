"""The apps one may build, a new app, and what is still missing before an app can be published."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.studio import overview, shell
from madoguchi.studio.new_app import NewAppForm, make
from madoguchi.studio.readiness import steps


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
    return shell.page(request, "studio/new.html", {"form": form}, status=status)


@staff_required
@require_safe
def app(request: StaffRequest, app_code: str) -> HttpResponse:
    """The list of what an app needs before it is sent for review."""
    place = shell.builder_place(request.user, app_code)
    found = steps(place)
    done = sum(step.done for step in found)
    return shell.page(
        request, "studio/app.html", {"steps": found, "done": done, "total": len(found), **overview.about(place)},
        place=place,
    )
