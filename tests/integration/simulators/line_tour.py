"""One tour through everything the LINE simulator offers; every call of LINE's API is noted with its answer."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from simulators.line.api_messages import JAPAN
from tests.line_shapes import Operation, operations
from tests.line_simulator import ACCESS_TOKEN, CHANNEL_ID, CHANNEL_SECRET, LineSimulator, Person

Json = dict[str, Any]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BOT = "/v2/bot"
HELLO = {"type": "text", "text": "はい"}
CLIENT = {"client_id": CHANNEL_ID, "client_secret": CHANNEL_SECRET}
LINE_API = ("/v2/", "/liff/v1/", "/oauth2/")


@dataclass(frozen=True)
class Call:
    """A request as it was sent and what came back; ``given`` is its JSON, form or query."""

    operation: Operation
    path: str
    given: Json
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def answer(self) -> Any:
        return json.loads(self.content)

    @property
    def request_id(self) -> str:
        return self.headers["x-line-request-id"]


@dataclass
class Tour:
    """The simulator, visited with one token; ``calls`` is the diary."""

    line: LineSimulator
    photo: bytes
    menu_picture: bytes
    calls: list[Call] = field(default_factory=list)
    known: Mapping[str, Operation] = field(default_factory=operations)

    def note(self, response: httpx.Response) -> None:
        response.read()
        request = response.request
        if not request.url.path.startswith(LINE_API):
            return
        found = [one for one in self.known.values() if one.matches(request.method, request.url.path)]
        assert found, f"LINE knows no {request.method} {request.url.path}"
        sent = (found[0], request.url.path, _given(request))
        self.calls.append(Call(*sent, response.status_code, response.headers, response.content))

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """One call with the long-lived token that must succeed; its JSON."""
        headers = {"Authorization": f"Bearer {ACCESS_TOKEN}", **options.pop("headers", {})}
        answer = self.line.client.request(method, path, json=body, headers=headers, **options)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json() if answer.headers.get("content-type") == "application/json" else answer

    def form(self, path: str, **fields: str) -> Json:
        answer = self.line.client.post(path, data=fields)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    def visit_everything(self) -> list[Call]:
        self.line.client.event_hooks = {"response": [self.note]}
        person = self.line.person()
        self.visit_account(person)
        self.visit_messages(person)
        self.visit_content(person)
        self.visit_rich_menus(person)
        self.visit_tokens()
        self.visit_liff()
        self.line.client.event_hooks = {}
        return self.calls

    def visit_account(self, person: Person) -> None:
        endpoint = self.ask("GET", f"{BOT}/channel/webhook/endpoint")["endpoint"]
        self.ask("PUT", f"{BOT}/channel/webhook/endpoint", {"endpoint": endpoint})
        self.ask("POST", f"{BOT}/channel/webhook/test", {"endpoint": endpoint})
        self.ask("POST", f"{BOT}/channel/webhook/test")
        self.ask("GET", f"{BOT}/info")
        self.ask("GET", f"{BOT}/profile/{person.user_id}")
        self.line.person("二人目")
        first = self.ask("GET", f"{BOT}/followers/ids", params={"limit": 1})
        self.ask("GET", f"{BOT}/followers/ids", params={"limit": 1, "start": first["next"]})
        self.ask("POST", f"{BOT}/user/{person.user_id}/linkToken")
        self.ask("POST", f"{BOT}/chat/loading/start", {"chatId": person.user_id, "loadingSeconds": 5})
        self.ask("POST", f"{BOT}/message/markAsRead", {"chat": {"userId": person.user_id}})
        person.say("読みましたか")
        token = person.last_event()["message"]["markAsReadToken"]
        self.ask("POST", f"{BOT}/chat/markAsRead", {"markAsReadToken": token})

    def visit_messages(self, person: Person) -> None:
        messages = {"messages": [HELLO], "notificationDisabled": False}
        counted = {**messages, "customAggregationUnits": ["tour"]}
        self.ask("POST", f"{BOT}/message/reply", {"replyToken": person.last_event()["replyToken"], **messages})
        self.ask("POST", f"{BOT}/message/push", {"to": person.user_id, **counted})
        self.ask("POST", f"{BOT}/message/multicast", {"to": [person.user_id], **counted})
        self.ask("POST", f"{BOT}/message/broadcast", messages)
        for via in ("reply", "push", "multicast", "narrowcast", "broadcast"):
            self.ask("POST", f"{BOT}/message/validate/{via}", {"messages": [HELLO]})
        today = datetime.now(JAPAN).strftime("%Y%m%d")
        for via in ("reply", "push", "multicast", "broadcast"):
            self.ask("GET", f"{BOT}/message/delivery/{via}", params={"date": today})
        for quota in (None, 1000):
            self.line.faults(**({"quota": quota} if quota else {}))
            self.ask("GET", f"{BOT}/message/quota")
        self.ask("GET", f"{BOT}/message/quota/consumption")

    def visit_content(self, person: Person) -> None:
        for name, data, kind in (("a.jpg", self.photo, "image/jpeg"), ("a.mp4", b"film", "video/mp4")):
            url = f"/control/users/{person.user_id}/file"
            sent = self.line.client.post(url, files={"file": (name, data, kind)}).json()["messageIds"][0]
            self.ask("GET", f"{BOT}/message/{sent}/content/transcoding")
            self.line.advance(5)
            self.ask("GET", f"{BOT}/message/{sent}/content/transcoding")
            self.ask("GET", f"{BOT}/message/{sent}/content")
            if kind == "image/jpeg":
                self.ask("GET", f"{BOT}/message/{sent}/content/preview")

    def visit_rich_menus(self, person: Person) -> None:
        first, second = self.new_menu(), self.new_menu()
        self.ask("GET", f"{BOT}/richmenu/list")
        self.ask("GET", f"{BOT}/richmenu/{first}")
        self.ask("GET", f"{BOT}/richmenu/{first}/content")
        self.ask("POST", f"{BOT}/user/all/richmenu/{first}")
        self.ask("GET", f"{BOT}/user/all/richmenu")
        self.ask("DELETE", f"{BOT}/user/all/richmenu")
        self.visit_aliases(first, second)
        self.visit_links(person, first, second)
        self.ask("DELETE", f"{BOT}/richmenu/{self.new_menu()}")

    def new_menu(self) -> str:
        bounds = {"x": 0, "y": 0, "width": 2500, "height": 843}
        area = {"bounds": bounds, "action": {"type": "postback", "label": "住民票", "data": "start"}}
        menu = {"size": {"width": 2500, "height": 843}, "selected": True, "name": "案内", "chatBarText": "手続",
                "areas": [area]}  # fmt: skip
        self.ask("POST", f"{BOT}/richmenu/validate", menu)
        identifier = str(self.ask("POST", f"{BOT}/richmenu", menu)["richMenuId"])
        picture = {"content": self.menu_picture, "headers": {"Content-Type": "image/jpeg"}}
        self.ask("POST", f"{BOT}/richmenu/{identifier}/content", **picture)
        return identifier

    def visit_aliases(self, first: str, second: str) -> None:
        for alias in ("tab-1", "tab-2"):
            self.ask("POST", f"{BOT}/richmenu/alias", {"richMenuAliasId": alias, "richMenuId": first})
        self.ask("POST", f"{BOT}/richmenu/alias/tab-1", {"richMenuId": second})
        self.ask("GET", f"{BOT}/richmenu/alias/tab-1")
        self.ask("GET", f"{BOT}/richmenu/alias/list")
        self.ask("DELETE", f"{BOT}/richmenu/alias/tab-2")

    def visit_links(self, person: Person, first: str, second: str) -> None:
        people = {"userIds": [person.user_id]}
        self.ask("POST", f"{BOT}/user/{person.user_id}/richmenu/{first}")
        batch = {"operations": [{"type": "link", "from": first, "to": second}], "resumeRequestKey": "again"}
        self.ask("POST", f"{BOT}/richmenu/validate/batch", batch)
        self.ask("POST", f"{BOT}/richmenu/batch", batch)
        self.ask("GET", f"{BOT}/richmenu/progress/batch", params={"requestId": self.calls[-1].request_id})
        assert self.ask("GET", f"{BOT}/user/{person.user_id}/richmenu") == {"richMenuId": second}
        self.ask("DELETE", f"{BOT}/user/{person.user_id}/richmenu")
        self.ask("POST", f"{BOT}/richmenu/bulk/link", {"richMenuId": first, **people})
        self.ask("POST", f"{BOT}/richmenu/bulk/unlink", people)

    def visit_tokens(self) -> None:
        signed = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()}
        grant = {"grant_type": "client_credentials"}
        self.form("/oauth2/v3/token", **grant, **CLIENT)
        self.form("/oauth2/v3/token", **grant, **signed)
        token = self.form("/oauth2/v2.1/token", **grant, **signed)["access_token"]
        self.ask("GET", "/oauth2/v2.1/tokens/kid", params=signed)
        self.ask("GET", "/oauth2/v2.1/verify", params={"access_token": token})
        self.form("/oauth2/v2.1/revoke", **CLIENT, access_token=token)
        short = self.form("/v2/oauth/accessToken", **grant, **CLIENT)["access_token"]
        for known in (short, ACCESS_TOKEN):
            self.form("/v2/oauth/verify", access_token=known)
        self.form("/v2/oauth/revoke", access_token=short)

    def assertion(self) -> str:
        key = RSAKey.generate_key(2048)
        kid = self.line.client.post("/control/assertion-keys", json=key.as_dict(private=False)).json()["kid"]
        claims = {"iss": CHANNEL_ID, "sub": CHANNEL_ID, "aud": "https://api.line.me/", "exp": int(time.time()) + 1700,
                  "token_exp": 86_400}  # fmt: skip
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": kid}, claims, key, algorithms=["RS256"])

    def visit_liff(self) -> None:
        app = {
            "view": {"type": "tall", "url": "https://city.example.jp/liff", "moduleMode": False},
            "description": "手続", "features": {"ble": False, "qrCode": True}, "permanentLinkPattern": "concat",
            "scope": ["openid", "profile"], "botPrompt": "none",
        }  # fmt: skip
        liff_id, other = (self.ask("POST", "/liff/v1/apps", app)["liffId"] for _ in range(2))
        self.ask("DELETE", f"/liff/v1/apps/{other}")
        self.ask("PUT", f"/liff/v1/apps/{liff_id}", {"view": {"type": "full"}, "description": "申請"})
        (stored,) = self.ask("GET", "/liff/v1/apps")["apps"]
        assert stored == {"liffId": liff_id, **app, "description": "申請", "view": {**app["view"], "type": "full"}}


def _given(request: httpx.Request) -> Json:
    kind = request.headers.get("content-type", "")
    if "json" in kind and request.content:
        return dict(json.loads(request.content))
    return dict(parse_qsl(request.content.decode()) if "form" in kind else request.url.params.multi_items())
