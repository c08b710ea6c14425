"""What an app needs before it is sent for review, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madoguchi.catalog.models import Revision
from madoguchi.definition.app import AppDefinition, Procedure
from madoguchi.definition.fields import STAFF_TYPES
from madoguchi.definition.review import texts_without
from madoguchi.definition.text import Language
from madoguchi.intake.models import Replay
from madoguchi.query import validation
from madoguchi.studio.shell import Place


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the task list. ``missing`` says what to do while it is not done; optional steps never block."""

    title: str
    done: bool
    missing: str
    url: str
    optional: bool = False
    good: str = ""


def steps(place: Place) -> list[Step]:
    """Every step, in the order in which one builds."""
    defn = place.definition
    procedure = defn.procedure
    found = [*_app_steps(place, defn)]
    if procedure:
        found += _procedure_steps(place, defn, procedure)
    else:
        found.append(_opening_step(place))
    if procedure and place.published and place.working:
        found.append(_replay_step(place, place.working))
    return [*found, _findings_step(place, defn)]


def _app_steps(place: Place, defn: AppDefinition) -> Iterator[Step]:
    count = sum(field.type != "heading" for field in defn.fields)
    yield Step(
        _("フォーム"), count > 1, _("項目を追加してください。今は1つだけです。"), _url(place, "form"),
        good=ngettext("%(n)d項目", "%(n)d項目", count) % {"n": count},
    )
    yield Step(
        _("一覧"), bool(defn.views), _("レコードを見る一覧を1つ作ってください。"), _url(place, "views"),
        good="、".join(str(view.name) for view in defn.views[:3]),
    )
    process = defn.process
    yield Step(
        _("プロセス"), process is not None,
        _("受付から完了までの流れがあれば作ってください。記録だけのアプリには要りません。"),
        _url(place, "process"), optional=True,
        good=" → ".join(str(status.name) for status in process.statuses[:4]) if process else "",
    )
    everyone = any(not (r.department or r.roles or r.group or r.staff) for r in defn.permissions)
    yield Step(
        _("権限"), bool(defn.permissions) and not everyone,
        _("だれでも使える設定です。課や役割を決めてください。") if everyone else _("だれが使えるかを決めてください。"),
        _url(place, "permissions"), good=_lines(len(defn.permissions)),
    )
    yield Step(
        _("責任者と副担当"), bool(defn.owner and defn.deputy),
        _("異動しても困らないように、責任者と副担当の2人を決めてください。"), _url(place, "settings"),
        good="、".join(filter(None, (defn.owner, defn.deputy))),
    )


def _opening_step(place: Place) -> Step:
    return Step(
        _("住民に開く"), False,
        _("住民がLINEや市のページから申請できるようにします。課の中だけのアプリには要りません。"),
        _url(place, "procedure"), optional=True,
    )


def _procedure_steps(place: Place, defn: AppDefinition, procedure: Procedure) -> Iterator[Step]:
    url = _url(place, "procedure")
    asked = [field for field in defn.question_fields if field.type not in STAFF_TYPES]
    yield Step(
        _("住民への質問"), bool(procedure.questions) or bool(asked), _("どの項目を住民に聞くかを決めてください。"), url,
        good=ngettext("%(n)d問", "%(n)d問", len(asked)) % {"n": len(asked)},
    )
    languages: tuple[tuple[Language, str], ...] = (("en", _("英語の文")), ("ja_easy", _("やさしい日本語の文")))
    for language, name in languages:
        missing = texts_without(defn, language)
        yield Step(
            name, not missing,
            ngettext("%(n)dか所がまだありません。", "%(n)dか所がまだありません。", len(missing)) % {"n": len(missing)},
            url, optional=True, good=_("そろっています"),
        )
    silent = _silent_actions(defn, procedure)
    yield Step(
        _("状態ごとのお知らせ"), not silent,
        _("住民に知らせる文がありません：%(names)s") % {"names": "、".join(silent[:4])}, url, optional=True,
        good=ngettext("%(n)d通", "%(n)d通", len(procedure.notices)) % {"n": len(procedure.notices)},
    )


def _silent_actions(defn: AppDefinition, procedure: Procedure) -> list[str]:
    """Actions into a state that the resident waits for, without a word to them."""
    if defn.process is None:
        return []
    telling = {"waiting_resident", "waiting_payment", "done", "rejected", "cancelled"}
    return [
        str(action.name) for action in defn.process.actions
        if defn.process.status(action.to).kind in telling and action.notice not in procedure.notices
    ]


def _replay_step(place: Place, working: Revision) -> Step:
    run = Replay.objects.filter(revision=working, version=working.version).exclude(finished_at=None).first()
    return Step(
        _("これまでの申請で試す"), run is not None,
        _("過去の申請で、聞くことや手数料が変わらないかを調べられます。"), _url(place, "replay"), optional=True,
        good=_("違いの出た申請 %(n)d件") % {"n": len(run.result)} if run else "",
    )


def _findings_step(place: Place, defn: AppDefinition) -> Step:
    errors = [finding for finding in validation.findings(defn) if finding.level == "error"]
    first = f"{errors[0].where}: {errors[0].message}" if errors else ""
    words = ngettext("直すところが%(n)dか所あります。", "直すところが%(n)dか所あります。", len(errors))
    return Step(
        _("自動の確認"), not errors, f"{words % {'n': len(errors)}} {first}", _url(place, "review"),
        good=_("直すところはありません"),
    )


def _lines(count: int) -> str:
    return ngettext("%(n)d行", "%(n)d行", count) % {"n": count}


def _url(place: Place, designer: str) -> str:
    """The designer's page, or nothing where it is not there."""
    try:
        return reverse(f"studio:{designer}", args=[place.code])
    except NoReverseMatch:
        return ""
