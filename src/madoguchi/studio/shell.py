"""What every page of the studio shares: which app, who may build it, the rail and the app's tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Staff
from madoguchi.accounts.queries import has_role
from madoguchi.catalog import drafts, rights
from madoguchi.catalog.models import App, Review, Revision
from madoguchi.definition.app import AppDefinition
from madoguchi.desk.shell import RailItem


@dataclass(frozen=True)
class Place:
    """The app that a page of the studio is about. ``working`` is the revision before publishing, if there is one."""

    app: App
    working: Revision | None

    @property
    def code(self) -> str:
        return self.app.code

    @property
    def published(self) -> Revision | None:
        return self.app.published

    @property
    def head(self) -> Revision:
        """What builders see and change: the revision in work, or else the published one."""
        found = self.working or self.app.published
        assert found is not None  # ``place`` refuses apps that have neither
        return found

    @cached_property
    def definition(self) -> AppDefinition:
        """The definition of ``head``."""
        return AppDefinition.model_validate(self.head.definition)

    @cached_property
    def published_definition(self) -> AppDefinition | None:
        return AppDefinition.model_validate(self.published.definition) if self.published else None

    @property
    def locked(self) -> bool:
        """Whether the draft is being reviewed or waits for its date."""
        return self.working is not None and self.working.state != Revision.State.DRAFT

    @cached_property
    def review(self) -> Review | None:
        """The review that is open now."""
        found = self.working.reviews.filter(decision="") if self.working else Review.objects.none()
        return found.select_related("asked_by", "author", "revision").first()


@dataclass(frozen=True, slots=True)
class Tab:
    """One page about an app, by the name of its address."""

    name: str
    label: str | Promise


TABS: list[Tab] = [
    Tab("studio:app", gettext_lazy("準備")),
    Tab("studio:history", gettext_lazy("版の履歴")),
    Tab("studio:form", gettext_lazy("フォーム")),
    Tab("studio:process", gettext_lazy("プロセス")),
    Tab("studio:views", gettext_lazy("一覧")),
    Tab("studio:permissions", gettext_lazy("権限")),
    Tab("studio:notifications", gettext_lazy("通知")),
    Tab("studio:documents", gettext_lazy("書類")),
    Tab("studio:procedure", gettext_lazy("住民に開く")),
]
"""The pages above every app, in order. Whoever adds a designer adds its tab here."""


def builder_place(staff: Staff, app_code: str) -> Place:
    """The app for who may build it; 404 for everybody else, as if it were not there."""
    place = any_place(app_code)
    if not may_build(staff, place):
        raise not_there()
    return place


def visitor_place(staff: Staff, app_code: str) -> Place:
    """The app for its builders and for those who review what is sent for review; 404 for everybody else."""
    place = any_place(app_code)
    if may_build(staff, place) or (place.review is not None and rights.may_review_any(staff)):
        return place
    raise not_there()


def not_there() -> Http404:
    """What to raise for who may not know that the app exists."""
    return Http404(_("このアプリはありません。"))


def may_build(staff: Staff, place: Place) -> bool:
    """Whether ``staff`` may build the app; what is published decides, so that no draft lets its author in."""
    decides = rights.deciding_definition(place.published_definition, place.working)
    return decides is not None and rights.may_build(staff, decides)


def require_studio(staff: Staff) -> None:
    """Raises PermissionDenied for who can neither build nor review anything."""
    if not (rights.may_create(staff) or rights.may_review_any(staff) or buildable(staff)):
        raise PermissionDenied(_("アプリを作る権限がありません。"))


def require_creator(staff: Staff) -> None:
    """Raises PermissionDenied for who may not make new apps."""
    if not rights.may_create(staff):
        raise PermissionDenied(_("新しいアプリを作る権限がありません。業務管理者に頼んでください。"))


def buildable(staff: Staff) -> list[Place]:
    """The apps that ``staff`` may build, by code."""
    places = [Place(app, drafts.working(app)) for app in App.objects.select_related("published")]
    return [place for place in places if (place.working or place.published) and may_build(staff, place)]


def any_place(app_code: str) -> Place:
    """The app, for whoever; the caller decides who may see it. 404 if there is none."""
    app = App.objects.select_related("published__published_by").filter(code=app_code).first()
    place = Place(app, drafts.working(app)) if app else None
    if place is None or (place.working is None and place.published is None):
        raise not_there()
    return place


def page(
    request: StaffRequest, template: str, context: Mapping[str, Any], *, place: Place | None = None, status: int = 200
) -> HttpResponse:
    """A page of the studio with its rail and, about an app, the app's head and tabs."""
    shared = _rail(request) | (_app_head(request, place) if place else {})
    response = render(request, template, {**shared, **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _rail(request: StaffRequest) -> dict[str, Any]:
    staff, here = request.user, request.path
    items = [RailItem(_("アプリ"), reverse("studio:home"), "file", "", here == reverse("studio:home"))]
    if rights.may_create(staff):
        url = reverse("studio:new")
        items.append(RailItem(_("新しいアプリ"), url, "plus", "", here.startswith(url)))
    if has_role(staff, "admin"):
        url = reverse("studio:groups")
        items.append(RailItem(_("職員のグループ"), url, "person", "", here.startswith(url)))
    items.append(RailItem(_("窓口の画面"), "/desk/", "inbox", "", False))
    return {
        "rail_items": items,
        "rail_departments": "、".join(staff.departments.values_list("name", flat=True).distinct()),
    }


def _app_head(request: StaffRequest, place: Place) -> dict[str, Any]:
    return {
        "place": place,
        "app_name": in_words(place.definition.name),
        "app_state": state_words(place),
        "app_tabs": _tabs(request, place),
        "head_saved_at": place.head.saved_at,
        "head_saved_by": place.head.saved_by,
    }


def _tabs(request: StaffRequest, place: Place) -> list[dict[str, Any]]:
    if not may_build(request.user, place):
        return []
    # What builders add comes between the first tab and the history.
    tabs = sorted(TABS, key=lambda tab: tab.name == "studio:history")
    urls = [(tab, reverse(tab.name, args=[place.code])) for tab in tabs]
    # The first one's address begins every other address.
    return [
        {"label": tab.label, "url": url, "current": request.path == url or (n > 0 and request.path.startswith(url))}
        for n, (tab, url) in enumerate(urls)
    ]


def state_words(place: Place) -> str:
    """What builders see, in one phrase: 第3版 確認中."""
    number = _("第%(number)s版") % {"number": place.head.number}
    states = {
        Revision.State.DRAFT: _("下書き"), Revision.State.REVIEW: _("確認中"),
        Revision.State.APPROVED: _("公開待ち"), Revision.State.PUBLISHED: pgettext("revision", "公開中"),
    }
    return f"{number} {states.get(Revision.State(place.head.state), '')}"
