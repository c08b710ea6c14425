"""What the database, the wallet and the chats say in the end, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

APPLICATIONS = """
    SELECT a.id, a.interview_id::text, a.record_id, a.receipt_number
      FROM intake_application a
"""
PAYMENTS = "SELECT replace(id::text, '-', '') AS reference, record_id, state, amount FROM payments_payment"
UNFINISHED = """
    SELECT 'job ' || j.task_name || ' is ' || j.status || ' after ' || j.attempts || ' attempts' AS what
      FROM procrastinate_jobs j
      LEFT JOIN payments_payment p ON j.task_name = 'payments.poll' AND p.id::text = j.args ->> 'payment_id'
     WHERE j.status IN ('doing', 'failed')
        OR j.status = 'todo' AND coalesce(j.scheduled_at, now()) < now() + interval '5 min'
           -- The last question about a payment that is decided; it finds nothing to do.
           AND coalesce(p.state, '') NOT IN ('paid', 'cancelled', 'expired', 'failed', 'refunded')
    UNION ALL SELECT 'event ' || type || ' is not handled' FROM line_receivedevent WHERE handled_at IS NULL
    UNION ALL SELECT 'message ' || id || ' is not sent' FROM line_outgoingmessage WHERE sent_at IS NULL
    UNION ALL SELECT 'notice ' || template || ' is ' || state FROM notices_notice WHERE state <> 'sent'
    UNION ALL SELECT 'interview ' || id || ' is confirmed twice' FROM intake_interview i
      WHERE outcome = 'submitted' AND (SELECT count(*) FROM intake_application a WHERE a.interview_id = i.id) <> 1
"""


@dataclass
class Book:
    """Everything that must agree. ``meant``: by each resident's phone number how many copies they asked for."""

    meant: dict[str, int]
    applications: Sequence[Row]
    records: Sequence[Row]
    payments: Sequence[Row]
    wallet: Sequence[Row]
    receipts_told: dict[str, list[str]]
    """Receipt numbers in the notices each resident got, by phone number."""
    unfinished: Sequence[str] = field(default_factory=tuple)


def unfinished(database_url: str) -> list[str]:
    """What is still under way, or stuck."""
    with psycopg.connect(database_url) as connection:
        return [str(what) for (what,) in connection.execute(UNFINISHED)]


def read_book(database_url: str, wallet_url: str, *, meant: dict[str, int], told: dict[str, list[str]]) -> Book:
    """The state of everything now."""
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        (app,) = connection.execute(
            "SELECT a.id, r.definition FROM catalog_app a JOIN catalog_revision r ON r.id = a.published_id"
            " WHERE a.code = 'juminhyo-2019'"
        ).fetchall()
        ids = {field["code"]: field["id"] for field in app["definition"]["fields"]}
        records = connection.execute(
            f"SELECT id, interview_id::text, receipt_number, status, f{ids['電話番号']} AS phone,"
            f" f{ids['通数']}::int AS copies FROM app_{app['id']}"
        ).fetchall()
        applications = connection.execute(APPLICATIONS).fetchall()
        payments = connection.execute(PAYMENTS).fetchall()
    wallet = httpx.get(f"{wallet_url}/control/payments").json()["payments"]
    return Book(meant, applications, records, payments, wallet, told, unfinished(database_url))


def findings(book: Book) -> list[str]:
    """What is wrong, in sentences; empty if every confirmed application exists, was charged and answered once."""
    return [
        *book.unfinished,
        *_existing_once(book),
        *_as_meant(book),
        *_charged_once(book),
        *_answered(book),
    ]


def _repeated(rows: Sequence[Row], key: str) -> list[Any]:
    return [value for value, times in Counter(row[key] for row in rows).items() if times > 1]


def _existing_once(book: Book) -> Iterator[str]:
    for rows, key in (
        (book.applications, "interview_id"), (book.applications, "receipt_number"), (book.applications, "record_id"),
        (book.records, "interview_id"), (book.records, "receipt_number"), (book.records, "phone"),
    ):
        yield from (f"{key} {value} exists more than once" for value in _repeated(rows, key))
    filed = {(row["record_id"], row["receipt_number"], row["interview_id"]) for row in book.applications}
    stored = {(row["id"], row["receipt_number"], row["interview_id"]) for row in book.records}
    yield from (f"application {lone} has no record, or record no application" for lone in filed ^ stored)
    if len(book.records) != len(book.meant):
        yield f"{len(book.meant)} residents applied, {len(book.records)} records exist"


def _as_meant(book: Book) -> Iterator[str]:
    stored = {row["phone"].replace("-", ""): row["copies"] for row in book.records}
    for phone, copies in book.meant.items():
        if stored.get(phone) != copies:
            yield f"{phone} asked for {copies} copies, the record says {stored.get(phone)}"


def _charged_once(book: Book) -> Iterator[str]:
    copies = {row["id"]: row["copies"] for row in book.records}
    owed = Counter(row["record_id"] for row in book.payments)
    for record_id in copies:
        if owed[record_id] != 1:
            yield f"record {record_id} has {owed[record_id]} payments"
    taken = Counter(row["reference"].partition("-")[0] for row in book.wallet if row["state"] == "paid")
    for payment in book.payments:
        times, amount = taken.pop(payment["reference"], 0), 300 * copies.get(payment["record_id"], 0) + 110
        if times != 1 or payment["state"] != "paid" or payment["amount"] != amount:
            yield f"payment {payment['reference']}: {payment['state']}, {payment['amount']} yen, charged {times} times"
    yield from (f"the wallet charged {reference}, which nobody knows" for reference in taken)


def _answered(book: Book) -> Iterator[str]:
    numbers = {row["phone"].replace("-", ""): row["receipt_number"] for row in book.records}
    for phone, number in numbers.items():
        told = book.receipts_told.get(phone, [])
        if told != [number]:
            yield f"{phone} was told {told}, not once {number}"
    for row in book.records:
        if row["status"] != "submitted":
            yield f"record {row['id']} is {row['status']}, although it was paid"
