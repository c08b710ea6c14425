"""How the fields of a record's form look: which boxes, with which names, hints and messages. No HTML here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.accounts.language import current, in_words
from madoguchi.definition.display import display, unit_words
from madoguchi.definition.fields import FILE_TYPES, AnyField, SubField, TableField
from madoguchi.definition.values import ROW_ID, Value
from madoguchi.desk import people
from madoguchi.desk.answers import Answer, answer
from madoguchi.desk.cells import in_full
from madoguchi.desk.form_values import PEOPLE_TYPES, ROW_KEY, Typed, columns, is_blank, name_of, parts_of, typed_of
from madoguchi.desk.record_form import Problems, RecordForm, is_open
from madoguchi.lib.eras import DateError, parse_date
from madoguchi.records.models import StoredFile

SELECT_FROM = 8
"""From this many options on, a list to open instead of radio buttons."""


@dataclass(frozen=True, slots=True)
class Box:
    """One input of a field that has several."""

    name: str
    label: str
    value: str
    problem: str = ""
    kind: str = "text"
    css: str = ""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, or one person or file already chosen."""

    value: str
    label: str
    chosen: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. ``cells`` are in the order of the columns."""

    key: str
    row_id: str
    cells: Sequence[Widget]


@dataclass(frozen=True, slots=True)
class Widget:
    """Everything ``desk/form/_field.html`` needs. ``kind`` names the control; ``output`` is text that nobody types."""

    field: Any
    name: str
    kind: str
    label: str
    typed: Typed = ""
    help: str = ""
    required: bool = False
    problem: str = ""
    hidden: bool = False
    output: str = ""
    suffix: str = ""
    css: str = ""
    boxes: Sequence[Box] = ()
    choices: Sequence[Choice] = ()
    rows: Sequence[Row] = ()
    blank: Row | None = None
    shown: Answer | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def is_group(self) -> bool:
        """Whether the label is the legend of several boxes."""
        return bool(self.boxes) or self.kind in {"radios", "checks", "table", "files", "consent"}

    @property
    def anchor(self) -> str:
        """The id of the first control, to which an error leads."""
        if self.kind == "table":
            return f"{self.id}-table"
        return self.boxes[0].id if self.boxes else self.id

    @property
    def described_by(self) -> str:
        told = (f"{self.id}-help" if self.help else "", f"{self.id}-error" if self.problem else "")
        return " ".join(filter(None, told))


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the layout and what stands under it."""

    title: str
    widgets: Sequence[Widget]

    @property
    def hidden(self) -> bool:
        return all(widget.hidden for widget in self.widgets)


@dataclass(frozen=True, slots=True)
class Error:
    """One line of the error summary."""

    message: str
    anchor: str


def groups(form: RecordForm, stored: Mapping[str, StoredFile], sign: Any) -> list[Group]:
    """The form in the groups of its layout. ``sign`` names a loose file on this form."""
    defn, seen = form.defn, {item.code for item in form.seen}
    placed = {code for group in defn.layout for code in group.fields}
    laid = [(in_words(group.title), [defn.by_code[code] for code in group.fields]) for group in defn.layout]
    rest = [item for item in defn.fields if item.code not in placed]
    maker = _Maker(form, stored, sign)
    found = [
        Group(title, [maker.widget(item) for item in fields if item.code in seen and _has_place(form, item)])
        for title, fields in [*laid, (_("そのほか") if laid else _("内容"), rest)]
    ]
    return [group for group in found if group.widgets]


def lone(form: RecordForm, item: AnyField) -> Widget:
    """One field alone, always shown: for setting it somewhere else than in a record's form."""
    typed = form.typed.get(item.code, typed_of(item, None))
    return _Maker(form, {}, None).open(item, name_of(item), typed, form.problems.get(item.code, {}))


def _has_place(form: RecordForm, item: AnyField) -> bool:
    """Related records and totals belong to the record's page: here they would not follow what is typed."""
    return item.type not in ("related", "total") and not (form.new and item.type == "serial")


def errors(found: Sequence[Group]) -> list[Error]:
    """The error summary, in the order of the page."""
    return [error for group in found for widget in group.widgets for error in _errors(widget)]


