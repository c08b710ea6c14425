"""Lists that somebody made for themselves: ``?view=~12`` in the address, which may be handed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from madoguchi import query
from madoguchi.accounts.language import current
from madoguchi.accounts.models import Staff
from madoguchi.definition.app import AppDefinition, Sort, View
from madoguchi.definition.text import japanese
from madoguchi.desk.models import SavedView
from madoguchi.query import Condition
from madoguchi.records.permissions import Access

NAMELESS = "自分の条件"
MARK = "~"
"""Before the number; no code of an app's own view begins so."""


@dataclass(frozen=True, slots=True)
class OwnView:
    """``condition`` holds as the viewer's own; ``problem`` says why it cannot, and then nothing is found."""

    saved: SavedView
    view: View
    condition: Condition | None
    problem: str = ""


def code_of(saved: SavedView) -> str:
    """What stands for it in addresses."""
    return f"{MARK}{saved.pk}"


def of_staff(staff: Staff, app_id: int) -> list[SavedView]:
    """One's own lists of an app, by name; the one being tried out comes first."""
    return list(SavedView.objects.filter(staff=staff, app_id=app_id).order_by("name"))


def find(access: Access, code: str) -> OwnView | None:
    """The list with that code: one's own, or one with a name that somebody handed on."""
    number = code.removeprefix(MARK)
    if not code.startswith(MARK) or not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    saved = SavedView.objects.filter(pk=int(number), app_id=access.app.app_id).first()
    staff = access.viewer.staff
    if saved is None or staff is None or (saved.staff_id != staff.pk and not saved.name):
        return None
    return own_view(access, saved)


def own_view(access: Access, saved: SavedView) -> OwnView:
    """The list as this person may see it."""
    defn = access.app.definition
    view = _view(defn, saved)
    try:
        condition = query.parse(saved.query, options=False).condition
        if condition is not None:
            query.check(condition, access.query_fields)
    except query.QueryError as problem:
        return OwnView(saved, view, None, problem.message_en if current() == "en" else problem.message_ja)
    return OwnView(saved, view, condition)


def _view(defn: AppDefinition, saved: SavedView) -> View:
    """On its base view: whose filter, columns and order hold where the person chose none."""
    base = next((view for view in defn.views if view.code == saved.base), None)
    name = japanese(saved.name or NAMELESS)
    changes: dict[str, object] = {"code": code_of(saved), "name": name, **_shape(saved.shape)}
    if saved.columns:
        changes["columns"] = tuple(saved.columns)
    if saved.sort:
        sorts = (Sort(field=code.lstrip("-"), descending=code.startswith("-")) for code in saved.sort)
        changes["sort"] = tuple(sorts)
    return (base or View(code="all", name=japanese(saved.name or NAMELESS), columns=())).model_copy(update=changes)


def _shape(shape: Mapping[str, str]) -> dict[str, str | None]:
    return {key: shape[key] or None for key in ("type", "group_by", "date", "place") if key in shape}
