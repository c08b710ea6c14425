"""What holds for every query."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from madoguchi import query
from madoguchi.query import Condition, Facts, Query
from tests import queries
from tests.queries import LEDGER, NAMES, NOW

SNIPPETS = (
    '"', "'", "\\", "(", ")", ",", "=", "!=", ">", "<=", " and ", " or ", " not ", " in ", " like ", " is ", "empty",
    " order by ", " limit ", " offset ", "desc", "$id", "件名", "明細", "1", "-2.5", "1e9", "TODAY", "()", "FROM_TODAY",
    "DAYS", "\u3000", "\n", "\x00", "\ud800", "９", "「", "関連.コード",
)  # fmt: skip


@given(queries.any_queries)
def test_what_is_written_down_reads_back_the_same(tree: Query) -> None:
    text = query.unparse(tree)
    assert query.parse(text) == tree
    assert query.unparse(query.parse(text)) == text


@given(st.text(max_size=60) | st.lists(st.sampled_from(SNIPPETS), max_size=12).map("".join), st.booleans())
@example('"' * 3000 + "\\", True)
@example("(" * 5000, True)
@example("a=" + "9" * 10000 + " limit " + "9" * 5000, True)
def test_whatever_is_sent_is_parsed_or_refused(source: str, options: bool) -> None:
    try:
        query.parse(source, options=options)
    except query.QuerySyntaxError as error:
        assert 0 <= error.position <= len(source)
        assert error.message_ja and error.message_en and error.code == "CB_VA01"


@given(queries.any_queries)
def test_whatever_is_well_written_is_accepted_or_refused_with_a_code(tree: Query) -> None:
    try:
        query.check(tree, NAMES)
    except query.QueryCheckError as error:
        assert error.message_ja and error.message_en and error.code.startswith(("GAIA_", "CB_VA01"))


@given(queries.fitting_conditions, queries.rows, queries.systems)
def test_whatever_is_accepted_can_be_evaluated(condition: Condition, row: object, system: object) -> None:
    query.check(condition, NAMES)
    facts = Facts(row, system, queries.FILES)  # type: ignore[arg-type]
    assert query.evaluate(condition, facts, NAMES, now=NOW) in (True, False)


@pytest.mark.parametrize("field", NAMES.values(), ids=NAMES.keys())
def test_a_field_refuses_every_operator_its_kind_does_not_take(field: query.QueryField) -> None:
    for operator in sorted(query.operators("NUMBER") | query.operators("MULTI_LINE_TEXT")):
        usable = query.operators(field.kind) - ({"=", "!="} if field.table else set())
        value = () if "empty" in operator else (query.Word(""),)
        try:
            query.check(query.Predicate(field.code, operator, value), NAMES)
        except query.QueryCheckError as error:
            assert operator not in usable or operator in (">", "<", ">=", "<="), error.message_ja
        else:
            assert operator in usable


def test_an_app_gives_a_name_to_every_value_it_stores() -> None:
    named = {field.source for field in query.fields_of(LEDGER).values()}
    stored = {field.code for field in LEDGER.value_fields if field.type != "table"}
    assert stored <= named
