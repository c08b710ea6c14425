"""The mapping between our fields and kintone's, and parameters in brackets."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.api.errors import ApiError
from madoguchi.api.params import Params, from_query
from madoguchi.api.people import entity_of, who_of
from madoguchi.api.shapes import shapes_in
from madoguchi.definition.app import Who
from madoguchi.query import fields_of
from tests.samples import certificate, everything

ROLES = ("reception", "review", "approval", "accounting", "app_admin", "admin")
SLUGS = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


@pytest.mark.parametrize("defn", [certificate(), everything()], ids=["certificate", "everything"])
def test_the_query_language_has_the_same_codes_and_types(defn: Any) -> None:
    named = fields_of(defn)
    shapes = shapes_in(defn)
    known = {code: shape for code, shape in shapes.items() if shape.type not in ("SUBTABLE", "REFERENCE_TABLE")}
    assert set(known) - set(named) <= {code for code in known if code.endswith("_説明")}
    for code, shape in known.items():
        if code in named and shape.type != "CALC":
            assert named[code].kind == shape.type, code
    for shape in shapes.values():
        assert set(shape.rows) <= set(named)


@given(
    st.one_of(st.none(), SLUGS), st.lists(st.sampled_from(ROLES), unique=True), st.one_of(st.none(), SLUGS),
    st.one_of(st.none(), st.from_regex(r"[a-z0-9._@-]{1,12}", fullmatch=True)),
)  # fmt: skip
def test_people_survive_the_way_to_kintones_entities_and_back(
    department: str | None, roles: list[str], group: str | None, staff: str | None
) -> None:
    if group == "everyone":
        return
    who = Who(department=department, roles=tuple(roles), group=group, staff=staff)  # type: ignore[arg-type]
    assert Who(**who_of(entity_of(who), "entity")) == who


@pytest.mark.parametrize("entity", [None, {}, {"type": "GROUP", "code": "x/unknown"}, {"type": "ROBOT", "code": "x"}])
def test_unknown_entities_are_refused(entity: Any) -> None:
    with pytest.raises(ApiError):
        who_of(entity, "entity")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("app=1&fields[0]=key&fields[1]=%24id", {"app": "1", "fields": ["key", "$id"]}),
        ("fields%5B0%5D=a&fields%5B1%5D=b", {"fields": ["a", "b"]}),
        ("ids[]=1&ids[]=2", {"ids": ["1", "2"]}), ("fields=a&fields=b", {"fields": ["a", "b"]}),
        ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}), ("fields[10]=c&fields[2]=b", {"fields": ["b", "c"]}),
        ("rows[0][id]=1&rows[1][id]=2", {"rows": [{"id": "1"}, {"id": "2"}]}),
        ("q=a%20b&e=", {"q": "a b", "e": ""}), ("", {}),
    ],
)
def test_query_strings_are_read_as_qs_writes_them(query: str, expected: dict[str, Any]) -> None:
    """17: and the other forms that are seen."""
    assert from_query(query) == expected


@given(st.text(max_size=60))
def test_no_query_string_breaks_the_reader(text: str) -> None:
    with suppress(ValueError):
        from_query(text)


@pytest.mark.parametrize(("value", "number"), [(5, 5), ("5", 5), (" 7 ", 7), (3.0, 3), ("9" * 25, 2**63 - 1)])
def test_numbers_are_taken_as_text_too(value: Any, number: int) -> None:
    assert Params({"n": value}).id("n") == number


@pytest.mark.parametrize("value", [True, "x", "1.5", 1.5, [], {}, "１"])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(ApiError):
        Params({"n": value}).integer("n")
