"""What became of an application, behind its secret link: state, payment, withdrawal, correction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.channels.web import limits
from madoguchi.channels.web.links import KeptLink
from madoguchi.channels.web.onward import line_url
from madoguchi.channels.web.pages import page, private, private_page, problem_page
from madoguchi.channels.web.reader import reader_of
from madoguchi.definition.app import Procedure
from madoguchi.intake import actions as intake
from madoguchi.intake import queries
from madoguchi.intake.interviews import procedure_of, revision_of
from madoguchi.intake.models import Application
from madoguchi.intake.problems import NotCancellable, NothingToCorrect
from madoguchi.intake.queries import StatusView
from madoguchi.intake.residents import email_of
from madoguchi.payments import actions as payments
from madoguchi.payments.models import Payment
from madoguchi.payments.providers.registry import PROVIDERS
from madoguchi.records.actor import RESIDENT

View = Callable[[HttpRequest, Application], HttpResponseBase]


def _with_application(view: View) -> Callable[[HttpRequest, str, str], HttpResponseBase]:
    """Opens the application that the link's secret belongs to; strangers may guess only so often."""

    @wraps(view)
    def opened(request: HttpRequest, receipt: str, secret: str) -> HttpResponseBase:
        visitor = limits.address_of(request)
        if not limits.WRONG_LINKS_FROM.allows(visitor, count=False):
            return limits.too_many(request, limits.WRONG_LINKS_FROM)
        application = intake.application_by_secret(receipt, secret)
        if application is None:
            limits.WRONG_LINKS_FROM.count(visitor)
            return _unknown(request)
        return private(view(request, application))

    return opened


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Explains where the link is. A receipt number alone opens nothing: anybody may have seen it."""
    return page(request, "find_status.html")


@require_safe
@_with_application
def show(request: HttpRequest, application: Application) -> HttpResponseBase:
    """The status page."""
    context = {
        "status": _status(request, application), "path": intake.status_path(application),
        "line_url": line_url(application.interview),
    }
    return private_page(request, "status.html", context)


@require_safe
@_with_application
def done(request: HttpRequest, application: Application) -> HttpResponseBase:
    """The confirmation: receipt number, what happens next, and the link to keep."""
    path = intake.status_path(application)
    context = {
        "status": _status(request, application), "procedure": _procedure(application), "path": path,
        "link": KeptLink(path), "line_url": line_url(application.interview),
        "email": email_of(application.resident_id), "line": application.interview.channel == "line",
    }
    return private_page(request, "done.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_with_application
def pay(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Chooses how to pay; where nothing is owed (any more) leads back to the status page."""
    path, status = intake.status_path(application), _status(request, application)
    providers = _providers(application)
    if status.payment is None or not status.may_pay:
        return redirect(path)
    problem = ""
    if request.method == "POST":
        try:
            return redirect(_checkout(status.payment, request.POST.get("provider", ""), providers, path))
        except payments.PaymentProblem as refused:
            problem = str(refused)
    context = {
        "status": status, "path": path, "providers": providers, "lines": status.payment.rows, "problem": problem,
    }
    return private_page(request, "pay.html", context)


def _checkout(payment: Payment, chosen: str, providers: Sequence[str], path: str) -> str:
    if chosen not in providers:
        raise payments.PaymentProblem(_("支払い方法を選んでください。"))
    return payments.start_checkout(payment, chosen, f"{path}done/")


def _providers(application: Application) -> list[str]:
    """The ways to pay that the procedure offers and this instance is set up for."""
    fee = _procedure(application).fee
    return [code for code in fee.providers if PROVIDERS[code].configured] if fee else []


@require_http_methods(["GET", "HEAD", "POST"])
@_with_application
def cancel(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Asks once more, then withdraws the application."""
    path, status = intake.status_path(application), _status(request, application)
    if request.method != "POST":
        if not status.cancellable:
            return redirect(path)
        return private_page(request, "cancel.html", {"status": status, "path": path})
    if status.kind == "cancelled":
        return redirect(path)  # the second tap
    try:
        intake.cancel_application(application, RESIDENT)
    except NotCancellable as problem:
        return problem_page(
            request, title=_("いまは取り下げられません"), message=str(problem), status=409,
            onward=(path, _("申請の状況に戻る")),
        )
    return redirect(path)


@require_http_methods(["GET", "HEAD", "POST"])
@_with_application
def correct(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Shows what staff wrote; the button opens the questions they asked about, and only those."""
    path, status = intake.status_path(application), _status(request, application)
    if status.correction is None:
        return redirect(path)
    if request.method != "POST":
        return private_page(request, "correct.html", {"status": status, "path": path})
    try:
        interview = intake.start_correction(application)
    except NothingToCorrect:
        return redirect(path)
    return redirect("web:resume", token=intake.interview_token(interview))


def _procedure(application: Application) -> Procedure:
    return procedure_of(revision_of(application.interview))


def _status(request: HttpRequest, application: Application) -> StatusView:
    return queries.status_view(application, language=reader_of(request).language)


def _unknown(request: HttpRequest) -> HttpResponse:
    return problem_page(
        request, title=_("この申請は見つかりませんでした"), status=404,
        message=_("リンクが途中で切れているか、まちがっています。メールやLINEでお送りしたリンクを、もう一度最初から開いてください。"),
        onward=("/status/", _("リンクの見つけ方を見る")),
    )
