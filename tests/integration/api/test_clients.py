"""kintone's own clients, unchanged, against a live server: @kintone/rest-api-client and @kintone/cli."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from tests.cast import PASSWORD
from tests.integration.api.conftest import Api

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("clients")]
ROOT = Path(__file__).parents[3]
CLI = ROOT / "node_modules" / "@kintone" / "cli" / "cli.js"
NODE = str(Path(sys.executable).parent / "node")
SECONDS = 120


def node(*arguments: str, cwd: Path = ROOT) -> str:
    """What a script printed; fails with what it complained about."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_COLOR": "1"}
    done = subprocess.run(
        [NODE, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def script(name: str, *arguments: str) -> dict[str, Any]:
    return dict(json.loads(node(str(ROOT / "tests" / "clients" / name), *arguments)))


@pytest.fixture
def address(live_server: LiveServer) -> str:
    """The clients take plain HTTP for ``localhost`` only, word for word."""
    assert live_server.url.startswith("http://localhost:")
    return str(live_server.url)


def test_the_client_reads_and_writes_records(address: str, app: AppRevision, new_token: Callable[..., str]) -> None:
    seen = script("records.mjs", address, new_token(app), str(app.app_id))
    assert seen == {
        "added": True, "read": {"type": "NUMBER", "value": "1"}, "updated": {"revision": "2"},
        "byKey": {"revision": "3"}, "upserted": "1", "operations": ["UPDATE", "INSERT"], "manyAdded": 150, "all": 153,
        "allByCursor": ["m0", "m1", "m2"], "allByOffset": ["m2", "m1", "m0"], "page": [2, "49"], "uncounted": None,
        "longQuery": "150", "cursor": ["3", [2, 1]], "comments": [["確認しました", "sato", "Administrator"]],
        "commentsLeft": 0, "moved": {"revision": "5"}, "status": "処理中",
        "assignees": [{"code": "sato", "name": "佐藤 美咲"}],
        "acl": {"viewable": True, "editable": True, "deletable": True},
        "file": ["日本.txt", "text/plain", "15", True], "content": "こんにちは",
        "badValue": [400, "CB_VA01", ["record.dd.value"]], "badBatch": [400, "CB_VA01", ["records[1].dd.value"]],
        "missing": [404, "GAIA_RE01", []], "conflict": [409, "GAIA_CO02", []],
        "bulk": [404, "GAIA_RE01", []], "rolledBack": 0, "left": "0", "guest": 0,
    }


def test_the_client_builds_an_app_from_nothing(
    address: str, staff: Mapping[str, Staff], settings: Any
) -> None:
    settings.API_DEPLOY_WITHOUT_REVIEW = True
    seen = script("settings.mjs", address, "watanabe", PASSWORD)
    app_id = seen["deployed"][0].pop("app")
    assert app_id.isdigit()
    assert seen == {
        "made": ["string", "string"],
        "types": {
            "品名": "SINGLE_LINE_TEXT", "数量": "NUMBER", "単価": "NUMBER", "合計": "CALC", "状態": "RADIO_BUTTON",
            "置場": "DROP_DOWN", "買った日": "DATE", "写真": "FILE", "担当": "USER_SELECT", "説明": "RICH_TEXT",
            "履歴": "SUBTABLE", "補足": "GROUP",
        },
        "kept": [True, "64", "個", "数量 * 単価", "良"], "renamed": "物の名前",
        "layout": ["GROUP", *["ROW"] * 10, "SUBTABLE"],
        "views": [["品名", "数量"], "数量 > 0", "数量 desc", "CALENDAR", "買った日"],
        "process": [True, ["未確認", "確認済"], ["確認する"]], "acl": True, "recordAcl": '状態 in ("要修理")',
        "fieldAcl": ["READ", "WRITE"], "settings": ["備品の台帳", "GREEN", "HALF_EVEN"],
        "reports": [{"type": "SUM", "code": "数量"}], "general": True,
        "reminder": {"code": "買った日", "daysLater": "365", "time": "09:00"}, "notes": "引継ぎ", "plugins": [],
        "deployed": [{"status": "SUCCESS"}], "app": [True, "", "備品の台帳", None], "apps": 1,
        "record": ["4500", "未確認", 10, "watanabe"], "later": "あとから", "gone": False,
    }


# --- kintone's command line ----------------------------------------------------------------------------------------


class Cli:
    """``cli-kintone`` for one app."""

    def __init__(self, address: str, app: AppRevision, token: str, folder: Path) -> None:
        self.base = ["--base-url", address, "--app", str(app.app_id)]
        self.token = ["--api-token", token]
        self.folder = folder

    def record(self, command: str, *arguments: str) -> str:
        return node(str(CLI), "record", command, *self.base, *self.token, *arguments, cwd=self.folder)

    def customize(self, command: str, *arguments: str) -> str:
        person = ["-u", "watanabe", "-p", PASSWORD]
        return node(str(CLI), "customize", command, *self.base, *person, *arguments, cwd=self.folder)

    def rows(self, *arguments: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.record("export", *arguments))))

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name


