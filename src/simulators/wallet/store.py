"""The wallet's book, in SQLite so that a restarted demo still knows what was paid."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from simulators.common import Clock

SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    id TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    transaction_id TEXT NOT NULL UNIQUE,
    amount INTEGER NOT NULL CHECK (amount > 0),
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    return_url TEXT NOT NULL,
    cancel_url TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    paid_at INTEGER
);
CREATE TABLE IF NOT EXISTS refunds (
    id TEXT PRIMARY KEY,
    payment TEXT NOT NULL REFERENCES payments (id),
    transaction_id TEXT NOT NULL UNIQUE,
    amount INTEGER NOT NULL CHECK (amount > 0),
    created_at INTEGER NOT NULL
);
"""
FIRST_TRANSACTION = 2026112300700000000
"""Above 2**53, as real ones are: a client that reads them as floating point numbers is found out."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One order: ``id`` is the checkout's, ``reference`` the merchant's, ``transaction_id`` the wallet's.

    ``state``: *open*, *approved* (the payer agreed, the merchant must confirm), *paid*, *failed*, *cancelled*
    (nothing was taken), *expired*, *deleted*, *returned* (refunded), *reversed* (cancelled after it was
    paid). Times are seconds since 1970.
    """

    id: str
    reference: str
    transaction_id: str
    amount: int
    description: str
    state: str
    return_url: str
    cancel_url: str
    created_at: int
    expires_at: int
    paid_at: int | None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back; ``id`` is the merchant's, so that the same request twice is one refund."""

    id: str
    payment: str
    transaction_id: str
    amount: int
    created_at: int


class DuplicateReference(Exception):
    """The merchant used this reference before."""


class Store:
    """Orders and refunds. Used from one event loop; every change is one statement, so states cannot race."""

    def __init__(self, path: Path, clock: Clock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.clock = clock
        self.database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.executescript(SCHEMA)

    def close(self) -> None:
        """Closes the file."""
        self.database.close()

    def now(self) -> int:
        """The simulated time in whole seconds."""
        return int(self.clock.now())

    def add(
        self,
        *,
        reference: str,
        amount: int,
        description: str,
        return_url: str,
        cancel_url: str,
        lifetime_s: int,
    ) -> Payment:
        """A new open order. Raises ``DuplicateReference``."""
        number = self._next_transaction()
        now = self.now()
        checkout = secrets.token_urlsafe(12)
        row = (
            checkout,
            reference,
            number,
            amount,
            description,
            "open",
            return_url,
            cancel_url,
            now,
            now + lifetime_s,
            None,
        )
        try:
            self.database.execute(f"INSERT INTO payments VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        except sqlite3.IntegrityError as error:
            raise DuplicateReference(reference) from error
        return Payment(*row)

    def find(self, *, column: str, value: str) -> Payment | None:
        """The order whose ``column`` (id, reference, transaction_id) is ``value``; old ones expire."""
        self.database.execute(
            "UPDATE payments SET state = 'expired' WHERE state IN ('open', 'approved') AND expires_at <= ?",
            (self.now(),),
        )
        row = self.database.execute(f"SELECT * FROM payments WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
        return Payment(*row) if row else None

    def move(self, payment: Payment, to: str, *, of: tuple[str, ...] = ("open",)) -> bool:
        """Moves the order if it is in one of the states ``of``; False if it was not."""
        marks = ", ".join("?" * len(of))
        paid_at = self.now() if to == "paid" else payment.paid_at
        changed = self.database.execute(
            f"UPDATE payments SET state = ?, paid_at = ? WHERE id = ? AND state IN ({marks})",  # noqa: S608
            (to, paid_at, payment.id, *of),
        )
        return changed.rowcount == 1

    def set_amount(self, payment: Payment, amount: int) -> None:
        """Makes the wallet believe another amount: what a broken or hostile provider would report."""
        self.database.execute("UPDATE payments SET amount = ? WHERE id = ?", (amount, payment.id))

    def set_return_url(self, payment: Payment, url: str) -> None:
        """Where the payer goes after paying, once the transaction id is known."""
        self.database.execute("UPDATE payments SET return_url = ? WHERE id = ?", (url, payment.id))

    def everything(self) -> list[Payment]:
        """Every order, oldest first."""
        return [Payment(*row) for row in self.database.execute("SELECT * FROM payments ORDER BY transaction_id")]

    def add_refund(self, payment: Payment, *, refund_id: str, amount: int) -> Refund:
        """Records money given back and, when all of it was, moves the order."""
        row = (refund_id, payment.id, self._next_transaction(), amount, self.now())
        self.database.execute("INSERT INTO refunds VALUES (?, ?, ?, ?, ?)", row)
        if self.refunded(payment) >= payment.amount:
            self.move(payment, "returned", of=("paid",))
        return Refund(*row)

    def refund(self, refund_id: str) -> Refund | None:
        """The refund the merchant made under that id."""
        row = self.database.execute("SELECT * FROM refunds WHERE id = ?", (refund_id,)).fetchone()
        return Refund(*row) if row else None

    def refunds(self, payment: Payment) -> list[Refund]:
        """The refunds of one order, oldest first."""
        found = self.database.execute("SELECT * FROM refunds WHERE payment = ? ORDER BY rowid", (payment.id,))
        return [Refund(*row) for row in found]

    def refunded(self, payment: Payment) -> int:
        """How much of the order was given back, in yen."""
        return sum(refund.amount for refund in self.refunds(payment))

    def _next_transaction(self) -> str:
        (highest,) = self.database.execute(
            "SELECT max(n) FROM (SELECT max(transaction_id) n FROM payments"
            " UNION SELECT max(transaction_id) FROM refunds)"
        ).fetchone()
        return str(int(highest or FIRST_TRANSACTION) + 310)
