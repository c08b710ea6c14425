"""The designers beside the form's: process, views, permissions and so on. Each changes the same draft by script."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.desk import icons
from madoguchi.studio import shell, wire
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
