"""Sending: reply, push, multicast, broadcast; validation; quota; delivery statistics."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.line.api import Handler, Json, check_fields, json_body, text_of
from simulators.line.chats import put_bot_message
from simulators.line.core import USER_ID, Line
from simulators.line.errors import ApiError, body_errors, invalid_property
from simulators.line.messages import NOTIFYING, UNITS, check_messages

REPLY_TOKEN_LIFE_MS = 60_000
"""After the delivery or redelivery that carried the token."""
REPLY_EVENT_LIFE_MS = 20 * 60_000
"""After the event itself, however often it was delivered again."""
RETRY_KEY_LIFE_MS = 24 * 3600_000
MOST_RECIPIENTS = 500
DAY = re.compile(r"\d{8}", re.ASCII)
JAPAN = timezone(timedelta(hours=9))


async def reply(line: Line, request: Request) -> Json:
    """``POST /v2/bot/message/reply``"""
    if "x-line-retry-key" in request.headers:
        raise ApiError(400, "The X-Line-Retry-Key header can't be used with this endpoint")
    body = await json_body(request)
    token = text_of(body, "replyToken")
    messages = _checked(body)
    row = line.store.row("SELECT * FROM reply_tokens WHERE token = ?", token)
    if row is None or row["used"] or not _fresh(line, row):
        raise ApiError(400, "Invalid reply token")
    line.store.run("UPDATE reply_tokens SET used = 1 WHERE token = ?", token)
    _count(line, "reply", 1, counted=False)
    return {"sentMessages": [put_bot_message(line, row["user_id"], message, "reply") for message in messages]}


def _fresh(line: Line, row: dict[str, Any]) -> bool:
    now = line.now_ms()
    return bool(now - row["delivered_ms"] <= REPLY_TOKEN_LIFE_MS and now - row["event_ms"] <= REPLY_EVENT_LIFE_MS)


async def push(line: Line, request: Request) -> Response:
    """``POST /v2/bot/message/push``"""
    body = await json_body(request)
    to = text_of(body, "to")
    if not USER_ID.fullmatch(to):
        raise invalid_property("to")
    messages = _checked(body, units=True)
    retry = _retry_key(line, request)
    if line.store.row("SELECT id FROM users WHERE id = ?", to) is None:
        raise ApiError(400, "Failed to send messages")
    _spend(line, "push", 1)
    answer = {"sentMessages": [put_bot_message(line, to, message, "push") for message in messages]}
    return _accepted(line, request, retry, answer)


async def multicast(line: Line, request: Request) -> Response:
    """``POST /v2/bot/message/multicast``; unknown people are passed over, as LINE does."""
    body = await json_body(request)
    recipients = body.get("to")
    if not isinstance(recipients, list) or not all(isinstance(to, str) and USER_ID.fullmatch(to) for to in recipients):
        raise invalid_property("to")
    if not 1 <= len(recipients) <= MOST_RECIPIENTS:
        raise body_errors([{"message": f"Size must be between 1 and {MOST_RECIPIENTS}", "property": "to"}])
    return _send_to_many(line, request, body, "multicast", set(recipients))


async def broadcast(line: Line, request: Request) -> Response:
    """``POST /v2/bot/message/broadcast``"""
    everybody = {row["id"] for row in line.store.rows("SELECT id FROM users WHERE blocked = 0")}
    return _send_to_many(line, request, await json_body(request), "broadcast", everybody)


def _send_to_many(line: Line, request: Request, body: Json, via: str, recipients: set[str]) -> Response:
    messages = _checked(body, units=via == "multicast")
    retry = _retry_key(line, request)
    known = recipients & {row["id"] for row in line.store.rows("SELECT id FROM users")}
    _spend(line, via, len(known))
    for user_id in sorted(known):
        for message in messages:
            put_bot_message(line, user_id, message, via)
    return _accepted(line, request, retry, {})


def _checked(body: Json, *, units: bool = False) -> list[Json]:
    """The messages to send; ``units``: where LINE takes ``customAggregationUnits``."""
    check_fields(body, {**NOTIFYING, **({"customAggregationUnits?": UNITS} if units else {})})
    return check_messages(body.get("messages"))


def _retry_key(line: Line, request: Request) -> str | None:
    """The request's retry key. Raises 400 for a malformed one, 409 for one that was accepted before."""
    key = request.headers.get("x-line-retry-key")
    if key is None:
        return None
    try:
        key = str(uuid.UUID(key))
    except ValueError:
        raise ApiError(400, "The value of the X-Line-Retry-Key header is invalid") from None
    row = line.store.row("SELECT * FROM retry_keys WHERE key = ? AND at_ms > ?", key, line.now_ms() - RETRY_KEY_LIFE_MS)
    if row:
        headers = {"x-line-accepted-request-id": row["request_id"]}
        raise ApiError(409, "The retry key is already accepted", headers=headers, **json.loads(row["answer"]))
    return key


