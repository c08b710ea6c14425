"""The crash test can fail: each kind of damage is found in a book that has it."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from tests.crash.book import Book, findings


@pytest.fixture
def book() -> Book:
    """Two residents, everything in order."""
    return Book(
        meant={"09000000001": 2, "09000000002": 3},
        applications=[
            {"id": n, "interview_id": f"i{n}", "record_id": n, "receipt_number": f"JT-R08-{n:06}"} for n in (1, 2)
        ],
        records=[
            {
                "id": n, "interview_id": f"i{n}", "receipt_number": f"JT-R08-{n:06}", "status": "submitted",
                "phone": f"0900000000{n}", "copies": n + 1,
            }
            for n in (1, 2)
        ],
        payments=[
            {"reference": f"p{n}", "record_id": n, "state": "paid", "amount": 300 * (n + 1) + 110} for n in (1, 2)
        ],
        wallet=[{"reference": f"p{n}-1", "state": "paid"} for n in (1, 2)],
        receipts_told={"09000000001": ["JT-R08-000001"], "09000000002": ["JT-R08-000002"]},
    )


def test_a_book_in_order_has_no_findings(book: Book):
    assert findings(book) == []


def test_an_attempt_nobody_paid_is_no_charge(book: Book):
    book.wallet = [*book.wallet, {"reference": "p1-2", "state": "expired"}]
    assert findings(book) == []


DAMAGES: dict[str, Callable[[Book], None]] = {
    "a second record of one interview": lambda b: b.records.append({**b.records[0], "id": 3}),
    "a lost record": lambda b: b.records.pop(),
    "a second application": lambda b: b.applications.append({**b.applications[0], "id": 3}),
    "a receipt number given twice": lambda b: b.records[1].update(receipt_number="JT-R08-000001"),
    "an answer that went to another question": lambda b: b.records[0].update(copies=10),
    "a second payment": lambda b: b.payments.append({**b.payments[0], "reference": "p3"}),
    "a payment never booked": lambda b: b.payments[0].update(state="pending"),
    "a wrong amount": lambda b: b.payments[0].update(amount=100),
    "a charge at the wallet under a second attempt": lambda b: b.wallet.append({"reference": "p1-2", "state": "paid"}),
    "a charge nobody knows": lambda b: b.wallet.append({"reference": "p9-1", "state": "paid"}),
    "a payment the wallet never took": lambda b: b.wallet.pop(),
    "a resident never told": lambda b: b.receipts_told.pop("09000000001"),
    "a resident told twice": lambda b: b.receipts_told["09000000001"].append("JT-R08-000001"),
    "a record that did not move on": lambda b: b.records[0].update(status="awaiting_payment"),
    "a job left behind": lambda b: b.unfinished.append("job line.answer is doing after 0 attempts"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found(book: Book, damage: str):
    hurt = copy.deepcopy(book)
    hurt.unfinished = list(hurt.unfinished)
    DAMAGES[damage](hurt)
    assert findings(hurt) != []
