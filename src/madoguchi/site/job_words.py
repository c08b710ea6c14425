"""The jobs and their errors in words: what a job does, why it stopped, what to do about it.

A new task needs a line in ``JOBS``. An error without one is told by its kind, with the advice of ``UNKNOWN``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong and what to do, each one or two sentences."""

    what: Words
    todo: Words


JOBS: Mapping[str, Words] = {
    "notices.prepare": _("住民へのお知らせの文を用意する"),
    "notices.send": _("住民へお知らせを送る"),
    "web.send_link": _("入力の続きのリンクをメールで送る"),
    "line.answer": _("LINE で届いた言葉に返事をする"),
    "line.find_unanswered": _("LINE で返事が済んでいない人を探す"),
    "line.menu": _("LINE のメニューを今の手続に合わせる"),
    "line.forget": _("LINE の古いやりとりの記録を消す"),
    "payments.read_back": _("支払いの結果を決済会社に確かめる"),
    "payments.poll": _("支払いが済むまで、決済会社に繰り返し確かめる"),
    "payments.give_back_earlier": _("二重に支払われた分を返す"),
    "payments.close": _("やめた支払いを決済会社で取り消す"),
    "payments.refund": _("手数料を返金する"),
    "payments.expire_due": _("支払いの期限が過ぎた申請を終わらせる"),
    "payments.find_forgotten": _("結果の分からない支払いを探す"),
    "payments.reconcile": _("前日の支払いを決済会社の記録と照らし合わせる"),
    "records.delete_due_files": _("保存の期限が来た写真とファイルを消す"),
    "records.sweep_orphans": _("どの申請にも付いていないファイルを片付ける"),
    "records.run_import": _("表のファイルをアプリに読み込む"),
    "records.forget_imports": _("読み込みの済んだファイルとエラーの一覧を消す"),
    "records.write_export": _("アプリを丸ごと書き出す"),
    "records.forget_exports": _("書き出したアプリのファイルを消す"),
    "records.fill_search": _("アプリのレコードを検索できるように準備する"),
    "records.resume_searches": _("検索の準備が済んでいないアプリを探す"),
    "desk.run_mass": _("選んだレコードをまとめて操作する"),
    "desk.tell_by_rules": _("アプリの通知の決まりに沿って職員に知らせる"),
    "desk.remind": _("日付が来たレコードを職員に知らせる"),
    "desk.mail_notices": _("お知らせがあることを職員にメールで送る"),
    "desk.tell_mentioned": _("コメントの宛先の職員に知らせる"),
    "desk.forget_mass": _("まとめて操作した結果の古い記録を消す"),
    "identity.forget_old_round_trips": _("途中でやめた本人確認の記録を消す"),
    "records.recalculate": _("式が変わったアプリのレコードを計算し直す"),
    "intake.replay": _("過去の申請を下書きで試す"),
    "intake.expire_drafts": _("30日を過ぎた書きかけの申請を消す"),
    "catalog.publish_revision": _("承認された版のアプリを公開する"),
    "catalog.build_index": _("一覧を速く開くための索引を作る"),
    "api.sweep": _("API で送られたまま使われなかったファイルを片付ける"),
    "api.deliver": _("アプリのできごとをWebhookで知らせる"),
    "api.tell_webhook_owner": _("Webhookが止まったことを持ち主に知らせる"),
    "site.forget_done_jobs": _("済んだ処理の記録の片付けを始める"),
    "builtin:procrastinate.builtin_tasks.remove_old_jobs": _("済んだ処理の記録を消す"),
}
"""By task name."""

AGAIN: Words = _("つながると自動でやり直します。「失敗」になっていたら「もう一度実行する」を押してください。")
PROGRAM_FAULT = Trouble(
    _("プログラムが想定していないデータに当たりました。"),
    _("やり直しても同じ結果になります。番号と下の英字を添えて、保守の担当者に知らせてください。"),
)
NETWORK = Trouble(
    _("相手のサービスにつながりませんでした。"),
    _("サーバーからインターネットに出られるかを確かめてください。つながると自動でやり直します。"),
)
DATABASE_AWAY = Trouble(
    _("データベースにつながりませんでした。"),
    _("データベースが動いているかを確かめてください。「失敗」になっていたら「もう一度実行する」を押してください。"),
)
MAIL_DOWN = Trouble(_("メールサーバーが送信を受け付けませんでした。"), AGAIN)
MAIL_SETTINGS = Trouble(
    _("メールサーバーに接続する設定が正しくありません。"),
    _("差出人、利用者名、パスワードの設定を直してから「もう一度実行する」を押してください。"),
)
GONE = Trouble(
    _("対象の記録が、もう残っていません。"),
    _("取り下げや期限切れで消えたものなら、何もしなくてかまいません。"),
)
DISK = Trouble(
    _("ファイルの読み書きができませんでした。"),
    _("保存先の空き容量と書き込みの権限を確かめてから「もう一度実行する」を押してください。"),
)
UNKNOWN = Trouble(
    _("用意した説明に当てはまらない理由で止まりました。"),
    _("一度「もう一度実行する」を押し、また失敗したら、番号と下の英字を添えて保守の担当者に知らせてください。"),
)
STOPPED = Trouble(
    _("処理の途中で止まりました。"),
    _("サーバーの再起動などで起こります。「もう一度実行する」を押してください。"),
)

