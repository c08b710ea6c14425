"""Whoever shows records to people or programs asks what they may see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "madoguchi"
PLATFORM_ONLY = frozenset({"get_record", "find_by_key", "find_by_interview"})
"""Readers that say nothing about rights."""
ALLOWED = {
    "desk/views_action.py": "a fee follows from every answer",
    "desk/saving.py": "locks the record before its rules are asked; keeps what the form does not show",
    "desk/views_edit.py": "finds the revision whose form is shown; values go by the access",
    "desk/views_cell.py": "a field follows from others; the one that is shown goes by the access",
    "desk/views_history.py": "an earlier state is worked out from every value; what is shown goes by the access",
    "api/writing.py": "locks the record before its rules are asked",
}
SHOWING = sorted(path for room in ("desk", "api", "studio") for path in (ROOT / room).rglob("*.py"))


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            keywords = {keyword.arg for keyword in node.keywords}
            if name in PLATFORM_ONLY or (name == "history" and "access" not in keywords):
                yield name


@pytest.mark.parametrize("path", SHOWING, ids=[str(path.relative_to(ROOT)) for path in SHOWING])
def test_nobody_is_shown_a_record_without_asking_what_they_may_see(path: Path) -> None:
    found = set(calls(path))
    assert not found or str(path.relative_to(ROOT)) in ALLOWED, f"{path.name} calls {sorted(found)}"
