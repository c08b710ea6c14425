"""What the documentation says about keys, functions, settings and addresses is what the code knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs import generate_reference as reference

PAGES = sorted(reference.REFERENCE.glob("*.md"))
GENERATED = [page for page in PAGES if reference.PART.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", GENERATED, ids=lambda page: page.stem)
def test_the_generated_parts_of_a_page_are_up_to_date(page: Path):
    text = page.read_text(encoding="utf-8")
    assert reference.renewed(text) == text, "run `make reference`"


def test_every_generated_part_has_its_page():
    used = {name for page in GENERATED for _, name, _ in reference.PART.findall(page.read_text(encoding="utf-8"))}
    assert used == set(reference.PARTS)


def test_a_key_without_a_meaning_is_told():
    with pytest.raises(reference.OutOfStep, match="new_key"):
        reference.meanings("keys", [*reference.ALL_KEYS, "App.new_key"])


def test_a_meaning_without_a_key_is_told():
    with pytest.raises(reference.OutOfStep, match=r"AppDefinition\.code"):
        reference.meanings("keys", reference.ALL_KEYS - {"AppDefinition.code"})


def test_every_environment_variable_is_in_the_settings():
    text = (reference.REFERENCE / "settings.md").read_text(encoding="utf-8")
    assert "`MADOGUCHI_ENCRYPTION_KEYS`" in text
    assert "`DATABASE_URL`" in text
    assert len(reference.variables()) == len(set(reference.variables())) > 20
