"""A simulated resident: reads the chat, answers what is asked, and asks again when nobody answers."""

from __future__ import annotations

import asyncio
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

PATIENCE_S = 4.0
"""After so long without an answer people tap again."""
GIVES_UP_S = 600.0
Message = dict[str, Any]


class GaveUp(Exception):
    """A resident who was not served; the text is what they saw last."""


def photo() -> bytes:
    """A small JPEG, the front of a card."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), "navy").save(out, "JPEG")
    return out.getvalue()


PHOTO = photo()


@dataclass
class Resident:
    """Number ``number`` of those who apply; what they mean to say follows from the number."""

    number: int
    line: httpx.AsyncClient
    browser: httpx.AsyncClient
    user_id: str = ""
    seen: int = 0
    chat: list[Message] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    @property
    def phone(self) -> str:
        """Unlike anybody else's."""
        return f"090-{self.number // 10_000:04}-{self.number % 10_000:04}"

    @property
    def copies(self) -> str:
        """1 to 10."""
        return str(self.number % 10 + 1)

    @property
    def answers(self) -> tuple[tuple[str, str, str], ...]:
        """What is asked (words of the question), what to tap, and what to type where nothing can be tapped."""
        return (
            ("載せる範囲", "本人だけ", "本人だけ"),
            ("何通必要", self.copies, self.copies),
            ("何に使いますか", "年金", "年金"),
            ("具体的に入力", "", "年金の手続"),  # asked where a repeated answer went astray
            ("お名前", "", "市川 花子"),
            ("フリガナ", "", "イチカワ ハナコ"),
            ("生年月日", "", "1990-04-01"),
            ("郵便番号", "", "272-8501"),
            ("丁目・番地", "", f"{self.number}番1号"),
            ("建物名", "", f"コーポ窓口 {self.number}"),
            ("電話番号", "", self.phone),
            ("身分証を選んで", "マイナンバーカード（表面）", "マイナンバーカード"),
            ("確認してください", "はい", "はい"),
        )

    async def apply(self) -> None:
        """From adding the account to the notice with the receipt number."""
        await self._add_account()
        deadline = asyncio.get_running_loop().time() + GIVES_UP_S
        while not self.notices():
            if asyncio.get_running_loop().time() > deadline:
                raise GaveUp(f"resident {self.number}: {self.log[-8:]}")
            await self._act()
            await self._wait_for_answer()

    async def _add_account(self) -> None:
        answer = await self.line.post("/control/users", json={"displayName": f"住民{self.number}"})
        self.user_id = answer.json()["userId"]
        await self._wait_for_answer()

    async def _wait_for_answer(self) -> None:
        """Returns when the account said something new, or when patience ends."""
        answer = await self.line.get(
            f"/control/users/{self.user_id}/messages", params={"after": self.seen, "wait": PATIENCE_S}
        )
        rows = answer.json()["messages"]
        self.seen = rows[-1]["n"] if rows else self.seen
        said = [row["message"] for row in rows if row["from"] == "bot"]
        self.chat += said
        if rows and not said:  # our own tap, shown in the chat
            await self._wait_for_answer()

    async def reread(self) -> None:
        """Reads the chat to its end."""
        answer = await self.line.get(f"/control/users/{self.user_id}/messages", params={"after": 0})
        self.chat = [row["message"] for row in answer.json()["messages"] if row["from"] == "bot"]

    def notices(self) -> list[Message]:
        """The notices that the application was received and paid."""
        return [m for m in self.chat if m.get("altText", "").startswith("申請を受け付けました\n")]

    async def _act(self) -> None:
        """Does what the newest message asks for."""
        newest = self.chat[-1] if self.chat else {}
        words = newest.get("text") or newest.get("altText") or ""
        self.log.append(words[:60])
        if newest.get("altText") == "お支払い":
            await self._pay(_button(newest)["uri"])
        elif newest.get("altText") == "入力した内容の確認":
            await (self._tap("支払いに進む") if self._looks_right(newest) else self._say("最初から"))
        elif "写真を送って" in words:
            await self._send_photo()
        elif "最初からやり直すと" in words:
            await self._tap("消して最初から")
        elif "続きから始めますか" in words:
            await self._tap("続きから")
        elif not re.search(r"（\d+/\d+）", words):
            await self._begin(newest)
        else:
            await self._answer(words)

    async def _begin(self, newest: Message) -> None:
        """Asks for the procedure and takes the last that is offered, which is the one of 2019."""
        if newest.get("type") == "flex" and "footer" in newest["contents"]:
            await self._tap(_button(newest)["label"])
        else:
            await self._say("住民票")

    async def _answer(self, words: str) -> None:
        question = [line for line in words.splitlines() if line]
        for marker, label, text in self.answers:
            if any(marker in line for line in question[:2]):
                await (self._tap(label, otherwise=text) if label else self._say(text))
                return
        raise GaveUp(f"resident {self.number} does not understand: {words}")

    def _looks_right(self, summary: Message) -> bool:
        """Repeated taps may have answered the wrong question; people read what they sign."""
        shown = json.dumps(summary, ensure_ascii=False)
        phone = self.phone in shown or self.phone.replace("-", "") in shown
        meant = (f"{self.copies}通", f"{self.number}番1号", f"コーポ窓口 {self.number}", "イチカワ ハナコ", "年金")
        return phone and all(text in shown for text in meant)

    async def _tap(self, label: str, *, otherwise: str = "") -> None:
        """Taps a button; once it is gone from the screen, types what it said."""
        answer = await self.line.post(f"/control/users/{self.user_id}/tap", json={"label": label})
        if answer.status_code == httpx.codes.BAD_REQUEST:
            await self._say(otherwise or label)

    async def _say(self, text: str) -> None:
        await self.line.post(f"/control/users/{self.user_id}/text", json={"text": text})

    async def _send_photo(self) -> None:
        files = {"file": ("card.jpg", PHOTO, "image/jpeg")}
        await self.line.post(f"/control/users/{self.user_id}/image", files=files)

    async def _pay(self, address: str) -> None:
        """Opens the page, chooses LINE Pay, pays there and comes back; a page that fails is opened again later."""
        try:
            page = await self.browser.get(address)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
            if page.status_code != httpx.codes.OK or token is None or not str(page.url).endswith("/pay/"):
                return  # already paid, or an error page: look again
            form = {"csrfmiddlewaretoken": token[1], "provider": "linepay"}
            checkout = await self.browser.post(str(page.url), data=form, headers={"Referer": str(page.url)})
            if "/checkout/" in str(checkout.url):
                await self.browser.post(str(checkout.url), data={"action": "pay"})
        except httpx.HTTPError as error:
            self.log.append(type(error).__name__)


def _button(message: Message) -> dict[str, str]:
    return dict(message["contents"]["footer"]["contents"][0]["action"])
