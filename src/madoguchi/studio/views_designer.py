"""The form designer: its page, and the previews it shows while one works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.definition.app import AppDefinition
from madoguchi.studio import preview_chat, preview_desk, preview_web, shell, wire
from madoguchi.studio.designer_config import designer_config
from madoguchi.studio.preview_state import Sent

Show = Callable[[StaffRequest, AppDefinition, Sent], dict[str, Any]]
PREVIEWS: Final[Mapping[str, Show]] = {
    "desk": preview_desk.show, "web": preview_web.show,
    "chat": lambda _request, defn, sent: preview_chat.talk(defn, sent),
}


@staff_required
@require_safe
def form(request: StaffRequest, app_code: str) -> HttpResponse:
    """Fields, groups and their settings, with a live preview beside them."""
    place = shell.builder_place(request.user, app_code)
    context = {
        "config": designer_config(request, place), "draft": wire.draft(place.app, place.head),
    }
    return shell.page(request, "studio/designer.html", context, place=place)


@staff_required
@require_POST
def preview(request: StaffRequest, app_code: str, kind: str) -> HttpResponse:
    """The definition in the request as residents or staff would see it. Nothing is stored."""
    place = shell.builder_place(request.user, app_code)
    if kind not in PREVIEWS:
        raise Http404
    try:
        data = wire.body(request)
        defn = wire.definition(data.get("definition"), code=place.code)
    except wire.NotUnderstood as refusal:
        return refusal.response()
    return wire.answer(PREVIEWS[kind](request, defn, Sent.read(data)))
