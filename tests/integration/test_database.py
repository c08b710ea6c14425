"""The platform's tables exist and the queue answers in the same transaction."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_migrations_make_the_tables() -> None:
    tables = set(connection.introspection.table_names())
    assert {"records_event", "payments_payment", "intake_interview", "procrastinate_jobs"} <= tables
