"""Why a change of a record was refused; ``str(error)`` is what staff read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from madoguchi.definition.problems import Problem


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Where a record is. ``event_id`` is its ``created`` event."""

    app_id: int
    record_id: int
    receipt_number: str | None
    event_id: int


class RecordError(Exception):
    """A change that was refused; nothing was changed."""


class AlreadyCreated(RecordError):
    """The interview has become a record before; ``ref`` is that record."""

    def __init__(self, ref: RecordRef) -> None:
        super().__init__(_("この申請はすでに受け付けています。"))
        self.ref = ref


class StaleRecord(RecordError):
    """Someone else changed the record after it was read."""

    def __init__(self, current_revision: int) -> None:
        super().__init__(
            _("ほかの人がこのレコードを更新しました。最新の内容を確認してから、もう一度操作してください。")
        )
        self.current_revision = current_revision


class NotAllowedNow(RecordError):
    """The record is not in a state in which this may be done."""


class InvalidValues(RecordError):
    """Values that cannot be stored; ``problems`` by field code (``""``: about the record as a whole)."""

    def __init__(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        texts = [str(problem.text) for found in problems.values() for problem in found]
        super().__init__("\n".join(texts))
        self.problems = dict(problems)


class FieldsRefused(InvalidValues):
    """Values for fields that this person or program may not fill in."""


class NotDeletable(RecordError):
    """A record that has to stay."""
