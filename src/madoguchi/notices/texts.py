"""What notices say: the procedure's own texts, else the built-in ones. Nothing personal can get into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from madoguchi.definition.app import NoticeText, Procedure
from madoguchi.definition.text import Language, Text, in_plain_text
from madoguchi.lib.eras import era_date


@dataclass(frozen=True, slots=True)
class Message:
    """A notice in words."""

    title: str
    body: str


def _text(title_ja: str, title_en: str, body_ja: str, body_en: str) -> NoticeText:
    return NoticeText(
        title=Text({"ja": title_ja, "en": title_en}),
        body=Text({"ja": body_ja, "en": body_en}),
    )


DEFAULTS: Mapping[str, NoticeText] = {
    "submitted": _text(
        "申請を受け付けました（{受付番号}）",
        "We have received your application ({受付番号})",
        "「{手続名}」の申請を受け付けました。\n受付番号は {受付番号} です。\n"
        "これからの流れは、申請の状況のページでご確認いただけます。",
        "We have received your application for “{手続名}”.\nYour receipt number is {受付番号}.\n"
        "What happens next is shown on your status page.",
    ),
    "unpaid": _text(
        "手数料のお支払いをお願いします（{受付番号}）",
        "Please pay the fee ({受付番号})",
        "「{手続名}」の申請の内容をお預かりしました。\n受付番号は {受付番号} です。\n"
        "手数料のお支払いを確認してから、手続を始めます。お支払いがまだの場合は、申請の状況のページからお願いします。\n"
        "お支払いの期限は {期限} です。\nすでにお支払いいただいた場合は、このお知らせは行き違いです。ご容赦ください。",
        "We have your application for “{手続名}”.\nYour receipt number is {受付番号}.\n"
        "We begin once the fee has been paid. If you have not paid yet, please do so from your status page.\n"
        "Please pay by {期限}.\nIf you have already paid, please disregard this message.",
    ),
    "accepted": _text(
        "申請の内容を確認しています（{受付番号}）",
        "Your application is being processed ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の手続を進めています。\n現在の状態は「{状態}」です。",
        "We are processing your application for “{手続名}” ({受付番号}).\nIts present state: {状態}.",
    ),
    "returned": _text(
        "申請の内容についてのお願い（{受付番号}）",
        "Please check your application ({受付番号})",
        "「{手続名}」の申請（{受付番号}）について、確認と修正をお願いしたいところがあります。\n"
        "お願いの内容は、申請の状況のページに書いてあります。\n期限は {期限} です。",
        "Some parts of your application for “{手続名}” ({受付番号}) need your attention.\n"
        "Your status page says which, and why.\nPlease reply by {期限}.",
    ),
    "corrected": _text(
        "修正を受け付けました（{受付番号}）",
        "We have received your correction ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の修正を受け付けました。\n内容を確認し、手続を続けます。",
        "We have received your correction of “{手続名}” ({受付番号}).\nWe will check it and go on.",
    ),
    "rejected": _text(
        "申請の結果のお知らせ（{受付番号}）",
        "The result of your application ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の結果が出ました。\n"
        "結果とその理由は、申請の状況のページでご確認ください。ご不明な点は担当課へお問い合わせください。",
        "There is a decision on your application for “{手続名}” ({受付番号}).\n"
        "The decision and its reason are on your status page. The office in charge will gladly answer questions.",
    ),
    "fee_fixed": _text(
        "手数料のお支払いのお願い（{受付番号}）",
        "Please pay the fee ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の手数料が決まりました。\n"
        "金額のご確認とお支払いは、申請の状況のページからお願いします。\nお支払いの期限は {期限} です。",
        "The fee for “{手続名}” ({受付番号}) has been fixed.\n"
        "Your status page shows the amount and how to pay.\nPlease pay by {期限}.",
    ),
    "paid": _text(
        "お支払いを確認しました（{受付番号}）",
        "We have received your payment ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の手数料のお支払いを確認しました。\n手続を進めます。",
        "We have received the fee for “{手続名}” ({受付番号}).\nWe will go on with your application.",
    ),
    "posted": _text(
        "発送しました（{受付番号}）",
        "Your documents are on their way ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の書類を発送しました。\n"
        "お届けまで数日かかることがあります。発送の内容は、申請の状況のページでご確認いただけます。",
        "We have posted the documents for “{手続名}” ({受付番号}).\n"
        "They may take a few days. Your status page has the details.",
    ),
    "completed": _text(
        "手続が完了しました（{受付番号}）",
        "Your application is complete ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の手続が完了しました。",
        "Your application for “{手続名}” ({受付番号}) is complete.",
    ),
    "cancelled": _text(
        "申請を取り下げました（{受付番号}）",
        "Your application was withdrawn ({受付番号})",
        "「{手続名}」の申請（{受付番号}）を取り下げました。\n"
        "お支払い済みの手数料がある場合の返金については、申請の状況のページでご確認ください。",
        "Your application for “{手続名}” ({受付番号}) was withdrawn.\n"
        "If you had paid a fee, your status page tells you about the refund.",
    ),
    "refunded": _text(
        "手数料を返金しました（{受付番号}）",
        "Your fee was refunded ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の手数料を返金しました。\n"
        "お手元に反映されるまで、お支払いの方法により数日かかることがあります。",
        "We have refunded the fee for “{手続名}” ({受付番号}).\n"
        "Depending on how you paid, it may take a few days to reach you.",
    ),
    "expired": _text(
        "期限が過ぎました（{受付番号}）",
        "The time limit has passed ({受付番号})",
        "「{手続名}」の申請（{受付番号}）は、期限までにお支払いなどを確認できなかったため、手続を終了しました。\n"
        "引き続きご希望の場合は、お手数ですが、もう一度申請してください。",
        "As we did not receive the payment for “{手続名}” ({受付番号}) in time, we have closed the application.\n"
        "If you still need it, please apply again.",
    ),
    "updated": _text(
        "申請の状況が変わりました（{受付番号}）",
        "News about your application ({受付番号})",
        "「{手続名}」の申請（{受付番号}）の状況が変わりました。\n現在の状態は「{状態}」です。",
        "The state of your application for “{手続名}” ({受付番号}) has changed.\nIt is now: {状態}.",
    ),
}
"""By template key. ``updated`` stands in for keys that neither the procedure nor this table knows."""

LINK_WORDS: Mapping[str, str] = {"ja": "下のリンク先", "en": "the page linked below"}
"""The link itself always follows the text (in LINE as a button), so the placeholder points to it."""


def message(procedure: Procedure, key: str, *, language: str, facts: Mapping[str, str]) -> Message:
    """The notice ``key`` in words. ``facts`` gives 受付番号, 状態 and 期限; lines about a missing 期限 are left out."""
    wanted = cast(Language, language)
    text = _text_for(procedure, key, wanted)
    known = {
        **facts,
        "手続名": procedure.title.in_language(wanted),
        "リンク": LINK_WORDS["en" if language == "en" else "ja"],
    }
    return Message(
        title=in_plain_text(fill(text.title.in_language(wanted), known), language)[:200],
        body=in_plain_text(fill(text.body.in_language(wanted), known), language),
    )


def _text_for(procedure: Procedure, key: str, language: Language) -> NoticeText:
    """The procedure's own text, unless only the built-in one is in the resident's language."""
    own, built_in = procedure.notices.get(key), DEFAULTS.get(key)
    if own and built_in and language == "en" and not (own.title.root.get("en") and own.body.root.get("en")):
        return built_in
    return own or built_in or DEFAULTS["updated"]


def day_text(day: date, language: str) -> str:
    """``令和8年11月23日``, in English ``23 November 2026``."""
    return f"{day.day} {day:%B %Y}" if language == "en" else era_date(day)


def fill(template: str, facts: Mapping[str, str]) -> str:
    """``template`` with its placeholders replaced; a line about a blank is left out, unless it is the only one."""
    blanks = [f"{{{name}}}" for name, fact in facts.items() if not fact]
    lines = template.split("\n")
    kept = [line for line in lines if not any(blank in line for blank in blanks)]
    text = "\n".join(kept or lines)
    for name, fact in facts.items():
        text = text.replace(f"{{{name}}}", fact)
    return text
