"""What an app is: its fields, views, process, permissions, and its public face, the procedure."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator

from madoguchi.definition.fields import (
    COMPUTED_TYPES,
    STAFF_TYPES,
    VALUELESS_TYPES,
    AnyField,
    ChannelName,
    LookupField,
    Model,
)
from madoguchi.definition.text import Text, japanese

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Role = Literal["reception", "review", "approval", "accounting", "app_admin", "admin"]
"""受付, 審査, 決裁, 会計, 業務管理者, 全体管理者."""
MENU_TILE, MENU_BUTTON = 10, 20
Channel = ChannelName
Assurance = Literal["none", "declared", "photo", "card", "signature"]
Right = Literal["view", "add", "edit", "delete", "process", "identity", "payment", "export", "manage"]

SYSTEM_COLUMNS = frozenset(
    {
        "id", "receipt_number", "status", "assignee", "created_at", "updated_at", "submitted_at", "channel",
        "created_by", "updated_by",
    }
)
"""Columns that every record has and a view may show, filter and sort by, beside the app's own fields."""

RESERVED_APP_CODES = frozenset({"accounting", "files", "groups", "import", "inbox", "letters", "new"})
"""Words that stand where an app's code stands in the addresses of desk and studio: no app may be called so."""


class Sort(Model):
    field: str
    descending: bool = False


class ChartGroup(Model):
    """What a chart is grouped by; moments and dates ``per`` day, month ..."""

    field: str
    per: Literal["day", "week", "month", "quarter", "year", "fiscal_year"] | None = None


class Measure(Model):
    """What a chart counts or adds up; only ``count`` needs no field."""

    how: Literal["count", "sum", "average", "min", "max"] = "count"
    field: str | None = None


class Chart(Model):
    """A picture or a cross table of the records that a query chooses. The second group makes series or columns."""

    code: Slug
    name: Text
    type: Literal["bar", "column", "line", "area", "pie", "table", "cross"] = "column"
    stacked: bool = False
    groups: Annotated[tuple[ChartGroup, ...], Field(min_length=1, max_length=3)]
    measures: Annotated[tuple[Measure, ...], Field(min_length=1, max_length=10)] = (Measure(),)
    filter: str | None = None
    sort: Literal["group", "value_descending", "value"] = "group"


class View(Model):
    """A saved list. ``filter`` is a condition in the query language (docs/reference/query.md).

    What ``type`` shows beside the table: *kanban* a column per value of ``group_by`` (a choice field or ``status``),
    *calendar* the records by ``date``, *map* by the location field ``place``, *chart* the chart of that code.
    ``columns`` are the table's columns, and what stands on the cards.
    """

    code: Slug
    name: Text
    type: Literal["table", "kanban", "calendar", "map", "chart"] = "table"
    columns: tuple[str, ...]
    filter: str | None = None
    sort: tuple[Sort, ...] = (Sort(field="id", descending=True),)
    group_by: str | None = None
    date: str | None = None
    place: str | None = None
    title: str | None = None
    chart: str | None = None


StatusKind = Literal["open", "waiting_resident", "waiting_payment", "done", "rejected", "cancelled", "expired"]


class Status(Model):
    """A state of a record. ``resident`` and ``next`` are what the resident reads on the status page."""

    code: Slug
    name: Text
    kind: StatusKind = "open"
    resident: Text | None = None
    next: Text | None = None
    cancellable: bool = False


Trigger = Literal["staff", "payment", "payment_expiry", "correction", "resident_cancel"]
ActionKind = Literal["move", "return", "reject", "fix_fee", "post"]


class Action(Model):
    """Who may move a record from where to where, and what that does.

    ``kind``: *return* asks the resident to correct chosen fields, *reject* needs a written reason, *fix_fee* sets
    the fee and asks for payment, *post* records the posting (tracking number). ``requires`` names what must be true
    first, ``condition`` (query language) what the record must be like. ``notice`` is the key of the notice sent to the
    resident. Triggers other than ``staff`` are moved by the platform: a payment that arrived or expired, a correction
    that came in, a cancellation by the resident.
    """

    code: Slug
    name: Text
    from_: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    to: str
    kind: ActionKind = "move"
    trigger: Trigger = "staff"
    roles: tuple[Role, ...] = ()
    requires: tuple[Literal["identity", "payment"], ...] = ()
    condition: str | None = None
    notice: str | None = None
    primary: bool = False
    refund: bool = False