def _errors(widget: Widget) -> list[Error]:
    own = [Error(f"{widget.label}: {widget.problem}", widget.anchor)] if widget.problem else []
    own += [Error(f"{widget.label}: {box.problem}", box.id) for box in widget.boxes if box.problem]
    for number, row in enumerate(widget.rows, 1):
        inner = [error for cell in row.cells for error in _errors(cell)]
        where = _("%(table)s %(n)d行目") % {"table": widget.label, "n": number}
        own += [Error(f"{where} {error.message}", error.anchor) for error in inner]
    return own


def output_text(item: Any, value: Value) -> str:
    """A calculated or copied value on the form."""
    if value is None:
        return ""
    if item.type in PEOPLE_TYPES:
        return "、".join(people.names(item.type, value))
    return display(item, value, language=current())


def read_back(item: Any, typed: Typed) -> str:
    """A date that was typed in any way, written out by era, so that a slip is seen."""
    if item.type not in ("date", "datetime"):
        return ""
    text = typed["date"] if isinstance(typed, dict) else typed
    try:
        return in_full(parse_date(text), current()) if text.strip() else ""
    except DateError:
        return ""


@dataclass(frozen=True, slots=True)
class _Maker:
    form: RecordForm
    stored: Mapping[str, StoredFile]
    sign: Any

    def widget(self, item: AnyField) -> Widget:
        form = self.form
        hidden = item.code not in form.visible
        if item.type == "heading":
            return Widget(item, name_of(item), "heading", in_words(item.label), hidden=hidden,
                          help=in_words(item.body) if item.body else "")
        if not is_open(form.access, form.defn, item):
            return self._fixed(item, hidden)
        typed = form.typed.get(item.code, typed_of(item, None))
        return self.open(item, name_of(item), typed, form.problems.get(item.code, {}), hidden)

    def _fixed(self, item: AnyField, hidden: bool) -> Widget:
        value = self.form.values.get(item.code)
        shown = answer(item, value, self.stored) if item.type in (*FILE_TYPES, "table", "richtext") else None
        return Widget(item, name_of(item), "output", in_words(item.label), hidden=hidden,
                      output=output_text(item, value), help=_help(item), shown=shown)

    def open(self, item: Any, name: str, typed: Typed, problems: Problems, hidden: bool = False) -> Widget:
        kind = _kind(item)
        return Widget(
            field=item, name=name, kind=kind, label=in_words(item.label), typed=typed, help=_help(item),
            required=item.required, problem=problems.get("", ""), hidden=hidden, output=read_back(item, typed),
            suffix=_suffix(item), css=_CSS.get(item.type, ""), boxes=_boxes(item, name, typed, problems),
            choices=self._choices(item, typed), attributes=_ATTRIBUTES.get(item.type, {}),
            rows=self._rows(item, name, typed, problems) if kind == "table" else (),
            blank=self._blank(item, name) if kind == "table" else None,
        )

    def _choices(self, item: Any, typed: Typed) -> list[Choice]:
        if item.type in ("choice", "choices"):
            options = [Choice(o.value, in_words(o.text), _is_chosen(o.value, typed)) for o in item.options]
            known = {option.value for option in options}
            lost = typed if isinstance(typed, list) else [typed]
            # What an earlier revision allowed stays chosen until somebody chooses something else.
            return [*options, *(Choice(value, value, chosen=True) for value in lost if value and value not in known)]
        if item.type in PEOPLE_TYPES:
            named = zip(typed, people.names(item.type, typed), strict=True)
            return [Choice(code, name, chosen=True) for code, name in named]
        if item.type in FILE_TYPES:
            return [self._file(item, one, number) for number, one in enumerate(typed, 1)]
        return []

    def _file(self, item: Any, one: str, number: int) -> Choice:
        file = self.stored.get(one)
        kept = file is not None and file.record_id is not None
        name = (file.original_name if file else "") or f"{in_words(item.label)} {number}"
        return Choice(one if kept or file is None else self.sign(file), name, chosen=True,
                      url=people.file_url(file) if kept and file else "")

    def _rows(self, table: TableField, name: str, typed: Typed, problems: Problems) -> list[Row]:
        return [self._row(table, name, row, _below(problems, str(n))) for n, row in enumerate(typed)]

    def _blank(self, table: TableField, name: str) -> Row:
        empty = {sub.code: typed_of(sub, None) for sub in columns(table)}
        return self._row(table, name, {ROW_KEY: "__", ROW_ID: "", **empty}, {})

    def _row(self, table: TableField, name: str, row: Mapping[str, Typed], problems: Problems) -> Row:
        key = row[ROW_KEY]
        known = self._computed_row(table, key)
        cells = [
            self.open(sub, f"{name}.{key}.{sub.id}", row[sub.code], _below(problems, sub.code))
            if sub in columns(table) else self._cell_output(sub, f"{name}.{key}.{sub.id}", known)
            for sub in table.fields
        ]
        return Row(key, row.get(ROW_ID, ""), cells)

    def _computed_row(self, table: TableField, key: str) -> Mapping[str, Value]:
        return computed_rows(self.form, table).get(key, {})

    def _cell_output(self, sub: SubField, name: str, known: Mapping[str, Value]) -> Widget:
        return Widget(sub, name, "output", in_words(sub.label), output=output_text(sub, known.get(sub.code)))


