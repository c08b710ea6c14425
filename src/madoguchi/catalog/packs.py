"""Packs: a bundle of apps, departments and city data that another city can load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from django.db import transaction
from pydantic import Field, ValidationError

from madoguchi.accounts.models import Department
from madoguchi.catalog.actions import Author, publish_directly
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppNotFound, published
from madoguchi.definition import yaml
from madoguchi.definition.app import AppDefinition, Slug
from madoguchi.definition.fields import Model
from madoguchi.definition.findings import DefinitionError, Finding, error
from madoguchi.query.validation import findings as definition_findings

PACK_FILE = "pack.yaml"


class CityRow(Model):
    """The municipality; the columns of ``catalog.City``."""

    code: Annotated[str, Field(pattern=r"^\d{5}$")]
    name: Annotated[str, Field(min_length=1, max_length=50)]
    name_en: Annotated[str, Field(max_length=50)] = ""
    phone: Annotated[str, Field(max_length=20)]
    hours: Annotated[str, Field(max_length=100)] = ""
    hours_en: Annotated[str, Field(max_length=100)] = ""
    postal_code: Annotated[str, Field(pattern=r"^(\d{7})?$")] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    line_account_name: Annotated[str, Field(max_length=20)] = ""
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#0017c1"


class DepartmentRow(Model):
    code: Slug
    name: Annotated[str, Field(min_length=1, max_length=100)]


class Pack(Model):
    """``pack.yaml``. ``apps`` are paths of definitions, relative to the pack, in the order in which they are loaded."""

    name: Slug
    version: str
    title: str
    city: CityRow | None = None
    departments: tuple[DepartmentRow, ...] = ()
    apps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What loading did: codes of apps that got a new revision, and of those that were as in the pack already."""

    title: str
    version: str
    published: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """The report in words."""
        return [
            f"「{self.title}」{self.version} を読み込みました。",
            *(f"公開しました: {code}" for code in self.published),
            *(f"変更なし: {code}" for code in self.unchanged),
        ]


def check(path: Path) -> list[Finding]:
    """Everything wrong with the pack in directory ``path``, each with its file; changes nothing."""
    try:
        pack = _read_pack(path)
    except DefinitionError as refusal:
        return list(refusal.findings)
    others = {defn.code: defn for name in pack.apps if (defn := _readable(path, name))}
    return [finding for name in pack.apps for finding in _app_findings(path, name, others)]


def _readable(path: Path, name: str) -> AppDefinition | None:
    try:
        return _read_app(path, name)
    except DefinitionError:
        return None


def definitions(path: Path) -> list[AppDefinition]:
    """The apps of the pack in directory ``path`` that can be read, for who picks one of them as a beginning."""
    found = []
    try:
        for name in _read_pack(path).apps:
            found.append(_read_app(path, name))
    except DefinitionError:
        pass
    return found


@transaction.atomic
def load(path: Path, *, actor: Author) -> Report:
    """Loads the pack in directory ``path``, all or nothing; loading it again changes nothing.

    City and departments are brought to what the pack says, apps that differ from their published revision get a new
    one. Raises DefinitionError with every error of the pack.
    """
    errors = [finding for finding in check(path) if finding.level == "error"]
    if errors:
        raise DefinitionError(errors)
    pack = _read_pack(path)
    _save_city(pack.city)
    for row in pack.departments:
        Department.objects.update_or_create(code=row.code, defaults={"name": row.name})
    definitions = [_read_app(path, name) for name in pack.apps]
    new = [defn for defn in definitions if _is_new(defn)]
    for defn in new:
        publish_directly(defn=defn, actor=actor)
    codes = tuple(defn.code for defn in new)
    same = tuple(defn.code for defn in definitions if defn.code not in codes)
    return Report(pack.title, pack.version, codes, same)


def export(app_codes: Iterable[str], path: Path) -> None:
    """Writes the published apps and the city's data as a pack into directory ``path``; raises AppNotFound."""
    definitions = [published(code).definition for code in app_codes]
    city = City.objects.first()
    pack = Pack(
        name=path.name if path.name.isascii() and path.name[:1].islower() else "pack",
        version="1.0.0",
        title=city.name if city else path.name,
        city=CityRow(**{name: getattr(city, name) for name in CityRow.model_fields}) if city else None,
        departments=tuple(DepartmentRow(code=d.code, name=d.name) for d in Department.objects.order_by("code")),
        apps=tuple(f"apps/{defn.code}.yaml" for defn in definitions),
    )
    (path / "apps").mkdir(parents=True, exist_ok=True)
    for defn, name in zip(definitions, pack.apps, strict=True):
        (path / name).write_text(yaml.dump(defn), encoding="utf-8")
    (path / PACK_FILE).write_text(yaml.dump_plain(_plain(pack)), encoding="utf-8")


def _plain(pack: Pack) -> dict[str, Any]:
    return pack.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


def _is_new(defn: AppDefinition) -> bool:
    try:
        return published(defn.code).definition != defn
    except AppNotFound:
        return True


def _save_city(row: CityRow | None) -> None:
    """There is one row: a pack with another city's code replaces it."""
    if row is None:
        return
    city = City.objects.first() or City()
    for name, value in row.model_dump().items():
        setattr(city, name, value)
    city.save()


def _read_pack(path: Path) -> Pack:
    data, lines = yaml.read(_text(path, PACK_FILE))
    try:
        pack = Pack.model_validate(data)
    except ValidationError as refusal:
        raise DefinitionError([
            Finding(
                "error", f"{PACK_FILE}「{'・'.join(map(str, problem['loc']))}」", "内容が正しくありません。",
                f"書き方を確かめてください（{problem['msg']}）。", lines.get(problem["loc"]),
            )
            for problem in refusal.errors()
        ]) from None
    return pack


def _text(path: Path, name: str) -> str:
    file = path / name
    if not file.resolve().is_relative_to(path.resolve()):
        raise DefinitionError([error(name, "ひな形の外のファイルです。", "ひな形のフォルダーの中に置いてください。")])
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        message = f"ファイルがありません（{file}）。"
    except (OSError, UnicodeDecodeError):
        message = "ファイルを読めません。"
    raise DefinitionError([error(name, message, "ファイル名と、文字コードが UTF-8 であることを確かめてください。")])


def _read_app(path: Path, name: str) -> AppDefinition:
    return yaml.load(_text(path, name))


def _app_findings(path: Path, name: str, others: Mapping[str, AppDefinition]) -> list[Finding]:
    try:
        found = definition_findings(_read_app(path, name), others)
    except DefinitionError as refusal:
        found = list(refusal.findings)
    return [Finding(f.level, f"{name} {f.where}", f.message, f.mend, f.line) for f in found]
