"""What the demo makes before anything runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from madoguchi.site.demo import Ports, Secrets


def test_no_secret_looks_like_an_option_of_a_command_line() -> None:
    for _ in range(40):
        assert not any(value.startswith("-") and "PRIVATE KEY" not in value for value in _handed_over(Secrets.new()))


def _handed_over(made: Secrets) -> list[str]:
    """The secrets that simulators get as arguments; Django's own key is handed over in the environment."""
    return [value for name, value in asdict(made).items() if name != "secret_key"]


def test_a_second_start_knows_the_secrets_of_the_first(tmp_path: Path) -> None:
    first = Secrets.kept_in(tmp_path / "secrets.json")
    assert Secrets.kept_in(tmp_path / "secrets.json") == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_simulators_keep_their_ports_where_they_can(tmp_path: Path) -> None:
    first = Ports.chosen(tmp_path / "ports.json")
    assert Ports.chosen(tmp_path / "ports.json") == first
    assert json.loads((tmp_path / "ports.json").read_text())["line"] == first.line
