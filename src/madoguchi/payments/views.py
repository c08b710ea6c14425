"""What providers and returning residents call. Whatever they say, what counts is what we read back."""

from __future__ import annotations

import hashlib
import logging
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from madoguchi.payments.models import Payment, ProviderNotification
from madoguchi.payments.providers.base import ProviderError
from madoguchi.payments.providers.registry import provider
from madoguchi.payments.readback import later, payment_named_by, read_back

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024


@require_GET  # not HEAD: it may take the payment
@never_cache
def return_from_checkout(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The resident comes back, having paid or not: read back, then on to their own page.

    If the provider does not answer, the page they come to says that we are checking; polling goes on.
    """
    payment = get_object_or_404(Payment, pk=payment_id)
    try:
        payment = read_back(payment.pk)
    except ProviderError as error:
        log.warning("payment %s: %r", payment.pk, error)
    return HttpResponseRedirect(payment.return_path or "/")


@csrf_exempt
@require_POST
def paypay_webhook(request: HttpRequest) -> HttpResponse:
    """PayPay's notification. Unsigned, so only a hint; the same one twice is one hint."""
    if len(request.body) > MAX_BODY:
        return HttpResponse(_("大きすぎます。"), status=413)
    try:
        reference = provider("paypay").parse_notification(request)
    except ValueError:
        return HttpResponseBadRequest(_("JSONとして読めません。"))
    payment = payment_named_by(reference) if reference else None
    if payment is not None and reference is not None:
        _remember_hint(payment, reference, hashlib.sha256(request.body).hexdigest())
    return HttpResponse("OK", content_type="text/plain")


@transaction.atomic
def _remember_hint(payment: Payment, reference: str, digest: str) -> None:
    """One job per different notification, in the transaction that remembers it."""
    _row, new = ProviderNotification.objects.get_or_create(provider="paypay", digest=digest)
    if new and reference == payment.provider_reference:
        later("payments.read_back", payment)
    elif new:
        later("payments.give_back_earlier", payment, provider_code="paypay", reference=reference)
