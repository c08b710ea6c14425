"""What tests of the studio's designers share: an app in work, somebody who builds it, and what is stored of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from madoguchi.accounts.models import Staff
from madoguchi.catalog import drafts
from madoguchi.catalog.models import App, City
from madoguchi.definition.app import AppDefinition
from tests.browser.test_desk import hire, try_signing_in
from tests.cast import PASSWORD, WATANABE

APP: dict[str, Any] = {
    "code": "hojo", "name": "生垣補助金", "owner_department": "shimin",
    "fields": [
        {"type": "name", "id": 1, "code": "氏名", "label": "氏名", "required": True, "personal": True},
        {"type": "choice", "id": 2, "code": "種類", "label": "種類", "options": ["新しく作る", "作りかえる"]},
        {"type": "money", "id": 3, "code": "費用", "label": "費用", "required": True},
        {"type": "date", "id": 4, "code": "工事日", "label": "工事日"},
        {"type": "email", "id": 5, "code": "メール", "label": "メール", "required": True, "personal": True},
        {"type": "textarea", "id": 6, "code": "備考", "label": "備考"},
    ],
    "views": [{"code": "all", "name": "すべて", "columns": ["id", "氏名", "費用"]}],
    "permissions": [{"department": "shimin", "rights": ["view", "add", "edit", "process", "manage"]}],
}
Draft = Callable[..., None]
OpenPage = Callable[[str], Page]


@pytest.fixture
def builders(live_server: LiveServer) -> Mapping[str, Staff]:
    """watanabe of 市民課, who builds."""
    cache.clear()
    City.objects.create(code="12203", name="窓口市", phone="047-000-0000")
    return {"watanabe": hire(WATANABE, "市民課")}


@pytest.fixture
def new_app(builders: Mapping[str, Staff]) -> Draft:
    """Makes the app's first draft: ``APP`` with what is given."""

    def make(**parts: Any) -> None:
        drafts.create(defn=AppDefinition.model_validate({**APP, **parts}), staff=builders["watanabe"])

    return make


@pytest.fixture
def studio(page: Page) -> OpenPage:
    """Opens a page of the app's studio at a desk's width, as watanabe."""

    def open_page(name: str) -> Page:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"/staff/sign-in?next=/studio/hojo/{name}")
        try_signing_in(page, PASSWORD, "watanabe")
        expect(page.locator("html[data-ready]")).to_be_attached()
        return page

    return open_page


def stored() -> AppDefinition:
    """The draft as it is kept now."""
    revision = drafts.head(App.objects.get(code="hojo"))
    assert revision
    return AppDefinition.model_validate(revision.definition)


def saved(page: Page) -> AppDefinition:
    """Waits until everything is kept; returns the draft."""
    expect(page.locator("#save-status")).to_contain_text("保存しました")
    page.wait_for_function("() => !document.querySelector('#save-status').classList.contains('saved--busy')")
    return stored()
