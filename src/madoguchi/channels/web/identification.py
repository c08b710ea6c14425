"""What a resident is told when identification with the card did not work out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import AnyField
from madoguchi.identity.matching import DECISIVE
from madoguchi.identity.queries import last_for_interview
from madoguchi.intake.interviews import procedure_of, revision_of
from madoguchi.intake.models import Interview

_TEXTS = {
    "cancelled": (
        _("本人確認は中止されました"),
        _("もう一度行うときは、下のボタンから進んでください。入力した内容は残っています。"),
    ),
    "service": (
        _("本人確認のサービスから結果を受け取れませんでした"),
        _("入力した内容は残っています。数分待ってから、もう一度お試しください。"),
    ),
    "signature": (
        _("電子署名を確かめられませんでした"),
        _("カードの署名用電子証明書が失効しているか、期限が切れていることがあります。もう一度お試しいただくか、窓口にご相談ください。"),
    ),
    "differs": (
        _("カードの情報と、入力された内容が違います"),
        _("申請する方ご本人のカードで本人確認をするか、入力した内容を直してください。"),
    ),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it failed and what to do; ``fields`` are those that differ from the card."""

    title: Any
    text: Any
    fields: Sequence[AnyField] = ()


def last_failure(interview: Interview) -> Failure | None:
    """The failure to tell of; None if the last attempt passed, or if answers were changed since."""
    check = last_for_interview(interview.id)
    if check is None or check.reason not in _TEXTS or check.decided_at is None:
        return None
    if check.decided_at < interview.updated_at:
        return None
    title, text = _TEXTS[check.reason]
    return Failure(title, text, _differing(interview, check.matches) if check.reason == "differs" else ())


def _differing(interview: Interview, matches: dict[str, str]) -> list[AnyField]:
    app = revision_of(interview)
    definition: AppDefinition = app.definition
    applicant = procedure_of(app).applicant
    codes = {"name": applicant.name, "birth_date": applicant.birth_date}
    wrong = [codes[item] for item in DECISIVE if matches.get(item) in ("differs", "missing")]
    return [definition.by_code[code] for code in wrong if code in definition.by_code]
