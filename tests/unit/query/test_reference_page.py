"""The page about queries names everything there is."""

from __future__ import annotations

from pathlib import Path

from madoguchi import query
from madoguchi.query.functions import UNITS
from tests.queries import NAMES

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "query.md").read_text(encoding="utf-8")


def test_every_function_and_unit_is_explained() -> None:
    assert [name for name in (*query.FUNCTIONS, *UNITS) if name not in PAGE] == []


def test_every_word_of_the_system_is_explained() -> None:
    assert [code for code, field in NAMES.items() if field.system and f"`{code}`" not in PAGE] == []
