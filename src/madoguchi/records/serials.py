"""Serial numbers such as 修繕-R08-0001: given when a record is added, each to one record only.

The counters are rows: who takes a number waits for whoever took one before to commit, and a number is lost only with
its transaction. Gaps are possible, as a record may be refused after its number was taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from django.db import connection

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import SerialField
from madoguchi.lib.eras import era_year_code, fiscal_year

_TAKE = (
    "INSERT INTO records_serialcounter (app_id, field_id, period, last) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (app_id, field_id, period) DO UPDATE SET last = records_serialcounter.last + EXCLUDED.last"
    " RETURNING last"
)
_NUMBER = re.compile(r"\{(0+)\}")


def serial_numbers(app: AppRevision, visible: Collection[str], day: date) -> dict[str, str]:
    """The next number of every serial field of the app that is visible, by code."""
    fields = [field for field in app.definition.fields if isinstance(field, SerialField) and field.code in visible]
    return {field.code: take(app.app_id, field, day)[0] for field in fields}


def take(app_id: int, field: SerialField, day: date, *, count: int = 1) -> list[str]:
    """The next ``count`` numbers, one after the other; nobody else gets them, whoever asks at the same time."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [app_id, field.id, period(field, day), count])
        found = cursor.fetchone()
    assert found is not None
    return [written(field, number, day) for number in range(found[0] - count + 1, found[0] + 1)]


def period(field: SerialField, day: date) -> str:
    """The time within which numbers go up; with the next one they begin at 1 again."""
    match field.reset:
        case "year":
            return f"{day:%Y}"
        case "fiscal_year":
            return f"FY{fiscal_year(day)}"
        case "month":
            return f"{day:%Y-%m}"
    return ""


def written(field: SerialField, number: int, day: date) -> str:
    """The number as ``format`` writes it on that day."""
    words = {
        "{YYYY}": f"{day:%Y}", "{FY}": str(fiscal_year(day)), "{ERA}": era_year_code(day), "{MM}": f"{day:%m}",
        "{DD}": f"{day:%d}",
    }
    text = _NUMBER.sub(lambda match: str(number).zfill(len(match[1])), field.format)
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text
