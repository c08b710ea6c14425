"""The identity check: photos beside what was typed, or what the card said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import current, in_words
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Applicant
from madoguchi.definition.display import display
from madoguchi.desk import answers, chips, shell
from madoguchi.desk.answers import Answer, FileLink
from madoguchi.desk.views_record import back, log_view
from madoguchi.identity import actions, queries
from madoguchi.identity.models import IdentityCheck
from madoguchi.lib.eras import DateError, era_date, parse_date
from madoguchi.records.actor import staff_actor
from madoguchi.records.read import Record

CLAIMS = {
    "name": ("name", gettext_lazy("氏名")), "address": ("address", gettext_lazy("住所")),
    "birth_date": ("birthdate", gettext_lazy("生年月日")),
}
MATCH_WORDS = {
    "same": ("ok", "done", gettext_lazy("一致")),
    "variant": ("ok", "done", gettext_lazy("一致（字体・表記の違いのみ）")),
    "differs": ("bad", "rejected", gettext_lazy("相違")),
    "missing": ("plain", "cancelled", gettext_lazy("比べられません")),
}
REASONS = {
    "cancelled": gettext_lazy("申請者が途中でやめました。"),
    "service": gettext_lazy("認証のサービスから確認が取れませんでした。"),
    "signature": gettext_lazy("電子署名を確かめられませんでした。"),
    "differs": gettext_lazy("カードの氏名か生年月日が、入力と違います。"),
}


@dataclass(frozen=True, slots=True)
class Matched:
    """One item of the card beside what was typed."""

    label: str
    typed: str
    claimed: str
    chip: chips.Chip


@dataclass(frozen=True, slots=True)
class Tick:
    """One item of the checklist."""

    number: str
    text: str
    ticked: bool


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: StaffRequest, app_code: str, record_id: int) -> HttpResponse:
    """Shows the check; a POST keeps the ticks and perhaps decides."""
    access, record = shell.record_for(request.user, app_code, record_id, "identity")
    app = access.app
    check = queries.of_record(app.app_id, record_id)
    if check is None:
        raise Http404(_("この申請には本人確認がありません。"))
    if request.method == "POST":
        return _save(request, app, record, check)
    log_view(access, record, "identity")
    return _page(request, app, record, check, check.checklist, check.reason)


def _save(request: StaffRequest, app: AppRevision, record: Record, check: IdentityCheck) -> HttpResponse:
    if request.POST.get("again") and check.kind == "photo":
        actions.begin_photo_check(app.app_id, record.id)
        return back(app, record.id)
    ticked = set(request.POST.getlist("tick"))
    ticks = {tick.number: tick.number in ticked for tick in _checklist(record, {})}
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "").strip()
    if check.kind != "photo" or check.state != IdentityCheck.State.PENDING:
        messages.error(request, _("この本人確認は、ほかの人がすでに終えています。"))
        return back(app, record.id)
    try:
        actions.save_checklist(
            check=check, ticks=ticks, decision=decision, actor=staff_actor(request.user), reason=reason
        )
    except actions.NotYetComplete as problem:
        return _page(request, app, record, check, ticks, reason, problem=str(problem))
    messages.success(request, _said(decision))
    return back(app, record.id)


def _said(decision: str) -> str:
    words = {
        "passed": _("本人確認を「確認済」にしました。"),
        "failed": _("本人確認を「不一致」にしました。補正を求めるか、却下してください。"),
    }
    return words.get(decision, _("確認の途中までを保存しました。"))


def _page(
    request: StaffRequest, app: AppRevision, record: Record, check: IdentityCheck, ticks: Mapping[str, Any],
    reason: str, *, problem: str = "",
) -> HttpResponse:
    matched = _matched(record, check) if check.kind != "photo" else []
    context = {
        "app": app, "record": record, "check": check, "chip": chips.identity_chip(check),
        "name": answers.applicant_name(record),
        "photos": photos(record), "typed": _typed(record),
        "checklist": _checklist(record, ticks), "reason": REASONS.get(reason, reason), "problem": problem,
        "matched": matched, "differing": "・".join(row.label for row in matched if row.chip.kind == "bad"),
        "is_open": check.kind == "photo" and check.state == IdentityCheck.State.PENDING,
    }
    return shell.page(request, "desk/identity.html", context, status=422 if problem else 200)


def photos(record: Record) -> list[FileLink]:
    """The pictures of ID documents, in the order of their fields."""
    stored = answers.files_by_id(record)
    found: list[FileLink] = []
    for field in record.app.definition.fields:
        if field.type == "photo" and field.identity:
            found += answers.file_links(in_words(field.label), record.values.get(field.code) or (), stored)
    return found


def _typed(record: Record) -> list[Answer]:
    """What the documents must agree with."""
    fields = record.app.definition.by_code
    codes = [code for code in _applicant_codes(record) if code in fields]
    return [answers.answer(fields[code], record.values.get(code), {}) for code in codes]


def _applicant_codes(record: Record) -> Sequence[str]:
    procedure = record.app.definition.procedure
    applicant: Applicant | None = procedure.applicant if procedure else None
    return [c for c in (applicant.name, applicant.birth_date, applicant.address) if c] if applicant else []


def _checklist(record: Record, ticks: Mapping[str, Any]) -> list[Tick]:
    procedure = record.app.definition.procedure
    items = procedure.identity_checklist if procedure else ()
    return [Tick(str(n), in_words(text), bool(ticks.get(str(n)))) for n, text in enumerate(items, 1)]


def _matched(record: Record, check: IdentityCheck) -> list[Matched]:
    claims = queries.claims_of(check)
    rows = []
    for item, match in check.matches.items():
        claim, label = CLAIMS[item]
        kind, icon, words = MATCH_WORDS[match]
        chip = chips.Chip(kind, icon, str(words))
        rows.append(Matched(str(label), _typed_item(record, item), _claimed(item, claims.get(claim)), chip))
    return rows


def _claimed(item: str, claim: str | None) -> str:
    """What the card says, dates as the answers beside them are written."""
    if not claim or item != "birth_date":
        return claim or ""
    try:
        return era_date(parse_date(claim))
    except DateError:
        return claim


def _typed_item(record: Record, item: str) -> str:
    procedure = record.app.definition.procedure
    code = getattr(procedure.applicant, item, None) if procedure else None
    field = record.app.definition.by_code.get(code) if code else None
    return display(field, record.values.get(field.code), language=current()) if field else ""
