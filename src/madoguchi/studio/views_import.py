"""From a table to a new app: give the file, correct what is proposed, make the app; its rows come in once published."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.catalog.models import App
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.columns import ColumnMap, map_problems
from madoguchi.definition.display import display
from madoguchi.definition.row_reader import RowReader
from madoguchi.lib.tables import Preview, TableError
from madoguchi.records import kept_tables
from madoguchi.records.import_models import KeptTable
from madoguchi.records.world import DatabaseWorld
from madoguchi.studio import shell
from madoguchi.studio.import_fields import TYPES, Line, corrected, fields_of, proposed
from madoguchi.studio.new_app import NewAppForm, make

SHOWN_ROWS = 20
SHOWN_COLUMNS = 8


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: StaffRequest) -> HttpResponse:
    """Takes the file; what waits from before is listed."""
    shell.require_creator(request.user)
    problem = ""
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if file is None:
                raise TableError(_("ファイルを選んでください。"))
            kept = kept_tables.keep(staff=request.user, file=cast(BinaryIO, file), name=file.name or "")
            return HttpResponseRedirect(reverse("studio:import-fields", args=[kept.pk]))
        except TableError as wrong:
            problem = str(wrong)
    waiting = KeptTable.objects.filter(staff=request.user).select_related("app").order_by("-created_at")
    context = {"problem": problem, "waiting": waiting}
    return shell.page(request, "studio/import.html", context, status=422 if problem else 200)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def fields(request: StaffRequest, kept_id: uuid.UUID) -> HttpResponse:
    """The proposed fields with their reasons, twenty rows as records, corrections, and the new app's name."""
    shell.require_creator(request.user)
    kept = KeptTable.objects.filter(pk=kept_id, staff=request.user, app=None).first()
    if kept is None:
        raise Http404(_("この表はもうありません。もう一度、ファイルを選んでください。"))
    wish = request.POST.get("do", "")
    if wish == "drop":
        kept_tables.drop(kept)
        return HttpResponseRedirect(reverse("studio:import"))
    try:
        found = _read(kept, request.POST) if wish == "read" else kept_tables.preview(kept)
    except TableError as wrong:
        messages.error(request, str(wrong))
        return HttpResponseRedirect(reverse("studio:import"))
    lines = corrected(found, request.POST) if wish in ("look", "make") else proposed(found)
    form = NewAppForm(request.user, request.POST if wish == "make" else None)
    if wish == "make" and form.is_valid() and not (problems := _problems(lines, found)):
        return _make(request, kept, form, lines, found)
    shown = problems if wish == "make" and form.is_valid() else _problems(lines, found)
    return _page(request, kept, found, lines, form, shown if wish == "make" else [])


def _read(kept: KeptTable, post: Mapping[str, str]) -> Preview:
    row = post.get("header_row", "")
    return kept_tables.read_otherwise(
        kept, sheet=post.get("sheet") or None, header_row=int(row) if row.isascii() and row.isdigit() else None
    )


def _problems(lines: Sequence[Line], found: Preview) -> list[str]:
    fields_, maps = fields_of(lines, found)
    if not fields_:
        return [_("項目を1つ以上残してください。")]
    try:
        return map_problems(_definition(fields_), maps, width=len(found.header))
    except ValidationError:
        return [_("項目の名前か種類を確かめてください。")]


def _definition(fields_: Sequence[Mapping[str, Any]]) -> AppDefinition:
    return AppDefinition.model_validate(
        {"code": "table", "name": "表", "owner_department": "home", "fields": list(fields_)}
    )


def _make(
    request: StaffRequest, kept: KeptTable, form: NewAppForm, lines: Sequence[Line], found: Preview
) -> HttpResponse:
    fields_, maps = fields_of(lines, found)
    columns = ["id", *(field["code"] for field in fields_[:SHOWN_COLUMNS])]
    view = {"code": "all", "name": "すべて", "columns": columns}
    code = make(form, request.user, {"fields": fields_, "views": [view]})
    kept_tables.choose(kept, maps, app_id=App.objects.get(code=code).pk)
    messages.success(request, _(
        "アプリの下書きを作りました。確認を受けて公開すると、表の中身を読み込めます。表は30日間、預かっています。"
    ))
    return HttpResponseRedirect(reverse("studio:app", args=[code]))


def _page(
    request: StaffRequest, kept: KeptTable, found: Preview, lines: Sequence[Line], form: NewAppForm,
    problems: Sequence[str],
) -> HttpResponse:
    context = {
        "kept": kept, "found": found, "lines": [_shown(line, found) for line in lines], "form": form,
        "problems": problems, "types": [(kind.type, kind.name) for kind in TYPES],
        "header_row": found.source.header_row, **_rows(lines, found),
    }
    refused = bool(problems) or (form.is_bound and not form.is_valid())
    return shell.page(request, "studio/import_fields.html", context, status=422 if refused else 200)


def _shown(line: Line, found: Preview) -> dict[str, Any]:
    texts = dict.fromkeys(cells[line.columns[0]] for _n, cells in found.sample[:200] if cells[line.columns[0]].strip())
    return {
        "label": line.label, "type": line.type, "kept": line.kept, "required": line.required, "reason": line.reason,
        "columns": ",".join(map(str, line.columns)), "first": line.columns[0], "several": len(line.columns) > 1,
        "names": "・".join(found.header[column] for column in line.columns), "samples": "、".join(list(texts)[:3]),
    }


def _rows(lines: Sequence[Line], found: Preview) -> dict[str, Any]:
    """The first rows as they would become records."""
    fields_, maps = fields_of(lines, found)
    try:
        defn = _definition(fields_)
        reader = RowReader(defn, maps, DatabaseWorld("counter"))
    except (ValidationError, ValueError):
        return {"heads": [], "rows": []}
    rows = [
        {"number": number, "cells": _cells(defn, maps, reader, cells), "problem": ""}
        for number, cells in found.sample[:SHOWN_ROWS]
    ]
    return {"heads": [in_words(defn.by_code[one.code].label) for one in maps], "rows": rows}


def _cells(
    defn: AppDefinition, maps: Sequence[ColumnMap], reader: RowReader, cells: list[str]
) -> list[dict[str, str]]:
    read = reader.read(cells)
    return [
        {
            "text": display(defn.by_code[one.code], read.values.get(one.code)),
            "problem": " ".join(str(problem.text) for problem in read.problems.get(one.code, ())),
        }
        for one in maps
    ]
