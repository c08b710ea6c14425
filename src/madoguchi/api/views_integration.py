"""The studio's page about programs that work with an app, and its API tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.api import grants
from madoguchi.api.integration_forms import RIGHT_WORDS, TokenForm
from madoguchi.api.models import ApiToken, Webhook
from madoguchi.api.tokens import create_token, revoke_token
from madoguchi.api.webhook_words import webhook_chip
from madoguchi.catalog.queries import AppRevision, published_by_id
from madoguchi.desk.chips import Chip
from madoguchi.studio import shell
from madoguchi.studio.shell import Place


@staff_required
@require_safe
def home(request: StaffRequest, app_code: str) -> HttpResponse:
    """The app's tokens and webhooks."""
    place = shell.builder_place(request.user, app_code)
    tokens = ApiToken.objects.filter(app=place.app).select_related("created_by").order_by("revoked_at", "-id")
    hooks = Webhook.objects.filter(app=place.app).annotate(last_at=Max("deliveries__created_at"))
    context = {
        "tokens": [_token_line(token) for token in tokens],
        "hooks": [{"hook": hook, "chip": webhook_chip(hook)} for hook in hooks],
    }
    return shell.page(request, "api/integration.html", context, place=place)


def _token_line(token: ApiToken) -> dict[str, Any]:
    ended = token.expires_at is not None and token.expires_at <= timezone.now()
    state = (
        Chip("plain", "cancelled", _("使えません")) if token.revoked_at
        else Chip("bad", "expired", _("期限切れ")) if ended else Chip("ok", "done", _("使えます"))
    )  # fmt: skip
    return {"token": token, "chip": state, "rights": [RIGHT_WORDS[right] for right in token.rights]}


def published_app(place: Place) -> AppRevision:
    """The app as it is published; 404 for one that is not yet."""
    if place.published is None:
        raise Http404(_("アプリを公開してから使えます。"))
    return published_by_id(place.app.pk)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_token(request: StaffRequest, app_code: str) -> HttpResponse:
    """Makes a token. Its text is on the page that answers, and nowhere else ever after."""
    place = shell.builder_place(request.user, app_code)
    offered = grants.grantable(request.user, published_app(place))
    form = TokenForm(offered, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, text = create_token(
            app=place.app, name=data["name"], rights=data["rights"], created_by=request.user,
            expires_at=form.expires_at,
        )
        return shell.page(request, "api/token_made.html", {"token": token, "text": text}, place=place)
    status = 422 if form.is_bound else 200
    context = {"form": form, "limited": len(offered) < len(RIGHT_WORDS)}
    return shell.page(request, "api/token_new.html", context, place=place, status=status)


@staff_required
@require_POST
def revoke(request: StaffRequest, app_code: str, token_id: int) -> HttpResponse:
    """Withdraws a token at once."""
    place = shell.builder_place(request.user, app_code)
    token = ApiToken.objects.filter(app=place.app, pk=token_id).first()
    if token is None:
        raise Http404(_("このトークンはありません。"))
    revoke_token(token)
    messages.success(request, _("トークン「%(name)s」を使えなくしました。") % {"name": token.name})
    return HttpResponseRedirect(reverse("integration:home", args=[app_code]))
