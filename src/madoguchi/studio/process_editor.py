"""What the designer of the process shows: ready-made processes, choices and words."""

from __future__ import annotations

from typing import Any

from django.utils.encoding import force_str
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.models import ROLES
from madoguchi.catalog import usage
from madoguchi.definition.app import Process
from madoguchi.studio.editor_words import common
from madoguchi.studio.shell import Place

Choices = list[tuple[str, str]]


def extra(request: StaffRequest, place: Place) -> dict[str, Any]:
    """Templates, choices, and how many records are in which status."""
    return {
        "templates": _templates(),
        "kinds": _kinds(),
        "actionKinds": _action_kinds(),
        "triggers": _triggers(),
        "roles": roles(),
        "requires": [("identity", _("本人確認が済んでいる")), ("payment", _("支払いが済んでいる"))],
        "counts": usage.statuses(place.app) if place.published else {},
    }


def roles() -> Choices:
    """Every role with its name."""
    return [(code, force_str(name)) for code, name in ROLES]


def _kinds() -> Choices:
    return [
        (kind, words()[f"kind_{kind}"])
        for kind in (
            "open",
            "waiting_resident",
            "waiting_payment",
            "done",
            "rejected",
            "cancelled",
            "expired",
        )
    ]


def _action_kinds() -> Choices:
    return [
        ("move", _("次へ進める")),
        ("return", _("住民に直してもらう（項目を選んで戻す）")),
        ("reject", _("断る（理由を必ず書く）")),
        ("fix_fee", _("手数料を決めて、支払いを頼む")),
        ("post", _("発送する（追跡番号を記録）")),
    ]


def _triggers() -> Choices:
    return [
        ("staff", _("職員がボタンを押す")),
        ("payment", _("支払われたとき（自動）")),
        ("payment_expiry", _("支払いの期限が過ぎたとき（自動）")),
        ("correction", _("直した申請が届いたとき（自動）")),
        ("resident_cancel", _("住民が取り下げたとき（自動）")),
    ]


def _templates() -> list[dict[str, Any]]:
    return [
        _template("three", _("受付 → 審査 → 完了"), _("記録や相談、手数料のない申請に"), _three()),
        _template("four", _("受付 → 審査 → 決裁 → 完了"), _("上司の決裁がいる許可や補助金に"), _four()),
        _template("post", _("申請 → 支払 → 発送"), _("手数料を先に納めてもらい、証明書などを送る手続に"), _post()),
    ]


def _template(key: str, name: str, about: str, process: dict[str, Any]) -> dict[str, Any]:
    plain = Process.model_validate(process).model_dump(mode="json", by_alias=True)
    return {"key": key, "name": name, "about": about, "process": plain}


# The names below become data of the app, which is in Japanese first whoever builds it.


def _three() -> dict[str, Any]:
    return {
        "initial": "received",
        "statuses": [
            _status("received", "受付", "受け付けました。"),
            _status("review", "審査中", "内容を確かめています。"),
            _status("done", "完了", "手続が終わりました。", kind="done"),
        ],
        "actions": [
            _action("start_review", "審査を始める", "received", "review", primary=True),
            _action("finish", "完了にする", "review", "done", primary=True),
            _action("back", "受付に戻す", "review", "received"),
        ],
    }


def _four() -> dict[str, Any]:
    return {
        "initial": "received",
        "statuses": [
            _status("received", "受付", "受け付けました。"),
            _status("review", "審査中", "内容を確かめています。"),
            _status("approval", "決裁待ち", "内容を確かめています。"),
            _status("done", "完了", "手続が終わりました。", kind="done"),
        ],
        "actions": [
            _action("start_review", "審査を始める", "received", "review", primary=True),
            _action("ask_approval", "決裁に回す", "review", "approval", primary=True, roles=["review"]),
            _action("approve", "決裁する", "approval", "done", primary=True, roles=["approval"]),
            _action("send_back", "審査に戻す", "approval", "review", roles=["approval"]),
        ],
    }


def _post() -> dict[str, Any]:
    return {
        "initial": "received",
        "initial_unpaid": "unpaid",
        "statuses": [
            _status("unpaid", "支払い待ち", "手数料の支払いをお待ちしています。", kind="waiting_payment"),
            _status("received", "受付", "支払いを確かめ、受け付けました。"),
            _status("sent", "発送済み", "郵便で送りました。", kind="done"),
            _status("expired", "期限切れ", "期限までに支払いがなかったため、終わりました。", kind="expired"),
        ],
        "actions": [
            _action("paid", "支払われた", "unpaid", "received", trigger="payment"),
            _action("expire", "期限が過ぎた", "unpaid", "expired", trigger="payment_expiry"),
            _action("post", "発送済みにする", "received", "sent", kind="post", primary=True),
        ],
    }


def _status(code: str, name: str, resident: str, *, kind: str = "open") -> dict[str, Any]:
    return {"code": code, "name": name, "kind": kind, "resident": resident}


def _action(code: str, name: str, from_: str, to: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "from": [from_], "to": to, **more}


def words() -> dict[str, str]:
    """The texts of its script."""
    return {**common(), **_kind_words(), **_picture_words(), **_status_words(), **_action_words(), **_way_words()}


