"""The designer knows every type of field and every setting; its scripts find every word they say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from madoguchi.studio import field_icons
from madoguchi.studio.designer_config import fresh_field
from madoguchi.studio.designer_words import words
from madoguchi.studio.palette import BY_TYPE, GROUPS, GUESSES, KINDS, Kind
from madoguchi.studio.properties import _WITHOUT, MODELS, SECTIONS, properties_of

ROOT = Path(__file__).parent.parent.parent.parent


def _with_imports(script: Path, found: dict[Path, str]) -> dict[Path, str]:
    """The script and all that it imports, with their sources."""
    if script not in found:
        found[script] = script.read_text(encoding="utf-8")
        for name in re.findall(r'from "(\.[^"]+)"', found[script]):
            _with_imports((script.parent / f"{name}.ts").resolve(), found)
    return found


SOURCE = "\n".join(_with_imports(ROOT / "frontend" / "scripts" / "designer.ts", {}).values())


def test_the_palette_offers_every_type() -> None:
    assert set(BY_TYPE) == set(MODELS)
    assert {kind.group for kind in KINDS} == set(GROUPS)
    assert {kind.icon for kind in KINDS} <= set(field_icons.PATHS)


@pytest.mark.parametrize("type", sorted(MODELS))
def test_every_setting_of_a_type_can_be_reached_in_the_panel(type: str) -> None:
    shown = {row.key for row in properties_of(type)} | _WITHOUT.get(type, frozenset())

    assert shown == set(MODELS[type].model_fields) - {"id", "type"}
    assert {row.section for row in properties_of(type)} <= set(SECTIONS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_a_new_field_is_complete_and_comes_back_unchanged(kind: Kind) -> None:
    fresh = fresh_field(kind)

    assert MODELS[kind.type].model_validate(fresh).model_dump(mode="json", by_alias=True) == fresh


@pytest.mark.parametrize(
    ("label", "type"),
    [
        ("氏名", "name"), ("生年月日", "date"), ("電話番号", "phone"), ("住所", "address"), ("メールアドレス", "email"),
        ("通数", "number"), ("手数料", "money"), ("備考", "textarea"), ("希望日", "date"), ("曜日", "text"),
        ("身分証の写真", "photo"), ("品名", "text"), ("見つけた日時", "datetime"), ("ふりがな", "text"),
    ],
)  # fmt: skip
def test_a_label_says_what_type_it_probably_has(label: str, type: str) -> None:
    found = next((guess.type for guess in GUESSES if re.search(guess.pattern, label)), "text")

    assert found == type


def test_guesses_make_fields_that_are_valid() -> None:
    for guess in GUESSES:
        MODELS[guess.type].model_validate({**fresh_field(BY_TYPE[guess.type]), **guess.settings})


def test_scripts_say_only_words_that_there_are() -> None:
    said = set(re.findall(r'\bt\("(\w+)"', SOURCE)) | set(re.findall(r'[?:] t?\(?"(not_\w+)"', SOURCE))
    composed = {"language_ja_easy", "language_en", "channel_web", "channel_counter"}

    assert said | composed <= set(words())
    assert set(words()) - said - composed <= {"not_whole", "not_number", "findings_none"}


def test_scripts_know_every_control_of_the_panel() -> None:
    table = SOURCE[SOURCE.index("const CONTROLS") :]
    known = set(re.findall(r'[{,]\s*"?([a-z-]+)"?(?=[:,]| })', table[: table.index("};")]))

    assert {row.control for kind in KINDS for row in properties_of(kind.type)} <= known


def test_the_scripts_own_tests_pass() -> None:
    command = ["node", "frontend/test.mjs"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
