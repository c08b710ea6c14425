"""Receipt numbers such as JM-R08-000123: procedure, fiscal year of the era, sequence."""

from __future__ import annotations

from datetime import date

from django.db import connection

from madoguchi.lib.eras import era_year_code

_NEXT = (
    "INSERT INTO records_receiptcounter (prefix, era_year, last) VALUES (%s, %s, 1)"
    " ON CONFLICT (prefix, era_year) DO UPDATE SET last = records_receiptcounter.last + 1 RETURNING last"
)


def next_receipt_number(prefix: str, today: date) -> str:
    """The next number of that prefix and fiscal year; nobody else gets it, whoever asks at the same time.

    The counter's row stays locked until the transaction ends, so that a number is lost only with its transaction.
    """
    era_year = era_year_code(today)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [prefix, era_year])
        found = cursor.fetchone()
    assert found is not None
    return f"{prefix}-{era_year}-{found[0]:06}"
