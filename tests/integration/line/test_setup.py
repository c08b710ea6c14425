"""``madoguchi line setup``: the menu people see and the address LINE sends to."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line import setup
from madoguchi.channels.line.commands import parse
from madoguchi.site.config import Service
from tests.line_shapes import request_findings
from tests.line_simulator import LineSimulator, Webhook, line_simulator, listening_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening_webhook() as webhook:
        yield webhook


@pytest.fixture
def account(webhook: Webhook, settings: Settings, tmp_path: Path) -> Iterator[LineSimulator]:
    """An account on which nothing was set up, and a product that runs where the listener is."""
    with line_simulator(tmp_path) as simulator:
        settings.LINE = Service(simulator.base_url, simulator.channel_id, simulator.channel_secret)
        settings.BASE_URL = webhook.url.removesuffix("/line/webhook")
        yield simulator


def menus(account: LineSimulator) -> list[dict[str, Any]]:
    return list(account.api("GET", "/v2/bot/richmenu/list").json()["richmenus"])


def test_the_menu_has_a_tile_for_every_word_and_what_is_always_there(pilot: AppRevision, account: LineSimulator):
    told = setup.set_up()
    (menu,) = menus(account)
    assert [area["action"]["label"] for area in menu["areas"]] == ["住民票", "申請の状況", "入力に戻る", "職員に聞く"]
    assert [parse(area["action"]["data"]).verb for area in menu["areas"]] == ["menu", "status", "resume", "staff"]
    assert account.api("GET", "/v2/bot/user/all/richmenu").json()["richMenuId"] == menu["richMenuId"]
    assert "住民票" in told[-1]


def test_the_tiles_cover_the_picture_and_do_not_overlap(
    pilot: AppRevision, report: AppRevision, account: LineSimulator
):
    setup.set_up()
    (menu,) = menus(account)
    picture = Image.open(io.BytesIO(content := download(account, menu["richMenuId"])))
    assert picture.size == (menu["size"]["width"], menu["size"]["height"])
    assert len(content) <= 1024 * 1024
    areas = [area["bounds"] for area in menu["areas"]]
    assert len(areas) == 5
    covered = sum(one["width"] * one["height"] for one in areas)
    assert covered >= 0.995 * picture.width * picture.height
    for number, one in enumerate(areas):
        for other in areas[number + 1 :]:
            assert (
                one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
                or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
            )  # fmt: skip
    tile = areas[0]
    middle = (tile["x"] + 60, tile["y"] + tile["height"] // 2)
    assert picture.convert("RGB").getpixel(middle) == (0x00, 0x17, 0xC1), "a procedure's tile has the city's colour"


def test_everything_set_up_at_line_has_lines_own_shape(
    pilot: AppRevision, report: AppRevision, account: LineSimulator, sent: list[tuple[str, str, Any]]
):
    setup.set_up()
    assert [path for method, path, _ in sent if method == "POST" and path.endswith("/richmenu")] == ["/v2/bot/richmenu"]
    assert {call[:2]: request_findings(*call) for call in sent} == {call[:2]: [] for call in sent}


def download(account: LineSimulator, menu_id: str) -> bytes:
    return account.api("GET", f"/v2/bot/richmenu/{menu_id}/content").content


def test_setting_up_again_leaves_one_menu(pilot: AppRevision, account: LineSimulator):
    for _ in range(3):
        setup.set_up()
    assert len(menus(account)) == 1


def test_menus_of_others_stay(pilot: AppRevision, account: LineSimulator):
    size = {"width": 2500, "height": 843}
    foreign = {"size": size, "selected": False, "name": "広報", "chatBarText": "x", "areas": []}
    account.api("POST", "/v2/bot/richmenu", foreign)
    setup.set_up()
    setup.set_up()
    assert sorted(menu["name"] for menu in menus(account)) == ["madoguchi", "広報"]


def test_the_webhook_address_is_set_and_tried(pilot: AppRevision, account: LineSimulator, webhook: Webhook):
    told = setup.set_up()
    endpoint = account.api("GET", "/v2/bot/channel/webhook/endpoint").json()["endpoint"]
    assert endpoint == webhook.url and len(webhook.requests) == 1
    assert "Webhookの接続を確かめました。" in told


def test_a_webhook_that_does_not_answer_is_told_and_the_menu_made_all_the_same(
    pilot: AppRevision, account: LineSimulator, webhook: Webhook
):
    webhook.status = 500
    told = "".join(setup.set_up())
    assert "Webhookに接続できません（ERROR_STATUS_CODE 500）" in told
    assert len(menus(account)) == 1


def test_without_line_nothing_is_done_and_that_is_said(city: City, settings: Settings):
    settings.LINE = Service()
    assert "設定されていません" in setup.set_up()[0]


def test_fifteen_words_still_fit(city: City, account: LineSimulator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(setup.menu, "words", lambda: [f"とても長い名前の手続その{number}" for number in range(20)])
    setup.set_up()
    (menu,) = menus(account)
    assert len(menu["areas"]) == 18
