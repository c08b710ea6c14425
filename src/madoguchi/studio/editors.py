"""Which designers there are beside the form's, and what each gives its script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.studio import messages_editor, permissions_editor, procedure_editor, process_editor, views_editor
from madoguchi.studio.shell import Place


@dataclass(frozen=True, slots=True)
class Editor:
    """One designer. ``words`` are its texts, ``knows`` what it knows beside the draft; ``panel`` names its settings."""

    name: str
    title: str | Promise
    lead: str | Promise
    panel: str | Promise
    words: Callable[[], dict[str, str]]
    knows: Callable[[StaffRequest, Place], dict[str, Any]]


_ALL = (
    Editor(
        "process",
        _("プロセス"),
        _("レコードがどの状態を通り、だれがどう進めるかを決めます。"),
        _("選んだものの設定"),
        process_editor.words,
        process_editor.extra,
    ),
    Editor(
        "views",
        _("一覧とグラフ"),
        _("職員がレコードを見る一覧と、件数や合計のグラフを作ります。"),
        _("選んだ一覧の設定"),
        views_editor.words,
        views_editor.extra,
    ),
    Editor(
        "permissions",
        _("権限"),
        _("だれが、どのレコードの、どの項目を見て変えられるかを決めます。"),
        _("権限のまとめ"),
        permissions_editor.words,
        permissions_editor.extra,
    ),
    Editor(
        "notifications",
        _("職員への通知"),
        _("レコードが追加されたとき、期日が近づいたときなどに、だれに知らせるかを決めます。"),
        _("設定"),
        messages_editor.notifications_words,
        messages_editor.notifications_extra,
    ),
    Editor(
        "documents",
        _("書類"),
        _("レコードの値を差し込んだ通知書などを作ります。"),
        _("書類のプレビュー"),
        messages_editor.documents_words,
        messages_editor.documents_extra,
    ),
    Editor(
        "procedure",
        _("住民に開く"),
        _("質問、本人確認、手数料、お知らせを決めて、申請できる手続にします。"),
        _("決めることの一覧"),
        procedure_editor.words,
        procedure_editor.extra,
    ),
)
EDITORS: Final[Mapping[str, Editor]] = {editor.name: editor for editor in _ALL}
