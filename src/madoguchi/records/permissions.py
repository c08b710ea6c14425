"""What a viewer may see and do in an app: the app's permissions, its rules about records and those about fields.

Rules about records become part of every statement (``Access.where``); fields that are not seen are never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import BigIntegerField, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from madoguchi import query
from madoguchi.accounts.models import Staff
from madoguchi.accounts.queries import Person, person
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.tables import columns_of, table_name
from madoguchi.definition.app import Action, AppDefinition, FieldRule, RecordRule, RecordWho, Right, Role, Who
from madoguchi.definition.fields import COMPUTED_TYPES, VALUELESS_TYPES, AnyField, LookupField
from madoguchi.query import QueryField
from madoguchi.records.query_sql import FALSE, TRUE, condition_sql
from madoguchi.records.viewer import Viewer, viewer_of

RecordRight: TypeAlias = Literal["view", "edit", "delete"]


@dataclass(frozen=True)
class Access:
    """What one viewer may see and do in one app, as it is published now.

    ``hidden`` are the ids of fields that are not seen, ``fixed`` of those that are seen but not changed. Fields are
    known by their ids, so that the rules hold for records that were filed under another revision as well.
    """

    app: AppRevision
    viewer: Viewer
    rights: frozenset[Right]
    hidden: frozenset[int] = frozenset()
    fixed: frozenset[int] = frozenset()
    _conditions: dict[str, sql.Composable] = field(default_factory=dict, repr=False, compare=False)

    def has(self, right: Right) -> bool:
        """Whether the app's permissions give ``right``."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """Raises Django's PermissionDenied (403) unless the app's permissions give ``right``."""
        if right not in self.rights:
            raise PermissionDenied(_("この操作をする権限がありません。"))

    def sees(self, code: str) -> bool:
        """Whether the field of that code (or the system column of that name) may be read."""
        found = self.app.definition.by_code.get(code)
        return "view" in self.rights and (found is None or self.sees_field(found))

    def sees_field(self, field: AnyField) -> bool:
        """Whether a field of any revision of the app may be read."""
        return field.id not in self.hidden

    def changes(self, code: str) -> bool:
        """Whether the field of that code may be filled in; the right to add or edit is another question."""
        found = self.app.definition.by_code.get(code)
        if found is None or found.type in VALUELESS_TYPES | COMPUTED_TYPES or code in self.app.definition.live_copies:
            return False
        return found.id not in self.hidden | self.fixed

    def seen(self, fields: Iterable[AnyField]) -> tuple[AnyField, ...]:
        """Those of ``fields`` that may be read."""
        return tuple(item for item in fields if self.sees_field(item))

    def where(self, right: RecordRight) -> sql.Composable:
        """The condition about a row of the app's table: that ``right`` is given for this record."""
        if right not in self.rights:
            return FALSE
        if right not in self._conditions:
            self._conditions[right] = _rules_sql(self, right)
        return self._conditions[right]

    @property
    def limits_records(self) -> bool:
        """Whether some records of the app may be hidden from the viewer."""
        return self.where("view") != TRUE

    def allows(self, record_id: int, right: RecordRight) -> bool:
        """Whether ``right`` is given for that record."""
        return right in self.rights_on([record_id]).get(record_id, ())

    def rights_on(self, record_ids: Iterable[int]) -> dict[int, frozenset[RecordRight]]:
        """What is given for each of these records, in one statement; those that may not be seen are left out."""
        statement = sql.SQL("SELECT id, {}, {} FROM {} WHERE id = ANY({}::bigint[]) AND {}").format(
            self.where("edit"), self.where("delete"), sql.Identifier(table_name(self.app.app_id)),
            sql.Literal(list(record_ids)), self.where("view"),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return {row[0]: given(edit=row[1], delete=row[2]) for row in cursor.fetchall()}

    @property
    def query_fields(self) -> Mapping[str, QueryField]:
        """The names that this viewer's own queries may use: a field that is not seen does not exist for them.

        Neither does a copy that follows another app's row: what is stored of it here may be old, and not theirs to see.
        """
        by_code = self.app.definition.by_code
        absent = {code for code, field in by_code.items() if not self.sees_field(field)}
        absent |= set(self.app.definition.live_copies)
        known = fields_for_queries(self.app)
        return {code: named for code, named in known.items() if (named.table or named.source) not in absent}

    def to(self, app: AppRevision) -> Access:
        """What the same viewer may see and do in another app."""
        return access_of(app, self.viewer)


def live_copies(defn: AppDefinition) -> Mapping[str, LookupField]:
    """The lookup that each field follows, by the field's code."""
    return defn.live_copies


_QUERY_FIELDS: dict[int, Mapping[str, QueryField]] = {}


def fields_for_queries(app: AppRevision) -> Mapping[str, QueryField]:
    """``query.fields_of`` of a published revision, made once: it never changes."""
    if app.revision_id not in _QUERY_FIELDS:
        _QUERY_FIELDS[app.revision_id] = query.fields_of(app.definition)
    return _QUERY_FIELDS[app.revision_id]


def given(*, edit: bool | None, delete: bool | None) -> frozenset[RecordRight]:
    """The rights on a record that may be viewed."""
    found: dict[RecordRight, bool | None] = {"view": True, "edit": edit, "delete": delete}
    return frozenset(right for right, holds in found.items() if holds)


def access_of(app: AppRevision, viewer: Viewer) -> Access:
    """What ``viewer`` may see and do in ``app`` (its published revision); computed once per viewer."""
    found = viewer.accesses.get(app.revision_id)
    if found is None:
        found = viewer.accesses[app.revision_id] = _access(app, viewer)
    return found


def staff_access(app: AppRevision, staff: Staff) -> Access:
    """``access_of`` for somebody signed in."""
    return access_of(app, viewer_of(staff))


def _access(app: AppRevision, viewer: Viewer) -> Access:
    defn = app.definition
    if viewer.token is not None:
        held = viewer.token.rights.get(app.app_id, frozenset())
        return Access(app, viewer, held, hidden=_identity_photos(defn, held))
    assert viewer.staff is not None
    held = rights(viewer.staff, defn)
    hidden, fixed = _field_rules(defn, person(viewer.staff))
    return Access(app, viewer, held, hidden | _identity_photos(defn, held), fixed)


def _identity_photos(defn: AppDefinition, held: frozenset[Right]) -> frozenset[int]:
    """Pictures of ID documents are hidden from who does not check identities."""
    if "identity" in held:
        return frozenset()
    return frozenset(item.id for item in defn.fields if item.type == "photo" and item.identity)


def _field_rules(defn: AppDefinition, who: Person) -> tuple[frozenset[int], frozenset[int]]:
    """Ids of the fields that are hidden and of those that are fixed."""
    found = {defn.by_code[rule.field].id: _field_access(rule, who) for rule in defn.field_rules}
    return (
        frozenset(number for number, access in found.items() if access is None),
        frozenset(number for number, access in found.items() if access == "read"),
    )


def _field_access(rule: FieldRule, who: Person) -> Literal["read", "write"] | None:
    """The most that any line of the rule gives; None if none is about this person."""
    found = {line.access for line in rule.allow if covers(line, who)}
    return "write" if "write" in found else "read" if found else None


def of_seen_records(accesses: Iterable[Access]) -> Q:
    """A condition for models with ``app_id`` and ``record_id``: they are about a record that may be viewed."""
    whole = [access.app.app_id for access in accesses if access.has("view") and not access.limits_records]
    found = Q(app_id__in=whole)
    for access in accesses:
        if access.has("view") and access.limits_records:
            found |= Q(app_id=access.app.app_id, record_id__in=_seen_ids(access))
    return found


def _seen_ids(access: Access) -> RawSQL:
    statement = sql.SQL("SELECT id FROM {} WHERE {}").format(
        sql.Identifier(table_name(access.app.app_id)), access.where("view")
    )
    # Django looks for parameters in it: a percent sign of ours is none.
    return RawSQL(statement.as_string().replace("%", "%%"), [], BigIntegerField())  # noqa: S611


# --- rules about records -------------------------------------------------------------------------------------------


def _rules_sql(access: Access, right: RecordRight) -> sql.Composable:
    """The first rule that covers a record decides; records without a rule follow the app's permissions (TRUE)."""
    who = access.viewer.person
    if who is None:
        return TRUE
    otherwise: sql.Composable = TRUE
    cases: list[tuple[sql.Composable, sql.Composable]] = []
    for rule in access.app.definition.record_rules:
        covered, allowed = _covered(access, rule), _allowed(access.app.definition, rule, right, who)
        if covered == TRUE:
            otherwise = allowed
            break
        cases.append((covered, allowed))
    while cases and cases[-1][1] == otherwise:
        cases.pop()
    if not cases:
        return otherwise
    whens = sql.SQL(" ").join(sql.SQL("WHEN {} THEN {}").format(covered, allowed) for covered, allowed in cases)
    return sql.SQL("(CASE {} ELSE {} END)").format(whens, otherwise)


def _covered(access: Access, rule: RecordRule) -> sql.Composable:
    condition = query.parse(rule.filter, options=False).condition
    return condition_sql(condition, access.app, staff=access.viewer.staff, now=timezone.now())


def _allowed(defn: AppDefinition, rule: RecordRule, right: RecordRight, who: Person) -> sql.Composable:
    """Whether some line of the rule gives ``right`` to this person."""
    lines = [_line_sql(defn, line, who) for line in rule.allow if right in line.rights and covers(line, who)]
    if TRUE in lines:
        return TRUE
    return sql.SQL("({})").format(sql.SQL(" OR ").join(lines)) if lines else FALSE


def _line_sql(defn: AppDefinition, line: RecordWho, who: Person) -> sql.Composable:
    """What a line asks of the record itself; NULL counts as no. Plain comparisons, so that indexes serve."""
    parts: list[sql.Composable] = []
    if line.creator:
        parts.append(sql.SQL("created_by_id = {}").format(sql.Literal(who.id)))
    if line.in_field is not None:
        parts.append(_named_sql(defn.by_code[line.in_field], who))
    return sql.SQL(" AND ").join(parts) if parts else TRUE


def _named_sql(field: AnyField, who: Person) -> sql.Composable:
    """Whether a field of the record names the person, a department or a group of theirs."""
    codes = {"staff": [who.username], "department": list(who.departments), "group": sorted(who.groups)}[field.type]
    column = sql.Identifier(columns_of(field)[0].name)
    return sql.SQL("{} && {}::text[]").format(column, sql.Literal(codes))


# --- the app's permissions -----------------------------------------------------------------------------------------


def rights(staff: Staff, defn: AppDefinition) -> frozenset[Right]:
    """What ``staff`` may do with the app's records. No role is special: 全体管理者 too see only what an app lists."""
    if not staff.is_active:
        return frozenset()
    who = person(staff)
    return frozenset(right for rule in defn.permissions if covers(rule, who) for right in rule.rights)


def covers(rule: Who, who: Person) -> bool:
    """Whether everything the rule says of people holds; a rule that says nothing covers all staff."""
    if rule.staff is not None and rule.staff != who.username:
        return False
    if rule.group is not None and rule.group not in who.groups:
        return False
    named = rule.department is not None or bool(rule.roles)
    return not named or any(_is_place(rule, department, role) for department, role in who.memberships)


def _is_place(rule: Who, department: str, role: str) -> bool:
    """Whether it is this role in this department that the rule asks for."""
    return (rule.department is None or rule.department == department) and (not rule.roles or role in rule.roles)


def require(staff: Staff, defn: AppDefinition, right: Right) -> None:
    """Raises Django's PermissionDenied (403) unless ``staff`` has ``right``."""
    if right not in rights(staff, defn):
        raise PermissionDenied(_("この操作をする権限がありません。"))


def roles(staff: Staff, defn: AppDefinition) -> frozenset[Role]:
    """The roles in which ``staff`` may process this app's records: those held where a rule with ``process`` covers."""
    who = person(staff)
    rules = [rule for rule in defn.permissions if "process" in rule.rights and covers(rule, who)]
    return frozenset(
        role for department, role in who.memberships if any(_is_place(rule, department, role) for rule in rules)  # type: ignore[misc]
    )


def may_act(staff: Staff, defn: AppDefinition, action: Action) -> bool:
    """True if ``staff`` may press the button of ``action``: right ``process``, in one of the action's roles."""
    if "process" not in rights(staff, defn):
        return False
    return not action.roles or bool(roles(staff, defn) & set(action.roles))


def actions_for(staff: Staff, defn: AppDefinition, status: str | None) -> tuple[Action, ...]:
    """The buttons ``staff`` may see on a record in ``status``, in the order written."""
    if defn.process is None or status is None:
        return ()
    return tuple(action for action in defn.process.actions_from(status) if may_act(staff, defn, action))
