"""The desk's search over 1,000,000 records: two kanji that few records have, and the two characters that most have."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import psycopg

from benchmarks import client
from benchmarks.house import House, open_house, serving
from benchmarks.plan import Plan
from benchmarks.records import PASSWORD, sign_in
from benchmarks.stats import Result, Target, result

if TYPE_CHECKING:
    from madoguchi.catalog.queries import AppRevision

APP = "bench-search"
PAGE = f"/desk/{APP}/"
RARE, COMMON = Target(p50_ms=150), Target(p50_ms=1000)
AT_ONCE = 10_000
RARE_WORDS = ("鷲塚", "鱧谷", "鵺野", "麒麟", "鼈甲", "鶺鴒", "鰊番", "鯰江", "鬱金", "鑿岩")
"""Nowhere else in the rows. Each is planted into one of 50,000 records: 20 of 1,000,000."""
FIELDS: tuple[dict[str, Any], ...] = (
    {"type": "text", "code": "件名"}, {"type": "name", "code": "氏名", "personal": True},
    {"type": "address", "code": "住所", "personal": True}, {"type": "phone", "code": "電話", "personal": True},
    {"type": "textarea", "code": "内容"},
    {"type": "choice", "code": "区分", "options": ["新規", "更新", "変更", "廃止"]},
    {"type": "date", "code": "受付日"}, {"type": "money", "code": "金額"},
)  # fmt: skip
COLUMNS = ("件名", "氏名", "住所", "電話", "区分", "受付日", "金額")
CHARACTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
"""Used as often as words are in texts: the second half as often as the first, and so on."""


def measure(plan: Plan) -> list[Result]:
    """One clerk, with ten rare words in turn, then with the most common pair of characters."""
    with open_house() as house:
        app = _publish()
        _fill(house, app, plan.search_rows)
        rows = f"{plan.search_rows:,}"
        with serving(house):
            rare = [_looking_for(house, word) for word in RARE_WORDS]
            common = [_looking_for(house, _most_common(house, app))]
            return [
                _measure(house, plan, f"search in {rows} records, rare", rare, RARE),
                _measure(house, plan, f"search in {rows} records, commonest pair", common, COMMON),
            ]


def _measure(house: House, plan: Plan, name: str, cookies: list[str], target: Target) -> Result:
    head = f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nCookie:"
    requests = itertools.cycle([f"{head} {cookie}\r\n\r\n".encode() for cookie in cookies])
    client.drive(house.port, requests, clients=1, seconds=plan.warm_up)
    rounds = [client.drive(house.port, requests, clients=1, seconds=plan.seconds) for _ in range(plan.rounds)]
    return result(name, 1, bare=[], product=rounds, target=target)


def _publish() -> AppRevision:
    from madoguchi.accounts.models import Department, Membership, Staff
    from madoguchi.catalog import actions
    from madoguchi.definition.app import AppDefinition
    from madoguchi.records.actor import SYSTEM

    staff = Staff.objects.create_user("bench", password=PASSWORD, display_name="計測 太郎")
    department, _ = Department.objects.get_or_create(code="shimin", defaults={"name": "市民課"})
    Membership.objects.create(staff=staff, department=department, role="review")
    defn = AppDefinition.model_validate({
        "code": APP, "name": "計測", "owner_department": "shimin",
        "permissions": [{"department": "shimin", "rights": ["view"]}],
        "fields": [{"id": n, "label": field["code"], **field} for n, field in enumerate(FIELDS, 1)],
        "views": [{"code": "new", "name": "新しい順", "columns": COLUMNS, "sort": [
            {"field": "受付日", "descending": True},
        ]}],
    })  # fmt: skip
    return actions.publish_directly(defn=defn, actor=SYSTEM)


# --- rows ----------------------------------------------------------------------------------------------------------


def _fill(house: House, app: AppRevision, rows: int) -> None:
    """By COPY, as an import would leave them; the index is built afterwards, as for any large table that gets one."""
    from madoguchi.records.copying import RowEncoder
    from madoguchi.records.search_columns import GRAMS, TEXT

    table = f"app_{app.app_id}"
    columns = ("app_revision_id", "channel", TEXT, GRAMS, *RowEncoder(app.definition.value_fields).columns)
    parts = [(app, start, min(start + AT_ONCE, rows)) for start in range(0, rows, AT_ONCE)]
    with psycopg.connect(house.database_url, autocommit=True) as connection:
        connection.execute(f"DROP INDEX {table}_search")
        with (
            ProcessPoolExecutor(2) as pool,
            connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT text, NULL '')") as copy,
        ):
            for lines in pool.map(_lines, parts):
                copy.write(lines)
        connection.execute("SET maintenance_work_mem = '256MB'")
        connection.execute(f"CREATE INDEX {table}_search ON {table} USING gin (search_grams)")
        connection.execute(f"VACUUM ANALYZE {table}")


def _lines(part: tuple[AppRevision, int, int]) -> str:
    from madoguchi.records.copying import RowEncoder
    from madoguchi.records.search_columns import cells_for

    app, start, end = part
    encode = RowEncoder(app.definition.value_fields).cells
    rows = list(_rows(start, end))
    found = cells_for(app, [(values, None) for values in rows])
    return "".join(
        "\t".join((str(app.revision_id), "counter", *cells, *encode(values))) + "\n"
        for values, cells in zip(rows, found, strict=True)
    )


def _rows(start: int, end: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(start)
    words, weights = _words()
    for n in range(start, end):
        family, given, town, *rest = chance.choices(words, cum_weights=weights, k=13)
        rare = RARE_WORDS[n // 5_000 % len(RARE_WORDS)] if n % 5_000 == 0 else ""
        yield {
            "件名": f"{rest[0]}の{rest[1]}{rare}",
            "氏名": {"family": family, "given": given, "family_kana": "イチカワ", "given_kana": "ハナコ"},
            "住所": {
                "postal_code": f"{n % 9_000_000 + 1_000_000}", "prefecture": "千葉県", "city": "市川市", "town": town,
                "street": f"{n % 6 + 1}丁目{n % 30 + 1}番{n % 20 + 1}号", "building": f"コーポ窓口{n % 900}",
            },
            "電話": f"090-{chance.randrange(10_000):04}-{n % 10_000:04}",
            "内容": "、".join(rest[2:]) + "について確かめました。",
            "区分": ("新規", "更新", "変更", "廃止")[n % 4],
            "受付日": f"{2007 + n % 20}-{n % 12 + 1:02}-{n % 28 + 1:02}", "金額": n % 9_000,
        }  # fmt: skip


def _words() -> tuple[list[str], list[float]]:
    """5,000 words of one to three kanji; few are used often and many seldom."""
    chance = random.Random(2026)
    weights = list(itertools.accumulate(1 / (n + 1) for n in range(len(CHARACTERS))))
    words = ["".join(chance.choices(CHARACTERS, cum_weights=weights, k=n % 3 + 1)) for n in range(5_000)]
    return words, list(itertools.accumulate(1 / (n + 3) for n in range(len(words))))


# --- clerks --------------------------------------------------------------------------------------------------------


def _most_common(house: House, app: AppRevision) -> str:
    """The two characters that are in most of the records."""
    with psycopg.connect(house.database_url) as connection:
        found = connection.execute(
            f"SELECT pair FROM (SELECT unnest(search_grams) AS pair FROM app_{app.app_id} WHERE id % 100 = 0) pairs"
            " GROUP BY pair ORDER BY count(*) DESC, pair LIMIT 1"
        ).fetchone()
    assert found
    return (int(found[0]) & 0xFFFFFFFF).to_bytes(4, "little").decode("utf-16-le")


def _looking_for(house: House, word: str) -> str:
    """The session's cookie of the clerk, who has typed ``word`` into the list's search."""
    cookie = sign_in(house.port, PAGE)
    with httpx.Client(base_url=f"http://127.0.0.1:{house.port}", headers={"Cookie": cookie}) as browser:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(PAGE).text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "q": word}
        browser.post(f"{PAGE}search/", data=form, headers={"Referer": str(browser.base_url)})
        page = browser.get(PAGE)
        assert page.text.count("<tr id="), f"nothing found for {word}"
    return cookie
