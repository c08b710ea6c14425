"""Tokens, webhooks and groups of staff, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from madoguchi.accounts.models import Staff
from madoguchi.api import webhook_send
from madoguchi.api.models import WebhookDelivery
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.records import write
from madoguchi.records.actor import staff_actor
from tests.browser.conftest import Check, Photograph
from tests.browser.studio_pages import APP, builders
from tests.browser.test_desk import hire, try_signing_in
from tests.cast import HANAKO, KOBAYASHI, PASSWORD
from tests.publishing import publish
from tests.receiver import Receiver, receiving

__all__ = ("builders",)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "公園緑地課の予約システム（寿限無寿限無五劫の擦り切れ海砂利水魚）"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as told:
        yield told


@pytest.fixture
def app(builders: Mapping[str, Staff]) -> AppRevision:
    return publish(AppDefinition.model_validate(APP))


def sign_in(page: Page, address: str, username: str = "watanabe") -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/staff/sign-in?next={address}")
    try_signing_in(page, PASSWORD, username)


def add(app: AppRevision, staff: Staff, **values: Any) -> None:
    given = {"氏名": HANAKO, "費用": 1200, "メール": "hanako@example.jp", **values}
    write.create_record(app=app, values=given, actor=staff_actor(staff))


def test_a_token_is_made_shown_once_and_withdrawn(
    page: Page, app: AppRevision, assert_accessible: Check, photograph: Photograph
) -> None:
    sign_in(page, "/studio/hojo/")
    page.get_by_role("link", name="連携", exact=True).click()
    expect(page.get_by_text("トークンはまだありません")).to_be_visible()
    assert_accessible(page)
    photograph(page, "integration-empty")
    page.get_by_role("link", name="トークンを作る").click()
    page.get_by_role("button", name="トークンを作る").click()
    expect(page.get_by_role("alert")).to_contain_text("何に使うかを書いてください")
    assert_accessible(page)
    photograph(page, "integration-token-errors")
    page.get_by_label("何に使うか").fill(LONG)
    page.get_by_label("レコードを見る").check()
    page.get_by_label("レコードを追加する").check()
    page.get_by_role("button", name="トークンを作る").click()
    expect(page.get_by_label("トークン", exact=True)).to_have_value(re.compile(r"^\w{40}$"))
    assert_accessible(page)
    photograph(page, "integration-token-made")
    page.get_by_role("link", name="写したので、連携に戻る").click()
    expect(page.get_by_role("rowheader", name=LONG)).to_be_visible()
    page.get_by_text("使えなくする").first.click()
    assert_accessible(page)
    photograph(page, "integration-token-confirm")
    page.get_by_role("button", name="使えなくする").click()
    expect(page.get_by_text("使えません")).to_be_visible()


def test_a_webhook_is_added_tried_and_its_log_read(
    page: Page, app: AppRevision, builders: Mapping[str, Staff], receiver: Receiver, assert_accessible: Check,
    photograph: Photograph, live_server: LiveServer,
) -> None:
    sign_in(page, "/studio/hojo/integration/webhooks/new/")
    photograph(page, "integration-webhook-new")
    assert_accessible(page)
    page.get_by_label("名前").fill(LONG)
    page.get_by_label("送り先のURL").fill("ftp://example.com/")
    page.get_by_role("button", name="追加する").click()
    expect(page.get_by_role("alert")).to_contain_text("URLが正しくありません")
    assert_accessible(page)
    page.get_by_label("送り先のURL").fill(receiver.url)
    page.get_by_role("button", name="追加する").click()
    assert_accessible(page)
    photograph(page, "integration-webhook-made")
    page.get_by_role("link", name="写したので、試しに送ってみる").click()
    expect(page.get_by_text("まだ何も送っていません")).to_be_visible()
    page.get_by_role("button", name="試しに送る").click()
    expect(page.get_by_text("試しの送信が届きました")).to_be_visible()
    expect(page.get_by_text("答え：HTTP 200")).to_be_visible()
    receiver.status = 500
    add(app, builders["watanabe"])
    for _ in range(3):
        with pytest.raises(webhook_send.NotDelivered):
            webhook_send.deliver(WebhookDelivery.objects.get(type="ADD_RECORD").pk)
    page.reload()
    page.get_by_role("button", name="試しに送る").click()
    expect(page.get_by_text("試しの送信は届きませんでした")).to_be_visible()
    page.locator("summary", has_text="3").click()
    assert_accessible(page)
    photograph(page, "integration-webhook-failing")
    receiver.status = 200
    webhook_send.deliver(WebhookDelivery.objects.get(type="ADD_RECORD").pk)
    page.goto(page.url.removesuffix("test/"))
    page.get_by_role("button", name="もう一度送る").click()
    expect(page.get_by_text("もう一度送ります")).to_be_visible()
    page.get_by_role("button", name="止める").click()
    expect(page.get_by_text("このWebhookは止まっています")).to_be_visible()
    assert_accessible(page)
    photograph(page, "integration-webhook-off")
    page.get_by_role("link", name="連携に戻る").click()
    expect(page.get_by_role("link", name=LONG)).to_be_visible()
    assert_accessible(page)
    photograph(page, "integration-home")


def test_a_group_is_made_and_filled(
    page: Page, builders: Mapping[str, Staff], assert_accessible: Check, photograph: Photograph
) -> None:
    hire(KOBAYASHI, "情報政策課")
    sign_in(page, "/studio/groups/", "kobayashi")
    photograph(page, "groups-empty")
    assert_accessible(page)
    page.get_by_role("link", name="グループを作る").click()
    page.get_by_label("グループの名前").fill("災害対策班")
    page.get_by_label("コード").fill("災害")
    page.get_by_role("button", name="グループを作る").click()
    expect(page.get_by_role("alert")).to_contain_text("半角の英小文字")
    assert_accessible(page)
    photograph(page, "groups-errors")
    page.get_by_label("コード").fill("saigai")
    page.get_by_role("button", name="グループを作る").click()
    expect(page.get_by_text("まだ誰も入っていません")).to_be_visible()
    page.get_by_label("加える職員").select_option("watanabe")
    page.get_by_role("button", name="加える").click()
    expect(page.get_by_role("rowheader", name="渡邊 恵")).to_be_visible()
    assert_accessible(page)
    photograph(page, "group")
    page.get_by_role("link", name="グループの一覧に戻る").click()
    expect(page.get_by_role("link", name="災害対策班")).to_be_visible()
    assert_accessible(page)
    photograph(page, "groups")
