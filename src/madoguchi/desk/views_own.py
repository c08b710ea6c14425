"""Making, changing and removing a list of one's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.desk import listing, own_views, shell
from madoguchi.desk.models import SavedView
from madoguchi.desk.own_form import NAME_LENGTH, OwnForm
from madoguchi.records.permissions import Access

MAX_SAVED = 50


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_list(request: StaffRequest, app_code: str) -> HttpResponse:
    """The form. What is tried out is kept as well, so that nothing personal has to stand in an address."""
    access = shell.app_for(request.user, app_code)
    asked = listing.understand(access, request.GET)
    saved = asked.own.saved if asked.own and asked.own.saved.staff_id == request.user.pk else None
    if request.method != "POST":
        readable = asked.own is not None and (saved is not None or not asked.own.problem)
        form = OwnForm.of(access, asked.view, asked.own.saved if asked.own and readable else None)
        return _page(request, access, asked, form, saved)
    base = asked.own.saved.base if asked.own else asked.view.code
    form = OwnForm.posted(access, base, request.POST)
    source = form.query_text()
    if not form.chosen:
        form.problems["columns"] = _("列を1つ以上選んでください。")
    if "save" in request.POST:
        form.problems.update(_name_problems(request, access, form, saved))
    if form.problems:
        return _page(request, access, asked, form, saved, status=422)
    row = _store(request, access, form, saved, source)
    url = reverse("desk:list", args=[access.app.code])
    return HttpResponseRedirect(f"{url}?view={own_views.code_of(row)}")


def _store(
    request: StaffRequest, access: Access, form: OwnForm, saved: SavedView | None, source: str
) -> SavedView:
    """Under the name, or as the one list that is just being tried out."""
    mine = SavedView.objects.filter(staff=request.user, app_id=access.app.app_id)
    named = "save" in request.POST
    row = saved if named and saved is not None else mine.filter(name="").first()
    row = row or SavedView(staff=request.user, app_id=access.app.app_id)
    row.name = form.name if named else ""
    row.base, row.query, row.columns, row.sort = form.base, source, list(form.chosen), list(form.sorts)
    row.save()
    if named:
        words = _("「%(name)s」を保存しました。このページのアドレスを渡すと、ほかの職員も同じ条件で開けます。")
        messages.success(request, words % {"name": row.name})
    return row


def _name_problems(
    request: StaffRequest, access: Access, form: OwnForm, saved: SavedView | None
) -> dict[str, str]:
    if not form.name or len(form.name) > NAME_LENGTH:
        return {"name": _("保存する名前を60文字以内で入れてください。")}
    mine = SavedView.objects.filter(staff=request.user, app_id=access.app.app_id)
    if mine.filter(name=form.name).exclude(pk=saved.pk if saved else 0).exists():
        return {"name": _("同じ名前の一覧があります。別の名前にしてください。")}
    if mine.count() >= MAX_SAVED and saved is None:
        return {"name": _("自分の一覧は50個までです。使わないものを消してください。")}
    return {}


def _page(
    request: StaffRequest, access: Access, asked: listing.Request, form: OwnForm, saved: SavedView | None, *,
    status: int = 200,
) -> HttpResponse:
    context = {"app": access.app, "list": asked, "form": form, "errors": form.problems, "saved": saved}
    return shell.page(request, "desk/own_list.html", context, status=status)


@staff_required
@require_POST
def remove(request: StaffRequest, app_code: str) -> HttpResponse:
    """Removes a list of one's own."""
    access = shell.app_for(request.user, app_code)
    found = own_views.find(access, request.GET.get("view", ""))
    if found is None or found.saved.staff_id != request.user.pk:
        raise Http404(_("この一覧はありません。"))
    found.saved.delete()
    messages.success(request, _("自分の一覧を消しました。"))
    return HttpResponseRedirect(reverse("desk:list", args=[app_code]))
