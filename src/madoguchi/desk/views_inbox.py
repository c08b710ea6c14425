"""The inbox: what staff were told about records, by colleagues, by the notifications of apps, by dates that come."""

from __future__ import annotations

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.language import in_words
from madoguchi.desk import shell
from madoguchi.records.models import StaffNotice
from madoguchi.records.permissions import of_seen_records

PAGE = 50


@staff_required
@require_safe
def inbox(request: StaffRequest) -> HttpResponse:
    """Unread ones, or all; only about records that one may still see."""
    every = request.GET.get("show") == "all"
    accesses = shell.apps_of(request.user)
    names = {access.app.app_id: (access.app.code, in_words(access.app.definition.name)) for access in accesses}
    mine = StaffNotice.objects.filter(of_seen_records(accesses), staff=request.user)
    rows = mine if every else mine.filter(read_at=None)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.select_related("event__actor_staff").order_by("-id")[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "notices": [(notice, *names[notice.app_id]) for notice in shown], "every": every,
        "unread": any(notice.read_at is None for notice in shown),
        "more": f"?show={'all' if every else 'unread'}&before={shown[-1].pk}" if len(found) > PAGE else "",
    }
    return shell.page(request, "desk/inbox.html", context)


@staff_required
@require_POST
def read(request: StaffRequest) -> HttpResponse:
    """Marks one notice, or all, as read; again is without effect."""
    mine = StaffNotice.objects.filter(staff=request.user, read_at=None)
    number = request.POST.get("notice", "")
    if number != "all":
        mine = mine.filter(pk=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0)
    count = mine.update(read_at=timezone.now())
    cache.delete(f"desk-told-{request.user.pk}")
    if number == "all" and count:
        messages.success(request, _("すべて既読にしました。"))
    return HttpResponseRedirect(reverse("desk:inbox") + ("?show=all" if request.POST.get("show") == "all" else ""))
