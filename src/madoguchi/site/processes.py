"""Starts child processes, restarts those that fall, and stops them all together."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

log = logging.getLogger("madoguchi.processes")

STOP_SECONDS = 25
PR_SET_PDEATHSIG = 1


class NotReady(RuntimeError):
    """A process did not answer in time; the message names its log."""


def free_port(preferred: int = 0) -> int:
    """A free TCP port on the loopback interface: ``preferred`` if nobody has it, else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Linux: should the parent be killed outright, the children must not go on holding its ports."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One process: how to start it, where it logs, and where it answers when it is ready."""

    name: str
    command: Sequence[str]
    log: Path
    ready_url: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0

    def start(self) -> None:
        """Starts it in the background, its output appended to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.env},
                preexec_fn=_die_with_parent,
            )

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        """Whether ``ready_url`` says 200 (always true without one)."""
        if not self.ready_url:
            return self.running
        try:
            return httpx.get(self.ready_url, timeout=2).status_code < httpx.codes.INTERNAL_SERVER_ERROR
        except httpx.HTTPError:
            return False


class Supervisor:
    """A few children that live and die together."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False

    def start(self, child: Child) -> None:
        """Starts ``child`` and looks after it from now on."""
        self.children.append(child)
        child.start()

    def wait_ready(self, *, seconds: float = 60) -> None:
        """Returns when every child answers; raises NotReady naming the log of the first that does not."""
        deadline = time.monotonic() + seconds
        for child in self.children:
            while not child.answers():
                if not child.running or time.monotonic() > deadline:
                    raise NotReady(f"{child.name} が始まりません。記録: {child.log}")
                time.sleep(0.05)

    def watch(self, should_stop: Callable[[], bool]) -> None:
        """Restarts children that fell, waiting longer each time, until ``should_stop``."""
        while not should_stop():
            for child in self.children:
                if not child.running:
                    child.falls += 1
                    log.warning("%s fell and is started again (log: %s)", child.name, child.log)
                    time.sleep(min(0.2 * 2**child.falls, 10))
                    child.start()
            time.sleep(0.2)

    def stop(self) -> None:
        """Asks every child to end, newest first, and ends those that do not."""
        for child in reversed(self.children):
            if child.running and child.process:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()


def stop_on_signals() -> Callable[[], bool]:
    """Turns SIGINT and SIGTERM into a flag; returns what tells whether one came."""
    received: list[int] = []

    def receive(number: int, _frame: object) -> None:
        received.append(number)

    signal.signal(signal.SIGINT, receive)
    signal.signal(signal.SIGTERM, receive)
    return lambda: bool(received)
