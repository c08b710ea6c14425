"""What the form designer's scripts need to know once: fields, words, addresses, other apps."""

from __future__ import annotations

from typing import Any

from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.language import in_words
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import SYSTEM_COLUMNS, AppDefinition
from madoguchi.desk.shell import apps_of
from madoguchi.studio import field_icons
from madoguchi.studio.designer_words import words
from madoguchi.studio.palette import GROUPS, GUESSES, KINDS, Kind
from madoguchi.studio.properties import COLUMN_TYPES, MODELS, SECTIONS, Property, properties_of
from madoguchi.studio.shell import Place


def designer_config(request: StaffRequest, place: Place) -> dict[str, Any]:
    """JSON for the page; names and labels in its language."""
    return {
        "urls": _urls(place.code),
        "csrf": get_token(request),
        "icons": field_icons.PATHS,
        "groups": [[key, force_str(name)] for key, name in GROUPS.items()],
        "sections": [[key, force_str(name)] for key, name in SECTIONS.items()],
        "kinds": [_kind(kind) for kind in KINDS],
        "guesses": [{"pattern": g.pattern, "type": g.type, "settings": dict(g.settings)} for g in GUESSES],
        "apps": [_other_app(access.app) for access in apps_of(request.user)],
        "publishedIds": _ids(place.published_definition),
        "systemColumns": sorted(SYSTEM_COLUMNS),
        "locked": _("確認に出している間は変えられません。確認を取り下げると、続けて作れます。") if place.locked else "",
        "chatStyles": static("build/chat.css"),
        "words": words(),
    }


def _urls(code: str) -> dict[str, str]:
    return {
        "form": reverse("studio:form", args=[code]), "draft": reverse("studio:draft", args=[code]),
        "check": reverse("studio:check", args=[code]), "complete": reverse("studio:complete", args=[code]),
        "preview": reverse("studio:preview", args=[code, "web"]).removesuffix("web"),
    }


def _kind(kind: Kind) -> dict[str, Any]:
    fresh = fresh_field(kind)
    return {
        "type": kind.type, "name": force_str(kind.name), "about": force_str(kind.about), "group": kind.group,
        "icon": kind.icon, "words": kind.words, "fresh": fresh, "column": kind.type in COLUMN_TYPES,
        "properties": [_property(row, fresh) for row in properties_of(kind.type)],
    }


def fresh_field(kind: Kind) -> dict[str, Any]:
    """A new field of that kind, complete, as the definition stores it; id, code and label come from the script."""
    given = {"type": kind.type, "id": 1, "code": "x", "label": "x", **kind.fresh}
    if kind.type == "table":
        given["fields"] = [{"type": "text", "id": 1, "code": _("内容"), "label": _("内容")}]
    return MODELS[kind.type].model_validate(given).model_dump(mode="json", by_alias=True)  # type: ignore[no-any-return]


def _property(row: Property, fresh: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row.key, "control": row.control, "label": force_str(row.label), "section": row.section,
        "help": force_str(row.help), "choices": [[value, force_str(label)] for value, label in row.choices],
        "default": fresh[row.key],
    }


def _other_app(app: AppRevision) -> dict[str, Any]:
    fields = [{"code": f.code, "label": in_words(f.label), "type": f.type} for f in app.definition.value_fields]
    return {"code": app.code, "name": in_words(app.definition.name), "fields": fields}


def _ids(defn: AppDefinition | None) -> list[int]:
    fields = defn.fields if defn else ()
    return [number for field in fields for number in (field.id, *(sub.id for sub in getattr(field, "fields", ())))]
