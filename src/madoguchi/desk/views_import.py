"""Importing a table into an app: choose the file and its columns, watch it run, mend what was not taken."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.definition.columns import ColumnMap
from madoguchi.definition.display import display
from madoguchi.definition.row_reader import RowReader
from madoguchi.desk import columns, shell
from madoguchi.lib.tables import Preview, TableError
from madoguchi.records import imports, kept_tables
from madoguchi.records.import_models import Import, KeptTable
from madoguchi.records.imports import KEY_TYPES, SYSTEM_KEYS, ImportRefused
from madoguchi.records.permissions import Access
from madoguchi.records.world import DatabaseWorld

SHOWN_ROWS = 20
Download = HttpResponse | StreamingHttpResponse
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: StaffRequest, app_code: str) -> HttpResponse:
    """The file to import, the tables that wait, and the imports so far."""
    access = shell.app_for(request.user, app_code, "add")
    problem = ""
    if request.method == "POST":
        try:
            kept = _keep(request, access)
        except TableError as wrong:
            problem = str(wrong)
        else:
            return HttpResponseRedirect(reverse("desk:import-columns", args=[app_code, kept.pk]))
    context = {
        "app": access.app, "problem": problem,
        "waiting": KeptTable.objects.filter(app_id=access.app.app_id, staff=request.user).order_by("-created_at"),
        "past": Import.objects.filter(app_id=access.app.app_id).select_related("staff").order_by("-created_at")[:20],
    }
    return shell.page(request, "desk/import.html", context, status=422 if problem else 200)


def _keep(request: StaffRequest, access: Access) -> KeptTable:
    """The uploaded table. A corrected error list takes over the columns of the import it came from."""
    file = request.FILES.get("file")
    if file is None:
        raise TableError(_("ファイルを選んでください。"))
    table, app_id = cast(BinaryIO, file), access.app.app_id
    kept = kept_tables.keep(staff=request.user, file=table, name=file.name or "", app_id=app_id)
    past = Import.objects.filter(app_id=access.app.app_id).order_by("-created_at")[:10]
    same = next((one for one in past if imports.same_columns(one, kept.header)), None)
    known = access.app.definition.by_code
    maps = [one for one in imports.maps_of(same) if one.code in known] if same else []
    kept_tables.choose(kept, maps or columns.guessed(access.app.definition, kept.header))
    return kept


def _kept(request: StaffRequest, access: Access, kept_id: uuid.UUID) -> KeptTable:
    found = KeptTable.objects.filter(pk=kept_id, app_id=access.app.app_id, staff=request.user).first()
    if found is None:
        raise Http404(_("この表はもうありません。もう一度、ファイルを選んでください。"))
    return found


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_columns(request: StaffRequest, app_code: str, kept_id: uuid.UUID) -> HttpResponse:
    """Which column feeds which field, with the first rows as they would become records."""
    access = shell.app_for(request.user, app_code, "add")
    kept = _kept(request, access, kept_id)
    if request.method != "POST":
        return _columns_page(request, access, kept, kept_tables.maps_of(kept))
    if request.POST.get("do") == "drop":
        kept_tables.drop(kept)
        return HttpResponseRedirect(reverse("desk:imports", args=[app_code]))
    return _chosen(request, access, kept)


def _chosen(request: StaffRequest, access: Access, kept: KeptTable) -> HttpResponse:
    maps = columns.chosen(access.app.definition, kept.header, request.POST)
    kept_tables.choose(kept, maps)
    if request.POST.get("do") != "start":
        return _columns_page(request, access, kept, maps)
    try:
        key = _key(request.POST.get("key", ""), kept.header, maps, request.POST.get("key_column", ""))
        begun = kept_tables.begin_import(kept, app=access.app, staff=request.user, maps=maps, key=key)
    except ImportRefused as refused:
        return _columns_page(request, access, kept, maps, refused.problems)
    except TableError as wrong:
        return _columns_page(request, access, kept, maps, [str(wrong)])
    return HttpResponseRedirect(reverse("desk:import", args=[access.app.code, begun.pk]))


def _key(code: str, header: Sequence[str], maps: Sequence[ColumnMap], column: str) -> tuple[str, int] | None:
    """The field by which a row finds its record, and its column; raises ImportRefused where no column holds it."""
    if not code:
        return None
    fed = next((one.columns[0] for one in maps if one.code == code), None)
    if column.isdigit() and int(column) < len(header):
        return code, int(column)
    if fed is None:
        raise ImportRefused([_("どのレコードかを決める値が入っている列を選んでください。")])
    return code, fed


def _columns_page(
    request: StaffRequest, access: Access, kept: KeptTable, maps: Sequence[ColumnMap], problems: Sequence[str] = ()
) -> HttpResponse:
    defn = access.app.definition
    try:
        found = kept_tables.preview(kept)
    except TableError as wrong:
        messages.error(request, str(wrong))
        return HttpResponseRedirect(reverse("desk:imports", args=[access.app.code]))
    fed = {column: one.code for one in maps for column in one.columns}
    fields = [(f.code, in_words(f.label)) for f in columns.importable(defn) if access.changes(f.code)]
    keys = [("receipt_number", _("受付番号")), ("id", _("レコード番号"))]
    keys += [(f.code, in_words(f.label)) for f in defn.value_fields if f.type in KEY_TYPES - {"formula"}]
    context = {
        "app": access.app, "kept": kept, "problems": problems, "fields": fields,
        "may_edit": access.has("edit"), "keys": keys, "key": request.POST.get("key", ""),
        "key_column": request.POST.get("key_column", ""), "system_keys": sorted(SYSTEM_KEYS),
        "columns": [
            {"number": n, "name": name, "code": fed.get(n, ""), "samples": _samples(found, n)}
            for n, name in enumerate(found.header)
        ],
        **shown_rows(access, found, maps),
    }
    return shell.page(request, "desk/import_columns.html", context, status=422 if problems else 200)


def _samples(found: Preview, column: int) -> str:
    texts = dict.fromkeys(cells[column] for _number, cells in found.sample[:200] if cells[column].strip())
    return "、".join(list(texts)[:3])


def shown_rows(access: Access, found: Preview, maps: Sequence[ColumnMap]) -> dict[str, Any]:
    """The first rows as records: headings, and for each row its values and what is wrong with it."""
    defn = access.app.definition
    known = [one for one in maps if one.code in defn.by_code and access.sees(one.code)]
    reader = RowReader(defn, known, DatabaseWorld("counter"))
    rows = []
    for number, cells in found.sample[:SHOWN_ROWS]:
        read = reader.read(cells)
        shown = [
            {"text": display(defn.by_code[one.code], read.values.get(one.code)),
             "problem": " ".join(str(problem.text) for problem in read.problems.get(one.code, ()))}
            for one in known
        ]
        others = [str(p.text) for code, ps in read.problems.items() if code not in {m.code for m in known} for p in ps]
        rows.append({"number": number, "cells": shown, "problem": " ".join(others)})
    return {"heads": [in_words(defn.by_code[one.code].label) for one in known], "rows": rows}


def _import(request: StaffRequest, app_code: str, import_id: uuid.UUID) -> tuple[Access, Import]:
    access = shell.app_for(request.user, app_code, "add")
    row = Import.objects.select_related("staff").filter(pk=import_id, app_id=access.app.app_id).first()
    if row is None:
        raise Http404(_("この読み込みはありません。"))
    return access, row


@staff_required
@require_safe
def progress(request: StaffRequest, app_code: str, import_id: uuid.UUID) -> HttpResponse:
    """How far an import is, and what came of it; asked by htmx, only that part of the page."""
    access, row = _import(request, app_code, import_id)
    context = {"app": access.app, "row": row, "may_stop": row.staff_id == request.user.pk or access.has("manage")}
    if request.headers.get("HX-Request") == "true":
        part = render(request, "desk/_import_state.html", context)
        part["Cache-Control"] = "no-store"
        return part
    return shell.page(request, "desk/import_state.html", context)


@staff_required
@require_POST
def cancel(request: StaffRequest, app_code: str, import_id: uuid.UUID) -> HttpResponse:
    """Stops an import; what was added stays."""
    _access, row = _import(request, app_code, import_id)
    imports.cancel_import(import_id=row.pk, staff=request.user)
    return HttpResponseRedirect(reverse("desk:import", args=[app_code, import_id]))


@staff_required
@require_safe
def errors(request: StaffRequest, app_code: str, import_id: uuid.UUID, kind: str) -> Download:
    """The rows that were not taken, with the reason in the last column: to mend and give again."""
    access, row = _import(request, app_code, import_id)
    if kind not in {"csv", "xlsx"}:
        raise Http404
    if row.staff_id != request.user.pk:
        access.require("manage")
    response: Download
    if kind == "xlsx":
        response = HttpResponse(imports.error_xlsx(row, request.user), content_type=XLSX)
    else:
        response = StreamingHttpResponse(imports.error_csv(row, request.user), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-errors.{kind}"'
    response["Cache-Control"] = "no-store"
    return response
