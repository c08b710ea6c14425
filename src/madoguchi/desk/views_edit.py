"""Adding a record by hand, changing one, and what an open form asks while somebody types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import FILE_TYPES, TableField
from madoguchi.definition.values import Value
from madoguchi.desk import answers, attachments, form_widgets, merging, saving, shell, timeline
from madoguchi.desk.duplicates import duplicate
from madoguchi.desk.form_values import blank_row, name_of
from madoguchi.desk.record_form import RecordForm, copied_codes, from_post, from_values
from madoguchi.desk.views_record import log_view
from madoguchi.records import read
from madoguchi.records.defaults import with_defaults
from madoguchi.records.errors import InvalidValues, StaleRecord
from madoguchi.records.files import FileRefused
from madoguchi.records.models import StoredFile
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record
from madoguchi.records.world import DatabaseWorld

ATTEMPTS = 3
"""Somebody may save between looking and writing; after so many such moments the page says so."""


@dataclass(frozen=True)
class Page:
    """One person at one form. ``record`` is None while it is being added; ``revision`` is what the form was opened at.

    ``now`` are the record's values as they are by the codes of ``app``; ``wrong`` what is said about the whole form.
    """

    request: StaffRequest
    access: Access
    app: AppRevision
    record: Record | None = None
    whole: Record | None = None
    now: Mapping[str, Value] = field(default_factory=dict)
    source: Record | None = None
    upload_problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def staff(self) -> Staff:
        return self.request.user

    @property
    def world(self) -> DatabaseWorld:
        return DatabaseWorld(self.whole.channel if self.whole else "counter", self.access.viewer)

    @property
    def sent_revision(self) -> int:
        typed = self.request.POST.get("revision", "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    @property
    def new(self) -> bool:
        return self.record is None


# --- adding --------------------------------------------------------------------------------------------------------


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, app_code: str) -> HttpResponse:
    """A record added by hand; ``from`` names one whose answers stand in the boxes to begin with."""
    access = shell.app_for(request.user, app_code, "add")
    page = Page(request, access, access.app, source=_source(request, access))
    if request.method != "POST":
        return _show(page, _opening(page))
    page, form = _sent(page, {})
    form, moved = _moved(page, form)
    if moved or form.problems:
        return _show(page, form, failed=not moved)
    if page.source is not None and request.POST.get("files"):
        form = form.typing(_copied_files(page, form))
    try:
        record_id = saving.add(access, form)
    except InvalidValues as refusal:
        return _show(page, form.refusing(refusal.problems), failed=True)
    messages.success(request, _("登録しました。"))
    if "again" in request.POST:
        return HttpResponseRedirect(reverse("desk:add", args=[app_code]))
    return HttpResponseRedirect(reverse("desk:record", args=[app_code, record_id]))


def _source(request: StaffRequest, access: Access) -> Record | None:
    typed = (request.POST or request.GET).get("from", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 18):
        return None
    _access, record = shell.record_for(request.user, access.app.code, int(typed))
    if request.method != "POST":
        log_view(access, record, "record")
    return record


def _opening(page: Page) -> RecordForm:
    """The boxes of a new record: the defaults, or another record's answers."""
    defn, actor = page.app.definition, page.access.viewer.actor
    begun = with_defaults(defn, {}, actor, page.world.now)
    shown = {**begun, **duplicate(page.app, page.source)} if page.source else begun
    return from_values(page.access, defn, page.world, {}, new=True, shown=shown)


def _copied_files(page: Page, form: RecordForm) -> dict[str, list[str]]:
    assert page.source is not None
    stored = saving.values_in(page.app, page.source)
    return {
        item.code: [*attachments.copies(page.app, item, stored.get(item.code) or []), *form.typed[item.code]]
        for item in form.files
    }


# --- changing ------------------------------------------------------------------------------------------------------


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """The form of a record; whoever saves second sees what the first one changed."""
    for attempt in range(ATTEMPTS):
        page = _page_of(request, app_code, record_id)
        if request.method != "POST":
            assert page.record is not None
            log_view(page.access, page.record, "record")
            return _show(page, from_values(page.access, page.app.definition, page.world, page.now))
        try:
            return _save(page)
        except StaleRecord:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("not reached")


def _page_of(request: StaffRequest, app_code: str, record_id: int) -> Page:
    access, record = shell.record_for(request.user, app_code, record_id, "edit")
    whole = read.get_record(access.app, record_id)
    app = saving.form_app(access, whole)
    return Page(request, access, app, record, whole, saving.values_in(app, whole))


def _save(page: Page) -> HttpResponse:
    assert page.whole is not None
    if page.sent_revision != page.whole.revision:
        return _clash(page)
    record = page.whole
    page, form = _sent(page, page.now)
    form, undecided = _decide(page, form)
    form, moved = _moved(page, form)
    if moved or form.problems or undecided:
        return _show(page, form, failed=not moved, undecided=undecided)
    try:
        saving.change(page.access, record, form, page.sent_revision)
    except InvalidValues as refusal:
        return _show(page, form.refusing(refusal.problems), failed=True)
    messages.success(page.request, _("保存しました。") if form.changes else _("変わったところはありません。"))
    return HttpResponseRedirect(reverse("desk:record", args=[page.access.app.code, record.id]))


