"""The files of imports, sealed in frames: a large one is read from any place without ever lying open on the disk."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import uuid
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from madoguchi.lib import vault

FRAME = 1024 * 1024
_OVERHEAD = 29  # version, nonce and tag of the vault


def keep(import_id: uuid.UUID, file: BinaryIO) -> tuple[int, str]:
    """Seals what is in ``file``; returns its size in bytes and SHA-256. On the disk when it returns."""
    digest, size = hashlib.sha256(), 0
    _path(import_id).parent.mkdir(parents=True, exist_ok=True)
    file.seek(0)
    with tempfile.NamedTemporaryFile(dir=_path(import_id).parent, prefix=".", delete=False) as sealed:
        for number, piece in enumerate(iter(lambda: file.read(FRAME), b"")):
            digest.update(piece)
            size += len(piece)
            sealed.write(vault.seal(piece, context=_context(import_id, number)))
        sealed.flush()
        os.fsync(sealed.fileno())
    Path(sealed.name).replace(_path(import_id))
    return size, digest.hexdigest()


def opened(import_id: uuid.UUID, size: int) -> BinaryIO:
    """The file again, to read and seek in; raises FileNotFoundError once it was deleted, VaultError on reading if it
    was tampered with."""
    return io.BufferedReader(_SealedFile(import_id, size), buffer_size=65_536)


def delete(import_id: uuid.UUID) -> None:
    """Removes the file; deleting twice has no effect."""
    _path(import_id).unlink(missing_ok=True)


def kept(*, older_than: datetime) -> list[tuple[Path, uuid.UUID | None]]:
    """Files that have lain here since before that moment, with their ids; None for what an interrupted write left."""
    folder = _path(uuid.UUID(int=0)).parent
    old = [path for path in folder.glob("*") if path.stat().st_mtime < older_than.timestamp()]
    old += [path for path in folder.glob(".*") if path.stat().st_mtime < older_than.timestamp()]
    return [(path, _id_of(path)) for path in sorted(set(old))]


def _id_of(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(path.name)
    except ValueError:
        return None


class _SealedFile(io.RawIOBase):
    """Opens one frame at a time."""

    def __init__(self, import_id: uuid.UUID, size: int) -> None:
        self._id, self._size, self._at = import_id, size, 0
        self._number, self._frame = -1, b""
        self._file = _path(import_id).open("rb")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        number, start = divmod(self._at, FRAME)
        if self._at >= self._size:
            return 0
        if number != self._number:
            self._file.seek(number * (FRAME + _OVERHEAD))
            sealed = self._file.read(FRAME + _OVERHEAD)
            self._frame = vault.unseal(sealed, context=_context(self._id, number))
            self._number = number
        piece = self._frame[start : start + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _path(import_id: uuid.UUID) -> Path:
    return Path(settings.FILES_DIR) / "imports" / str(import_id)


def _context(import_id: uuid.UUID, number: int) -> str:
    return f"import:{import_id}:{number}"
