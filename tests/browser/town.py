"""A whole town for tests: the demo as its users meet it, and the people who walk through it.

Nothing here reaches into the product; everybody presses what a person would press.
"""

from __future__ import annotations

import email
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.policy import default
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psycopg
from playwright.sync_api import Locator, Page, expect

from madoguchi.site.processes import free_port

COMMAND = Path(sys.executable).parent / "madoguchi"
START_S = 150
LARGE = {"width": 1440, "height": 900}
SMALL = {"width": 390, "height": 844}
Pages = Callable[..., Page]
"""Opens a browser of its own: nobody has been here before. Keywords go to Playwright's ``new_context``."""

CARD = {
    "name": "市川花子", "address": "千葉県市川市八幡1丁目1番1号 コーポ窓口203", "birthdate": "19900401", "gender": "2",
}
"""Hanako's My Number card."""


@dataclass(frozen=True)
class Town:
    """A running demo."""

    folder: Path

    @cached_property
    def contract(self) -> dict[str, Any]:
        """What ``demo.json`` says."""
        return dict(json.loads((self.folder / "demo.json").read_text()))

    @property
    def url(self) -> str:
        return str(self.contract["base_url"])

    def simulator(self, name: str) -> str:
        """Where *line*, *paypay*, *linepay* or *mynumber* answers."""
        return str(self.contract[name]["simulator_url"])

    @property
    def password(self) -> str:
        """The one that all of the demo's staff share."""
        return str(self.contract["staff"][0]["password"])

    def lay_card(self, **changes: str) -> None:
        """Puts Hanako's card on the simulated table, or somebody else's."""
        self._tell("mynumber", "card", {**CARD, **changes})

    def spoil_line(self, **faults: object) -> None:
        """Makes LINE's platform misbehave."""
        self._tell("line", "faults", faults)

    def _tell(self, simulator: str, what: str, body: dict[str, Any]) -> None:
        httpx.post(f"{self.simulator(simulator)}/control/{what}", json=body, timeout=10).raise_for_status()

    def payments(self, wallet: str) -> list[dict[str, Any]]:
        """Every order the wallet knows, with what was given back."""
        answer = httpx.get(f"{self.simulator(wallet)}/control/payments", timeout=10)
        return list(answer.raise_for_status().json()["payments"])

    def refunded(self, wallet: str, receipt_number: str) -> int:
        """How much of this application's fee the wallet has given back, in yen; on the same day it reverses it."""
        orders = [row for row in self.payments(wallet) if receipt_number in row["description"]]
        return sum(int(row["amount"] if row["state"] == "reversed" else row["refunded"]) for row in orders)

    def use_up_retries(self) -> None:
        """Makes the next try of every job that failed its last one, and now: nobody waits eight minutes in a test."""
        with psycopg.connect(host=str(self.folder / "pg"), user="postgres", dbname="madoguchi") as connection:
            connection.execute(
                "UPDATE procrastinate_jobs SET attempts = 8, scheduled_at = now()"
                " WHERE status = 'todo' AND attempts > 0"
            )

    def run(self, *arguments: str) -> str:
        """Runs ``madoguchi …`` with the demo's own keys and data; returns what it printed."""
        kept = json.loads((self.folder / "secrets.json").read_text())
        environment = _plain_environment() | {
            "MADOGUCHI_SECRET_KEY": kept["secret_key"], "MADOGUCHI_ENCRYPTION_KEYS": kept["encryption_key"],
            "MADOGUCHI_DATA_DIR": str(self.folder),
        }
        done = subprocess.run([COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def mail_to(self, address: str, subject: str, *, patience_s: float = 15) -> str:
        """The text of the mail with ``subject`` in it, once it is in the outbox."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            for text in self._mails(address):
                if subject in text.partition("\n")[0]:
                    return text
            time.sleep(0.2)
        raise AssertionError(f"no mail {subject!r} to {address}; there are {self._mails(address)}")

    def _mails(self, address: str) -> list[str]:
        """Subject, newline, body of each mail, oldest first."""
        found = []
        for file in sorted((self.folder / "outbox").glob("*"), key=lambda path: path.stat().st_mtime):
            for raw in re.split(rb"\n-{79}\n", file.read_bytes()):
                message = email.message_from_bytes(raw.strip(), policy=default)
                body = message.get_body()
                if address in str(message["To"]) and body is not None:
                    found.append(f"{message['Subject']}\n{body.get_content()}")
        return found


@contextmanager
def running_town(folder: Path, *, applications: int = 0) -> Iterator[Town]:
    """Starts the demo on free ports, waits until everything answers, and stops it with Ctrl-C."""
    command = [
        str(COMMAND), "demo", "--port", str(free_port()), "--data-dir", str(folder), "--no-browser",
        "--applications", str(applications),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(command, env=_plain_environment(), stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(folder / "demo.json", process)
        yield Town(folder)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _wait_for(contract: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while not contract.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError((contract.parent / "demo.log").read_text())
        time.sleep(0.1)


def _plain_environment() -> dict[str, str]:
    """Ours without what the tests set for themselves."""
    ours = ("MADOGUCHI_", "DJANGO_", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def press(page: Page, what: Locator) -> None:
    """Presses and waits for the page that follows (its address may be the same)."""
    with page.expect_event("load"):
        what.click()


class Phone:
    """A resident with the city's account in LINE."""

    def __init__(self, page: Page, town: Town, name: str = "市川 花子") -> None:
        self.page = page
        page.goto(town.simulator("line"))
        page.get_by_label("名前").fill(name)
        press(page, page.get_by_role("button", name=re.compile("を友だちに追加する")))
        self.reads("友だち追加ありがとうございます")

    def reads(self, *texts: str, patience_s: float = 10) -> None:
        """Each text stands in the newest thing the account said, or in one just before it."""
        for text in texts:
            expect(self.page.locator(".line.bot").filter(has_text=text).last).to_be_visible(timeout=patience_s * 1000)

    def never_reads(self, text: str) -> None:
        expect(self.page.locator(".line").filter(has_text=text)).to_have_count(0)

    def is_asked(self, question: str) -> None:
        """The newest bubble asks this."""
        expect(self.page.locator(".line.bot").last).to_contain_text(question)

    def taps(self, label: str) -> None:
        self.page.locator("#device").get_by_role("button", name=label, exact=True).last.click()

    def answers(self, question: str, label: str) -> None:
        """Taps the answer to the question asked last."""
        self.is_asked(question)
        self.page.locator("#chips").get_by_role("button", name=label, exact=True).click()

    def writes(self, question: str, text: str) -> None:
        """Types the answer to the question asked last."""
        self.is_asked(question)
        self.page.get_by_label("メッセージ", exact=True).fill(text)
        self.page.keyboard.press("Enter")

    def picks_date(self, question: str, day: str) -> None:
        self.answers(question, "日付を選ぶ")
        self.page.get_by_label("日付", exact=True).fill(day)
        self.page.get_by_role("dialog").get_by_role("button", name="送信する").click()

    def photographs(self, question: str, side: str) -> None:
        """Sends a photo by the phone's camera."""
        self.answers(question, "カメラで撮る")
        self.page.get_by_role("button", name=f"見本の身分証（{side}）を送る").click()

    def opens(self, label: str) -> Page:
        """Follows the newest link with this label; a new page as on a phone."""
        with self.page.expect_popup() as opened:
            self.page.locator(".line.bot").get_by_role("link", name=label, exact=True).last.click()
        return opened.value


class Form:
    """A resident at the public site, one question a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def begins(self, town: Town, procedure: str) -> None:
        """From the list of procedures to the first question."""
        self.page.goto(f"{town.url}/")
        self.page.get_by_role("link", name=procedure, exact=True).click()
        self.presses("申請をはじめる")

    def is_asked(self, question: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(question)

    def presses(self, name: str) -> None:
        """A button or a link that leads to another page."""
        button = self.page.get_by_role("button", name=name)
        press(self.page, button.last if button.count() else self.page.get_by_role("link", name=name).last)

    def goes_on(self) -> None:
        """次へ進む, or 変更して…: whichever stands there."""
        press(self.page, self.page.locator(".question__actions button"))

    def chooses(self, question: str, label: str) -> None:
        self.is_asked(question)
        self.page.get_by_role("radio", name=re.compile(f"^{re.escape(label)}")).first.check()
        self.goes_on()

    def writes(self, question: str, text: str) -> None:
        self.is_asked(question)
        self.page.locator("#a").fill(text)
        self.goes_on()

    def writes_name(self, question: str, family: str, given: str, family_kana: str, given_kana: str) -> None:
        self.is_asked(question)
        parts = {"family": family, "given": given, "family_kana": family_kana, "given_kana": given_kana}
        for part, text in parts.items():
            self.page.locator(f'[name="a.{part}"]').fill(text)
        self.goes_on()

    def writes_date(self, question: str, era: str, *numbers: int) -> None:
        self.is_asked(question)
        self.page.get_by_label("年号").select_option(era)
        for part, number in zip(("year", "month", "day"), numbers, strict=True):
            self.page.locator(f'[name="a.{part}"]').fill(str(number))
        self.goes_on()

    def writes_address(self, question: str, postal_code: str, street: str, building: str) -> None:
        """The town comes by itself or, without JavaScript, by a button."""
        self.is_asked(question)
        self.page.get_by_label("郵便番号").fill(postal_code)
        self.page.get_by_role("button", name="住所を調べる").click()
        expect(self.page.get_by_label("町名")).not_to_have_value("")
        self.page.get_by_label("丁目・番地・号").fill(street)
        self.page.get_by_label("建物名").fill(building)
        self.goes_on()

    def attaches(self, question: str, photo: bytes) -> None:
        self.is_asked(question)
        self.page.locator("input[type=file]").set_input_files(
            {"name": "id.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
        self.page.locator(".files__item").wait_for()
        self.goes_on()

    def agrees(self, question: str) -> None:
        self.is_asked(question)
        self.page.get_by_role("checkbox").check()
        self.goes_on()

    def signs_with_card(self) -> None:
        """From our explanation over the card reader back to our site."""
        self.presses("電子署名に進む")
        self.page.get_by_label("署名用パスワード").fill("MADO2026")
        self.presses("カードを読み取る")

    def pays(self, wallet: str) -> None:
        """From the choice of wallets over the wallet's page back to our site."""
        self.page.get_by_role("radio", name=re.compile(f"^{wallet}")).check()
        self.presses("の支払いに進む")
        self.presses("円を支払う")

    @property
    def receipt_number(self) -> str:
        """As the confirmation shows it."""
        number = self.page.locator(".panel__number")
        expect(number).to_be_visible()
        return number.inner_text()


class Clerk:
    """A member of staff at the desk."""

    def __init__(self, page: Page, town: Town, username: str) -> None:
        self.page, self.town = page, town
        page.goto(f"{town.url}/desk/")
        page.get_by_label("利用者名").fill(username)
        page.get_by_label("パスワード").fill(town.password)
        press(page, page.get_by_role("button", name="サインインする"))

    def opens_list(self, app: str) -> None:
        self.page.goto(f"{self.town.url}/desk/{app}/?view=all")

    def opens(self, app: str, number: str) -> None:
        """The record with this receipt number, out of the list."""
        self.opens_list(app)
        press(self.page, self.page.get_by_role("link", name=number, exact=True))

    def presses(self, name: str) -> None:
        """A button or a link that leads to another page."""
        found = self.page.get_by_role("button", name=name, exact=True)
        press(self.page, found if found.count() else self.page.get_by_role("link", name=name, exact=True))

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.get_by_text(text).first).to_be_visible()

    def sees_state(self, name: str, *, patience_s: float = 15) -> None:
        """The record's state, looked up again until it is there (payments arrive by themselves)."""
        deadline = time.monotonic() + patience_s
        while name not in self.page.locator(".record__facts").inner_text() and time.monotonic() < deadline:
            time.sleep(0.3)
            self.page.reload()
        expect(self.page.locator(".record__facts")).to_contain_text(name)

    def sees_on_operations(self, *texts: str, patience_s: float = 20) -> None:
        """The operations page says each of these, at the latest after a while."""
        deadline = time.monotonic() + patience_s
        while True:
            self.page.goto(f"{self.town.url}/ops/")
            shown = self.page.locator("main").inner_text()
            if all(text in shown for text in texts):
                return
            assert time.monotonic() < deadline, shown
            time.sleep(0.3)

    def sees_failed_on_operations(self, text: str) -> None:
        """A job is tried no more and has its button; what waits for its next try has none."""
        expect(self.page.get_by_text(text).first).to_be_visible()
        again = self.page.get_by_role("button", name=re.compile("^もう一度実行する"))
        for _ in range(60):
            if again.count():
                return
            time.sleep(0.3)
            self.page.goto(f"{self.town.url}/ops/")
        raise AssertionError(self.page.locator("main").inner_text())

    def presses_first(self, name: str) -> None:
        """The first of several buttons with this name."""
        press(self.page, self.page.get_by_role("button", name=re.compile(f"^{name}")).first)

    def download(self, link: str) -> httpx.Response:
        """What the link of this name leads to, with the clerk's own cookies."""
        address = self.page.get_by_role("link", name=re.compile(f"^{link}")).get_attribute("href")
        cookies = {cookie["name"]: cookie["value"] for cookie in self.page.context.cookies()}
        return httpx.get(f"{self.town.url}{address}", cookies=cookies, timeout=20)
