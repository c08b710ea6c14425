"""What the page on which an app is opened to residents shows: levels of assurance, first values, words."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.models import Department
from madoguchi.catalog.queries import city
from madoguchi.studio import process_editor
from madoguchi.studio.editor_words import common
from madoguchi.studio.shell import Place


def extra(request: StaffRequest, place: Place) -> dict[str, Any]:
    """The levels with what they mean in law, and what is known of the office."""
    here = city()
    office = Department.objects.filter(code=place.definition.owner_department).values_list("name", flat=True).first()
    return {
        "levels": _levels(),
        "known": {"prefix": prefix(place.code), "office": office or "", "phone": here.phone if here else ""},
    }


def prefix(code: str) -> str:
    """Two to four capital letters out of an app's code: ``hojo-kin`` → ``HOJO``."""
    letters = re.sub(r"[^A-Z]", "", code.upper())
    return (letters + "XX")[: min(4, max(2, len(letters)))]


def _levels() -> list[dict[str, str]]:
    return [
        _level("none", _("確認しない"), _("だれからの申請かを確かめません。通報、予約、相談などに。")),
        _level("declared", _("本人の申告"), _(
            "氏名などを書いてもらうだけです。証拠は求めません。間違いがあっても害の小さい手続に。"
        )),
        _level("photo", _("本人確認書類の写真"), _(
            "免許証などの写真を職員が見て確かめます。写しや加工を見抜けないことがあります。"
            "住民票の写しなど、法令が電子署名を求める請求には使えません（2021年の省令改正、2022年12月8日東京地裁判決）。"
        )),
        _level("card", _("マイナンバーカード（認証）"), _(
            "カードと4桁の暗証番号で、本人であることを確かめます（公的個人認証法の利用者証明用電子証明書）。"
            "氏名、住所、生年月日と照らし合わせます。申請書への署名にはなりません。"
        )),
        _level("signature", _("マイナンバーカード（電子署名）"), _(
            "カードと6〜16桁の暗証番号で、申請の内容に署名します（公的個人認証法の署名用電子証明書）。"
            "署名や押印に代わります。住民票の写しのオンライン請求には、これが要ります。"
        )),
    ]


def _level(value: str, name: str, law: str) -> dict[str, str]:
    return {"value": value, "name": name, "law": law}


def words() -> dict[str, str]:
    """The texts of its script."""
    return {
        **common(), **process_editor.words(), **_sections(), **_basics(), **_questions(), **_levels_words(), **_fee(),
        **_messages(), **_said(),
    }


def _sections() -> dict[str, str]:
    return {
        "section_basics": _("名前と案内"),
        "section_questions": _("質問の順番"),
        "section_channels": _("受付の方法"),
        "section_assurance": _("本人確認"),
        "section_fee": _("手数料"),
        "section_period": _("受付期間と定員"),
        "section_notices": _("状態ごとのお知らせ"),
        "section_templates": _("差戻しと却下の文例"),
        "section_languages": _("やさしい日本語と英語"),
        "overview": _("決めること"),
        "open_title": _("住民に開きましょう"),
        "open_text": _(
            "職員だけの記録を、LINE、市のページ、窓口から申請できる手続にします。フォームの項目がそのまま質問になります。"
            "公開するまで、住民には見えません。"
        ),
        "open_button": _("住民に開く"),
        "open_about": _("開くと、質問の順番、本人確認、手数料、お知らせの文をここで決められます。"),
        "done_open": _("住民に開く設定を作りました。"),
        "close_button": _("住民に開くのをやめる"),
        "close_help": _("手続の設定をすべて外します。「元に戻す」で取り消せます。公開するまで、今の手続は続きます。"),
        "done_close": _("住民に開く設定を外しました。"),
        "process_missing": _("手続には、受付から完了までの流れが要ります。"),
        "to_process": _("プロセスを作る"),
        "process_first": _("お知らせは、プロセスのアクションごとに送ります。先に流れを作ってください。"),
    }


