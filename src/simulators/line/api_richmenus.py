"""Rich menus: create, picture, default, per person, aliases."""

from __future__ import annotations

import io

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.line import richmenus
from simulators.line.actions import ALIAS, RICH_MENU
from simulators.line.api import Json, check_fields, json_body, text_of
from simulators.line.chats import change_friend, friend
from simulators.line.core import Line
from simulators.line.errors import ApiError, body_errors, invalid_property, not_found
from simulators.line.rules import dotted

MOST_IMAGE_BYTES = 1024 * 1024
MOST_MENUS = 1000
MOST_PEOPLE = 500
IMAGE_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG"}


async def _checked_menu(request: Request) -> Json:
    body = await json_body(request)
    problems = [{"message": wording, "property": dotted(path)} for path, wording in RICH_MENU.problems(body, ())]
    if problems:
        raise body_errors(problems)
    return {name: body[name] for name in ("size", "selected", "name", "chatBarText", "areas")}


async def create(line: Line, request: Request) -> Json:
    """``POST /v2/bot/richmenu``"""
    body = await _checked_menu(request)
    if len(richmenus.all_menus(line)) >= MOST_MENUS:
        raise ApiError(400, "The number of rich menus exceeds the limit")
    return {"richMenuId": richmenus.add_menu(line, body)}


async def validate(line: Line, request: Request) -> Json:
    """``POST /v2/bot/richmenu/validate``"""
    await _checked_menu(request)
    return {}


async def get(line: Line, request: Request) -> Json:
    """``GET /v2/bot/richmenu/{richMenuId}``"""
    return richmenus.menu(line, request.path_params["menu_id"])


async def list_all(line: Line, request: Request) -> Json:
    """``GET /v2/bot/richmenu/list``"""
    return {"richmenus": richmenus.all_menus(line)}


async def delete(line: Line, request: Request) -> Json:
    """``DELETE /v2/bot/richmenu/{richMenuId}``"""
    richmenus.delete_menu(line, request.path_params["menu_id"])
    return {}


async def upload(line: Line, request: Request) -> Json:
    """``POST /v2/bot/richmenu/{richMenuId}/content``: once, JPEG or PNG, of the menu's own size"""
    row = richmenus.menu_row(line, request.path_params["menu_id"])
    kind = request.headers.get("content-type", "").split(";")[0]
    if kind not in IMAGE_TYPES:
        raise ApiError(415, f"The content type, {kind or '-'}, is not supported")
    if row["image"] is not None:
        raise ApiError(400, "An image has already been uploaded to the richmenu")
    data = await request.body()
    if len(data) > MOST_IMAGE_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    size = richmenus.menu(line, row["id"])["size"]
    if _image_size(data, IMAGE_TYPES[kind]) != (size["width"], size["height"]):
        raise ApiError(400, "The image size doesn't match the size of the rich menu")
    line.store.run("UPDATE rich_menus SET image = ?, image_type = ? WHERE id = ?", data, kind, row["id"])
    line.bell.ring()
    return {}


def _image_size(data: bytes, form: str) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as image:
            return image.size
    except (OSError, ValueError, Image.DecompressionBombError):
        raise ApiError(400, "The image is broken or not of the declared type") from None


async def download(line: Line, request: Request) -> Response:
    """``GET /v2/bot/richmenu/{richMenuId}/content``"""
    row = richmenus.menu_row(line, request.path_params["menu_id"])
    if row["image"] is None:
        raise not_found()
    return Response(row["image"], media_type=row["image_type"])


async def set_default(line: Line, request: Request) -> Json:
    """``POST /v2/bot/user/all/richmenu/{richMenuId}``"""
    line.store.put("default_rich_menu", richmenus.usable(line, request.path_params["menu_id"]))
    line.bell.ring()
    return {}


async def get_default(line: Line, request: Request) -> Json:
    """``GET /v2/bot/user/all/richmenu``"""
    identifier = line.store.get("default_rich_menu")
    if identifier is None:
        raise not_found("no default richmenu")
    return {"richMenuId": identifier}


