"""Taking an action on a record: at once, or by way of a page that asks for what it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Action, ReasonTemplate
from madoguchi.definition.compute import FeeRow, fee_lines
from madoguchi.definition.text import Language
from madoguchi.desk import answers, chips, forms, process, shell, timeline
from madoguchi.desk.buttons import NEEDS_PAGE, actions_of, obstacle
from madoguchi.identity import queries as identity
from madoguchi.notices.residents import language_of
from madoguchi.notices.texts import day_text
from madoguchi.notices.texts import message as notice_message
from madoguchi.payments import queries as payments
from madoguchi.payments.actions import PaymentProblem
from madoguchi.records import read
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record
from madoguchi.records.world import DatabaseWorld
from madoguchi.records.write import NotAllowedNow, StaleRecord


@dataclass(frozen=True, slots=True)
class Step:
    """One person, one record, one action."""

    request: StaffRequest
    access: Access
    record: Record
    action: Action

    @property
    def app(self) -> AppRevision:
        return self.access.app

    @property
    def url(self) -> str:
        return reverse("desk:action", args=[self.app.code, self.record.id, self.action.code])

    @property
    def seen_revision(self) -> int:
        """The revision the clerk decided on; a form without one was made by nobody of ours and is never current."""
        typed = self.request.POST.get("revision", "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    @property
    def language(self) -> Language:
        """What the resident reads."""
        return language_of(self.app.app_id, self.record.id)

    def move(self) -> process.Move:
        return process.Move(self.access, self.record, self.action, self.seen_revision)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def action(request: StaffRequest, app_code: str, record_id: int, action_code: str) -> HttpResponse:
    """Shows what the action asks for, or takes it."""
    access, record = shell.record_for(request.user, app_code, record_id, "process")
    step = _find(request, access, record, action_code)
    if isinstance(step, HttpResponse):
        return step
    handler = _HANDLERS[step.action.kind]
    if request.method != "POST" and step.action.kind not in NEEDS_PAGE:
        return HttpResponseRedirect(_record_url(step))
    return handler(step)


def _find(request: StaffRequest, access: Access, record: Record, code: str) -> Step | HttpResponse:
    """The step, or where to go instead: the record moved on since its page was opened, or it cannot be done yet."""
    known = {a.code: a for a in record.app.definition.process.actions} if record.app.definition.process else {}
    if code not in known or known[code].trigger != "staff":
        raise Http404(_("この操作はありません。"))
    step, app = Step(request, access, record, known[code]), access.app
    if known[code] not in actions_of(access, record):
        if request.method == "POST" and record.status not in known[code].from_:
            return _conflict(step)
        messages.error(request, _("この操作は、今の状態か、あなたの役割ではできません。"))
        return HttpResponseRedirect(_record_url(step))
    check, payment = identity.of_record(app.app_id, record.id), payments.live_payment(app.app_id, record.id)
    why = obstacle(record, known[code], check, payment)
    if why:
        messages.error(request, _("「%(action)s」: %(why)s") % {"action": in_words(known[code].name), "why": why})
        return HttpResponseRedirect(_record_url(step))
    return step


def _record_url(step: Step) -> str:
    return reverse("desk:record", args=[step.app.code, step.record.id])


def _take(step: Step, do: Callable[[], object]) -> HttpResponse:
    """Does it, and says so; or shows what stood in the way with everything typed still there.

    Where a rule hides the record in its new state from who moved it, the way leads to the list.
    """
    try:
        do()
    except StaleRecord:
        return _conflict(step)
    except read.RecordNotFound as hidden:
        raise Http404(_("この申請はありません。")) from hidden
    except (NotAllowedNow, PaymentProblem) as problem:
        messages.error(step.request, str(problem))
        return HttpResponseRedirect(_record_url(step))
    messages.success(step.request, _("「%(action)s」を行いました。") % {"action": in_words(step.action.name)})
    seen = step.access.allows(step.record.id, "view")
    return HttpResponseRedirect(_record_url(step) if seen else reverse("desk:list", args=[step.app.code]))


def _move(step: Step) -> HttpResponse:
    return _take(step, lambda: process.take_action(step.move()))


# --- return and reject ---------------------------------------------------------------------------------------------


def _return(step: Step) -> HttpResponse:
    defn, posted = step.record.app.definition, step.request.POST
    procedure = defn.procedure
    templates = procedure.return_templates if procedure else ()
    if step.request.method != "POST":
        return _return_page(step, "", [], forms.proposed_due_on().isoformat())
    note, ticked = posted.get("note", ""), posted.getlist("fields_to_correct")
    chosen = _template(templates, posted.get("use_template"))
    if chosen is not None:
        note, ticked = forms.with_template(chosen, note, ticked, step.language)
        return _return_page(step, note, ticked, posted.get("due_on", ""))
    form = forms.ReturnForm(defn, posted)
    if not form.is_valid():
        return _return_page(step, note, ticked, posted.get("due_on", ""), form)
    data = {
        "note": form.cleaned_data["note"], "fields": form.cleaned_data["fields_to_correct"],
        "due_on": form.cleaned_data["due_on"].isoformat(),
    }
    return _take(step, lambda: process.take_action(step.move(), data=data))


def _return_page(
    step: Step, note: str, ticked: Sequence[str], due_on: str, form: forms.ReturnForm | None = None
) -> HttpResponse:
    defn = step.record.app.definition
    choices = [(field.code, in_words(field.label), field.code in ticked) for field in forms.returnable(defn)]
    procedure = defn.procedure
    context = {
        "note": note, "choices": choices, "due_on": due_on, "errors": form.errors if form else {},
        "templates": procedure.return_templates if procedure else (),
        "ticked": [label for _code, label, on in choices if on],
    }
    return _page(step, "desk/action_return.html", context, due_on=_day(due_on), failed=form is not None)


def _reject(step: Step) -> HttpResponse:
    procedure = step.record.app.definition.procedure
    templates = procedure.reject_templates if procedure else ()
    note = step.request.POST.get("note", "")
    form = forms.NoteForm(step.request.POST) if step.request.method == "POST" else None
    chosen = _template(templates, step.request.POST.get("use_template"))
    if chosen is not None:
        note, form = forms.with_template(chosen, note, (), step.language)[0], None
    if form is not None and form.is_valid():
        data = {"note": form.cleaned_data["note"]}
        return _take(step, lambda: process.take_action(step.move(), data=data))
    payment = payments.live_payment(step.app.app_id, step.record.id)
    context = {
        "note": note, "templates": templates, "errors": form.errors if form else {},
        "refund": payment if payment and step.action.refund and payment.state == "paid" else None,
    }
    return _page(step, "desk/action_reject.html", context, failed=form is not None)


def _template(templates: Sequence[ReasonTemplate], code: str | None) -> ReasonTemplate | None:
    return next((template for template in templates if template.code == code), None)


# --- fee and posting -----------------------------------------------------------------------------------------------


def _fix_fee(step: Step) -> HttpResponse:
    proposed = _proposed(step.record)
    posted = step.request.method == "POST"
    form = forms.FeeForm.from_post(step.request.POST, proposed) if posted else forms.FeeForm.proposed(proposed)
    if posted and form.is_valid:
        return _take(step, lambda: process.fix_fee(step.move(), rows=form.rows, reason=form.reason))
    return _page(step, "desk/action_fee.html", {"form": form}, failed=posted)


def _proposed(record: Record) -> list[FeeRow]:
    """The fee follows from every answer, also from those that this person does not see."""
    whole = read.get_record(record.app, record.id)
    return fee_lines(whole.app.definition, whole.values, DatabaseWorld(whole.channel))


def _post(step: Step) -> HttpResponse:
    form = forms.PostForm(step.request.POST) if step.request.method == "POST" else None
    if form is not None and form.is_valid():
        number = form.cleaned_data["tracking_number"]
        data = {"tracking_number": number} if number else {}
        return _take(step, lambda: process.take_action(step.move(), data=data))
    context = {"number": step.request.POST.get("tracking_number", ""), "errors": form.errors if form else {}}
    return _page(step, "desk/action_post.html", context, failed=form is not None)


_HANDLERS: dict[str, Callable[[Step], HttpResponse]] = {
    "move": _move, "return": _return, "reject": _reject, "fix_fee": _fix_fee, "post": _post,
}


# --- pages ---------------------------------------------------------------------------------------------------------


def _page(
    step: Step, template: str, context: dict[str, Any], *, due_on: date | None = None, failed: bool = False
) -> HttpResponse:
    # What was seen first stays: trying again after a mistake must not overlook a change in between.
    revision = step.seen_revision if step.request.method == "POST" else step.record.revision
    shared = {
        "app": step.app, "record": step.record, "action": step.action, "revision": revision,
        "name": answers.applicant_name(step.record), "notice": _preview(step, due_on),
        "status": chips.status_chip(step.record.app.definition, step.record.status),
    }
    return shell.page(step.request, template, {**shared, **context}, status=422 if failed else 200)


def _preview(step: Step, due_on: date | None) -> Any:
    """The notice as the resident will get it; None where the action sends none."""
    procedure, process_ = step.record.app.definition.procedure, step.record.app.definition.process
    if procedure is None or process_ is None or step.action.notice is None:
        return None
    status, language = process_.status(step.action.to), step.language
    facts = {
        "受付番号": step.record.receipt_number or "", "状態": (status.resident or status.name).in_language(language),
        "期限": day_text(due_on, language) if due_on else "",
    }
    return notice_message(procedure, step.action.notice, language=language, facts=facts)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _conflict(step: Step) -> HttpResponse:
    """Somebody was faster: what changed meanwhile, and what this person had typed, ready to be sent again."""
    try:
        record = read.find_record(step.access, step.record.id)
    except read.RecordNotFound as hidden:
        raise Http404(_("この申請はありません。")) from hidden
    events = read.history(step.app, record.id, access=step.access)
    context = {
        "app": step.app, "record": record, "action": step.action,
        "changes": timeline.entries(
            record.app.definition, [event for event in events if event.record_revision > step.seen_revision]
        ),
        "typed": [(k, v) for k in step.request.POST for v in step.request.POST.getlist(k) if k not in _OWN_FIELDS],
        "note": step.request.POST.get("note", ""),
        "may_retry": step.action in actions_of(step.access, record),
        "status": chips.status_chip(record.app.definition, record.status),
        "name": answers.applicant_name(record),
    }
    return shell.page(step.request, "desk/conflict.html", context, status=409)


_OWN_FIELDS = frozenset({"csrfmiddlewaretoken", "revision", "use_template"})
