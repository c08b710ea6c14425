"""The arithmetic: percentiles, medians over rounds, ratios, and the table people read."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Round:
    """What one window of measuring gave: how long it lasted and how long each request took, both in seconds."""

    seconds: float
    latencies: Sequence[float]
    errors: int = 0

    @property
    def per_second(self) -> float:
        """Completed requests a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """What the product promises; None where it promises nothing."""

    ratio: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. Rates are medians of the rounds; latencies those of the product."""

    name: str
    clients: int
    bare_per_s: float | None
    product_per_s: float
    p50_ms: float
    p99_ms: float
    errors: int
    rounds: int
    target: Target

    @property
    def ratio(self) -> float | None:
        """How much of bare psycopg's rate the product reaches."""
        return self.product_per_s / self.bare_per_s if self.bare_per_s else None

    @property
    def met(self) -> bool:
        """Whether every promise is kept, and nothing failed."""
        target = self.target
        fast = target.ratio is None or (self.ratio is not None and self.ratio >= target.ratio)
        typical = target.p50_ms is None or self.p50_ms < target.p50_ms
        slowest = target.p99_ms is None or self.p99_ms < target.p99_ms
        return fast and typical and slowest and not self.errors

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of all do not exceed (nearest rank); 0.0 for no values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(0, int(rank) - 1)]


def result(name: str, clients: int, *, product: Sequence[Round], bare: Sequence[Round], target: Target) -> Result:
    """Puts the rounds together: medians of the rates, medians of each round's percentiles."""
    return Result(
        name=name,
        clients=clients,
        bare_per_s=statistics.median(r.per_second for r in bare) if bare else None,
        product_per_s=statistics.median(r.per_second for r in product),
        p50_ms=statistics.median(percentile(r.latencies, 50) * 1000 for r in product),
        p99_ms=statistics.median(percentile(r.latencies, 99) * 1000 for r in product),
        errors=sum(r.errors for r in product),
        rounds=len(product),
        target=target,
    )


def table(results: Sequence[Result]) -> str:
    """The results for people."""
    head = ("", "what", "clients", "bare/s", "product/s", "ratio", "p50 ms", "p99 ms", "promised")
    rows = [head, *(_row(r) for r in results)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)


def _row(r: Result) -> tuple[str, ...]:
    promised = (
        (r.target.ratio, "ratio ≥ {:g}"), (r.target.p50_ms, "p50 < {:g} ms"), (r.target.p99_ms, "p99 < {:g} ms")
    )
    return (
        "○" if r.met else "✕", r.name, str(r.clients), f"{r.bare_per_s:.0f}" if r.bare_per_s else "-",
        f"{r.product_per_s:.0f}", "-" if r.ratio is None else f"{r.ratio:.2f}", f"{r.p50_ms:.2f}", f"{r.p99_ms:.2f}",
        ", ".join(form.format(value) for value, form in promised if value is not None)
        + (f"; {r.errors} errors" if r.errors else ""),
    )
