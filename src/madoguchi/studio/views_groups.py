"""Groups of staff across departments, for whoever looks after the instance."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madoguchi.accounts import groups as actions
from madoguchi.accounts.access import StaffRequest, staff_required
from madoguchi.accounts.groups import GroupRefused
from madoguchi.accounts.models import Staff, StaffGroup
from madoguchi.accounts.queries import has_role
from madoguchi.studio import shell
from madoguchi.studio.group_uses import uses


class GroupForm(forms.Form):
    """What a group is called. The code is asked once."""

    name = forms.CharField(
        max_length=100, label=gettext_lazy("グループの名前"),
        error_messages={"required": gettext_lazy("グループの名前を書いてください。")},
    )
    code = forms.CharField(
        max_length=63, label=gettext_lazy("コード"),
        error_messages={"required": gettext_lazy("コードを書いてください。例：saigai")},
    )


def may_look_after(staff: Staff) -> bool:
    """Whether ``staff`` keeps the groups: 全体管理者."""
    return has_role(staff, "admin")


def _require(staff: Staff) -> None:
    if not may_look_after(staff):
        raise PermissionDenied(_("職員のグループは、全体管理者だけが変えられます。"))


def _group(request: StaffRequest, code: str) -> StaffGroup:
    _require(request.user)
    found = StaffGroup.objects.filter(code=code).first()
    if found is None:
        raise Http404(_("このグループはありません。"))
    return found


def _back(group: StaffGroup) -> HttpResponse:
    return HttpResponseRedirect(reverse("studio:group", args=[group.code]))


@staff_required
@require_safe
def groups(request: StaffRequest) -> HttpResponse:
    """Every group, with the apps that name it."""
    _require(request.user)
    found = StaffGroup.objects.annotate(count=Count("members")).order_by("name")
    apps = uses(group.code for group in found)
    rows = [{"group": group, "uses": apps[group.code]} for group in found]
    return shell.page(request, "studio/groups.html", {"rows": rows})


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Adds a group."""
    _require(request.user)
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _back(actions.create_group(**form.cleaned_data))
        except GroupRefused as refusal:
            form.add_error(refusal.field, str(refusal))
    return shell.page(request, "studio/group_new.html", {"form": form}, status=422 if form.is_bound else 200)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: StaffRequest, group_code: str) -> HttpResponse:
    """One group: its name, its members, the apps that name it."""
    this = _group(request, group_code)
    form = GroupForm({**request.POST.dict(), "code": this.code} if request.method == "POST" else None)
    form.initial = {"name": this.name}
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_group(this, name=form.cleaned_data["name"])
            messages.success(request, _("保存しました。"))
            return _back(this)
        except GroupRefused as refusal:
            form.add_error(refusal.field, str(refusal))
            this.refresh_from_db()
    members = this.members.prefetch_related("departments").order_by("username")
    others = Staff.objects.filter(is_active=True).exclude(staff_groups=this).prefetch_related("departments")
    context = {
        "group": this, "form": form, "members": [_line(person) for person in members],
        "others": sorted((_line(person) for person in others), key=lambda line: (line["places"], line["name"])),
        "uses": uses([this.code])[this.code],
    }
    return shell.page(request, "studio/group.html", context, status=422 if form.errors else 200)


def _line(person: Staff) -> dict[str, str | bool]:
    """A person, with the departments that tell people of one name apart."""
    places = "、".join(sorted({department.name for department in person.departments.all()}))
    return {"username": person.username, "name": str(person), "places": places, "active": person.is_active}


@staff_required
@require_POST
def members(request: StaffRequest, group_code: str) -> HttpResponse:
    """Takes somebody in (``add``) or out (``remove``)."""
    this = _group(request, group_code)
    for name, change in (("add", actions.add_member), ("remove", actions.remove_member)):
        if username := request.POST.get(name):
            person = Staff.objects.filter(username=username).first()
            if person is None or (name == "add" and not person.is_active):
                messages.error(request, _("この職員は見つかりません。一覧から選び直してください。"))
            else:
                change(this, person)
    return _back(this)


@staff_required
@require_POST
def delete(request: StaffRequest, group_code: str) -> HttpResponse:
    """Removes a group that no published app names."""
    this = _group(request, group_code)
    if any(use.published for use in uses([this.code])[this.code]):
        words = _("公開中のアプリが使っているので、削除できません。先に、アプリの権限や通知から外してください。")
        messages.error(request, words)
        return _back(this)
    actions.delete_group(this)
    messages.info(request, _("グループ「%(name)s」を削除しました。") % {"name": this.name})
    return HttpResponseRedirect(reverse("studio:groups"))
