"""What can stop a resident, each with a text they can read."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from madoguchi.intake.models import Interview

ClosedReason = Literal["submitted", "expired", "abandoned", "closed", "full"]


class IntakeProblem(Exception):
    """Base of the problems below; ``str(problem)`` is the text for the resident, in the active language."""


class InterviewClosed(IntakeProblem):
    """The interview takes no more answers. ``reason`` says why; ``interview`` is the one (for a link onwards)."""

    def __init__(self, interview: Interview, reason: ClosedReason) -> None:
        texts = {
            "submitted": _("この申請はすでに送信されています。内容は申請の状況のページで確認できます。"),
            "expired": _("入力の期限（30日）が過ぎ、内容を消去しました。お手数ですが、最初から入力してください。"),
            "abandoned": _("この入力は中止されています。お手数ですが、最初から入力してください。"),
            "closed": _("この手続の受付期間が終わりました。くわしくは担当課へお問い合わせください。"),
            "full": _("入力しているあいだに定員に達したため、受け付けられませんでした。担当課へお問い合わせください。"),
        }
        super().__init__(texts[reason])
        self.interview = interview
        self.reason = reason


class ProcedureClosed(IntakeProblem):
    """The procedure is not open now, or not on this channel."""


class NotReady(IntakeProblem):
    """Submitting was asked for before everything was answered and confirmed, or before identification."""


class LinkInvalid(IntakeProblem):
    """A link was altered, is incomplete, or is older than 30 days."""


class NotCancellable(IntakeProblem):
    """The office has gone on with the application; it can no longer be withdrawn online."""


class NothingToCorrect(IntakeProblem):
    """No correction is asked for (or it has already come in)."""
