"""Logs and the operations page tell what went wrong without what residents wrote."""

from __future__ import annotations

import logging
import sys

import httpx

from madoguchi.intake.problems import LinkInvalid
from madoguchi.site import errors


def logged(error: Exception) -> str:
    """The log line written while ``error`` is being handled."""
    try:
        raise error
    except Exception:
        record = logging.LogRecord("madoguchi", logging.ERROR, __file__, 1, "job failed", None, sys.exc_info())
        return errors.PlainFormatter("%(message)s").format(record)


def test_a_foreign_error_is_named_but_its_message_is_not_quoted() -> None:
    text = logged(ValueError("市川花子 090-1234-5678"))
    assert "ValueError" in text
    assert "花子" not in text
    assert "test_errors.py" in text


def test_our_own_errors_speak_for_themselves() -> None:
    assert errors.summary(LinkInvalid("リンクが正しくありません。")) == "LinkInvalid: リンクが正しくありません。"


def test_errors_of_the_network_keep_their_words() -> None:
    assert "refused" in errors.summary(httpx.ConnectError("connection refused"))


def test_the_place_is_the_innermost_line_of_our_own_code() -> None:
    try:
        from madoguchi.lib.eras import parse_date

        parse_date("きのう")
    except ValueError as error:
        assert errors.place(error).startswith("madoguchi/lib/eras.py:")
    assert errors.place(ValueError("no traceback")) == ""