class Process(Model):
    """``initial`` is the status of a record that staff add by hand and of an application that owes nothing."""

    statuses: Annotated[tuple[Status, ...], Field(min_length=1)]
    initial: str
    initial_unpaid: str | None = None
    actions: tuple[Action, ...] = ()

    def status(self, code: str) -> Status:
        """The status with that code; KeyError if there is none."""
        return {status.code: status for status in self.statuses}[code]

    def actions_from(self, status: str, trigger: Trigger = "staff") -> tuple[Action, ...]:
        """The actions that lead out of ``status`` for that trigger, in the order written."""
        return tuple(a for a in self.actions if status in a.from_ and a.trigger == trigger)


class Who(Model):
    """Members of ``department`` (None: any) with one of ``roles`` (empty: any), of ``group``, or one person.

    Everything that is given must hold.
    """

    department: Slug | None = None
    roles: tuple[Role, ...] = ()
    group: Slug | None = None
    staff: str | None = None


class Permission(Who):
    """What they may do with the app's records."""

    rights: tuple[Right, ...]


class RecordWho(Who):
    """What they may do with a record that a rule covers.

    ``creator``: only whoever added the record; ``in_field``: only whom that staff, department or group field names.
    """

    creator: bool = False
    in_field: str | None = None
    rights: tuple[Literal["view", "edit", "delete"], ...] = ()


class RecordRule(Model):
    """Who may do what with the records that ``filter`` (query language) covers; the first rule that covers counts.

    Records that no rule covers follow the app's permissions. A rule takes rights away, it never gives what the app's
    permissions do not.
    """

    filter: str
    allow: tuple[RecordWho, ...] = ()


class FieldWho(Who):
    """Whether they may see and change a field."""

    access: Literal["read", "write"] = "read"


class FieldRule(Model):
    """Who may see or change a field; nobody else sees it. Fields without a rule follow the app's permissions."""

    field: str
    allow: tuple[FieldWho, ...] = ()


class Reminder(Model):
    """When to remind: so many days after the date in ``field`` (negative: before), at ``time`` (HH:MM, Tokyo)."""

    field: str
    days: Annotated[int, Field(ge=-365, le=365)] = 0
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "09:00"


class StaffTarget(Who):
    """Who is told. ``assignee``: who has the record in hand; ``in_field`` and ``creator`` as in permissions."""

    creator: bool = False
    assignee: bool = False
    in_field: str | None = None


class StaffNotification(Model):
    """Tells staff that something happened to a record which ``filter`` covers, or that a date comes near."""

    code: Slug
    title: Text
    on: Annotated[tuple[Literal["added", "edited", "commented", "moved", "reminder"], ...], Field(min_length=1)]
    filter: str | None = None
    reminder: Reminder | None = None
    to: Annotated[tuple[StaffTarget, ...], Field(min_length=1)]


class DocumentTemplate(Model):
    """A document of one record: headings (``# ``), paragraphs and ``{field code}`` in the record's values."""

    code: Slug
    name: Text
    body: str
    paper: Literal["A4", "A5", "postcard"] = "A4"


class FeeLine(Model):
    """One line of the fee; ``amount`` is a formula in whole yen, left out of the sum while it is 0 or blank."""

    label: Text
    amount: str


class Fee(Model):
    lines: Annotated[tuple[FeeLine, ...], Field(min_length=1)]
    when: Literal["at_application", "after_review"] = "at_application"
    providers: Annotated[tuple[Literal["paypay", "linepay", "counter"], ...], Field(min_length=1)]
    expires_days: Annotated[int, Field(ge=1, le=90)] = 7
    refundable_until: tuple[str, ...] = ()


class Applicant(Model):
    """Which fields say who applies: for matching with the card, for letters, for e-mail."""

    name: str
    address: str | None = None
    birth_date: str | None = None
    phone: str | None = None
    email: str | None = None


