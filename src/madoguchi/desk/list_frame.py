"""What stands around an app's records, whatever shape they are shown in: views as tabs, search, filters, tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.language import in_words
from madoguchi.catalog.queries import AppRevision
from madoguchi.desk import listing, own_views, views_counter
from madoguchi.records import arrivals
from madoguchi.records.access import log_access
from madoguchi.records.lists import Page
from madoguchi.records.permissions import Access

_SEARCHES = "desk_searches"
SHAPE_ICONS: Mapping[str, str] = {
    "table": "", "kanban": "board", "calendar": "calendar", "map": "map", "chart": "chart",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One saved view above the records. ``own``: one that the person made."""

    name: str
    url: str
    current: bool
    icon: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """One condition in force; ``url`` leads to the list without it, empty for the search, which a form ends."""

    label: str
    url: str


def frame(request: StaffRequest, access: Access, asked: listing.Request) -> dict[str, Any]:
    """What every shape's page shows beside the records."""
    app, defn = access.app, access.app.definition
    words = searched(request, app.code)
    return {
        "app": app, "list": asked, "here": asked.query(), "search": words, "newest": arrivals.newest_id(access),
        "tabs": tabs(request, access, asked),
        "filters": listing.filter_options(defn, asked.filters),
        "applied": applied(app, asked, words),
        "may_add": access.has("add") and defn.procedure is not None and "counter" in defn.procedure.channels,
        "may_add_by_hand": access.has("add"),
        "visits": views_counter.visits(request, app),
        "list_url": reverse("desk:list", args=[app.code]),
    }


def tabs(request: StaffRequest, access: Access, asked: listing.Request) -> list[Tab]:
    """The app's views, then those that the person made."""
    found = [
        Tab(in_words(view.name), f"?view={view.code}", view.code == asked.view.code, SHAPE_ICONS[view.type])
        for view in listing.views_of(access.app.definition)
    ]
    own = own_views.of_staff(request.user, access.app.app_id)
    if asked.own is not None and asked.own.saved.staff_id != request.user.pk:
        own.append(asked.own.saved)
    for saved in own:
        code, shape = own_views.code_of(saved), str(saved.shape.get("type") or "table")
        name = saved.name or _("自分の条件（保存していません）")
        found.append(Tab(name, f"?view={code}", code == asked.view.code, SHAPE_ICONS.get(shape, ""), own=True))
    return found


def applied(app: AppRevision, asked: listing.Request, words: str) -> list[Applied]:
    """The conditions in force beside the view, each with the way to end it."""
    found = [Applied(_("検索: %(words)s") % {"words": words}, "")] if words else []
    if asked.query_text:
        found.append(Applied(asked.query_text, asked.query(query="")))
    for group in listing.filter_options(app.definition, asked.filters):
        for option in group.options:
            if option.chosen:
                rest = tuple(v for v in asked.filters[group.name] if v != option.value)
                found.append(Applied(f"{group.label}: {option.label}", asked.query(**{group.name: rest})))
    return found


def searched(request: StaffRequest, app_code: str) -> str:
    """The words looked for, which stay in the session: they are mostly names."""
    return str(request.session.get(_SEARCHES, {}).get(app_code, ""))


def remember_search(request: StaffRequest, app_code: str, words: str) -> None:
    """Keeps the words until they are changed; empty ones end the search."""
    kept = {code: text for code, text in request.session.get(_SEARCHES, {}).items() if code != app_code}
    request.session[_SEARCHES] = {**kept, app_code: words} if words else kept


def log_page(request: StaffRequest, app: AppRevision, page: Page) -> None:
    """Notes who read the personal fields of these records."""
    log_access(
        app=app, record_ids=[row["id"] for row in page.rows], staff=request.user, purpose="list",
        field_ids=page.personal_field_ids,
    )
