"""Views, general settings, charts."""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from madoguchi import query as language
from madoguchi.api.call import Call
from madoguchi.api.drafts import Draft, change, settings_of
from madoguchi.api.errors import ENUM, Words, invalid_at
from madoguchi.api.params import NEEDED
from madoguchi.api.system_names import codes_of, columns_of, sort_text, sorts_of
from madoguchi.definition.app import AppDefinition, Chart, View
from madoguchi.definition.text import Text

Body = dict[str, Any]
MAX_NAME = 64
LONG: Words = ("65文字より短くなければなりません。", "Must be less than 65 characters.")
_CHARTS = {"bar": "BAR", "column": "COLUMN", "line": "LINE", "area": "AREA", "pie": "PIE", "table": "TABLE",
           "cross": "PIVOT_TABLE"}  # fmt: skip
_CHART_TYPES = {word: ours for ours, word in _CHARTS.items()} | {"SPLINE": "line", "SPLINE_AREA": "area"}
_MEASURES = {"count": "COUNT", "sum": "SUM", "average": "AVERAGE", "min": "MIN", "max": "MAX"}
_PERIODS = {"day": "DAY", "week": "WEEK", "month": "MONTH", "quarter": "QUARTER", "year": "YEAR"}


def number_of(code: str) -> str:
    """A number that stays with a code: views, charts and actions have none of their own."""
    return str(zlib.crc32(code.encode()) % 10_000_000 + 1)


def slug(name: str, taken: Iterable[str]) -> str:
    """A code for a name that somebody chose; short and new."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:40]
    base = plain if plain and plain[0].isalpha() else f"v{secrets.token_hex(3)}"
    return base if base not in set(taken) else f"{base}-{secrets.token_hex(2)}"


def checked_condition(text: Any, path: str) -> str | None:
    """A condition in the query language, as it was written; raises ApiError with kintone's code where it is none."""
    if text in (None, ""):
        return None
    if not isinstance(text, str):
        raise invalid_at(path, ("文字列で指定してください。", "Must be a string."))
    language.parse(text, options=False)
    return text


# --- views ---------------------------------------------------------------------------------------------------------


def get_views(call: Call) -> Body:
    """GET app/views."""
    settings = settings_of(call)
    sent = settings.extras.get("views") or {}
    defn = settings.definition
    views = {str(view.name): _view(view, number, defn) for number, view in enumerate(defn.views)}
    custom = {name: view for name, view in sent.items() if view.get("type") == "CUSTOM"}
    for number, view in enumerate(custom.values(), len(views)):
        view["index"] = str(number)
    return {"views": views | custom, "revision": settings.revision}


def _view(view: View, number: int, defn: AppDefinition) -> Body:
    found: Body = {
        "index": str(number), "type": "LIST", "id": number_of(view.code), "name": str(view.name),
        "filterCond": view.filter or "", "sort": sort_text(view.sort, defn),
    }  # fmt: skip
    if view.type == "calendar" and view.date:
        title = codes_of([view.title], defn)[0] if view.title else "レコード番号"
        return found | {"type": "CALENDAR", "date": codes_of([view.date], defn)[0], "title": title}
    return found | {"fields": codes_of(view.columns, defn)}


def update_views(call: Call) -> Body:
    """PUT preview/app/views: the whole set."""
    if not call.params.has("views"):
        raise invalid_at("views", NEEDED)
    given = call.params.mapping("views")

    def work(draft: Draft) -> Body:
        old = {str(view.name): view for view in draft.definition.views}
        ordered = sorted(given.items(), key=lambda item: int(str(item[1].get("index") or 0)))
        views: list[Body] = []
        custom: Body = {}
        for name, sent in ordered:
            if len(name) > MAX_NAME:
                raise invalid_at(f"views.{name}.name", LONG)
            if sent.get("type") == "CUSTOM":
                custom[name] = {"id": number_of(name), **sent, "name": str(sent.get("name") or name)}
            else:
                views.append(_view_in(name, sent, old.get(name), draft, [view["code"] for view in views]))
        draft.data["views"] = views
        draft.extras["views"] = custom
        numbered = {name_of(view["name"]): {"id": number_of(view["code"])} for view in views}
        return numbered | {name: {"id": view["id"]} for name, view in custom.items()}

    views, revision = change(call, work)
    return {"views": views, "revision": revision}


