"""Calls to addresses that people typed in: never into our own network, never longer than the limit."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import httpx

TOTAL_SECONDS, STEP_SECONDS = 15.0, 10.0
"""For the whole call, looking up the name included; and for each step of it."""
MAX_ANSWER_BYTES = 2000
MAX_URL = 2000
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotReached(Exception):
    """No answer. ``code`` says why: ``url``, ``private``, ``name``, ``connect``, ``tls``, ``timeout`` or ``broken``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and the beginning of the text."""

    status: int
    text: str


def check_url(url: str, *, allow_private: bool) -> None:
    """Raises NotReached("url") for what is no web address, ("private") for one that says itself that it is inside."""
    host = _parsed(url).raw_host.decode()
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        inside = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    else:
        inside = not is_public(literal)
    if inside and not allow_private:
        raise NotReached("private")


def post(url: str, *, body: bytes, headers: Mapping[str, str], allow_private: bool) -> Answer:
    """Posts ``body``; redirects are answers like others. Raises NotReached.

    The name is looked up once, and that address is called: a name that points elsewhere a moment later changes
    nothing. Proxies of the environment are not used, as they would look the name up themselves.
    """
    call = _within_limit(url, body, headers, allow_private)
    # In a thread of its own: whoever calls may run in an event loop.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, call).result()


def is_public(address: Address) -> bool:
    """Whether the address lies in the public internet, whatever way it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour is not None or address.teredo is not None or address in _NAT64:
            return False  # These carry an IPv4 address that a gateway inside may unpack.
    return address.is_global and not address.is_multicast and not address.is_reserved


def _parsed(url: str) -> httpx.URL:
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        raise NotReached("url") from None
    if len(url) > MAX_URL or found.scheme not in ("http", "https") or not found.host or found.userinfo:
        raise NotReached("url")
    return found


async def _within_limit(url: str, body: bytes, headers: Mapping[str, str], allow_private: bool) -> Answer:
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            return await _post(_parsed(url), body, headers, allow_private)
    except (TimeoutError, httpx.TimeoutException):
        raise NotReached("timeout") from None
    except httpx.ConnectError as error:
        raise NotReached("tls" if _is_tls(error) else "connect") from None
    except httpx.HTTPError:
        raise NotReached("broken") from None


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _post(url: httpx.URL, body: bytes, headers: Mapping[str, str], allow_private: bool) -> Answer:
    host = url.raw_host.decode()
    address = await _resolved(host, url.port or (443 if url.scheme == "https" else 80), allow_private)
    sent = {**headers, "Host": url.netloc.decode(), "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(trust_env=False, timeout=STEP_SECONDS, verify=_trust()) as client:
        request = client.build_request(
            "POST", url.copy_with(host=str(address)), content=body, headers=sent, extensions={"sni_hostname": host}
        )
        answer = await client.send(request, stream=True, follow_redirects=False)
        try:
            return Answer(answer.status_code, await _beginning(answer))
        finally:
            await answer.aclose()


async def _resolved(host: str, port: int, allow_private: bool) -> Address:
    """The address to call. Where one of several lies inside, none is called."""
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("name") from None
    found = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    if not found:
        raise NotReached("name")
    if not allow_private and not all(map(is_public, found)):
        raise NotReached("private")
    return found[0]


async def _beginning(answer: httpx.Response) -> str:
    held = b""
    async for piece in answer.aiter_raw():
        held += piece
        if len(held) >= MAX_ANSWER_BYTES:
            break
    return held[:MAX_ANSWER_BYTES].decode("utf-8", "replace").replace("\0", "")


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()
