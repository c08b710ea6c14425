"""Reads of stored apps. Published definitions are immutable, so they are parsed once and kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from madoguchi.catalog.models import App, City, Revision
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import FieldBase
from madoguchi.definition.formulas import references


class AppNotFound(LookupError):
    """No published app has that code or id."""


@dataclass(frozen=True, slots=True)
class AppRevision:
    """One immutable state of an app, ready to use."""

    app_id: int
    revision_id: int
    number: int
    definition: AppDefinition = field(repr=False)

    @property
    def code(self) -> str:
        return self.definition.code


def published(app_code: str) -> AppRevision:
    """The published revision of an app; raises AppNotFound.

    Which revision is published is read each time (one indexed row, about 0.2 ms), not remembered: a publish in
    another process counts at once. The definition behind it never changes and comes from memory.
    """
    found = App.objects.filter(code=app_code).values_list("published_id", flat=True).first()
    return _found(found, app_code)


def published_by_id(app_id: int) -> AppRevision:
    """The published revision of the app with that id; raises AppNotFound."""
    found = App.objects.filter(pk=app_id).values_list("published_id", flat=True).first()
    return _found(found, str(app_id))


def _found(revision_id: int | None, what: str) -> AppRevision:
    if revision_id is None:
        raise AppNotFound(f"no published app {what}")
    return as_filed(revision_id)


def revision(revision_id: int) -> AppRevision:
    """A revision that is or was published, for its records; raises AppNotFound for drafts, which may still change.

    Where a field got another type later, it has that type here too, as the records do (one indexed row is read).
    """
    filed = as_filed(revision_id)
    conversions = App.objects.filter(pk=filed.app_id).values_list("conversions", flat=True).first()
    later = [field for one in conversions or () if one["number"] > filed.number for field in one["fields"]]
    return _overlaid(revision_id, json.dumps(later)) if later else filed


@lru_cache(maxsize=128)
def _overlaid(revision_id: int, later: str) -> AppRevision:
    """The revision with the types of ``later`` (JSON); what its fields are called and when they show stays."""
    filed = as_filed(revision_id)
    types = {field["id"]: field for field in json.loads(later)}
    data = filed.definition.model_dump(mode="json", by_alias=True)
    codes = {field["code"] for field in data["fields"]}
    codes |= {sub["code"] for field in data["fields"] for sub in field.get("fields", ())}
    data["fields"] = [
        {**types[field["id"]], **{name: field[name] for name in FieldBase.model_fields}}
        if _fits(types.get(field["id"]), codes) else field
        for field in data["fields"]
    ]
    there = {field["id"] for field in data["fields"]}
    data["fields"] += [
        field for number, field in types.items()
        if number not in there and field["code"] not in codes and field["type"] == "formula" and _fits(field, codes)
    ]
    return replace(filed, definition=AppDefinition.model_validate(data))


def _fits(field: dict[str, Any] | None, codes: set[str]) -> bool:
    """Whether a later field means something there: a formula only where everything it reads is known."""
    return field is not None and (field["type"] != "formula" or references(field["formula"]) <= codes)


@lru_cache(maxsize=512)
def as_filed(revision_id: int) -> AppRevision:
    """A revision exactly as it was published: what running interviews stay on. Raises AppNotFound as ``revision``."""
    row = Revision.objects.filter(pk=revision_id, state__in=(Revision.State.PUBLISHED, Revision.State.RETIRED)).first()
    if row is None:  # Not cached: lru_cache does not keep exceptions.
        raise AppNotFound(f"no published revision {revision_id}")
    return of_row(row)


def of_row(row: Revision) -> AppRevision:
    """A stored revision with its definition parsed."""
    return AppRevision(row.app_id, row.pk, row.number, AppDefinition.model_validate(row.definition))


def published_apps() -> list[AppRevision]:
    """Every published app, by code."""
    found = App.objects.exclude(published=None).order_by("code").values_list("published_id", flat=True)
    return [as_filed(revision_id) for revision_id in found if revision_id is not None]


def procedures() -> list[AppRevision]:
    """The published apps that have a procedure, by code."""
    return [app for app in published_apps() if app.definition.procedure]


def city() -> City | None:
    """The municipality this instance serves; None before a pack was loaded."""
    return City.objects.first()
