"""Friends and what stands in their chats."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulators.line.core import Line, hex_id, message_id
from simulators.line.errors import not_found

Json = dict[str, Any]


@dataclass(frozen=True)
class Friend:
    """A simulated person and their relation to the account."""

    id: str
    display_name: str
    blocked: bool
    rich_menu_id: str | None
    quick_reply_used_n: int
    loading_until_ms: int
    read_n: int
    followed_at_ms: int


def add_friend(line: Line, display_name: str) -> Friend:
    """A new person; they have not followed the account's webhook yet (``people.follow`` says so to it)."""
    user_id = hex_id("U")
    line.store.run(
        "INSERT INTO users (id, display_name, followed_at_ms) VALUES (?, ?, ?)",
        user_id, display_name, line.now_ms(),
    )  # fmt: skip
    return friend(line, user_id)


def friend(line: Line, user_id: str) -> Friend:
    """The person with this id. Raises LINE's 404."""
    row = line.store.row("SELECT * FROM users WHERE id = ?", user_id)
    if row is None:
        raise not_found()
    return Friend(**{**row, "blocked": bool(row["blocked"])})


def friends(line: Line) -> list[Friend]:
    """Everybody, the newest first."""
    rows = line.store.rows("SELECT * FROM users ORDER BY followed_at_ms DESC, id")
    return [Friend(**{**row, "blocked": bool(row["blocked"])}) for row in rows]


def change_friend(line: Line, user_id: str, **changes: object) -> None:
    """Sets columns of one person."""
    columns = ", ".join(f"{name} = ?" for name in changes)
    line.store.run(f"UPDATE users SET {columns} WHERE id = ?", *changes.values(), user_id)  # noqa: S608
    line.bell.ring()


def put_bot_message(line: Line, user_id: str, message: Json, via: str) -> Json:
    """Puts a message into the chat, unless the person blocked the account; returns LINE's ``sentMessages`` row."""
    sent = {"id": message_id(), "quoteToken": hex_id()}
    if not friend(line, user_id).blocked:
        _put(line, user_id, "bot", message, sent["id"], via=via)
        change_friend(line, user_id, loading_until_ms=0)
    return sent


def put_event(line: Line, user_id: str, event: Json, shown: str | None = None) -> int:
    """Puts what the person did into the chat; ``shown`` is what they see of it when it is no message."""
    content = event.get("message", {})
    text = content.get("text") if content.get("type") == "text" else None
    return _put(line, user_id, "user", event, content.get("id"), shown=shown or text)


def _put(
    line: Line,
    user_id: str,
    sender: str,
    message: Json,
    identifier: str | None,
    *,
    shown: str | None = None,
    via: str | None = None,
) -> int:
    number = line.store.add(
        "INSERT INTO messages (user_id, sender, message, at_ms, message_id, shown, via) VALUES (?,?,?,?,?,?,?)",
        user_id, sender, json.dumps(message, ensure_ascii=False), line.now_ms(), identifier, shown, via,
    )  # fmt: skip
    line.bell.ring()
    return number


def messages_after(line: Line, user_id: str, after: int) -> list[Json]:
    """The chat after number ``after``: ``message`` is what the account sent, or the webhook event, verbatim."""
    rows = line.store.rows("SELECT * FROM messages WHERE user_id = ? AND n > ? ORDER BY n", user_id, after)
    return [
        {
            "n": row["n"],
            "from": row["sender"],
            "message": json.loads(row["message"]),
            "at": row["at_ms"],
            "shown": row["shown"],
            "unsent": bool(row["unsent"]),
        }
        for row in rows
    ]


def newest_bot_messages(line: Line, user_id: str) -> Iterator[tuple[int, Json]]:
    """What the account sent, newest first."""
    rows = line.store.rows(
        "SELECT n, message FROM messages WHERE user_id = ? AND sender = 'bot' ORDER BY n DESC", user_id
    )
    return ((row["n"], json.loads(row["message"])) for row in rows)


def quick_reply(line: Line, user_id: str) -> tuple[int, list[Json]] | None:
    """The quick replies on show: those of the last message in the chat, until one was pressed."""
    row = line.store.row(
        "SELECT n, sender, message FROM messages WHERE user_id = ? AND (sender = 'bot' OR message_id IS NOT NULL"
        " OR shown IS NOT NULL) ORDER BY n DESC LIMIT 1", user_id,
    )  # fmt: skip
    if row is None or row["sender"] != "bot" or row["n"] <= friend(line, user_id).quick_reply_used_n:
        return None
    items = json.loads(row["message"]).get("quickReply", {}).get("items", [])
    return (row["n"], [item["action"] for item in items]) if items else None


def buttons(message: Mapping[str, Any]) -> Iterator[Json]:
    """Every action one can tap in a message, without its quick replies, in reading order."""
    kind = message.get("type")
    if kind == "template":
        yield from _template_actions(message["template"])
    elif kind == "flex":
        yield from _actions_within(message["contents"])
    elif kind == "imagemap":
        yield from message["actions"]


def _template_actions(template: Mapping[str, Any]) -> Iterator[Json]:
    for part in template.get("columns", [template]):
        yield from part.get("actions", [])
        yield from (part[key] for key in ("defaultAction", "action") if key in part)


def _actions_within(value: Any) -> Iterator[Json]:
    if isinstance(value, list):
        for item in value:
            yield from _actions_within(item)
    elif isinstance(value, dict):
        if isinstance(value.get("action"), dict):
            yield value["action"]
        for key, item in value.items():
            if key != "action":
                yield from _actions_within(item)
