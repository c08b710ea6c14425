"""Many files written one after another, into a folder or a .zip, with their checksums; and a .zip unpacked safely."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

PIECE = 1024 * 1024


class Writer(Protocol):
    """Where the bytes of one file go."""

    def write(self, data: bytes, /) -> int: ...


class Bundle(Protocol):
    """Where files go; one is open at a time."""

    def open(self, name: str) -> AbstractContextManager[Writer]: ...


class BundleError(ValueError):
    """A bundle that cannot be written or read; ``str`` says in Japanese what and what to do."""


class _Counted:
    def __init__(self, out: Writer) -> None:
        self._out, self.digest, self.size = out, hashlib.sha256(), 0

    def write(self, data: bytes, /) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._out.write(data)


@dataclass
class Listed:
    """A bundle that notes size and SHA-256 of what is written, by name."""

    inner: Bundle
    written: dict[str, tuple[int, str]] = field(default_factory=dict)

    @contextmanager
    def open(self, name: str) -> Iterator[Writer]:
        """As ``Bundle``."""
        with self.inner.open(name) as out:
            counted = _Counted(out)
            yield counted
        self.written[name] = (counted.size, counted.digest.hexdigest())

    def write_text(self, name: str, text: str) -> None:
        """A whole file at once, in UTF-8."""
        with self.open(name) as out:
            out.write(text.encode())


@dataclass(frozen=True)
class Folder:
    """Files under a directory."""

    path: Path

    @contextmanager
    def open(self, name: str) -> Iterator[Writer]:
        """As ``Bundle``."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())


class Zip:
    """Files of one .zip, which is written front to back and need not be seekable. ``close`` ends it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def open(self, name: str) -> AbstractContextManager[Writer]:
        """As ``Bundle``."""
        return self._zip.open(name, "w", force_zip64=True)

    def close(self) -> None:
        """Writes the list of contents."""
        self._zip.close()


@contextmanager
def new_folder(path: Path, *, replaces: str) -> Iterator[Folder]:
    """A folder that appears at ``path`` once everything is in it; after an error or a crash nothing is there.

    A folder that is there already is replaced only if it is empty or has a file called ``replaces``, else BundleError.
    """
    if path.exists() and any(path.iterdir()) and not (path / replaces).is_file():
        raise BundleError(f"{path} には、ほかのファイルがあります。空のフォルダーか、新しい名前を選んでください。")
    path.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
    try:
        yield Folder(work)
        if path.exists():
            old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
            path.rename(old)
            work.rename(path)
            shutil.rmtree(old)
        else:
            work.rename(path)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def unpacked(
    file: IO[bytes], *, limit: int, within: Path | None = None, only: tuple[str, ...] = ("",)
) -> Iterator[Path]:
    """The contents of a .zip in a folder that is gone afterwards; raises BundleError, also over ``limit`` bytes.

    ``only`` are beginnings of the names that are wanted.
    """
    with tempfile.TemporaryDirectory(dir=within) as folder:
        try:
            with zipfile.ZipFile(file) as found:
                _unpack(found, Path(folder), limit, only)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as wrong:
            raise BundleError("zip ファイルとして読めません。書き出したままのファイルを選んでください。") from wrong
        yield Path(folder)


def _unpack(found: zipfile.ZipFile, folder: Path, limit: int, only: tuple[str, ...]) -> None:
    left = limit
    for info in found.infolist():
        name = PurePosixPath(info.filename)
        if info.is_dir() or not info.filename.startswith(only):
            continue
        if name.is_absolute() or ".." in name.parts or "\\" in info.filename:
            raise BundleError("フォルダーの外を指すファイルが入っているため、読み込みません。")
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with found.open(info) as source, file.open("wb") as out:
            while piece := source.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise BundleError("中身が大きすぎるため、読み込みません。")
                out.write(piece)


def checksum(file: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()
