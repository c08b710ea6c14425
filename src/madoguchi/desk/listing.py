"""The list page: what of the address is understood, and the table it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi import query
from madoguchi.accounts.language import current, in_words
from madoguchi.catalog.indexes import SYSTEM_SORTS, UNSORTABLE
from madoguchi.definition.app import AppDefinition, Sort, View
from madoguchi.desk import own_views
from madoguchi.desk.own_views import OwnView
from madoguchi.desk.table import is_numeric
from madoguchi.desk.timeline import CHANNELS
from madoguchi.payments.models import Payment
from madoguchi.query import Condition
from madoguchi.records.lists import Page
from madoguchi.records.permissions import Access, live_copies

SYSTEM_LABELS = {
    "id": gettext_lazy("番号"), "receipt_number": gettext_lazy("受付番号"), "status": gettext_lazy("状態"),
    "assignee": gettext_lazy("担当"), "created_at": gettext_lazy("登録"), "updated_at": gettext_lazy("更新"),
    "submitted_at": gettext_lazy("受付"), "channel": gettext_lazy("経路"),
    "created_by": gettext_lazy("登録者"), "updated_by": gettext_lazy("更新者"),
}
FILTERS = ("status", "channel", "payment", "assignee")
NOTHING = query.Predicate("$id", "=", (query.Number("0"),))
"""A condition that no record meets: where a list's condition cannot be followed, it shows nothing rather than all."""
EVERYTHING = "*"
"""In addresses: every record of the app, whatever views there are."""
TRAIL_LENGTH = 10
"""How many pages one can step back; beyond that the way leads to the first page."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the address asks for; anything it cannot mean is ignored.

    ``condition`` is the viewer's own: of a list of theirs (``own``) and of the address itself (``query_text``).
    ``problems`` say what of it could not be followed. ``shape``: the view's records as a table though it is none.
    """

    view: View
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    after: str
    trail: tuple[str, ...]
    condition: Condition | None = None
    query_text: str = ""
    own: OwnView | None = None
    problems: tuple[str, ...] = ()
    shape: str = ""

    def query(self, **changes: Any) -> str:
        """The address of the same list with something changed; paging starts anew unless it is what changes."""
        kept: dict[str, Any] = {"view": self.view.code, **self.filters, "query": self.query_text, "sort": self.sort}
        kept |= {"shape": self.shape, **changes}
        return "?" + urlencode({k: v for k, v in kept.items() if v}, doseq=True)

    @property
    def sorts(self) -> tuple[Sort, ...] | None:
        """The order asked for, or None for the view's own."""
        return (Sort(field=self.sort.lstrip("-"), descending=self.sort.startswith("-")),) if self.sort else None


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One group of the filter panel."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One heading. ``sort_url`` is empty where the list cannot be sorted by it; ``order`` as in aria-sort."""

    label: str
    numeric: bool
    sort_url: str
    order: str


def default_view(defn: AppDefinition) -> View:
    """What is listed where staff saved no view."""
    columns = ["receipt_number", "status"] if defn.procedure else ["id"]
    named = [defn.procedure.applicant.name] if defn.procedure else [f.code for f in defn.value_fields[:4]]
    return View(code="all", name=_("すべて"), columns=(*columns, *named, "submitted_at", "assignee"))


def views_of(defn: AppDefinition) -> tuple[View, ...]:
    """The saved views, or the one that is always possible."""
    return defn.views or (default_view(defn),)


def understand(access: Access, asked: QueryDict) -> Request:
    """The list that an address asks for."""
    defn = access.app.definition
    views = views_of(defn)
    own = own_views.find(access, asked.get("view", ""))
    view = own.view if own else _view(defn, views, asked.get("view", ""))
    shape = "table" if asked.get("shape") == "table" and view.type != "table" else ""
    narrowed, text, problems = _conditions(access, own, asked.get("query", ""))
    known = {f.name: {o.value for o in f.options} for f in filter_options(defn, {})}
    chosen = {name: tuple(v for v in asked.getlist(name) if v in known.get(name, ())) for name in FILTERS}
    sort = asked.get("sort", "")
    return Request(
        view=_as_table(defn, view) if shape else view,
        filters={name: values for name, values in chosen.items() if values},
        sort=sort if sortable(defn, sort.lstrip("-")) and access.sees(sort.lstrip("-")) else "",
        after=asked.get("after", ""),
        trail=tuple(t for t in asked.get("trail", "").split(".") if t)[-TRAIL_LENGTH:],
        condition=narrowed, query_text=text, own=own, problems=problems, shape=shape,
    )


