"""Packs bring a city, its departments and its apps; loading one again changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from madoguchi.accounts.models import Department
from madoguchi.catalog import packs, queries
from madoguchi.catalog.models import App, City, Revision
from madoguchi.definition.findings import DefinitionError
from madoguchi.records.actor import SYSTEM

pytestmark = pytest.mark.django_db
ICHIKAWA = Path(__file__).parents[3] / "packs" / "ichikawa"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the Ichikawa pack that a test may spoil."""
    return Path(shutil.copytree(ICHIKAWA, tmp_path / "ichikawa"))


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def errors(pack: Path) -> list[str]:
    return [str(finding) for finding in packs.check(pack) if finding.level == "error"]


def test_the_ichikawa_pack_loads_and_its_procedures_are_published() -> None:
    report = packs.load(ICHIKAWA, actor=SYSTEM)
    assert report.unchanged == ()
    assert {app.code for app in queries.procedures()} == set(report.published)
    assert City.objects.get().name == "市川市"
    assert queries.city() == City.objects.get()
    assert Department.objects.filter(code="shimin", name="市民課").exists()


def test_loading_again_makes_no_new_revision() -> None:
    first = packs.load(ICHIKAWA, actor=SYSTEM)
    second = packs.load(ICHIKAWA, actor=SYSTEM)
    assert (second.published, second.unchanged) == ((), first.published)
    assert Revision.objects.count() == len(first.published)
    assert City.objects.count() == 1
    assert any("変更なし" in line for line in second.lines)


def test_only_the_app_that_changed_gets_a_new_revision(pack: Path) -> None:
    before = packs.load(pack, actor=SYSTEM)
    replace(pack / "apps" / "juminhyo.yaml", "description:\n  ja: ", "description:\n  ja: 新しい")
    report = packs.load(pack, actor=SYSTEM)
    assert len(report.published) == 1
    assert queries.published(report.published[0]).number == 2
    assert len(report.unchanged) == len(before.published) - 1


def test_what_was_exported_can_be_loaded_and_is_the_same(tmp_path: Path) -> None:
    codes = packs.load(ICHIKAWA, actor=SYSTEM).published
    packs.export(codes, tmp_path / "copy")
    assert errors(tmp_path / "copy") == []
    assert packs.load(tmp_path / "copy", actor=SYSTEM).published == ()


def test_an_export_of_an_unknown_app_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(queries.AppNotFound):
        packs.export(["nothing"], tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_an_error_names_file_field_and_line_and_nothing_is_loaded(pack: Path) -> None:
    replace(pack / "apps" / "juminhyo-2019.yaml", "type: date", "type: dait")
    (problem, *_) = errors(pack)
    assert "apps/juminhyo-2019.yaml" in problem
    assert "行目" in problem
    with pytest.raises(DefinitionError):
        packs.load(pack, actor=SYSTEM)
    assert (App.objects.count(), City.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("- apps/juminhyo.yaml", "- apps/missing.yaml", "apps/missing.yaml"),
        ("- apps/juminhyo.yaml", "- ../../etc/passwd", "ひな形の外"),
        ("title: 市川市", "titel: 市川市", "titel"),
        ("'12203'", "'122'", "city・code"),
        ("title: 市川市", "title: [", "YAML"),
    ],
)
def test_a_wrong_pack_file_is_explained(pack: Path, old: str, new: str, words: str) -> None:
    replace(pack / "pack.yaml", old, new)
    assert any(words in problem for problem in errors(pack))


def test_a_folder_without_a_pack_is_explained(tmp_path: Path) -> None:
    assert "ファイルがありません" in errors(tmp_path)[0]
