"""Requests as bytes, and what each product says in its own words. Pure."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

CHOSEN = "完了"
PAGE = 100
LIST = "list of 100"
GET = "get"
CREATE = "create"
OPERATIONS = (LIST, GET, CREATE)

NEW: tuple[tuple[str, str, Any], ...] = (
    ("受付番号", "f1", "PEER-{n:09}"), ("氏名_姓", "f2_family", "市川"), ("氏名_名", "f2_given", "花子"),
    ("氏名_セイ", "f2_family_kana", "イチカワ"), ("氏名_メイ", "f2_given_kana", "ハナコ"),
    ("生年月日", "f3", "1980-04-01"), ("電話番号", "f5", "09012345678"), ("メール", "f6", "hanako@example.jp"),
    ("区分", "f7", "新規"), ("件数", "f9", 3), ("面積", "f10", 12.5), ("金額", "f11", 1200),
    ("受付日時", "f12", "2026-11-20T01:00:00Z"), ("備考", "f15", "道路の街灯が消えています。夜は暗くて歩けません。"),
    ("件名", "f16", "街灯の故障"), ("担当", "f17", "伊藤"), ("状況", "f18", "受付"),
)  # fmt: skip
"""A new record: the field's code in the product's API, the column behind it, the value."""


@dataclass(frozen=True, slots=True)
class Words:
    """How one product is asked: paths, the body that creates record ``n``, and the ids in a list's answer."""

    headers: Mapping[str, str]
    list_path: str
    get_path: Callable[[int], str]
    create_path: str
    new: Callable[[int], dict[str, Any]]
    ids: Callable[[Any], list[int]]


def new_columns(n: int) -> dict[str, Any]:
    """A new record by column names, its unique number made from ``n``."""
    return {column: value.format(n=n) if code == "受付番号" else value for code, column, value in NEW}


def new_fields(n: int) -> dict[str, Any]:
    """The same record as the product's API takes it."""
    return {code: {"value": str(new_columns(n)[column])} for code, column, _ in NEW}


def product_words(app_id: int, token: str) -> Words:
    """Madoguchi: kintone's words."""
    query = f'状況 in ("{CHOSEN}") order by 受付日時 desc limit {PAGE}'
    return Words(
        headers={"X-Cybozu-API-Token": token},
        list_path=f"/k/v1/records.json?app={app_id}&query={quote(query)}",
        get_path=lambda number: f"/k/v1/record.json?app={app_id}&id={number}",
        create_path="/k/v1/record.json",
        new=lambda n: {"app": app_id, "record": new_fields(n)},
        ids=lambda answer: [int(record["レコード番号"]["value"]) for record in answer["records"]],
    )


def directus_words(table: str, token: str) -> Words:
    """Directus: ``/items``."""
    return Words(
        headers={"Authorization": f"Bearer {token}"},
        list_path=f"/items/{table}?limit={PAGE}&sort=-f12,-id&filter[f18][_eq]={quote(CHOSEN)}",
        get_path=lambda number: f"/items/{table}/{number}",
        create_path=f"/items/{table}",
        new=new_columns,
        ids=lambda answer: [int(record["id"]) for record in answer["data"]],
    )


def nocodb_words(table_id: str, token: str) -> Words:
    """NocoDB: its API v2, the quicker of its two."""
    path = f"/api/v2/tables/{table_id}/records"
    return Words(
        headers={"xc-token": token},
        list_path=f"{path}?limit={PAGE}&sort=-f12,-id&where={quote(f'(f18,eq,{CHOSEN})')}",
        get_path=lambda number: f"{path}/{number}",
        create_path=path,
        new=new_columns,
        ids=lambda answer: [int(record["id"]) for record in answer["list"]],
    )


def request(method: str, path: str, *, port: int, headers: Mapping[str, str], body: Any = None) -> bytes:
    """One HTTP/1.1 request that keeps its connection."""
    payload = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", *(f"{k}: {v}" for k, v in headers.items())]
    if payload:
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    return "\r\n".join([*lines, "", ""]).encode() + payload


def requests(operation: str, words: Words, port: int, ids: Sequence[int], numbers: Iterator[int]) -> Iterator[bytes]:
    """Endless requests of one kind: the same page, the same ``ids`` in turn, a new number each time."""
    if operation == LIST:
        yield from itertools.repeat(request("GET", words.list_path, port=port, headers=words.headers))
    if operation == GET:
        paths = [request("GET", words.get_path(number), port=port, headers=words.headers) for number in ids]
        yield from itertools.cycle(paths)
    for n in numbers:
        yield request("POST", words.create_path, port=port, headers=words.headers, body=words.new(n))
