"""LINE's limits, one row each: the largest that passes and the smallest that does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.line.errors import ApiError
from simulators.line.messages import check_messages
from simulators.line.rules import utf16_length
from tests.line_simulator import LineSimulator

Json = dict[str, Any]
PROPERTIES = ("type", "text", "actions", "columns", "contents", "body", "layout", "size", "data", "mode", "min", "max",
              "label", "quickReply", "items", "action", "title", "thumbnailImageUrl", "uri")  # fmt: skip
MESSAGE_ACTION = {"type": "message", "label": "はい", "text": "はい"}


def text(words: str, **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def quick(*actions: Json) -> Json:
    return text("質問", quickReply={"items": [{"type": "action", "action": action} for action in actions]})


def labelled(label: str) -> Json:
    return {"type": "message", "label": label, "text": "はい"}


def postback(**more: Any) -> Json:
    return {"type": "postback", "label": "はい", "data": "x", **more}


def picker(**more: Any) -> Json:
    return {"type": "datetimepicker", "label": "日を選ぶ", "data": "x", "mode": "date", **more}


def template(kind: str, **more: Any) -> Json:
    return {"type": "template", "altText": "質問", "template": {"type": kind, **more}}


def buttons(words: str = "質問", count: int = 1, **more: Any) -> Json:
    return template("buttons", text=words, actions=[MESSAGE_ACTION] * count, **more)


def confirm(words: str = "質問", count: int = 2) -> Json:
    return template("confirm", text=words, actions=[MESSAGE_ACTION] * count)


def carousel(*columns: Json) -> Json:
    return template("carousel", columns=list(columns))


def column(words: str = "説明", count: int = 1, **more: Any) -> Json:
    return {"text": words, "actions": [MESSAGE_ACTION] * count, **more}


def flex(*contents: Json, layout: str = "vertical", **more: Any) -> Json:
    body = {"type": "box", "layout": layout, "contents": list(contents)}
    return {"type": "flex", "altText": "確認", "contents": {"type": "bubble", "body": body, **more}}


def bubbles(count: int, *sizes: str) -> Json:
    parts = [flex({"type": "text", "text": "x"}, size=size)["contents"] for size in sizes or ["mega"] * count]
    return {"type": "flex", "altText": "一覧", "contents": {"type": "carousel", "contents": parts}}


def flex_text(words: str) -> Json:
    return {"type": "text", "text": words}


def flex_button(label: str) -> Json:
    return {"type": "button", "action": labelled(label)}


def image(url: str) -> Json:
    return {"type": "image", "originalContentUrl": url, "previewImageUrl": url}


def link(uri: str) -> Json:
    return quick({"type": "uri", "label": "開く", "uri": uri})


PASS = {
    "5000 letters": text("あ" * 5000),
    "2500 letters of two units": text("𠮷" * 2500),
    "13 quick replies": quick(*[MESSAGE_ACTION] * 13),
    "a label of 20": quick(labelled("あ" * 20)),
    "a camera in a quick reply": quick({"type": "camera", "label": "撮る"}),
    "data of 300": quick(postback(data="x" * 300)),
    "display text of 300": quick(postback(displayText="あ" * 300)),
    "a telephone link": link("tel:047-000-0000"),
    "a link of 1000": link("https://example.jp/" + "x" * 981),
    "a picker with limits": quick(picker(initial="2026-11-23", min="1900-01-01", max="2100-12-31")),
    "a small t in a picker": quick(picker(mode="datetime", initial="2026-11-23t09:00")),
    "buttons with 160": buttons("あ" * 160),
    "buttons with 60 and a title": buttons("あ" * 60, title="題" * 40),
    "4 buttons": buttons(count=4),
    "confirm with 240": confirm("あ" * 240),
    "10 columns": carousel(*[column()] * 10),
    "columns of 120": carousel(column("あ" * 120)),
    "a flex label of 40": flex(flex_button("あ" * 40)),
    "12 bubbles": bubbles(12),
    "a baseline of text": flex(flex_text("a"), {"type": "filler"}, layout="baseline"),
    "a place": {"type": "location", "title": "市役所", "address": "八幡1-1-1", "latitude": 35.72, "longitude": 139.93},
    "a picture by https": image("https://example.jp/a.jpg"),
    "a picture of the demonstration": image("http://127.0.0.1:8000/a.jpg"),
    "alternative text of 1500": {**flex(flex_text("a")), "altText": "あ" * 1500},
    "a sender's name of 20": text("はい", sender={"name": "あ" * 20}),
}
FAIL: dict[str, tuple[Json, str]] = {
    "5001 letters": (text("あ" * 5001), "messages[0].text"),
    "2501 letters of two units": (text("𠮷" * 2501), "messages[0].text"),
    "no letters": (text(""), "messages[0].text"),
    "null": (text(None), "messages[0].text"),  # type: ignore[arg-type]
    "an unknown type": ({"type": "fax"}, "messages[0].type"),
    "14 quick replies": (quick(*[MESSAGE_ACTION] * 14), "quickReply/items"),
    "no quick replies": (quick(), "quickReply/items"),
    "a label of 21": (quick(labelled("あ" * 21)), "quickReply/items/0/action/label"),
    "no label": (quick({"type": "message", "text": "x"}), "quickReply/items/0/action/label"),
    "data of 301": (quick(postback(data="x" * 301)), "quickReply/items/0/action/data"),
    "two texts": (quick(postback(text="a", displayText="b")), "quickReply/items/0/action/displayText"),
    "fill-in without a keyboard": (quick(postback(fillInText="a")), "quickReply/items/0/action/fillInText"),
    "a script link": (link("javascript:alert(1)"), "quickReply/items/0/action/uri"),
    "a link of 1001": (link("https://example.jp/" + "x" * 982), "quickReply/items/0/action/uri"),
    "an impossible day": (quick(picker(initial="2026-02-30")), "quickReply/items/0/action/initial"),
    "a day before 1900": (quick(picker(min="1899-12-31")), "quickReply/items/0/action/min"),
    "limits the wrong way round": (quick(picker(min="2026-02-02", max="2026-02-01")), "quickReply/items/0/action/max"),
    "a switch in a quick reply": (
        quick({"type": "richmenuswitch", "label": "x", "richMenuAliasId": "a", "data": "x"}),
        "quickReply/items/0/action/type",
    ),
    "a camera in a template": (
        template("buttons", text="x", actions=[{"type": "camera", "label": "撮る"}]),
        "template/actions/0/type",
    ),
    "buttons with 161": (buttons("あ" * 161), "template/text"),
    "buttons with 61 and a title": (buttons("あ" * 61, title="題"), "template/text"),
    "a title of 41": (buttons(title="題" * 41), "template/title"),
    "5 buttons": (buttons(count=5), "template/actions"),
    "confirm with 241": (confirm("あ" * 241), "template/text"),
    "confirm with one": (confirm(count=1), "template/actions"),
    "11 columns": (carousel(*[column()] * 11), "template/columns"),
    "a column of 121": (carousel(column("あ" * 121)), "template/columns/0/text"),
    "a column of 61 with a title": (carousel(column("あ" * 61, title="題")), "template/columns/0/text"),
    "uneven columns": (carousel(column(), column(count=2)), "template/columns"),
    "a title in one column only": (carousel(column(title="題"), column()), "template/columns"),
    "a flex label of 41": (flex(flex_button("あ" * 41)), "/body/contents/0/action/label"),
    "an empty flex text": (flex(flex_text("")), "/body/contents/0/text"),
    "a misspelt property": (flex({**flex_text("a"), "colour": "#000000"}), "/body/contents/0/colour"),
    "a colour by name": (flex({**flex_text("a"), "color": "red"}), "/body/contents/0/color"),
    "a button in a baseline": (flex(flex_button("a"), layout="baseline"), "/body/contents/0/type"),
    "13 bubbles": (bubbles(13), "/contents"),
    "bubbles of two sizes": (bubbles(2, "mega", "kilo"), "/contents"),
    "a bubble over 30 KB": (flex(*[flex_text("あ" * 100)] * 100), "/"),
    "alternative text of 1501": ({**flex(flex_text("a")), "altText": "あ" * 1501}, "altText"),
    "a picture by http": (image("http://example.jp/a.jpg"), "messages[0].originalContentUrl"),
    "a sender's name of 21": (text("はい", sender={"name": "あ" * 21}), "messages[0].sender.name"),
    "a place off the earth": (
        {"type": "location", "title": "x", "address": "x", "latitude": 91, "longitude": 0},
        "messages[0].latitude",
    ),
}


@pytest.mark.parametrize("message", PASS.values(), ids=PASS)
def test_what_is_just_within_the_limits_passes(message: Json):
    assert check_messages([message]) == [message]


@pytest.mark.parametrize(("message", "where"), FAIL.values(), ids=FAIL)
def test_what_breaks_a_limit_is_refused_and_located(message: Json, where: str):
    with pytest.raises(ApiError) as error:
        check_messages([message])
    details = error.value.body["details"]
    assert error.value.status == 400
    assert isinstance(details, list)
    assert where in [detail["property"] for detail in details]


@pytest.mark.parametrize("count", [0, 6])
def test_one_to_five_messages_go_at_once(count: int):
    with pytest.raises(ApiError) as error:
        check_messages([text("はい")] * count)
    assert error.value.body == {
        "message": "The request body has 1 error(s)",
        "details": [{"message": "Size must be between 1 and 5", "property": "messages"}],
    }


@pytest.mark.parametrize("messages", [None, {}, "text", [None], [1], [{}], [[]], [{"type": []}], [{"type": "flex"}]])
def test_what_is_no_message_is_refused_without_a_crash(messages: Any):
    with pytest.raises(ApiError):
        check_messages(messages)


def test_two_errors_are_told_as_in_lines_reference(line: LineSimulator):
    body = {"messages": [text(""), {"type": "fax"}]}
    answer = line.api("POST", "/v2/bot/message/validate/push", body)
    assert answer.status_code == 400
    assert answer.json()["message"] == "The request body has 2 error(s)"
    assert answer.json()["details"][0] == {"message": "May not be empty", "property": "messages[0].text"}


RICH_MENU = {
    "size": {"width": 2500, "height": 843}, "selected": True, "name": "メニュー", "chatBarText": "手続",
    "areas": [{"bounds": {"x": 0, "y": 0, "width": 2500, "height": 843}, "action": MESSAGE_ACTION}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"chatBarText": "あ" * 15}, "chatBarText"),
        ({"name": "あ" * 301}, "name"),
        ({"size": {"width": 799, "height": 400}}, "size.width"),
        ({"size": {"width": 2500, "height": 249}}, "size.height"),
        ({"size": {"width": 1000, "height": 1000}}, "size"),
        ({"areas": RICH_MENU["areas"] * 21}, "areas"),  # type: ignore[operator]
        ({"size": {"width": 2400, "height": 843}}, "areas[0].bounds"),
        ({"selected": "yes"}, "selected"),
    ],
)
def test_a_rich_menu_keeps_to_its_limits(line: LineSimulator, change: Json, where: str):
    assert line.api("POST", "/v2/bot/richmenu/validate", RICH_MENU).status_code == 200
    answer = line.api("POST", "/v2/bot/richmenu/validate", {**RICH_MENU, **change})
    assert answer.status_code == 400
    assert where in [detail["property"] for detail in answer.json()["details"]]


def test_length_is_counted_in_utf16_units():
    assert [utf16_length(words) for words in ("あ", "𠮷", "👨‍👩‍👧", "")] == [1, 2, 8, 0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PROPERTIES), inner, max_size=4),
    max_leaves=12,
)


@given(
    kind=st.sampled_from(["text", "textV2", "template", "flex", "imagemap", "image", "location"]),
    inner=st.dictionaries(st.sampled_from(PROPERTIES), JSON, max_size=5),
    nested=st.sampled_from(["buttons", "confirm", "carousel", "image_carousel", "bubble", "box"]),
)
def test_no_message_however_odd_makes_the_check_crash(kind: str, inner: Json, nested: str):
    message = {"altText": "x", **inner, "type": kind, "template": {**inner, "type": nested},
               "contents": {**inner, "type": nested}}  # fmt: skip
    try:
        check_messages([message])
    except ApiError as error:
        assert error.status == 400
