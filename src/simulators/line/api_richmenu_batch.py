"""Rich menus of many people at once: replace or unlink by the menu they have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.line import richmenus
from simulators.line.api import Json, check_fields, json_body
from simulators.line.core import Line
from simulators.line.errors import ApiError, not_found
from simulators.line.rules import Items, Pattern, Rule, Shape, Text, Variant

MOST_OPERATIONS = 1000
_MENU = Text(100)
BATCH: dict[str, Rule] = {
    "operations": Items(
        Variant(
            {
                "link": Shape({"from": _MENU, "to": _MENU}),
                "unlink": Shape({"from": _MENU}),
                "unlinkAll": Shape({}),
            }
        ),
        most=MOST_OPERATIONS,
    ),
    "resumeRequestKey?": Pattern(r"[a-zA-Z0-9_-]{1,100}", "must be match with [a-zA-Z0-9_-]{1,100}"),
}


async def validate(line: Line, request: Request) -> Json:
    """``POST /v2/bot/richmenu/validate/batch``"""
    await _operations(line, request)
    return {}


async def run(line: Line, request: Request) -> Response:
    """``POST /v2/bot/richmenu/batch``: accepted, and done at once"""
    for operation in await _operations(line, request):
        _do(line, operation)
    moment = datetime.fromtimestamp(line.clock.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line.store.put(_key(request.state.request_id), moment)
    line.bell.ring()
    return JSONResponse({}, 202)


async def progress(line: Line, request: Request) -> Json:
    """``GET /v2/bot/richmenu/progress/batch?requestId=`` (the ``X-Line-Request-Id`` of the batch)"""
    moment = line.store.get(_key(request.query_params.get("requestId", "")))
    if moment is None:
        raise not_found()
    return {"phase": "succeeded", "acceptedTime": moment, "completedTime": moment}


def _key(request_id: str) -> str:
    return f"rich_menu_batch:{request_id}"


async def _operations(line: Line, request: Request) -> list[Json]:
    body = await json_body(request)
    check_fields(body, BATCH)
    operations: list[Json] = body["operations"]
    kinds = [operation["type"] for operation in operations]
    if "unlinkAll" in kinds and len(kinds) > 1:
        raise ApiError(400, "unlinkAll can't be combined with other operations")
    for operation in operations:
        _check_menus(line, operation)
    return operations


def _check_menus(line: Line, operation: Mapping[str, Any]) -> None:
    if "from" in operation:
        richmenus.menu_row(line, operation["from"])
    if operation["type"] == "link":
        richmenus.usable(line, operation["to"])


def _do(line: Line, operation: Mapping[str, Any]) -> None:
    if operation["type"] == "unlinkAll":
        line.store.run("UPDATE users SET rich_menu_id = NULL")
    else:
        before, after = operation["from"], operation.get("to")
        line.store.run("UPDATE users SET rich_menu_id = ? WHERE rich_menu_id = ?", after, before)