ERRORS: Mapping[str, Trouble] = {
    "LineUnavailable: no channel token": Trouble(
        _("LINE に接続する鍵を受け取れませんでした。"),
        _("チャネルIDとチャネルシークレットの設定を確かめてください。madoguchi check で調べられます。"),
    ),
    "LineUnavailable: the channel token": Trouble(
        _("LINE に接続する鍵が断られました。"),
        _("チャネルIDとチャネルシークレットの設定を確かめてください。madoguchi check で調べられます。"),
    ),
    "LineUnavailable: 429": Trouble(
        _("LINE に短い時間で送りすぎたため、断られました。"),
        _("間をおいて自動でやり直します。続くときは、LINE の送信数の上限を確かめてください。"),
    ),
    "LineUnavailable": Trouble(_("LINE が応答しないか、障害が起きています。"), AGAIN),
    "LineRefused": Trouble(
        _("LINE が内容を受け付けませんでした。"),
        _("やり直しても同じ結果になります。番号と下の英字を添えて、保守の担当者に知らせてください。"),
    ),
    "NotDelivered": Trouble(
        _("Webhookの送り先が受け取りませんでした。"),
        _("自動でやり直します。理由は、アプリを作る画面の「連携」にある送信の記録で確かめられます。"),
    ),
    "ProviderUnavailable": Trouble(
        _("決済会社が応答しないか、障害が起きています。お金が動いたかどうかは、まだ分かりません。"), AGAIN
    ),
    "DuplicateReference": Trouble(
        _("同じ支払いが、決済会社にもう届いています。"),
        _("二重に請求されることはありません。会計の画面で支払いの状態を確かめてください。"),
    ),
    "ProviderRefused": Trouble(
        _("決済会社が断りました。"),
        _("決済会社の管理画面で取引を確かめてください。返金は、会計の画面から手で記録できます。"),
    ),
    "VaultError": Trouble(
        _("暗号化したデータを開けませんでした。"),
        _("暗号の鍵（MADOGUCHI_ENCRYPTION_KEYS）に、前に使っていた鍵が残っているかを確かめてください。"),
    ),
    "RecordNotFound": GONE, "DoesNotExist": GONE, "AppNotFound": GONE,
    "NotAllowedNow": Trouble(
        _("対象の申請か支払いが、もう別の状態に進んでいます。"),
        _("申請の画面で今の状態を確かめてください。進んでいれば、何もしなくてかまいません。"),
    ),
    "StaleRecord": Trouble(
        _("同じ申請を、ほかの人が同時に更新しました。"), _("「もう一度実行する」を押してください。")
    ),
    "DeadlockDetected": Trouble(
        _("同じ申請への処理が重なりました。"),
        _("自動でやり直します。「失敗」になっていたら「もう一度実行する」を押してください。"),
    ),
    **dict.fromkeys(("OperationalError", "InterfaceError"), DATABASE_AWAY),
    **dict.fromkeys((
        "ConnectError", "ConnectTimeout", "ReadError", "ReadTimeout", "WriteError", "WriteTimeout", "PoolTimeout",
        "RemoteProtocolError", "ProxyError", "TimeoutError", "ConnectionError", "ConnectionRefusedError",
        "ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError", "gaierror",
    ), NETWORK),
    **dict.fromkeys((
        "SMTPServerDisconnected", "SMTPConnectError", "SMTPDataError", "SMTPResponseException", "SMTPException",
        "SMTPRecipientsRefused", "SMTPHeloError",
    ), MAIL_DOWN),
    **dict.fromkeys(("SMTPAuthenticationError", "SMTPSenderRefused", "SMTPNotSupportedError"), MAIL_SETTINGS),
    **dict.fromkeys(("OSError", "FileNotFoundError", "PermissionError"), DISK),
    **dict.fromkeys((
        "TypeError", "ValueError", "KeyError", "AttributeError", "IndexError", "AssertionError", "RuntimeError",
        "IntegrityError", "DataError", "ProgrammingError", "ValidationError", "JSONDecodeError", "UnicodeDecodeError",
    ), PROGRAM_FAULT),
}  # fmt: skip
"""By the beginning of what ``errors.summary`` wrote; the longest beginning wins."""


def job_words(task_name: str) -> Words:
    """What a task does; an unknown one (of an older release) by its own name."""
    return JOBS.get(task_name, task_name)


def trouble(error: str) -> Trouble:
    """What the error means. ``error`` is empty for a job that stopped without one."""
    if not error:
        return STOPPED
    kind = error.partition(":")[0]
    known = [start for start in ERRORS if error.startswith(start) and (start == kind or ":" in start)]
    return ERRORS[max(known, key=len)] if known else UNKNOWN
