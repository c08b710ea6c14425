"""Fictional staff, residents and past applications for the demo, from the pack's ``demo.yaml``.

Every application goes the real way: interview, identification, submission, payment at the simulated provider, process.
Only the dates are moved into the past afterwards, because lists of one afternoon look like nothing.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import httpx
import yaml
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image, ImageDraw
from psycopg import sql

from madoguchi.accounts.actions import create_staff
from madoguchi.accounts.models import Staff
from madoguchi.catalog.queries import AppRevision, published
from madoguchi.catalog.tables import table_name
from madoguchi.definition.app import Action, Procedure
from madoguchi.definition.fields import AnyField
from madoguchi.identity import actions as identity
from madoguchi.identity.models import IdentityCheck
from madoguchi.intake import actions as intake
from madoguchi.intake import interviews
from madoguchi.intake.models import Application, Interview
from madoguchi.interview.types import Answer, Confirm, Question, Skip, Start
from madoguchi.notices.models import Notice
from madoguchi.payments import actions as payments
from madoguchi.payments.models import Payment
from madoguchi.payments.queries import live_payment
from madoguchi.records import write
from madoguchi.records.actor import RESIDENT, SYSTEM, staff_actor

PACKS = Path(__file__).resolve().parents[3] / "packs"
SEED = 20190319
"""The day Ichikawa began; any fixed number would do."""


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional resident: everything an interview may ask about them."""

    name: Mapping[str, str]
    birth_date: date
    address: Mapping[str, str]
    phone: str
    email: str


def demo_file(pack: str) -> dict[str, Any]:
    """The pack's ``demo.yaml``."""
    loaded: dict[str, Any] = yaml.safe_load((PACKS / pack / "demo.yaml").read_text(encoding="utf-8"))
    return loaded


def add_demo_staff(pack: str, password: str) -> list[dict[str, str]]:
    """Makes the pack's fictional staff unless they exist; returns how each signs in."""
    people = demo_file(pack)["staff"]
    for person in people:
        if not Staff.objects.filter(username=person["username"]).exists():
            create_staff(
                username=person["username"], display_name=person["display_name"],
                department_code=person["department"], role=person["role"], password=password,
            )
    return [
        {"username": p["username"], "password": password, "role": p["role"], "department": p["department"]}
        for p in people
    ]


def add_past_applications(pack: str, count: int) -> int:
    """Seeds ``count`` applications if there are none yet; the same ones on every machine. Returns how many."""
    if count == 0 or Application.objects.exists():
        return 0
    seeder = Seeder(demo_file(pack), random.Random(SEED))  # noqa: S311 - fiction, not secrets
    with click.progressbar(length=count, label="  過去の申請を作っています") as bar:
        for _ in range(count):
            seeder.add_one()
            bar.update(1)
    _date_answers_back()
    return count


