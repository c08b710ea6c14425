"""Dates in eras and in the common calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.lib import eras

SINCE_MEIJI = st.dates(date(1868, 1, 25), date(2117, 12, 31))


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-23", "2026/11/23", "2026.11.23", "20261123", "２０２６年１１月２３日", "令和8年11月23日", "R8.11.23",
        "r8/11/23", "Ｒ８．１１．２３", "令8.11.23", "R08-11-23", "R081123", "令和八年十一月二十三日",
        "令和8年11月23日（月）",
        " 令和 8年 11月 23日 ", "㋿8年11月23日", "2026年11月23日 月曜日", "二〇二六年十一月二十三日", "2026 11 23",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(typed: str) -> None:
    assert eras.parse_date(typed) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("令和元年5月1日", date(2019, 5, 1)), ("令和1年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)), ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)), ("大正15年12月24日", date(1926, 12, 24)),
        ("大正元年7月30日", date(1912, 7, 30)), ("明治45年7月29日", date(1912, 7, 29)),
        ("S39.10.10", date(1964, 10, 10)),
        ("T10.1.2", date(1921, 1, 2)), ("M1.2.3", date(1868, 2, 3)), ("H12.2.29", date(2000, 2, 29)),
    ],
)  # fmt: skip
def test_the_first_and_last_days_of_eras_are_read(typed: str, expected: date) -> None:
    assert eras.parse_date(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("大正15年12月25日", date(1926, 12, 25)), ("明治45年7月30日", date(1912, 7, 30))],
)
def test_the_day_of_a_change_may_be_written_in_the_old_era_where_registers_do(typed: str, expected: date) -> None:
    assert eras.parse_date(typed) == expected


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("平成32年1月1日", "令和2年1月1日"), ("昭和64年1月8日", "平成元年1月8日"),
        ("令和元年4月30日", "平成31年4月30日"),
        ("昭和元年12月24日", "大正15年12月24日"), ("H31.5.1", "令和元年5月1日"),
    ],
)  # fmt: skip
def test_an_era_that_was_over_or_had_not_begun_is_refused_with_the_right_date(typed: str, right: str) -> None:
    with pytest.raises(eras.NoSuchEraYear, match=f"「{right}」と入力してください"):
        eras.parse_date(typed)


NO_SUCH_DAYS = ("2026年2月30日", "2025-02-29", "令和8年4月31日", "2026-13-01", "R8.11.0", "0000-01-01")


@pytest.mark.parametrize("typed", NO_SUCH_DAYS)
def test_a_day_that_does_not_exist_is_named(typed: str) -> None:
    with pytest.raises(eras.NoSuchDay, match=r"ありません.*例"):
        eras.parse_date(typed)


def test_year_zero_of_an_era_does_not_exist() -> None:
    with pytest.raises(eras.NoSuchEraYear, match="令和元年"):
        eras.parse_date("令和0年5月1日")


@pytest.mark.parametrize("typed", ["", "こんにちは", "13/45/2020", "2026", "11月23日", "2026-1", "明日", "元年5月1日"])
def test_what_is_no_date_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(eras.UnreadableDate, match="例: 令和8年11月23日"):
        eras.parse_date(typed)


def test_a_year_without_era_is_asked_for() -> None:
    with pytest.raises(eras.UnreadableDate, match="元号か4桁の西暦"):
        eras.parse_date("8年11月23日")


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(typed: str) -> None:
    try:
        eras.parse_date(typed)
    except eras.DateError as error:
        assert str(error).endswith("。")


@given(st.dates())
def test_every_date_can_be_written_and_read_again(day: date) -> None:
    assert eras.parse_date(day.isoformat()) == day
    if day.year >= 1000:
        assert eras.parse_date(eras.era_date(day)) == day
        assert eras.parse_date(eras.era_date_weekday(day)) == day


@given(SINCE_MEIJI)
def test_the_short_form_is_the_same_day(day: date) -> None:
    era = eras.era_of(day)
    assert era is not None
    assert eras.parse_date(f"{era.letter}{era.year(day)}.{day.month}.{day.day}") == day


def test_eras_follow_each_other_without_a_gap() -> None:
    for old, new in zip(eras.ERAS, eras.ERAS[1:], strict=False):
        assert new.start - old.last <= timedelta(days=1)


def test_dates_are_shown_as_people_write_them() -> None:
    assert eras.era_date(date(2026, 11, 23)) == "令和8年11月23日"
    assert eras.era_date(date(2019, 5, 1)) == "令和元年5月1日"
    assert eras.era_date_weekday(date(2026, 11, 23)) == "令和8年11月23日（月）"
    assert eras.era_date(date(1867, 11, 9)) == "1867年11月9日"


@pytest.mark.parametrize(
    ("day", "year", "code"),
    [
        (date(2026, 11, 23), 2026, "R08"), (date(2027, 3, 31), 2026, "R08"), (date(2027, 4, 1), 2027, "R09"),
        (date(2019, 4, 1), 2019, "R01"), (date(2020, 3, 31), 2019, "R01"), (date(2019, 3, 31), 2018, "H30"),
    ],
)  # fmt: skip
def test_the_fiscal_year_begins_in_april_and_bears_one_era(day: date, year: int, code: str) -> None:
    assert eras.fiscal_year(day) == year
    assert eras.era_year_code(day) == code
