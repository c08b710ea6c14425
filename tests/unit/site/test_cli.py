"""The command line: help at once, clear refusals, exit codes."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from madoguchi.site.cli import cli
from madoguchi.site.database import DatabaseNotStarted, start_embedded

COMMANDS = ("demo", "serve", "web", "worker", "migrate", "check", "pack", "staff", "line")


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_help_lists_every_command(runner: CliRunner) -> None:
    answer = runner.invoke(cli, ["--help"])
    assert answer.exit_code == 0
    assert all(command in answer.output for command in COMMANDS)


@pytest.mark.parametrize("command", [*((c,) for c in COMMANDS), ("pack", "load"), ("staff", "add"), ("line", "setup")])
def test_every_command_explains_itself(runner: CliRunner, command: tuple[str, ...]) -> None:
    answer = runner.invoke(cli, [*command, "--help"])
    assert answer.exit_code == 0
    assert len(answer.output) > 60


def test_an_unknown_command_is_a_usage_error(runner: CliRunner) -> None:
    assert runner.invoke(cli, ["fly"]).exit_code == 2


def test_the_demo_says_so_when_its_port_is_taken(runner: CliRunner, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = runner.invoke(cli, ["demo", "--port", port, "--data-dir", str(tmp_path / "demo"), "--no-browser"])
    assert answer.exit_code == 1
    assert f"ポート {port}" in answer.output


def test_a_role_that_does_not_exist_is_refused(runner: CliRunner) -> None:
    answer = runner.invoke(cli, ["staff", "add", "x", "--name", "X", "--department", "y", "--role", "king"])
    assert answer.exit_code == 2
    assert "reception" in answer.output


def test_a_database_that_cannot_start_is_one_sentence_not_a_traceback(tmp_path: Path) -> None:
    blocked = tmp_path / "data"
    blocked.mkdir()
    (blocked / "pg").write_text("a file where the folder should be")
    with pytest.raises(DatabaseNotStarted, match="組み込みのデータベースを始められませんでした"):
        start_embedded(blocked / "pg")