def _basics() -> dict[str, str]:
    return {
        "title": _("手続の名前"),
        "prefix": _("受付番号の記号"),
        "prefix_help": _("英大文字2〜4字。例：JM なら JM-R08-000001"),
        "summary": _("どんな手続か"),
        "summary_help": _("だれが、何のために使うかを1、2文で。"),
        "office": _("担当"),
        "phone": _("電話番号"),
        "menu": _("LINEのメニューの言葉"),
        "menu_help": _("10文字まで。空なら手続の名前を使います。"),
        "keywords": _("探すときの言葉"),
        "keywords_help": _("「、」で区切ります。例：生垣、ブロック塀、補助"),
        "banner": _("はじめのお断り"),
        "banner_help": _("実証実験など、先に知らせること。"),
        "before_you_start": _("用意するもの"),
        "before_help": _("始める前のページに出ます。"),
        "next_steps": _("この後の流れ"),
        "next_steps_help": _("送信したあとに何が起こるかを、順に。"),
        "submit_label": _("送信ボタンの言葉"),
        "add_line": _("行を足す"),
        "new_line": "新しい行",
        "line_n": _("{n}行目"),
        "channels": _("どこから申請できるか"),
        "all_in_chat": _("LINEのトークの中だけで完結する"),
        "all_in_chat_help": _("ふつうは、個人情報の質問は市のページで聞きます。"),
        "chat_warning_title": _("個人情報がLINEに残ります"),
        "chat_warning": _(
            "{names} の答えが、LINEのトークに残ります。個人情報はLINEのサーバーに置かないのが国の指針です。"
            "実証実験として始めるときは、下の「実証実験だけ」を選び、範囲と期間を決めてください。"
        ),
        "pilot_only": _("実証実験だけ"),
        "pilot_help": _("「実証実験です」と大きく出します。お断りの文が要ります。"),
        "opens_at": _("受付の始まり"),
        "opens_help": _("空なら、公開したときから。"),
        "closes_at": _("受付の終わり"),
        "closes_help": _("空なら、終わりません。"),
        "capacity": _("定員（件）"),
        "capacity_help": _("受付期間のうちに受け付ける数。取下げや却下は数えません。空なら限りません。"),
        "processing_days": _("標準の処理日数"),
        "processing_days_help": _("営業日。職員の画面の残り日数に使います。"),
    }


def _questions() -> dict[str, str]:
    return {
        "form_order": _("フォームの順に聞きます。動かすと、手続だけの順番になります。"),
        "own_order": _("この手続だけの順番です。"),
        "nobody_asked": _("聞く項目がまだありません。下から選んでください。"),
        "not_asked": _("聞いていない項目"),
        "stop_asking": _("「{name}」を聞かない"),
        "done_asked": _("「{name}」を聞くことにしました。"),
        "done_not_asked": _("「{name}」を聞かないことにしました。"),
        "to_form": _("質問の言葉や条件は、フォームで変えます"),
        "optional": _("任意"),
        "cannot_ask": _("職員だけの項目なので、住民には聞けません。"),
    }


def _levels_words() -> dict[str, str]:
    return {
        "assurance": _("本人確認レベル"),
        "checklist": _("職員が確かめること"),
        "checklist_help": _("写真や書類を見るときのチェックリストです。"),
        "checklist_first": "氏名が一致する",
        "photo_days": _("写真を残す日数"),
        "photo_days_help": _("手続が終わってから。過ぎると消します。"),
        "applicant": _("申請者の項目"),
        "applicant_help": _("カードとの照合、宛名、メールのお知らせに使います。"),
        "applicant_name": _("氏名"),
        "applicant_address": _("住所"),
        "applicant_birth_date": _("生年月日"),
        "applicant_phone": _("電話番号"),
        "applicant_email": _("メールアドレス"),
        "no_name_field": _("（氏名の項目がありません）"),
    }


