"""The wallets' simulators speak the providers' protocols, including how they say no."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from madoguchi.payments.providers import linepay as linepay_adapter
from madoguchi.payments.providers import paypay as paypay_adapter
from tests.payment_simulators import KEY, SECRET, Wallet, linepay_simulator, paypay_simulator

JSON = "application/json;charset=UTF-8"


def ask_paypay(wallet: Wallet, method: str, path: str, body: dict[str, Any] | None = None, key: str = KEY) -> Any:
    """A signed call, as PayPay's merchants make it: status, ``resultInfo.code`` and data."""
    content = json.dumps(body).encode() if body is not None else b""
    header = paypay_adapter.authorization(
        key=key, secret=SECRET, method=method, path=path.partition("?")[0], body=content, nonce="n",
        epoch=str(int(time.time())), content_type=JSON,
    )  # fmt: skip
    headers = {"Authorization": header, "Content-Type": JSON} if content else {"Authorization": header}
    answer = httpx.request(method, wallet.url + path, headers=headers, content=content)
    envelope = answer.json()
    return answer.status_code, envelope["resultInfo"]["code"], envelope["data"]


def order(reference: str, **changes: Any) -> dict[str, Any]:
    return {
        "merchantPaymentId": reference, "codeType": "ORDER_QR", "amount": {"amount": 300, "currency": "JPY"},
        "orderDescription": "住民票の写し", "redirectUrl": "https://city.example/", "redirectType": "WEB_LINK",
        "requestedAt": 1, **changes,
    }  # fmt: skip


@pytest.fixture
def wallet(paypay_process: Wallet) -> Wallet:
    paypay_process.reliable()
    return paypay_process


def test_paypay_answers_401_to_a_wrong_key(wallet: Wallet):
    assert ask_paypay(wallet, "GET", "/v2/codes/payments/x", key="other")[:2] == (401, "UNAUTHORIZED")


def test_paypay_makes_a_code_once(wallet: Wallet):
    status, code, data = ask_paypay(wallet, "POST", "/v2/codes", order("once"))
    assert (status, code, data["merchantPaymentId"]) == (201, "SUCCESS", "once")
    assert data["url"].startswith(f"{wallet.url}/checkout/")
    again = ask_paypay(wallet, "POST", "/v2/codes", order("once"))
    assert again[:2] == (400, "DUPLICATE_DYNAMIC_QR_REQUEST")


