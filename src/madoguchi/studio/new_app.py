"""A new app: from nothing, as a copy of another app, or from an app of a pack."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jaconv
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Department, Staff
from madoguchi.accounts.queries import memberships
from madoguchi.catalog import drafts, packs, queries
from madoguchi.catalog.models import App
from madoguchi.catalog.rights import BUILDERS
from madoguchi.definition.app import RESERVED_APP_CODES, AppDefinition

STARTS = (
    ("blank", gettext_lazy("何もないところから")), ("copy", gettext_lazy("ほかのアプリを写して")),
    ("pack", gettext_lazy("ひな形から")),
)  # fmt: skip
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_NOT_IN_CODES = re.compile(r"[^a-z0-9]+")


class NewAppForm(forms.Form):
    """What a new app needs: a name, whose it is, and what it begins with."""

    start = forms.ChoiceField(
        choices=STARTS, initial="blank", label=gettext_lazy("はじめ方"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("はじめ方を選んでください。")},
    )
    name = forms.CharField(max_length=100, label=gettext_lazy("アプリの名前"))
    department = forms.ChoiceField(label=gettext_lazy("担当課"))
    code = forms.CharField(max_length=63, required=False, label=gettext_lazy("コード"))
    copied = forms.ChoiceField(required=False, label=gettext_lazy("写すアプリ"))
    packed = forms.ChoiceField(required=False, label=gettext_lazy("ひな形のアプリ"))

    def __init__(self, staff: Staff, data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        self.sources = _sources()
        if not self.sources:
            self._choices("start", [pair for pair in STARTS if pair[0] != "pack"])
        self._choices("department", departments_of(staff))
        self._choices("copied", [("", "")] + [(a.code, in_words(a.definition.name)) for a in queries.published_apps()])
        self._choices("packed", [("", "")] + [(key, in_words(defn.name)) for key, defn in self.sources.items()])
        self.fields["name"].error_messages["required"] = _("アプリの名前を入れてください。例：備品の貸出し")

    def _choices(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def clean_code(self) -> str:
        """The code as typed, or one made from the name; it is in addresses, so it must be free and plain."""
        typed = str(self.cleaned_data["code"]).strip().lower()
        code = typed or proposed_code(str(self.data.get("name", "")), str(self.data.get("department", "")))
        if not _CODE.fullmatch(code):
            text = _("英小文字で始め、英小文字、数字、「-」だけを使ってください。例：bihin-kashidashi")
            raise forms.ValidationError(text)
        if code in RESERVED_APP_CODES or App.objects.filter(code=code).exists():
            text = _("「%(code)s」はもう使われています。別のコードにしてください。")
            raise forms.ValidationError(text % {"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        """What is copied must be chosen."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("start") == "copy" and not data.get("copied"):
            self.add_error("copied", _("写すアプリを選んでください。"))
        if data.get("start") == "pack" and not data.get("packed"):
            self.add_error("packed", _("ひな形のアプリを選んでください。"))
        return data


def make(form: NewAppForm, staff: Staff, parts: Mapping[str, Any] | None = None) -> str:
    """Makes the app that a valid form asks for, with its first draft and ``parts``; returns its code."""
    data = form.cleaned_data
    if data["start"] == "copy":
        base = drafts.plain(queries.published(data["copied"]).definition)
    elif data["start"] == "pack":
        base = drafts.plain(form.sources[data["packed"]])
    else:
        base = _blank() | dict(parts or {})
    own = {"code": data["code"], "name": data["name"].strip(), "owner": staff.username, "deputy": None}
    return _create(AppDefinition.model_validate(_at_home(base, data["department"], staff) | own), staff)


def make_from(defn: AppDefinition, *, department: str, staff: Staff) -> str:
    """Makes a draft of an app that was built elsewhere, at home in ``department``; returns its code.

    Its code stays if it is free. Who answers for it is ``staff``: those it named there are not here.
    """
    taken = defn.code in RESERVED_APP_CODES or App.objects.filter(code=defn.code).exists()
    code = _free(defn.code) if taken else defn.code
    own = {"code": code, "owner": staff.username, "deputy": None}
    return _create(AppDefinition.model_validate(_at_home(drafts.plain(defn), department, staff) | own), staff)


def _create(definition: AppDefinition, staff: Staff) -> str:
    try:
        with transaction.atomic():
            drafts.create(defn=definition, staff=staff)
    except IntegrityError:
        # Someone took the code since it was checked.
        definition = definition.model_copy(update={"code": _free(definition.code)})
        drafts.create(defn=definition, staff=staff)
    return definition.code


def proposed_code(name: str, department: str) -> str:
    """A free code: the name in Latin letters where it is written in letters or kana, else department and number."""
    latin = jaconv.kana2alphabet(jaconv.kata2hira(jaconv.z2h(name, kana=False, ascii=True, digit=True))).lower()
    plain = _NOT_IN_CODES.sub("-", latin).strip("-")[:40] if latin.isascii() else ""
    return _free(plain if _CODE.fullmatch(plain) else (department or "app"))


def _free(base: str) -> str:
    taken = {*App.objects.filter(code__startswith=base).values_list("code", flat=True), *RESERVED_APP_CODES}
    if base not in taken and not Department.objects.filter(code=base).exists():
        return base
    return next(code for n in range(2, 10_000) if (code := f"{base}-{n}") not in taken)


def departments_of(staff: Staff) -> list[tuple[str, str]]:
    """Where one builds: one's own departments; for 全体管理者 every department."""
    held = memberships(staff)
    own = {department for department, role in held if role in BUILDERS}
    everywhere = any(role == "admin" for _department, role in held)
    found = Department.objects.all() if everywhere else Department.objects.filter(code__in=own)
    return sorted(found.values_list("code", "name"), key=lambda pair: pair[0] not in own)


def _sources() -> dict[str, AppDefinition]:
    """Apps of the packs that lie beside the product, by ``pack/code``."""
    root = Path(settings.PACKS_DIR)
    folders = sorted(path.parent for path in root.glob(f"*/{packs.PACK_FILE}")) if root.is_dir() else []
    return {f"{path.name}/{defn.code}": defn for path in folders for defn in packs.definitions(path)}


def _blank() -> dict[str, Any]:
    everything = ["view", "add", "edit", "process", "export"]
    return {
        "fields": [{"id": 1, "code": "件名", "type": "text", "label": "件名", "required": True}],
        "views": [{"code": "all", "name": "すべて", "columns": ["id", "件名", "updated_by", "updated_at"]}],
        "permissions": [
            {"department": _HOME, "rights": everything},
            {"department": _HOME, "roles": list(BUILDERS), "rights": ["delete", "manage"]},
        ],
        "owner_department": _HOME,
    }


_HOME = "home"
"""Stands for the owner department in ``_blank``."""


def _at_home(base: dict[str, Any], department: str, staff: Staff) -> dict[str, Any]:
    """The definition with its owner department, also where its permissions name it."""
    old = base["owner_department"]
    rules = [rule | {"department": department} if rule.get("department") == old else rule
             for rule in base.get("permissions", ())]
    if not any((department, role) in memberships(staff) for role in BUILDERS):
        own = next(code for code, role in sorted(memberships(staff)) if role in BUILDERS)
        rules.append({"department": own, "roles": list(BUILDERS), "rights": ["manage"]})
    return base | {"owner_department": department, "permissions": rules}
