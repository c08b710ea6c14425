"""What a clerk fills in to take an action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.language import in_words
from madoguchi.definition.app import AppDefinition, ReasonTemplate
from madoguchi.definition.compute import FeeRow
from madoguchi.definition.fields import VALUELESS_TYPES, AnyField
from madoguchi.definition.text import Language, Text
from madoguchi.lib.business_days import add_business_days
from madoguchi.lib.money import MoneyError, parse_yen

RETURN_BUSINESS_DAYS = 10
"""Proposed time for a correction: two weeks of open days."""
_NO_NOTE = gettext_lazy("文章がありません。申請者に伝えることを書いてください。")
_LONG_NOTE = gettext_lazy("文章が長すぎます。2,000文字までに短くしてください。")


def returnable(defn: AppDefinition) -> list[AnyField]:
    """The fields a resident can be asked to correct."""
    return [field for field in defn.question_fields if field.type not in VALUELESS_TYPES]


class NoteForm(forms.Form):
    """A text that the resident will read: the reason of a refusal."""

    note = forms.CharField(max_length=2000, error_messages={"required": _NO_NOTE, "max_length": _LONG_NOTE})


class ReturnForm(NoteForm):
    """What to correct, why, and until when."""

    fields_to_correct = forms.MultipleChoiceField(
        error_messages={
            "required": gettext_lazy("直してもらう項目が選ばれていません。1つ以上選んでください。"),
            "invalid_choice": gettext_lazy("「%(value)s」は申請者が直せる項目ではありません。選び直してください。"),
        }
    )
    due_on = forms.DateField(
        error_messages={
            "required": gettext_lazy("期限がありません。日付を入れてください。"),
            "invalid": gettext_lazy("期限を日付として読み取れません。2026-11-23 のように入れてください。"),
        }
    )

    def __init__(self, defn: AppDefinition, data: QueryDict | None = None) -> None:
        super().__init__(data)
        choices = self.fields["fields_to_correct"]
        assert isinstance(choices, forms.MultipleChoiceField)
        choices.choices = [(field.code, in_words(field.label)) for field in returnable(defn)]

    def clean_due_on(self) -> date:
        due: date = self.cleaned_data["due_on"]
        if due <= timezone.localdate():
            raise forms.ValidationError(_("期限は明日以降の日付にしてください。"))
        return due


class PostForm(forms.Form):
    """Posting: the tracking number if there is one."""

    tracking_number = forms.RegexField(
        r"^[0-9A-Za-z-]*$", max_length=30, required=False,
        error_messages={"invalid": gettext_lazy("追跡番号は、半角の英数字とハイフンで入力してください。")},
    )


def proposed_due_on() -> date:
    """When a correction asked for today is due."""
    return add_business_days(timezone.localdate(), RETURN_BUSINESS_DAYS)


def with_template(
    template: ReasonTemplate, note: str, ticked: Sequence[str], language: Language = "ja"
) -> tuple[str, list[str]]:
    """Text and ticks after using a template: nothing typed or ticked before is lost. ``language``: the resident's."""
    body = template.body.in_language(language)
    text = note if body in note else "\n".join(part for part in (note.strip(), body) if part)
    return text, [*ticked, *(code for code in template.fields if code not in ticked)]


# --- fee lines ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeeInput:
    """One line as typed."""

    label: str
    amount: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class FeeForm:
    """The lines of a fee, each changeable, and why they were changed."""

    lines: tuple[FeeInput, ...]
    reason: str
    reason_error: str = ""

    @classmethod
    def proposed(cls, rows: Sequence[FeeRow]) -> FeeForm:
        """The computed lines and an empty one for what the formula does not know."""
        return cls((*(FeeInput(in_words(row.label), str(row.amount)) for row in rows), FeeInput("", "")), "")

    @classmethod
    def from_post(cls, data: QueryDict, proposed: Sequence[FeeRow]) -> FeeForm:
        """What was typed, with what is wrong beside it."""
        typed = zip(data.getlist("label"), data.getlist("amount"), strict=False)
        lines = tuple(_checked(label.strip(), amount.strip()) for label, amount in typed)
        reason = data.get("reason", "").strip()
        form = cls(lines, reason)
        changed = not any(line.error for line in lines) and _plain(form.rows) != _plain(proposed)
        missing = _("計算された額から変えたときは、理由を書いてください。") if changed and not reason else ""
        return cls(lines, reason, missing)

    @property
    def is_valid(self) -> bool:
        return not self.reason_error and not any(line.error for line in self.lines)

    @property
    def rows(self) -> list[FeeRow]:
        """The lines that count; only while ``is_valid``."""
        return [FeeRow(Text(line.label), parse_yen(line.amount)) for line in self.lines if line.label]

    @property
    def total(self) -> int:
        """Their sum as far as it can be read, in yen."""
        return sum(parse_yen(line.amount) for line in self.lines if line.label and not line.error)


def _checked(label: str, amount: str) -> FeeInput:
    if not label and not amount:
        return FeeInput("", "")
    if not label:
        return FeeInput(label, amount, _("何の料金か分かりません。名前を書いてください。"))
    try:
        if parse_yen(amount) < 0:
            return FeeInput(label, amount, _("金額は0円以上にしてください。"))
    except MoneyError as error:
        return FeeInput(label, amount, str(error))
    return FeeInput(label, amount)


def _plain(rows: Sequence[FeeRow]) -> list[tuple[str, int]]:
    return [(str(row.label), row.amount) for row in rows if row.amount]