@pytest.mark.parametrize(
    "change",
    [
        {"merchantPaymentId": "with space"}, {"merchantPaymentId": "x" * 65}, {"codeType": "X"},
        {"amount": {"amount": "300", "currency": "JPY"}}, {"amount": {"amount": 0, "currency": "JPY"}},
        {"amount": {"amount": 1, "currency": "USD"}}, {"redirectUrl": "javascript:alert(1)"},
        {"orderDescription": "x" * 256},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_paypay_refuses_what_its_document_forbids(wallet: Wallet, change: dict[str, Any]):
    assert ask_paypay(wallet, "POST", "/v2/codes", order("bad", **change))[:2] == (400, "INVALID_PARAMS")


def test_a_deleted_code_cannot_be_paid_and_a_paid_one_not_deleted(wallet: Wallet):
    deleted = ask_paypay(wallet, "POST", "/v2/codes", order("deleted"))[2]["codeId"]
    paid = ask_paypay(wallet, "POST", "/v2/codes", order("paid"))[2]["codeId"]
    assert ask_paypay(wallet, "DELETE", f"/v2/codes/{deleted}")[:2] == (200, "SUCCESS")
    assert httpx.post(f"{wallet.url}/control/payments/deleted/pay").status_code == 409
    assert ask_paypay(wallet, "GET", "/v2/codes/payments/deleted")[:2] == (404, "DYNAMIC_QR_PAYMENT_NOT_FOUND")
    wallet.act("paid", "pay")
    assert ask_paypay(wallet, "DELETE", f"/v2/codes/{paid}")[:2] == (400, "DYNAMIC_QR_ALREADY_PAID")


def test_the_same_refund_twice_gives_the_earlier_result_and_more_than_was_paid_is_refused(wallet: Wallet):
    ask_paypay(wallet, "POST", "/v2/codes", order("refund-me"))
    payment_id = wallet.act("refund-me", "pay")["transaction_id"]

    def refund(refund_id: str, amount: int) -> Any:
        money = {"amount": amount, "currency": "JPY"}
        body = {"merchantRefundId": refund_id, "paymentId": payment_id, "amount": money, "requestedAt": 1}
        return ask_paypay(wallet, "POST", "/v2/refunds", body)

    first, second = refund("r1", 100), refund("r1", 100)
    assert (first, first[2]["status"]) == (second, "REFUNDED")
    assert wallet.payment("refund-me")["refunded"] == 100
    assert refund("r2", 201)[:2] == (400, "INVALID_PARAMS")
    assert refund("r3", 200)[:2] == (200, "SUCCESS")
    assert ask_paypay(wallet, "GET", "/v2/codes/payments/refund-me")[2]["status"] == "REFUNDED"
    assert ask_paypay(wallet, "GET", f"/v2/refunds/r3?paymentId={payment_id}")[2]["amount"]["amount"] == 200


def test_a_day_later_paypay_no_longer_cancels(tmp_path: Path):
    with paypay_simulator(tmp_path) as wallet:
        ask_paypay(wallet, "POST", "/v2/codes", order("late"))
        wallet.act("late", "pay")
        httpx.post(f"{wallet.url}/control/clock", json={"advance_s": 2 * 86400})
        assert ask_paypay(wallet, "DELETE", "/v2/payments/late")[:2] == (400, "ORDER_NOT_REVERSIBLE")


def test_a_restarted_wallet_still_knows_what_was_paid(tmp_path: Path):
    with paypay_simulator(tmp_path) as wallet:
        ask_paypay(wallet, "POST", "/v2/codes", order("kept"))
        wallet.act("kept", "pay")
    with paypay_simulator(tmp_path) as wallet:
        assert ask_paypay(wallet, "GET", "/v2/codes/payments/kept")[2]["status"] == "COMPLETED"


def test_a_code_expires_by_the_wallets_own_clock(tmp_path: Path):
    with paypay_simulator(tmp_path, lifetime_s=60) as wallet:
        page = ask_paypay(wallet, "POST", "/v2/codes", order("short"))[2]["url"]
        httpx.post(f"{wallet.url}/control/clock", json={"advance_s": 61})
        assert "有効期限が切れました" in httpx.get(page).text
        assert httpx.post(page, data={"action": "pay"}).status_code == 409


def test_a_page_pays_once_even_if_the_button_is_pressed_twice(wallet: Wallet):
    page = ask_paypay(wallet, "POST", "/v2/codes", order("twice"))[2]["url"]
    assert [httpx.post(page, data={"action": "pay"}).status_code for _ in range(2)] == [303, 409]
    assert "二重に支払われることはありません" in httpx.get(page).text


def test_the_checkout_page_says_that_it_is_a_simulator_and_obeys_a_strict_policy(wallet: Wallet):
    page = httpx.get(ask_paypay(wallet, "POST", "/v2/codes", order("page"))[2]["url"])
    assert "これはシミュレーターです" in page.text
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert " style=" not in page.text and "<script" not in page.text


def test_an_unknown_checkout_says_what_to_do(wallet: Wallet):
    page = httpx.get(f"{wallet.url}/checkout/nothing")
    assert (page.status_code, "もう一度お支払いへ" in page.text) == (404, True)


def test_a_fault_there_is_none_of_is_refused(wallet: Wallet):
    for faults in ({"explode": 1}, {"fail_next": "1"}, {"webhook": "maybe"}):
        assert httpx.post(f"{wallet.url}/control/faults", json=faults).status_code == 400


def ask_linepay(wallet: Wallet, method: str, path: str, payload: str = "", channel: str = KEY) -> dict[str, Any]:
    """A signed call, as LINE Pay's merchants make it; ``payload``: the body, or the query of a GET."""
    mac = linepay_adapter.signature(SECRET, path=path, payload=payload, nonce="n")
    headers = {"X-LINE-ChannelId": channel, "X-LINE-Authorization-Nonce": "n", "X-LINE-Authorization": mac}
    url = wallet.url + path + (f"?{payload}" if method == "GET" and payload else "")
    answer: dict[str, Any] = httpx.request(
        method, url, headers=headers, content=payload if method == "POST" else None
    ).json()
    return answer


def line_order(reference: str, amount: int = 300, price: int = 300) -> str:
    products = [{"name": "a", "quantity": 1, "price": price}]
    return json.dumps({
        "amount": amount, "currency": "JPY", "orderId": reference,
        "packages": [{"id": "1", "amount": amount, "name": "a", "products": products}],
        "redirectUrls": {"confirmUrl": "https://city.example/?a=1", "cancelUrl": "https://city.example/"},
    })  # fmt: skip


def test_line_pay_says_no_with_its_return_codes(tmp_path: Path):
    with linepay_simulator(tmp_path) as wallet:
        request = "/v3/payments/request"
        assert ask_linepay(wallet, "POST", request, line_order("1"), channel="x")["returnCode"] == "1104"
        assert httpx.post(wallet.url + request, headers={"X-LINE-ChannelId": KEY}).json()["returnCode"] == "1106"
        assert ask_linepay(wallet, "POST", request, "{")["returnCode"] == "2102"
        assert ask_linepay(wallet, "POST", request, "{}")["returnCode"] == "2101"
        assert ask_linepay(wallet, "POST", request, line_order("1", price=299))["returnCode"] == "1124"
        assert ask_linepay(wallet, "POST", request, line_order("1"))["returnCode"] == "0000"
        assert ask_linepay(wallet, "POST", request, line_order("1"))["returnCode"] == "1172"
        assert ask_linepay(wallet, "GET", "/v3/payments/requests/9/check")["returnCode"] == "1150"


def test_line_pay_takes_money_only_when_the_merchant_confirms_what_the_payer_approved(tmp_path: Path):
    with linepay_simulator(tmp_path) as wallet:
        info = ask_linepay(wallet, "POST", "/v3/payments/request", line_order("1"))["info"]
        number = info["transactionId"]
        base, right = f"/v3/payments/{number}", '{"amount":300,"currency":"JPY"}'

        def check() -> str:
            return str(ask_linepay(wallet, "GET", f"/v3/payments/requests/{number}/check")["returnCode"])

        assert number > 2**53
        assert (check(), ask_linepay(wallet, "POST", f"{base}/confirm", right)["returnCode"]) == ("0000", "1169")
        answer = httpx.post(info["paymentUrl"]["web"], data={"action": "pay"})
        assert answer.headers["Location"] == f"https://city.example/?a=1&transactionId={number}&orderId=1"
        wrong = '{"amount":1,"currency":"JPY"}'
        assert (check(), ask_linepay(wallet, "POST", f"{base}/confirm", wrong)["returnCode"]) == ("0110", "1153")
        assert ask_linepay(wallet, "POST", f"{base}/confirm", right)["returnCode"] == "0000"
        assert (check(), ask_linepay(wallet, "POST", f"{base}/confirm", right)["returnCode"]) == ("0123", "1152")
        assert ask_linepay(wallet, "POST", f"{base}/refund", '{"refundAmount":301}')["returnCode"] == "1164"
        assert ask_linepay(wallet, "POST", f"{base}/refund", "{}")["returnCode"] == "0000"
        assert ask_linepay(wallet, "POST", f"{base}/refund", "{}")["returnCode"] == "1165"
        found = ask_linepay(wallet, "GET", "/v3/payments", f"transactionId={number}")["info"][0]
        assert (found["payInfo"][0]["amount"], found["refundList"][0]["refundAmount"]) == (300, -300)
