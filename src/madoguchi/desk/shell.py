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
from madoguchi.accounts.queries import has_role, person
from madoguchi.catalog import queries as catalog
from madoguchi.catalog import reviews, rights
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Right
from madoguchi.desk import counts
from madoguchi.records import read
from madoguchi.records.permissions import Access, staff_access
from madoguchi.records.read import Record

_APPS = "_madoguchi_published_apps"


@dataclass(frozen=True, slots=True)
class RailItem:
    """One link of the rail; ``count`` is what waits there, in words ("3", "99+"), empty for nothing."""

    name: str
    url: str
    icon: str
    count: str
    current: bool


def app_for(staff: Staff, app_code: str, right: Right = "view") -> Access:
    """The published app. Who may not even see it gets 404, as if it were not there; who lacks ``right`` 403."""
    access = app_with(staff, app_code, "view")
    access.require(right)
    return access


def app_with(staff: Staff, app_code: str, right: Right) -> Access:
    """The published app for who holds ``right``, even without seeing its records; 404 for everybody else."""
    found = next((app for app in _published_apps(staff) if app.code == app_code), None)
    if found is None or not (access := staff_access(found, staff)).has(right):
        raise Http404(_("このアプリはありません。"))
    return access


def record_for(staff: Staff, app_code: str, record_id: int, right: Right = "view") -> tuple[Access, Record]:
    """The app as published now and one of its records; 404 and 403 as in ``app_for``.

    A record that a rule hides is answered like one that does not exist. Where ``right`` is to edit or delete, a rule
    that does not give it is 403.
    """
    access = app_for(staff, app_code, right)
    try:
        record = read.find_record(access, record_id)
    except read.RecordNotFound as error:
        raise Http404(_("この申請はありません。")) from error
    if right in ("edit", "delete") and right not in record.rights:
        raise PermissionDenied(_("この操作をする権限がありません。"))
    return access, record


def apps_of(staff: Staff, right: Right = "view") -> list[Access]:
    """The published apps whose records ``staff`` may see and for which they hold ``right``."""
    found = (staff_access(app, staff) for app in _published_apps(staff))
    return [access for access in found if access.has("view") and access.has(right)]


def _published_apps(staff: Staff) -> Sequence[AppRevision]:
    """Every published app, read once per ``Staff`` object, which lives for a request: the rail needs them anyway."""
    found: Sequence[AppRevision] | None = getattr(staff, _APPS, None)
    if found is None:
        found = catalog.published_apps()
        setattr(staff, _APPS, found)
    return found


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
    told = RailItem(
        _("自分へのお知らせ"), reverse("desk:inbox"), "bell", counts.notices(staff), here == reverse("desk:inbox")
    )
    return {
        "rail_queue": queue, "rail_notices": told,
        "rail_apps": [_app_item(app, here) for app in apps],
        "rail_tools": _tools(staff, here, apps),
        "rail_departments": "、".join(sorted(person(staff).departments.values())),
    }


def _app_item(access: Access, here: str) -> RailItem:
    url = reverse("desk:list", args=[access.app.code])
    name = in_words(access.app.definition.name)
    return RailItem(name, url, "file", counts.waiting(access), here.startswith(url))


def _tools(staff: Staff, here: str, apps: Sequence[Access]) -> list[RailItem]:
    tools = []
    if with_letters := [access for access in apps if access.has("process")]:
        url = reverse("desk:letters")
        tools.append(
            RailItem(_("郵送するお知らせ"), url, "mail", counts.letters(staff, with_letters), here.startswith(url))
        )
    if has_role(staff, "accounting"):
        url = reverse("desk:accounting")
        tools.append(RailItem(_("収納の確認"), url, "yen", "", here.startswith(url)))
    if rights.may_create(staff) or rights.may_review_any(staff) or any(access.has("manage") for access in apps):
        tools.append(RailItem(_("アプリを作る"), "/studio/", "build", reviews.waiting_words(staff), False))
    if has_role(staff, "admin", "app_admin"):
        tools.append(RailItem(_("運用"), "/ops/", "tools", "", here.startswith("/ops/")))
    return tools
