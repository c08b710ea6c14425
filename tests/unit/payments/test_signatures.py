"""Both signatures against vectors from outside this program."""

from __future__ import annotations

from madoguchi.payments.providers import linepay, paypay
from simulators.linepay import signature as linepay_simulator
from simulators.paypay import signature as paypay_simulator

BODY = b'{"sampleRequestBodyKey1":"sampleRequestBodyValue1","sampleRequestBodyKey2":"sampleRequestBodyValue2"}'
PAYPAY_VECTOR = {
    "method": "POST", "path": "/v2/codes", "body": BODY, "nonce": "acd028", "epoch": "1579843452",
    "content_type": "application/json;charset=UTF-8;",
}  # fmt: skip
LINEPAY_SECRET = "a917ab6a2367b536f8e5a6e2977e06f4"
LINEPAY_BODY = '{"amount":100,"currency":"JPY","orderId":"TEST-1"}'
LINEPAY_NONCE = "44453d45-768e-40e8-8349-748e797c450f"
LINEPAY_MAC = "V9LGAhNDrjbRznQsdpYMmIfXgRS9osClvqME8oDfO38="


def test_paypay_signs_the_sample_of_its_documentation_as_published():
    header = paypay.authorization(key="APIKeyGenerated", secret="APIKeySecretGenerated", **PAYPAY_VECTOR)
    assert header == (
        "hmac OPA-Auth:APIKeyGenerated:NW1jKIMnzR7tEhMWtcJcaef+nFVBt7jjAGcVuxHhchc=:acd028:1579843452:"
        "1j0FnY4flNp5CtIKa7x9MQ=="
    )


def test_paypay_signs_a_call_without_body_as_empty():
    vector = PAYPAY_VECTOR | {"method": "GET", "body": b""}
    assert paypay.authorization(key="k", secret="s", **vector).endswith(":empty")


def test_the_paypay_simulator_accepts_that_sample_and_nothing_that_differs():
    header = paypay.authorization(key="k", secret="s", **PAYPAY_VECTOR)
    asked = {name: PAYPAY_VECTOR[name] for name in ("path", "method", "content_type", "body")}
    right = {"header": header, "api_key": "k", "secret": "s", "now": 1579843452.0, **asked}
    assert paypay_simulator.is_authentic(**right)
    wrong = (
        {"path": "/v2/refunds"}, {"method": "PUT"}, {"body": BODY + b" "}, {"secret": "other"}, {"api_key": "x"},
        {"content_type": "application/json"}, {"now": 1579843452.0 + 121}, {"header": ""},
        {"header": header.replace("acd028", "acd029")},
    )  # fmt: skip
    for change in wrong:
        assert not paypay_simulator.is_authentic(**{**right, **change}), change


def test_line_pay_signs_the_regression_vector_as_before():
    mac = linepay.signature(LINEPAY_SECRET, path="/v3/payments/request", payload=LINEPAY_BODY, nonce=LINEPAY_NONCE)
    assert mac == LINEPAY_MAC


def test_the_line_pay_simulator_accepts_that_vector_and_nothing_that_differs():
    right = {
        "sent": LINEPAY_MAC, "secret": LINEPAY_SECRET, "path": "/v3/payments/request",
        "payload": LINEPAY_BODY.encode(), "nonce": LINEPAY_NONCE,
    }  # fmt: skip
    assert linepay_simulator.is_authentic(**right)
    for change in ({"path": "/v3/payments"}, {"payload": b"{}"}, {"nonce": ""}, {"secret": "x"}, {"sent": ""}):
        assert not linepay_simulator.is_authentic(**{**right, **change}), change
