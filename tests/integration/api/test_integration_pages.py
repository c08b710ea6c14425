"""The studio's pages about tokens and webhooks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from madoguchi.accounts.models import Staff
from madoguchi.api import tokens, webhooks
from madoguchi.api.models import ApiToken, Webhook, WebhookDelivery
from madoguchi.api.urls_studio import urlpatterns
from madoguchi.catalog import drafts
from madoguchi.catalog.models import App
from madoguchi.catalog.queries import AppRevision
from madoguchi.records import write
from madoguchi.records.actor import staff_actor
from tests.integration.api.conftest import Api, books
from tests.publishing import publish
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
At = Callable[[str], Client]
HERE = "/studio/books/integration/"
PAGES = sorted(str(pattern.name) for pattern in urlpatterns)


@pytest.fixture
def at(staff: Mapping[str, Staff]) -> At:
    """A browser in which somebody of the cast is signed in."""

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(staff[username])
        return client

    return signed_in


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as told:
        yield told


@pytest.fixture
def hook(app: AppRevision, staff: Mapping[str, Staff], receiver: Receiver) -> Webhook:
    row = App.objects.get(pk=app.app_id)
    return webhooks.save_webhook(
        None, app=row, name="公園予約", url=receiver.url, events=webhooks.EVENTS, personal=False,
        actor=staff["watanabe"],
    )[0]  # fmt: skip


@pytest.fixture
def delivery(hook: Webhook, app: AppRevision, staff: Mapping[str, Staff]) -> WebhookDelivery:
    write.create_record(app=app, values={"key": "K-1"}, actor=staff_actor(staff["sato"]))
    return WebhookDelivery.objects.get()


@pytest.fixture
def token(app: AppRevision) -> ApiToken:
    return tokens.create_token(app=App.objects.get(pk=app.app_id), name="試験", rights=["view"])[0]


def address(name: str, hook: Webhook, token: ApiToken, delivery: WebhookDelivery) -> str:
    arguments = {
        "app_code": "books", "token_id": token.pk, "webhook_id": hook.pk, "delivery_id": delivery.pk,
    }  # fmt: skip
    pattern = next(p for p in urlpatterns if p.name == name)
    known = {key: value for key, value in arguments.items() if key in pattern.pattern.converters}
    return reverse(f"integration:{name}", kwargs=known)


@pytest.mark.parametrize("who", ["outsider", "sato", "ito", "kobayashi"])
@pytest.mark.parametrize("name", PAGES)
def test_who_does_not_manage_the_app_finds_nothing(
    at: At, who: str, name: str, hook: Webhook, token: ApiToken, delivery: WebhookDelivery
) -> None:
    url = address(name, hook, token, delivery)
    before = list(Webhook.objects.values()), list(ApiToken.objects.values()), list(WebhookDelivery.objects.values())
    assert {at(who).get(url).status_code, at(who).post(url).status_code} - {405} == {404}
    after = list(Webhook.objects.values()), list(ApiToken.objects.values()), list(WebhookDelivery.objects.values())
    assert before == after


@pytest.mark.parametrize("name", PAGES)
def test_nobody_comes_in_without_signing_in(
    name: str, hook: Webhook, token: ApiToken, delivery: WebhookDelivery
) -> None:
    answer = Client().post(address(name, hook, token, delivery))
    assert answer.status_code == 405 or answer.headers["Location"].startswith("/staff/sign-in")


def test_what_belongs_to_another_app_is_not_found_here(
    at: At, hook: Webhook, token: ApiToken, delivery: WebhookDelivery
) -> None:
    publish(books(code="other"))
    for name in set(PAGES) - {"home", "new-token", "new-webhook"}:
        url = address(name, hook, token, delivery).replace("/books/", "/other/")
        assert {at("watanabe").get(url).status_code, at("watanabe").post(url).status_code} - {405} == {404}


def test_a_token_is_shown_once_and_opens_the_api(at: At, app: AppRevision) -> None:
    client = at("watanabe")
    answer = client.post(f"{HERE}tokens/new/", {"name": "公園予約", "rights": ["view", "add"], "days": "365"})
    text = re.search(r'value="(\w{40})"', answer.content.decode())
    assert text is not None
    assert answer["Cache-Control"] == "no-store"
    page = client.get(HERE).content.decode()
    assert "公園予約" in page
    assert text[1] not in page
    assert Api(**{"X-Cybozu-API-Token": text[1]}).get("records", app=app.app_id).status == 200
    row = ApiToken.objects.get()
    assert (row.rights, row.created_by) == (["view", "add"], Staff.objects.get(username="watanabe"))
    assert row.expires_at is not None


def test_a_withdrawn_token_opens_nothing(at: At, app: AppRevision, new_token: Callable[..., str]) -> None:
    api = Api(**{"X-Cybozu-API-Token": new_token(app)})
    row = ApiToken.objects.get()
    at("watanabe").post(f"{HERE}tokens/{row.pk}/revoke/")
    assert api.get("records", app=app.app_id).code == "GAIA_IA02"
    assert "使えません" in at("watanabe").get(HERE).content.decode()


def test_a_token_needs_a_name_and_a_right(at: At, app: AppRevision) -> None:
    answer = at("watanabe").post(f"{HERE}tokens/new/", {"name": "", "days": ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "何に使うかを書いてください" in page
    assert "できることを一つ以上選んでください" in page
    assert not ApiToken.objects.exists()


def test_nobody_gives_a_right_they_do_not_have(at: At, staff: Mapping[str, Staff]) -> None:
    publish(books(permissions=[{"department": "shimin", "rights": ["view", "manage"]}]))
    answer = at("sato").post(f"{HERE}tokens/new/", {"name": "抜け道", "rights": ["delete"], "days": ""})
    assert answer.status_code == 422
    assert at("sato").post(f"{HERE}tokens/new/", {"name": "読む", "rights": ["view"], "days": ""}).status_code == 200


@pytest.mark.parametrize(
    "rules",
    [
        {"record_rules": [{"filter": "", "allow": [{"creator": True, "rights": ["view"]}]}]},
        {"field_rules": [{"field": "num", "allow": [{"staff": "suzuki", "access": "read"}]}]},
    ],
    ids=["records", "fields"],
)
def test_who_is_bound_by_rules_gives_no_way_around_them(
    at: At, staff: Mapping[str, Staff], rules: dict[str, object]
) -> None:
    publish(books(**rules))
    answer = at("watanabe").post(f"{HERE}tokens/new/", {"name": "抜け道", "rights": ["view"], "days": ""})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_webhook_is_added_tested_and_answers_for_itself(at: At, app: AppRevision, receiver: Receiver) -> None:
    client = at("watanabe")
    data = {"name": "公園予約", "url": receiver.url, "events": ["ADD_RECORD"]}
    made = client.post(f"{HERE}webhooks/new/", data).content.decode()
    hook = Webhook.objects.get()
    assert hook.secret in made
    receiver.status, receiver.text = 418, "<b>急須です</b>"
    page = client.post(f"{HERE}webhooks/{hook.pk}/test/").content.decode()
    assert hook.secret not in page
    assert "HTTP 418" in page
    assert "&lt;b&gt;急須です&lt;/b&gt;" in page
    assert receiver.last["type"] == "TEST"
    assert receiver.last["id"] == str(WebhookDelivery.objects.get().pk)


def test_an_address_inside_is_explained(at: At, app: AppRevision) -> None:
    data = {"name": "中", "url": "http://127.0.0.1:9/", "events": ["ADD_RECORD"]}
    answer = at("watanabe").post(f"{HERE}webhooks/new/", data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "庁内のネットワーク" in page
    assert 'value="http://127.0.0.1:9/"' in page, "nothing typed is lost"
    assert not Webhook.objects.exists()


def test_whoever_saves_it_answers_for_what_it_sends(
    at: At, hook: Webhook, receiver: Receiver, staff: Mapping[str, Staff]
) -> None:
    publish(books(permissions=[{"department": "shimin", "rights": ["view", "manage"]}]))
    at("sato").post(f"{HERE}webhooks/{hook.pk}/", {"name": "別名", "url": receiver.url, "events": ["DELETE_RECORD"]})
    hook.refresh_from_db()
    assert (hook.name, hook.events, hook.owner, hook.created_by) == (
        "別名", ["DELETE_RECORD"], staff["sato"], staff["watanabe"],
    )  # fmt: skip


def test_who_sees_no_records_adds_no_webhook(at: At, hook: Webhook, receiver: Receiver) -> None:
    publish(books(permissions=[
        {"department": "shimin", "roles": ["reception"], "rights": ["view"]},
        {"department": "shimin", "roles": ["app_admin"], "rights": ["manage"]},
    ]))  # fmt: skip
    client = at("watanabe")
    data = {"name": "見えない", "url": receiver.url, "events": ["ADD_RECORD"]}
    assert "レコードを見る権限がありません" in client.post(f"{HERE}webhooks/new/", data).content.decode()
    client.post(f"{HERE}webhooks/{hook.pk}/", data)
    assert [row.name for row in Webhook.objects.all()] == ["公園予約"]
    hook.active = False
    hook.save()
    client.post(f"{HERE}webhooks/{hook.pk}/switch/")
    hook.refresh_from_db()
    assert not hook.active


def test_a_message_is_sent_again_from_the_log(
    at: At, hook: Webhook, delivery: WebhookDelivery, receiver: Receiver, run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    page = at("watanabe").get(f"{HERE}webhooks/{hook.pk}/").content.decode()
    assert "届きました" in page
    assert "もう一度送る" in page
    at("watanabe").post(f"{HERE}webhooks/{hook.pk}/deliveries/{delivery.pk}/resend/")
    run_jobs()
    assert [call.json["id"] for call in receiver.received] == [str(delivery.pk)] * 2


def test_a_webhook_that_was_stopped_says_so_and_goes_on_when_told(
    at: At, hook: Webhook, delivery: WebhookDelivery, receiver: Receiver, run_jobs: Callable[[], int]
) -> None:
    client = at("watanabe")
    client.post(f"{HERE}webhooks/{hook.pk}/switch/")
    run_jobs()
    page = client.get(f"{HERE}webhooks/{hook.pk}/").content.decode()
    assert "このWebhookは止まっています" in page
    assert "送りませんでした" in page
    assert receiver.received == []
    client.post(f"{HERE}webhooks/{hook.pk}/switch/")
    client.post(f"{HERE}webhooks/{hook.pk}/deliveries/{delivery.pk}/resend/")
    run_jobs()
    assert len(receiver.received) == 1


def test_a_webhook_is_deleted_with_its_log(at: At, hook: Webhook, delivery: WebhookDelivery) -> None:
    at("watanabe").post(f"{HERE}webhooks/{hook.pk}/delete/")
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_an_app_that_is_not_published_has_nothing_to_connect(at: At, staff: Mapping[str, Staff]) -> None:
    drafts.create(defn=books(code="newapp"), staff=staff["watanabe"])
    assert "公開すると使えます" in at("watanabe").get("/studio/newapp/integration/").content.decode()
    assert at("watanabe").get("/studio/newapp/integration/tokens/new/").status_code == 404
    assert at("watanabe").get("/studio/newapp/integration/webhooks/new/").status_code == 404
