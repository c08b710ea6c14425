"""An app with one field of nearly every type, and programs and people who call its API."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from madoguchi.accounts.models import Staff
from madoguchi.api import auth, tokens
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from tests.cast import PASSWORD
from tests.publishing import publish

ALL = ("view", "add", "edit", "delete", "manage")


def books(**changes: Any) -> AppDefinition:
    """A ledger that no resident sees; keywords replace parts."""
    data: dict[str, Any] = {
        "code": "books", "name": "台帳", "owner_department": "shimin",
        "fields": [
            {"type": "text", "id": 1, "code": "key", "label": "キー", "unique": True, "max_length": 64},
            {"type": "number", "id": 2, "code": "num", "label": "数", "decimals": 4, "max": 100000},
            {"type": "choices", "id": 3, "code": "chk", "label": "複数", "options": ["A", "B", "C"]},
            {"type": "choice", "id": 4, "code": "rb", "label": "一つ", "options": ["x", "y"], "default": "x"},
            {"type": "choice", "id": 5, "code": "dd", "label": "選択", "options": ["p", "q"], "widget": "dropdown"},
            {"type": "date", "id": 6, "code": "日付", "label": "日付"},
            {"type": "time", "id": 7, "code": "時刻", "label": "時刻"},
            {"type": "datetime", "id": 8, "code": "日時", "label": "日時"},
            {"type": "textarea", "id": 9, "code": "memo", "label": "メモ"},
            {"type": "link", "id": 10, "code": "web", "label": "リンク"},
            {"type": "file", "id": 11, "code": "att", "label": "添付", "max_files": 5},
            {"type": "staff", "id": 12, "code": "担当", "label": "担当"},
            {"type": "department", "id": 13, "code": "課", "label": "課"},
            {"type": "table", "id": 14, "code": "tbl", "label": "明細", "fields": [
                {"type": "text", "id": 15, "code": "t1", "label": "品名"},
                {"type": "number", "id": 16, "code": "t2", "label": "数量"},
                {"type": "choices", "id": 17, "code": "t3", "label": "色", "options": ["赤", "青"]},
            ]},
            {"type": "name", "id": 18, "code": "氏名", "label": "氏名", "personal": True},
            {"type": "formula", "id": 19, "code": "倍", "label": "二倍", "formula": "num * 2"},
            {"type": "consent", "id": 20, "code": "同意", "label": "同意", "statement": "同意します"},
            {"type": "serial", "id": 21, "code": "番号", "label": "番号", "format": "B-{0000}"},
        ],
        "process": {
            "statuses": [{"code": "new", "name": "未処理"}, {"code": "doing", "name": "処理中"},
                         {"code": "done", "name": "完了", "kind": "done"}],
            "initial": "new",
            "actions": [
                {"code": "begin", "name": "処理開始", "from": ["new"], "to": "doing"},
                {"code": "finish", "name": "完了する", "from": ["doing"], "to": "done", "roles": ["review"]},
            ],
        },
        "permissions": [
            {"department": "shimin", "rights": ["view", "add", "edit", "delete", "process", "export"]},
            {"department": "shimin", "roles": ["app_admin"], "rights": ["manage"]},
        ],
    }  # fmt: skip
    return AppDefinition.model_validate(data | changes)


def query_string(params: Mapping[str, Any]) -> str:
    """As ``qs`` writes it."""
    pairs: list[tuple[str, Any]] = []
    for name, value in params.items():
        if isinstance(value, list):
            pairs += [(f"{name}[{number}]", "" if item is None else item) for number, item in enumerate(value)]
        else:
            pairs.append((name, str(value).lower() if isinstance(value, bool) else value))
    return "&".join(f"{quote(name)}={quote(str(value))}" for name, value in pairs)


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Any = field(repr=False)

    @property
    def code(self) -> str:
        return str(self.body["code"])

    @property
    def errors(self) -> dict[str, list[str]]:
        return {path: found["messages"] for path, found in self.body.get("errors", {}).items()}


class Api:
    """A client with its headers."""

    def __init__(self, **headers: str) -> None:
        self.headers = headers
        self.client = Client()

    def get(self, name: str, /, **params: Any) -> Answer:
        return self._send("GET", f"/k/v1/{name}.json?{query_string(params)}")

    def delete(self, name: str, /, **params: Any) -> Answer:
        return self._send("DELETE", f"/k/v1/{name}.json?{query_string(params)}")

    def post(self, name: str, /, **body: Any) -> Answer:
        return self._send("POST", f"/k/v1/{name}.json", body)

    def put(self, name: str, /, **body: Any) -> Answer:
        return self._send("PUT", f"/k/v1/{name}.json", body)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        return self._send(method, path, body, **headers)

    def upload(self, name: str, content: bytes, content_type: str = "text/plain") -> str:
        """The key of a file that was sent."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        sent = SimpleUploadedFile(name, content, content_type)
        answer = self.client.post("/k/v1/file.json", {"file": sent}, headers=self.headers)
        assert answer.status_code == 200, answer.content
        return str(answer.json()["fileKey"])

    def download(self, key: str) -> Any:
        return self.client.get(f"/k/v1/file.json?fileKey={key}", headers=self.headers)

    def _send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        data = json.dumps(body) if body is not None else ""
        response = self.client.generic(
            method, path, data, content_type="application/json", headers={**self.headers, **headers}
        )
        assert response["Content-Type"].startswith("application/json"), response.content[:300]
        return Answer(response.status_code, response.json(), response.headers)


@pytest.fixture(autouse=True)
def _no_password_is_remembered() -> Iterator[None]:
    auth.forget_passwords()
    yield


@pytest.fixture
def app(staff: Mapping[str, Staff]) -> AppRevision:
    return publish(books())


@pytest.fixture
def new_token() -> Callable[..., str]:
    """Makes a token for an app and returns its text."""

    def make(app: AppRevision, *rights: str) -> str:
        row = App.objects.get(pk=app.app_id)
        return tokens.create_token(app=row, name="試験", rights=rights or ALL)[1]

    return make


@pytest.fixture
def api(app: AppRevision, new_token: Callable[..., str]) -> Api:
    """A program whose token may do everything."""
    return Api(**{"X-Cybozu-API-Token": new_token(app)})


def as_staff(username: str, password: str = PASSWORD, **headers: str) -> Api:
    """A program that signs in with somebody's password."""
    text = base64.b64encode(f"{username}:{password}".encode()).decode()
    return Api(**{"X-Cybozu-Authorization": text, **headers})