def _view(defn: AppDefinition, views: Sequence[View], code: str) -> View:
    if code == EVERYTHING:
        return default_view(defn).model_copy(update={"code": EVERYTHING})
    return next((view for view in views if view.code == code), views[0])


def _as_table(defn: AppDefinition, view: View) -> View:
    """The same records as a plain list."""
    return view.model_copy(update={"type": "table", "columns": view.columns or default_view(defn).columns})


def _conditions(access: Access, own: OwnView | None, text: str) -> tuple[Condition | None, str, tuple[str, ...]]:
    """The viewer's own condition, the part of it that stands in the address, and what is wrong with either."""
    found = [own.condition] if own and own.condition else []
    problems = [own.problem] if own and own.problem else []
    try:
        asked = query.parse(text, options=False).condition
        if asked is not None:
            query.check(asked, access.query_fields)
            refuse_personal(access, asked)
            found.append(asked)
    except query.QueryError as problem:
        text, problems = "", [*problems, problem.message_en if current() == "en" else problem.message_ja]
    if problems:
        found.append(NOTHING)
    return query.all_of(found) if found else None, text, tuple(problems)


def refuse_personal(access: Access, condition: Condition) -> None:
    """Raises query.QueryCheckError for a condition with personal data in it: it may not stand in an address."""
    for code in sorted(query.references(condition)):
        if is_personal(access, code):
            raise query.QueryCheckError(
                0, f"「{code}」は個人の情報のため、アドレスで絞り込めません。「条件を作る」から指定してください。",
                f"“{code}” is personal data and cannot be part of an address. Use “Make a condition” instead.",
            )  # fmt: skip


def query_name(access: Access, code: str) -> str | None:
    """What queries call a column of views; None where the viewer's own queries may not speak of it."""
    named = access.query_fields
    if code in access.app.definition.by_code:
        return code if code in named else None
    column = SYSTEM_SORTS.get(code, (code, False))[0]
    return next((name for name, field in named.items() if field.system == column), None)


def is_personal(access: Access, code: str) -> bool:
    """Whether what a query calls ``code`` is personal data."""
    named, by_code = access.query_fields.get(code), access.app.definition.by_code
    owner = by_code.get(named.table or named.source) if named else None
    return owner is not None and owner.personal


def filter_options(defn: AppDefinition, chosen: Mapping[str, Sequence[str]]) -> list[Filter]:
    """What a list can be narrowed by beside its view."""
    process, procedure = defn.process, defn.procedure
    groups: list[tuple[str, str, Iterable[tuple[str, object]]]] = [
        ("status", _("状態"), [(s.code, in_words(s.name)) for s in process.statuses] if process else []),
        ("channel", _("経路"), [(c, str(CHANNELS[c])) for c in procedure.channels] if procedure else []),
        ("payment", _("手数料"), Payment.State.choices if procedure and procedure.fee else []),
    ]
    return [
        Filter(name, label, tuple(Option(v, str(text), v in chosen.get(name, ())) for v, text in options))
        for name, label, options in groups if options
    ]


def sortable(defn: AppDefinition, code: str) -> bool:
    """Whether a list may be sorted by a column. Not by personal fields: the next page's address holds the value."""
    field = defn.by_code.get(code)
    if field is None:
        return code in SYSTEM_SORTS
    return not field.personal and field.type not in UNSORTABLE and code not in live_copies(defn)


def with_deadline(defn: AppDefinition, view: View) -> View:
    """The view, reading also what the days left follow from."""
    wanted = "submitted_at" if defn.procedure and "submitted_at" not in view.columns else None
    return view.model_copy(update={"columns": (*view.columns, wanted)}) if wanted else view


def shown_columns(request: Request, page: Page) -> tuple[str, ...]:
    """The page's columns without the first, which is the link, and without what was only read for the days left."""
    return tuple(c for c in page.columns if c in request.view.columns and c not in {"receipt_number", "id"})


def columns(defn: AppDefinition, request: Request, codes: Sequence[str]) -> list[Column]:
    """The headings of those columns."""
    return [_column(defn, request, code) for code in codes]


def key_column(defn: AppDefinition, request: Request) -> Column:
    """The heading of the first column, which leads to the record."""
    return _column(defn, request, "receipt_number" if defn.procedure else "id")


def _column(defn: AppDefinition, request: Request, code: str) -> Column:
    field = defn.by_code.get(code)
    label = in_words(field.label) if field else str(SYSTEM_LABELS.get(code, code))
    order = {code: "ascending", f"-{code}": "descending"}.get(request.sort, "")
    url = request.query(sort=f"-{code}" if order == "ascending" else code) if sortable(defn, code) else ""
    return Column(label, is_numeric(field), url, order)
