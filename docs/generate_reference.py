"""Writes the generated parts of the pages in docs/reference: what the code knows is not written twice.

A page marks a part with ``<!-- generated: name -->`` … ``<!-- end -->``. ``make reference`` writes the parts anew; a
test fails while they are out of date. What the code does not say (what a key means) stands in
``reference/meanings.yaml``; a key without a meaning, or a meaning without a key, is an error here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import click
import django
import yaml
from django.urls import URLPattern, URLResolver, get_resolver
from pydantic import BaseModel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.site.settings")
django.setup()

from procrastinate.contrib.django import app as jobs  # noqa: E402 - needs Django

from madoguchi import formula  # noqa: E402
from madoguchi.catalog import packs  # noqa: E402
from madoguchi.definition import app, fields, values  # noqa: E402
from madoguchi.definition.text import Text  # noqa: E402
from madoguchi.records.events import KINDS  # noqa: E402
from madoguchi.site.cli import cli  # noqa: E402
from madoguchi.site.config import Config, Service  # noqa: E402

REFERENCE = Path(__file__).parent / "reference"
MEANINGS: dict[str, dict[str, Any]] = yaml.safe_load((REFERENCE / "meanings.yaml").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
"""The moment of the examples."""
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
APP_MODELS: tuple[type[BaseModel], ...] = (
    app.AppDefinition, app.Group, app.View, app.Sort, app.Process, app.Status, app.Action, app.Who, app.Permission,
    app.RecordRule, app.RecordWho, app.FieldRule, app.FieldWho, app.Chart, app.ChartGroup, app.Measure,
    app.StaffNotification, app.Reminder, app.StaffTarget, app.DocumentTemplate, app.Procedure,
    app.Applicant, app.Fee, app.FeeLine, app.NoticeText, app.ReasonTemplate,
)
PACK_MODELS: tuple[type[BaseModel], ...] = (packs.Pack, packs.CityRow, packs.DepartmentRow, packs.GroupRow)
FIELD_MODELS: tuple[type[fields.FieldBase], ...] = get_args(get_args(fields.AnyField)[0])
PLAIN_TYPES: Mapping[Any, str] = {
    str: "text", int: "whole number", bool: "`true` or `false`", Decimal: "number", date: "date",
    datetime: "date and time", Text: "[text in languages](#texts)",
}


class OutOfStep(Exception):
    """The code and meanings.yaml do not speak of the same things."""


def meanings(kind: str, names: Iterable[str]) -> Mapping[str, Any]:
    """The meanings of exactly ``names``; raises OutOfStep naming what is missing or left over."""
    found, wanted = MEANINGS[kind], set(names)
    missing, left_over = sorted(wanted - set(found)), sorted(set(found) - wanted)
    if missing or left_over:
        raise OutOfStep(f"meanings.yaml, {kind}: missing {missing}, no longer there {left_over}")
    return found


def table(*rows: Iterable[str]) -> str:
    """A Markdown table; the first row is its head."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], re.sub(r"[^|]+", "---", lines[0]), *lines[1:]])


def first_line(doc: str | None) -> str:
    """The first paragraph of a docstring as Markdown."""
    paragraph = (doc or "").strip().partition("\n\n")[0]
    return " ".join(paragraph.replace("``", "`").split())


# --- models ------------------------------------------------------------------------------------------------------


