"""What the designer of lists and charts shows: names for columns, choices, words."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.language import in_words
from madoguchi.definition.app import AppDefinition
from madoguchi.studio.editor_words import common
from madoguchi.studio.queried import condition_words, queried
from madoguchi.studio.shell import Place

Choices = list[tuple[str, str]]
_DATES = frozenset({"date", "datetime"})
_NUMBERS = frozenset({"number", "money", "formula", "total"})
_GROUPED = frozenset({"choice", "choices", "date", "datetime", "text", "department", "staff", "group", "consent"})


def extra(request: StaffRequest, place: Place) -> dict[str, Any]:
    """Names for columns and conditions, and what may group, date, place and measure."""
    defn = place.definition
    return {
        "queried": queried(defn),
        "columns": columns(defn),
        "groups": _groups(defn, {"choice"}) + _status(defn),
        "dates": _of(defn, _DATES) + [(code, _system()[code]) for code in ("created_at", "updated_at", "submitted_at")],
        "places": _of(defn, {"location"}),
        "chartGroups": _of(defn, _GROUPED)
        + _status(defn)
        + [(code, _system()[code]) for code in ("created_at", "updated_at", "assignee", "channel")],
        "moments": [*(f.code for f in defn.fields if f.type in _DATES), "created_at", "updated_at", "submitted_at"],
        "numbers": _of(defn, _NUMBERS),
        "preview": reverse("studio:chart-preview", args=[place.code]),
    }


def columns(defn: AppDefinition) -> Choices:
    """Everything that a list may show."""
    own = [(field.code, in_words(field.label)) for field in defn.fields if field.type != "heading"]
    return own + list(_system().items())


def _system() -> dict[str, str]:
    return {
        "id": _("レコード番号"),
        "receipt_number": _("受付番号"),
        "status": _("ステータス"),
        "assignee": _("担当者"),
        "created_at": _("追加した日時"),
        "updated_at": _("変えた日時"),
        "submitted_at": _("申請した日時"),
        "channel": _("受付の方法"),
        "created_by": _("追加した人"),
        "updated_by": _("変えた人"),
    }


def _of(defn: AppDefinition, types: frozenset[str] | set[str]) -> Choices:
    return [(field.code, in_words(field.label)) for field in defn.fields if field.type in types]


_groups = _of


def _status(defn: AppDefinition) -> Choices:
    return [("status", _system()["status"])] if defn.process else []


def words() -> dict[str, str]:
    """The texts of its script."""
    return {**common(), **condition_words(), **_views(), **_charts()}


def _views() -> dict[str, str]:
    return {
        "views": _("一覧"),
        "charts": _("グラフ・集計"),
        "add_view": _("一覧を足す"),
        "add_chart": _("グラフを足す"),
        "new_view": "新しい一覧",
        "new_chart": "新しいグラフ",
        "no_views": _("一覧がまだありません。職員がレコードを見る入口になります。"),
        "no_charts": _("グラフがまだありません。件数や合計を、絵やクロス集計で見られます。"),
        "nothing_chosen": _("左の一覧かグラフを選ぶと、ここで設定できます。"),
        "view_place": "一覧",
        "chart_place": "グラフ",
        "name": _("名前"),
        "view_type": _("見せ方"),
        "type_table": _("表"),
        "type_kanban": _("かんばん（列に分ける）"),
        "type_calendar": _("カレンダー"),
        "type_map": _("地図"),
        "type_chart": _("グラフ"),
        "group_by": _("何で列に分けるか"),
        "date": _("どの日付に置くか"),
        "place": _("どの場所に置くか"),
        "which_chart": _("どのグラフを見せるか"),
        "filter": _("絞り込み"),
        "columns": _("見せる項目"),
        "columns_help": _("上から順に、左から並びます。"),
        "add_column": _("項目を足す"),
        "sort": _("並び順"),
        "sort_field": _("並べる項目"),
        "descending": _("大きい順・新しい順"),
        "add_sort": _("並びを足す"),
        "needs_choice": _("分けられる項目（1つ選ぶ、ステータス）がありません。"),
        "needs_date": _("日付の項目がありません。"),
        "needs_place": _("場所の項目がありません。"),
        "needs_chart": _("先にグラフを作ってください。"),
    }


def _charts() -> dict[str, str]:
    return {
        "chart_type": _("種類"),
        "chart_column": _("縦棒"), "chart_bar": _("横棒"), "chart_line": _("折れ線"), "chart_area": _("面"),
        "chart_pie": _("円"), "chart_table": _("表"), "chart_cross": _("クロス集計"),
        "stacked": _("積み上げる"),
        "chart_groups": _("何で分けるか"),
        "chart_groups_help": _("2つめは、系列やクロス集計の列になります。"),
        "add_group": _("分け方を足す"),
        "per": _("区切り"),
        "per_none": _("そのまま"), "per_day": _("日"), "per_week": _("週"), "per_month": _("月"),
        "per_quarter": _("四半期"), "per_year": _("年"), "per_fiscal_year": _("年度"),
        "measures": _("何を数えるか"),
        "add_measure": _("数えるものを足す"),
        "how": _("数え方"),
        "how_count": _("件数"), "how_sum": _("合計"), "how_average": _("平均"), "how_min": _("最小"),
        "how_max": _("最大"),
        "measure_field": _("数の項目"),
        "chart_sort": _("並び順"),
        "sort_group": _("分け方の順"), "sort_value_descending": _("大きい順"), "sort_value": _("小さい順"),
        "chart_filter": _("数えるレコード"),
        "preview": _("プレビュー"),
        "preview_table": _("プレビューの表"),
        "preview_real": _("今あるレコードから計算しました。"),
        "preview_sample": _("見本の数です。まだ公開されていないか、レコードを見る権限がありません。"),
        "preview_refused": _("今の設定では表示できません。{why}"),
    }  # fmt: skip
