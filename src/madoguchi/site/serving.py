"""``madoguchi serve``: web pages and worker together, looked after by one process."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from django.core.management import call_command

from madoguchi.site.processes import Child, Supervisor, stop_on_signals


def web_child(*, host: str, port: int, processes: int, data_dir: Path, env: dict[str, str] | None = None) -> Child:
    """The web pages as a child process, ready when ``/readyz`` says so."""
    return Child(
        name="web",
        command=[_command(), "web", "--host", host, "--port", str(port), "--processes", str(processes)],
        log=data_dir / "logs" / "web.log",
        ready_url=f"http://127.0.0.1:{port}/readyz",
        env=env or {},
    )


def worker_child(*, data_dir: Path, env: dict[str, str] | None = None) -> Child:
    """The worker as a child process."""
    return Child(name="worker", command=[_command(), "worker"], log=data_dir / "logs" / "worker.log", env=env or {})


def _command() -> str:
    return str(Path(sys.executable).parent / "madoguchi")


def serve_all(*, host: str, port: int, processes: int, data_dir: Path) -> None:
    """Migrates, starts both, restarts what falls, and ends both on Ctrl-C."""
    should_stop = stop_on_signals()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    supervisor = Supervisor()
    try:
        supervisor.start(web_child(host=host, port=port, processes=processes, data_dir=data_dir))
        supervisor.start(worker_child(data_dir=data_dir))
        supervisor.wait_ready()
        click.echo(f"http://{host}:{port}/ で動いています。Ctrl-C で終わります。")
        supervisor.watch(should_stop)
    finally:
        supervisor.stop()
