"""What must hold before a change is written, and readable words for what the database refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import DataError, IntegrityError
from psycopg import errors

from madoguchi.catalog.indexes import unique_index
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Action, AppDefinition, Trigger
from madoguchi.definition.checking import Ok, parse_answer
from madoguchi.definition.compute import formula_values
from madoguchi.definition.fields import COMPUTED_TYPES, VALUELESS_TYPES
from madoguchi.definition.formulas import holds
from madoguchi.definition.problems import Problem
from madoguchi.definition.text import Text
from madoguchi.definition.values import Value, Values
from madoguchi.definition.world import World
from madoguchi.records.errors import InvalidValues, NotAllowedNow
from madoguchi.records.read import Record
from madoguchi.records.world import DatabaseWorld

_REQUIREMENTS = {"identity": "本人確認が済んでいません。", "payment": "手数料が納付されていません。"}


def checked(defn: AppDefinition, changes: Values, world: World, *, values: Values | None = None) -> dict[str, Value]:
    """``changes`` in canonical form; raises InvalidValues with every problem found. ``values`` are those stored now."""
    others = formula_values(defn, {**(values or {}), **changes}, world)
    good: dict[str, Value] = {}
    problems: dict[str, list[Problem]] = {}
    for code, raw in changes.items():
        field = defn.by_code.get(code)
        if field is None or field.type in VALUELESS_TYPES | COMPUTED_TYPES:
            problems[code] = [_problem("この項目は入力できません。")]
            continue
        answer = parse_answer(field, raw, world, values=others)
        if isinstance(answer, Ok):
            good[code] = answer.value
        else:
            problems[code] = answer
    if problems:
        raise InvalidValues(problems)
    return good


def _problem(message: str) -> Problem:
    return Problem(Text({"ja": message}))


def readable(app: AppRevision, refusal: DataError | IntegrityError) -> Exception:
    """InvalidValues for values that the database refused; any other refusal unchanged."""
    cause = refusal.__cause__
    if isinstance(cause, errors.UniqueViolation):
        for field in app.definition.fields:
            if cause.diag.constraint_name == unique_index(app.app_id, field.id).name:
                message = f"「{field.label}」に同じ値のレコードがすでにあります。別の値を入力してください。"
                return InvalidValues({field.code: [_problem(message)]})
    if isinstance(refusal, DataError):
        message = "保存できない値があります（数が大きすぎるか、使えない文字が入っています）。入力を見直してください。"
        return InvalidValues({"": [_problem(message)]})
    return refusal


def refuse_unless_movable(
    record: Record, action: Action, requirements: Mapping[str, Callable[[int, int], bool]]
) -> None:
    """Raises NotAllowedNow unless ``action`` may be done to ``record`` as it is."""
    if record.status not in action.from_:
        raise NotAllowedNow(f"いまの状態では「{action.name}」はできません。最新の内容を確認してください。")
    for name in action.requires:
        is_met = requirements.get(name)
        if is_met is None or not is_met(record.app.app_id, record.id):
            raise NotAllowedNow(f"{_REQUIREMENTS[name]}先に済ませてから「{action.name}」を行ってください。")
    if not _condition_holds(record, action):
        raise NotAllowedNow(f"「{action.name}」の条件を満たしていません。入力内容を確認してください。")


def triggered(record: Record, trigger: Trigger) -> Action | None:
    """The first action of the record's process with that trigger out of its status whose condition holds."""
    process = record.app.definition.process
    if process is None or record.status is None:
        return None
    found = process.actions_from(record.status, trigger)
    return next((action for action in found if _condition_holds(record, action)), None)


def _condition_holds(record: Record, action: Action) -> bool:
    world = DatabaseWorld()
    return holds(action.condition, formula_values(record.app.definition, record.values, world), world.now)
