"""Statuses and actions: can every status be reached and left, does the platform find the moves it needs."""

from __future__ import annotations

from collections.abc import Iterator

from madoguchi.definition.app import Action, AppDefinition, Process, Trigger
from madoguchi.definition.findings import Finding, error, warning

_ENDS = frozenset({"done", "rejected", "cancelled", "expired"})


def process_findings(defn: AppDefinition) -> Iterator[Finding]:
    """What is wrong with the process of the app."""
    process = defn.process
    if process is None:
        if defn.procedure is not None:
            yield error(
                "プロセス", "手続には、申請の進み方（プロセス）が必要です。", "ステータスとアクションを書いてください。"
            )
        return
    codes = [status.code for status in process.statuses]
    yield from _twice("ステータス", codes)
    yield from _twice("アクション", [action.code for action in process.actions])
    yield from _initial_findings(process, codes)
    for action in process.actions:
        yield from _action_findings(defn, action, codes)
    yield from _reach_findings(process)
    yield from _platform_findings(defn, process)


def _twice(what: str, codes: list[str]) -> Iterator[Finding]:
    for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
        yield error(f"{what}「{code}」", f"同じコードの{what}が2つ以上あります。", "別のコードにしてください。")


def _initial_findings(process: Process, codes: list[str]) -> Iterator[Finding]:
    for key, status in (("initial", process.initial), ("initial_unpaid", process.initial_unpaid)):
        if status is not None and status not in codes:
            mend = f"使えるのは {'、'.join(codes)} です。"
            yield error("プロセス", f"はじめのステータス（{key}）「{status}」がありません。", mend)


def _action_findings(defn: AppDefinition, action: Action, codes: list[str]) -> Iterator[Finding]:
    where = f"アクション「{action.name}」"
    for status in (*action.from_, action.to):
        if status not in codes:
            yield error(where, f"「{status}」というステータスはありません。", f"使えるのは {'、'.join(codes)} です。")
    procedure = defn.procedure
    if action.notice is not None and (procedure is None or action.notice not in procedure.notices):
        yield error(where, f"「{action.notice}」という通知の文はありません。", "手続の notices に書き足してください。")
    if "payment" in action.requires and (procedure is None or procedure.fee is None):
        yield error(where, "納付を条件にしていますが、手数料がありません。", "requires から payment を消してください。")
    if "identity" in action.requires and (procedure is None or procedure.assurance in ("none", "declared")):
        mend = "手続の assurance を決めるか、requires から identity を消してください。"
        yield error(where, "本人確認を条件にしていますが、この手続は本人確認をしません。", mend)
    if action.kind == "fix_fee" and (
        procedure is None or procedure.fee is None or procedure.fee.when != "after_review"
    ):
        mend = "手数料の when を after_review にするか、このアクションを消してください。"
        yield error(where, "手数料を決めるアクションですが、手数料は審査の後に決まるようになっていません。", mend)


def _reach_findings(process: Process) -> Iterator[Finding]:
    reached = _reachable(process)
    for status in process.statuses:
        where = f"ステータス「{status.name}」"
        if status.code not in reached:
            yield error(where, "どこからも進めません。", "このステータスへ進むアクションを足すか、消してください。")
        leaves = any(status.code in action.from_ and action.to != status.code for action in process.actions)
        if status.kind not in _ENDS and not leaves:
            mend = "次へ進むアクションを足すか、kind を done などにしてください。"
            yield warning(where, "ここから先へ進めません。", mend)


def _reachable(process: Process) -> set[str]:
    reached = {status for status in (process.initial, process.initial_unpaid) if status}
    while new := {a.to for a in process.actions if reached & set(a.from_)} - reached:
        reached |= new
    return reached


def _platform_findings(defn: AppDefinition, process: Process) -> Iterator[Finding]:
    """The moves that the platform makes by itself must be there where it needs them."""
    for status in process.statuses:
        where = f"ステータス「{status.name}」"
        if status.cancellable and not process.actions_from(status.code, "resident_cancel"):
            yield error(where, "住民が取り下げられますが、取下げで進む先がありません。", _mend("resident_cancel"))
        if status.kind == "waiting_resident" and not process.actions_from(status.code, "correction"):
            yield error(where, "補正を待ちますが、補正が届いたときに進む先がありません。", _mend("correction"))
        if status.kind == "waiting_payment" and not process.actions_from(status.code, "payment"):
            yield error(where, "納付を待ちますが、納付されたときに進む先がありません。", _mend("payment"))
        if status.kind == "waiting_payment" and not process.actions_from(status.code, "payment_expiry"):
            yield warning(where, "納付の期限が過ぎたときに進む先がありません。", _mend("payment_expiry"))
    yield from _fee_findings(defn, process)
    yield from _return_findings(process)


def _mend(trigger: Trigger) -> str:
    return f"trigger: {trigger} のアクションを足してください。"


def _fee_findings(defn: AppDefinition, process: Process) -> Iterator[Finding]:
    fee = defn.procedure.fee if defn.procedure else None
    if fee is None:
        return
    if fee.when == "at_application" and process.initial_unpaid is None:
        mend = "プロセスに「支払いの道」を足すか、納付前のはじめのステータス（initial_unpaid）を決めてください。"
        yield error("プロセス", "申請のときに手数料を納めますが、納付を待つステータスが決まっていません。", mend)
    if fee.when == "after_review" and not any(action.kind == "fix_fee" for action in process.actions):
        yield error(
            "プロセス",
            "手数料を審査の後に決めますが、決めるアクションがありません。",
            "kind: fix_fee を足してください。",
        )


def _return_findings(process: Process) -> Iterator[Finding]:
    kinds = {status.code: status.kind for status in process.statuses}
    for action in process.actions:
        if action.kind == "return" and kinds.get(action.to, "waiting_resident") != "waiting_resident":
            mend = "進む先のステータスの kind を waiting_resident にしてください。"
            yield error(
                f"アクション「{action.name}」",
                "補正を求めるアクションの先が、住民を待つステータスではありません。",
                mend,
            )
