"""Past applications run through the draft, and what came of it."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.intake import replay as replays
from madoguchi.intake.models import Application, Replay
from madoguchi.studio import shell

MAX_SHOWN = 200


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: StaffRequest, app_code: str) -> HttpResponse:
    """How many applications to try, and earlier runs."""
    place = shell.visitor_place(request.user, app_code)
    if place.working is None or place.published is None:
        context = {"there": 0, "runs": (), "impossible": True}
        return shell.page(request, "studio/replay.html", context, place=place)
    if request.method == "POST":
        wanted = request.POST.get("wanted", "")
        count = int(wanted) if wanted.isdecimal() and len(wanted) < 7 else replays.DEFAULT
        run = replays.start(app=place.app, revision=place.working, staff=request.user, wanted=count)
        return HttpResponseRedirect(reverse("studio:replay-result", args=[app_code, run.pk]))
    context = {
        "there": Application.objects.filter(app=place.app).count(), "default": replays.DEFAULT, "most": replays.MOST,
        "runs": Replay.objects.filter(revision=place.working).select_related("asked_by")[:10],
    }
    return shell.page(request, "studio/replay.html", context, place=place)


@staff_required
@require_safe
def result(request: StaffRequest, app_code: str, replay_id: int) -> HttpResponse:
    """Progress while it runs; then the applications for which something is different."""
    place = shell.visitor_place(request.user, app_code)
    run = Replay.objects.filter(pk=replay_id, app=place.app).select_related("revision", "asked_by").first()
    if run is None:
        raise Http404(_("この結果はありません。"))
    found = run.result
    context = {
        "run": run, "rows": found[:MAX_SHOWN], "more": max(0, len(found) - MAX_SHOWN),
        "counts": {
            "asked": sum(bool(row["asked"] or row["not_asked"]) for row in found),
            "refused": sum(bool(row["refused"]) for row in found),
            "fee": sum(row["fee_before"] != row["fee_after"] for row in found),
        },
        "stale": place.working is not None and place.working.version != run.version,
    }
    return shell.page(request, "studio/replay_result.html", context, place=place)
