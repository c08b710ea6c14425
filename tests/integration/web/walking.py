"""A resident with a browser that has no JavaScript: opens pages, fills in boxes, presses buttons."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse
from django.test import Client
from PIL import Image

from madoguchi.catalog.queries import AppRevision
from madoguchi.intake import actions as intake
from madoguchi.intake.models import Application, Interview
from madoguchi.records import write
from madoguchi.records.actor import SYSTEM

HANAKO_NAME = {"a.family": "市川", "a.given": "花子", "a.family_kana": "イチカワ", "a.given_kana": "ハナコ"}
HANAKO_BIRTH = {"a.era": "昭和", "a.year": "60", "a.month": "4", "a.day": "1"}
HANAKO_HOME = {
    "a.postal_code": "272-0021", "a.prefecture": "千葉県", "a.city": "市川市", "a.town": "八幡",
    "a.street": "1丁目1番1号", "a.building": "コーポ窓口 203",
}
CERTIFICATE_PAGES: dict[str, dict[str, Any]] = {
    "はじめに": {}, "氏名": HANAKO_NAME, "生年月日": HANAKO_BIRTH, "住所": HANAKO_HOME,
    "電話番号": {"a": "090-1234-5678"}, "メール": {"a": "hanako@example.jp"}, "請求者との関係": {"a": "本人"},
    "範囲": {"a": "世帯全員"}, "記載事項": {"a": ["世帯主と続柄"]}, "通数": {"a": "2"}, "使いみち": {"a": "勤務先"},
    "速達": {"a": "しない"}, "身分証の種類": {"a": "運転免許証"}, "同意": {"a": "yes"},
}


def picture(colour: str = "navy", size: tuple[int, int] = (640, 400)) -> io.BytesIO:
    """A JPEG as a camera app hands it over."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    file.seek(0)
    file.name = "IMG_0001.jpg"
    return file


@dataclass
class Walk:
    """One interview in one browser."""

    client: Client
    token: str

    def path(self, code: str) -> str:
        return f"/i/{self.token}/q/{code}/"

    @property
    def here(self) -> str:
        """Where the interview leads now: a question's code, ``check`` or ``next``."""
        return _place(self.client.get(f"/i/{self.token}/"))

    def page(self, code: str) -> str:
        return self.client.get(self.path(code)).content.decode()

    def send(self, code: str, data: dict[str, Any] | None = None, do: str = "answer", query: str = "") -> HttpResponse:
        return self.client.post(self.path(code) + query, {"do": do, **(data or {})})

    def answer(self, code: str, data: dict[str, Any] | None = None) -> str:
        """Answers and says where that leads; fails if the answer is not taken."""
        response = self.send(code, data)
        assert response.status_code == 302, response.content.decode()
        return _place(self.client.get(response["Location"], follow=False), response["Location"])

    def attach(self, code: str, *files: io.BytesIO) -> HttpResponse:
        return self.send(code, {"file": list(files)}, do="add_file")

    def answer_everything(self, pages: dict[str, dict[str, Any]] = CERTIFICATE_PAGES) -> None:
        """Goes through all questions, attaching a picture where one is asked for."""
        while (code := self.here) not in ("check", "next"):
            if code in pages:
                self.answer(code, pages[code])
            else:
                self.attach(code, picture())
                self.answer(code)

    def confirm(self) -> HttpResponse:
        return self.client.post(f"/i/{self.token}/check/", follow=True)

    @property
    def interview(self) -> Interview:
        return intake.interview_by_token(self.token)

    @property
    def application(self) -> Application:
        return Application.objects.get(interview_id=self.interview.id)

    @property
    def status_path(self) -> str:
        return intake.status_path(self.application)


def start(client: Client, app_code: str) -> Walk:
    """Presses 申請をはじめる."""
    location = client.post(f"/p/{app_code}/")["Location"]
    return Walk(client, unquote(location.split("/")[2]))


def act(app: AppRevision, application: Application, code: str, **data: Any) -> None:
    """Moves an application's record by an action of its process, as staff would at the desk."""
    process = app.definition.process
    assert process
    action = next(action for action in process.actions if action.code == code)
    write.move_record(
        app=app, record_id=application.record_id, action=action, expected_revision=None, actor=SYSTEM, data=data
    )


def visible(html: str) -> str:
    """The text of a page without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def _place(response: HttpResponse, path: str = "") -> str:
    location = unquote(response.get("Location", path))
    return location.rstrip("/").split("/")[-1]
