"""``madoguchi line setup``: webhook address and rich menu, made from the published procedures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.catalog import queries as catalog
from madoguchi.channels.line import client, flex, menu
from madoguchi.channels.line.commands import command
from madoguchi.documents.render import png

WIDTH, HEIGHT = 2500, 1686
"""Pixels of the large rich menu; LINE takes 800 to 2500 wide, PNG up to 1 MB."""
POINTS = 2
"""Pixels a point at the resolution the picture is drawn with."""
A_ROW = 3
MAX_WORDS = 15
NAME = "madoguchi"


@dataclass(frozen=True, slots=True)
class Tile:
    """One button: what it says and what tapping it sends."""

    label: str
    note: str
    kind: str
    data: str


def set_up() -> list[str]:
    """Does it all again from the start and says what it did; the old menu goes when the new one is in place.

    Raises LineRefused or LineUnavailable where LINE does not go along.
    """
    if not settings.LINE.base_url:
        return [_("LINEは設定されていません（MADOGUCHI_LINE_BASE_URL）。何もしていません。")]
    return [*_set_webhook(), _replace_menu()]


def _set_webhook() -> Iterator[str]:
    address = f"{settings.BASE_URL}/line/webhook"
    client.call("PUT", "/v2/bot/channel/webhook/endpoint", json={"endpoint": address})
    yield _("Webhookの宛先を %(url)s にしました。") % {"url": address}
    answer = client.call("POST", "/v2/bot/channel/webhook/test").json()
    if answer.get("success"):
        yield _("Webhookの接続を確かめました。")
    else:
        yield _("Webhookに接続できません（%(why)s）。サーバーが動いているか、宛先が正しいかを確かめてください。") % {
            "why": f"{answer.get('reason', '')} {answer.get('statusCode', '')}".strip()
        }


def _replace_menu() -> str:
    before = [one["richMenuId"] for one in _menus()]
    menu_id = _create_menu(rows())
    client.call("POST", f"/v2/bot/user/all/richmenu/{menu_id}")
    for old in before:
        client.call("DELETE", f"/v2/bot/richmenu/{old}")
    return _("リッチメニューを作り、全員に表示しました（%(words)s）。") % {"words": "、".join(menu.words())}


def refresh_menu() -> None:
    """Makes the rich menu anew where the procedures' words changed; before the first set-up there is none to change.

    Raises LineRefused or LineUnavailable where LINE does not go along.
    """
    now = [(tile.label, tile.data) for row in rows() for tile in row]
    shown = [[(area["action"].get("label"), area["action"].get("data")) for area in own["areas"]] for own in _menus()]
    if shown and shown != [now]:
        _replace_menu()


def rows() -> list[list[Tile]]:
    """The procedures' words, three a row, and below them what is always there."""
    note = _("手続を始める")
    words = [Tile(word, note, "procedure", command("menu", word).data) for word in menu.words()[:MAX_WORDS]]
    always = [
        Tile(_("申請の状況"), _("進み具合を見る"), "help", command("status").data),
        Tile(_("入力に戻る"), _("途中の続きから"), "help", command("resume").data),
        Tile(_("職員に聞く"), _("電話番号を見る"), "help", command("staff").data),
    ]
    return [*(words[start : start + A_ROW] for start in range(0, len(words), A_ROW)), always]


def _menus() -> list[dict[str, Any]]:
    """Ours among the account's rich menus."""
    found = client.call("GET", "/v2/bot/richmenu/list").json().get("richmenus", [])
    return [one for one in found if one.get("name") == NAME]


def _create_menu(tiles: Sequence[Sequence[Tile]]) -> str:
    definition = {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": NAME,
        "chatBarText": _("メニュー"),
        "areas": list(_areas(tiles)),
    }
    menu_id = str(client.call("POST", "/v2/bot/richmenu", json=definition).json()["richMenuId"])
    client.call(
        "POST", f"/v2/bot/richmenu/{menu_id}/content", blob=True, content=_picture(tiles),
        headers={"Content-Type": "image/png"},
    )
    return menu_id


def _areas(tiles: Sequence[Sequence[Tile]]) -> Iterator[dict[str, Any]]:
    height = HEIGHT // len(tiles)
    for row, line in enumerate(tiles):
        width = WIDTH // len(line)
        for column, tile in enumerate(line):
            bounds = {"x": column * width, "y": row * height, "width": width, "height": height}
            yield {"bounds": bounds, "action": flex.postback(tile.label, tile.data)}


def _picture(tiles: Sequence[Sequence[Tile]]) -> bytes:
    city = catalog.city()
    data = {
        "title": city.name if city else NAME,
        "width": WIDTH // POINTS,
        "height": HEIGHT // POINTS,
        "colour": menu.colour(),
        "rows": [[{"label": t.label, "note": t.note, "kind": t.kind} for t in line] for line in tiles],
    }
    return png("rich_menu", data, ppi=72 * POINTS)
