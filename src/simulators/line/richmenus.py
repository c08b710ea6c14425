"""Stored rich menus, who sees which, and their aliases."""

from __future__ import annotations

import json
from typing import Any

from simulators.line.chats import friend
from simulators.line.core import Line, hex_id
from simulators.line.errors import ApiError, not_found

Json = dict[str, Any]


def add_menu(line: Line, body: Json) -> str:
    """Stores a checked menu; returns its id."""
    identifier = hex_id("richmenu-")
    line.store.run(
        "INSERT INTO rich_menus (id, body, created_ms) VALUES (?, ?, ?)",
        identifier, json.dumps(body, ensure_ascii=False), line.now_ms(),
    )  # fmt: skip
    return identifier


def menu(line: Line, identifier: str) -> Json:
    """The menu as LINE returns it. Raises LINE's 404."""
    return {"richMenuId": identifier, **json.loads(menu_row(line, identifier)["body"])}


def menu_row(line: Line, identifier: str) -> Json:
    """The stored row. Raises LINE's 404."""
    row = line.store.row("SELECT * FROM rich_menus WHERE id = ?", identifier)
    if row is None:
        raise not_found("richmenu not found")
    return row


def all_menus(line: Line) -> list[Json]:
    """Every menu, the oldest first."""
    rows = line.store.rows("SELECT id, body FROM rich_menus ORDER BY created_ms, rowid")
    return [{"richMenuId": row["id"], **json.loads(row["body"])} for row in rows]


def delete_menu(line: Line, identifier: str) -> None:
    """Removes a menu and every use of it."""
    menu_row(line, identifier)
    line.store.run("DELETE FROM rich_menu_aliases WHERE rich_menu_id = ?", identifier)
    line.store.run("DELETE FROM rich_menus WHERE id = ?", identifier)
    line.store.run("UPDATE users SET rich_menu_id = NULL WHERE rich_menu_id = ?", identifier)
    if line.store.get("default_rich_menu") == identifier:
        line.store.put("default_rich_menu", None)
    line.bell.ring()


def usable(line: Line, identifier: str) -> str:
    """The id of a menu that has its picture. Raises LINE's error for one that has not."""
    if menu_row(line, identifier)["image"] is None:
        raise ApiError(400, "must upload richmenu image before applying it to user")
    return identifier


def menu_of(line: Line, user_id: str) -> Json | None:
    """The menu the person sees: their own, else the default, else none."""
    identifier = friend(line, user_id).rich_menu_id or line.store.get("default_rich_menu")
    return menu(line, identifier) if identifier else None


def alias_target(line: Line, alias: str) -> str:
    """The menu an alias stands for. Raises LINE's 404."""
    row = line.store.row("SELECT rich_menu_id FROM rich_menu_aliases WHERE id = ?", alias)
    if row is None:
        raise not_found("richmenu alias not found")
    return str(row["rich_menu_id"])
