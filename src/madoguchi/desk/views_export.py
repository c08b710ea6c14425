"""A list as a file: CSV for Excel, CSV for older programs, or an Excel workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.desk import list_frame, listing, shell
from madoguchi.desk.export import Export, find_unwritable
from madoguchi.lib.tables.streaming import Cell, csv_stream, xlsx_stream
from madoguchi.records import lists

Writer = Callable[[Export, Iterator[list[Cell]]], Iterator[bytes]]
CSV, EXCEL = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[str, tuple[str, str, Writer]] = {
    "csv": (f"{CSV}; charset=utf-8", "csv", lambda e, rows: csv_stream(e.header, rows, encoding="utf-8")),
    "sjis": (f"{CSV}; charset=Shift_JIS", "csv", lambda e, rows: csv_stream(e.header, rows, encoding="cp932")),
    "xlsx": (EXCEL, "xlsx", lambda e, rows: xlsx_stream(e.header, rows, title=in_words(e.defn.name))),
}


@staff_required
@require_safe
def export(request: StaffRequest, app_code: str) -> HttpResponseBase:
    """The whole list that the address describes, in the format it asks for; needs the right to export.

    Before anything is lost in Shift_JIS, a page says what would be.
    """
    access = shell.app_for(request.user, app_code, "export")
    asked = listing.understand(access, request.GET)
    wanted = Export(access, asked, list_frame.searched(request, app_code))
    form = request.GET.get("format", "csv")
    try:
        if form == "sjis" and "replace" not in request.GET:
            lost = find_unwritable(wanted)
            if lost.count:
                context = {"app": access.app, "lost": lost, "list": asked, "here": asked.query()}
                return shell.page(request, "desk/export_sjis.html", context)
        return _download(wanted, form if form in FORMATS else "csv")
    except lists.ListTooSlow as slow:
        messages.error(request, str(slow))
        return HttpResponseRedirect(reverse("desk:list", args=[app_code]) + asked.query())


def _download(wanted: Export, form: str) -> HttpResponse | StreamingHttpResponse:
    content_type, ending, write = FORMATS[form]
    pages = wanted.pages()
    # The first page is read before the answer begins: what goes wrong with a list goes wrong there.
    rows = wanted.rows(chain([next(pages)], pages))
    response = StreamingHttpResponse(write(wanted, rows), content_type=content_type)
    name = f"{wanted.access.app.code}-{timezone.localdate():%Y%m%d}.{ending}"
    shown = quote(f"{in_words(wanted.defn.name)}-{timezone.localdate():%Y%m%d}.{ending}")
    response["Content-Disposition"] = f"attachment; filename=\"{name}\"; filename*=UTF-8''{shown}"
    response["Cache-Control"] = "no-store"
    return response
