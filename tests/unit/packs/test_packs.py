"""The packs that come along: without errors, written canonically, and lawful."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from madoguchi.catalog import packs
from madoguchi.definition import yaml
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import FieldBase
from madoguchi.definition.text import RUBY, Text

ROOT = Path(__file__).parents[3] / "packs"
APPS = sorted(ROOT.glob("*/apps/*.yaml"))
ICHIKAWA = [path for path in APPS if path.parts[-3] == "ichikawa"]
PACKS = sorted(path.parent for path in ROOT.glob("*/pack.yaml"))


def app(path: str) -> AppDefinition:
    return yaml.load((ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.name)
def test_a_pack_has_no_errors(pack: Path) -> None:
    assert [str(finding) for finding in packs.check(pack) if finding.level == "error"] == []


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.stem)
def test_a_definition_goes_through_yaml_unchanged_to_the_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert yaml.dump(yaml.load(text)) == text


@pytest.mark.parametrize("path", ICHIKAWA, ids=lambda path: path.stem)
def test_whoever_reads_easy_japanese_is_told_everything_in_it(path: Path) -> None:
    defn = yaml.load(path.read_text(encoding="utf-8"))
    texts = [text for field in defn.fields if not field.staff_only for text in texts_of(field)]
    statuses = defn.process.statuses if defn.process else ()
    texts += [text for status in statuses for text in (status.resident, status.next) if text]
    assert defn.procedure is not None
    texts += [text for notice in defn.procedure.notices.values() for text in (notice.title, notice.body)]
    assert [str(text) for text in texts if "ja_easy" not in text.root] == []


@pytest.mark.parametrize("path", ICHIKAWA, ids=lambda path: path.stem)
def test_every_kanji_of_easy_japanese_has_its_reading(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.lstrip(" -").startswith("ja_easy:")]
    bare = [re.sub(r"{.+?}", "", RUBY.sub("", line)) for line in lines]
    assert [line for line in bare if re.search(r"[一-鿿]", line)] == []


def texts_of(field: FieldBase) -> list[Text]:
    """What residents read of a field; plain strings (numbers, addresses) are the same in every language."""
    options = [text for option in getattr(field, "options", ()) for text in (option.label, option.help)]
    found = [field.label, field.question, field.help, getattr(field, "statement", None), *options]
    return [text for text in found if text and set(text.root) != {"ja"}]


def test_a_certificate_of_residence_needs_a_signature_unless_it_re_enacts_the_pilot() -> None:
    lawful, re_enacted = app("ichikawa/apps/juminhyo.yaml").procedure, app("ichikawa/apps/juminhyo-2019.yaml").procedure
    assert lawful is not None
    assert (lawful.assurance, lawful.all_in_chat, lawful.pilot_only) == ("signature", False, False)
    assert re_enacted is not None
    assert (re_enacted.assurance, re_enacted.all_in_chat, re_enacted.pilot_only) == ("photo", True, True)
    assert "実証実験の再現" in str(re_enacted.banner)


def test_the_starter_pack_shows_a_fee_that_is_fixed_after_review() -> None:
    procedure = app("starter/apps/certificate.yaml").procedure
    assert procedure is not None
    assert procedure.fee is not None
    assert procedure.fee.when == "after_review"
