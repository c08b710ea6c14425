"""Paths, statuses, answers and required properties of the LINE simulator, held against the shapes of LINE's SDK."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from linebot.v3.messaging import ErrorResponse
from PIL import Image
from starlette.routing import Route

from simulators.line.app import LIFF, SECURED, Platform
from simulators.line.core import Options
from tests.integration.simulators.line_tour import Call, Tour
from tests.line_shapes import findings, nameless, operations
from tests.line_simulator import ACCESS_TOKEN, LineSimulator, line_simulator, listening_webhook

KNOWN = operations()
LOGIN = {
    "POST /oauth2/v2.1/verify", "GET /oauth2/v2.1/userinfo", "POST /oauth2/v2.1/userinfo", "GET /v2/profile",
    "GET /oauth2/v2.1/certs", "GET /oauth2/v2.1/authorize",
}  # fmt: skip
"""LINE Login: OpenID Connect, of which LINE publishes no OpenAPI description."""
NOT_SIMULATED = ("/group/", "/room/", "/membership/", "/coupon", "/pnp", "/aggregation/", "/message/narrowcast",
                 "/message/progress/narrowcast")  # fmt: skip
"""Group chats, memberships, coupons, messages to phone numbers, statistics of units, audiences: not needed here."""
ACCEPTED_LATER = {
    "POST /v2/bot/chat/loading/start", "POST /v2/bot/richmenu/bulk/link", "POST /v2/bot/richmenu/bulk/unlink",
    "POST /v2/bot/richmenu/batch",
}  # fmt: skip
"""Answered with 202."""
BINARY = {"GET /v2/bot/message/{}/content", "GET /v2/bot/message/{}/content/preview", "GET /v2/bot/richmenu/{}/content"}
EMPTY = {"POST /oauth2/v2.1/revoke", "POST /v2/oauth/revoke"}
OFFERED = sorted(name for name in KNOWN if not any(word in name for word in NOT_SIMULATED))
WITH_BODY = [name for name in OFFERED if KNOWN[name].body]


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LineSimulator]:
    with (
        listening_webhook() as webhook,
        line_simulator(tmp_path_factory.mktemp("line"), webhook.url) as simulator,
    ):
        yield simulator


@pytest.fixture(scope="module")
def calls(visited: LineSimulator) -> list[Call]:
    """Everything the simulator offers, called once or more."""
    return Tour(visited, picture(640, 480), picture(2500, 843)).visit_everything()


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#dde8ee").save(out, "JPEG", quality=40)
    return out.getvalue()


def of(calls: list[Call], name: str) -> list[Call]:
    found = [call for call in calls if call.operation.name == name]
    assert found, f"the tour does not come to {name}"
    return found


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """``POST /v2/bot/message/push`` … as the simulator has them."""
    platform = Platform(Options("http://127.0.0.1:1", "1", "s"), tmp_path_factory.mktemp("routes"))
    found = {
        f"{method} {nameless(route.path)}"
        for route in platform.app.routes if isinstance(route, Route)
        for method in (route.methods or ()) if method != "HEAD"
    }  # fmt: skip
    platform.line.store.close()
    return {name for name in found if name.split()[1].startswith(("/v2/", "/oauth2/", "/liff/v1/"))}


def test_every_path_and_method_of_the_simulator_is_one_of_lines(routes: set[str]):
    assert routes - LOGIN - set(KNOWN) == set()
    assert len(routes) > len(SECURED) + len(LIFF)


def test_what_the_simulator_leaves_out_is_left_out_on_purpose(routes: set[str]):
    assert sorted(routes & set(KNOWN)) == OFFERED


@pytest.mark.parametrize("name", OFFERED)
def test_the_request_is_one_the_sdk_could_have_made(name: str, calls: list[Call]):
    body = KNOWN[name].body
    for call in of(calls, name):
        assert body is None or findings(body, call.given) == []


@pytest.mark.parametrize("name", OFFERED)
def test_the_answer_has_the_status_and_the_shape_line_promises(name: str, calls: list[Call]):
    for call in of(calls, name):
        assert call.status == (202 if name in ACCEPTED_LATER else 200)
        if name in BINARY:
            assert call.content and call.headers["content-type"] in ("image/jpeg", "video/mp4")
        elif name in EMPTY:
            assert call.content == b""
        elif model := KNOWN[name].answers.get(call.status):
            assert findings(model, call.answer) == []
        else:
            assert call.answer == {} or KNOWN[name].answers.get(call.status), "LINE answers an empty object"


@pytest.mark.parametrize("name", OFFERED)
def test_every_answer_carries_a_request_id(name: str, calls: list[Call]):
    assert all(call.request_id for call in of(calls, name))


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_required_property_cannot_be_left_out(name: str, calls: list[Call], visited: LineSimulator):
    call, model = of(calls, name)[0], KNOWN[name].body
    assert model
    for required in [one.alias for one in model.__fields__.values() if one.required]:
        body = {key: value for key, value in call.given.items() if key != required}
        refused(visited, call, body)


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_property_of_another_kind_is_refused(name: str, calls: list[Call], visited: LineSimulator):
    call = of(calls, name)[0]
    for key in call.given:
        refused(visited, call, {**call.given, key: [0.5] if key != "notificationDisabled" else "いいえ"})


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_list_has_no_more_items_than_line_takes(name: str, calls: list[Call], visited: LineSimulator):
    call, model = of(calls, name)[0], KNOWN[name].body
    assert model
    for one in model.__fields__.values():
        most = getattr(one.outer_type_, "max_items", None)
        if most and one.alias in call.given:
            refused(visited, call, {**call.given, one.alias: call.given[one.alias][:1] * (most + 1)})


def refused(line: LineSimulator, call: Call, body: dict[str, Any]) -> None:
    """The changed request gets a 400 in the shape of LINE's errors."""
    answer = line.api(call.operation.method, call.path, body)
    assert answer.status_code == 400, f"{body} was taken"
    assert findings(ErrorResponse, answer.json()) == []


