"""The limits of every message type as one table, and LINE's error answers for what breaks them.

The OpenAPI description carries almost none of these numbers; they come from the Messaging API reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulators.line.actions import IMAGE_COLUMN_ACTION, PLAIN_ACTION, QUICK_REPLY_ACTION, TEMPLATE_ACTION
from simulators.line.errors import ApiError, Detail, body_errors
from simulators.line.flex import CONTAINER
from simulators.line.rules import (
    Dictionary,
    Flag,
    Items,
    Number,
    OneOf,
    Path,
    Pattern,
    Problem,
    Rule,
    Shape,
    Text,
    Uri,
    Variant,
    dotted,
    slashed,
    utf16_length,
)

MOST_MESSAGES = 5
ALT_TEXT = Text(1500)
_COLOUR = Pattern(r"#[0-9a-fA-F]{6}", "invalid color code")


def _shorter_beside_a_picture(long: int, short: int) -> Any:
    def check(template: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        most = short if template.get("title") or template.get("thumbnailImageUrl") else long
        text = template.get("text")
        if isinstance(text, str) and utf16_length(text) > most:
            yield ("text",), f"must not be longer than {most} characters"

    return check


def _same_columns(carousel: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    columns = [column for column in carousel.get("columns") or [] if isinstance(column, dict)]
    if len({len(column.get("actions") or ()) for column in columns}) > 1:
        yield ("columns",), "the number of actions must be the same in every column"
    for key in ("thumbnailImageUrl", "title"):
        if len({bool(column.get(key)) for column in columns}) > 1:
            yield ("columns",), f"{key} must be set in every column or in none"


_PICTURE: dict[str, Rule] = {
    "thumbnailImageUrl?": Uri(2000),
    "imageBackgroundColor?": _COLOUR,
    "title?": Text(40),
    "defaultAction?": PLAIN_ACTION,
}
_IMAGE_LOOK: dict[str, Rule] = {
    "imageAspectRatio?": OneOf(("rectangle", "square")),
    "imageSize?": OneOf(("cover", "contain")),
}
TEMPLATE = Variant(
    {
        "buttons": Shape(
            {**_PICTURE, **_IMAGE_LOOK, "text": Text(160), "actions": Items(TEMPLATE_ACTION, most=4)},
            (_shorter_beside_a_picture(160, 60),),
        ),
        "confirm": Shape({"text": Text(240), "actions": Items(TEMPLATE_ACTION, least=2, most=2)}),
        "carousel": Shape(
            {
                **_IMAGE_LOOK,
                "columns": Items(
                    Shape(
                        {**_PICTURE, "text": Text(120), "actions": Items(TEMPLATE_ACTION, most=3)},
                        (_shorter_beside_a_picture(120, 60),),
                    ),
                    most=10,
                ),
            },
            (_same_columns,),
        ),
        "image_carousel": Shape(
            {"columns": Items(Shape({"imageUrl": Uri(2000), "action": IMAGE_COLUMN_ACTION}), most=10)}
        ),
    }
)
_PIXELS = Number(0, 10_000)
_AREA = Shape({"x": _PIXELS, "y": _PIXELS, "width": _PIXELS, "height": _PIXELS})
IMAGEMAP: dict[str, Rule] = {
    "baseUrl": Uri(2000),
    "altText": ALT_TEXT,
    "baseSize": Shape({"width": Number(1040, 1040), "height": Number(1, 10_000)}),
    "actions": Items(
        Variant(
            {
                "message": Shape({"label?": Text(100), "text": Text(400), "area": _AREA}),
                "uri": Shape(
                    {
                        "label?": Text(100),
                        "linkUri": Uri(1000, ("http", "https", "line", "tel")),
                        "area": _AREA,
                    }
                ),
                "clipboard": Shape({"label?": Text(100), "clipboardText": Text(1000), "area": _AREA}),
            }
        ),
        most=50,
    ),
    "video?": Shape(
        {
            "originalContentUrl": Uri(2000),
            "previewImageUrl": Uri(2000),
            "area": _AREA,
            "externalLink?": Shape({"linkUri": Uri(1000, ("http", "https", "line", "tel")), "label": Text(30)}),
        }
    ),
}
_EMOJI = Shape({"index": Number(0, 5000), "productId": Text(100), "emojiId": Text(100)})
_SUBSTITUTION = Variant(
    {
        "mention": Shape({"mentionee": Variant({"user": Shape({"userId": Text(33)}), "all": Shape({})})}),
        "emoji": Shape({"productId": Text(100), "emojiId": Text(100)}),
    }
)
_EVERY_MESSAGE: dict[str, Rule] = {
    "quickReply?": Shape(
        {"items": Items(Variant({"action": Shape({"imageUrl?": Uri(2000), "action": QUICK_REPLY_ACTION})}), most=13)}
    ),
    "sender?": Shape({"name?": Text(20), "iconUrl?": Uri(2000)}),
}
_MESSAGES: dict[str, dict[str, Rule]] = {
    "text": {"text": Text(5000), "emojis?": Items(_EMOJI, most=20, least=0), "quoteToken?": Text(1000)},
    "textV2": {
        "text": Text(5000),
        "substitution?": Dictionary(_SUBSTITUTION, most=100),
        "quoteToken?": Text(1000),
    },
    "sticker": {"packageId": Text(20), "stickerId": Text(20), "quoteToken?": Text(1000)},
    "image": {"originalContentUrl": Uri(2000), "previewImageUrl": Uri(2000)},
    "video": {"originalContentUrl": Uri(2000), "previewImageUrl": Uri(2000), "trackingId?": Text(100)},
    "audio": {"originalContentUrl": Uri(2000), "duration": Number(1, 86_400_000)},
    "location": {
        "title": Text(100),
        "address": Text(100),
        "latitude": Number(-90, 90, whole=False),
        "longitude": Number(-180, 180, whole=False),
    },
    "imagemap": IMAGEMAP,
    "template": {"altText": ALT_TEXT, "template": TEMPLATE},
    "flex": {"altText": ALT_TEXT, "contents": CONTAINER},
}
MESSAGE = Variant({kind: Shape({**fields, **_EVERY_MESSAGE}) for kind, fields in _MESSAGES.items()})
UNITS = Items(Pattern(r"[a-zA-Z0-9_]{1,30}", "must be match with [a-zA-Z0-9_]{1,30}"), most=1, least=0)
NOTIFYING: dict[str, Rule] = {"notificationDisabled?": Flag()}


def check_messages(messages: Any) -> list[dict[str, Any]]:
    """The messages, if LINE would take them; else raises the ``ApiError`` LINE answers with.

    Plain properties are reported for all messages together; templates, Flex, imagemaps and quick replies
    message by message, with a path inside the message.
    """
    if messages is None:
        raise body_errors([{"message": "May not be empty", "property": "messages"}])
    plain: list[Detail] = []
    inside: dict[int, list[Detail]] = {}
    for path, wording in Items(MESSAGE, most=MOST_MESSAGES).problems(messages, ("messages",)):
        if len(path) > 2 and _is_inside(messages[int(path[1])], path):
            index = int(path[1])
            inside.setdefault(index, []).append(_inner_detail((path, wording)))
        else:
            plain.append({"message": wording, "property": dotted(path)})
    if plain:
        raise body_errors(plain)
    for index, details in inside.items():
        raise ApiError(400, f"A message (messages[{index}]) in the request body is invalid", details)
    return list(messages)


def _is_inside(message: Any, path: Path) -> bool:
    nested = isinstance(message, dict) and message.get("type") in ("template", "flex", "imagemap")
    return path[2] == "quickReply" or (nested and path[2] != "type")


def _inner_detail(problem: Problem) -> Detail:
    """Flex paths begin at the container (``/body/contents/0``), all others at the message."""
    path, wording = problem[0][2:], problem[1]
    wording = wording.replace("Length must be between 0 and ", "must not be longer than ")
    if wording.startswith("must not be longer") and not wording.endswith("characters"):
        wording += " characters"
    where = "/" + slashed(path[1:]) if path[0] == "contents" else slashed(path)
    return {"message": wording, "property": where}
