"""What a record can be found by, as one text and the pairs of characters in it. Pure: no database.

The text has a line for each value: a newline, the field's mark, MARK_END, the value in ``lib.text.fold``'s form. No
folded text holds control characters, so nothing is found across two lines, and no word finds a mark.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField, ChoiceField, ChoicesField, TableField
from madoguchi.definition.values import Value
from madoguchi.lib.phones import phone_digits
from madoguchi.lib.text import fold, fold_each
from madoguchi.query.texts import without_tags

VERSION = 1
"""Counted up when the same record would get another text: every app's rows are then written anew."""
LINE_START, MARK_END = "\n", "\x02"
RECEIPT = 0
"""Stands for the receipt number where field ids are expected; no field has it."""
PLAIN_TYPES = frozenset({"text", "textarea", "email", "lookup", "link", "serial"})
_MARK_DIGITS = {ord(f"{digit:x}"): chr(0x10 + digit) for digit in range(16)}

Texts = Callable[[Value], Iterable[str]]


@dataclass(frozen=True, slots=True)
class SearchForm:
    """How the records of one definition become searchable. ``key`` differs where the same record's text would."""

    key: str
    fields: tuple[tuple[int, str, Texts], ...]

    def columns(self, values: Mapping[int, Value], receipt_number: str | None) -> tuple[str, list[int]]:
        """``search_text`` and ``search_grams`` of a record; ``values`` by field id."""
        marks, texts = ([_RECEIPT_MARK], [receipt_number]) if receipt_number else ([], [])
        for number, mark, texts_of in self.fields:
            value = values.get(number)
            if value is not None:
                for text in texts_of(value):
                    marks.append(mark)
                    texts.append(text)
        folded = fold_each(texts)
        lines = "".join([mark + line for mark, line in zip(marks, folded, strict=True) if line])
        return lines, _pairs_of_each(folded)


def form_of(defn: AppDefinition) -> SearchForm:
    """The form of a definition, made once."""
    found = _FORMS.get(id(defn))
    if found is None or found[0] is not defn:
        if len(_FORMS) > _KEPT:
            _FORMS.clear()
        found = _FORMS[id(defn)] = (defn, _form(defn))
    return found[1]


_KEPT = 200
_FORMS: dict[int, tuple[AppDefinition, SearchForm]] = {}


def _form(defn: AppDefinition) -> SearchForm:
    live = {code for field in defn.fields if field.type == "lookup" and field.live for code in field.copies}
    fields = [
        (field, texts)
        for field in sorted(defn.fields, key=lambda one: one.id)
        # What follows another app's row is not ours to store.
        if field.code not in live and (texts := _texts(field)) is not None
    ]
    key = repr((VERSION, [(field.id, field.type, _labels(field)) for field, _ in fields]))
    return SearchForm(key, tuple((field.id, mark(field.id), texts) for field, texts in fields))


def is_searched(field: AnyField) -> bool:
    """Whether records are found by what is in the field."""
    return _texts(field) is not None


def mark(field_id: int) -> str:
    """What begins the lines of a field."""
    return f"{LINE_START}{f'{field_id:x}'.translate(_MARK_DIGITS)}{MARK_END}"


_RECEIPT_MARK = mark(RECEIPT)


def grams_of(folded: str) -> frozenset[int]:
    """The pairs of neighbours in a folded text, each as a number; none if it is one character long.

    UTF-16 units are paired, so two units are 32 bits, just what ``integer`` holds, and no two pairs look the same.
    """
    return frozenset(_pairs(folded))


def _pairs_of_each(folded: Iterable[str]) -> list[int]:
    """The pairs within each text; those across two have a zero in one half."""
    return [pair for pair in set(_pairs("\x00".join(folded))) if pair & 0xFFFF and pair >> 16]


