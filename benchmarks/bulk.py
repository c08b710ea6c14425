"""A CSV of 100,000 rows becomes records: validated, with events, batch by batch. The measure: COPY of the same rows."""

from __future__ import annotations

import csv
import io
import os
import random
import time
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from benchmarks.cores import SERVER, run_on
from benchmarks.house import House, open_house
from benchmarks.plan import Plan
from benchmarks.stats import Result, Round, Target, result

if TYPE_CHECKING:
    from madoguchi.catalog.queries import AppRevision

ROWS = 100_000
PROMISED = Target(ratio=0.2)
"""At most five times a bare COPY."""

HEADER = (
    "受付番号", "氏名", "フリガナ", "生年月日", "郵便番号", "住所", "電話番号", "メール", "区分", "希望", "件数",
    "面積",
    "金額", "受付日時", "時刻", "同意", "備考", "件名", "担当", "状況",
)  # fmt: skip
FIELDS: tuple[dict[str, Any], ...] = (
    {"type": "text", "code": "受付番号", "required": True, "unique": True},
    {"type": "name", "code": "氏名", "required": True, "personal": True},
    {"type": "date", "code": "生年月日", "personal": True, "latest": "TODAY()"},
    {"type": "address", "code": "住所", "personal": True},
    {"type": "phone", "code": "電話番号", "personal": True}, {"type": "email", "code": "メール", "personal": True},
    {"type": "choice", "code": "区分", "options": ["新規", "更新", "変更", "廃止"], "required": True},
    {"type": "choices", "code": "希望", "options": ["午前", "午後", "夜間"]},
    {"type": "number", "code": "件数", "min": 0, "max": 9999}, {"type": "number", "code": "面積", "decimals": 2},
    {"type": "money", "code": "金額"}, {"type": "datetime", "code": "受付日時"}, {"type": "time", "code": "時刻"},
    {"type": "consent", "code": "同意", "statement": "同意する"}, {"type": "textarea", "code": "備考"},
    {"type": "text", "code": "件名"}, {"type": "text", "code": "担当"},
    {"type": "choice", "code": "状況", "options": ["受付", "処理中", "完了"]},
)
"""18 fields, two of them read from two columns each."""


def measure(plan: Plan) -> list[Result]:
    """The product and the bare COPY take turns."""
    with open_house() as house:
        app, staff = _prepare()
        file = _table(ROWS)
        products, bares = [], []
        for turn in range(plan.rounds + 1):
            _empty(house, app)
            products.append(_import(app, staff, file))
            rows = _rows(house, app)
            _empty(house, app)
            bares.append(_bare_copy(house, app, *rows))
            if turn == 0:  # the first one fills caches
                products.clear()
                bares.clear()
        return [result("import of 100,000 rows", 1, bare=bares, product=products, target=PROMISED)]


def _prepare() -> tuple[AppRevision, Any]:
    from madoguchi.accounts.models import Department, Membership, Staff
    from madoguchi.catalog import actions
    from madoguchi.definition.app import AppDefinition
    from madoguchi.records.actor import SYSTEM

    staff = Staff.objects.create_user("bench", password="benchmarks-2026-only", display_name="計測 太郎")
    department, _ = Department.objects.get_or_create(code="shimin", defaults={"name": "市民課"})
    Membership.objects.create(staff=staff, department=department, role="app_admin")
    defn = AppDefinition.model_validate({
        "code": "bench-import", "name": "計測", "owner_department": "shimin",
        "permissions": [{"department": "shimin", "rights": ["view", "add", "edit"]}],
        "fields": [{"id": n, "label": field["code"], **field} for n, field in enumerate(FIELDS, 1)],
    })  # fmt: skip
    return actions.publish(revision=actions.save_draft(defn=defn, actor=SYSTEM), actor=SYSTEM), staff


def _table(rows: int) -> io.BytesIO:
    chance = random.Random(2026)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(_row(n, chance) for n in range(rows))
    return io.BytesIO(text.getvalue().encode("cp932"))


