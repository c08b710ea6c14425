"""``madoguchi check``: every configured connection, tried for real, with what to do when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from madoguchi.lib.vault import seal, unseal
from madoguchi.site import health
from madoguchi.site.config import DEVELOPMENT_KEY, DEVELOPMENT_SECRET, Service


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was tried, whether it worked, and a sentence for the person who runs the server."""

    name: str
    ok: bool
    message: str


def all_checks() -> Iterator[CheckResult]:
    """Every check, in the order in which one would mend them."""
    yield _tried("データベース", _database, "DATABASE_URL の宛先とパスワードを確かめてください。")
    yield _tried("表の更新", _migrations, "madoguchi migrate を実行してください。")
    yield _tried("ファイルの保存先", health._storage, f"{settings.FILES_DIR} に書き込めるようにしてください。")
    yield _keys()
    yield _tried("メール", _mail, "MADOGUCHI_EMAIL_URL の宛先を確かめてください。")
    for name, service in _services().items():
        yield _service(name, service)
    if settings.LINE.base_url:
        yield _way_back_to_line()


def _services() -> dict[str, Service]:
    return {
        "LINE": settings.LINE, "PayPay": settings.PAYPAY, "LINE Pay": settings.LINEPAY,
        "デジタル認証アプリ": settings.MYNUMBER,
    }


def _way_back_to_line() -> CheckResult:
    """The pages work without it, but who came from LINE should get back with one tap."""
    name, address = "LINEに戻るボタン", settings.LINE.public_url
    if not address:
        why = "出ません。MADOGUCHI_LINE_PUBLIC_URL に https://line.me/R/ti/p/@（アカウントのID）を設定すると出ます。"
        return CheckResult(name, True, why)
    if not address.startswith(("https://", "http://")):
        return CheckResult(name, False, f"MADOGUCHI_LINE_PUBLIC_URL の「{address}」は https:// で始めてください。")
    return CheckResult(name, True, f"{address} を開きます。")


def _tried(name: str, attempt: Callable[[], str | None], mend: str) -> CheckResult:
    try:
        said = attempt()
    except Exception as error:
        return CheckResult(name, False, f"{type(error).__name__}: {error} {mend}")
    return CheckResult(name, True, said or "動いています。")


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return f"PostgreSQL {version} につながりました。"


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise RuntimeError(f"まだ行っていない更新が {len(waiting)} 件あります。")


def _keys() -> CheckResult:
    name = "暗号鍵"
    try:
        unseal(seal(b"check", context="check"), context="check")
    except Exception:
        return CheckResult(name, False, "MADOGUCHI_ENCRYPTION_KEYS は、32バイトをBase64で書いたものにしてください。")
    if DEVELOPMENT_KEY in settings.ENCRYPTION_KEYS or settings.SECRET_KEY == DEVELOPMENT_SECRET:
        return CheckResult(
            name, False,
            "開発用の鍵のままです。MADOGUCHI_SECRET_KEY と MADOGUCHI_ENCRYPTION_KEYS を設定してください。",
        )
    return CheckResult(name, True, "設定されています。")


def _mail() -> str:
    mail = get_connection()
    mail.open()
    mail.close()
    return "送信できます。" if settings.CONFIG.email_url else f"送らずに {settings.EMAIL_FILE_PATH} へ書き出します。"


def _service(name: str, service: Service) -> CheckResult:
    if not service.base_url:
        return CheckResult(name, True, "設定されていません（使いません）。")
    if not service.client_id:
        return CheckResult(name, False, "宛先はありますが、クライアントIDがありません。")
    try:
        httpx.get(service.base_url, timeout=5)
    except httpx.HTTPError as error:
        why = f"{service.base_url} につながりません（{type(error).__name__}）。"
        return CheckResult(name, False, f"{why}宛先と通信の許可を確かめてください。")
    return CheckResult(name, True, f"{service.base_url} につながりました。")
