"""The card vouches for a person, not for a way of writing."""

from __future__ import annotations

import pytest

from madoguchi.identity.matching import Typed, matches, same_person

CARD = {"name": "髙橋一郎", "address": "千葉県市川市八幡一丁目１番１号コーポ窓口２０３", "birthdate": "19900401"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("髙橋一郎", "same"),
        ("髙橋 一郎", "same"),
        ("高橋一郎", "variant"),
        ("髙橋二郎", "differs"),
        ("", "missing"),
    ],
)
def test_a_name_may_differ_in_variant_kanji_but_not_in_person(typed: str, expected: str) -> None:
    assert matches(Typed(name=typed), CARD)["name"] == expected


def test_an_address_written_with_hyphens_is_the_same_address() -> None:
    typed = Typed(name="髙橋一郎", address="千葉県市川市八幡1-1-1コーポ窓口203", birth_date="1990-04-01")
    assert matches(typed, CARD) == {"name": "same", "address": "variant", "birth_date": "same"}


def test_a_recent_move_does_not_stop_the_resident_but_another_birth_date_does() -> None:
    moved = Typed(name="髙橋一郎", address="千葉県市川市市川南2-2-2", birth_date="1990-04-01")
    assert same_person(matches(moved, CARD))
    another = Typed(name="髙橋一郎", address=moved.address, birth_date="1991-04-01")
    assert not same_person(matches(another, CARD))


def test_a_card_that_says_nothing_vouches_for_nobody() -> None:
    assert not same_person(matches(Typed(name="髙橋一郎", birth_date="1990-04-01"), {}))
