"""Charts and cross tables of an app: those of its definition, those one makes for oneself, and their numbers as CSV."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.definition.app import Chart, View
from madoguchi.desk import charts, list_frame, listing, shell
from madoguchi.desk.chart_form import NAME_LENGTH, ChartForm
from madoguchi.desk.models import SavedChart
from madoguchi.lib.tables.writing import csv_pieces
from madoguchi.records.charts import EVERYTHING
from madoguchi.records.lists import Narrowing
from madoguchi.records.permissions import Access

MARK = "~"
"""Before the number of one's own chart; no code of an app's chart begins so."""
MAX_SAVED = 100


def of_view(request: StaffRequest, access: Access, asked: listing.Request) -> HttpResponse:
    """A view that is a chart: over the view's records, with search and filters as in every list."""
    wanted = asked.view.chart
    chart = next((one for one in access.app.definition.charts if one.code == wanted), None)
    search = list_frame.searched(request, access.app.code)
    narrowing = Narrowing(asked.filters, search, asked.condition)
    shown = charts.show(access, chart, view=asked.view, asked=narrowing) if chart else None
    context = {
        **list_frame.frame(request, access, asked), "shown": shown,
        "problems": [*asked.problems, *(shown.messages if shown else [_("このグラフは今のアプリにありません。")])],
        "csv_url": _csv_url(access, chart) if chart else "",
    }
    return shell.page(request, "desk/chart_view.html", context)


@staff_required
@require_safe
def overview(request: StaffRequest, app_code: str) -> HttpResponse:
    """Every chart of an app that one may open."""
    access = shell.app_for(request.user, app_code)
    context = {
        "app": access.app, "charts": access.app.definition.charts,
        "own": SavedChart.objects.filter(staff=request.user, app_id=access.app.app_id).order_by("name"),
    }
    return shell.page(request, "desk/charts.html", context)


@staff_required
@require_safe
def chart(request: StaffRequest, app_code: str, chart_code: str) -> HttpResponse:
    """One chart over all records that one may see."""
    access = shell.app_for(request.user, app_code)
    found, base, saved = _find(access, chart_code)
    context = {
        "app": access.app, "shown": charts.show(access, found, view=base, own=saved is not None), "saved": saved,
        "mine": saved is not None and saved.staff_id == request.user.pk,
        "name": saved.name if saved else in_words(found.name), "chart_code": chart_code,
        "csv_url": _csv_url(access, found, chart_code),
    }
    return shell.page(request, "desk/chart.html", context)


def _csv_url(access: Access, chart: Chart, code: str = "") -> str:
    return reverse("desk:chart-csv", args=[access.app.code, code or chart.code]) if access.has("export") else ""


def _find(access: Access, code: str) -> tuple[Chart, View, SavedChart | None]:
    """A chart of the definition, or somebody's own: its address may be handed on."""
    number = code.removeprefix(MARK)
    if code.startswith(MARK) and number.isascii() and number.isdigit() and len(number) < 10:
        saved = SavedChart.objects.filter(pk=int(number), app_id=access.app.app_id).first()
        if saved is not None:
            return Chart.model_validate(saved.chart), _base(access, saved.base), saved
    for found in access.app.definition.charts:
        if found.code == code:
            return found, EVERYTHING, None
    raise Http404(_("このグラフはありません。"))


def _base(access: Access, code: str) -> View:
    return next((view for view in access.app.definition.views if view.code == code), EVERYTHING)


@staff_required
@require_safe
def chart_csv(request: StaffRequest, app_code: str, chart_code: str) -> StreamingHttpResponse:
    """The table of a chart. Programs that open it never take a cell for a formula."""
    access = shell.app_for(request.user, app_code, "export")
    found, base, saved = _find(access, chart_code)
    shown = charts.show(access, found, view=base, own=saved is not None, linked=False)
    if shown.table is None:
        raise Http404(shown.problem)
    pieces = csv_pieces([*shown.table.heads, *shown.table.columns], shown.table.plain)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{access.app.code}-chart.csv"'
    response["Cache-Control"] = "no-store"
    return response


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def builder(request: StaffRequest, app_code: str) -> HttpResponse:
    """Makes a chart of one's own. What is typed is posted, as a condition may hold personal data."""
    access = shell.app_for(request.user, app_code)
    saved = _to_change(request, access)
    if request.method != "POST":
        return _builder_page(request, access, _first(request, access, saved), saved, {}, None)
    form = ChartForm.posted(access, request.POST)
    problems = form.problems()
    if "save" in request.POST and not problems:
        problems = _name_problems(request, access, form, saved)
    if problems:
        return _builder_page(request, access, form, saved, problems, None, status=422)
    if "save" in request.POST:
        return _save(request, access, form, saved)
    shown = charts.show(access, form.chart, view=_base(access, form.typed["view"]), own=True)
    return _builder_page(request, access, form, saved, {}, shown)


def _to_change(request: StaffRequest, access: Access) -> SavedChart | None:
    number = request.GET.get("chart", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return SavedChart.objects.filter(pk=int(number), staff=request.user, app_id=access.app.app_id).first()


def _first(request: StaffRequest, access: Access, saved: SavedChart | None) -> ChartForm:
    if saved is not None:
        return ChartForm.of_chart(access, Chart.model_validate(saved.chart), saved.base, saved.name)
    return ChartForm(access, dict.fromkeys(ChartForm.NAMES, "") | {"view": request.GET.get("view", "")})


def _builder_page(
    request: StaffRequest, access: Access, form: ChartForm, saved: SavedChart | None, problems: dict[str, str],
    shown: charts.Shown | None, *, status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "app": access.app, "form": form, "typed": form.typed, "saved": saved, "errors": problems, "shown": shown,
    }
    return shell.page(request, "desk/chart_builder.html", context, status=status)


def _name_problems(
    request: StaffRequest, access: Access, form: ChartForm, saved: SavedChart | None
) -> dict[str, str]:
    name = form.typed["name"]
    if not name or len(name) > NAME_LENGTH:
        return {"name": _("保存する名前を60文字以内で入れてください。")}
    mine = SavedChart.objects.filter(staff=request.user, app_id=access.app.app_id)
    if mine.filter(name=name).exclude(pk=saved.pk if saved else 0).exists():
        return {"name": _("同じ名前のグラフがあります。別の名前にしてください。")}
    if saved is None and mine.count() >= MAX_SAVED:
        return {"name": _("自分のグラフは100個までです。使わないものを消してください。")}
    return {}


def _save(request: StaffRequest, access: Access, form: ChartForm, saved: SavedChart | None) -> HttpResponse:
    row = saved or SavedChart(staff=request.user, app_id=access.app.app_id)
    row.name, row.base = form.typed["name"], _base(access, form.typed["view"]).code
    row.chart = form.chart.model_dump(mode="json", exclude_none=True)
    row.save()
    messages.success(request, _("グラフを保存しました。このページのアドレスを渡すと、ほかの職員も開けます。"))
    return HttpResponseRedirect(reverse("desk:chart", args=[access.app.code, f"{MARK}{row.pk}"]))


@staff_required
@require_POST
def delete(request: StaffRequest, app_code: str, chart_code: str) -> HttpResponse:
    """Removes a chart of one's own."""
    access = shell.app_for(request.user, app_code)
    _chart, _view, saved = _find(access, chart_code)
    if saved is None or saved.staff_id != request.user.pk:
        raise Http404(_("このグラフはありません。"))
    saved.delete()
    messages.success(request, _("グラフを消しました。"))
    return HttpResponseRedirect(reverse("desk:charts", args=[app_code]))