async def clear_default(line: Line, request: Request) -> Json:
    """``DELETE /v2/bot/user/all/richmenu``"""
    line.store.put("default_rich_menu", None)
    line.bell.ring()
    return {}


async def link(line: Line, request: Request) -> Json:
    """``POST /v2/bot/user/{userId}/richmenu/{richMenuId}``"""
    person = friend(line, request.path_params["user_id"])
    change_friend(line, person.id, rich_menu_id=richmenus.usable(line, request.path_params["menu_id"]))
    return {}


async def linked(line: Line, request: Request) -> Json:
    """``GET /v2/bot/user/{userId}/richmenu``"""
    identifier = friend(line, request.path_params["user_id"]).rich_menu_id
    if identifier is None:
        raise not_found("the user has no richmenu")
    return {"richMenuId": identifier}


async def unlink(line: Line, request: Request) -> Json:
    """``DELETE /v2/bot/user/{userId}/richmenu``"""
    change_friend(line, friend(line, request.path_params["user_id"]).id, rich_menu_id=None)
    return {}


async def bulk_link(line: Line, request: Request) -> Response:
    """``POST /v2/bot/richmenu/bulk/link``: accepted, then done for everybody it knows"""
    body = await json_body(request)
    menu_id = richmenus.usable(line, text_of(body, "richMenuId"))
    return _bulk(line, body, menu_id)


async def bulk_unlink(line: Line, request: Request) -> Response:
    """``POST /v2/bot/richmenu/bulk/unlink``"""
    return _bulk(line, await json_body(request), None)


def _bulk(line: Line, body: Json, menu_id: str | None) -> Response:
    people = body.get("userIds")
    if not isinstance(people, list) or not all(isinstance(person, str) for person in people):
        raise invalid_property("userIds")
    if not 1 <= len(people) <= MOST_PEOPLE:
        raise body_errors([{"message": f"Size must be between 1 and {MOST_PEOPLE}", "property": "userIds"}])
    for person in people:
        change_friend(line, person, rich_menu_id=menu_id)
    return JSONResponse({}, 202)


async def create_alias(line: Line, request: Request) -> Json:
    """``POST /v2/bot/richmenu/alias``"""
    body = await json_body(request)
    check_fields(body, {"richMenuAliasId": ALIAS})
    menu_id = richmenus.usable(line, text_of(body, "richMenuId"))
    if line.store.row("SELECT id FROM rich_menu_aliases WHERE id = ?", body["richMenuAliasId"]):
        raise ApiError(400, "conflict richmenu alias id")
    line.store.run("INSERT INTO rich_menu_aliases VALUES (?, ?)", body["richMenuAliasId"], menu_id)
    return {}


async def update_alias(line: Line, request: Request) -> Json:
    """``POST /v2/bot/richmenu/alias/{richMenuAliasId}``"""
    alias = request.path_params["alias"]
    richmenus.alias_target(line, alias)
    menu_id = richmenus.usable(line, text_of(await json_body(request), "richMenuId"))
    line.store.run("UPDATE rich_menu_aliases SET rich_menu_id = ? WHERE id = ?", menu_id, alias)
    return {}


async def get_alias(line: Line, request: Request) -> Json:
    """``GET /v2/bot/richmenu/alias/{richMenuAliasId}``"""
    alias = request.path_params["alias"]
    return {"richMenuAliasId": alias, "richMenuId": richmenus.alias_target(line, alias)}


async def list_aliases(line: Line, request: Request) -> Json:
    """``GET /v2/bot/richmenu/alias/list``"""
    rows = line.store.rows("SELECT * FROM rich_menu_aliases ORDER BY id")
    return {"aliases": [{"richMenuAliasId": row["id"], "richMenuId": row["rich_menu_id"]} for row in rows]}


async def delete_alias(line: Line, request: Request) -> Json:
    """``DELETE /v2/bot/richmenu/alias/{richMenuAliasId}``"""
    richmenus.alias_target(line, request.path_params["alias"])
    line.store.run("DELETE FROM rich_menu_aliases WHERE id = ?", request.path_params["alias"])
    return {}
