"""The table of states, the database's constraints and the documentation say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db.models import CheckConstraint, UniqueConstraint
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.payments.models import Payment
from madoguchi.payments.states import LIVE, TRANSITIONS, NotAllowedNow, State, move

DOCUMENT = (Path(__file__).parents[3] / "docs/reference/payment-states.md").read_text(encoding="utf-8")


def _constraint(name: str, kind: type):
    found = next(c for c in Payment._meta.constraints if c.name == name)
    assert isinstance(found, kind)
    return dict(found.condition.children)


def test_the_table_knows_every_state():
    assert set(TRANSITIONS) == set(State)


def test_the_database_accepts_exactly_the_states_of_the_table():
    assert set(_constraint("payment_state_known", CheckConstraint)["state__in"]) == set(TRANSITIONS)


def test_the_database_allows_one_payment_per_record_in_the_live_states():
    assert set(_constraint("payment_once_per_record", UniqueConstraint)["state__in"]) == LIVE


def test_the_diagram_in_the_documentation_shows_exactly_the_moves_of_the_table():
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)", DOCUMENT, flags=re.MULTILINE))
    assert drawn == {(str(a), str(b)) for a, targets in TRANSITIONS.items() for b in targets}


def test_the_documentation_names_the_states_as_the_screen_does():
    listed = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|", DOCUMENT, flags=re.MULTILINE))
    assert listed == {state.value: str(state.label) for state in State}


def test_every_state_can_be_reached_and_only_refunded_is_the_end():
    assert {state for state, targets in TRANSITIONS.items() if not targets} == {State.REFUNDED}
    assert {target for targets in TRANSITIONS.values() for target in targets} == set(State)


@given(st.sampled_from(State), st.sampled_from(State))
def test_a_payment_moves_only_where_the_table_allows(old: State, new: State):
    payment = Payment(state=old)
    if new in TRANSITIONS[old]:
        move(payment, new)
        assert payment.state == new
    else:
        with pytest.raises(NotAllowedNow):
            move(payment, new)
        assert payment.state == old
