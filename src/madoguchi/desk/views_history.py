"""Going back to an earlier state of a record, as a new change; and taking back a comment."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.desk import answers, attachments, comments, restoring, shell, timeline
from madoguchi.records import read, write
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: StaffRequest, app_code: str, record_id: int, event_id: int) -> HttpResponse:
    """Shows what would change; the button changes it. Nothing of the history is lost by it."""
    access, record = shell.record_for(request.user, app_code, record_id, "edit")
    whole = read.get_record(access.app, record_id)
    plan = restoring.plan(access, record, whole, event_id)
    if plan is None:
        raise Http404(_("この時点の内容はありません。"))
    if request.method != "POST" or not plan.changes:
        return _page(request, access, record, plan)
    try:
        event = write.update_record(
            app=whole.app, record_id=record_id, changes=plan.changes, expected_revision=_seen(request),
            actor=access.viewer.actor, access=access, data={"restored": event_id},
        )
    except write.StaleRecord as stale:
        return _page(request, access, record, plan, str(stale), status=409)
    except write.InvalidValues as refusal:
        return _page(request, access, record, plan, str(refusal), status=422)
    files = [field for field in whole.app.definition.fields if field.type in ("file", "photo")]
    attachments.drop([f for f in files if f.code in plan.changes], whole.values, plan.changes)
    del event
    messages.success(request, _("この時点の内容に戻しました。"))
    return HttpResponseRedirect(reverse("desk:record", args=[app_code, record_id]))


def _seen(request: StaffRequest) -> int:
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _page(
    request: StaffRequest, access: Access, record: Record, plan: restoring.Plan, problem: str = "", *, status: int = 200
) -> HttpResponse:
    (entry,) = timeline.entries(record.app.definition, [plan.event])
    context = {
        "app": access.app, "record": record, "plan": plan, "entry": entry, "problem": problem,
        "name": answers.applicant_name(record),
    }
    return shell.page(request, "desk/restore.html", context, status=status)


@staff_required
@require_POST
def remove_comment(request: StaffRequest, app_code: str, record_id: int, event_id: int) -> HttpResponse:
    """Takes back one's own comment."""
    access, record = shell.record_for(request.user, app_code, record_id)
    comments.remove(access=access, record=record, comment_id=event_id)
    messages.success(request, _("コメントを取り消しました。"))
    return HttpResponseRedirect(reverse("desk:record", args=[app_code, record_id]))
