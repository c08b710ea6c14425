"""The benchmarks' own arithmetic."""

from __future__ import annotations

import pytest
from benchmarks.stats import Round, Target, percentile, result, table
from hypothesis import given
from hypothesis import strategies as st

LATENCIES = st.lists(st.floats(0.0001, 10), min_size=1, max_size=200)


def a_round(per_second: int, latency: float = 0.01, errors: int = 0) -> Round:
    return Round(1.0, [latency] * per_second, errors)


def a_result(*, product: list[int], bare: list[int], target: Target, errors: int = 0, latency: float = 0.01):
    rounds = [a_round(n, latency, errors) for n in product]
    return result("x", 1, product=rounds, bare=[a_round(n) for n in bare], target=target)


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (1, 1), (50, 50), (99, 99), (99.5, 100), (100, 100)])
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(percent: float, expected: int):
    assert percentile(range(100, 0, -1), percent) == expected


def test_no_values_have_the_percentile_zero():
    assert percentile([], 99) == 0


@given(LATENCIES, st.floats(1, 100))
def test_at_least_so_many_values_are_within_the_percentile(values: list[float], percent: float):
    limit = percentile(values, percent)
    assert limit in values
    assert sum(value <= limit for value in values) >= len(values) * percent / 100 - 1e-9


@given(LATENCIES)
def test_percentiles_rise(values: list[float]):
    assert percentile(values, 50) <= percentile(values, 99) <= max(values)


def test_rates_are_requests_by_seconds():
    assert Round(2.0, [0.1] * 30).per_second == 15
    assert Round(0.0, []).per_second == 0


def test_the_ratio_is_that_of_the_medians_so_that_one_bad_round_does_not_count():
    found = a_result(product=[40, 1, 50], bare=[100, 100, 9], target=Target())
    assert found.ratio == pytest.approx(0.4)


def test_without_a_bare_measure_there_is_no_ratio():
    assert a_result(product=[10], bare=[], target=Target(p50_ms=50)).ratio is None


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target(ratio=0.4), True), (Target(ratio=0.41), False), (Target(p50_ms=11), True), (Target(p50_ms=10), False),
        (Target(p99_ms=11), True), (Target(p99_ms=9), False), (Target(ratio=0.4, p99_ms=9), False),
    ],
)  # fmt: skip
def test_a_promise_is_kept_only_if_every_part_is(target: Target, met: bool):
    assert a_result(product=[40], bare=[100], target=target).met is met


def test_a_promised_ratio_that_was_not_measured_is_not_kept():
    assert not a_result(product=[40], bare=[], target=Target(ratio=0.1)).met


def test_failed_requests_break_every_promise():
    found = a_result(product=[40], bare=[100], target=Target(ratio=0.1), errors=1)
    assert not found.met
    assert "1 errors" in table([found])


def test_the_table_has_a_line_for_each_result_and_says_what_was_promised():
    found = a_result(product=[40], bare=[100], target=Target(ratio=0.4, p99_ms=100))
    head, line = table([found, found]).splitlines()[:2]
    assert "ratio" in head
    assert "0.40" in line and "ratio ≥ 0.4, p99 < 100 ms" in line
