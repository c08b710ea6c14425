"""A real browser on a live server: shared by the public site, the desk and the simulators."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.town import Pages, Town, running_town

# Playwright's synchronous interface runs a loop of its own; Django would refuse the database beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "var" / "screenshots"
WIDTHS = (360, 768, 1440)
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

Photograph = Callable[[Page, str], None]
Check = Callable[[Page], None]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; started once."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} がありません。Chromium を入れるか、環境変数 CHROMIUM で場所を示してください。")
    expect.set_options(timeout=15_000)  # Machines that run tests are shared and now and then slow.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """A browser of its own for one test: nobody has been here before, a phone's width, Japanese."""
    opened = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 360, "height": 740},
        permissions=["clipboard-read", "clipboard-write"],
    )
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on which any script error or refused resource fails the test; what it shows at the end is kept."""
    opened, wrong = context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    yield opened
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    opened.screenshot(path=SCREENSHOTS / f"last-{request.node.name[:60].replace('/', '_')}.png")
    assert wrong == []


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    """A running demo without past applications. Tests that share it share a worker: ``xdist_group("town")``."""
    running = os.environ.get("TOWN")
    if running:  # The folder of a demo that runs already: for whoever writes these tests.
        yield Town(Path(running))
        return
    # Not below pytest's own folder: another run would close that to the account under which PostgreSQL runs for root.
    with TemporaryDirectory(prefix="madoguchi-town-") as folder, running_town(Path(folder)) as town:
        yield town


@pytest.fixture
def pages(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """Opens browsers of their own; a script error or a refused resource in any of them fails the test.

    What each shows at the end is kept beside the other screenshots.
    """
    opened, wrong = [], []

    def open_page(**options: object) -> Page:
        context = chromium.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
        opened.append(context)
        return context.new_page()

    yield open_page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for number, context in enumerate(opened, 1):
        context.pages[-1].screenshot(path=SCREENSHOTS / f"last-{request.node.name[:60]}-{number}.png")
        context.close()
    assert wrong == []


@pytest.fixture
def assert_accessible() -> Check:
    """Fails with what axe finds wrong on the page: WCAG 2.2 AA and best practices, no exceptions."""
    script = AXE.read_text(encoding="utf-8")

    def check(page: Page) -> None:
        page.evaluate(script)  # Over the debugging protocol, which the page's own policy does not hold back.
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        told = [
            f"{v['id']}: {v['help']}: {[node['html'][:160] for node in v['nodes']]}" for v in found["violations"]
        ]
        assert told == [], f"{page.url}\n" + "\n".join(told)

    return check


@pytest.fixture
def photograph() -> Photograph:
    """Saves the page at three widths as ``var/screenshots/<name>-<width>.png`` and checks that nothing sticks out."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        before = page.viewport_size
        page.evaluate("() => document.fonts.ready")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert_nothing_sticks_out(page)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        if before:
            page.set_viewport_size(before)

    return take


def assert_nothing_sticks_out(page: Page) -> None:
    """Nobody has to scroll sideways."""
    wider = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than the window"
