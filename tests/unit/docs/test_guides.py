"""Readers can follow what the documentation says: links lead somewhere, and what it names exists."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from docs.generate_reference import cli, commands

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`(?! \(new\))")
"""What is named as it is in the tree; a guide marks what its reader will make with (new)."""
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"(?:src|packs|tests|docs|frontend|benchmarks|requirements)/[\w./-]*[\w/]")
MODULE = re.compile(r"madoguchi/[\w/]+\.py")
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
COMMANDS = {path for path, _ in commands("madoguchi", cli)}
GROUPS = {path.rpartition(" ")[0] for path in COMMANDS}

page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _anchors(path: Path) -> set[str]:
    """As GitHub makes them: small letters, no punctuation, spaces as hyphens."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", _text(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@page
def test_every_relative_link_leads_to_a_page_and_a_heading(page: Path):
    for link in LINK.findall(FENCE.sub("", _text(page))):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), link


@page
def test_every_path_that_is_named_exists(page: Path):
    for code in CODE.findall(FENCE.sub("", _text(page))):
        if (PATH.fullmatch(code) or MODULE.fullmatch(code)) and "<" not in code:
            found = ROOT / (f"src/{code}" if MODULE.fullmatch(code) else code)
            assert found.exists(), code


def test_every_function_that_the_walk_through_the_house_names_exists():
    known = {path.stem for path in SOURCES} | set(re.findall(r"\w+", "".join(_text(path) for path in SOURCES)))
    walk = _text(ROOT / "docs/explanation/an-applications-way.md")
    named = {code.rpartition(".")[2] for code in CODE.findall(walk) if re.fullmatch(r"[A-Za-z_.]+", code)}
    assert named - known - {"py"} == set()


@page
def test_every_make_target_that_is_named_exists(page: Path):
    named = re.findall(r"`make ([a-z-]+)", _text(page)) + re.findall(r"^make ([a-z-]+)", _text(page), re.MULTILINE)
    assert set(named) <= TARGETS


@page
def test_every_command_that_is_named_exists(page: Path):
    for words in re.findall(r"(?:^|`|bin/)madoguchi ([a-z]+(?: [a-z]+)?)", _text(page), re.MULTILINE):
        one, _, two = words.partition(" ")
        name = f"madoguchi {one}"
        assert name in COMMANDS or f"{name} {two}" in COMMANDS or (name in GROUPS and not two), words


def test_the_list_of_files_for_a_payment_provider_misses_none_that_knows_paypay():
    guide = _text(ROOT / "CONTRIBUTING.md").partition("## Adding a payment provider")[2].partition("\n## ")[0]
    product = [path for path in (ROOT / "src/madoguchi").rglob("*") if path.suffix in (".py", ".html")]
    knowing = {path for path in product if "paypay" in re.sub("# .*", "", _text(path)).lower()}
    own = {ROOT / "src/madoguchi/payments/providers/paypay.py"}
    # Says that LINE Pay has ended in Japan and what to take instead; a new provider changes nothing there.
    rules = {ROOT / "src/madoguchi/definition/validation_procedure.py"}
    assert knowing - own - rules <= {ROOT / code for code in CODE.findall(guide)}


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_a_readme_gives_the_two_commands_on_lines_of_their_own(name: str):
    lines = _text(ROOT / name).splitlines()
    assert "make demo" in lines
    assert "make test" in lines


def test_every_page_of_the_documentation_can_be_reached_from_its_index():
    reached, waiting = set(), [ROOT / "docs/README.md"]
    while waiting:
        current = waiting.pop()
        if current in reached or not current.exists():
            continue
        reached.add(current)
        links = (link.partition("#")[0] for link in LINK.findall(_text(current)))
        waiting += [(current.parent / link).resolve() for link in links if link.endswith(".md") and "://" not in link]
    assert set((ROOT / "docs").rglob("*.md")) <= reached


def test_decisions_are_numbered_without_a_gap_and_have_all_their_parts():
    decisions = sorted(path for path in (ROOT / "docs/adr").glob("*.md") if path.name[0].isdigit())
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers[0] == 1
    assert all(after == before + 1 for before, after in pairwise(numbers))
    for path in decisions:
        for part in ("## Context", "## Options", "## Decision", "## Consequences"):
            assert part in _text(path), f"{path.name} lacks {part}"


@page
def test_no_page_names_a_place_of_somebodys_machine(page: Path):
    assert not re.search(r"/work/|/home/\w+/|/Users/|/opt/", _text(page))
