"""An app with everything a board, a calendar, a map and a chart can be made of: repairs of roads."""

from __future__ import annotations

from typing import Any

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.values import Value
from madoguchi.records.actor import RESIDENT, Actor
from madoguchi.records.write import RecordRef, create_record
from tests.publishing import publish

FIELDS: list[dict[str, Any]] = [
    {"type": "text", "id": 1, "code": "件名", "label": "件名"},
    {"type": "choice", "id": 2, "code": "急ぎ", "label": "急ぎ", "options": ["至急", "通常", "後日"]},
    {"type": "date", "id": 3, "code": "工事日", "label": "工事日"},
    {"type": "datetime", "id": 4, "code": "見回り", "label": "見回り"},
    {"type": "location", "id": 5, "code": "場所", "label": "場所"},
    {"type": "money", "id": 6, "code": "費用", "label": "費用"},
    {"type": "name", "id": 7, "code": "通報者", "label": "通報者", "personal": True, "kana": False},
    {"type": "choices", "id": 8, "code": "道具", "label": "道具", "options": ["スコップ", "トラック"]},
    {"type": "staff", "id": 9, "code": "担当者", "label": "担当者"},
    {"type": "text", "id": 10, "code": "電話メモ", "label": "電話メモ", "personal": True},
]
PROCESS: dict[str, Any] = {
    "statuses": [
        {"code": "new", "name": "受付"}, {"code": "doing", "name": "工事中"},
        {"code": "done", "name": "完了", "kind": "done"}, {"code": "refused", "name": "却下", "kind": "rejected"},
    ],
    "initial": "new",
    "actions": [
        {"code": "start", "name": "工事を始める", "from": ["new"], "to": "doing"},
        {"code": "finish", "name": "終える", "from": ["doing"], "to": "done", "roles": ["reception"]},
        {"code": "refuse", "name": "却下する", "from": ["new"], "to": "refused", "kind": "reject"},
    ],
}
COLUMNS = ["件名", "急ぎ", "工事日", "費用"]
VIEWS: list[dict[str, Any]] = [
    {"code": "all", "name": "すべて", "columns": ["id", *COLUMNS, "status"]},
    {"code": "board", "name": "進み具合", "type": "kanban", "group_by": "status", "columns": COLUMNS},
    {"code": "urgency", "name": "急ぎ別", "type": "kanban", "group_by": "急ぎ", "columns": ["件名", "費用"]},
    {"code": "plan", "name": "予定", "type": "calendar", "date": "工事日", "columns": COLUMNS},
    {"code": "rounds", "name": "見回り", "type": "calendar", "date": "見回り", "columns": COLUMNS},
    {"code": "places", "name": "地図", "type": "map", "place": "場所", "columns": COLUMNS},
    {"code": "numbers", "name": "集計", "type": "chart", "chart": "by-month", "columns": []},
]
CHARTS: list[dict[str, Any]] = [
    {
        "code": "by-month", "name": "月別の費用", "groups": [{"field": "工事日", "per": "month"}],
        "measures": [{"how": "count"}, {"how": "sum", "field": "費用"}],
    },
    {
        "code": "crossed", "name": "急ぎと状態", "type": "cross",
        "groups": [{"field": "急ぎ"}, {"field": "status"}],
    },
]


def roadworks(**parts: Any) -> AppRevision:
    """The app, published; keywords replace parts of it."""
    rights = ["view", "add", "edit", "delete", "process", "export"]
    return publish(AppDefinition.model_validate({
        "code": "roads", "name": "道路の補修", "owner_department": "shimin", "fields": FIELDS, "process": PROCESS,
        "views": VIEWS, "charts": CHARTS, "permissions": [{"department": "shimin", "rights": rights}], **parts,
    }))  # fmt: skip


def repair(app: AppRevision, *, status: str = "new", actor: Actor = RESIDENT, **values: Value) -> RecordRef:
    """One repair."""
    return create_record(app=app, values={"件名": "穴", **values}, actor=actor, status=status)
