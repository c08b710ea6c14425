"""Business days, postal codes, telephone numbers, money, tokens, the queue's patience."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.lib import business_days, ids, jobs, money, phones, postal

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize(
    "closed",
    ["2026-11-21", "2026-11-22", "2026-11-23", "2026-12-29", "2027-01-01", "2027-01-03", "2027-03-22"],
)
def test_city_hall_is_closed_on_weekends_holidays_and_over_new_year(closed: str) -> None:
    assert not business_days.is_business_day(date.fromisoformat(closed))


def test_the_next_open_day_after_the_28th_of_december_is_the_4th_of_january() -> None:
    assert business_days.add_business_days(date(2026, 12, 28), 1) == date(2027, 1, 4)
    assert business_days.add_business_days(date(2027, 1, 4), -1) == date(2026, 12, 28)


def test_zero_business_days_from_a_holiday_is_the_next_open_day() -> None:
    assert business_days.add_business_days(date(2026, 11, 23), 0) == date(2026, 11, 24)
    assert business_days.add_business_days(date(2026, 11, 24), 0) == date(2026, 11, 24)


@given(DAYS, st.integers(-30, 30).filter(bool))
def test_counting_business_days_undoes_adding_them(start: date, n: int) -> None:
    end = business_days.add_business_days(start, n)
    assert business_days.is_business_day(end)
    if n > 0 or business_days.is_business_day(start):
        assert business_days.business_days_between(start, end) == n


def _towns(code: str) -> list[tuple[str, str]]:
    return [(town.city, town.town) for town in postal.towns(code)]


def test_a_postal_code_gives_its_town() -> None:
    assert postal.towns("2720021") == (postal.Town("2720021", "千葉県", "市川市", "八幡", "12203"),)


def test_a_city_hall_has_a_code_of_its_own() -> None:
    assert _towns("2728501") == [("市川市", "八幡")]


def test_a_code_for_the_rest_of_a_city_has_an_empty_town() -> None:
    assert _towns("5060000") == [("高山市", "")]
    assert _towns("4090142") == [("北都留郡小菅村", "")]
    assert _towns("7660002") == [("仲多度郡琴平町", "")]


def test_a_code_may_have_several_towns() -> None:
    assert _towns("0680546") == [("夕張市", "南部青葉町"), ("夕張市", "南部菊水町")]
    assert _towns("7614103") == [("小豆郡土庄町", "甲"), ("小豆郡土庄町", "乙")]


def test_block_ranges_are_cut_but_a_town_named_ichien_stays() -> None:
    assert ("和賀郡西和賀町", "穴明") in _towns("0295503")
    assert _towns("5220317") == [("犬上郡多賀町", "一円")]


@pytest.mark.parametrize("unknown", ["9999999", "", "abc", "272-0021", "' OR 1=1 --"])
def test_a_code_japan_post_does_not_know_has_no_towns(unknown: str) -> None:
    assert postal.towns(unknown) == ()


def test_the_table_is_read_from_many_threads_at_once() -> None:
    postal.towns.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(postal.towns, [f"27200{n:02}" for n in range(1, 36)]))
    assert sum(map(bool, found)) == 20


@pytest.mark.parametrize("typed", ["2728501", "272-8501", "〒２７２－８５０１", "272ー8501", " 272 8501 "])
def test_postal_codes_are_read_with_and_without_hyphen(typed: str) -> None:
    assert postal.format_postal(postal.parse_postal(typed)) == "272-8501"


@pytest.mark.parametrize("wrong", ["", "27285", "27285011", "二七二", "272-850a"])
def test_a_wrong_postal_code_is_refused_with_an_example(wrong: str) -> None:
    with pytest.raises(postal.PostalCodeError, match="272-8501"):
        postal.parse_postal(wrong)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("０９０１２３４５６７８", "090-1234-5678"), ("090 1234 5678", "090-1234-5678"),
        ("090ー1234ー5678", "090-1234-5678"),
        ("(047)334-1111", "047-334-1111"), ("047-334-1111", "047-334-1111"), ("0473341111", "0473341111"),
        ("0312345678", "03-1234-5678"), ("0120123456", "0120-123-456"), ("08001234567", "0800-123-4567"),
        ("+81 90-1234-5678", "090-1234-5678"), ("+81-47-334-1111", "047-334-1111"),
        ("+1 (202) 555-0123", "+12025550123"),
    ],
)  # fmt: skip
def test_telephone_numbers_are_read_as_people_type_them(typed: str, stored: str) -> None:
    assert phones.parse_phone(typed) == stored
    assert phones.parse_phone(stored) == stored
    assert phones.phone_digits(stored) == stored.replace("-", "")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "数字とハイフン"), ("電話なし", "数字とハイフン"), ("334-1111", "市外局番"),
        ("047-334-111", "いまは9桁"), ("000-0000-0000", "確かめて"),
    ],
)  # fmt: skip
def test_a_wrong_telephone_number_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(phones.PhoneError, match=f"{reason}.*例"):
        phones.parse_phone(typed)


@given(st.text(max_size=25))
def test_no_text_breaks_the_readers(typed: str) -> None:
    for read in (phones.parse_phone, postal.parse_postal, money.parse_yen):
        try:
            assert read(typed) is not None
        except (phones.PhoneError, postal.PostalCodeError, money.MoneyError) as error:
            assert "例" in str(error)


AMOUNTS = ("1200", "1,200", "1,200円", "￥1,200", "¥1200", "１，２００円", "千二百円", " 1200 円也")


@pytest.mark.parametrize("typed", AMOUNTS)
def test_amounts_are_read_as_people_write_them(typed: str) -> None:
    assert money.parse_yen(typed) == 1200


@given(st.integers(-(10**12), 10**12))
def test_an_amount_shown_is_read_again(amount: int) -> None:
    assert money.parse_yen(money.yen(amount)) == amount


@pytest.mark.parametrize("wrong", ["", "いくら", "12.5", "1,20", "12円50銭", "1200ドル"])
def test_what_is_no_amount_is_refused(wrong: str) -> None:
    with pytest.raises(money.MoneyError, match="円の単位まで"):
        money.parse_yen(wrong)


def test_money_is_shown_with_commas() -> None:
    assert (money.yen(1200), money.yen(0), money.yen(-500)) == ("1,200円", "0円", "-500円")


def test_tokens_are_long_safe_in_addresses_and_never_the_same() -> None:
    tokens = {ids.token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 22 and token.replace("-", "a").replace("_", "a").isalnum() for token in tokens)


def test_a_failing_job_waits_longer_each_time_and_gives_up_after_eight_attempts() -> None:
    def wait(attempts: int) -> Any:
        job: Any = SimpleNamespace(attempts=attempts)
        return jobs.RETRY.get_retry_decision(exception=RuntimeError(), job=job)

    assert all(wait(attempts) for attempts in range(8))
    assert wait(8) is None
