"""The kinds of field an app may have. Data only: what a value must be is checked in ``definition.checking``."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_serializer, model_validator

from madoguchi.definition.text import Text, japanese

CODE_PATTERN = re.compile(r"^[^\W\d][\w・]{0,63}$")
"""Field codes may be Japanese, as in kintone: letters, kana, kanji, digits (not first), ``_`` and ``・``."""


class Model(BaseModel):
    """Definitions never change in place, and a misspelt key is an error rather than ignored.

    Numbers are taken where text belongs, because in YAML nobody quotes ``options: [1, 2, 3]``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


ChannelName = Literal["line", "web", "counter"]


class FieldBase(Model):
    """What every field has.

    ``id`` is given once and never reused: the database column is named by it, so that renaming a field keeps
    its data. ``show_if`` is a formula; while it is false the field is hidden and has no value. ``channels`` limits the
    question to those who apply over one of them (empty: all): an e-mail address is asked on the web, not in LINE.
    """

    id: Annotated[int, Field(ge=1, le=9999)]
    code: Annotated[str, Field(pattern=CODE_PATTERN.pattern)]
    label: Text
    question: Text | None = None
    chat_question: Text | None = None
    help: Text | None = None
    example: Text | None = None
    required: bool = False
    personal: bool = False
    staff_only: bool = False
    channels: tuple[ChannelName, ...] = ()
    show_if: str | None = None


class TextField(FieldBase):
    type: Literal["text"] = "text"
    min_length: Annotated[int, Field(ge=0, le=4000)] = 0
    max_length: Annotated[int, Field(ge=1, le=4000)] = 200
    pattern: str | None = None
    pattern_error: Text | None = None
    unique: bool = False
    default: str | None = None


class TextareaField(FieldBase):
    type: Literal["textarea"] = "textarea"
    max_length: Annotated[int, Field(ge=1, le=20000)] = 2000
    default: str | None = None


class RichTextField(FieldBase):
    """Text with headings, lists, links; held as HTML of which only harmless elements are kept. Staff write it."""

    type: Literal["richtext"] = "richtext"
    default: str | None = None


class LinkField(FieldBase):
    """An address that staff press: a web page, a telephone number or an e-mail address."""

    type: Literal["link"] = "link"
    protocol: Literal["web", "tel", "mail"] = "web"
    unique: bool = False
    default: str | None = None


class NumberField(FieldBase):
    type: Literal["number"] = "number"
    min: Decimal | None = None
    max: Decimal | None = None
    decimals: Annotated[int, Field(ge=0, le=10)] = 0
    unit: Text | None = None
    unique: bool = False
    default: Decimal | None = None


class MoneyField(FieldBase):
    type: Literal["money"] = "money"
    min: int | None = 0
    max: int | None = None
    unique: bool = False
    default: int | None = None


class Option(Model):
    """One choice. Written as a plain string where value and label are the same."""

    value: Annotated[str, Field(min_length=1, max_length=100)]
    label: Text | None = None
    help: Text | None = None
    show_if: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_plain_string(cls, value: Any) -> Any:
        return value if isinstance(value, (dict, Option)) else {"value": value}

    @model_serializer(mode="wrap")
    def _to_plain_string(self, handler: Any) -> Any:
        plain = self.label is None and self.help is None and self.show_if is None
        return self.value if plain else handler(self)

    @property
    def text(self) -> Text:
        return self.label or japanese(self.value)


Options = Annotated[tuple[Option, ...], Field(min_length=1, max_length=500)]


class ChoiceField(FieldBase):
    """One of several. ``widget`` is how staff choose on the desk; residents always see every option."""

    type: Literal["choice"] = "choice"
    options: Options
    default: str | None = None
    widget: Literal["radio", "dropdown"] = "radio"


class ChoicesField(FieldBase):
    type: Literal["choices"] = "choices"
    options: Options
    min_selected: Annotated[int, Field(ge=0)] = 0
    max_selected: int | None = None
    default: tuple[str, ...] = ()
    widget: Literal["checkbox", "list"] = "checkbox"


class ConsentField(FieldBase):
    """A box the resident ticks to agree with ``statement``; ``version`` says to which wording."""

    type: Literal["consent"] = "consent"
    statement: Text
    version: str = "1"


def _as_date_where_it_is_one(value: Any) -> Any:
    # One form only, so that a definition equals itself after a trip through JSON.
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


DateLimit = Annotated[date | str, BeforeValidator(_as_date_where_it_is_one)]


class DateField(FieldBase):
    """``earliest``/``latest`` are ISO dates or formulas such as ``TODAY()``. ``default`` is ISO or ``now``."""

    type: Literal["date"] = "date"
    earliest: DateLimit | None = None
    latest: DateLimit | None = None
    unique: bool = False
    default: str | None = None


class TimeField(FieldBase):
    """``default`` is ``HH:MM`` or ``now``."""

    type: Literal["time"] = "time"
    default: str | None = None


class DatetimeField(FieldBase):
    """``default`` is ISO or ``now``."""

    type: Literal["datetime"] = "datetime"
    unique: bool = False
    default: str | None = None


class NameField(FieldBase):
    type: Literal["name"] = "name"
    kana: bool = True


class AddressField(FieldBase):
    """``city_code`` (JIS 5 digits) limits the address to one municipality."""

    type: Literal["address"] = "address"
    city_code: Annotated[str, Field(pattern=r"^\d{5}$")] | None = None


