"""The designers beside the form's: process, views, permissions and so on. Each changes the same draft by script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.models import Staff
from madoguchi.definition.app import AppDefinition, Chart, DocumentTemplate
from madoguchi.desk import icons
from madoguchi.studio import chart_preview, document_preview, fee_sample, permissions_editor, shell, wire
from madoguchi.studio.designer_config import designer_config
from madoguchi.studio.editors import EDITORS

_ICONS = ("next", "minus", "rotate", "print", "comment", "file")


@staff_required
@require_safe
def editor(request: StaffRequest, app_code: str, name: str) -> HttpResponse:
    """One designer's page; its script takes the draft and what else it needs from the page."""
    place = shell.builder_place(request.user, app_code)
    this = EDITORS[name]
    config = designer_config(request, place)
    config["words"] = config["words"] | this.words()
    config["icons"] = {**config["icons"], **{icon: icons.PATHS[icon] for icon in _ICONS}}
    context = {
        "editor": this, "script": f"build/{name}-page.js", "config": config,
        "draft": wire.draft(place.app, place.head), "extra": this.knows(request, place),
    }
    return shell.page(request, "studio/editor.html", context, place=place)


Answer = Callable[[StaffRequest, AppDefinition, Mapping[str, Any]], HttpResponse]


def of_definition(answer: Answer) -> Callable[..., HttpResponseBase]:
    """A page's question about the definition it sends, for those who build the app; says so if it is unreadable."""

    @staff_required
    @require_POST
    @wraps(answer)
    def view(request: StaffRequest, app_code: str) -> HttpResponse:
        place = shell.builder_place(request.user, app_code)
        try:
            data = wire.body(request)
            defn = wire.definition(data.get("definition"), code=place.code)
        except wire.NotUnderstood as refusal:
            return refusal.response()
        return answer(request, defn, data)

    return view


Coded = TypeVar("Coded", bound=Chart | DocumentTemplate)


def _coded(items: Iterable[Coded], code: object) -> Coded:
    """The one with that code; 404 if there is none."""
    found = next((item for item in items if item.code == code), None)
    if found is None:
        raise Http404
    return found


@of_definition
def fee(request: StaffRequest, defn: AppDefinition, data: Mapping[str, Any]) -> HttpResponse:
    """What the fee of the definition in the request comes to for made-up answers, or for those sent with it."""
    values = data.get("values")
    return wire.answer(fee_sample.sample(defn, values if isinstance(values, dict) else {}))


@of_definition
def chart(request: StaffRequest, defn: AppDefinition, data: Mapping[str, Any]) -> HttpResponse:
    """The chart ``code`` of the definition in the request, drawn; made-up numbers where real ones may not be seen."""
    return wire.answer(chart_preview.preview(defn, _coded(defn.charts, data.get("code")), request.user))


@of_definition
def person(request: StaffRequest, defn: AppDefinition, data: Mapping[str, Any]) -> HttpResponse:
    """What one colleague may do by the definition in the request, in sentences."""
    found = Staff.objects.filter(username=str(data.get("staff")), is_active=True).first()
    if found is None:
        raise Http404
    return wire.answer({"lines": permissions_editor.person_lines(defn, found)})


@of_definition
def document(request: StaffRequest, defn: AppDefinition, data: Mapping[str, Any]) -> HttpResponse:
    """The document ``code`` of the definition in the request as a picture, with made-up values."""
    return wire.answer({"picture": document_preview.picture(defn, _coded(defn.documents, data.get("code")))})