def _pairs(folded: str) -> Iterator[int]:
    units = folded.encode("utf-16-le", "surrogatepass")
    yield from array("i", units[: len(units) // 4 * 4])
    rest = units[2:]
    yield from array("i", rest[: len(rest) // 4 * 4])


# --- what of each type is searched ---------------------------------------------------------------------------------


def _texts(field: Any) -> Texts | None:
    """The texts in a value of ``field``; None where it has nothing to search."""
    if field.type in PLAIN_TYPES:
        return _plain
    if isinstance(field, ChoiceField | ChoicesField):
        return _options(_labels(field))
    if isinstance(field, TableField):
        return _table(field)
    if field.type == "formula":
        return _plain if field.format == "text" else None
    return _BY_TYPE.get(field.type)


def _plain(value: Value) -> Iterable[str]:
    return (value,) if isinstance(value, str) else ()


def _rich(value: Value) -> Iterable[str]:
    return _plain(without_tags(value) if isinstance(value, str) else value)


def _numbered(value: Value) -> Iterable[str]:
    """Telephone numbers and postal codes: as written, and by their digits."""
    if not isinstance(value, str):
        return ()
    digits = phone_digits(value)
    return (value,) if digits == value else (value, digits)


def _name(value: Value) -> Iterable[str]:
    if not isinstance(value, dict):
        return
    yield _joined(value, "family", "given")
    yield _joined(value, "family_kana", "given_kana")


def _address(value: Value) -> Iterable[str]:
    if not isinstance(value, dict):
        return
    yield from _numbered(value.get("postal_code"))
    yield _joined(value, "prefecture", "city", "town", "street", "building")


def _joined(value: Mapping[str, Value], *parts: str) -> str:
    return "".join([value.get(part) or "" for part in parts])


def _place(value: Value) -> Iterable[str]:
    return _plain(value.get("label")) if isinstance(value, dict) else ()


_BY_TYPE: Mapping[str, Texts] = {
    "richtext": _rich,
    "phone": _numbered,
    "name": _name,
    "address": _address,
    "location": _place,
}


def _labels(field: Any) -> tuple[Any, ...]:
    """The options' labels by value, in every language; of a table what its columns are and their labels."""
    if isinstance(field, ChoiceField | ChoicesField):
        labels = ((option.value, dict.fromkeys(option.text.root.values())) for option in field.options)
        return tuple((value, LINE_START.join(texts)) for value, texts in labels)
    if isinstance(field, TableField):
        return tuple((item.code, item.type, _labels(item)) for item in field.fields)
    return ()


def _options(labels: tuple[tuple[str, str], ...]) -> Texts:
    known = {value: tuple(texts.split(LINE_START)) for value, texts in labels}

    def texts(value: Value) -> Iterable[str]:
        for one in value if isinstance(value, list) else (value,):
            yield from known.get(one, ()) or _plain(one)

    return texts


def _table(table: TableField) -> Texts | None:
    cells = [(item.code, found) for item in table.fields if (found := _texts(item)) is not None]

    def texts(value: Value) -> Iterable[str]:
        for row in value if isinstance(value, list) else ():
            for code, of_cell in cells:
                if (cell := row.get(code)) is not None:
                    yield from of_cell(cell)

    return texts if cells else None


# --- what people look for ------------------------------------------------------------------------------------------

MAX_WORDS = 5
_NUMBERS = re.compile(r"[\d+()-]*\d[\d+()-]*")


@lru_cache(maxsize=256)
def words_of(search: str) -> tuple[tuple[str, ...], ...]:
    """The words of what was typed, folded; each with the ways it may be written (numbers also without hyphens)."""
    words = [fold(word) for word in search.replace("\x00", "").split()]
    return tuple(_ways(word) for word in words if word)[:MAX_WORDS]


def _ways(word: str) -> tuple[str, ...]:
    if not _NUMBERS.fullmatch(word):
        return (word,)
    return tuple(dict.fromkeys((word, phone_digits(word))))


_JOINS_BEHIND = re.compile("[\u3099\u309a\u1160-\u11ff]")
_JOINS_BEFORE = re.compile("[うか-ヿ\u1100-\u115f\uac00-\ud7a3]")


def grams_within(keyword: str) -> frozenset[int]:
    """Pairs that the folded form of every text has which holds ``keyword`` (whatever the case).

    Not all of the keyword's: where it ends with か, the text may go on with a mark that makes ガ of it.
    """
    folded = fold(keyword)
    start = 1 if _JOINS_BEHIND.match(folded) else 0
    end = len(folded) - 1 if folded and _JOINS_BEFORE.match(folded[-1]) else len(folded)
    return grams_of(folded[start:end])
