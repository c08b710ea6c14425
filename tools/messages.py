"""Texts on screen: collected from code and templates into one catalogue a language, and compiled.

``python -m tools.messages`` collects, ``python -m tools.messages compile`` only compiles. Babel does what GNU gettext
would, so that nothing has to be installed on the system.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parent.parent / "src" / "madoguchi"
CATALOGUE = SOURCE / "site" / "locale" / "en" / "LC_MESSAGES" / "django.po"
_LAZY = {"gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
KEYWORDS = {"_": None, "gettext_noop": None, **_LAZY, **{f"{name}_lazy": spec for name, spec in _LAZY.items()}}
_HEADERS_KEPT = ("Language:", "Plural-Forms", "MIME-Version", "Content-")


def collect(folder: Path = SOURCE) -> Catalog:
    """Every text in Python files and templates below ``folder``, without translations."""
    catalog = Catalog(locale="en", project="madoguchi", charset="utf-8", fuzzy=False)
    for text, context in _texts(folder):
        catalog.add(text, context=context)
    return catalog


def stored(path: Path = CATALOGUE) -> Catalog:
    """The translations as they are in the repository; empty where there are none yet."""
    if not path.exists():
        return Catalog(locale="en", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def update(path: Path = CATALOGUE, folder: Path = SOURCE) -> Catalog:
    """Brings the catalogue up to date: new texts are empty, changed ones fuzzy, those nobody uses are gone."""
    catalog = stored(path)
    catalog.update(collect(folder))
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_po(catalog))
    return catalog


def compile_catalogue(path: Path = CATALOGUE) -> None:
    """Writes the ``.mo`` beside the ``.po``; fuzzy and empty translations stay out of it."""
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, stored(path), use_fuzzy=False)


def _texts(folder: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "static" in path.parts:
            continue
        code = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            code = _as_python(code, path)
        for _line, message, _comments, context in extract("python", BytesIO(code.encode()), KEYWORDS):
            yield message, context


def _as_python(template: str, path: Path) -> str:
    """What Django makes of a template for gettext; its lines keep indentation, which means nothing there."""
    return "\n".join(line.strip() for line in templatize(template, origin=str(path)).splitlines())


def as_po(catalog: Catalog) -> bytes:
    """Sorted, without line numbers, dates and tools: a run that finds nothing new changes nothing."""
    written = BytesIO()
    catalog.header_comment = "# English texts. Written by `make messages`, translated by hand."
    write_po(written, catalog, width=0, sort_output=True, no_location=True, include_previous=False)
    head, _, messages = written.getvalue().decode().partition("\n\n")
    lines = [line for line in head.splitlines() if line[0] != '"' or line[1:].startswith(_HEADERS_KEPT)]
    return f"{chr(10).join(lines)}\n\n{messages}".encode()


def main() -> None:
    """Collects (unless told ``compile``), compiles, and says what is left to translate."""
    if sys.argv[1:] != ["compile"]:
        settings.configure()  # templatize reads templates with Django's lexer, which looks at the settings
        catalog = update()
        left = [message.id for message in catalog if message.id and (message.fuzzy or not message.string)]
        for text in left:
            print(f"no English yet: {text}")  # noqa: T201
        print(f"{len(catalog)} texts, {len(left)} without English")  # noqa: T201
    compile_catalogue()


if __name__ == "__main__":
    main()
