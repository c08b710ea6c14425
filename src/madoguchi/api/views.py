"""The API described: for programs as OpenAPI, for people as a page."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.api.auth import caller_of
from madoguchi.api.errors import ApiError
from madoguchi.api.http import language_of
from madoguchi.api.openapi import document
from madoguchi.catalog.queries import AppRevision, published_apps
from madoguchi.desk import shell
from madoguchi.records.permissions import access_of, staff_access


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The document; with ``?app=`` the one of an app, for whoever may see its records."""
    language = language_of(request)
    try:
        app = _wanted_app(request)
    except ApiError as error:
        return JsonResponse(error.body(language), status=error.status)
    found = document(language=language, base_url=request.build_absolute_uri("/").rstrip("/"), app=app)
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


def _wanted_app(request: HttpRequest) -> AppRevision | None:
    text = request.GET.get("app", "")
    if not text.isascii() or not text.isdigit():
        return None
    caller = caller_of(request, None)
    app = caller.app(int(text))
    if "view" not in access_of(app, caller.viewer(app.app_id)).rights:
        raise PermissionDenied
    return app


@staff_required
@require_safe
def reference(request: StaffRequest) -> HttpResponse:
    """The document to read and to try out, as oneself."""
    apps = [app for app in published_apps() if "view" in staff_access(app, request.user).rights]
    chosen = request.GET.get("app", "")
    known = {str(app.app_id) for app in apps}
    if chosen and chosen not in known:
        raise Http404
    address = reverse("api:openapi") + (f"?app={chosen}" if chosen else "")
    context = {"apps": apps, "chosen": chosen, "address": address}
    return shell.page(request, "api/reference.html", context)
