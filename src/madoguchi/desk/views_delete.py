"""Deleting a record: first what goes and what stays, in words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.desk import answers, shell
from madoguchi.records import guards, write
from madoguchi.records.models import Event, StoredFile
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """Asks first; then the record is gone and its last values stay in its history."""
    access, record = shell.record_for(request.user, app_code, record_id, "delete")
    if request.method != "POST":
        return _ask(request, access, record)
    try:
        write.delete_record(
            app=access.app, record_id=record_id, expected_revision=_seen(request), actor=access.viewer.actor,
            access=access,
        )
    except write.StaleRecord as stale:
        return _ask(request, access, record, str(stale), status=409)
    except write.NotDeletable as refusal:
        return _ask(request, access, record, str(refusal), status=422)
    messages.success(request, _("削除しました。"))
    return HttpResponseRedirect(reverse("desk:list", args=[app_code]))


def _seen(request: StaffRequest) -> int:
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _ask(
    request: StaffRequest, access: Access, record: Record, problem: str = "", *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "app": access.app, "record": record, "name": answers.applicant_name(record), "problem": problem,
        "obstacle": problem or _obstacle(record),
        "files": StoredFile.objects.filter(app_id=access.app.app_id, record_id=record.id, deleted_at=None).count(),
        "comments": Event.objects.filter(app_id=access.app.app_id, record_id=record.id, kind="commented").count(),
    }
    return shell.page(request, "desk/delete.html", context, status=status)


def _obstacle(record: Record) -> str:
    """Why the record has to stay, known before anybody presses."""
    try:
        guards.refuse_undeletable(record)
    except write.NotDeletable as refusal:
        return str(refusal)
    return ""