def name_of(text: Any) -> str:
    """The Japanese of a stored text."""
    return str(text if isinstance(text, str) else text["ja"])


def _view_in(name: str, sent: Mapping[str, Any], old: View | None, draft: Draft, taken: list[str]) -> Body:
    defn, path = draft.definition, f"views.{name}"
    kind = sent.get("type")
    if kind not in ("LIST", "CALENDAR"):
        raise invalid_at(f"{path}.type", ENUM)
    base: Body = old.model_dump(mode="json", by_alias=True) if old else {"code": slug(name, taken), "type": "table"}
    base |= {"name": _renamed(base.get("name"), name, str(sent.get("name") or name))}
    base["filter"] = checked_condition(sent.get("filterCond"), f"{path}.filterCond")
    base["sort"] = sorts_of(str(sent.get("sort") or ""), defn) or [{"field": "id", "descending": True}]
    if kind == "CALENDAR":
        date, title = columns_of([sent.get("date")], defn), columns_of([sent.get("title")], defn)
        if not date:
            raise invalid_at(f"{path}.date", NEEDED)
        base |= {"type": "calendar", "date": date[0], "title": title[0] if title else None, "columns": title or date}
    else:
        base |= {"columns": columns_of(sent.get("fields") or [], defn)}
        base["type"] = "table" if base["type"] == "calendar" else base["type"]
    return base


def _renamed(old: Any, name: str, new: str) -> Any:
    """Translations stay as long as the Japanese does."""
    return old if old is not None and name_of(old) == new else new


# --- general settings ----------------------------------------------------------------------------------------------

_DEFAULTS: Body = {
    "icon": {"type": "PRESET", "key": "APP72"}, "theme": "WHITE", "enableThumbnails": True,
    "enableBulkDeletion": False, "enableComments": True, "enableDuplicateRecord": True,
    "enableInlineRecordEditing": True,
    "numberPrecision": {"digits": "16", "decimalPlaces": "4", "roundingMode": "HALF_EVEN"},
    "firstMonthOfFiscalYear": "4",
}  # fmt: skip
THEMES = ("WHITE", "RED", "BLUE", "GREEN", "YELLOW", "BLACK", "CLIPBOARD", "BINDER", "PENCIL", "CLIPS")


def get_settings(call: Call) -> Body:
    """GET app/settings."""
    settings = settings_of(call)
    defn = settings.definition
    title = codes_of([defn.title_field], defn)[0] if defn.title_field else ""
    own = {
        "name": _in(defn.name, call), "description": _in(defn.description, call) if defn.description else "",
        "titleField": {"selectionMode": "MANUAL", "code": title} if title else {"selectionMode": "AUTO", "code": ""},
    }  # fmt: skip
    return own | _DEFAULTS | dict(settings.extras.get("settings") or {}) | {"revision": settings.revision}


def _in(text: Text, call: Call) -> str:
    wanted = call.params.one_of("lang", ("default", "user", "ja", "en", "zh"), "default")
    return text.in_language("en" if wanted == "en" else "ja")


def update_settings(call: Call) -> Body:
    """PUT preview/app/settings."""
    given = call.params.values

    def work(draft: Draft) -> None:
        if call.params.has("name"):
            name = call.params.text("name")
            if not 1 <= len(name) <= MAX_NAME:
                raise invalid_at("name", LONG)
            draft.data["name"] = _renamed(draft.data["name"], name, name)
        if "description" in given:
            draft.data["description"] = given["description"] or None
        if call.params.has("titleField"):
            code = str(call.params.mapping("titleField").get("code") or "")
            draft.data["title_field"] = next(iter(columns_of([code], draft.definition)), None)
        if call.params.has("theme"):
            call.params.one_of("theme", THEMES, "WHITE")
        kept = dict(draft.extras.get("settings") or {})
        draft.extras["settings"] = kept | {key: given[key] for key in _DEFAULTS if given.get(key) is not None}

    return {"revision": change(call, work)[1]}