def _fee() -> dict[str, str]:
    return {
        "has_fee": _("手数料がかかる"),
        "fee_lines": _("内訳"),
        "fee_lines_help": _("金額は式で書けます。例：300 * 通数　0円の行は数えません。"),
        "fee_label": _("内訳の名前"),
        "fee_amount": _("金額の式（円）"),
        "fee_first": "手数料",
        "add_fee_line": _("内訳を足す"),
        "fee_when": _("いつ納めるか"),
        "fee_at_application": _("申請のとき"),
        "fee_after_review": _("職員が金額を決めてから"),
        "expires_days": _("納める期限（日）"),
        "providers": _("納め方"),
        "provider_counter": _("窓口で現金"),
        "refundable_until": _("取下げで返金できる状態"),
        "refundable_help": _("この状態のあいだに取り下げた人には、自動で返します。"),
        "sample": _("試しに計算する"),
        "sample_help": _("見本の答えで計算しています。値を変えてみてください。"),
        "sample_refused": _("今の式では計算できません。"),
        "sample_free": _("合計が0円なら、支払いは求めません。"),
        "total": _("合計"),
        "yen_amount": _("{amount}円"),
    }


def _messages() -> dict[str, str]:
    return {
        "notices_help": _("状態が変わったときに、LINEかメールで住民に送る文です。個人情報は書かないでください。"),
        "notice_after": _("「{action}」のあと（{status}）"),
        "notice_silent": _("住民が待っている状態なのに、お知らせがありません。"),
        "notice_edit": _("文を直す"),
        "placeholders": _("置きかわる言葉を足す"),
        "return_templates": _("差戻しの文例"),
        "return_templates_help": _("職員が選ぶだけで使える文です。直してもらう項目も決めておけます。"),
        "reject_templates": _("却下の文例"),
        "reject_templates_help": _("理由と、できることを書きます。"),
        "add_template": _("文例を足す"),
        "template_title": _("文例の名前"),
        "template_body": _("住民に送る文"),
        "template_fields": _("直してもらう項目"),
        "template_first_title": "新しい文例",
        "template_first_body": "次のところを確かめてください。",
        "missing_words": _("{n}か所のうち、英語がないのは{en}か所、やさしい日本語がないのは{easy}か所です。"),
        "only_missing": _("英語のないところだけを見る"),
        "all_translated": _("すべてに英語があります。"),
        "where": _("どこの言葉か"),
        "words_table": _("言葉と訳の表"),
        "language_ja": _("日本語"),
    }


def _said() -> dict[str, str]:
    """What a text is, in the table of languages."""
    return {
        "say_label": _("項目名"), "say_question": _("質問"), "say_chat_question": _("トークでの質問"),
        "say_help": _("説明"), "say_example": _("例"), "say_statement": _("同意の文"), "say_body": _("本文"),
        "say_unit": _("単位"), "say_pattern_error": _("入力の形が違うときの文"), "say_row_label": _("行の呼び名"),
        "say_option": _("選択肢"), "say_procedure": _("手続"), "say_title": _("名前"), "say_summary": _("どんな手続か"),
        "say_menu": _("メニューの言葉"), "say_office": _("担当"), "say_banner": _("お断り"),
        "say_submit_label": _("送信ボタン"), "say_before_you_start": _("用意するもの"),
        "say_next_steps": _("この後の流れ"), "say_fee": _("手数料"), "say_fee_label": _("内訳の名前"),
        "say_notice": _("お知らせ"), "say_notice_title": _("件名"), "say_notice_body": _("本文"),
        "say_return_templates": _("差戻しの文例"), "say_reject_templates": _("却下の文例"),
        "say_template_title": _("名前"), "say_template_body": _("文"), "say_status": _("ステータス"),
        "say_status_name": _("名前"), "say_status_resident": _("今どうなっているか"),
        "say_status_next": _("次に何が起こるか"),
    }  # fmt: skip