class NoticeText(Model):
    """A message to the resident, nothing personal in it.

    ``{受付番号}`` ``{手続名}`` ``{状態}`` ``{リンク}`` ``{期限}`` are replaced.
    """

    title: Text
    body: Text


class ReasonTemplate(Model):
    """A ready text for returning or rejecting. ``fields`` are the ones the resident is asked to correct."""

    code: Slug
    title: Text
    body: Text
    fields: tuple[str, ...] = ()


class Procedure(Model):
    """The public face of an app. ``menu`` is its word in the rich menu; procedures may share one."""

    prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    title: Text
    summary: Text
    menu: Text | None = None
    office: Text
    phone: str
    keywords: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ("line", "web", "counter")
    all_in_chat: bool = False
    pilot_only: bool = False
    banner: Text | None = None
    assurance: Assurance = "none"
    applicant: Applicant
    questions: tuple[str, ...] = ()
    before_you_start: tuple[Text, ...] = ()
    submit_label: Text = japanese("この内容で申請する")
    next_steps: tuple[Text, ...] = ()
    fee: Fee | None = None
    notices: dict[str, NoticeText] = Field(default_factory=dict)
    return_templates: tuple[ReasonTemplate, ...] = ()
    reject_templates: tuple[ReasonTemplate, ...] = ()
    identity_checklist: tuple[Text, ...] = ()
    identity_photo_days: Annotated[int, Field(ge=0, le=365)] = 30
    processing_days: Annotated[int, Field(ge=1, le=365)] = 7
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    capacity: Annotated[int, Field(ge=1)] | None = None

    @field_validator("menu")
    @classmethod
    def _menu_fits_its_tile(cls, menu: Text | None) -> Text | None:
        """In Japanese it stands on a tile of the rich menu, in every language on a button of the chat."""
        if menu and (len(str(menu)) > MENU_TILE or any(len(word) > MENU_BUTTON for word in menu.root.values())):
            raise ValueError(f"メニューの言葉は、日本語は{MENU_TILE}文字、ほかは{MENU_BUTTON}文字までです。")
        return menu


class Group(Model):
    """A heading of the record page and the fields under it."""

    title: Text
    fields: tuple[str, ...]


class AppDefinition(Model):
    """Everything staff decide about an app, as data. Published definitions are immutable revisions.

    ``owner`` and ``deputy`` are usernames: who answers for the app. ``title_field`` names a record in lists, comments
    and notifications (default: the receipt number or the first text field).
    """

    code: Slug
    name: Text
    description: Text | None = None
    owner_department: Slug
    owner: str | None = None
    deputy: str | None = None
    fields: Annotated[tuple[AnyField, ...], Field(min_length=1)]
    layout: tuple[Group, ...] = ()
    views: tuple[View, ...] = ()
    charts: tuple[Chart, ...] = ()
    process: Process | None = None
    permissions: tuple[Permission, ...] = ()
    record_rules: tuple[RecordRule, ...] = ()
    field_rules: tuple[FieldRule, ...] = ()
    notifications: tuple[StaffNotification, ...] = ()
    documents: tuple[DocumentTemplate, ...] = ()
    title_field: str | None = None
    procedure: Procedure | None = None

    @cached_property
    def by_code(self) -> dict[str, AnyField]:
        """Top-level fields by code."""
        return {field.code: field for field in self.fields}

    @cached_property
    def value_fields(self) -> tuple[AnyField, ...]:
        """Fields that hold a value in a record: all but headings."""
        return tuple(f for f in self.fields if f.type not in VALUELESS_TYPES)

    @cached_property
    def live_copies(self) -> dict[str, LookupField]:
        """The lookup that each field follows, by the field's code."""
        lookups = [field for field in self.fields if isinstance(field, LookupField) and field.live]
        return {code: lookup for lookup in lookups for code in lookup.copies}

    @cached_property
    def question_fields(self) -> tuple[AnyField, ...]:
        """Fields a resident is asked (or shown, for headings), in the procedure's order."""
        order = self.procedure.questions if self.procedure else ()
        fields = tuple(self.by_code[code] for code in order if code in self.by_code) if order else self.fields
        hidden = COMPUTED_TYPES | STAFF_TYPES
        return tuple(field for field in fields if not field.staff_only and field.type not in hidden)
