"""The office's news in chat: told once, to friends only, without anything personal; and paying from the chat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from madoguchi.catalog.queries import AppRevision
from madoguchi.intake.models import Application
from madoguchi.intake.residents import remember_email
from madoguchi.notices.models import Notice
from madoguchi.notices.tasks import send
from madoguchi.payments.models import Payment
from tests.integration.line.walking import SUMMARY, answer_until
from tests.integration.web.walking import act
from tests.line_chat import Chat, words
from tests.line_simulator import LineSimulator
from tests.payment_simulators import Wallet, linepay_simulator
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db
PUSH = "/v2/bot/message/push"


@pytest.fixture(scope="module")
def wallet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wallet]:
    with linepay_simulator(tmp_path_factory.mktemp("linepay")) as running:
        yield running


@pytest.fixture
def applied(pilot: AppRevision, hanako: Chat) -> Chat:
    """Hanako has applied and not paid yet."""
    answer_until(hanako, SUMMARY)
    hanako.tap("この内容で申請する")
    return hanako


def application() -> Application:
    return Application.objects.get()


def test_a_friend_hears_of_every_step_once_with_a_link_and_nothing_personal(pilot: AppRevision, applied: Chat):
    act(pilot, application(), "cancel")
    heard = applied.settle()
    assert "取り下げました" in heard
    assert applied.settle() == ""
    newest = applied.messages[-1]
    assert "/s/" in str(newest) and newest["altText"]
    for personal in ("市川", "花子", "八幡", "090"):
        assert personal not in words(newest) + newest["altText"]
    assert {notice.state for notice in Notice.objects.all()} == {"sent"}


def test_a_notice_that_line_takes_but_answers_with_an_error_arrives_once(
    pilot: AppRevision, applied: Chat, line: LineSimulator
):
    line.faults(fail_api={PUSH: 500}, fail_after=True)
    act(pilot, application(), "cancel")
    with pytest.raises(Exception, match="500"):
        applied.settle()
    line.faults(fail_api={}, fail_after=False)
    notice = Notice.objects.get(state="queued")
    send(str(notice.id))
    assert applied.heard().count("取り下げました") >= 1
    assert len([m for m in applied.messages if m.get("altText", "").startswith(notice.title)]) == 1


def test_who_blocked_us_hears_by_email_where_we_have_an_address(pilot: AppRevision, applied: Chat):
    applied.act("block")
    remember_email(application().resident, "hanako@example.jp")
    act(pilot, application(), "cancel")
    applied.settle()
    assert [message.to for message in mail.outbox] == [["hanako@example.jp"]]
    assert Notice.objects.filter(channel="line", state="sent").count() == 0


def test_who_blocked_us_and_has_no_address_gets_a_letter(pilot: AppRevision, applied: Chat):
    applied.act("block")
    act(pilot, application(), "cancel")
    applied.settle()
    assert Notice.objects.latest("created_at").channel == "letter"


def test_a_push_that_line_refuses_is_handed_to_the_next_channel(
    pilot: AppRevision, applied: Chat, line: LineSimulator
):
    remember_email(application().resident, "hanako@example.jp")
    line.faults(fail_api={PUSH: 400})
    act(pilot, application(), "cancel")
    applied.settle()
    assert sorted(Notice.objects.values_list("channel", "state")) == [("email", "sent"), ("line", "failed")]


def test_notices_come_in_the_residents_language(pilot: AppRevision, applied: Chat):
    applied.say("English")
    applied.tap("English")
    act(pilot, application(), "cancel")
    applied.settle()
    assert Notice.objects.latest("created_at").language == "en"


def test_paid_in_the_browser_the_chat_shows_the_receipt_number(
    city: object, wallet: Wallet, settings: Settings, newcomer: Callable[..., Chat]
):
    """Chat, pay page, LINE Pay, back, notice."""
    settings.LINEPAY = wallet.service
    fee = certificate().procedure.fee.model_dump(mode="json") | {"providers": ["linepay"]}  # type: ignore[union-attr]
    publish(certificate(all_in_chat=True, pilot_only=True, banner="再現です。", menu="住民票", fee=fee))
    hanako = newcomer()
    answer_until(hanako, SUMMARY)
    hanako.tap("この内容で申請する")
    number, browser = application().receipt_number, Client()
    path = urlsplit(hanako.link("支払いに進む")).path
    assert number in browser.get(path).content.decode()
    checkout = browser.post(path, {"provider": "linepay"})
    assert checkout.status_code == 302 and checkout["Location"].startswith(wallet.url)
    payment = Payment.objects.get()
    assert hanako.settle() == ""
    back = _pay(checkout["Location"], wallet)
    done = browser.get(f"{urlsplit(back).path}?{urlsplit(back).query}", follow=True)
    assert done.status_code == 200
    payment.refresh_from_db()
    assert payment.state == "paid"
    heard = hanako.settle()
    assert number in heard and "お支払いを確認" in heard
    assert hanako.settle() == ""
    assert number in hanako.say("申請状況")


def _pay(address: str, wallet: Wallet) -> str:
    """The payer presses 支払う on the wallet's page; returns where they are sent back to."""
    page = httpx.get(address, follow_redirects=True)
    answer = httpx.post(str(page.url), data={"action": "pay"})
    return str(answer.headers["location"])
