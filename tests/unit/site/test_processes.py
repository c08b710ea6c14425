"""Children are started, awaited, restarted and stopped together."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from madoguchi.site.processes import Child, NotReady, Supervisor, free_port

SLEEPER = "import time; time.sleep(60)"


def child(folder: Path, code: str = SLEEPER, ready_url: str = "") -> Child:
    log = folder / "logs" / "child.log"
    return Child(name="child", command=[sys.executable, "-c", code], log=log, ready_url=ready_url)


def test_a_free_port_is_the_preferred_one_unless_somebody_has_it() -> None:
    preferred = free_port()
    assert free_port(preferred) == preferred
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", preferred))
        taken.listen()
        assert free_port(preferred) != preferred


def test_a_child_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor()
    supervisor.start(child(tmp_path, "print('no such port'); raise SystemExit(3)", ready_url="http://127.0.0.1:9/"))
    with pytest.raises(NotReady, match=r"child\.log"):
        supervisor.wait_ready(seconds=20)
    assert "no such port" in (tmp_path / "logs" / "child.log").read_text()


def test_a_child_that_falls_is_started_again(tmp_path: Path) -> None:
    supervisor = Supervisor()
    fallen = child(tmp_path)
    supervisor.start(fallen)
    first = fallen.process
    assert first is not None
    first.kill()
    first.wait()
    deadline = time.monotonic() + 20
    supervisor.watch(lambda: fallen.process is not first or time.monotonic() > deadline)
    try:
        assert fallen.running
        assert fallen.falls == 1
    finally:
        supervisor.stop()


def test_stopping_ends_every_child(tmp_path: Path) -> None:
    supervisor = Supervisor()
    one, other = child(tmp_path), child(tmp_path)
    supervisor.start(one)
    supervisor.start(other)
    supervisor.wait_ready()
    supervisor.stop()
    assert not one.running
    assert not other.running