class PhoneField(FieldBase):
    type: Literal["phone"] = "phone"


class EmailField(FieldBase):
    type: Literal["email"] = "email"


class FileField(FieldBase):
    type: Literal["file"] = "file"
    max_files: Annotated[int, Field(ge=1, le=20)] = 1
    max_megabytes: Annotated[int, Field(ge=1, le=50)] = 10


class PhotoField(FieldBase):
    """Pictures only. ``identity`` marks pictures of ID documents: deleted early, seen only by those who check."""

    type: Literal["photo"] = "photo"
    max_files: Annotated[int, Field(ge=1, le=20)] = 1
    max_megabytes: Annotated[int, Field(ge=1, le=50)] = 10
    identity: bool = False


class LocationField(FieldBase):
    type: Literal["location"] = "location"


class FormulaField(FieldBase):
    type: Literal["formula"] = "formula"
    formula: str
    format: Literal["number", "money", "text", "date"] = "number"
    decimals: Annotated[int, Field(ge=0, le=10)] = 0


class StaffField(FieldBase):
    """Members of staff, as their usernames. Only staff fill it in. ``LOGINUSER()`` as default: who adds the record."""

    type: Literal["staff"] = "staff"
    default: tuple[str, ...] = ()


class DepartmentField(FieldBase):
    """Departments, as their codes. Only staff fill it in. ``PRIMARY_ORGANIZATION()`` as default: one's own."""

    type: Literal["department"] = "department"
    default: tuple[str, ...] = ()


class GroupField(FieldBase):
    """Groups of staff, as their codes. Only staff fill it in."""

    type: Literal["group"] = "group"
    default: tuple[str, ...] = ()


class SerialField(FieldBase):
    """A number given when the record is added and never again.

    ``format`` is text with ``{YYYY}`` (calendar year), ``{FY}`` (fiscal year), ``{ERA}`` (R08), ``{MM}``, ``{DD}`` and
    once ``{0000}``, the running number with at least so many digits. It begins at 1 again as ``reset`` says.
    """

    type: Literal["serial"] = "serial"
    format: Annotated[str, Field(pattern=r"^[^{}]*(\{(YYYY|FY|ERA|MM|DD)\}[^{}]*)*\{0{1,10}\}[^{}]*$")] = "{0000}"
    reset: Literal["never", "year", "fiscal_year", "month"] = "never"


class LookupField(FieldBase):
    """Chooses a row of another app by ``key`` and copies values: ``{field here: field there}``.

    With ``live`` the copies follow the other row whenever they are read. ``picker`` are the fields shown while
    choosing, ``filter`` (query language) says which rows may be chosen.
    """

    type: Literal["lookup"] = "lookup"
    app: str
    key: str
    copies: dict[str, str] = {}
    live: bool = False
    picker: tuple[str, ...] = ()
    filter: str | None = None


class RelatedField(FieldBase):
    """The records of another app whose field ``there`` equals ours ``here``; shown, never stored."""

    type: Literal["related"] = "related"
    app: str
    here: str
    there: str
    filter: str | None = None
    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    sort: str | None = None
    descending: bool = False
    size: Annotated[int, Field(ge=1, le=50)] = 5


class TotalField(FieldBase):
    """A number over the records of another app whose ``there`` equals ours ``here``; calculated whenever it is read.

    ``of`` is the number field that is added up; ``count`` needs none.
    """

    type: Literal["total"] = "total"
    app: str
    here: str
    there: str
    filter: str | None = None
    how: Literal["count", "sum", "average", "min", "max"] = "count"
    of: str | None = None
    decimals: Annotated[int, Field(ge=0, le=10)] = 0
    unit: Text | None = None


class HeadingField(FieldBase):
    """A heading with an explanation; holds no value."""

    type: Literal["heading"] = "heading"
    body: Text | None = None


SubField = Annotated[
    TextField | TextareaField | NumberField | MoneyField | ChoiceField | ChoicesField | ConsentField
    | DateField | TimeField | DatetimeField | NameField | PhoneField | EmailField | FormulaField | LinkField,
    Field(discriminator="type"),
]


class TableField(FieldBase):
    type: Literal["table"] = "table"
    fields: Annotated[tuple[SubField, ...], Field(min_length=1)]
    min_rows: Annotated[int, Field(ge=0)] = 0
    max_rows: Annotated[int, Field(ge=1, le=200)] = 20
    row_label: Text | None = None


AnyField = Annotated[
    TextField | TextareaField | NumberField | MoneyField | ChoiceField | ChoicesField | ConsentField
    | DateField | TimeField | DatetimeField | NameField | AddressField | PhoneField | EmailField | FileField
    | PhotoField | LocationField | FormulaField | LookupField | HeadingField | TableField | RichTextField | LinkField
    | StaffField | DepartmentField | GroupField | SerialField | RelatedField | TotalField,
    Field(discriminator="type"),
]

STAFF_TYPES = frozenset({"staff", "department", "group", "richtext", "related", "total", "serial"})
"""Fields that residents are never asked and never shown."""
VALUELESS_TYPES = frozenset({"heading", "related", "total"})
"""Fields that store nothing: related records and totals are read from the other app each time."""
COMPUTED_TYPES = frozenset({"formula", "serial"})
"""Fields that nobody types: a formula is calculated, a serial number given when the record is added."""
FILE_TYPES = frozenset({"file", "photo"})