def type_of(annotation: Any, limits: Iterable[Any] = ()) -> str:
    """A type in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_of(inner[0], inner[1:])
    if any(part in FIELD_MODELS for part in inner):
        return "[field](#fields)"
    if origin in (Union, UnionType):
        return " or ".join(type_of(part, limits) for part in inner if part is not type(None))
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin is tuple:
        return f"list of {type_of(inner[0])}{in_words(limits)}"
    if origin is dict:
        return f"mapping of {type_of(inner[0])} to {type_of(inner[1])}"
    if annotation in PLAIN_TYPES:
        return PLAIN_TYPES[annotation] + in_words(limits)
    return f"[{annotation.__name__}](#{annotation.__name__.lower()})"


def in_words(limits: Iterable[Any]) -> str:
    """The limits of a value, after its type."""
    limits = [one for limit in limits for one in (limit, *getattr(limit, "metadata", ()))]
    known = {name: getattr(limit, name) for limit in limits for name in LIMITS if hasattr(limit, name)}
    if pattern := known.pop("pattern", None):
        return f" matching `{pattern}`"
    return "".join(f", {LIMITS[name]} {value}" for name, value in known.items() if value is not None)


LIMITS = {"ge": "at least", "le": "at most", "min_length": "at least", "max_length": "at most", "pattern": ""}


def key_rows(model: type[BaseModel], leave_out: frozenset[str] = frozenset()) -> Iterator[tuple[str, str, str, str]]:
    """Name, type, default and meaning of every key."""
    told = meanings("keys", ALL_KEYS)
    for name, info in model.model_fields.items():
        if name not in leave_out:
            default = info.get_default(call_default_factory=True)
            shown = "**required**" if info.is_required() else shown_default(default)
            kind = type_of(info.annotation, info.metadata)
            yield f"`{info.alias or name}`", kind, shown, told[full_name(model, name)]


def full_name(model: type[BaseModel], key: str) -> str:
    """The key with the class that declares it: what every field has needs only one meaning."""
    owner = next(cls for cls in reversed(model.__mro__) if key in getattr(cls, "__annotations__", {}))
    return f"{owner.__name__}.{key}"


def shown_default(value: Any) -> str:
    """A default as one writes it; a dash for nothing."""
    if value is None or value in ((), {}, ""):
        return "–"
    if isinstance(value, tuple):
        return ", ".join(shown_default(item) for item in value)
    if isinstance(value, BaseModel) and not isinstance(value, Text):
        return ", ".join(f"{name} {shown_default(getattr(value, name))}" for name in type(value).model_fields)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


ALL_MODELS: tuple[type[BaseModel], ...] = (*APP_MODELS, *PACK_MODELS, *FIELD_MODELS, fields.Option)
ALL_KEYS = frozenset(
    full_name(model, key)
    for model in ALL_MODELS
    for key in model.model_fields
    if not (issubclass(model, fields.FieldBase) and key == "type")
)


def model_section(model: type[BaseModel], level: int = 3) -> str:
    """Heading, docstring and keys of one model."""
    head = f"{'#' * level} {model.__name__}\n\n"
    doc = "".join(f"{paragraph}\n\n" for paragraph in _paragraphs(model))
    return head + doc + table(("key", "value", "default", "meaning"), *key_rows(model))


def _paragraphs(model: type[BaseModel]) -> list[str]:
    own = model.__dict__.get("__doc__") or ""
    return [" ".join(part.replace("``", "`").split()) for part in own.split("\n\n") if part.strip()]


def pack_part() -> str:
    """``pack.yaml``."""
    return "\n\n".join(model_section(model) for model in PACK_MODELS)


def app_part() -> str:
    """An app's file, except its fields."""
    return "\n\n".join(model_section(model) for model in APP_MODELS)


def fields_part() -> str:
    """What every field has, then each type."""
    base = frozenset(fields.FieldBase.model_fields)
    sections = ["### Every field\n\n" + table(("key", "value", "default", "meaning"), *key_rows(fields.FieldBase))]
    for model in FIELD_MODELS:
        section = f"### {model.model_fields['type'].default}\n\n"
        section += "".join(f"{paragraph}\n\n" for paragraph in _paragraphs(model))
        rows = list(key_rows(model, base | {"type"}))
        section += table(("key", "value", "default", "meaning"), *rows) if rows else "No keys of its own."
        sections.append(section)
    sections.append(model_section(fields.Option))
    return "\n\n".join(sections)


