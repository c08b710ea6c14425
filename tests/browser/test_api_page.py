"""The page that describes the API: Swagger UI under our own strict policy, tried out as oneself."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from madoguchi.accounts.models import Staff
from madoguchi.catalog.models import City
from tests.browser.conftest import Photograph
from tests.cast import PASSWORD
from tests.integration.api.conftest import books
from tests.publishing import publish

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_api_can_be_read_and_tried_on_its_page(
    page: Page, live_server: LiveServer, staff: Mapping[str, Staff], photograph: Photograph
) -> None:
    City.objects.create(
        code="12203", name="窓口市", phone="047-000-0000", postal_code="2728501", address="千葉県窓口市八幡1丁目1番1号"
    )
    app = publish(books())
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/k/reference/")
    page.get_by_label("利用者名").fill("sato")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.get_by_label("アプリ").select_option(str(app.app_id))
    page.get_by_role("button", name="このアプリのフィールドで見る").click()
    listed = page.locator("[id$='-get_records']").first
    expect(listed).to_be_visible()
    listed.get_by_role("button").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(page.locator(".live-responses-table .microlight").first).to_contain_text('"records"')
    page.get_by_role("button", name="Clear").click()
    photograph(page, "api-reference")