@pytest.fixture
def cli(address: str, app: AppRevision, new_token: Callable[..., str], tmp_path: Path) -> Cli:
    return Cli(address, app, new_token(app), tmp_path)


@pytest.fixture
def plain_api(app: AppRevision, cli: Cli) -> Api:
    return Api(**{"X-Cybozu-API-Token": cli.token[1]})


def test_the_cli_imports_exports_and_imports_again(cli: Cli) -> None:
    text = '"key","num","chk","dd","日付","memo"\n"x1","10","A\nB","p","2026/1/31","一行\n二行"\n"x2","","","","",""\n'
    cli.record("import", "--file-path", cli.write("in.csv", text))
    rows = cli.rows("--order-by", "num desc", "--condition", "num >= 0")
    assert [(row["key"], row["num"], row["chk"], row["日付"]) for row in rows] == [("x1", "10", "A\nB", "2026-01-31")]
    assert rows[0]["倍"] == "20" and rows[0]["番号"] == "B-0001" and rows[0]["作成者"] == "Administrator"
    assert len(cli.rows()) >= 2
    codes = "key,num,chk,rb,dd,日付,時刻,日時,memo,web,担当,課,tbl,氏名_姓,倍,同意,番号,レコード番号,作成者,作成日時"
    everything = cli.record("export", "--fields", codes).replace('"x1"', '"y1"').replace('"x2"', '"y2"')
    cli.record("import", "--file-path", cli.write("again.csv", everything))
    assert sorted(row["key"] for row in cli.rows("--fields", "key")) == ["x1", "x2", "y1", "y2"]


def test_the_cli_updates_by_key_and_adds_what_has_none(cli: Cli) -> None:
    cli.record("import", "--file-path", cli.write("in.csv", '"key","num"\n"k1","1"\n'))
    head = '"*","key","num","tbl","t1","t2"\n'
    table = head + '"*","k1","11","","r1","1"\n"","k1","11","","r2","2"\n"*","","12","","",""\n'
    cli.record("import", "--file-path", cli.write("up.csv", table), "--update-key", "key")
    rows = cli.rows("--fields", "key,num,tbl")
    assert [(row["*"], row["key"], row["num"], row["t1"]) for row in rows] == [
        ("*", "k1", "11", "r1"), ("", "k1", "11", "r2"), ("*", "", "12", ""),
    ]


def test_the_cli_sends_and_fetches_attachments(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "日本.txt").write_text("添付の中身", encoding="utf-8")
    text = '"key","att"\n"with","日本.txt"\n'
    cli.record("import", "--file-path", cli.write("in.csv", text), "--attachments-dir", "out")
    rows = cli.rows("--attachments-dir", "back", "--fields", "key,att")
    (found,) = [path for path in (tmp_path / "back").rglob("*") if path.is_file()]
    assert found.read_text(encoding="utf-8") == "添付の中身" and rows[0]["att"].endswith("日本.txt")


def test_the_cli_deletes_some_and_then_all(cli: Cli, plain_api: Api, app: AppRevision) -> None:
    ids = plain_api.post("records", app=app.app_id, records=[{} for _ in range(3)]).body["ids"]
    cli.record("delete", "--file-path", cli.write("del.csv", f'"レコード番号"\n"{ids[0]}"\n'), "--yes")
    assert plain_api.get("records", app=app.app_id, totalCount=True).body["totalCount"] == "2"
    cli.record("delete", "--yes")
    assert plain_api.get("records", app=app.app_id, totalCount=True).body["totalCount"] == "0"


def test_the_cli_applies_and_exports_a_customization(cli: Cli, tmp_path: Path, settings: Any) -> None:
    settings.API_DEPLOY_WITHOUT_REVIEW = True
    (tmp_path / "desk.js").write_text("console.log('こんにちは');", encoding="utf-8")
    files = {"js": ["desk.js"], "css": []}
    manifest = {"scope": "ALL", "desktop": files, "mobile": {"js": [], "css": []}}
    cli.write("customize-manifest.json", json.dumps(manifest))
    cli.customize("apply", "-i", "customize-manifest.json", "-y")
    cli.customize("export", "-o", "back/customize-manifest.json", "-y")
    (found,) = list((tmp_path / "back").rglob("*.js"))
    assert "こんにちは" in found.read_text(encoding="utf-8")
