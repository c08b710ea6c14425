"""The public face: can residents be asked, identified, charged, reached, as the procedure says and the law allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from madoguchi.definition.app import AppDefinition, Procedure
from madoguchi.definition.fields import COMPUTED_TYPES, PhotoField
from madoguchi.definition.findings import Finding, error, warning
from madoguchi.definition.text import Text
from madoguchi.definition.validation_fields import field_place

WHERE = "手続"
PLACEHOLDERS = frozenset({"受付番号", "手続名", "状態", "リンク", "期限"})
_APPLICANT_TYPES = {
    "name": ("氏名", ("name", "text")), "address": ("住所", ("address",)), "birth_date": ("生年月日", ("date",)),
    "phone": ("電話番号", ("phone",)), "email": ("メールアドレス", ("email",)),
}  # fmt: skip
# Easy Japanese is not among them: plain Japanese stands in for it well enough.
_LANGUAGE_NAMES = {"en": "英語（en）"}


def procedure_findings(defn: AppDefinition) -> Iterator[Finding]:
    """What is wrong with the procedure of the app, if it has one."""
    if defn.procedure is None:
        return
    yield from _question_findings(defn, defn.procedure)
    yield from _applicant_findings(defn, defn.procedure)
    yield from _assurance_findings(defn, defn.procedure)
    yield from _channel_findings(defn, defn.procedure)
    yield from _pilot_findings(defn.procedure)
    yield from _text_findings(defn, defn.procedure)
    yield from _fee_findings(defn, defn.procedure)
    yield from _translation_findings(defn, defn.procedure)


def _question_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    for code in procedure.questions:
        field = defn.by_code.get(code)
        if field is None:
            yield error(
                f"{WHERE}の質問", f"「{code}」というフィールドはありません。", "フィールドコードを確かめてください。"
            )
        elif field.staff_only or field.type in COMPUTED_TYPES:
            yield error(f"{WHERE}の質問", f"「{field.label}」は住民に聞けません。", "質問から消してください。")
    for code in dict.fromkeys(c for c in procedure.questions if procedure.questions.count(c) > 1):
        yield error(f"{WHERE}の質問", f"「{code}」を2回聞いています。", "どちらかを消してください。")
    for field in defn.fields if procedure.questions else ():
        if field.required and not field.staff_only and field.code not in procedure.questions:
            message = "必須なのに、質問に入っていません。"
            yield warning(field_place(field), message, "questions に足すか、必須を外してください。")


def _applicant_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    for key, (label, types) in _APPLICANT_TYPES.items():
        code = getattr(procedure.applicant, key)
        if code is None:
            continue
        field = defn.by_code.get(code)
        if field is None:
            yield error(
                f"{WHERE}の申請者", f"{label}の「{code}」というフィールドはありません。", "コードを確かめてください。"
            )
        elif field.type not in types:
            mend = f"種類が {' か '.join(types)} のフィールドにしてください。"
            yield error(f"{WHERE}の申請者", f"「{field.label}」は{label}のフィールドではありません。", mend)


def _assurance_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    if procedure.assurance == "photo":
        if not any(isinstance(f, PhotoField) and f.identity and not f.staff_only for f in defn.fields):
            mend = "写真のフィールドを足し、identity: true にしてください。"
            yield error(WHERE, "写真で本人確認をしますが、本人確認書類の写真を受け取る質問がありません。", mend)
        if not procedure.identity_checklist:
            mend = "職員が確かめること（氏名が一致する、など）を書いてください。"
            yield error(WHERE, "写真で本人確認をしますが、確認項目（identity_checklist）がありません。", mend)
    if procedure.assurance in ("card", "signature"):
        yield from _card_findings(defn, procedure)


def _card_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    for key in ("name", "address", "birth_date"):
        field = defn.by_code.get(getattr(procedure.applicant, key) or "")
        if field is None or not field.required:
            label = _APPLICANT_TYPES[key][0]
            message = f"マイナンバーカードの{label}と照らし合わせますが、必須の{label}の質問がありません。"
            mend = f"{label}のフィールドを必須にし、申請者の項目（applicant）の「{label}」で選んでください。"
            yield error(WHERE, message, mend)


def _channel_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    if not procedure.channels:
        yield error(WHERE, "受付の方法（channels）が1つもありません。", "line、web、counter から選んでください。")
    if "web" in procedure.channels:
        yield from _email_findings(defn, procedure)
    for field in defn.fields:
        if unused := sorted(set(field.channels) - set(procedure.channels)):
            message = f"{'、'.join(unused)} で聞くことになっていますが、この手続はそこでは受け付けません。"
            yield warning(field_place(field), message, "channels を直してください。")
    personal = [f for f in defn.question_fields if f.personal and (not f.channels or "line" in f.channels)]
    if procedure.all_in_chat and "line" in procedure.channels and personal:
        yield _all_in_chat_finding(procedure, "、".join(str(field.label) for field in personal))


def _email_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    field = defn.by_code.get(procedure.applicant.email or "")
    asked_on_web = field is not None and (not field.channels or "web" in field.channels)
    if field is None or not asked_on_web:
        mend = "メールアドレスのフィールドを足し、申請者の項目（applicant）の「メールアドレス」で選んでください。"
        yield error(WHERE, "ウェブで受け付けますが、申請した人に知らせるメールアドレスを聞いていません。", mend)
    elif not field.required:
        message = "ウェブで受け付けますが、メールアドレスが必須ではないため、知らせが届かない人が出ます。"
        yield warning(field_place(field), message, "channels: [web] を付けて必須にしてください。")


def _all_in_chat_finding(procedure: Procedure, labels: str) -> Finding:
    message = f"個人情報（{labels}）がLINEのトークに残ります。"
    if procedure.pilot_only:
        return warning(WHERE, message, "実証実験の範囲と期間を、公開の前に確かめてください。")
    mend = "all_in_chat を外してください（質問は市のページで聞きます）。実証実験なら pilot_only: true にしてください。"
    return error(WHERE, message, mend)


def _pilot_findings(procedure: Procedure) -> Iterator[Finding]:
    if procedure.pilot_only and procedure.banner is None:
        yield error(
            WHERE, "実証実験ですが、住民へのことわり（banner）がありません。", "どういう実験かを書いてください。"
        )
    if procedure.fee and "linepay" in procedure.fee.providers and not procedure.pilot_only:
        message = "LINE Pay は2025年4月に日本でのサービスを終えています。"
        yield error(f"{WHERE}の手数料", message, "paypay か counter にしてください。使えるのは実証実験の再現だけです。")
    if procedure.opens_at and procedure.closes_at and procedure.opens_at >= procedure.closes_at:
        yield error(WHERE, "受付の終わりが、始まりより前になっています。", "opens_at と closes_at を直してください。")


def _text_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    for key, notice in procedure.notices.items():
        for text in (notice.title, notice.body):
            yield from _placeholder_findings(f"通知「{key}」", text)
    asked = {field.code for field in defn.question_fields}
    for template in procedure.return_templates:
        for code in template.fields:
            if code not in asked:
                message = f"「{code}」は住民に聞いていないので、直してもらえません。"
                yield error(f"差戻しの文例「{template.title}」", message, "フィールドコードを確かめてください。")
    for templates in (procedure.return_templates, procedure.reject_templates):
        codes = [template.code for template in templates]
        for code in dict.fromkeys(c for c in codes if codes.count(c) > 1):
            yield error(f"文例「{code}」", "同じコードの文例が2つ以上あります。", "別のコードにしてください。")


def _placeholder_findings(where: str, text: Text) -> Iterator[Finding]:
    for name in dict.fromkeys(n for t in text.root.values() for n in re.findall(r"\{([^{}]*)\}", t)):
        if name not in PLACEHOLDERS:
            mend = f"使えるのは {'、'.join('{' + known + '}' for known in sorted(PLACEHOLDERS))} です。"
            yield error(where, f"「{{{name}}}」は置き換えられません。", mend)


def _fee_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    known = {status.code for status in defn.process.statuses} if defn.process else set()
    for status in procedure.fee.refundable_until if procedure.fee else ():
        if status not in known:
            where = f"{WHERE}の手数料"
            yield error(
                where, f"返金できる「{status}」というステータスはありません。", "ステータスのコードを確かめてください。"
            )


def _translation_findings(defn: AppDefinition, procedure: Procedure) -> Iterator[Finding]:
    """Once anything is translated into a language, residents who chose it expect everything in it."""
    texts = _public_texts(defn, procedure)
    for language, name in _LANGUAGE_NAMES.items():
        missing = list(dict.fromkeys(where for where, text in texts if language not in text.root))
        if missing and any(language in text.root for _, text in texts):
            shown = "、".join(missing[:10]) + (f"、ほか{len(missing) - 10}か所" if len(missing) > 10 else "") + "。"
            yield warning(
                "翻訳",
                f"{name}の文がないところがあります：{shown}",
                "そこは日本語で表示されます。",
            )


def _public_texts(defn: AppDefinition, procedure: Procedure) -> list[tuple[str, Text]]:
    texts = [(WHERE, procedure.title), (f"{WHERE}の説明", procedure.summary)]
    for field in defn.question_fields:
        asked = (field.label, field.question, field.help)
        texts += [(field_place(field), text) for text in asked if text is not None]
    return texts
