"""The platform's tables exist and the queue answers in the same transaction."""

from __future__ import annotations

import pytest
from django.db import DataError, connection, transaction

from madoguchi.lib.prepared import execute_prepared

pytestmark = pytest.mark.django_db


def test_the_migrations_make_the_tables() -> None:
    tables = set(connection.introspection.table_names())
    assert {"records_event", "payments_payment", "intake_interview", "procrastinate_jobs"} <= tables


def test_a_statement_that_is_sent_often_is_planned_once() -> None:
    for number in range(3):
        assert execute_prepared("SELECT %(number)s::int + 1", {"number": number}) == [(number + 1,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int + 1%%'")
        assert cursor.fetchone() == (1,)


def test_a_refused_statement_is_refused_in_djangos_words() -> None:
    with pytest.raises(DataError), transaction.atomic():
        execute_prepared("SELECT %(text)s::text::int", {"text": "eins"})
    assert execute_prepared("SELECT 1", {}) == [(1,)]
