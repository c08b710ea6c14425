"""A tiny language for limits: what a JSON value must look like, and LINE's words for what is wrong with it.

``messages.py`` and ``richmenu_rules.py`` are tables written in it. Lengths are UTF-16 code units, as LINE counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Path = tuple[str | int, ...]
Problem = tuple[Path, str]
Check = Callable[[Mapping[str, Any]], Iterator[tuple[Path, str]]]

EMPTY = "May not be empty"


def utf16_length(text: str) -> int:
    """The number of UTF-16 code units: 𠮷 and most emoji count as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Rule(Protocol):
    """Yields what is wrong with a value, and where."""

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Nothing when the value is right."""
        ...


@dataclass(frozen=True)
class Text:
    """A string of ``least`` to ``most`` UTF-16 code units."""

    most: int
    least: int = 1

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Empty, too long or not a string."""
        if not isinstance(value, str):
            yield path, "must be string"
        elif utf16_length(value) < self.least:
            yield path, EMPTY
        elif utf16_length(value) > self.most:
            yield path, f"Length must be between 0 and {self.most}"


@dataclass(frozen=True)
class Pattern:
    """A string that matches a regular expression as a whole."""

    expression: str
    wording: str

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Not a string, or another form."""
        if not isinstance(value, str) or not re.fullmatch(self.expression, value):
            yield path, self.wording


@dataclass(frozen=True)
class Uri:
    """An address with an allowed scheme.

    ``https`` only, where LINE says so, also lets http://127.0.0.1 and http://localhost pass: the city's own
    site runs there in a demonstration, and only there.
    """

    most: int = 2000
    schemes: tuple[str, ...] = ("https",)

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Too long, no scheme, or a scheme LINE refuses."""
        if not isinstance(value, str) or not value:
            yield path, EMPTY
        elif utf16_length(value) > self.most:
            yield path, f"size must be between 0 and {self.most}"
        elif not self._allowed(value):
            yield path, "invalid uri scheme"

    def _allowed(self, value: str) -> bool:
        scheme = value.split(":", 1)[0].lower() if ":" in value else ""
        loopback = re.match(r"http://(127\.0\.0\.1|localhost)(:\d+)?(/|$)", value)
        return scheme in self.schemes or bool(loopback)


@dataclass(frozen=True)
class Number:
    """A number between two bounds; ``whole`` refuses fractions."""

    least: float
    most: float
    whole: bool = True

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Not a number, or out of bounds."""
        kinds = int if self.whole else (int, float)
        if not isinstance(value, kinds) or isinstance(value, bool):
            yield path, "must be a number"
        elif value < self.least:
            yield path, f"must be greater than or equal to {self.least:g}"
        elif value > self.most:
            yield path, f"must be less than or equal to {self.most:g}"


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Anything else."""
        if not isinstance(value, bool):
            yield path, "must be a boolean"


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Any other word."""
        if value not in self.words:
            yield path, f"Must be one of the following values: [{', '.join(self.words)}]"


@dataclass(frozen=True)
class Anything:
    """A value LINE does not look into, or whose limits do not matter here."""

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Nothing is wrong."""
        yield from ()


@dataclass(frozen=True)
class Items:
    """A list of ``least`` to ``most`` things of one kind."""

    rule: Rule
    most: int
    least: int = 1

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Not a list, too few, too many, or something wrong inside."""
        if not isinstance(value, list):
            yield path, "must be array"
        elif not self.least <= len(value) <= self.most:
            yield path, f"Size must be between {self.least} and {self.most}"
        else:
            for index, item in enumerate(value):
                yield from self.rule.problems(item, (*path, index))


@dataclass(frozen=True)
class Dictionary:
    """An object with free keys, at most ``most`` of them."""

    rule: Rule
    most: int

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Not an object, too many keys, or something wrong inside."""
        if not isinstance(value, dict):
            yield path, "must be object"
        elif len(value) > self.most:
            yield path, f"Size must be between 0 and {self.most}"
        else:
            for key, item in value.items():
                yield from self.rule.problems(item, (*path, key))


@dataclass(frozen=True)
class Shape:
    """An object: its properties (``name?`` may be absent), and checks that look at several of them.

    ``strict`` refuses properties that are not listed, as LINE does inside Flex.
    """

    fields: Mapping[str, Rule]
    checks: tuple[Check, ...] = ()
    strict: bool = False

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """Missing, unknown and wrong properties; the checks only see an object that is right so far."""
        if not isinstance(value, dict):
            yield path, "must be object"
            return
        found = list(self._field_problems(value, path))
        yield from found
        if not found:
            for check in self.checks:
                yield from (((*path, *where), message) for where, message in check(value))

    def _field_problems(self, value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
        for name, rule in self.fields.items():
            key = name.removesuffix("?")
            if value.get(key) is not None:
                yield from rule.problems(value[key], (*path, key))
            elif not name.endswith("?"):
                yield (*path, key), EMPTY
        if self.strict:
            known = {name.removesuffix("?") for name in self.fields} | {"type"}
            yield from (((*path, key), "invalid property") for key in value if key not in known)


@dataclass(frozen=True)
class Variant:
    """An object whose ``type`` decides its shape."""

    shapes: Mapping[str, Rule]

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """An unknown type, or what the type's own rule finds."""
        if not isinstance(value, dict):
            yield path, "must be object"
        elif not isinstance(value.get("type"), str) or value["type"] not in self.shapes:
            yield (*path, "type"), f"Must be one of the following values: [{', '.join(self.shapes)}]"
        else:
            yield from self.shapes[value["type"]].problems(value, path)


@dataclass(frozen=True)
class Later:
    """A rule named before it is written, for things that contain themselves."""

    find: Callable[[], Rule]

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """What the rule finds."""
        yield from self.find().problems(value, path)


def dotted(path: Path) -> str:
    """``messages[0].text``"""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")


def slashed(path: Path) -> str:
    """``template/actions/0/uri``"""
    return "/".join(str(part) for part in path)
