"""The database and plain Python give the same answer to every condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import sql

from madoguchi import query
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import table_name
from madoguchi.query import Condition, Facts, Login, OrderBy
from madoguchi.records.models import StoredFile
from madoguchi.records.query_sql import condition_sql, order_sql
from madoguchi.records.rows import assignments
from tests import queries
from tests.publishing import publish
from tests.queries import FILES, LEDGER, NAMES, NOW

pytestmark = pytest.mark.django_db
OPERATORS = sorted(query.operators("NUMBER") | {"like", "not like"})
PEOPLE_COLUMNS = ("assignee_id", "created_by_id", "updated_by_id")


@pytest.fixture
def ledger(staff: Mapping[str, Staff]) -> Iterator[AppRevision]:
    app = publish(LEDGER)
    for file_id, name in FILES.items():
        StoredFile.objects.create(
            id=file_id, app_id=app.app_id, field_id=1, content_type="application/pdf", original_name=name, size=1,
            sha256="0",
        )  # fmt: skip
    yield app


def insert(app: AppRevision, staff: Mapping[str, Staff], values: Mapping[str, Any], system: Mapping[str, Any]) -> int:
    people = {name: staff[system[name]].pk if system[name] else None for name in PEOPLE_COLUMNS}
    pairs = [(sql.Identifier(name), sql.Literal(value)) for name, value in {**system, **people}.items()]
    pairs += [pair for code, value in values.items() for pair in assignments(app.definition.by_code[code], value)]
    statement = sql.SQL("INSERT INTO {} (app_revision_id, {}) VALUES (1, {}) RETURNING id").format(
        sql.Identifier(table_name(app.app_id)), sql.SQL(", ").join(n for n, _ in pairs),
        sql.SQL(", ").join(v for _, v in pairs),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    assert found
    return int(found[0])


def finds(app: AppRevision, condition: Condition, staff: Staff | None, record_id: int) -> bool:
    where = condition_sql(condition, app, staff=staff, now=NOW)
    statement = sql.SQL("SELECT count(*) FROM {} WHERE {} AND id = {}").format(
        sql.Identifier(table_name(app.app_id)), where, sql.Literal(record_id)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    assert found
    return bool(found[0])


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(condition=queries.fitting_conditions, values=queries.rows, system=queries.systems)
def test_sql_and_python_agree(
    ledger: AppRevision, staff: Mapping[str, Staff], condition: Condition, values: dict[str, Any],
    system: dict[str, Any],
) -> None:
    with transaction.atomic():
        record_id = insert(ledger, staff, values, system)
        facts = Facts(values, {**system, "id": record_id}, FILES)
        wanted = query.evaluate(condition, facts, NAMES, now=NOW, login=Login("sato", ("shimin",)))
        assert finds(ledger, condition, staff["sato"], record_id) == wanted, query.unparse(condition)
        transaction.set_rollback(True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=queries.literals | queries.words, code=st.sampled_from(list(NAMES)), operator=st.sampled_from(OPERATORS))
@example(text="2026-11-23T10:00+23:59", code="日時", operator="=")
@example(text="0001-01-01T00:00+23:59", code="日時", operator=">")
@example(text="9999-12-31T23:59:59.999999-23:59", code="到着", operator="<=")
@example(text="12345678901234567890", code="$id", operator="in")
def test_whatever_is_written_the_database_understands_it(
    ledger: AppRevision, text: str, code: str, operator: query.Operator
) -> None:
    try:
        finds(ledger, query.Predicate(code, operator, (query.Word(text),)), None, 0)
    except query.QueryCheckError as error:
        assert error.message_ja


def test_records_can_be_sorted_by_every_field_that_check_lets_through(ledger: AppRevision) -> None:
    for code in queries.sortable:
        order = order_sql((OrderBy(code, True), OrderBy("レコード番号")), ledger)
        statement = sql.SQL("SELECT id FROM {} ORDER BY {}")
        with connection.cursor() as cursor:
            cursor.execute(statement.format(sql.Identifier(table_name(ledger.app_id)), order))
