"""What is wrong with a definition, in words for someone who does not program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. An ``error`` keeps the app from being published, a ``warning`` does not.

    ``where`` names the place as staff know it (フィールド「氏名」), ``mend`` says what to do. ``line`` is the line in
    the YAML file where there is one.
    """

    level: Literal["error", "warning"]
    where: str
    message: str
    mend: str = ""
    line: int | None = None

    def __str__(self) -> str:
        line = f"{self.line}行目: " if self.line else ""
        return f"{line}{self.where}: {self.message}{self.mend}"


class DefinitionError(ValueError):
    """A definition that cannot be used, with everything that is wrong with it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


def error(where: str, message: str, mend: str = "") -> Finding:
    """A finding that keeps the app from being published."""
    return Finding("error", where, message, mend)


def warning(where: str, message: str, mend: str = "") -> Finding:
    """A finding that somebody should look at."""
    return Finding("warning", where, message, mend)
