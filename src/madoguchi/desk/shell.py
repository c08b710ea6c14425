"""What every page of the desk shares: who may be here, and the rail on the left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Staff
from madoguchi.accounts.queries import has_role
from madoguchi.catalog import queries as catalog
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Right
from madoguchi.desk import counts
from madoguchi.records import permissions, read
from madoguchi.records.read import Record


@dataclass(frozen=True, slots=True)
class RailItem:
    """One link of the rail; ``count`` is what waits there, in words ("3", "99+"), empty for nothing."""

    name: str
    url: str
    icon: str
    count: str
    current: bool


def app_for(staff: Staff, app_code: str, right: Right = "view") -> AppRevision:
    """The published app. Who may not even see it gets 404, as if it were not there; who lacks ``right`` 403."""
    app = app_with(staff, app_code, "view")
    if right not in permissions.rights(staff, app.definition):
        raise PermissionDenied(_("この操作をする権限がありません。"))
    return app


def app_with(staff: Staff, app_code: str, right: Right) -> AppRevision:
    """The published app for who holds ``right``, even without seeing its records; 404 for everybody else."""
    try:
        app = catalog.published(app_code)
    except catalog.AppNotFound as error:
        raise Http404(_("このアプリはありません。")) from error
    if right not in permissions.rights(staff, app.definition):
        raise Http404(_("このアプリはありません。"))
    return app


def record_for(staff: Staff, app_code: str, record_id: int, right: Right = "view") -> tuple[AppRevision, Record]:
    """The app as published now and one of its records; 404 and 403 as in ``app_for``."""
    app = app_for(staff, app_code, right)
    try:
        return app, read.get_record(app, record_id)
    except read.RecordNotFound as error:
        raise Http404(_("この申請はありません。")) from error


def apps_of(staff: Staff, right: Right = "view") -> list[AppRevision]:
    """The published apps whose records ``staff`` may see and for which they hold ``right``."""
    needed = {"view", right}
    return [app for app in catalog.published_apps() if needed <= permissions.rights(staff, app.definition)]


def page(
    request: StaffRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A desk page with its rail. Records are personal: nothing is kept by the browser or in between."""
    response = render(request, template, {**_rail(request), **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _rail(request: StaffRequest) -> dict[str, Any]:
    staff, here = request.user, request.path
    apps = apps_of(staff)
    queue = RailItem(
        _("自分の担当"), reverse("desk:queue"), "inbox", counts.mine(staff, apps), here == reverse("desk:queue")
    )
    return {
        "rail_queue": queue,
        "rail_apps": [_app_item(app, here) for app in apps],
        "rail_tools": _tools(staff, here, apps),
        "rail_departments": "、".join(staff.departments.values_list("name", flat=True).distinct()),
    }


def _app_item(app: AppRevision, here: str) -> RailItem:
    url = reverse("desk:list", args=[app.code])
    return RailItem(in_words(app.definition.name), url, "file", counts.waiting(app), here.startswith(url))


def _tools(staff: Staff, here: str, apps: Sequence[AppRevision]) -> list[RailItem]:
    tools = []
    if with_letters := [app for app in apps if "process" in permissions.rights(staff, app.definition)]:
        url = reverse("desk:letters")
        tools.append(
            RailItem(_("郵送するお知らせ"), url, "mail", counts.letters(staff, with_letters), here.startswith(url))
        )
    if has_role(staff, "accounting"):
        url = reverse("desk:accounting")
        tools.append(RailItem(_("収納の確認"), url, "yen", "", here.startswith(url)))
    if has_role(staff, "admin", "app_admin"):
        tools.append(RailItem(_("運用"), "/ops/", "tools", "", here.startswith("/ops/")))
    return tools
