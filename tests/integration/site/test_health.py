"""/healthz and /readyz, and what `madoguchi check` says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from madoguchi.site import checks
from madoguchi.site.config import Config, Service
from madoguchi.site.demo import Ports, Secrets, environment_of

pytestmark = pytest.mark.django_db


def test_a_living_process_says_so(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_server_that_can_work_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "queue": "ok", "storage": "ok"}


def test_a_server_without_storage_is_not_ready_and_names_it(client: Client, settings: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    settings.FILES_DIR = blocked
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["storage"] == "failed"


def found(name: str) -> checks.CheckResult:
    return next(result for result in checks.all_checks() if result.name == name)


def test_the_check_reaches_the_database_and_finds_no_waiting_migration() -> None:
    assert found("データベース").ok
    assert found("表の更新").ok


def test_keys_of_development_are_not_good_enough() -> None:
    result = found("暗号鍵")
    assert not result.ok
    assert "MADOGUCHI_SECRET_KEY" in result.message


def test_a_service_that_does_not_answer_is_named_with_what_to_do(settings: Any) -> None:
    settings.LINE = Service(base_url="http://127.0.0.1:9", client_id="x")
    result = found("LINE")
    assert not result.ok
    assert "宛先と通信の許可" in result.message


def test_a_service_that_is_not_used_is_no_mistake(settings: Any) -> None:
    settings.PAYPAY = Service()
    assert found("PayPay").ok


def test_the_environment_is_read_in_one_place() -> None:
    config = Config.from_environment({"MADOGUCHI_LINE_BASE_URL": "https://line.test/", "MADOGUCHI_DEBUG": "1"})
    assert config.line.base_url == "https://line.test"
    assert config.debug
    assert config.database_url == ""


@pytest.mark.parametrize(
    ("address", "ok", "said"),
    [
        ("", True, "MADOGUCHI_LINE_PUBLIC_URL に https://line.me/R/ti/p/@"),
        ("line.me/R/ti/p/@city", False, "https:// で始めてください"),
        ("https://line.me/R/ti/p/@city", True, "https://line.me/R/ti/p/@city を開きます。"),
    ],
)
def test_the_check_says_where_the_button_back_to_line_leads(settings: Any, address: str, ok: bool, said: str) -> None:
    settings.LINE = Service(base_url="http://127.0.0.1:9", client_id="x", public_url=address)
    result = found("LINEに戻るボタン")
    assert result.ok is ok
    assert said in result.message


def test_without_line_there_is_no_word_of_the_button(settings: Any) -> None:
    settings.LINE = Service()
    assert not [result for result in checks.all_checks() if result.name == "LINEに戻るボタン"]


def test_in_the_demo_the_button_opens_ones_own_phone_and_the_guide_the_list(
    settings: Any, client: Client
) -> None:
    kept = SimpleNamespace(**{name: "x" for name in Secrets.__annotations__})
    ports = Ports(*range(8010, 8010 + len(Ports.__annotations__)))
    config = Config.from_environment(environment_of(kept, ports, "http://127.0.0.1:8000", Path("var/x")))  # type: ignore[arg-type]
    assert config.line.public_url == f"{config.line.base_url}/R/ti/p/@madoguchi"
    settings.DEMO, settings.LINE = True, config.line
    assert f'href="{config.line.base_url}"' in client.get("/demo/").content.decode()
