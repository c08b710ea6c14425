"""What a tap may do: the actions of buttons, and where each is allowed (reference: Messaging API, action objects)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from simulators.line.rules import Flag, Items, Number, OneOf, Path, Pattern, Rule, Shape, Text, Uri, Variant

LINK_SCHEMES = ("http", "https", "line", "tel")
INPUT_OPTIONS = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
PICKER_FORMATS = {"date": ("%Y-%m-%d",), "time": ("%H:%M",), "datetime": ("%Y-%m-%dT%H:%M", "%Y-%m-%dt%H:%M")}
PICKER_PATTERNS = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d",
    "datetime": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d",
}
ALIAS = Pattern(r"[a-z0-9_-]{1,32}", "must be match with [a-z0-9_-]{1,32}")


def picker_moment(mode: str, text: object) -> datetime | None:
    """The moment a picker value means, or None when it is not in the mode's form or outside 1900–2100."""
    if not isinstance(text, str) or not re.fullmatch(PICKER_PATTERNS.get(mode, r"(?!)"), text):
        return None
    for form in PICKER_FORMATS[mode]:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 - pickers have no time zone
        except ValueError:
            continue
        return moment if mode == "time" or 1900 <= moment.year <= 2100 else None
    return None


def _picker(action: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    mode = str(action.get("mode"))
    moments = {key: picker_moment(mode, action[key]) for key in ("initial", "min", "max") if action.get(key)}
    for key, moment in moments.items():
        if moment is None:
            yield (key,), "invalid date format"
    least, most = moments.get("min"), moments.get("max")
    if least and most and most <= least:
        yield ("max",), "must be greater than min"


def _one_text(action: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    if action.get("displayText") and action.get("text"):
        yield ("displayText",), "displayText and text cannot be set at the same time"


def _fill_in(action: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    if action.get("fillInText") and action.get("inputOption") != "openKeyboard":
        yield ("fillInText",), "can be set only when inputOption is openKeyboard"


def _shapes(label: Mapping[str, Rule]) -> dict[str, Rule]:
    """Every action's own properties after its label."""
    properties: dict[str, tuple[Mapping[str, Rule], tuple[Any, ...]]] = {
        "postback": (
            {
                "data": Text(300),
                "displayText?": Text(300),
                "text?": Text(300),
                "inputOption?": OneOf(INPUT_OPTIONS),
                "fillInText?": Text(300),
            },
            (_one_text, _fill_in),
        ),
        "message": ({"text": Text(300)}, ()),
        "uri": (
            {"uri": Uri(1000, LINK_SCHEMES), "altUri?": Shape({"desktop?": Uri(1000, LINK_SCHEMES)})},
            (),
        ),
        "datetimepicker": (
            {
                "data": Text(300),
                "mode": OneOf(tuple(PICKER_FORMATS)),
                "initial?": Text(20),
                "max?": Text(20),
                "min?": Text(20),
            },
            (_picker,),
        ),
        "clipboard": ({"clipboardText": Text(1000)}, ()),
        "camera": ({}, ()),
        "cameraRoll": ({}, ()),
        "location": ({}, ()),
        "richmenuswitch": ({"richMenuAliasId": ALIAS, "data?": Text(300)}, ()),
    }
    return {kind: Shape({**label, **fields}, checks) for kind, (fields, checks) in properties.items()}


def _action(label: Mapping[str, Rule], *, without: tuple[str, ...]) -> Variant:
    return Variant({kind: shape for kind, shape in _shapes(label).items() if kind not in without})


_QUICK_ONLY = ("camera", "cameraRoll", "location")
TEMPLATE_ACTION = _action({"label": Text(20)}, without=(*_QUICK_ONLY, "richmenuswitch"))
IMAGE_COLUMN_ACTION = _action({"label?": Text(12)}, without=(*_QUICK_ONLY, "richmenuswitch"))
PLAIN_ACTION = _action({"label?": Text(20)}, without=(*_QUICK_ONLY, "richmenuswitch"))
FLEX_ACTION = _action({"label?": Text(40)}, without=(*_QUICK_ONLY, "richmenuswitch"))
FLEX_BUTTON_ACTION = _action({"label": Text(40)}, without=(*_QUICK_ONLY, "richmenuswitch"))
QUICK_REPLY_ACTION = _action({"label": Text(20)}, without=("richmenuswitch",))
RICH_MENU_ACTION = _action({"label?": Text(20)}, without=_QUICK_ONLY)
PRESSABLE = _action({"label?": Text(100)}, without=())
"""Any action, wherever it stood."""

_PIXEL = Number(0, 2500)
_LENGTH = Number(1, 2500)
_BOUNDS = Shape({"x": _PIXEL, "y": _PIXEL, "width": _LENGTH, "height": _LENGTH})


def _rich_menu_ratio(menu: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    size = menu.get("size") or {}
    width, height = size.get("width"), size.get("height")
    if isinstance(width, int) and isinstance(height, int) and height and width / height < 1.45:
        yield ("size",), "the aspect ratio (width / height) must be 1.45 or more"


def _areas_inside(menu: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    size, areas = menu.get("size"), menu.get("areas")
    if not isinstance(size, dict) or not isinstance(areas, list):
        return
    for index, area in enumerate(areas):
        bounds = area.get("bounds") if isinstance(area, dict) else None
        if isinstance(bounds, dict) and _sticks_out(bounds, size):
            yield ("areas", index, "bounds"), "must be inside of the rich menu"


def _sticks_out(bounds: Mapping[str, Any], size: Mapping[str, Any]) -> bool:
    edges = (("x", "width"), ("y", "height"))
    numbers = [bounds.get(key) for pair in edges for key in pair] + [size.get("width"), size.get("height")]
    if not all(isinstance(number, int) for number in numbers):
        return False
    return any(bounds[start] + bounds[length] > size[length] for start, length in edges)


RICH_MENU = Shape(
    {
        "size": Shape({"width": Number(800, 2500), "height": Number(250, 2500)}),
        "selected": Flag(),
        "name": Text(300),
        "chatBarText": Text(14),
        "areas": Items(Shape({"bounds": _BOUNDS, "action": RICH_MENU_ACTION}), most=20, least=0),
    },
    (_rich_menu_ratio, _areas_inside),
)
