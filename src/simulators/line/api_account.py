"""The account and its friends: profile, followers, content, webhook settings, loading animation, link tokens."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.line.api import Handler, Json, check_fields, json_body, text_of
from simulators.line.chats import change_friend, friend
from simulators.line.core import USER_ID, Line, hex_id
from simulators.line.delivery import Deliverer
from simulators.line.errors import ApiError, body_errors, invalid_property, not_found
from simulators.line.rules import Number, Uri

LINK_TOKEN_LIFE_MS = 10 * 60_000
LOADING_SECONDS = range(5, 61, 5)
REASONS = {"ok": "OK", "error_status_code": "ERROR_STATUS_CODE", "request_timeout": "REQUEST_TIMEOUT",
           "could_not_connect": "COULD_NOT_CONNECT", "unclassified": "UNCLASSIFIED"}  # fmt: skip


async def info(line: Line, request: Request) -> Json:
    """``GET /v2/bot/info``"""
    user_id = line.options.bot_user_id
    return {
        "userId": user_id,
        "basicId": f"@{user_id[1:9]}",
        "displayName": line.options.account_name,
        "chatMode": "bot",
        "markAsReadMode": "manual",
    }


async def profile(line: Line, request: Request) -> Json:
    """``GET /v2/bot/profile/{userId}``; who blocked the account is not found."""
    person = friend(line, request.path_params["user_id"])
    if person.blocked:
        raise not_found()
    return {"userId": person.id, "displayName": person.display_name, "language": "ja"}


async def followers(line: Line, request: Request) -> Json:
    """``GET /v2/bot/followers/ids?start=&limit=``"""
    try:
        limit = int(request.query_params.get("limit", "300"))
        start = int(request.query_params.get("start") or "0")
    except ValueError:
        raise ApiError(400, "The value for the 'start' or 'limit' parameter is invalid") from None
    if not 1 <= limit <= 1000:
        raise ApiError(400, "The value for the 'limit' parameter is invalid")
    rows = line.store.rows(
        "SELECT rowid, id FROM users WHERE blocked = 0 AND rowid > ? ORDER BY rowid LIMIT ?", start, limit + 1
    )
    page = rows[:limit]
    following = {"next": str(page[-1]["rowid"])} if len(rows) > limit else {}
    return {"userIds": [row["id"] for row in page], **following}


def _content(line: Line, request: Request) -> Json:
    row = line.store.row("SELECT * FROM contents WHERE message_id = ?", request.path_params["message_id"])
    if row is None:
        raise not_found()
    return row


async def content(line: Line, request: Request) -> Response:
    """``GET /v2/bot/message/{messageId}/content``; 202 while a film is being prepared."""
    row = _content(line, request)
    if row["ready_at_ms"] > line.now_ms():
        return Response(status_code=202)
    return Response(row["data"], media_type=row["content_type"])


async def preview(line: Line, request: Request) -> Response:
    """``GET /v2/bot/message/{messageId}/content/preview``"""
    row = _content(line, request)
    if row["preview"] is None:
        raise not_found()
    return Response(row["preview"], media_type="image/jpeg")


async def transcoding(line: Line, request: Request) -> Json:
    """``GET /v2/bot/message/{messageId}/content/transcoding``"""
    ready = _content(line, request)["ready_at_ms"] <= line.now_ms()
    return {"status": "succeeded" if ready else "processing"}


async def webhook_endpoint(line: Line, request: Request) -> Json:
    """``GET /v2/bot/channel/webhook/endpoint``"""
    if not line.webhook_url:
        raise not_found("webhook endpoint not found")
    return {"endpoint": line.webhook_url, "active": True}


async def set_webhook_endpoint(line: Line, request: Request) -> Json:
    """``PUT /v2/bot/channel/webhook/endpoint``"""
    line.store.put("webhook_url", _endpoint(await json_body(request)))
    return {}


def _endpoint(body: Json) -> str:
    endpoint = text_of(body, "endpoint")
    if list(Uri(500).problems(endpoint, ())):
        raise ApiError(400, "Invalid webhook endpoint URL")
    return endpoint


def test_webhook(deliverer: Deliverer) -> Handler:
    """``POST /v2/bot/channel/webhook/test`` {endpoint?}: an empty ``events``, signed like any other webhook."""

    async def handler(line: Line, request: Request) -> Json:
        body = await json_body(request) if await request.body() else {}
        if "endpoint" in body:
            outcome = await deliverer.post(deliverer.body([]), _endpoint(body))
        elif line.webhook_url:
            outcome = await deliverer.deliver([])
        else:
            raise not_found("webhook endpoint not found")
        moment = datetime.fromtimestamp(line.clock.now(), UTC).isoformat(timespec="milliseconds")
        return {
            "success": outcome.ok,
            "timestamp": moment.replace("+00:00", "Z"),
            "statusCode": outcome.status or 0,
            "reason": REASONS[outcome.reason],
            "detail": str(outcome.status or outcome.reason),
        }

    return handler


async def start_loading(line: Line, request: Request) -> Response:
    """``POST /v2/bot/chat/loading/start``"""
    body = await json_body(request)
    user_id = text_of(body, "chatId")
    if not USER_ID.fullmatch(user_id):
        raise invalid_property("chatId")
    seconds = body.get("loadingSeconds", 20)
    check_fields(body, {"loadingSeconds?": Number(5, 60)})
    if seconds not in LOADING_SECONDS:
        raise body_errors([{"message": "must be a multiple of 5", "property": "loadingSeconds"}])
    if line.store.row("SELECT id FROM users WHERE id = ?", user_id):
        change_friend(line, user_id, loading_until_ms=line.now_ms() + seconds * 1000)
    return JSONResponse({}, 202)


async def mark_as_read(line: Line, request: Request) -> Json:
    """``POST /v2/bot/chat/markAsRead`` with a message's ``markAsReadToken``"""
    token = text_of(await json_body(request), "markAsReadToken")
    row = line.store.row(
        "SELECT n, user_id FROM messages WHERE json_extract(message, '$.message.markAsReadToken') = ?", token
    )
    if row is None:
        raise ApiError(400, "Invalid mark as read token")
    change_friend(line, row["user_id"], read_n=row["n"])
    return {}


async def mark_chat_as_read(line: Line, request: Request) -> Json:
    """``POST /v2/bot/message/markAsRead`` {chat: {userId}} (the older form)"""
    chat = (await json_body(request)).get("chat")
    user_id = text_of(chat if isinstance(chat, dict) else {}, "userId")
    friend(line, user_id)
    last = line.store.row("SELECT max(n) AS n FROM messages WHERE user_id = ?", user_id)
    change_friend(line, user_id, read_n=(last and last["n"]) or 0)
    return {}


async def link_token(line: Line, request: Request) -> Json:
    """``POST /v2/bot/user/{userId}/linkToken``: ten minutes, one use"""
    person = friend(line, request.path_params["user_id"])
    token = hex_id()
    line.store.run(
        "INSERT INTO one_time (code, kind, user_id, data, expires_ms) VALUES (?, 'link', ?, '{}', ?)",
        token, person.id, line.now_ms() + LINK_TOKEN_LIFE_MS,
    )  # fmt: skip
    return {"linkToken": token}
