"""How one question looks on a page: which boxes, with which names, hints and keyboards. No HTML here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.channels.web import answers
from madoguchi.channels.web.answers import ANSWER, ERA_NAMES, WESTERN, Typed
from madoguchi.definition.app import Applicant
from madoguchi.definition.display import unit_words
from madoguchi.definition.fields import AnyField, TableField
from madoguchi.definition.text import Language, Text
from madoguchi.interview.types import Choice, Problem

SELECT_FROM = 16
"""From this many options on, a list to open instead of radio buttons."""


@dataclass(frozen=True, slots=True)
class Box:
    """One input: ``attributes`` are HTML attributes beside name, id and value."""

    name: str
    label: Any = ""
    value: str = ""
    problem: str = ""
    hint: Any = ""
    required: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)
    suffix: Any = ""
    css: str = ""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table question, each of its fields a widget."""

    number: int
    widgets: Sequence[Widget]


@dataclass(frozen=True, slots=True)
class Widget:
    """Everything the template ``widgets/<template>.html`` needs."""

    field: AnyField
    name: str
    template: str
    typed: Typed
    problem: str = ""
    boxes: Sequence[Box] = ()
    choices: Sequence[Choice] = ()
    rows: Sequence[Row] = ()
    required: bool = False

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def path(self) -> str:
        return f"web/widgets/{self.template}.html"

    @property
    def eras(self) -> Sequence[str]:
        """What the era box of a date offers, newest first."""
        return (*ERA_NAMES, WESTERN)

    @property
    def is_group(self) -> bool:
        """Whether the question is the legend of several boxes rather than the label of one."""
        return self.template not in ("input", "textarea", "select")

    @property
    def first_id(self) -> str:
        """The id of the first control."""
        if self.rows:
            return self.rows[0].widgets[0].first_id
        return self.boxes[0].id if self.boxes else self.id

    @property
    def described_by(self) -> str:
        """Ids of what explains the control, for ``aria-describedby``."""
        told = [f"{self.id}-help" if self.field.help or self.field.example else ""]
        return " ".join(filter(None, [*told, f"{self.id}-error" if self.problem else ""]))


@dataclass(frozen=True, slots=True)
class Error:
    """One line of the error summary; ``anchor`` is the id of the box to mend."""

    message: str
    anchor: str


Problems = Mapping[str, str]
"""Messages by part; the whole field's under ``""``, a table cell's under ``0.code`` or ``0.code.part``."""


def messages_of(problems: Sequence[Problem], language: Language) -> dict[str, str]:
    """The problems as messages by part, the first where a part has several."""
    return {problem.part or "": problem.text.in_language(language) for problem in reversed(problems)}


def errors_of(shown: Widget, problems: Problems) -> list[Error]:
    """The error summary: each message leads to its box, or to the first one there is."""
    return [
        Error(message, f"{shown.id}-{part.replace('.', '-')}" if part else shown.first_id)
        for part, message in problems.items()
    ]


def widget(
    of: AnyField, typed: Typed, *, problems: Problems | None = None, choices: Sequence[Choice] = (),
    applicant: Applicant | None = None, name: str = ANSWER,
) -> Widget:
    """The widget of a field holding ``typed``."""
    problems = problems or {}
    make = partial(
        Widget, field=of, name=name, template=_TEMPLATES.get(of.type, "input"), typed=typed,
        problem=problems.get("", ""), required=of.required,
    )
    if isinstance(of, TableField):
        return make(rows=_rows(of, typed, problems, name))
    if of.type in ("choice", "choices"):
        shown = choices or [Choice(o.value, o.text, o.help) for o in of.options]
        long = of.type == "choice" and len(shown) >= SELECT_FROM
        return make(choices=shown, template="select" if long else _TEMPLATES[of.type])
    return make(boxes=_boxes(of, typed, problems, applicant, name))


def _rows(of: TableField, typed: Sequence[Mapping[str, Typed]], problems: Problems, name: str) -> list[Row]:
    wanted = list(typed) or [answers.blank_row(of)] * max(of.min_rows, 1)
    return [
        Row(number + 1, [
            widget(
                sub, row[sub.code], problems=_below(problems, f"{number}.{sub.code}"),
                name=f"{name}.{number}.{sub.code}",
            )
            for sub in answers.asked(of)
        ])
        for number, row in enumerate(wanted)
    ]


