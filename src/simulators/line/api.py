"""What every call of the Messaging API has in common: token, faults, request id, LINE's error JSON."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from simulators.common import load_json
from simulators.line.core import Line
from simulators.line.errors import ApiError, body_errors, invalid_property
from simulators.line.rules import Rule, Shape, dotted

Json = dict[str, Any]
Handler = Callable[[Line, Request], Awaitable[Json | Response]]
API_PATHS = ("/v2/", "/oauth2/", "/liff/v1/")
MOST_BODY_BYTES = 2 * 1024 * 1024


class Refused(JSONResponse):
    """A fault somebody ordered, in the form LINE's own failures have."""

    def __init__(self, status: int) -> None:
        words = {429: "The API rate limit has been exceeded. Try again later."}
        super().__init__({"message": words.get(status, "Internal server error")}, status)


def api_route(line: Line, method: str, path: str, handler: Handler, *, secured: bool = True) -> Route:
    """A route of the platform; faults know it by its last word ("push") or its whole path."""

    async def endpoint(request: Request) -> Response:
        request.state.request_id = str(uuid.uuid4())
        refused = _ordered_failure(line, request.url.path)
        if refused and not line.faults.fail_after:
            response: Response = refused
        else:
            response = await _answer(line, handler, request, secured=secured)
        if refused and response.status_code < 300:
            response = refused
        response.headers["X-Line-Request-Id"] = request.state.request_id
        return response

    return Route(path, endpoint, methods=[method])


def unknown_path(request: Request, error: Exception) -> Response:
    """LINE's error JSON where nothing answers; plain words for people's pages."""
    status, words = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    if request.url.path.startswith(API_PATHS):
        return JSONResponse({"message": "Not found" if status == 404 else words}, status)
    return PlainTextResponse(words, status)


def _ordered_failure(line: Line, path: str) -> Refused | None:
    status = line.faults.fail_api.get(path) or line.faults.fail_api.get(path.rsplit("/", 1)[-1])
    return Refused(status) if status and line.happens(line.faults.fail_api_p) else None


async def _answer(line: Line, handler: Handler, request: Request, *, secured: bool) -> Response:
    try:
        if secured:
            require_token(line, request)
        if int(request.headers.get("content-length", "0")) > MOST_BODY_BYTES and "/content" not in request.url.path:
            raise ApiError(413, "Request Entity Too Large")
        result = await handler(line, request)
    except ApiError as error:
        return JSONResponse(error.body, error.status, headers=error.headers)
    return result if isinstance(result, Response) else JSONResponse(result)


def require_token(line: Line, request: Request) -> None:
    """Raises LINE's 401 unless the request carries a valid channel access token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _unauthorised("missing bearer token")
    if token == line.options.channel_access_token:
        return
    row = line.store.row("SELECT * FROM tokens WHERE token = ? AND kind != 'login'", token)
    if row is None or row["revoked"]:
        raise _unauthorised("invalid token")
    if row["expires_ms"] <= line.now_ms():
        raise _unauthorised("the access token expired")


def _unauthorised(reason: str) -> ApiError:
    advice = "Confirm that the access token in the authorization header is valid."
    return ApiError(401, f"Authentication failed due to the following reason: {reason}. {advice}")


async def json_body(request: Request) -> Json:
    """The request's JSON object. Raises LINE's 400, 413 and 415."""
    if "json" not in request.headers.get("content-type", ""):
        raise ApiError(415, f"The content type, {request.headers.get('content-type', '-')}, is not supported")
    raw = await request.body()
    if len(raw) > MOST_BODY_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    try:
        value = load_json(raw)
    except json.JSONDecodeError as error:
        where = f"(line: {error.lineno}, column: {error.colno})"
        raise ApiError(400, f"The request body could not be parsed as JSON {where}") from None
    except UnicodeError:
        raise ApiError(400, "The request body could not be parsed as JSON (line: -, column: -)") from None
    if not isinstance(value, dict):
        raise ApiError(400, "The request body could not be parsed as JSON (line: 1, column: 1)")
    return value


def check_fields(body: Json, fields: Mapping[str, Rule]) -> None:
    """Raises LINE's 400 with one detail for each property that breaks its rule."""
    problems = [{"message": wording, "property": dotted(path)} for path, wording in Shape(fields).problems(body, ())]
    if problems:
        raise body_errors(problems)


def text_of(body: Json, name: str) -> str:
    """A required string property. Raises LINE's 400."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid_property(name)
    return value