def _clash(page: Page) -> HttpResponse:
    """Somebody was faster: what they changed, over what was typed here."""
    assert page.whole is not None
    meanwhile = merging.since(page.access, page.whole, page.sent_revision)
    before = saving.values_in(page.app, replace(page.whole, values=dict(meanwhile.base)))
    page, mine = _sent(page, before)
    found = merging.differences(mine, page.now, meanwhile)
    form = merging.merged(mine, page.now, found)
    return _show(page, form, differences=found, meanwhile=meanwhile.events)


def _decide(page: Page, form: RecordForm) -> tuple[RecordForm, list[str]]:
    """What was decided about fields that both changed; and the ids of those about which nothing was."""
    clashed = page.request.POST.getlist("clash")
    choices = {number: page.request.POST.get(f"keep.{number}", "") for number in clashed}
    undecided = [number for number, choice in choices.items() if choice not in (merging.MINE, merging.THEIRS)]
    return merging.decided(form, choices), undecided


# --- what was sent -------------------------------------------------------------------------------------------------


def _sent(page: Page, base: Mapping[str, Value]) -> tuple[Page, RecordForm]:
    """The form as it was sent, its files kept; and why a file was not."""
    request, defn = page.request, page.app.definition
    form = from_post(page.access, defn, page.world, base, request.POST, new=page.new)
    typed: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for item in form.files:
        stored = [*(base.get(item.code) or ()), *(page.now.get(item.code) or ())]
        kept = attachments.ids(page.staff, form.typed[item.code], stored)
        for upload in request.FILES.getlist(f"{name_of(item)}.new"):
            try:
                kept.append(str(attachments.keep(page.app, item, upload).pk))
            except FileRefused as refused:
                problems[item.code] = str(refused)
        typed[item.code] = kept
    form = form.typing(typed)
    if problems:
        form = replace(form, refused={code: {"": text} for code, text in problems.items()})
    return page, form


def _moved(page: Page, form: RecordForm) -> tuple[RecordForm, bool]:
    """After a button that only changes the form: another row, a row up or down, the fields shown anew."""
    do, _dot, where = page.request.POST.get("do", "").partition(".")
    if do == "refresh":
        return form, True
    number, _dot, key = where.partition(".")
    table = next((item for item in form.open if str(item.id) == number and isinstance(item, TableField)), None)
    if not isinstance(table, TableField) or do not in _MOVES:
        return form, False
    rows = list(form.typed[table.code])
    at = next((n for n, row in enumerate(rows) if row["$row"] == key), -1)
    return form.typing({table.code: _MOVES[do](table, rows, at)}), True


def _swapped(rows: list[Any], one: int, other: int) -> list[Any]:
    if min(one, other) >= 0 and max(one, other) < len(rows):
        rows[one], rows[other] = rows[other], rows[one]
    return rows


_MOVES: Mapping[str, Any] = {
    "add_row": lambda table, rows, at: [*rows, blank_row(table, rows)],
    "remove_row": lambda table, rows, at: [row for n, row in enumerate(rows) if n != at],
    "row_up": lambda table, rows, at: _swapped(rows, at, at - 1),
    "row_down": lambda table, rows, at: _swapped(rows, at, at + 1) if at >= 0 else rows,
}


# --- the page ------------------------------------------------------------------------------------------------------


def _show(
    page: Page, form: RecordForm, *, failed: bool = False, undecided: Sequence[str] = (),
    differences: Sequence[merging.Difference] = (), meanwhile: Sequence[Any] = (),
) -> HttpResponse:
    found = form_widgets.groups(form, _files(form), lambda file: attachments.signed(page.staff, file))
    record, app = page.record, page.access.app
    context = {
        "app": app, "record": record, "groups": found, "source": page.source,
        "errors": form_widgets.errors(found) + _undecided(form, undecided) + _whole(form) if failed else [],
        "revision": page.whole.revision if page.whole else 0,
        "name": answers.applicant_name(record) if record else "",
        "differences": differences, "moves": _other_events(page, meanwhile),
        "kept": [(n, page.request.POST.get(f"keep.{n}", "")) for n in page.request.POST.getlist("clash")],
        "clashes": _again(page, form) if not differences else [],
        "has_files": any(item.type in FILE_TYPES for item in form.open),
        "has_richtext": any(item.type == "richtext" for item in form.open),
        "source_files": _source_files(page, form),
    }
    status = 409 if meanwhile else 422 if failed else 200
    return shell.page(page.request, "desk/record_form.html", context, status=status)