# --- charts --------------------------------------------------------------------------------------------------------


def get_reports(call: Call) -> Body:
    """GET app/reports."""
    settings = settings_of(call)
    charts = settings.definition.charts
    reports = {str(chart.name): _report(chart, n, settings.definition) for n, chart in enumerate(charts)}
    return {"reports": reports, "revision": settings.revision}


def _report(chart: Chart, number: int, defn: AppDefinition) -> Body:
    groups = []
    for group in chart.groups:
        per = {"per": _PERIODS.get(group.per, "YEAR")} if group.per else {}
        groups.append({"code": codes_of([group.field], defn)[0]} | per)
    measures = [
        {"type": _MEASURES[each.how]} | ({"code": codes_of([each.field], defn)[0]} if each.field else {})
        for each in chart.measures
    ]
    by = {"group": "GROUP1", "value": "TOTAL", "value_descending": "TOTAL"}[chart.sort]
    order = "DESC" if chart.sort == "value_descending" else "ASC"
    return {
        "chartType": _CHARTS[chart.type], "chartMode": "STACKED" if chart.stacked else "NORMAL",
        "id": number_of(chart.code), "index": str(number), "name": str(chart.name), "groups": groups,
        "aggregations": measures, "filterCond": chart.filter or "", "sorts": [{"by": by, "order": order}],
        "periodicReport": None,
    }  # fmt: skip


def update_reports(call: Call) -> Body:
    """PUT preview/app/reports: the whole set."""
    if not call.params.has("reports"):
        raise invalid_at("reports", NEEDED)
    given = call.params.mapping("reports")

    def work(draft: Draft) -> Body:
        old = {str(chart.name): chart for chart in draft.definition.charts}
        ordered = sorted(given.items(), key=lambda item: int(str(item[1].get("index") or 0)))
        charts: list[Body] = []
        for name, sent in ordered:
            code = old[name].code if name in old else slug(name, [chart["code"] for chart in charts])
            charts.append(_chart(name, code, sent, draft.definition))
        draft.data["charts"] = charts
        return {chart["name"]: {"id": number_of(chart["code"])} for chart in charts}

    reports, revision = change(call, work)
    return {"reports": reports, "revision": revision}


def _first(found: list[str]) -> str | None:
    return found[0] if found else None


def _chart(name: str, code: str, sent: Mapping[str, Any], defn: AppDefinition) -> Body:
    path = f"reports.{name}"
    kind = _CHART_TYPES.get(str(sent.get("chartType")))
    if kind is None:
        raise invalid_at(f"{path}.chartType", ENUM)
    periods, measures = {word: ours for ours, word in _PERIODS.items()}, {w: ours for ours, w in _MEASURES.items()}
    groups = [
        {"field": columns_of([each.get("code")], defn)[0], "per": periods.get(str(each.get("per")))}
        for each in sent.get("groups") or [] if columns_of([each.get("code")], defn)
    ]
    if not groups:
        raise invalid_at(f"{path}.groups", NEEDED)
    values = [
        {"how": measures.get(str(each.get("type")), "count"), "field": _first(columns_of([each.get("code")], defn))}
        for each in sent.get("aggregations") or []
    ]
    first: Mapping[str, Any] = next(iter(sent.get("sorts") or []), {})
    by_value = "value_descending" if str(first.get("order")) == "DESC" else "value"
    return {
        "code": code, "name": str(sent.get("name") or name), "type": kind,
        "stacked": sent.get("chartMode") == "STACKED", "groups": groups,
        "measures": values or [{"how": "count", "field": None}],
        "filter": checked_condition(sent.get("filterCond"), f"{path}.filterCond"),
        "sort": by_value if first.get("by") == "TOTAL" else "group",
    }  # fmt: skip
