"""The files of imports, sealed: a large one is read from any place without ever lying open on the disk."""

from __future__ import annotations

from madoguchi.records.sealed_files import FRAME, SealedFolder

__all__ = ("FRAME", "delete", "keep", "kept", "opened")

_IMPORTS = SealedFolder("imports", "import")
_path = _IMPORTS.path
keep, opened, delete, kept = _IMPORTS.keep, _IMPORTS.opened, _IMPORTS.delete, _IMPORTS.kept