def computed_rows(form: RecordForm, table: TableField) -> dict[str, Mapping[str, Value]]:
    """The rows of a table with their formulas, by the numbers of their boxes; blank rows are not among the values."""
    typed = form.typed.get(table.code) or []
    filled = [row[ROW_KEY] for row in typed if _filled(table, row)]
    rows = form.values.get(table.code) or []
    return dict(zip(filled, rows, strict=False)) if len(filled) == len(rows) else {}


def _filled(table: TableField, row: Mapping[str, Typed]) -> bool:
    return not all(is_blank(row[sub.code]) for sub in columns(table))


def _below(problems: Problems, part: str) -> dict[str, str]:
    """The messages about one part of a composite, by their own parts."""
    found = {key.removeprefix(f"{part}."): text for key, text in problems.items() if key.startswith(f"{part}.")}
    return found | ({"": problems[part]} if part in problems else {})


def _kind(item: Any) -> str:
    if item.type == "choice":
        long = item.widget == "dropdown" or len(item.options) >= SELECT_FROM
        return "select" if long else "radios"
    if item.type in PEOPLE_TYPES:
        return "people"
    if item.type in FILE_TYPES:
        return "files"
    return {
        "textarea": "textarea", "choices": "checks", "consent": "consent", "richtext": "richtext", "lookup": "lookup",
        "table": "table", "name": "boxes", "address": "boxes", "location": "boxes", "datetime": "boxes",
    }.get(item.type, "input")


def _boxes(item: Any, name: str, typed: Typed, problems: Problems) -> list[Box]:
    return [
        Box(f"{name}.{part}", str(_PARTS[part]), typed.get(part, ""), problems.get(part, ""),
            kind="time" if part == "time" else "text", css=_PART_CSS.get(part, ""))
        for part in parts_of(item)
    ]


def _is_chosen(value: str, typed: Typed) -> bool:
    return value in typed if isinstance(typed, list) else value == typed


def _help(item: Any) -> str:
    words = [in_words(item.help)] if item.help else []
    if item.example:
        words.append(_("例：%(example)s") % {"example": in_words(item.example)})
    return "\n".join(words)


def _suffix(item: Any) -> str:
    if item.type == "money":
        return _("円")
    return unit_words(item.unit, current()) if item.type == "number" and item.unit else ""


_CSS = {
    "number": "input--number", "money": "input--number", "date": "input--era", "time": "input--clock",
    "phone": "input--medium",
}
_ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "number": {"inputmode": "decimal"}, "money": {"inputmode": "numeric"}, "time": {"placeholder": "09:30"},
    "email": {"inputmode": "email", "spellcheck": "false"}, "link": {"spellcheck": "false"},
    "phone": {"inputmode": "tel"},
}
_PARTS = {
    "family": gettext_lazy("姓"), "given": gettext_lazy("名"), "family_kana": gettext_lazy("セイ"),
    "given_kana": gettext_lazy("メイ"), "postal_code": gettext_lazy("郵便番号"),
    "prefecture": gettext_lazy("都道府県"), "city": gettext_lazy("市区町村"), "town": gettext_lazy("町名"),
    "street": gettext_lazy("丁目・番地・号"), "building": gettext_lazy("建物名・部屋番号"), "lat": gettext_lazy("緯度"),
    "lon": gettext_lazy("経度"), "label": gettext_lazy("場所の説明"), "date": gettext_lazy("日付"),
    "time": gettext_lazy("時刻"),
}
_PART_CSS = {"postal_code": "input--clock", "date": "input--era", "time": "input--clock", "lat": "input--clock",
             "lon": "input--clock"}

