"""Large files kept for a while, sealed in frames: read from any place without ever lying open on the disk."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings

from madoguchi.lib import vault

FRAME = 1024 * 1024
_OVERHEAD = 29  # version, nonce and tag of the vault


class SealingWriter(io.RawIOBase):
    """Seals what is written, frame by frame; ``size`` and ``sha256`` are of what was written."""

    def __init__(self, out: IO[bytes], context: str) -> None:
        self._out, self._context, self._number = out, context, 0
        self._waiting = bytearray()
        self._digest, self.size = hashlib.sha256(), 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._digest.update(piece)
        self.size += len(piece)
        self._waiting += piece
        while len(self._waiting) >= FRAME:
            self._seal(FRAME)
        return len(piece)

    def finish(self) -> None:
        """Seals what is left."""
        if self._waiting:
            self._seal(len(self._waiting))

    def _seal(self, length: int) -> None:
        frame = bytes(self._waiting[:length])
        del self._waiting[:length]
        self._out.write(vault.seal(frame, context=f"{self._context}:{self._number}"))
        self._number += 1


@dataclass(frozen=True, slots=True)
class SealedFolder:
    """The files of one kind, ``FILES_DIR/<folder>/<id>``; ``purpose`` is part of what seals them."""

    folder: str
    purpose: str

    @contextmanager
    def writing(self, file_id: uuid.UUID) -> Iterator[SealingWriter]:
        """A new file, there and on the disk when the block ends, or not at all."""
        path = self.path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as sealed:
            try:
                writer = SealingWriter(sealed, self._context(file_id))
                yield writer
                writer.finish()
                sealed.flush()
                os.fsync(sealed.fileno())
            except BaseException:
                Path(sealed.name).unlink(missing_ok=True)
                raise
        Path(sealed.name).replace(path)

    def keep(self, file_id: uuid.UUID, file: BinaryIO) -> tuple[int, str]:
        """Seals what is in ``file``; returns its size in bytes and SHA-256."""
        file.seek(0)
        with self.writing(file_id) as writer:
            while piece := file.read(FRAME):
                writer.write(piece)
        return writer.size, writer.sha256

    def opened(self, file_id: uuid.UUID, size: int) -> BinaryIO:
        """The file again, to read and seek in; raises FileNotFoundError once it was deleted, VaultError on reading if
        it was tampered with."""
        return io.BufferedReader(_SealedFile(self.path(file_id), self._context(file_id), size), buffer_size=65_536)

    def delete(self, file_id: uuid.UUID) -> None:
        """Removes the file; deleting twice has no effect."""
        self.path(file_id).unlink(missing_ok=True)

    def kept(self, *, older_than: datetime) -> list[tuple[Path, uuid.UUID | None]]:
        """Files that have lain here since before that moment, with their ids; None for what an interrupted write
        left."""
        folder, moment = self.path(uuid.UUID(int=0)).parent, older_than.timestamp()
        old = [path for pattern in ("*", ".*") for path in folder.glob(pattern) if path.stat().st_mtime < moment]
        return [(path, _id_of(path)) for path in sorted(set(old))]

    def path(self, file_id: uuid.UUID) -> Path:
        """Where it lies."""
        return Path(settings.FILES_DIR) / self.folder / str(file_id)

    def _context(self, file_id: uuid.UUID) -> str:
        return f"{self.purpose}:{file_id}"


def _id_of(path: Path) -> uuid.UUID | None:
    with suppress(ValueError):
        return uuid.UUID(path.name)
    return None


class _SealedFile(io.RawIOBase):
    """Opens one frame at a time."""

    def __init__(self, path: Path, context: str, size: int) -> None:
        self._context, self._size, self._at = context, size, 0
        self._number, self._frame = -1, b""
        self._file = path.open("rb")

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
            self._frame = vault.unseal(sealed, context=f"{self._context}:{number}")
            self._number = number
        piece = self._frame[start : start + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