class Seeder:
    """Makes one application after another from one stream of random numbers."""

    def __init__(self, data: Mapping[str, Any], dice: random.Random) -> None:
        self.data, self.dice = data, dice
        self.staff = {member.username: member for member in Staff.objects.all()}
        self.http = httpx.Client(timeout=10)

    def add_one(self) -> None:
        """One application, as far as its journey says, some days ago."""
        chosen, journey = self._by_share("apps"), self._by_share("journeys")
        person = self._person()
        interview = self._answered(chosen, person)
        self._identify(interview)
        step = intake.next_step(interview)
        if not isinstance(step, intake.Submitted):
            raise RuntimeError(f"the demo's answers do not complete {chosen['code']}")
        if journey["paid"]:
            self._pay(step.application, chosen["code"])
        for code in journey["actions"]:
            self._act(step.application, code)
        earliest, latest = journey["days"]
        minutes = self.dice.randint(earliest * 1440 + 60, latest * 1440 + 600)
        _move_into_past(step.application, timedelta(minutes=minutes))

    def _by_share(self, what: str) -> Any:
        rows = self.data[what]
        return self.dice.choices(rows, weights=[row["share"] for row in rows])[0]

    def _person(self) -> Person:
        family, given = self.dice.choice(self.data["families"]), self.dice.choice(self.data["given"])
        street = "-".join(str(self.dice.randint(1, top)) for top in (5, 28, 15))
        town, building = self.dice.choice(self.data["towns"]), self.dice.choice(self.data["buildings"])
        address = {**town, "street": street, "building": building}
        born = date(1940, 1, 1) + timedelta(days=self.dice.randint(0, 24000))
        number = self.dice.randint(10_000_000, 99_999_999)
        return Person(
            name={"family": family[0], "given": given[0], "family_kana": family[1], "given_kana": given[1]},
            birth_date=born, address=address, phone=f"090{number}", email=f"resident{number}@example.jp",
        )

    # --- the resident's part ------------------------------------------------------------------------------------

    def _answered(self, chosen: Mapping[str, Any], person: Person) -> Interview:
        resident = intake.new_resident(email=person.email)
        interview = intake.start_interview(app_code=chosen["code"], channel="web", resident=resident)
        turn = intake.take_step(interview_id=interview.id, input=Start(), by_part=False)
        while isinstance(turn.prompt, Question):
            turn = self._answer(interview, turn.prompt.field, chosen["answers"], person)
        intake.take_step(interview_id=interview.id, input=Confirm(), by_part=False)
        interview.refresh_from_db()
        return interview

    def _answer(
        self, interview: Interview, field: AnyField, answers: Mapping[str, Sequence[str]], person: Person
    ) -> intake.Turn:
        raw = self._raw(interview, field, answers, person)
        given = Skip(field.code) if raw is None else Answer(field.code, raw)
        turn = intake.take_step(interview_id=interview.id, input=given, by_part=False)
        if isinstance(turn.prompt, Question) and turn.prompt.problems:
            raise RuntimeError(f"{field.code}: {turn.prompt.problems[0].text}")
        return turn

    def _raw(
        self, interview: Interview, field: AnyField, answers: Mapping[str, Sequence[str]], person: Person
    ) -> Any:
        if field.code in answers:
            return self.dice.choice(answers[field.code])
        if field.type == "table":
            return [{sub.code: self._about(sub.type, person) for sub in field.fields}]
        if field.type == "photo":
            return [str(self._photo(interview, field.code))]
        return self._about(field.type, person)

    def _about(self, kind: str, person: Person) -> Any:
        known = {
            "name": dict(person.name), "date": person.birth_date.isoformat(), "address": dict(person.address),
            "phone": person.phone, "email": person.email, "consent": True,
        }
        return known.get(kind)

    def _photo(self, interview: Interview, field_code: str) -> Any:
        stored = intake.add_file(
            interview_id=interview.id, field_code=field_code, data=_specimen(field_code), content_type="image/jpeg",
            name="photo.jpg",
        )
        return stored.id

    def _identify(self, interview: Interview) -> None:
        """As if the card had been read: the simulated service is for people to try, a hundred times takes too long."""
        filing = interviews.filing(interview, interviews.open_state(interview))
        if filing.procedure.assurance in {"card", "signature"}:
            IdentityCheck.objects.create(
                app_id=interview.app_id, interview_id=interview.id, kind=filing.procedure.assurance,
                state=IdentityCheck.State.PASSED, signed_digest=filing.digest, decided_at=timezone.now(),
                matches={"name": "same", "address": "variant", "birth_date": "same"},
            )

    def _pay(self, application: Application, app_code: str) -> None:
        payment = live_payment(application.app_id, application.record_id)
        fee = _procedure(published(app_code)).fee
        if payment is None or fee is None:
            return
        provider = fee.providers[0]
        payments.start_checkout(payment, provider, intake.status_path(application))
        payment.refresh_from_db()
        simulator = {"paypay": settings.PAYPAY, "linepay": settings.LINEPAY}[provider].base_url
        paid = self.http.post(f"{simulator}/control/payments/{payment.provider_reference}/pay")
        paid.raise_for_status()
        payments.read_back(payment.id)

    # --- the staff's part ---------------------------------------------------------------------------------------

    def _act(self, application: Application, code: str) -> None:
        app = published(application.app.code)
        actions = app.definition.process.actions if app.definition.process else ()
        action = next(action for action in actions if action.code == code)
        if action.trigger == "resident_cancel":
            intake.cancel_application(application, actor=RESIDENT)
        elif action.trigger == "payment_expiry":
            write.fire_trigger(
                app_id=app.app_id, record_id=application.record_id, trigger=action.trigger, actor=SYSTEM, data={}
            )
        elif action.trigger == "correction":
            self._correct(application)
        else:
            self._act_as_staff(app, application, action)

    def _act_as_staff(self, app: AppRevision, application: Application, action: Action) -> None:
        actor = staff_actor(self.staff["suzuki" if action.kind == "reject" else "sato"])
        check = IdentityCheck.objects.filter(
            app_id=app.app_id, record_id=application.record_id, superseded_at=None, state="pending"
        ).first()
        if check and "identity" in action.requires:
            ticks = {str(n): True for n, _item in enumerate(_procedure(app).identity_checklist, 1)}
            identity.save_checklist(check=check, ticks=ticks, decision="passed", actor=actor)
        write.move_record(
            app=app, record_id=application.record_id, action=action, expected_revision=None, actor=actor,
            data=_reason(app, action),
        )

    def _correct(self, application: Application) -> None:
        interview = intake.start_correction(application)
        intake.take_step(interview_id=interview.id, input=Start(), by_part=False)
        for _ in range(20):
            turn = intake.current(interview.id, by_part=False)
            if not isinstance(turn.prompt, Question):
                break
            raw = turn.prompt.value if turn.prompt.field.type != "photo" else [
                str(self._photo(interview, turn.prompt.field.code))
            ]
            intake.take_step(interview_id=interview.id, input=Answer(turn.prompt.field.code, raw), by_part=False)
        intake.take_step(interview_id=interview.id, input=Confirm(), by_part=False)
        interview.refresh_from_db()
        self._identify(interview)
        intake.next_step(interview)


