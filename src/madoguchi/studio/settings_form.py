"""The names and people of an app: what it is called, whose it is, who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.models import Department, Staff
from madoguchi.catalog import drafts
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.text import Text
from madoguchi.studio.shell import Place


class SettingsForm(forms.Form):
    """What the draft says of the app as a whole."""

    name = forms.CharField(max_length=100, label=gettext_lazy("アプリの名前"))
    name_en = forms.CharField(max_length=100, required=False, label=gettext_lazy("アプリの名前（英語）"))
    description = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}), label=gettext_lazy("説明")
    )
    owner_department = forms.ChoiceField(label=gettext_lazy("担当課"))
    owner = forms.ChoiceField(required=False, label=gettext_lazy("責任者"))
    deputy = forms.ChoiceField(required=False, label=gettext_lazy("副担当"))
    title_field = forms.ChoiceField(required=False, label=gettext_lazy("レコードの見出しにする項目"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, place: Place, data: Mapping[str, Any] | None) -> None:
        defn = place.definition
        description = defn.description.root if defn.description else {}
        super().__init__(data, initial={
            "name": str(defn.name), "name_en": defn.name.root.get("en", ""),
            "description": description.get("ja", ""), "owner_department": defn.owner_department,
            "owner": defn.owner or "", "deputy": defn.deputy or "", "title_field": defn.title_field or "",
            "version": place.head.version,
        })
        people = _people(defn)
        self._choices("owner_department", list(Department.objects.values_list("code", "name")), defn.owner_department)
        self._choices("owner", people, defn.owner)
        self._choices("deputy", people, defn.deputy)
        titles = [(f.code, str(f.label)) for f in defn.fields if f.type in ("text", "serial", "name", "choice")]
        self._choices("title_field", [("", _("自動（受付番号か最初の文字の項目）")), *titles], defn.title_field)

    def _choices(self, name: str, choices: list[tuple[str, str]], now: str | None) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        known = {code for code, _name in choices}
        gone = [(now, _("%(code)s（今はいません）") % {"code": now})] if now and now not in known else []
        field.choices = [*choices, *gone]

    def clean(self) -> dict[str, Any]:
        """Two different people."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("owner") and data.get("owner") == data.get("deputy"):
            self.add_error("deputy", _("責任者と別の人を選んでください。"))
        return data


def _people(defn: AppDefinition) -> list[tuple[str, str]]:
    """Active staff, those of the owner department first."""
    found = Staff.objects.filter(is_active=True).prefetch_related("departments").order_by("username")
    people = [(defn.owner_department not in {d.code for d in person.departments.all()}, person) for person in found]
    people.sort(key=lambda pair: pair[0])
    named = [(person.username, f"{person}（{person.username}）") for _far, person in people]
    return [("", _("決まっていません")), *named]


def save(form: SettingsForm, place: Place, staff: Staff) -> drafts.Saved | drafts.Clashed:
    """Stores a valid form in the draft. Raises DraftLocked."""
    data, now = form.cleaned_data, drafts.plain(place.definition)
    changed = {
        "name": _text(place.definition.name, data["name"], data["name_en"]),
        "description": _text(place.definition.description, data["description"], None) if data["description"] else None,
        **{name: data[name] or None for name in ("owner", "deputy", "title_field")},
        "owner_department": data["owner_department"],
    }
    defn = AppDefinition.model_validate(now | changed)
    return drafts.save(app_code=place.code, base_version=data["version"], defn=defn, staff=staff)


def _text(old: Text | None, japanese: str, english: str | None) -> dict[str, str]:
    """The text with its Japanese (and English) replaced; other languages stay."""
    texts: dict[str, str] = dict(old.root.items()) if old else {}
    texts["ja"] = japanese.strip()
    if english is not None:
        texts["en"] = english.strip()
    return {language: text for language, text in texts.items() if text}
