"""/healthz and /readyz, and what `madoguchi check` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from madoguchi.site import checks
from madoguchi.site.config import Config, Service

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