def _row(n: int, chance: random.Random) -> list[object]:
    family, kana = chance.choice((("市川", "イチカワ"), ("高橋", "タカハシ"), ("佐藤", "サトウ"), ("鈴木", "スズキ")))
    given, given_kana = chance.choice((("花子", "ハナコ"), ("一郎", "イチロウ"), ("美咲", "ミサキ"), ("誠", "マコト")))
    postal, town = chance.choice((("272-0021", "八幡"), ("272-0034", "市川"), ("272-0133", "行徳駅前")))
    day = f"{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    return [
        f"JM-{n:06}", f"{family} {given}", f"{kana} {given_kana}", f"{chance.randrange(1930, 2020)}-{day}", postal,
        f"千葉県市川市{town}{n % 6 + 1}丁目{n % 30 + 1}番{n % 20 + 1}号 コーポ窓口{n % 900}",
        f"090-{chance.randrange(10000):04}-{n % 10000:04}", f"hanako{n}@example.jp",
        chance.choice(("新規", "更新", "変更", "廃止")), chance.choice(("午前", "午後", "午前、夜間", "")),
        chance.randrange(100), f"{chance.randrange(1, 50000) / 4:.2f}".rstrip("0").rstrip("."),
        chance.randrange(0, 100_000), f"2026-{day} {n % 24:02}:{n % 60:02}", f"{n % 24:02}:{n % 60:02}",
        chance.choice(("○", "×")), f"道路の{n}番目の街灯が消えています。夜は暗くて歩けません。", f"街灯の故障 {n}",
        chance.choice(("伊藤", "渡辺", "")), chance.choice(("受付", "処理中", "完了")),
    ]  # fmt: skip


def _import(app: AppRevision, staff: Any, file: io.BytesIO) -> Round:
    from madoguchi.definition.proposal import propose
    from madoguchi.lib import tables
    from madoguchi.records import import_run, imports
    from madoguchi.records.world import DatabaseWorld

    found = tables.preview(file)
    sample = [cells for _, cells in found.sample]
    maps = [one.column_map for one in propose(found.header, sample, towns=DatabaseWorld("counter").towns).fields]
    run_on(SERVER)
    begin = time.perf_counter()
    row = imports.start_import(
        app=app, staff=staff, file=file, name="計測.csv", source=found.source, header=found.header, maps=maps
    )
    import_run.run(row.id)
    seconds = time.perf_counter() - begin
    row.refresh_from_db()
    if os.environ.get("MADOGUCHI_BENCH_VERBOSE"):
        print("import", round(seconds, 2), row.state, row.added, row.failed, list(imports.error_rows(row))[:2])
    return Round(seconds, [seconds / ROWS] * row.added, errors=ROWS - row.added)


def _rows(house: House, app: AppRevision) -> tuple[list[str], list[tuple[Any, ...]]]:
    """What the import wrote, as Python values, and the columns."""
    with psycopg.connect(house.database_url) as connection:
        cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(f"app_{app.app_id}")))
        assert cursor.description
        return [column.name for column in cursor.description], cursor.fetchall()


def _bare_copy(house: House, app: AppRevision, names: list[str], rows: list[tuple[Any, ...]]) -> Round:
    """As anybody would write it: one transaction, ``write_row`` with Python values."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(f"app_{app.app_id}"), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    run_on(SERVER)
    with psycopg.connect(house.database_url) as connection:
        begin = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()
        seconds = time.perf_counter() - begin
    if os.environ.get("MADOGUCHI_BENCH_VERBOSE"):
        print("bare", round(seconds, 2), len(rows))
    return Round(seconds, [seconds / ROWS] * len(rows))


def _empty(house: House, app: AppRevision) -> None:
    with psycopg.connect(house.database_url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE app_{app.app_id}, records_event, records_accesslog")
        connection.execute("CHECKPOINT")
