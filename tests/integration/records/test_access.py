"""Who sees what: rules about records and fields, in SQL and against a plain reading of them in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from madoguchi import query
from madoguchi.accounts.models import Department, Membership, Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition, Sort, View
from madoguchi.definition.text import japanese
from madoguchi.query import OrderBy, QueryCheckError
from madoguchi.records import arrivals, lists, write
from madoguchi.records.actor import SYSTEM, staff_actor
from madoguchi.records.events import write_event
from madoguchi.records.lists import count_capped, list_records
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access, access_of, of_seen_records
from madoguchi.records.read import RecordNotFound, find_record, history
from madoguchi.records.requirements import condition_holds
from madoguchi.records.viewer import Viewer
from tests.integration.records.samples import access, cases, house, program, published_cases

pytestmark = pytest.mark.django_db
ALL = View(code="all", name=japanese("すべて"), columns=("件名", "秘密", "金額"), sort=(Sort(field="id"),))
OWN_ONLY = {"filter": "", "allow": [{"creator": True, "rights": ["view", "edit", "delete"]}]}


def add(app: AppRevision, by: Staff | None = None, **values: Any) -> int:
    ref = write.create_record(app=app, values={"件名": "x", **values}, actor=staff_actor(by) if by else SYSTEM)
    return ref.record_id


def seen(held: Access) -> list[int]:
    return [row["id"] for row in list_records(held.app, ALL, access=held).rows]


# --- people --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({"department": "shimin"}, {"sato", "suzuki", "ito", "watanabe"}),
        ({"department": "shimin", "roles": ["review"]}, {"suzuki"}),
        ({"roles": ["reception"]}, {"sato", "outsider"}),
        ({"group": "rescue"}, {"sato", "outsider"}),
        ({"group": "rescue", "department": "shimin"}, {"sato"}),
        ({"staff": "ito"}, {"ito"}),
        ({"staff": "ito", "roles": ["reception"]}, set()),
        ({}, {"sato", "suzuki", "ito", "tanaka", "watanabe", "kobayashi", "outsider"}),
    ],
    ids=["department", "role in it", "role anywhere", "group", "group and department", "person", "not both", "all"],
)
def test_permissions_speak_of_departments_roles_groups_and_persons(
    staff: Mapping[str, Staff], who: dict[str, Any], expected: set[str]
) -> None:
    house(staff)
    app = published_cases(permissions=[{**who, "rights": ["view"]}])
    assert {name for name, person in staff.items() if access(app, person).has("view")} == expected


def test_who_left_sees_nothing_whatever_groups_they_were_in(staff: Mapping[str, Staff]) -> None:
    house(staff)
    app = published_cases(permissions=[{"group": "rescue", "rights": ["view"]}])
    Staff.objects.filter(username="sato").update(is_active=False)
    assert not access(app, staff["sato"]).has("view")


def test_an_access_is_worked_out_once_a_request(
    staff: Mapping[str, Staff], django_assert_num_queries: Callable[[int], Any]
) -> None:
    app = published_cases(record_rules=[OWN_ONLY])
    viewer = Viewer(staff=Staff.objects.get(username="sato"))
    with django_assert_num_queries(1):
        first = access_of(app, viewer)
        first.where("view")
    with django_assert_num_queries(0):
        assert access_of(app, viewer) is first
        first.where("view")


# --- records -------------------------------------------------------------------------------------------------------


def test_a_hidden_record_is_nowhere(staff: Mapping[str, Staff]) -> None:
    app = published_cases(record_rules=[OWN_ONLY])
    mine, theirs = add(app, staff["sato"]), add(app, staff["suzuki"])
    held = access(app, staff["sato"])
    assert seen(held) == [mine]
    assert count_capped(held, ALL) == 1
    assert arrivals.newest_id(held) == mine
    assert arrivals.count_newer(held, 0) == 1
    assert list_records(app, ALL, access=held, search="x").rows[0]["id"] == mine
    assert [row["id"] for row in lists.select(held, columns=["件名"])] == [mine]
    assert held.rights_on([mine, theirs]) == {mine: {"view", "edit", "delete"}}
    assert find_record(held, mine).rights == {"view", "edit", "delete"}
    with pytest.raises(RecordNotFound):
        find_record(held, theirs)


def test_the_first_rule_that_covers_a_record_decides(staff: Mapping[str, Staff]) -> None:
    everybody = [{"rights": ["view", "edit", "delete"]}]
    app = published_cases(record_rules=[
        {"filter": '種別 in ("甲")', "allow": [{"staff": "ito", "rights": ["view"]}]},
        {"filter": '種別 in ("甲", "乙")', "allow": everybody},
        {"filter": '件名 = "x"', "allow": []},
    ])  # fmt: skip
    first, second, third = (add(app, 種別=kind) for kind in ("甲", "乙", "丙"))
    other = add(app, 種別="丙", 件名="y")
    assert seen(access(app, staff["sato"])) == [second, other]
    assert seen(access(app, staff["ito"])) == [first, second, other]
    assert find_record(access(app, staff["ito"]), first).rights == {"view"}
    assert third not in seen(access(app, staff["ito"]))


def test_a_rule_never_gives_what_the_permissions_do_not(staff: Mapping[str, Staff]) -> None:
    app = published_cases(
        permissions=[{"department": "shimin", "rights": ["view"]}],
        record_rules=[{"filter": "", "allow": [{"rights": ["view", "edit", "delete"]}]}],
    )
    record_id = add(app)
    assert find_record(access(app, staff["sato"]), record_id).rights == {"view"}
    assert access(app, staff["outsider"]).rights_on([record_id]) == {}


def test_fields_of_a_record_say_who_may_see_it(staff: Mapping[str, Staff]) -> None:
    house(staff)
    lines = [{"in_field": code, "rights": ["view"]} for code in ("職員", "課", "班")]
    app = published_cases(record_rules=[{"filter": "", "allow": lines}])
    by_name, by_department = add(app, 職員=["sato", "ito"]), add(app, 課=["shimin"])
    by_group, by_none = add(app, 班=["rescue"]), add(app)
    assert seen(access(app, staff["sato"])) == [by_name, by_department, by_group]
    assert seen(access(app, staff["suzuki"])) == [by_department]
    assert seen(access(app, staff["outsider"])) == [by_group]
    assert by_none not in seen(access(app, staff["kobayashi"]))


def test_a_rule_may_speak_of_who_asks(staff: Mapping[str, Staff]) -> None:
    app = published_cases(record_rules=[{"filter": "職員 not in (LOGINUSER())", "allow": []}])
    mine = add(app, 職員=["sato"])
    assert seen(access(app, staff["sato"])) == [mine]
    assert seen(access(app, staff["ito"])) == []


def test_rules_about_persons_do_not_speak_of_programs() -> None:
    app = published_cases(
        record_rules=[{"filter": "", "allow": []}], field_rules=[{"field": "秘密", "allow": []}],
    )
    record_id = add(app, 秘密="合言葉")
    held = program(app, "view")
    assert seen(held) == [record_id]
    assert find_record(held, record_id).values["秘密"] == "合言葉"
    assert find_record(held, record_id).rights == {"view"}
    with pytest.raises(PermissionDenied):
        list_records(app, ALL, access=program(app, "add"))


@pytest.mark.parametrize("source", ['件名 like "50%"', '件名 like "\\\\"', "作成日時 <= NOW()", '件名 in ("it\'s")'])
def test_other_tables_are_narrowed_to_the_records_one_sees(staff: Mapping[str, Staff], source: str) -> None:
    """Whatever a rule looks for: percent signs and quotes are no part of the statement around it."""
    app = published_cases(record_rules=[{"filter": source, "allow": [{"staff": "ito", "rights": ["view"]}]}])
    record_ids = [add(app, 件名=name) for name in ("50%", "500", "a\\b", "it's")]
    for username in ("ito", "sato"):
        held = access(app, staff[username])
        told = Event.objects.filter(of_seen_records([held]), kind="created").values_list("record_id", flat=True)
        assert sorted(told) == seen(held)
        assert username == "sato" or sorted(told) == record_ids


# --- writes --------------------------------------------------------------------------------------------------------


def edit(held: Access, record_id: int, **changes: Any) -> None:
    write.update_record(
        app=held.app, record_id=record_id, changes=changes, expected_revision=None, actor=held.viewer.actor, access=held
    )


def test_writes_go_by_the_rules_about_the_record(staff: Mapping[str, Staff]) -> None:
    app = published_cases(record_rules=[
        {"filter": '種別 in ("甲")', "allow": [{"rights": ["view"]}]}, {"filter": '種別 in ("乙")', "allow": []},
    ])  # fmt: skip
    held = access(app, staff["sato"])
    fixed, hidden, free = (add(app, 種別=kind) for kind in ("甲", "乙", "丙"))
    edit(held, free, 件名="y")
    for change in (edit, delete):
        with pytest.raises(PermissionDenied):
            change(held, fixed)
        with pytest.raises(RecordNotFound):
            change(held, hidden)
    delete(held, free)


def delete(held: Access, record_id: int) -> None:
    write.delete_record(
        app=held.app, record_id=record_id, expected_revision=None, actor=held.viewer.actor, access=held
    )


def test_who_may_only_look_changes_nothing(staff: Mapping[str, Staff]) -> None:
    app = published_cases(permissions=[{"rights": ["view"]}])
    held, record_id = access(app, staff["sato"]), add(app)
    for change in (edit, delete):
        with pytest.raises(PermissionDenied):
            change(held, record_id)
    with pytest.raises(PermissionDenied):
        write.create_record(app=app, values={}, actor=held.viewer.actor, access=held)


@pytest.mark.parametrize(
    ("rule", "says"),
    [([], "この項目はありません。"), ([{"access": "read"}], "変更する権限がありません。")], ids=["hidden", "read only"],
)
def test_fields_that_may_not_be_filled_in_are_refused(
    staff: Mapping[str, Staff], rule: list[dict[str, Any]], says: str
) -> None:
    app = published_cases(field_rules=[{"field": "秘密", "allow": rule}])
    held, record_id = access(app, staff["sato"]), add(app, 秘密="合言葉")
    with pytest.raises(write.FieldsRefused, match=says):
        edit(held, record_id, 秘密="別の言葉")
    with pytest.raises(write.FieldsRefused, match=says):
        write.create_record(app=app, values={"秘密": "別の言葉"}, actor=held.viewer.actor, access=held)
    edit(held, record_id, 件名="y")
    assert find_record(program(app, "view"), record_id).values["秘密"] == "合言葉"


# --- fields --------------------------------------------------------------------------------------------------------

SECRET = {"field": "秘密", "allow": [{"staff": "ito", "access": "write"}, {"roles": ["review"]}]}


def test_a_hidden_field_is_nowhere(staff: Mapping[str, Staff]) -> None:
    app = published_cases(field_rules=[SECRET])
    record_id = add(app, 秘密="合言葉")
    edit(access(app, staff["ito"]), record_id, 秘密="新しい合言葉")
    held = access(app, staff["sato"])
    page = list_records(app, ALL, access=held)
    assert page.columns == ("件名", "金額")
    assert "合言葉" not in str(page.rows)
    assert page.personal_field_ids == frozenset()
    assert find_record(held, record_id).values == {"件名": "x"}
    assert "合言葉" not in str([(event.before, event.after) for event in history(app, record_id, access=held)])
    assert list_records(app, ALL, access=held, search="合言葉").rows == ()
    assert not held.sees("秘密")
    assert held.sees("件名")


def test_nobody_learns_a_hidden_value_by_asking_for_it(staff: Mapping[str, Staff]) -> None:
    app = published_cases(field_rules=[SECRET])
    add(app, 秘密="合言葉")
    held = access(app, staff["sato"])
    condition = query.parse('秘密 like "合言葉"').condition
    with pytest.raises(QueryCheckError):
        lists.select(held, condition=condition, columns=["件名"])
    with pytest.raises(QueryCheckError):
        lists.select(held, order=[OrderBy("秘密")], columns=["件名"])
    page = list_records(app, ALL, access=held, condition=condition)
    assert (page.rows, len(page.messages)) == ((), 1)
    sorted_by = list_records(app, ALL, access=held, sort=[Sort(field="秘密")])
    assert sorted_by.messages == ("「秘密」では並べ替えられません。",)
    assert lists.select(held, columns=["秘密"])[0] == {"id": 1, "revision": 1, "status": None} | {"id": seen(held)[0]}


def test_who_may_read_a_field_reads_it_and_who_may_write_writes(staff: Mapping[str, Staff]) -> None:
    app = published_cases(field_rules=[SECRET])
    record_id = add(app, 秘密="合言葉")
    suzuki, ito = access(app, staff["suzuki"]), access(app, staff["ito"])
    assert find_record(suzuki, record_id).values["秘密"] == "合言葉"
    assert (suzuki.changes("秘密"), ito.changes("秘密")) == (False, True)
    assert [row["id"] for row in list_records(app, ALL, access=suzuki, search="合言葉").rows] == [record_id]


def test_a_rule_holds_for_records_filed_before_the_field_was_renamed(staff: Mapping[str, Staff]) -> None:
    record_id = add(published_cases(), 秘密="合言葉")
    fields = [field.model_dump(mode="json") for field in cases().fields]
    fields[1]["code"] = "内緒"
    app = published_cases(fields=fields, field_rules=[{"field": "内緒", "allow": []}])
    assert find_record(access(app, staff["sato"]), record_id).values == {"件名": "x"}


# --- the same in plain Python --------------------------------------------------------------------------------------

CONDITIONS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "": lambda _: True,
    '種別 in ("甲")': lambda v: v.get("種別") == "甲",
    '種別 not in ("甲")': lambda v: v.get("種別") != "甲",
    "金額 >= 100": lambda v: v.get("金額") is not None and v["金額"] >= 100,
    '金額 >= 100 and 種別 in ("乙", "丙")': lambda v: (v.get("金額") or 0) >= 100 and v.get("種別") in ("乙", "丙"),
    '職員 in ("sato") or 種別 in ("")': lambda v: "sato" in (v.get("職員") or ()) or v.get("種別") is None,
}
NAMES = ("sato", "suzuki", "ito", "outsider", "tanaka")
DEPARTMENTS, GROUPS = ("shimin", "kankyo", "kaikei"), ("rescue", "press")
ROLES = ("reception", "review", "approval", "accounting")


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    parts: dict[str, Any] = {"rights": draw(st.lists(st.sampled_from(["view", "edit", "delete"]), unique=True))}
    choices = {
        "department": st.sampled_from(DEPARTMENTS), "roles": st.lists(st.sampled_from(ROLES), min_size=1, unique=True),
        "group": st.sampled_from(GROUPS), "staff": st.sampled_from(NAMES), "creator": st.just(True),
        "in_field": st.sampled_from(["職員", "課", "班"]),
    }
    for name in draw(st.lists(st.sampled_from(sorted(choices)), unique=True, max_size=2)):
        parts[name] = draw(choices[name])
    return parts


RULES = st.lists(
    st.fixed_dictionaries({"filter": st.sampled_from(sorted(CONDITIONS)), "allow": st.lists(lines(), max_size=3)}),
    max_size=4,
)


@dataclass(frozen=True)
class Row:
    id: int
    values: Mapping[str, Any]
    creator: str | None


def told(staff: Staff, line: Mapping[str, Any], row: Row) -> bool:
    """Whether a line of a rule speaks of this person and this record, as staff would read it."""
    places = set(Membership.objects.filter(staff=staff).values_list("department__code", "role"))
    groups = set(staff.staff_groups.values_list("code", flat=True))
    named = {"職員": {staff.username}, "課": {department for department, _ in places}, "班": groups}
    asked = [
        "staff" not in line or line["staff"] == staff.username,
        "group" not in line or line["group"] in groups,
        any(line.get("department", d) == d and r in line.get("roles", [r]) for d, r in places),
        not line.get("creator") or row.creator == staff.username,
        "in_field" not in line or bool(named[line["in_field"]] & set(row.values.get(line["in_field"]) or ())),
    ]
    return all(asked)


def read_plainly(rules: list[dict[str, Any]], staff: Staff, row: Row) -> set[str]:
    for rule in rules:
        if CONDITIONS[rule["filter"]](row.values):
            return {right for line in rule["allow"] if told(staff, line, row) for right in line["rights"]}
    return {"view", "edit", "delete"}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=RULES, name=st.sampled_from(NAMES))
def test_sql_reads_rules_as_people_do(people: People, rules: list[dict[str, Any]], name: str) -> None:
    staff = Staff.objects.get(username=name)
    definition = AppDefinition.model_validate(
        people.app.definition.model_dump(mode="json", by_alias=True) | {"record_rules": rules}
    )
    held = access_of(replace(people.app, definition=definition), Viewer(staff=staff))
    found = held.rights_on([row.id for row in people.rows])
    expected = {row.id: read_plainly(rules, staff, row) for row in people.rows}
    assert found == {record_id: rights for record_id, rights in expected.items() if "view" in rights}
    assert seen(held) == sorted(found)
    assert count_capped(held, ALL) == len(found)


@dataclass(frozen=True)
class People:
    app: AppRevision
    rows: tuple[Row, ...]


@pytest.fixture
def people(staff: Mapping[str, Staff]) -> People:
    """Records of every kind: who added them, whom their fields name, what they hold."""
    house(staff)
    kankyo = Department.objects.get(code="kankyo")
    Membership.objects.create(staff=staff["sato"], department=kankyo, role="review")
    app = published_cases()
    values: list[tuple[str | None, dict[str, Any]]] = [
        (None, {}),
        ("sato", {"種別": "甲", "金額": 100}),
        ("outsider", {"種別": "乙", "金額": 99, "職員": ["ito", "sato"]}),
        ("suzuki", {"種別": "丙", "金額": 500, "課": ["kankyo"], "班": ["rescue"]}),
        ("ito", {"金額": 0, "班": ["press"]}),
        ("tanaka", {"種別": "甲", "課": ["shimin", "kaikei"]}),
        (None, {"種別": "乙", "金額": 100, "職員": ["outsider"]}),
    ]
    rows = [Row(add(app, staff[by] if by else None, **given), given, by) for by, given in values]
    return People(app, tuple(rows))


def test_history_shows_events_without_what_is_hidden(staff: Mapping[str, Staff]) -> None:
    app = published_cases(field_rules=[SECRET])
    record_id = add(app, 秘密="合言葉", 件名="件")
    write_event(
        app_id=app.app_id, record_id=record_id, record_revision=1, kind="updated", actor=SYSTEM,
        before={"2": "a", "status": "x"}, after={"2": "b", "1": "c"},
    )
    (created, updated) = history(app, record_id, access=access(app, staff["sato"]))
    assert created.after == {"1": "件", "channel": "counter"}
    assert (updated.before, updated.after) == ({"status": "x"}, {"1": "c"})


def test_a_list_of_only_ones_own_walks_an_index(staff: Mapping[str, Staff]) -> None:
    app = published_cases(record_rules=[OWN_ONLY])
    held = access(app, staff["sato"])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO app_{app.app_id} (app_revision_id, channel, created_by_id)"
            " SELECT %s, 'counter', %s + n %% 2000 FROM generate_series(1, 20000) n",
            [app.revision_id, staff["sato"].pk],
        )
        cursor.execute(f"ANALYZE app_{app.app_id}")
        statement = lists.page_sql(held, select=sql.SQL("t.id"), keys=lists.own_order(held, []), limit=100)
        cursor.execute(sql.SQL("EXPLAIN ") + statement)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "created_by_id =" in plan
    assert "Seq Scan" not in plan


def test_a_condition_of_an_action_may_speak_of_what_the_clerk_does_not_see(staff: Mapping[str, Staff]) -> None:
    approve = {"code": "ok", "name": "承認", "from": ["new"], "to": "done", "condition": '秘密 = "可" and 金額 < 100'}
    process = {
        "statuses": [{"code": "new", "name": "新規"}, {"code": "done", "name": "済", "kind": "done"}], "initial": "new",
        "actions": [approve],
    }
    app = published_cases(process=process, field_rules=[SECRET])
    held, action = access(app, staff["sato"]), app.definition.process.actions[0]  # type: ignore[union-attr]
    may, may_not = add(app, 秘密="可", 金額=99), add(app, 秘密="否", 金額=99)

    def move(record_id: int) -> None:
        write.move_record(
            app=app, record_id=record_id, action=action, expected_revision=None, actor=held.viewer.actor, access=held
        )

    move(may)
    with pytest.raises(write.NotAllowedNow, match="条件"):
        move(may_not)
    assert condition_holds(find_record(held, may_not), action) is False
