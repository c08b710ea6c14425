"""A ledger of every type of field, kept by hand, and another app its lookup chooses from."""

from __future__ import annotations

from typing import Any

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.records.actor import SYSTEM
from madoguchi.records.write import create_record
from tests.publishing import publish

EVERYTHING = ["view", "add", "edit", "delete", "process", "export"]
SHOPS: dict[str, Any] = {
    "code": "shops", "name": "店舗", "owner_department": "shimin", "permissions": [{"rights": EVERYTHING}],
    "fields": [
        {"id": 1, "code": "店番", "label": "店番", "type": "text", "unique": True},
        {"id": 2, "code": "店名", "label": "店名", "type": "text"},
        {"id": 3, "code": "電話", "label": "電話", "type": "phone"},
    ],
}
FIELDS: list[dict[str, Any]] = [
    {"id": 1, "code": "件名", "label": "件名", "type": "text", "required": True},
    {"id": 2, "code": "メモ", "label": "メモ", "type": "textarea"},
    {"id": 3, "code": "単価", "label": "単価", "type": "money"},
    {"id": 4, "code": "数量", "label": "数量", "type": "number", "unit": "個", "default": 1},
    {"id": 5, "code": "合計", "label": "合計", "type": "formula", "formula": "単価 * 数量", "format": "money"},
    {"id": 6, "code": "受付日", "label": "受付日", "type": "date"},
    {"id": 7, "code": "種別", "label": "種別", "type": "choice", "options": ["修理", "購入", "その他"]},
    {"id": 8, "code": "理由", "label": "理由", "type": "text", "show_if": '種別 = "その他"', "required": True},
    {"id": 9, "code": "色", "label": "色", "type": "choices", "options": ["赤", "青", "黄"]},
    {"id": 10, "code": "氏名", "label": "氏名", "type": "name", "personal": True},
    {"id": 11, "code": "職員", "label": "職員", "type": "staff"},
    {"id": 12, "code": "課", "label": "課", "type": "department"},
    {"id": 13, "code": "店", "label": "店", "type": "lookup", "app": "shops", "key": "店番",
     "copies": {"店名": "店名"}, "picker": ["店番", "店名"]},
    {"id": 14, "code": "店名", "label": "店名", "type": "text"},
    {"id": 15, "code": "明細", "label": "明細", "type": "table", "fields": [
        {"id": 16, "code": "品名", "label": "品名", "type": "text", "required": True},
        {"id": 17, "code": "個数", "label": "個数", "type": "number"},
        {"id": 18, "code": "価格", "label": "価格", "type": "money"},
        {"id": 19, "code": "小計", "label": "小計", "type": "formula", "formula": "個数 * 価格", "format": "money"},
    ]},
    {"id": 20, "code": "書類", "label": "書類", "type": "file", "max_files": 3},
    {"id": 21, "code": "説明", "label": "説明", "type": "richtext"},
    {"id": 22, "code": "日時", "label": "日時", "type": "datetime"},
    {"id": 23, "code": "管理番号", "label": "管理番号", "type": "text", "unique": True},
    {"id": 24, "code": "住所", "label": "住所", "type": "address"},
    {"id": 25, "code": "場所", "label": "場所", "type": "location"},
    {"id": 26, "code": "番号", "label": "番号", "type": "serial", "format": "修繕-{0000}"},
    {"id": 27, "code": "班", "label": "班", "type": "group"},
    {"id": 28, "code": "ページ", "label": "ページ", "type": "link"},
    {"id": 29, "code": "時刻", "label": "時刻", "type": "time"},
    {"id": 30, "code": "同意", "label": "同意", "type": "consent", "statement": "記録に残すことに同意します"},
]
VIEW: dict[str, Any] = {
    "code": "all", "name": "すべて", "columns": ["id", "件名", "単価", "数量", "合計", "受付日", "種別", "職員"],
    "sort": [{"field": "id"}],
}
PROCESS: dict[str, Any] = {
    "initial": "open",
    "statuses": [{"code": "open", "name": "受付"}, {"code": "done", "name": "完了", "kind": "done"}],
    "actions": [{"code": "finish", "name": "完了にする", "from": ["open"], "to": "done"}],
}


def ledger(**parts: Any) -> AppDefinition:
    """The ledger that everybody in the house may do everything with, unless ``parts`` say otherwise."""
    data: dict[str, Any] = {
        "code": "ledger", "name": "修繕台帳", "owner_department": "shimin", "fields": FIELDS, "views": [VIEW],
        "permissions": [{"rights": EVERYTHING}], "title_field": "件名",
    }
    return AppDefinition.model_validate({**data, **parts})


def published(**parts: Any) -> AppRevision:
    """Both apps, published; two shops are there."""
    shops = publish(AppDefinition.model_validate(SHOPS))
    for number, name in (("A-1", "窓口金物店"), ("B-2", "八幡電気")):
        create_record(app=shops, values={"店番": number, "店名": name}, actor=SYSTEM)
    return publish(ledger(**parts))


def add(app: AppRevision, **values: Any) -> int:
    """A record; returns its id."""
    return create_record(app=app, values={"件名": "雨漏り", **values}, actor=SYSTEM).record_id


def sent(app: AppRevision, **typed: Any) -> dict[str, Any]:
    """What a browser sends of the form where only these boxes were filled in: by code, parts behind a dot."""
    fields = app.definition.by_code
    data: dict[str, Any] = {"f": []}
    for code, value in typed.items():
        name, _dot, part = code.partition("__")
        field = fields[name]
        data[f"f.{field.id}{'.' + part if part else ''}"] = value
        if str(field.id) not in data["f"]:
            data["f"].append(str(field.id))
    return data
