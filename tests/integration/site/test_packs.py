"""Two databases: an app leaves one by the command line and is the same in the other; killed midway, nothing is half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings
from pytest_django import Settings

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.records import bulk, files, write
from madoguchi.records.actor import SYSTEM
from madoguchi.records.bulk import NewRow
from madoguchi.records.models import AccessLog, StoredFile
from madoguchi.site import pack_commands
from madoguchi.site.cli import cli
from tests.integration.records.test_portable import FULL, everything
from tests.publishing import publish

ROWS = 10_000
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(staff: Mapping[str, Staff], settings: Settings, tmp_path: Path) -> AppRevision:
    """10,000 records, one of them with a file."""
    settings.FILES_DIR = tmp_path / "stored"
    app = publish(everything())
    file = files.store_as_sent(
        app=app, field=app.definition.by_code["資料"], data=b"plan", content_type="text/plain", name="図.txt"
    )
    ref = write.create_record(app=app, values={**FULL, "資料": [str(file.pk)]}, actor=SYSTEM, receipt_prefix="TT")
    StoredFile.objects.filter(pk=file.pk).update(record_id=ref.record_id)
    rows = [NewRow({**_whole(app.definition), "件名": f"{n}件目"}, {}) for n in range(ROWS - 1)]
    bulk.insert_rows(app, rows, actor=SYSTEM)
    return app


def _whole(defn: AppDefinition) -> dict[str, Any]:
    return {code: value for code, value in FULL.items() if defn.by_code[code].type not in ("formula", "serial")}


class Elsewhere:
    """Another instance: its own database, data folder and processes."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.environment = os.environ | {
            "DATABASE_URL": url, "MADOGUCHI_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "madoguchi.site.settings",
        }  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "from madoguchi.site.cli import main; main()", *words]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, *words: str) -> str:
        process = self.start(*words)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
        return said

    def count(self, what: str) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()  # type: ignore[arg-type]
            return int(row[0]) if row else 0


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    here = urlsplit(os.environ["DATABASE_URL"])
    name = f"test_elsewhere_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    there = Elsewhere(urlunsplit(here._replace(path=f"/{name}")), tmp_path / "elsewhere")
    there.run("migrate")
    yield there
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


def files_of(pack: Path) -> dict[str, bytes]:
    """Everything that must be the same in both packs."""
    found = {str(path.relative_to(pack)): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name not in ("manifest.json", "pack.yaml")}


def test_ten_thousand_records_are_the_same_in_another_database(
    app: AppRevision, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    assert pack_commands.export_pack(["ledger"], pack, rows=True, files=True, yes=True) == 0
    killed = elsewhere.start("pack", "load", str(pack))
    deadline = time.monotonic() + 120
    while killed.poll() is None and time.monotonic() < deadline and not _is_copying(elsewhere):
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert elsewhere.count("catalog_app") == 0
    assert elsewhere.count("records_event") == 0
    with psycopg.connect(elsewhere.url) as connection:
        connection.execute("INSERT INTO accounts_department (code, name) VALUES ('shimin', '市民課')")
    for name in ("sato", "ito"):
        elsewhere.run(
            "staff", "add", name, "--name", name, "--department", "shimin", "--role", "reception",
            "--password", "correct horse battery",
        )  # fmt: skip
    said = elsewhere.run("pack", "load", str(pack))
    assert f"{ROWS:,}件" in said
    assert elsewhere.count("records_event") == ROWS
    assert "読み込み済み" in elsewhere.run("pack", "load", str(pack))
    again = tmp_path / "again"
    elsewhere.run("pack", "export", str(again), "--app", "ledger", "--rows", "--files", "--yes")
    assert files_of(again) == files_of(pack)


def _is_copying(elsewhere: Elsewhere) -> bool:
    """Whether the records are on their way into the other database right now."""
    with psycopg.connect(elsewhere.url) as connection:
        return bool(connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle' AND query LIKE ANY (ARRAY['COPY \"carried%', 'INSERT INTO \"app_%'])"
        ).fetchone())  # fmt: skip


def test_personal_data_is_written_only_after_a_question_and_noted(app: AppRevision, tmp_path: Path) -> None:
    runner = CliRunner()
    data = ["--data-dir", str(django_settings.DATA_DIR)]
    words = ["pack", "export", str(tmp_path / "pack"), "--app", "ledger", "--rows", *data]
    refused = runner.invoke(cli, words, input="n\n")
    assert (refused.exit_code, (tmp_path / "pack").exists()) == (1, False)
    assert "個人情報: 電話、メール" in refused.output
    assert not AccessLog.objects.exists()
    assert runner.invoke(cli, words, input="y\n").exit_code == 0
    log = AccessLog.objects.get()
    assert (log.purpose, len(log.record_ids)) == ("export", ROWS)
    assert log.operator
    assert runner.invoke(cli, [*words[:5], "--files", *data]).exit_code == 2
