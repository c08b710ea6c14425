"""An app leaves and arrives: all of it as one file, and a new app from such a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import BinaryIO, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision, published
from madoguchi.records import exports
from madoguchi.records.export_models import AppExport
from madoguchi.records.permissions import Access, staff_access
from madoguchi.studio import shell
from madoguchi.studio.arrivals import ArrivalRefused, arrive
from madoguchi.studio.new_app import departments_of
from madoguchi.studio.shell import Place


def _place(staff: Staff, app_code: str) -> tuple[Place, AppRevision | None, Access | None]:
    place = shell.builder_place(staff, app_code)
    app = published(app_code) if place.published else None
    return place, app, staff_access(app, staff) if app else None


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: StaffRequest, app_code: str) -> HttpResponse:
    """What can be taken out, and the files that wait to be downloaded."""
    place, app, access = _place(request.user, app_code)
    if request.method == "POST" and app is not None:
        with_rows = "rows" in request.POST
        exports.begin(app=app, staff=request.user, with_rows=with_rows, with_files="files" in request.POST)
        return HttpResponseRedirect(reverse("studio:export", args=[app_code]))
    context = {
        "published": app is not None, "allowed": access is not None and exports.may_export(access),
        "limited": access is not None and (access.limits_records or bool(access.hidden)),
        "rows": exports.latest(app_id=place.app.pk, staff=request.user),
        "has_files": app is not None and any(field.type in ("file", "photo") for field in app.definition.fields),
    }
    return shell.page(request, "studio/export.html", context, place=place)


@staff_required
@require_safe
def export_state(request: StaffRequest, app_code: str, export_id: uuid.UUID) -> HttpResponse:
    """Part of the page: how far one is."""
    place, _app, _access = _place(request.user, app_code)
    row = get_object_or_404(AppExport, pk=export_id, app=place.app, staff=request.user)
    response = render(request, "studio/_export_state.html", {"place": place, "row": row})
    response["Cache-Control"] = "no-store"
    return response


@staff_required
@require_POST
def export_file(request: StaffRequest, app_code: str, export_id: uuid.UUID) -> HttpResponseBase:
    """The .zip; noted in the access log each time."""
    place, _app, _access = _place(request.user, app_code)
    row = get_object_or_404(AppExport, pk=export_id, app=place.app, staff=request.user)
    try:
        file = exports.take(row=row, staff=request.user)
    except FileNotFoundError:
        raise Http404(_("このファイルはもう消えています。もう一度書き出してください。")) from None
    response = StreamingHttpResponse(_pieces(file), content_type="application/zip")
    name = f"{place.code}-{timezone.localtime(row.created_at):%Y%m%d-%H%M}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = str(row.size)
    response["Cache-Control"] = "no-store"
    return response


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(exports.PIECE):
            yield piece


class ArrivalForm(forms.Form):
    """A pack file and whose its apps will be."""

    file = forms.FileField(
        label=gettext_lazy("ファイル"), error_messages={"required": gettext_lazy("ファイルを選んでください。")}
    )
    department = forms.ChoiceField(label=gettext_lazy("担当課"))

    def __init__(self, request: StaffRequest) -> None:
        super().__init__(*((request.POST, request.FILES) if request.method == "POST" else ()))
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = departments_of(request.user)
        self.fields["file"].widget.attrs["accept"] = ".zip,.yaml,.yml"


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def arrival(request: StaffRequest) -> HttpResponse:
    """New apps from a file that another instance wrote: their definitions, as drafts. Records come by the server."""
    shell.require_creator(request.user)
    form = ArrivalForm(request)
    if form.is_valid():
        try:
            file = cast(BinaryIO, form.cleaned_data["file"])
            arrived = arrive(file=file, department=form.cleaned_data["department"], staff=request.user)
        except ArrivalRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            for level, line in arrived.lines:
                messages.add_message(request, level, line)
            only = arrived.codes[0] if len(arrived.codes) == 1 else None
            return HttpResponseRedirect(reverse("studio:app", args=[only]) if only else reverse("studio:home"))
    status = 422 if form.is_bound else 200
    return shell.page(request, "studio/arrival.html", {"form": form}, status=status)