def _accepted(line: Line, request: Request, retry: str | None, answer: Json) -> Response:
    if retry:
        line.store.run(
            "INSERT OR REPLACE INTO retry_keys VALUES (?, ?, ?, ?)",
            retry, request.state.request_id, json.dumps(answer), line.now_ms(),
        )  # fmt: skip
    return JSONResponse(answer)


def _month_start_ms(line: Line) -> int:
    now = datetime.fromtimestamp(line.clock.now(), JAPAN)
    return int(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def _used_this_month(line: Line) -> int:
    row = line.store.row(
        "SELECT coalesce(sum(recipients), 0) AS n FROM sends WHERE counted AND at_ms >= ?", _month_start_ms(line)
    )
    return int(row["n"]) if row else 0


def _spend(line: Line, via: str, recipients: int) -> None:
    """Counts recipients against the month's quota. Raises 429 when it does not suffice."""
    quota = line.faults.quota
    if quota is not None and _used_this_month(line) + recipients > quota:
        raise ApiError(429, "You have reached your monthly limit.")
    _count(line, via, recipients, counted=True)


def _count(line: Line, via: str, recipients: int, *, counted: bool) -> None:
    line.store.run("INSERT INTO sends VALUES (?, ?, ?, ?)", via, line.now_ms(), recipients, int(counted))


async def validate(line: Line, request: Request) -> Json:
    """``POST /v2/bot/message/validate/{reply|push|multicast|narrowcast|broadcast}``"""
    check_messages((await json_body(request)).get("messages"))
    return {}


async def quota(line: Line, request: Request) -> Json:
    """``GET /v2/bot/message/quota``"""
    limit = line.faults.quota
    return {"type": "none"} if limit is None else {"type": "limited", "value": limit}


async def consumption(line: Line, request: Request) -> Json:
    """``GET /v2/bot/message/quota/consumption``"""
    return {"totalUsage": _used_this_month(line)}


def sent_count(via: str) -> Handler:
    """``GET /v2/bot/message/delivery/{via}?date=yyyyMMdd``"""

    async def handler(line: Line, request: Request) -> Json:
        return _sent_on(line, via, _day(request.query_params.get("date", "")))

    return handler


def _day(text: str) -> datetime:
    try:
        if DAY.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d").replace(tzinfo=JAPAN)
    except ValueError:
        pass
    raise ApiError(400, "The value for the 'date' parameter is invalid")


def _sent_on(line: Line, via: str, day: datetime) -> Json:
    start = int(day.timestamp() * 1000)
    row = line.store.row(
        "SELECT coalesce(sum(recipients), 0) AS n FROM sends WHERE via = ? AND at_ms >= ? AND at_ms < ?",
        via, start, start + 86_400_000,
    )  # fmt: skip
    return {"status": "ready", "success": row["n"] if row else 0}
