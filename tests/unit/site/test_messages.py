"""Every text on screen is complete in English, and the tool that keeps it so does what it says."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from tools import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
JAPANESE = re.compile(r"[\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff]")
"""Kana and kanji; the middle dot between two items is punctuation."""
MEANT = re.compile(r"じゅうみんひょう|住民票|長3|令和8年11月23日|Example: .*|“[^”]*”|\{[^}]*\}")
"""What people see or type in Japanese: a menu's word, an example, field codes, the size of an envelope."""
SAID_IN_TEMPLATES = re.compile(
    r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{%\s*translate.*?%}|_\((?:\"[^\"]*\"|'[^']*')\)|{#.*?#}|{%\s*comment"
    r".*?endcomment\s*%}|<(\w+)[^>]* lang=\"ja\"[^>]*>[^<]*</\1>",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def used() -> Catalog:
    """What the code says now."""
    return messages.collect()


@pytest.fixture(scope="module")
def stored() -> Catalog:
    """What the catalogue knows."""
    return messages.stored()


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, _forms(message.id)[0]


def _keys(catalog: Catalog) -> set[tuple[str | None, str]]:
    return {_key(message) for message in catalog if message.id}


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str | None) else list(text)


def _translated(catalog: Catalog) -> Iterator[tuple[Message, str]]:
    return ((m, form) for m in catalog if m.id for form in _forms(m.string))


def test_every_text_on_screen_has_an_english_translation(used: Catalog, stored: Catalog) -> None:
    done = {_key(m) for m in stored if all(_forms(m.string)) and not m.fuzzy}
    assert _keys(used) - done == set(), "run `make messages` and translate them"


def test_the_catalogue_holds_nothing_that_nobody_uses(used: Catalog, stored: Catalog) -> None:
    assert _keys(stored) - _keys(used) == set(), "run `make messages`"


def test_no_translation_loses_a_placeholder(stored: Catalog) -> None:
    lost = [
        (m.id, form) for m, form in _translated(stored)
        if set(PLACEHOLDER.findall(_forms(m.id)[0])) != set(PLACEHOLDER.findall(form))
    ]  # fmt: skip
    assert lost == []


def test_translations_are_english(stored: Catalog) -> None:
    left = [form for _, form in _translated(stored) if JAPANESE.search(MEANT.sub("", form))]
    assert left == []


def test_templates_say_nothing_outside_a_translation() -> None:
    """Where Japanese itself is meant, such as the name of the language, the element says lang="ja"."""
    said = {
        str(path.relative_to(messages.SOURCE)): found.group()
        for path in messages.SOURCE.rglob("templates/**/*.html")
        if (found := JAPANESE.search(SAID_IN_TEMPLATES.sub("", path.read_text(encoding="utf-8"))))
    }
    assert said == {}


# --- the tool ------------------------------------------------------------------------------------------------------

TEMPLATE = """{% load i18n %}<p>{% translate "送信する" %}{% blocktranslate trimmed with n=count %}
  {{ n }}件あります
{% endblocktranslate %}{% blocktranslate count n=count %}{{ n }}枚{% plural %}{{ n }}枚{% endblocktranslate %}
{% translate "月" context "date" as month %}</p>"""
CODE = """from django.utils.translation import gettext as _, ngettext, pgettext_lazy
a = _("保存しました")
b = ngettext("%(n)d人", "%(n)d人", 2)
c = pgettext_lazy("role", "受付")
d = _(
    "長い"
    "文です"
)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A template and a module."""
    (tmp_path / "page.html").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "page.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def test_texts_are_found_in_templates_and_code(project: Path) -> None:
    assert _keys(messages.collect(project)) == {
        (None, "送信する"), (None, "%(n)s件あります"), (None, "%(n)s枚"), ("date", "月"),
        (None, "保存しました"), (None, "%(n)d人"), ("role", "受付"), (None, "長い文です"),
    }  # fmt: skip


def test_a_second_run_changes_nothing_and_translations_stay(project: Path) -> None:
    path = project / "en" / "django.po"
    catalog = messages.update(path, project)
    catalog.get("送信する").string = "Send"  # type: ignore[union-attr]
    path.write_bytes(messages.as_po(catalog))
    once = path.read_bytes()
    messages.update(path, project)
    assert path.read_bytes() == once
    assert b'msgstr "Send"' in once


def test_a_changed_text_keeps_its_old_translation_as_a_hint_that_is_never_shown(project: Path) -> None:
    path = project / "en" / "django.po"
    catalog = messages.update(path, project)
    catalog.get("保存しました").string = "Saved"  # type: ignore[union-attr]
    path.write_bytes(messages.as_po(catalog))
    (project / "page.py").write_text(CODE.replace("保存しました", "保存しました。"), encoding="utf-8")
    changed = messages.update(path, project).get("保存しました。")
    assert changed is not None
    assert (changed.string, changed.fuzzy) == ("Saved", True)
    messages.compile_catalogue(path)
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("保存しました。") == "保存しました。"
