"""The studio's pages about an app's webhooks."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.api import webhook_note, webhook_send, webhooks
from madoguchi.api.integration_forms import EVENT_WORDS, WebhookForm
from madoguchi.api.models import Webhook, WebhookDelivery
from madoguchi.api.views_integration import published_app
from madoguchi.api.webhook_payload import NothingToSend
from madoguchi.api.webhook_words import delivery_chip, error_words, webhook_chip
from madoguchi.api.webhooks import WebhookRefused
from madoguchi.records.permissions import staff_access
from madoguchi.studio import shell
from madoguchi.studio.shell import Place

MAX_SHOWN = 100


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, app_code: str) -> HttpResponse:
    """Adds a webhook. Its secret is on the page that answers, and nowhere else ever after."""
    place = shell.builder_place(request.user, app_code)
    may = staff_access(published_app(place), request.user).has("view")
    form = WebhookForm(None, request.POST or None)
    if request.method == "POST" and may and form.is_valid() and (saved := _save(form, None, place, request)):
        hook, secret = saved
        return shell.page(request, "api/webhook_made.html", {"hook": hook, "secret": secret}, place=place)
    status = 422 if form.is_bound else 200
    return shell.page(request, "api/webhook_new.html", {"form": form, "may": may}, place=place, status=status)


def _save(form: WebhookForm, hook: Webhook | None, place: Place, request: StaffRequest) -> tuple[Webhook, str] | None:
    """None with the reason in the form."""
    try:
        return webhooks.save_webhook(hook, app=place.app, actor=request.user, **form.cleaned_data)
    except WebhookRefused as refusal:
        form.add_error("url", error_words(refusal.code))
        return None


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: StaffRequest, app_code: str, webhook_id: int) -> HttpResponse:
    """One webhook: how it does, what it sent, its settings."""
    place, hook = _place_and_hook(request, app_code, webhook_id)
    may = place.published is not None and staff_access(published_app(place), request.user).has("view")
    form = WebhookForm(hook, request.POST or None)
    if request.method == "POST" and may and form.is_valid() and _save(form, hook, place, request):
        messages.success(request, _("保存しました。"))
        return _back(hook)
    return _page(request, place, hook, form=form, status=422 if form.is_bound else 200)


def _place_and_hook(request: StaffRequest, app_code: str, webhook_id: int) -> tuple[Place, Webhook]:
    place = shell.builder_place(request.user, app_code)
    hook = Webhook.objects.select_related("app", "owner", "created_by").filter(app=place.app, pk=webhook_id).first()
    if hook is None:
        raise Http404(_("このWebhookはありません。"))
    return place, hook


def _back(hook: Webhook) -> HttpResponse:
    return HttpResponseRedirect(reverse("integration:webhook", args=[hook.app.code, hook.pk]))


def _page(
    request: StaffRequest, place: Place, hook: Webhook, *, form: WebhookForm | None = None, status: int = 200,
    tested: dict[str, Any] | None = None,
) -> HttpResponse:
    shown = hook.deliveries.all()[:MAX_SHOWN]
    may = place.published is not None and staff_access(published_app(place), request.user).has("view")
    context = {
        "hook": hook, "chip": webhook_chip(hook), "form": form or WebhookForm(hook, None), "tested": tested,
        "why": "" if hook.active else webhook_note.why(hook), "lines": [_line(delivery) for delivery in shown],
        "most": MAX_SHOWN, "may": may,
    }
    return shell.page(request, "api/webhook.html", context, place=place, status=status)


def _line(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "delivery": delivery, "chip": delivery_chip(delivery), "event": EVENT_WORDS[delivery.type],
        "reason": error_words(delivery.reason), "last": _attempt(delivery.last),
        "attempts": [_attempt(attempt) for attempt in delivery.attempts],
        "again": delivery.state != WebhookDelivery.State.WAITING and delivery.event_id is not None,
    }


def _attempt(attempt: dict[str, Any]) -> dict[str, Any]:
    if not attempt:
        return {}
    return attempt | {"at": parse_datetime(attempt["at"]), "words": error_words(attempt["error"])}


@staff_required
@require_POST
def test(request: StaffRequest, app_code: str, webhook_id: int) -> HttpResponse:
    """Sends a message without a record now, and shows what came back."""
    place, hook = _place_and_hook(request, app_code, webhook_id)
    try:
        result = webhook_send.send_test(hook)
    except NothingToSend as nothing:
        return _page(request, place, hook, tested={"error": nothing.reason, "words": error_words(nothing.reason)})
    tested = {
        "status": result.status, "error": result.error, "words": error_words(result.error),
        "ms": result.milliseconds, "text": result.text[:500],
    }
    return _page(request, place, hook, tested=tested)


@staff_required
@require_POST
def resend(request: StaffRequest, app_code: str, webhook_id: int, delivery_id: uuid.UUID) -> HttpResponse:
    """Sends a message of the log once more."""
    _place, hook = _place_and_hook(request, app_code, webhook_id)
    delivery = hook.deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise Http404(_("この記録はありません。"))
    if not hook.active:
        messages.error(request, _("Webhookが止まっているので送れません。先に「もう一度動かす」を押してください。"))
    elif webhooks.resend(delivery):
        messages.success(request, _("もう一度送ります。結果は、少し待ってからこのページを開き直すと分かります。"))
    return _back(hook)


@staff_required
@require_POST
def switch(request: StaffRequest, app_code: str, webhook_id: int) -> HttpResponse:
    """Stops it, or lets it go on."""
    place, hook = _place_and_hook(request, app_code, webhook_id)
    if hook.active:
        webhooks.switch_off(hook, Webhook.Off.PERSON)
        messages.info(request, _("Webhookを止めました。止めている間のできごとは送りません。"))
    elif place.published is not None and staff_access(published_app(place), request.user).has("view"):
        webhooks.switch_on(hook, actor=request.user)
        messages.success(request, _("Webhookが動いています。これからのできごとを送ります。"))
    else:
        messages.error(request, _("レコードを見る権限がないので、動かせません。"))
    return _back(hook)


@staff_required
@require_POST
def delete(request: StaffRequest, app_code: str, webhook_id: int) -> HttpResponse:
    """Removes it with its log."""
    _place, hook = _place_and_hook(request, app_code, webhook_id)
    hook.delete()
    messages.info(request, _("Webhook「%(name)s」を削除しました。") % {"name": hook.name})
    return HttpResponseRedirect(reverse("integration:home", args=[app_code]))
