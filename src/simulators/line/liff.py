"""The LIFF apps of the login channel: the server API."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request

from simulators.line.api import Json, check_fields, json_body
from simulators.line.core import Line, hex_id
from simulators.line.errors import ApiError, not_found
from simulators.line.rules import Flag, Items, OneOf, Rule, Shape, Text, Uri

MOST_APPS = 30
SCOPES = ("openid", "email", "profile", "chat_message.write")
DEFAULT_SCOPE = ("openid", "profile")
_SIZE, _URL = OneOf(("compact", "tall", "full")), Uri(1000)
_SETTINGS: dict[str, Rule] = {
    "description?": Text(1000),
    "features?": Shape({"ble?": Flag(), "qrCode?": Flag()}),
    "permanentLinkPattern?": OneOf(("concat",)),
    "scope?": Items(OneOf(SCOPES), most=len(SCOPES), least=0),
    "botPrompt?": OneOf(("normal", "aggressive", "none")),
}
NEW_APP: dict[str, Rule] = {"view": Shape({"type": _SIZE, "url": _URL, "moduleMode?": Flag()}), **_SETTINGS}
CHANGED_APP: dict[str, Rule] = {"view?": Shape({"type?": _SIZE, "url?": _URL, "moduleMode?": Flag()}), **_SETTINGS}
_KEPT = ("view", *(name.removesuffix("?") for name in _SETTINGS))


async def add(line: Line, request: Request) -> Json:
    """``POST /liff/v1/apps``"""
    body = await _checked(request, NEW_APP)
    if len(line.store.rows("SELECT id FROM liff_apps")) >= MOST_APPS:
        raise ApiError(400, "The maximum number of LIFF apps has been reached")
    liff_id = f"{line.options.login_channel_id}-{hex_id()[:8]}"
    line.store.run("INSERT INTO liff_apps VALUES (?, ?)", liff_id, json.dumps(body, ensure_ascii=False))
    return {"liffId": liff_id}


async def update(line: Line, request: Request) -> Json:
    """``PUT /liff/v1/apps/{liffId}``: what is left out stays as it is, also inside ``view``"""
    app, changes = _app(line, request), await _checked(request, CHANGED_APP)
    view = {**app["view"], **changes.get("view", {})}
    body = json.dumps({**app, **changes, "view": view}, ensure_ascii=False)
    line.store.run("UPDATE liff_apps SET body = ? WHERE id = ?", body, request.path_params["liff_id"])
    return {}


async def list_all(line: Line, request: Request) -> Json:
    """``GET /liff/v1/apps``"""
    rows = line.store.rows("SELECT * FROM liff_apps ORDER BY rowid")
    if not rows:
        raise not_found("no LIFF app")
    return {"apps": [{"liffId": row["id"], **json.loads(row["body"])} for row in rows]}


async def delete(line: Line, request: Request) -> Json:
    """``DELETE /liff/v1/apps/{liffId}``"""
    _app(line, request)
    line.store.run("DELETE FROM liff_apps WHERE id = ?", request.path_params["liff_id"])
    return {}


async def _checked(request: Request, rules: Mapping[str, Rule]) -> Json:
    body = await json_body(request)
    check_fields(body, rules)
    return {name: body[name] for name in _KEPT if body.get(name) is not None}


def _app(line: Line, request: Request) -> Json:
    row = line.store.row("SELECT body FROM liff_apps WHERE id = ?", request.path_params["liff_id"])
    if row is None:
        raise not_found()
    return dict(json.loads(row["body"]))