def _below(problems: Problems, prefix: str) -> dict[str, str]:
    own = {prefix: ""} | {key: key.removeprefix(f"{prefix}.") for key in problems if key.startswith(f"{prefix}.")}
    return {short: problems[key] for key, short in own.items() if key in problems}


def _boxes(
    of: AnyField, typed: Typed, problems: Problems, applicant: Applicant | None, name: str
) -> list[Box]:
    own = _is_applicants(of, applicant)
    parts = answers.parts_of(of)
    if not parts:
        filling = own and _AUTOCOMPLETE.get(of.type)
        attributes = {**_ATTRIBUTES.get(of.type, {}), "autocomplete": filling or "off"}
        return [Box(name, value=str(typed), problem=problems.get("", ""), attributes=attributes,
                    suffix=_suffix(of), css=_CSS.get(of.type, ""))]
    return [
        Box(
            f"{name}.{part}", label=_PART_LABELS.get(part, part), value=typed.get(part, ""),
            problem=problems.get(part, ""), hint=_PART_HINTS.get(part, ""), required=part != "building",
            attributes={**_PART_ATTRIBUTES.get(part, {}), "autocomplete": (own and _filling(of, part)) or "off"},
            css=_PART_CSS.get(part, ""),
        )
        for part in parts
    ]


def _is_applicants(of: AnyField, applicant: Applicant | None) -> bool:
    """Browsers may fill in the resident's own data, not somebody else's."""
    if applicant is None:
        return False
    return of.code in (
        applicant.name, applicant.address, applicant.birth_date, applicant.phone, applicant.email,
    )


def _filling(of: AnyField, part: str) -> str:
    return _AUTOCOMPLETE.get(f"{of.type}.{part}", "")


def _suffix(of: AnyField) -> Text | Any:
    if of.type == "money":
        return _("円")
    unit = of.unit if of.type == "number" else None
    return Text({language: unit_words(unit, language) for language in unit.root}) if unit else ""


_TEMPLATES = {
    "textarea": "textarea", "choice": "radios", "choices": "checkboxes", "consent": "consent", "date": "date",
    "datetime": "date", "name": "name", "address": "address", "file": "files", "photo": "files",
    "location": "location", "table": "table", "heading": "heading",
}
_ATTRIBUTES: dict[str, dict[str, str]] = {
    "number": {"inputmode": "decimal"}, "money": {"inputmode": "numeric"},
    "phone": {"type": "tel"}, "email": {"type": "email", "spellcheck": "false", "autocapitalize": "none"},
    "time": {"type": "time"},
}
_CSS = {"number": "input--medium", "money": "input--medium", "time": "input--medium", "phone": "input--medium"}
_AUTOCOMPLETE = {
    "phone": "tel", "email": "email", "name.family": "family-name", "name.given": "given-name",
    "address.postal_code": "postal-code", "address.prefecture": "address-level1", "address.city": "address-level2",
    "address.street": "address-line1", "address.building": "address-line2",
    "date.year": "bday-year", "date.month": "bday-month", "date.day": "bday-day",
}
_PART_LABELS = {
    "family": _("姓"), "given": _("名"), "family_kana": _("セイ（カタカナ）"), "given_kana": _("メイ（カタカナ）"),
    "postal_code": _("郵便番号"), "prefecture": _("都道府県"), "city": _("市区町村"), "town": _("町名"),
    "street": _("丁目・番地・号"), "building": _("建物名・部屋番号"), "lat": _("緯度"), "lon": _("経度"),
    "label": _("場所の説明"), "era": _("年号"), "year": pgettext_lazy("date", "年"),
    "month": pgettext_lazy("date", "月"), "day": pgettext_lazy("date", "日"), "time": _("時刻"),
}
_PART_HINTS = {
    "postal_code": _("7けたの数字（例: 2728501）"), "street": _("例: 1丁目1番1号"),
    "building": _("ある場合だけ入力してください"), "label": _("例: 駅の北口の交差点、歩道の右側"),
}
_PART_ATTRIBUTES: dict[str, dict[str, str]] = {
    "postal_code": {"inputmode": "numeric"}, "year": {"inputmode": "numeric"}, "month": {"inputmode": "numeric"},
    "day": {"inputmode": "numeric"}, "time": {"type": "time"}, "lat": {"inputmode": "decimal"},
    "lon": {"inputmode": "decimal"},
}
_PART_CSS = {
    "postal_code": "input--medium", "prefecture": "input--medium", "year": "input--short", "month": "input--short",
    "day": "input--short", "time": "input--medium", "lat": "input--medium", "lon": "input--medium",
}
