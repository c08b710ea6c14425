"""Errors as kintone's clients expect them: a code, a message and, for input, the paths of what is wrong."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

Words = tuple[str, str]
"""The same in Japanese and English."""

REQUIRED: Words = ("必須です。", "Required.")
INVALID: Words = ("入力内容が正しくありません。", "Missing or invalid input.")
NUMBER: Words = ("数字でなければなりません。", "Must be a number.")
ENUM: Words = ("Enum値のいずれかでなければなりません。", "Must be one of the enum values.")


class ApiError(Exception):
    """An answer that is not 200. ``errors`` lead from paths such as ``records[0].f.value`` to what is wrong there."""

    def __init__(
        self, status: int, code: str, words: Words, errors: Mapping[str, Sequence[Words]] | None = None
    ) -> None:
        super().__init__(words[1])
        self.status, self.code, self.words = status, code, words
        self.errors = dict(errors or {})

    def body(self, language: str) -> dict[str, Any]:
        """The JSON body in ``ja`` or ``en``, with an id of its own."""
        which = 1 if language == "en" else 0
        found: dict[str, Any] = {"code": self.code, "id": secrets.token_urlsafe(15), "message": self.words[which]}
        if self.errors:
            found["errors"] = {
                path: {"messages": [words[which] for words in several]} for path, several in self.errors.items()
            }
        return found


def invalid(errors: Mapping[str, Sequence[Words]]) -> ApiError:
    """400 for parameters and values."""
    return ApiError(400, "CB_VA01", INVALID, errors)


def invalid_at(path: str, *words: Words) -> ApiError:
    """400 for one thing."""
    return invalid({path: words})


def refused(words: Words, code: str = "CB_VA01") -> ApiError:
    """400 without a path."""
    return ApiError(400, code, words)


def no_privilege() -> ApiError:
    """403 for people."""
    return ApiError(403, "CB_NO02", ("権限がありません。", "No privilege to proceed."))


def token_lacks_right() -> ApiError:
    """403 for tokens."""
    words = (
        "このAPIトークンでは、指定したAPIを実行できません。",
        "Using this API token, you cannot run the specified API.",
    )
    return ApiError(403, "GAIA_NO01", words)


def app_missing(app_id: object) -> ApiError:
    """404 for an app that is not there, or not for the caller to know of."""
    words = (
        f"指定したアプリ（id: {app_id}）が見つかりません。削除されている可能性があります。",
        f"The app (ID: {app_id}) not found. The app may have been deleted.",
    )
    return ApiError(404, "GAIA_AP01", words)


def record_missing(record_id: object) -> ApiError:
    """404 for a record that is not there, or not for the caller to see."""
    words = (
        f"指定したレコード（id: {record_id}）が見つかりません。",
        f"The specified record (ID: {record_id}) is not found.",
    )
    return ApiError(404, "GAIA_RE01", words)


def file_missing(key: object) -> ApiError:
    """404 for a file."""
    words = (
        f"指定したファイル（id: {key}）が見つかりません。",
        f"The specified file (id: {key}) is not found.",
    )
    return ApiError(404, "GAIA_BL01", words)


def changed_meanwhile(code: str = "GAIA_CO02") -> ApiError:
    """409: the revision is not the latest."""
    words = (
        "指定したrevisionは最新ではありません。ほかの人がデータを更新した可能性があります。",
        "The revision is not the latest. Someone may have updated the data.",
    )
    return ApiError(409, code, words)
