"""The one table: an app of 18 fields with its rows, and for each peer the same table in a database of its own."""

from __future__ import annotations

from typing import Any

import psycopg
import psycopg.conninfo
from psycopg import sql

from benchmarks import bulk
from benchmarks.house import House
from benchmarks.peers.wire import CHOSEN

FILL = """
    INSERT INTO {table} (app_revision_id, channel, f1, f2_family, f2_given, f2_family_kana, f2_given_kana, f3, f5, f6,
                         f7, f9, f10, f11, f12, f15, f16, f17, f18)
    SELECT {revision}, 'counter', 'JM-' || lpad(n::text, 9, '0'), '市川', '花子', 'イチカワ', 'ハナコ',
           date '1930-04-01' + n % 30000, '090' || lpad(n::text, 8, '0'), 'hanako' || n || '@example.jp',
           (ARRAY['新規', '更新', '変更', '廃止'])[n % 4 + 1], n % 100, n % 50000 / 4.0, n % 100000,
           timestamptz '2026-11-01 00:00Z' - n * interval '3 min',
           '道路の' || n || '番目の街灯が消えています。夜は暗くて歩けません。', '街灯の故障 ' || n,
           (ARRAY['伊藤', '渡辺'])[n % 2 + 1], (ARRAY['受付', '処理中', {chosen}])[n % 3 + 1]
      FROM generate_series(1, {rows}) n
"""
INDEXES = (
    "f18, f12 DESC NULLS LAST, id DESC", "f18, f12 DESC, id DESC", "f18, f12 DESC NULLS LAST, id DESC NULLS LAST",
)
"""The page's order as the product, Directus and NocoDB write it: each in its own database gets its own."""
KEPT_FOR_ITSELF = ("search_text", "search_grams")


def fill(house: House, rows: int) -> int:
    """Publishes the app and fills its table; returns the app's id."""
    app, _ = bulk._prepare()
    table = sql.Identifier(f"app_{app.app_id}")
    with psycopg.connect(house.database_url, autocommit=True) as connection:
        values = {"revision": sql.Literal(app.revision_id), "chosen": sql.Literal(CHOSEN), "rows": sql.Literal(rows)}
        connection.execute(sql.SQL(FILL).format(table=table, **values))
        _index(connection, table, INDEXES[0])
    return int(app.app_id)


def copy_for(house: House, name: str, app_id: int, index: str) -> str:
    """A database that holds nothing but the app's table, so that a peer may own it; returns its URL.

    Same columns, constraints, indexes and rows. What only Madoguchi needs is left out (the search's columns), and what
    Madoguchi fills in by itself gets a default, so that the peer is not asked to send it.
    """
    from django.db import connections

    connections.close_all()
    table = f"app_{app_id}"
    with psycopg.connect(house.database_url, dbname="postgres", autocommit=True) as server:
        _create(server, name, psycopg.conninfo.conninfo_to_dict(house.database_url)["dbname"])
    url = psycopg.conninfo.make_conninfo(house.database_url, dbname=name)
    with psycopg.connect(url, autocommit=True) as connection:
        for other, in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            if other != table:
                connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(other)))
        revision = connection.execute(sql.SQL("SELECT min(app_revision_id) FROM {}").format(sql.Identifier(table)))
        _let_own(connection, sql.Identifier(table), revision.fetchone())
        _index(connection, sql.Identifier(table), index)
    return url


def empty_database(house: House, name: str) -> str:
    """For what a peer keeps about itself; returns its URL."""
    with psycopg.connect(house.database_url, dbname="postgres", autocommit=True) as server:
        _create(server, name, "template1")
    return psycopg.conninfo.make_conninfo(house.database_url, dbname=name)


def drop(house: House, name: str) -> None:
    """Ends with the house."""
    with psycopg.connect(house.database_url, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _create(server: psycopg.Connection[Any], name: str, template: Any) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    server.execute(statement.format(sql.Identifier(name), sql.Identifier(str(template))))


def _let_own(connection: psycopg.Connection[Any], table: sql.Identifier, revision: Any) -> None:
    for column in KEPT_FOR_ITSELF:
        statement = sql.SQL("ALTER TABLE {} DROP COLUMN IF EXISTS {}")
        connection.execute(statement.format(table, sql.Identifier(column)))
    for column, default in (("app_revision_id", revision[0]), ("channel", "counter")):
        statement = sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}")
        connection.execute(statement.format(table, sql.Identifier(column), sql.Literal(default)))


def _index(connection: psycopg.Connection[Any], table: sql.Identifier, index: str) -> None:
    if index != INDEXES[0]:  # what the copy brought along from the product's own is of no use there
        name = sql.SQL("DROP INDEX IF EXISTS bench_page")
        connection.execute(name)
    connection.execute(sql.SQL("CREATE INDEX bench_page ON {} (").format(table) + sql.SQL(index) + sql.SQL(")"))
    connection.execute(sql.SQL("VACUUM ANALYZE {}").format(table))
