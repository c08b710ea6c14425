"""The limits of Flex Messages (line-openapi, schemas Flex*; sizes: Messaging API reference, Flex Message)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from simulators.line.actions import FLEX_ACTION, FLEX_BUTTON_ACTION
from simulators.line.rules import (
    Flag,
    Items,
    Later,
    Number,
    OneOf,
    Path,
    Pattern,
    Rule,
    Shape,
    Text,
    Uri,
    Variant,
)

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
IN_BASELINE = ("icon", "text", "filler")

_STEPS = r"none|xs|sm|md|lg|xl|xxl"
_LENGTH = Pattern(rf"{_STEPS}|-?\d+(\.\d+)?(px|%)", "invalid property")
_WIDTH = Pattern(r"none|light|normal|medium|semi-bold|bold|\d+(\.\d+)?px", "invalid property")
_COLOUR = Pattern(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?", "invalid color code")
_FONT_SIZE = Pattern(r"xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|\d+(\.\d+)?px", "invalid property")
_IMAGE_SIZE = Pattern(r"xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|full|\d+(\.\d+)?(px|%)", "invalid property")
_RATIO = Pattern(r"\d{1,6}(\.\d+)?:\d{1,6}(\.\d+)?", "invalid property")
_ANY_TEXT = Text(10_000_000, least=0)

_POSITION: dict[str, Rule] = {
    "margin?": _LENGTH,
    "position?": OneOf(("relative", "absolute")),
    "offsetTop?": _LENGTH,
    "offsetBottom?": _LENGTH,
    "offsetStart?": _LENGTH,
    "offsetEnd?": _LENGTH,
}
_FLEX: dict[str, Rule] = {"flex?": Number(0, 1000)}
_ALIGN: dict[str, Rule] = {
    "align?": OneOf(("start", "end", "center")),
    "gravity?": OneOf(("top", "bottom", "center")),
}
_LETTERS: dict[str, Rule] = {
    "size?": _FONT_SIZE,
    "color?": _COLOUR,
    "weight?": OneOf(("regular", "bold")),
    "style?": OneOf(("normal", "italic")),
    "decoration?": OneOf(("none", "underline", "line-through")),
}
_GRADIENT: dict[str, Rule] = {
    "angle": Pattern(r"\d+(\.\d+)?deg", "invalid property"),
    "startColor": _COLOUR,
    "endColor": _COLOUR,
    "centerColor?": _COLOUR,
    "centerPosition?": Pattern(r"\d+(\.\d+)?%", "invalid property"),
}


def _some_text(component: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    if not component.get("text") and not component.get("contents"):
        yield ("text",), "must be non-empty text"


def _baseline(box: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    if box.get("layout") != "baseline" or not isinstance(box.get("contents"), list):
        return
    for index, child in enumerate(box["contents"]):
        if isinstance(child, dict) and child.get("type") not in IN_BASELINE:
            yield ("contents", index, "type"), "a baseline box can contain only icon, text and filler"


def _icon_place(box: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    if box.get("layout") == "baseline" or not isinstance(box.get("contents"), list):
        return
    for index, child in enumerate(box["contents"]):
        if isinstance(child, dict) and child.get("type") == "icon":
            yield ("contents", index, "type"), "an icon can be placed only in a baseline box"


BOX = Shape(
    {
        "layout": OneOf(("horizontal", "vertical", "baseline")),
        "contents": Items(Later(lambda: COMPONENT), most=10_000, least=0),
        "spacing?": _LENGTH,
        "backgroundColor?": _COLOUR,
        "borderColor?": _COLOUR,
        "borderWidth?": _WIDTH,
        "cornerRadius?": _LENGTH,
        **{f"{name}?": _LENGTH for name in ("width", "maxWidth", "height", "maxHeight")},
        **{f"padding{side}?": _LENGTH for side in ("All", "Top", "Bottom", "Start", "End")},
        "justifyContent?": OneOf(("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly")),
        "alignItems?": OneOf(("center", "flex-start", "flex-end")),
        "background?": Variant({"linearGradient": Shape(_GRADIENT, strict=True)}),
        "action?": FLEX_ACTION,
        **_POSITION,
        **_FLEX,
    },
    (_baseline, _icon_place),
    strict=True,
)
SPAN = Shape({"text?": _ANY_TEXT, **_LETTERS}, strict=True)
TEXT = Shape(
    {
        "text?": _ANY_TEXT,
        "contents?": Items(Variant({"span": SPAN}), most=10_000, least=0),
        "wrap?": Flag(),
        "lineSpacing?": _LENGTH,
        "maxLines?": Number(0, 10_000),
        "adjustMode?": OneOf(("shrink-to-fit",)),
        "scaling?": Flag(),
        "action?": FLEX_ACTION,
        **_LETTERS,
        **_ALIGN,
        **_POSITION,
        **_FLEX,
    },
    (_some_text,),
    strict=True,
)
BUTTON = Shape(
    {
        "action": FLEX_BUTTON_ACTION,
        "style?": OneOf(("primary", "secondary", "link")),
        "color?": _COLOUR,
        "height?": OneOf(("md", "sm")),
        "gravity?": OneOf(("top", "bottom", "center")),
        "adjustMode?": OneOf(("shrink-to-fit",)),
        "scaling?": Flag(),
        **_POSITION,
        **_FLEX,
    },
    strict=True,
)
IMAGE = Shape(
    {
        "url": Uri(2000),
        "size?": _IMAGE_SIZE,
        "aspectRatio?": _RATIO,
        "aspectMode?": OneOf(("fit", "cover")),
        "backgroundColor?": _COLOUR,
        "animated?": Flag(),
        "action?": FLEX_ACTION,
        **_ALIGN,
        **_POSITION,
        **_FLEX,
    },
    strict=True,
)
ICON = Shape(
    {"url": Uri(2000), "size?": _FONT_SIZE, "aspectRatio?": _RATIO, "scaling?": Flag(), **_POSITION},
    strict=True,
)
VIDEO = Shape(
    {
        "url": Uri(2000),
        "previewUrl": Uri(2000),
        "altContent": Later(lambda: Variant({"box": BOX, "image": IMAGE})),
        "aspectRatio?": _RATIO,
        "action?": FLEX_ACTION,
    },
    strict=True,
)
COMPONENT: Rule = Variant(
    {
        "box": BOX,
        "button": BUTTON,
        "image": IMAGE,
        "video": VIDEO,
        "icon": ICON,
        "text": TEXT,
        "separator": Shape({"margin?": _LENGTH, "color?": _COLOUR}, strict=True),
        "filler": Shape(_FLEX, strict=True),
    }
)
_BLOCKS = ("header", "hero", "body", "footer")
_BLOCK_STYLE = Shape({"backgroundColor?": _COLOUR, "separator?": Flag(), "separatorColor?": _COLOUR}, strict=True)
_BUBBLE_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")


def _some_block(bubble: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    if not any(bubble.get(block) for block in _BLOCKS):
        yield (), "At least one block must be specified"


def _too_large(most: int) -> Any:
    def check(container: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        size = len(json.dumps(container, ensure_ascii=False, separators=(",", ":")).encode())
        if size > most:
            yield (), f"size must be between 0 and {most} bytes"

    return check


def _one_size(carousel: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    bubbles = [bubble for bubble in carousel.get("contents") or [] if isinstance(bubble, dict)]
    if len({bubble.get("size", "mega") for bubble in bubbles}) > 1:
        yield ("contents",), "all bubbles must have the same size"


BUBBLE = Shape(
    {
        "size?": OneOf(_BUBBLE_SIZES),
        "direction?": OneOf(("ltr", "rtl")),
        "header?": Variant({"box": BOX}),
        "hero?": Variant({"box": BOX, "image": IMAGE, "video": VIDEO}),
        "body?": Variant({"box": BOX}),
        "footer?": Variant({"box": BOX}),
        "styles?": Shape({f"{block}?": _BLOCK_STYLE for block in _BLOCKS}, strict=True),
        "action?": FLEX_ACTION,
    },
    (_some_block, _too_large(BUBBLE_BYTES)),
    strict=True,
)
CAROUSEL = Shape(
    {"contents": Items(Variant({"bubble": BUBBLE}), most=12)},
    (_one_size, _too_large(CAROUSEL_BYTES)),
    strict=True,
)
CONTAINER = Variant({"bubble": BUBBLE, "carousel": CAROUSEL})
FLEX_MESSAGE: dict[str, Rule] = {"altText": Text(1500), "contents": CONTAINER}