def values_part() -> str:
    """The canonical form of values, from the module that defines it."""
    doc = (values.__doc__ or "").replace("``", "`")
    return "\n".join(line for line in doc.splitlines() if line.startswith("|"))


# --- the rest ----------------------------------------------------------------------------------------------------


def functions_part() -> str:
    """Every function with an example whose result is computed here."""
    told = meanings("functions", formula.FUNCTIONS)
    rows = [
        (f"`{function.usage}`", str(told[name]["does"]), f"`{told[name]['example']}`", f"`{computed(told[name])}`")
        for name, function in formula.FUNCTIONS.items()
    ]
    return table(("function", "gives", "example", "result"), *rows)


def computed(entry: Mapping[str, Any]) -> str:
    """The result of an example; raises OutOfStep if it has none."""
    result = formula.evaluate(formula.parse(entry["example"]), entry.get("values", {}), now=NOW)
    if result.error is not None:
        raise OutOfStep(f"{entry['example']}: {result.error}")
    if isinstance(result.value, bool):
        return "TRUE" if result.value else "FALSE"
    return str(result.value)


def cli_part() -> str:
    """Every command with its options."""
    return "\n\n".join(command_section(path, command) for path, command in commands("madoguchi", cli))


def commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """The commands that do something, with their full names."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(f"{path} {name}", inner)
    else:
        yield path, command


def command_section(path: str, command: click.Command) -> str:
    """One command: how to call it, what it does, its options."""
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    records = [param.get_help_record(context) for param in command.params]
    rows = [(f"`{name}`", text) for name, text in filter(None, records)]
    section = f"### {path}\n\n```\n{usage}\n```\n\n{first_line(command.help)}"
    return section + (f"\n\n{table(('option', 'meaning'), *rows)}" if rows else "")


def settings_part() -> str:
    """Every environment variable that ``site.config`` reads."""
    told = meanings("settings", variables())
    rows = [(f"`{name}`", str(told[name]["default"] or "–"), str(told[name]["means"])) for name in variables()]
    return table(("variable", "default", "meaning"), *rows)


def variables() -> list[str]:
    """The names of the environment variables, found by watching what is read."""
    asked: list[str] = []

    class Watched(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.append(key)
            return default

    Config.from_environment(Watched())
    assert len(dataclass_fields(Service)) * 4 <= len(asked)
    return list(dict.fromkeys(asked))  # the demo flag is asked for twice


def events_part() -> str:
    """Every kind of event."""
    told = meanings("events", KINDS)
    return table(("kind", "written when", "in `data`"), *((f"`{k}`", v["when"], v["data"]) for k, v in told.items()))


def jobs_part() -> str:
    """Every job and when it runs by itself."""
    when = {task.task.name: task.cron for task in jobs.periodic_registry.periodic_tasks.values()}
    own = {name: task for name, task in jobs.tasks.items() if task.func.__module__.startswith("madoguchi.")}
    rows = [(f"`{name}`", f"`{when[name]}`" if name in when else "–", first_line(task.func.__doc__))
            for name, task in sorted(own.items())]
    return table(("job", "by the clock (UTC)", "what it does"), *rows)


def urls_part() -> str:
    """Every address with the first paragraph of its view's docstring."""
    rows = [(f"`/{address}`", first_line(view.__doc__)) for address, view in addresses(get_resolver())]
    return table(("address", "what it does"), *rows)


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address with its view, in the order in which they are tried."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), getattr(entry.callback, "view_class", entry.callback)


PARTS: Mapping[str, Callable[[], str]] = {
    "pack": pack_part, "app": app_part, "fields": fields_part, "values": values_part, "functions": functions_part,
    "cli": cli_part, "settings": settings_part, "events": events_part, "jobs": jobs_part, "urls": urls_part,
}


def renewed(page: str) -> str:
    """The page with its generated parts written anew."""
    return PART.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", page)


def main() -> None:
    """Writes every page of docs/reference anew."""
    for path in sorted(REFERENCE.glob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = renewed(before)
        if after != before:
            path.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