@pytest.mark.parametrize("name", [name for name in OFFERED if "/oauth" not in name])
def test_without_a_token_every_call_gets_lines_401(name: str, calls: list[Call], visited: LineSimulator):
    call = of(calls, name)[0]
    answer = visited.client.request(call.operation.method, call.path)
    assert answer.status_code == 401
    assert findings(ErrorResponse, answer.json()) == []


@pytest.mark.parametrize("name", [name for name in OFFERED if "{}" in name and "/all/" not in name])
def test_what_does_not_exist_gets_lines_404(name: str, visited: LineSimulator):
    method, path = name.split()
    body = {"json": {}} if method in ("POST", "PUT") else {}
    headers = {"Authorization": f"Bearer {ACCESS_TOKEN}"}
    answer = visited.client.request(method, path.replace("{}", "nothing"), headers=headers, **body)
    assert answer.status_code == 404
    assert findings(ErrorResponse, answer.json()) == []


@pytest.mark.parametrize("path", ["/v2/bot/nowhere", "/oauth2/v9/token"])
def test_an_unknown_path_gets_lines_404(path: str, visited: LineSimulator):
    answer = visited.client.get(path)
    assert (answer.status_code, answer.json()) == (404, {"message": "Not found"})


def test_a_method_line_does_not_know_gets_an_error_in_lines_shape(visited: LineSimulator):
    answer = visited.client.patch("/v2/bot/info")
    assert answer.status_code == 405
    assert findings(ErrorResponse, answer.json()) == []


FORMS = sorted(name for name in OFFERED if "/oauth" in name)


@pytest.mark.parametrize("name", FORMS)
def test_a_token_call_without_one_of_its_fields_is_refused_in_the_words_of_oauth(
    name: str, calls: list[Call], visited: LineSimulator
):
    for call in of(calls, name):
        for field in call.given:
            rest = {key: value for key, value in call.given.items() if key != field}
            options = {"params": rest} if call.operation.method == "GET" else {"data": rest}
            answer = visited.client.request(call.operation.method, call.path, **options)
            assert answer.status_code == 400, f"without {field}"
            assert set(answer.json()) == {"error", "error_description"}