def _files(form: RecordForm) -> dict[str, StoredFile]:
    found: list[str] = []
    for item in form.seen:
        if item.type in FILE_TYPES:
            found += form.typed.get(item.code) or form.base.get(item.code) or []
    return {str(file.pk): file for file in StoredFile.objects.filter(pk__in=found, deleted_at=None)}


def _whole(form: RecordForm) -> list[form_widgets.Error]:
    """What is wrong with no field of the page: a value the database refused, a field that is not shown."""
    open_codes = {item.code for item in form.open}
    return [
        form_widgets.Error(text, "main")
        for code, problems in form.problems.items() if code not in open_codes for text in problems.values()
    ]


def _undecided(form: RecordForm, numbers: Sequence[str]) -> list[form_widgets.Error]:
    labels = {str(item.id): in_words(item.label) for item in form.seen}
    words = _("「%(field)s」は、どちらの内容にするかを選んでください。")
    return [form_widgets.Error(words % {"field": labels.get(n, n)}, f"keep-{n}-mine") for n in numbers]


def _again(page: Page, form: RecordForm) -> list[tuple[str, str, str, str, str]]:
    """Clashes of a form that is shown once more, with what was decided: (id, label, theirs, mine, choice)."""
    by_id = {str(item.id): item for item in form.seen}
    post = page.request.POST
    return [
        (number, in_words(by_id[number].label), timeline.shown_value(by_id[number], page.now.get(by_id[number].code)),
         timeline.shown_value(by_id[number], form.merged.get(by_id[number].code)), post.get(f"keep.{number}", ""))
        for number in post.getlist("clash") if number in by_id
    ]


def _other_events(page: Page, meanwhile: Sequence[Any]) -> list[timeline.Entry]:
    """What happened beside changes of fields: moved on, assigned, commented."""
    if page.record is None:
        return []
    events = [event for event in meanwhile if event.kind not in ("updated", "corrected")]
    return timeline.entries(page.record.app.definition, events)


def _source_files(page: Page, form: RecordForm) -> int:
    """How many files the record has that is being duplicated."""
    if page.source is None:
        return 0
    stored = saving.values_in(page.app, page.source)
    return sum(len(stored.get(item.code) or ()) for item in form.files)


# --- while somebody types ------------------------------------------------------------------------------------------


@staff_required
@require_POST
def recalculate(request: StaffRequest, app_code: str) -> JsonResponse:
    """What follows from the boxes as they stand: which fields are shown, what formulas yield, what lookups copy."""
    form = _standing(request, app_code)
    outputs: dict[str, str] = {}
    for item in form.seen:
        value = form.values.get(item.code)
        if item.type == "formula" or item.code in copied_codes(form.defn):
            outputs[name_of(item)] = form_widgets.output_text(item, value)
        elif isinstance(item, TableField):
            outputs |= _row_outputs(form, item)
        elif item.type in ("date", "datetime"):
            outputs[name_of(item)] = form_widgets.read_back(item, form.typed.get(item.code, ""))
    hidden = [item.id for item in form.seen if item.code not in form.visible]
    response = JsonResponse({"hidden": hidden, "outputs": outputs})
    response["Cache-Control"] = "no-store"
    return response


def _standing(request: StaffRequest, app_code: str) -> RecordForm:
    typed = request.POST.get("record", "")
    if typed.isascii() and typed.isdigit() and len(typed) < 18:
        page = _page_of(request, app_code, int(typed))
    else:
        access = shell.app_for(request.user, app_code, "add")
        page = Page(request, access, access.app)
    form = from_post(page.access, page.app.definition, page.world, page.now, request.POST, new=page.new)
    files = {
        item.code: attachments.ids(page.staff, form.typed[item.code], page.now.get(item.code) or ())
        for item in form.files
    }
    return form.typing(files)


def _row_outputs(form: RecordForm, table: TableField) -> dict[str, str]:
    rows = form_widgets.computed_rows(form, table)
    formulas = [sub for sub in table.fields if sub.type == "formula"]
    return {
        f"{name_of(table)}.{key}.{sub.id}": form_widgets.output_text(sub, row.get(sub.code))
        for key, row in rows.items() for sub in formulas
    }


@staff_required
@require_POST
def upload(request: StaffRequest, app_code: str, field_id: int) -> JsonResponse:
    """Keeps one file for a form that is being filled in; answers with the name under which the form sends it."""
    access = shell.app_for(request.user, app_code)
    if not (access.has("add") or access.has("edit")):
        access.require("edit")
    item = next((f for f in access.app.definition.fields if f.id == field_id), None)
    sent = request.FILES.get("file")
    if item is None or not access.changes(item.code) or sent is None:
        return JsonResponse({"problem": _("この項目にはファイルを送れません。")}, status=422)
    try:
        file = attachments.keep(access.app, item, sent)
    except FileRefused as refused:
        return JsonResponse({"problem": str(refused)}, status=422)
    return JsonResponse({"value": attachments.signed(request.user, file), "name": file.original_name})
