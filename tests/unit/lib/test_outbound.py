"""Addresses that people typed in are called from outside only, and not for long."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from madoguchi.lib import outbound
from madoguchi.lib.outbound import NotReached
from tests.receiver import receiving


def post(url: str, *, allow_private: bool = True) -> outbound.Answer:
    return outbound.post(url, body=b"{}", headers={"X-Test": "1"}, allow_private=allow_private)


@pytest.mark.parametrize("text", ["203.0.114.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_these_are_in_the_public_internet(text: str) -> None:
    assert outbound.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1",
        "2001:0:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_these_are_not(text: str) -> None:
    assert not outbound.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]:8000/", "http://localhost/", "http://a.localhost/", "http://2130706433/",
        "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/",
    ],
)  # fmt: skip
def test_nothing_inside_is_called_however_it_is_written(url: str) -> None:
    with pytest.raises(NotReached, match=r"private|name|url"):
        post(url, allow_private=False)


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "https://u:p@example.com/", "example.com", "", "http://",
            "https://example.com/" + "a" * 2000],
    ids=["ftp", "file", "password", "no-scheme", "empty", "no-host", "long"],
)  # fmt: skip
def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(NotReached, match="url"):
        outbound.check_url(url, allow_private=True)


def test_a_name_is_looked_up_once_and_exactly_that_address_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "hooks.example.jp":
            return real(host, *args, **kwargs)
        asked.append(host)
        return real("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with receiving() as receiver:
        assert post(f"http://hooks.example.jp:{receiver.port}/in").status == 200
        assert receiver.received[0].headers["Host"] == f"hooks.example.jp:{receiver.port}"
        assert receiver.received[0].headers["X-Test"] == "1"
        with pytest.raises(NotReached, match="private"):
            post(f"http://hooks.example.jp:{receiver.port}/in", allow_private=False)
        assert len(receiver.received) == 1
    assert asked == ["hooks.example.jp"] * 2


def test_where_one_of_several_addresses_is_inside_none_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: rows)
    with pytest.raises(NotReached, match="private"):
        post("http://hooks.example.jp/", allow_private=False)


def test_a_redirect_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        receiver.status, receiver.location = 307, "/elsewhere"
        assert post(receiver.url).status == 307
        assert [call.path for call in receiver.received] == ["/hook"]


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    with receiving() as receiver:
        assert post(receiver.url).status == 200


def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    with receiving() as receiver:
        receiver.text = "あ" * 100_000
        assert len(post(receiver.url).text.encode()) <= outbound.MAX_ANSWER_BYTES + 3


@contextmanager
def dripping() -> Iterator[int]:
    """A server that sends one letter of a header after the other, for ever."""
    done = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            peer, _address = server.accept()
            with peer:
                peer.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not done.wait(0.05):
                    try:
                        peer.sendall(b"a")
                    except OSError:
                        return

        thread = Thread(target=drip)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            done.set()
            thread.join()


def test_who_answers_drop_by_drop_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    began = time.monotonic()
    with dripping() as port, pytest.raises(NotReached, match="timeout"):
        post(f"http://127.0.0.1:{port}/")
    assert time.monotonic() - began < 5


def test_what_went_wrong_is_told_apart() -> None:
    with receiving() as receiver, pytest.raises(NotReached, match="tls"):
        post(f"https://127.0.0.1:{receiver.port}/")
    with pytest.raises(NotReached, match="connect"):
        post("http://127.0.0.1:1/")
    with pytest.raises(NotReached, match="name"):
        post("http://nobody.invalid/")
