"""LINE message objects, built within LINE's limits. Sizes count UTF-16 code units, as LINE does.

Source: LINE Messaging API reference, "Message objects", "Quick reply", "Flex Message".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Message = dict[str, Any]
Action = dict[str, Any]
Box = dict[str, Any]

MAX_MESSAGES = 5
MAX_BUBBLES = 12
MAX_QUICK_REPLIES = 13
MAX_BODY = 24 * 1024
"""A bubble may have 30 KB; header, buttons and styles need some."""
QUICK_LABEL, FLEX_LABEL, ALT_TEXT, TEXT, DATA = 20, 40, 400, 5000, 300
INK, MUTED, LINE, KEY = "#1a1a1a", "#626264", "#e6e6e6", "#0017c1"


def fits(text: str, units: int) -> bool:
    """Whether ``text`` has at most ``units`` UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 <= units


def clip(text: str, units: int) -> str:
    """``text`` in at most ``units`` UTF-16 code units, ending in … where something was cut."""
    if fits(text, units):
        return text
    kept = text[: units - 1]
    while not fits(kept, units - 1):
        kept = kept[:-1]
    return f"{kept}…"


def size_of(boxes: Sequence[Box]) -> int:
    """Bytes of JSON, as LINE counts the size of a bubble."""
    return len(json.dumps(boxes, ensure_ascii=False).encode())


def text(body: str) -> Message:
    """A plain bubble."""
    return {"type": "text", "text": clip(body, TEXT)}


def postback(label: str, data: str, *, units: int = QUICK_LABEL) -> Action:
    """A button that sends ``data`` to us and shows its label as said by the resident."""
    return {"type": "postback", "label": clip(label, units), "data": data[:DATA], "displayText": clip(label, 300)}


def uri(label: str, address: str, *, units: int = FLEX_LABEL) -> Action:
    """A button that opens an address."""
    return {"type": "uri", "label": clip(label, units), "uri": address}


def picker(label: str, data: str, mode: str, **limits: str) -> Action:
    """A button that opens LINE's date or time picker; ``limits`` may hold initial, min and max."""
    return {"type": "datetimepicker", "label": clip(label, QUICK_LABEL), "data": data[:DATA], "mode": mode, **limits}


def with_quick_replies(messages: Sequence[Message], actions: Sequence[Action]) -> list[Message]:
    """At most five messages; the quick replies hang on the last, the only place where LINE shows them."""
    kept = list(messages)[-MAX_MESSAGES:]
    if actions and kept:
        items = [{"type": "action", "action": action} for action in actions[:MAX_QUICK_REPLIES]]
        kept[-1] = {**kept[-1], "quickReply": {"items": items}}
    return kept


def line_of(body: str, **style: Any) -> Box:
    """A Flex text that wraps."""
    return {"type": "text", "text": body or "－", "wrap": True, "size": "sm", "color": INK, **style}


def pair(label: str, value: str) -> Box:
    """A label and its value under it, as in a list of answers."""
    return {
        "type": "box", "layout": "vertical", "spacing": "xs",
        "contents": [line_of(label, color=MUTED, size="xs"), line_of(value)],
    }


def amount(label: str, value: str, *, bold: bool = False) -> Box:
    """A line of a bill: what on the left, how much on the right."""
    weight = {"weight": "bold"} if bold else {}
    return {
        "type": "box", "layout": "horizontal", "spacing": "md",
        "contents": [
            line_of(label, flex=3, **weight),
            line_of(value, flex=2, align="end", **weight),
        ],
    }


def separator() -> Box:
    """A thin rule."""
    return {"type": "separator", "color": LINE, "margin": "md"}


def button(action: Action, *, primary: bool = False) -> Box:
    """A button across the bubble."""
    style: Box = {"style": "primary", "color": KEY} if primary else {"style": "secondary"}
    return {"type": "button", "action": action, "height": "sm", **style}


def bubble(alt: str, *, title: str, body: Sequence[Box], buttons: Sequence[Box] = (), colour: str = KEY) -> Message:
    """One Flex bubble: a thin line in the city's colour, a title, a body, buttons."""
    contents: dict[str, Any] = {
        "type": "bubble",
        "header": {
            "type": "box", "layout": "vertical", "paddingAll": "lg",
            "contents": [line_of(title, weight="bold", size="md")],
        },
        "body": {
            "type": "box", "layout": "vertical", "spacing": "md", "paddingAll": "lg", "paddingTop": "none",
            "contents": list(body),
        },
        "styles": {"header": {"separator": False}, "footer": {"separator": True, "separatorColor": colour}},
    }
    if buttons:
        contents["footer"] = {
            "type": "box", "layout": "vertical", "spacing": "sm", "paddingAll": "lg", "contents": list(buttons),
        }
    return {"type": "flex", "altText": clip(alt, ALT_TEXT), "contents": contents}


def carousel(alt: str, bubbles: Sequence[Message]) -> Message:
    """Several bubbles side by side in one message."""
    contents = {"type": "carousel", "contents": [bubble["contents"] for bubble in bubbles[:MAX_BUBBLES]]}
    return {"type": "flex", "altText": clip(alt, ALT_TEXT), "contents": contents}
