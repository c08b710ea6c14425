"""What somebody fills in to make a list of their own: conditions, columns, order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from madoguchi import query
from madoguchi.accounts.language import current, in_words
from madoguchi.definition.app import View
from madoguchi.desk import cards, listing
from madoguchi.desk.models import SavedView
from madoguchi.lib.eras import DateError, parse_date
from madoguchi.query import And, Condition, Operator, Or, Predicate, QueryField, Word
from madoguchi.query.fields import CHOICES, MOMENTS
from madoguchi.records.permissions import Access

ROWS = 5
SORTS = 2
NAME_LENGTH = 60
QUERY_LENGTH = 4000
_CALL = re.compile(r"[A-Z_]+\([A-Z0-9, -]*\)")
_SIGNS: Mapping[str, tuple[Operator, ...]] = {
    "eq": ("=", "in"), "ne": ("!=", "not in"), "like": ("like",), "unlike": ("not like",), "ge": (">=",),
    "le": ("<=",), "gt": (">",), "lt": ("<",), "empty": ("is empty", "=", "in"),
    "filled": ("is not empty", "!=", "not in"),
}
"""What a comparison is called in the form, and the operators that may say it, the first that the field takes."""
_NAMES: Mapping[Operator, str] = {
    sign: name for name, signs in _SIGNS.items() if name not in ("empty", "filled") for sign in signs
}


def sign_words() -> list[tuple[str, str]]:
    """The comparisons, in the language of the page."""
    return [
        ("eq", _("が次と等しい")), ("ne", _("が次と等しくない")), ("like", _("が次を含む")),
        ("unlike", _("が次を含まない")),
        ("ge", _("が次以上（以後）")), ("le", _("が次以下（以前）")), ("gt", _("が次より大きい（後）")),
        ("lt", _("が次より小さい（前）")), ("empty", _("が空")), ("filled", _("が空でない")),
    ]


class RowProblem(Exception):
    """A row that makes no condition; ``str(error)`` says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison as typed; several values are separated by 、 or a comma."""

    code: str = ""
    sign: str = "eq"
    value: str = ""

    def condition(self, access: Access) -> Predicate:
        """Raises RowProblem."""
        named = access.query_fields.get(self.code)
        if named is None:
            raise RowProblem(_("条件の項目を選び直してください。"))
        usable = query.operators(named.kind)
        sign = next((sign for sign in _SIGNS.get(self.sign, ()) if sign in usable), None)
        label = _label(access, self.code)
        if sign is None:
            words = _("「%(field)s」にはこの比べ方は使えません。別の比べ方を選んでください。")
            raise RowProblem(words % {"field": label})
        if self.sign in ("empty", "filled"):
            return Predicate(self.code, sign, () if "empty" in sign else (Word(""),))
        if not self.value:
            raise RowProblem(_("「%(field)s」と比べる値を入れてください。") % {"field": label})
        values = re.split(r"[、,，]", self.value) if sign in ("in", "not in") else [self.value]
        return Predicate(self.code, sign, tuple(_value(named, text.strip()) for text in values if text.strip()))


def _value(named: QueryField, text: str) -> query.nodes.Value:
    if _CALL.fullmatch(text):
        parsed = query.parse(f"{named.code} = {text}", options=False).condition
        assert isinstance(parsed, Predicate)
        return parsed.values[0]
    if named.kind in MOMENTS or named.kind == "DATE":
        try:
            return Word(parse_date(text).isoformat())
        except DateError as problem:
            raise RowProblem(str(problem)) from problem
    return Word(text)


def _label(access: Access, code: str) -> str:
    """A name of the query language as people know it."""
    found = access.app.definition.by_code.get(code)
    return in_words(found.label) if found else code


def rows_of(condition: Condition | None) -> tuple[list[Row], str] | None:
    """The rows of a condition and whether all or any must hold; None where rows cannot say it."""
    parts = condition.parts if isinstance(condition, And | Or) else (condition,) if condition else ()
    found = [_row(part) for part in parts if isinstance(part, Predicate)]
    if len(found) != len(parts) or None in found or len(found) > ROWS:
        return None
    return [row for row in found if row], "any" if isinstance(condition, Or) else "all"


def _row(predicate: Predicate) -> Row | None:
    texts = [query.unparse(Predicate("x", "=", (value,)))[4:].strip('"') for value in predicate.values]
    if "empty" in predicate.operator or texts == [""]:
        negative = predicate.operator in ("is not empty", "!=", "not in")
        return Row(predicate.field, "filled" if negative else "empty")
    if any(re.search(r'[、,，"\\]', text) and not _CALL.fullmatch(text) for text in texts):
        return None
    return Row(predicate.field, _NAMES[predicate.operator], "、".join(texts))


@dataclass(frozen=True)
class OwnForm:
    """What was typed. ``rows`` are blank and unused where the query is ``written`` by hand."""

    access: Access
    base: str
    name: str = ""
    rows: tuple[Row, ...] = ()
    joined: str = "all"
    written: str = ""
    chosen: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def posted(cls, access: Access, base: str, data: QueryDict) -> OwnForm:
        """What came in; of what no browser sends only what is known is taken."""
        typed = zip(data.getlist("field"), data.getlist("sign"), data.getlist("value"), strict=False)
        rows = tuple(Row(code, sign, value.strip()) for code, sign, value in typed if code)[:ROWS]
        known = {code for code, _label in columns(access)}
        sorts = tuple(text for text in data.getlist("sort") if text.lstrip("-") in dict(sortable(access)))
        chosen = tuple(code for code in data.getlist("column") if code in known)
        return cls(
            access, base, data.get("name", "").strip(), rows, "any" if data.get("joined") == "any" else "all",
            data.get("written", "").strip(), chosen, sorts[:SORTS],
        )

    @classmethod
    def of(cls, access: Access, view: View, saved: SavedView | None) -> OwnForm:
        """The form for a list that is there already, or for a new one on a view."""
        source = saved.query if saved else ""
        made = rows_of(query.parse(source, options=False).condition)
        rows, joined = made or ([], "all")
        return cls(
            access, saved.base if saved else view.code, saved.name if saved else "", tuple(rows), joined,
            "" if made else source, tuple(view.columns),
            tuple(f"{'-' if sort.descending else ''}{sort.field}" for sort in view.sort)[:SORTS],
        )

    def query_text(self) -> str:
        """The query that the rows or the written text make. What is wrong is in ``problems`` afterwards."""
        try:
            if len(self.written) > QUERY_LENGTH:
                raise RowProblem(_("条件が長すぎます。短くしてください。"))
            parts: list[Condition] = [row.condition(self.access) for row in self.rows]
            own = query.parse(self.written, options=False).condition
            joined = (query.any_of if self.joined == "any" else query.all_of)(parts) if parts else None
            found = [part for part in (joined, own) if part is not None]
            condition = query.all_of(found) if found else None
            if condition is not None:
                query.check(condition, self.access.query_fields)
        except RowProblem as problem:
            self.problems["rows"] = str(problem)
        except query.QueryError as problem:
            self.problems["written"] = problem.message_en if current() == "en" else problem.message_ja
        else:
            return query.unparse(condition)
        return ""

    # --- what can be chosen ---

    @property
    def blank_rows(self) -> Iterable[Row]:
        return [*self.rows, *[Row()] * (ROWS - len(self.rows))]

    @property
    def sort_choices(self) -> Iterable[str]:
        return [*self.sorts, *[""] * (SORTS - len(self.sorts))]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What conditions may speak of: the app's own fields, then the system's."""
        named = self.access.query_fields
        own = [code for code, item in named.items() if not item.system and item.table is None]
        system = [code for code, item in named.items() if item.system and code != "$id"]
        return [(code, _label(self.access, code)) for code in [*own, *system]]

    @property
    def signs(self) -> list[tuple[str, str]]:
        return sign_words()

    @property
    def columns(self) -> list[tuple[str, str]]:
        return columns(self.access)

    @property
    def sortable(self) -> list[tuple[str, str]]:
        """Each column twice: upwards and downwards."""
        found = sortable(self.access)
        return [pair for code, label in found for pair in ((code, f"{label} ↑"), (f"-{code}", f"{label} ↓"))]

    @property
    def hints(self) -> dict[str, Any]:
        """For the page's script: what may be typed for a field."""
        named = self.access.query_fields
        return {
            code: {"options": list(item.options)[:100], "date": item.kind == "DATE" or item.kind in MOMENTS}
            for code, item in named.items() if item.kind in (*CHOICES, "STATUS", "DATE", *MOMENTS)
        }


def columns(access: Access) -> list[tuple[str, str]]:
    """The columns that one may choose."""
    defn = access.app.definition
    system = ["id", "status", "assignee", "created_at", "updated_at", "created_by", "updated_by"]
    if defn.procedure:
        system = ["receipt_number", *system, "submitted_at", "channel"]
    own = [item.code for item in defn.fields if item.type != "heading" and access.sees_field(item)]
    return [(code, cards.label_of(defn, code)) for code in [*own, *system]]


def sortable(access: Access) -> list[tuple[str, str]]:
    """The columns that one may sort by."""
    return [(code, label) for code, label in columns(access) if listing.sortable(access.app.definition, code)]
