"""Packs: a bundle of apps, departments and city data that another city can load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from django.db import transaction
from pydantic import Field, ValidationError

from madoguchi.accounts.models import Department, StaffGroup
from madoguchi.catalog import manifest as manifests
from madoguchi.catalog.actions import Author, publish_directly
from madoguchi.catalog.models import App, City
from madoguchi.catalog.named import Named, missing, named_in
from madoguchi.catalog.past import restore_past
from madoguchi.catalog.queries import AppNotFound, AppRevision, published
from madoguchi.definition import yaml
from madoguchi.definition.app import AppDefinition, Slug
from madoguchi.definition.fields import Model
from madoguchi.definition.findings import DefinitionError, Finding, error
from madoguchi.lib.bundles import Listed, new_folder
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


class GroupRow(Model):
    code: Slug
    name: Annotated[str, Field(min_length=1, max_length=100)]


class Pack(Model):
    """``pack.yaml``. ``apps`` are paths of definitions, relative to the pack, in the order in which they are loaded."""

    name: Slug
    version: str
    title: str
    city: CityRow | None = None
    departments: tuple[DepartmentRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    apps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What loading did: codes of apps that got a new revision, and of those that were as in the pack already.

    ``created`` are the departments and groups that were made, ``missing`` what is named and not here all the same.
    """

    title: str
    version: str
    published: tuple[str, ...]
    unchanged: tuple[str, ...]
    created: tuple[str, ...] = ()
    missing: Named = field(default_factory=Named)

    @property
    def lines(self) -> list[str]:
        """The report in words."""
        return [
            f"「{self.title}」{self.version} を読み込みました。",
            *(f"公開しました: {code}" for code in self.published),
            *(f"変更なし: {code}" for code in self.unchanged),
            *(f"作りました: {what}" for what in self.created),
            *_missing_lines(self.missing),
        ]


def check(path: Path, *, contents: bool = True) -> list[Finding]:
    """Everything wrong with the pack in directory ``path``, each with its file; changes nothing.

    Without ``contents`` only the definitions are looked at, not whether everything else is there and unchanged.
    """
    try:
        pack = _read_pack(path)
    except DefinitionError as refusal:
        return list(refusal.findings)
    others = {defn.code: defn for name in pack.apps if (defn := _readable(path, name))}
    found = [finding for name in pack.apps for finding in _app_findings(path, name, others)]
    return [*found, *(manifests.findings(path) if contents else ())]


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
    one. A pack that another instance wrote (it has a manifest) only adds departments and groups that are not there.
    Raises DefinitionError with every error of the pack.
    """
    errors = [finding for finding in check(path) if finding.level == "error"]
    if errors:
        raise DefinitionError(errors)
    pack, manifest = _read_pack(path), manifests.read(path)
    _save_city(pack.city)
    created = _save_places(pack, keep=manifest is not None)
    definitions = [_read_app(path, name) for name in pack.apps]
    new = [defn for defn in definitions if _is_new(defn)]
    for defn in new:
        part = manifest.apps.get(defn.code) if manifest else None
        number = None
        if part and part.rows and not App.objects.filter(code=defn.code).exists():
            past = {int(n): _read_app(path, name) for n, name in part.past.items()}
            number = restore_past(defn.code, part, past)
        publish_directly(defn=defn, actor=actor, number=number)
    codes = tuple(defn.code for defn in new)
    same = tuple(defn.code for defn in definitions if defn.code not in codes)
    return Report(pack.title, pack.version, codes, same, created, missing(named_in(definitions)))


def _save_places(pack: Pack, *, keep: bool) -> tuple[str, ...]:
    """Makes the departments and groups that are not there; with ``keep``, those that are stay as they are called."""
    created = []
    for row in pack.departments:
        if keep:
            _, new = Department.objects.get_or_create(code=row.code, defaults={"name": row.name})
        else:
            _, new = Department.objects.update_or_create(code=row.code, defaults={"name": row.name})
        created += [f"課「{row.name}」（{row.code}）"] if new and keep else []
    for group in pack.groups:
        _, new = StaffGroup.objects.get_or_create(code=group.code, defaults={"name": group.name})
        created += [f"グループ「{group.name}」（{group.code}）。まだ誰も入っていません"] if new else []
    return tuple(created)


def _missing_lines(named: Named) -> list[str]:
    make = "作るか、アプリの権限を直してください。"
    lines = [f"△ この自治体に課がありません: {code}。{make}" for code in named.departments]
    lines += [f"△ この自治体にグループがありません: {code}。{make}" for code in named.groups]
    advice = "職員は自動では作りません。職員を追加するか、アプリの設定を直してください。"
    return lines + [f"△ この自治体に職員がいません: {name}。{advice}" for name in named.staff]


def export(app_codes: Iterable[str], path: Path, *, with_city: bool = False) -> None:
    """Writes the published apps as a pack into directory ``path``; raises AppNotFound, BundleError.

    ``with_city`` puts the municipality in: whoever loads the pack becomes it.
    """
    apps = [published(code) for code in app_codes]
    with new_folder(path, replaces=PACK_FILE) as folder:
        write(Listed(folder), apps, name=path.name, with_city=with_city)


def write(bundle: Listed, apps: Iterable[AppRevision], *, name: str, with_city: bool = False) -> None:
    """Writes ``pack.yaml`` and the definitions, with the departments and groups that they name."""
    definitions = [app.definition for app in apps]
    city, named = City.objects.first(), named_in(definitions)
    carried = city if with_city else None
    pack = Pack(
        name=name if name.isascii() and name[:1].islower() and name.replace("-", "").isalnum() else "pack",
        version="1.0.0",
        title=city.name if city else name,
        city=CityRow(**{column: getattr(carried, column) for column in CityRow.model_fields}) if carried else None,
        departments=tuple(
            DepartmentRow(code=d.code, name=d.name)
            for d in Department.objects.filter(code__in=named.departments).order_by("code")
        ),
        groups=tuple(
            GroupRow(code=g.code, name=g.name)
            for g in StaffGroup.objects.filter(code__in=named.groups).order_by("code")
        ),
        apps=tuple(f"apps/{defn.code}.yaml" for defn in definitions),
    )
    for defn, file in zip(definitions, pack.apps, strict=True):
        bundle.write_text(file, yaml.dump(defn))
    bundle.write_text(PACK_FILE, yaml.dump_plain(_plain(pack)))


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
