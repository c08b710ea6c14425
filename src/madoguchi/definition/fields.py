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


class TextareaField(FieldBase):
    type: Literal["textarea"] = "textarea"
    max_length: Annotated[int, Field(ge=1, le=20000)] = 2000


class NumberField(FieldBase):
    type: Literal["number"] = "number"
    min: Decimal | None = None
    max: Decimal | None = None
    decimals: Annotated[int, Field(ge=0, le=10)] = 0
    unit: Text | None = None


class MoneyField(FieldBase):
    type: Literal["money"] = "money"
    min: int | None = 0
    max: int | None = None


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
    type: Literal["choice"] = "choice"
    options: Options
    default: str | None = None


class ChoicesField(FieldBase):
    type: Literal["choices"] = "choices"
    options: Options
    min_selected: Annotated[int, Field(ge=0)] = 0
    max_selected: int | None = None


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
    """``earliest``/``latest`` are ISO dates or formulas such as ``TODAY()``."""

    type: Literal["date"] = "date"
    earliest: DateLimit | None = None
    latest: DateLimit | None = None


class TimeField(FieldBase):
    type: Literal["time"] = "time"


class DatetimeField(FieldBase):
    type: Literal["datetime"] = "datetime"


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


class LookupField(FieldBase):
    """Chooses a row of another app by ``key`` and copies values: ``{field here: field there}``."""

    type: Literal["lookup"] = "lookup"
    app: str
    key: str
    copies: dict[str, str] = {}


class HeadingField(FieldBase):
    """A heading with an explanation; holds no value."""

    type: Literal["heading"] = "heading"
    body: Text | None = None


SubField = Annotated[
    TextField | TextareaField | NumberField | MoneyField | ChoiceField | ChoicesField | ConsentField
    | DateField | TimeField | DatetimeField | NameField | PhoneField | EmailField | FormulaField,
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
    | PhotoField | LocationField | FormulaField | LookupField | HeadingField | TableField,
    Field(discriminator="type"),
]

VALUELESS_TYPES = frozenset({"heading"})
COMPUTED_TYPES = frozenset({"formula"})
FILE_TYPES = frozenset({"file", "photo"})