def _procedure(app: AppRevision) -> Procedure:
    if app.definition.procedure is None:
        raise ValueError(f"{app.code} is no procedure")
    return app.definition.procedure


def _reason(app: AppRevision, action: Action) -> dict[str, Any]:
    if action.kind not in {"return", "reject"}:
        return {}
    procedure = _procedure(app)
    templates = procedure.return_templates if action.kind == "return" else procedure.reject_templates
    due = (timezone.localdate() + timedelta(days=14)).isoformat()
    return {"note": str(templates[0].body), "fields": list(templates[0].fields), "due_at": due}


def _specimen(label: str) -> bytes:
    """A drawing that stands for a photo of an ID: lines and a head, no name, nothing to read."""
    picture = Image.new("RGB", (1000, 630), "#dfe9f3")
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((30, 30, 970, 600), 40, fill="#f7fbff", outline="#6b8fb5", width=6)
    if label.endswith("表"):
        pen.ellipse((720, 180, 860, 320), fill="#b9c8d8")
        pen.pieslice((680, 320, 900, 560), 180, 360, fill="#b9c8d8")
    for row in range(7):
        pen.rectangle((90, 110 + row * 62, 600 - (row % 3) * 90, 136 + row * 62), fill="#aebfd0")
    pen.text((430, 560), "SPECIMEN", fill="#c05050")
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=85)
    return output.getvalue()


# Which columns of which table tell when something happened to a record.
_TIMES: Sequence[tuple[str, str, Sequence[str]]] = (
    ("records_event", "record_id", ("at",)),
    ("records_storedfile", "record_id", ("created_at",)),
    ("payments_payment", "record_id", ("created_at", "paid_at", "due_at", "refunded_at", "updated_at")),
    ("identity_identitycheck", "record_id", ("created_at", "decided_at")),
    ("notices_notice", "record_id", ("created_at", "sent_at")),
    ("intake_application", "record_id", ("created_at",)),
)


def _date_answers_back(*, patience_s: float = 30) -> None:
    """Waits for the worker's refunds and notices, then dates them to a few seconds after what caused them."""
    deadline = time.monotonic() + patience_s
    giving_back = Payment.objects.filter(state=Payment.State.REFUNDING)
    waiting = Notice.objects.filter(state=Notice.State.QUEUED)
    while (giving_back.exists() or waiting.exists()) and time.monotonic() < deadline:
        time.sleep(0.2)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL madoguchi.rewriting_history = 'on'")
        for statement in (REFUNDS_TOLD_BACK, REFUNDS_BACK, NOTICES_BACK):
            cursor.execute(statement)


# The worker may refund before or after the application moved into the past: only the cause's date is to be relied on.
REFUNDS_TOLD_BACK = """
    UPDATE records_event told SET at = cause.at + interval '3 seconds'
      FROM (SELECT app_id, record_id, max(at) AS at FROM records_event WHERE kind = 'moved' GROUP BY 1, 2) cause
     WHERE told.kind = 'payment_refunded' AND told.app_id = cause.app_id AND told.record_id = cause.record_id
"""
REFUNDS_BACK = """
    UPDATE payments_payment payment SET refunded_at = told.at
      FROM records_event told
     WHERE told.kind = 'payment_refunded' AND told.app_id = payment.app_id AND told.record_id = payment.record_id
       AND payment.refunded_at IS NOT NULL
"""
NOTICES_BACK = """
    UPDATE records_event told SET at = cause.at + interval '4 seconds'
      FROM notices_notice notice JOIN records_event cause ON cause.id = notice.event_id
     WHERE told.kind = 'notice_sent' AND told.app_id = notice.app_id AND told.record_id = notice.record_id
       AND told.data->>'notice' = notice.id::text
"""


def _move_into_past(application: Application, by: timedelta) -> None:
    own_table = (table_name(application.app_id), "id", ("created_at", "submitted_at", "updated_at"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL madoguchi.rewriting_history = 'on'")  # events are append-only otherwise
        # The record first, as everywhere: a refund under way in the worker locks it before its payment.
        for table, key, columns in (own_table, *_TIMES):
            changes = sql.SQL(", ").join(
                sql.SQL("{0} = {0} - %(by)s::interval").format(sql.Identifier(column)) for column in columns
            )
            same_app = sql.SQL("") if table == own_table[0] else sql.SQL(" AND app_id = %(app)s")
            statement = sql.SQL("UPDATE {} SET {} WHERE {} = %(record)s{}").format(
                sql.Identifier(table), changes, sql.Identifier(key), same_app
            )
            values: dict[str, str | int] = {"by": f"{by.total_seconds()} seconds"}
            cursor.execute(statement, values | {"record": application.record_id, "app": application.app_id})