def _kind_words() -> dict[str, str]:
    return {
        "kind_open": _("進行中"),
        "kind_waiting_resident": _("住民の返事待ち"),
        "kind_waiting_payment": _("支払い待ち"),
        "kind_done": _("完了（終わり）"),
        "kind_rejected": _("却下（終わり）"),
        "kind_cancelled": _("取下げ（終わり）"),
        "kind_expired": _("期限切れ（終わり）"),
    }


def _picture_words() -> dict[str, str]:
    return {
        "picture": _("プロセスの図：{n}のステータスと{actions}のアクション。同じ内容が下の一覧にあります。"),
        "picture_region": _("プロセスの図"),
        "start_mark": _("▼ はじまり"),
        "picture_hint": _("図の四角や矢印の言葉を押すと、設定できます。下の一覧からも選べます。"),
        "list_label": _("ステータスとアクションの一覧"),
        "empty_title": _("流れを選びましょう"),
        "empty_text": _("近いものを選んで、名前や担当を直すのが早道です。記録だけのアプリなら、プロセスは要りません。"),
        "begin_by_hand": _("ひな形を使わずに作る"),
        "begin_again": _("別のひな形から作り直す"),
        "begin_again_help": _("今のステータスとアクションを置きかえます。「元に戻す」で取り消せます。"),
        "done_template": _("「{name}」を使いました。"),
        "process_place": "プロセス",
    }


def _status_words() -> dict[str, str]:
    return {
        "nothing_chosen": _("図か一覧でステータスやアクションを選ぶと、ここで設定できます。"),
        "no_process_yet": _("ひな形を選ぶと、ここでステータスとアクションを設定できます。"),
        "status_place": "ステータス",
        "action_place": "アクション",
        "status_count": _("今、この状態のレコードが {n}件 あります。"),
        "confirm_remove_status": _(
            "「{name}」には今 {n}件 のレコードがあります。消すと、公開の前に別の状態へ移す必要があります。消しますか？"
        ),
        "status_name": _("ステータスの名前"),
        "status_kind": _("種類"),
        "status_kind_help": _("図の色、残り日数の数え方、住民への案内が変わります。"),
        "status_initial": _("ここから始める"),
        "status_initial_help": _("新しいレコードが最初に入る状態です。"),
        "for_residents": _("住民が読む言葉"),
        "status_resident": _("今どうなっているか"),
        "status_resident_help": _("状況確認のページに出ます。空なら名前を出します。"),
        "status_next": _("次に何が起こるか"),
        "status_next_help": _("例：審査が終わりしだい、お知らせします。"),
        "status_cancellable": _("住民が取り下げられる"),
        "status_cancellable_help": _("取下げで進むアクションも必要です（「取下げの道を足す」）。"),
        "leads_to": _("ここから進むアクション"),
        "leads_nowhere": _("まだありません。"),
        "add_action_to": _("どこへ進めますか"),
        "add_action": _("アクションを足す"),
        "add_status": _("ステータスを足す"),
        "new_status_option": _("（新しいステータス）"),
        "new_status": "新しい状態",
        "move_to": "{name}にする",
        "done_status_move": _("「{name}」の順番を変えました。"),
    }


def _action_words() -> dict[str, str]:
    return {
        "action_name": _("アクションの名前"),
        "action_name_help": _("ボタンの言葉です。例：審査を始める"),
        "action_from": _("どの状態のときに"),
        "action_to": _("どの状態へ"),
        "action_trigger": _("だれ・何が進めるか"),
        "action_kind": _("すること"),
        "action_roles": _("押せる役割"),
        "action_roles_help": _("選ばなければ、「処理」の権限がある人みんなです。"),
        "action_requires": _("先に済んでいること"),
        "action_condition": _("レコードの条件"),
        "action_condition_help": _("この条件に合うレコードだけ進められます。例：金額 >= 10000"),
        "action_primary": _("目立つボタンにする"),
        "action_primary_help": _("1つの状態に1つだけ。"),
        "action_refund": _("納めた手数料を返す"),
        "action_notice": _("住民へのお知らせ"),
        "notice_no_procedure": _("住民に開いていないアプリなので、お知らせは送りません。"),
        "notice_none": _("送らない"),
        "notice_add": _("新しい文を書く"),
        "notice_title": _("件名"),
        "notice_body": _("本文"),
        "notice_help": _("{受付番号} {手続名} {状態} {リンク} {期限} が置きかわります。個人情報は書かないでください。"),
        "notice_first_title": "申請の状況のお知らせ",
        "notice_first_body": "「{手続名}」の申請の状況が変わりました。\n{状態}\n受付番号：{受付番号}\n{リンク}",
    }


def _way_words() -> dict[str, str]:
    return {
        "way_return": _("差戻しと補正の道を足す"),
        "way_reject": _("却下の道を足す"),
        "way_cancel": _("取下げの道を足す"),
        "way_pay": _("支払いの道を足す"),
        # Names of statuses and actions: data of the app.
        "name_returned": "補正待ち",
        "name_return": "差し戻す",
        "name_corrected": "直した申請が届いた",
        "name_cancelled": "取下げ",
        "name_cancel": "住民が取り下げた",
        "name_rejected": "却下",
        "name_reject": "却下する",
        "name_unpaid": "支払い待ち",
        "name_paid": "支払われた",
        "name_expired": "期限切れ",
        "name_expire": "期限が過ぎた",
    }
