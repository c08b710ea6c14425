"""Receipt numbers such as JM-R08-000123: procedure, fiscal year of the era, sequence."""

from __future__ import annotations

from datetime import date

from django.db import connection

from madoguchi.lib.eras import era_year_code

_NEXT = (
    "INSERT INTO records_receiptcounter (prefix, era_year, last) VALUES (%(prefix)s, %(year)s, %(count)s)"
    " ON CONFLICT (prefix, era_year) DO UPDATE SET last = records_receiptcounter.last + %(count)s RETURNING last"
)


def next_receipt_number(prefix: str, today: date) -> str:
    """The next number of that prefix and fiscal year; nobody else gets it, whoever asks at the same time.

    The counter's row stays locked until the transaction ends, so that a number is lost only with its transaction.
    """
    return next_receipt_numbers(prefix, today, 1)[0]


def next_receipt_numbers(prefix: str, today: date, count: int) -> list[str]:
    """The next ``count`` numbers, in order; as ``next_receipt_number``."""
    era_year = era_year_code(today)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, {"prefix": prefix, "year": era_year, "count": count})
        found = cursor.fetchone()
    assert found is not None
    return [f"{prefix}-{era_year}-{number:06}" for number in range(found[0] - count + 1, found[0] + 1)]
