"""The words of staff for the parts of a definition: what a setting is called, and what its values mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from madoguchi.definition import merge
from madoguchi.definition.app import FieldRule, FieldWho, RecordRule, Who
from madoguchi.definition.fields import Model
from madoguchi.definition.text import Text
from madoguchi.definition.yaml import dump_plain, plain

PARTS: Mapping[str, str] = {
    "code": "コード", "name": "名前", "description": "説明", "owner_department": "担当課", "label": "表示名",
    "question": "質問文", "chat_question": "トークでの質問文", "help": "説明", "example": "例", "required": "必須",
    "personal": "個人情報", "staff_only": "職員だけの項目", "channels": "受付の方法", "show_if": "表示条件",
    "type": "種類", "min": "最小", "max": "最大", "min_length": "最小文字数", "max_length": "最大文字数",
    "pattern": "入力の形", "pattern_error": "入力の形が違うときの文", "unique": "重複の禁止",
    "decimals": "小数の桁数", "unit": "単位", "options": "選択肢", "default": "はじめの値", "statement": "同意の文",
    "version": "同意の文の版", "earliest": "いちばん早い日", "latest": "いちばん遅い日", "kana": "フリガナ",
    "city_code": "市区町村の限定", "max_files": "ファイルの数", "max_megabytes": "ファイルの大きさ",
    "identity": "本人確認書類", "formula": "計算式", "format": "計算結果の形", "app": "参照先のアプリ",
    "key": "参照先のフィールド", "copies": "写す項目", "body": "本文", "fields": "フィールド", "min_rows": "最小行数",
    "max_rows": "最大行数", "row_label": "行の呼び名", "columns": "列", "filters": "絞り込み", "sort": "並び順",
    "kind": "性質", "resident": "住民への表示", "next": "次に起こること", "cancellable": "取下げ",
    "from_": "前のステータス", "to": "次のステータス", "trigger": "きっかけ", "roles": "役割",
    "requires": "必要なこと", "condition": "条件", "notice": "通知", "primary": "主なボタン", "refund": "返金",
    "initial": "はじめのステータス", "initial_unpaid": "納付前のはじめのステータス", "permissions": "権限",
    "layout": "画面のまとまり", "prefix": "受付番号の記号", "title": "題名", "summary": "概要", "office": "担当",
    "phone": "電話番号", "keywords": "探す言葉", "all_in_chat": "トークの中だけで完結", "pilot_only": "実証実験だけ",
    "banner": "ことわり", "assurance": "本人確認レベル", "applicant": "申請者の項目", "questions": "質問の順番",
    "before_you_start": "始める前に", "submit_label": "送信ボタン", "next_steps": "この後の流れ", "fee": "手数料",
    "notices": "通知の文", "return_templates": "差戻しの文例", "reject_templates": "却下の文例",
    "identity_checklist": "本人確認の確認項目", "identity_photo_days": "本人確認写真の保存日数",
    "processing_days": "標準の処理日数", "opens_at": "受付の始まり", "closes_at": "受付の終わり", "owner": "責任者",
    "deputy": "副担当", "title_field": "見出しのフィールド", "views": "一覧", "charts": "グラフ",
    "process": "プロセス", "procedure": "手続", "statuses": "ステータス", "actions": "アクション",
    "from": "前のステータス", "record_rules": "レコードの権限", "field_rules": "フィールドの権限",
    "notifications": "職員への通知", "documents": "書類", "department": "課", "group": "グループ", "staff": "職員",
    "rights": "できること", "allow": "許す人", "access": "できること", "creator": "追加した本人",
    "in_field": "フィールドに書かれた人", "assignee": "作業者", "filter": "条件", "on": "知らせるとき",
    "reminder": "期日のお知らせ", "days": "日数", "time": "時刻", "paper": "用紙", "group_by": "列の分け方",
    "date": "日付", "place": "位置", "chart": "グラフ", "stacked": "積み上げ", "groups": "分け方", "measures": "集計",
    "how": "集計の方法", "of": "集計するフィールド", "per": "区切り", "field": "フィールド", "descending": "大きい順",
    "widget": "部品", "protocol": "リンクの種類", "reset": "番号を1に戻すとき", "live": "いつも最新の値を表示",
    "picker": "選ぶときに見せる項目", "here": "このアプリのフィールド", "there": "相手のアプリのフィールド",
    "size": "表示する件数", "min_selected": "最少の選択数", "max_selected": "最多の選択数", "menu": "メニューの言葉",
    "when": "支払いの時期", "providers": "支払いの方法", "expires_days": "支払いの期限（日）",
    "refundable_until": "返金できるステータス", "lines": "内訳", "amount": "金額", "birth_date": "生年月日",
    "address": "住所", "email": "メール", "value": "値", "capacity": "定員", "id": "番号",
}  # fmt: skip
"""What each setting is called, by its key."""

FIELD_TYPES: Mapping[str, str] = {
    "text": "文字（1行）", "textarea": "文字（複数行）", "richtext": "書式つきの文章", "link": "リンク",
    "number": "数値", "money": "金額", "choice": "選択（1つ）", "choices": "選択（複数）", "consent": "同意",
    "date": "日付", "time": "時刻", "datetime": "日時", "name": "氏名", "address": "住所", "phone": "電話番号",
    "email": "メール", "file": "ファイル", "photo": "写真", "location": "位置", "formula": "計算",
    "lookup": "ほかのアプリから写す", "heading": "見出し", "table": "表", "staff": "職員", "department": "課",
    "group": "グループ", "serial": "自動の番号", "related": "関連レコード", "total": "ほかのアプリの集計",
}  # fmt: skip
RIGHTS: Mapping[str, str] = {
    "view": "閲覧", "add": "追加", "edit": "編集", "delete": "削除", "process": "処理", "identity": "本人確認",
    "payment": "収納", "export": "書き出し", "manage": "アプリの管理",
}  # fmt: skip
ROLES: Mapping[str, str] = {
    "reception": "受付", "review": "審査", "approval": "決裁", "accounting": "会計", "app_admin": "業務管理者",
    "admin": "全体管理者",
}  # fmt: skip
ASSURANCE: Mapping[str, str] = {
    "none": "確認しない", "declared": "本人の申告", "photo": "本人確認書類の写真",
    "card": "マイナンバーカード（認証）", "signature": "マイナンバーカード（電子署名）",
}  # fmt: skip
_VALUES: Mapping[str, Mapping[str, str]] = {
    "rights": RIGHTS, "roles": ROLES, "assurance": ASSURANCE,
    "type": {
        **FIELD_TYPES, "table": "表", "kanban": "かんばん", "calendar": "カレンダー", "map": "地図", "chart": "グラフ",
        "column": "縦棒", "bar": "横棒", "line": "折れ線", "area": "面", "pie": "円", "cross": "クロス集計",
    },
    "channels": {"line": "LINE", "web": "Web", "counter": "窓口"},
    "access": {"read": "見るだけ", "write": "見て変更"},
    "when": {"at_application": "申請のとき", "after_review": "審査のあと"},
    "on": {
        "added": "追加", "edited": "変更", "commented": "コメント", "moved": "ステータスの変更", "reminder": "期日",
    },
    "trigger": {
        "staff": "職員の操作", "payment": "支払い", "payment_expiry": "支払いの期限切れ", "correction": "補正",
        "resident_cancel": "本人の取下げ",
    },
    "requires": {"identity": "本人確認", "payment": "支払い"},
    "how": {"count": "件数", "sum": "合計", "average": "平均", "min": "最小", "max": "最大"},
    "kind": {
        "open": "処理中", "waiting_resident": "本人待ち", "waiting_payment": "支払い待ち", "done": "完了",
        "rejected": "却下", "cancelled": "取下げ", "expired": "期限切れ", "move": "進める", "return": "差し戻す",
        "reject": "却下する", "fix_fee": "手数料を決める", "post": "発送する",
    },
}  # fmt: skip
"""What values mean, by the key of the setting."""

_LISTS: Mapping[str, str] = {
    "fields": "フィールド", "views": "一覧", "charts": "グラフ", "notifications": "職員への通知", "documents": "書類",
    "statuses": "ステータス", "actions": "アクション", "return_templates": "差戻しの文例",
    "reject_templates": "却下の文例",
}  # fmt: skip
MAX_SHOWN = 400


def part_words(key: str) -> str:
    """What a setting is called."""
    return PARTS.get(key, key)


def readable(value: Any, key: str = "") -> Any:
    """Plain data with keys and values in words, to be shown as lines."""
    if isinstance(value, Text):
        return plain(value)
    if isinstance(value, Model):
        value = plain(value)
    if isinstance(value, Mapping):
        return {part_words(str(name)): readable(item, str(name)) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [readable(item, key) for item in value]
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return _VALUES.get(key, {}).get(value, value) if isinstance(value, str) else value


def rule_words(rule: Who | RecordRule | FieldRule) -> str:
    """A rule about people in one line: 課 shimin・決裁: 閲覧、編集."""
    if isinstance(rule, RecordRule):
        return f"{rule.filter} のレコード: {' / '.join(map(rule_words, rule.allow)) or 'だれにも許さない'}"
    if isinstance(rule, FieldRule):
        return f"{rule.field}: {' / '.join(map(rule_words, rule.allow)) or 'だれにも見せない'}"
    people = [f"{word} {getattr(rule, name)}" for name, word in _PEOPLE.items() if getattr(rule, name)]
    people += [ROLES[role] for role in rule.roles]
    people += [PARTS[name] for name in ("creator", "assignee") if getattr(rule, name, False)]
    if named := getattr(rule, "in_field", None):
        people.append(f"「{named}」に書かれた人")
    given = [RIGHTS[right] for right in getattr(rule, "rights", ())]
    given += [_VALUES["access"][rule.access]] if isinstance(rule, FieldWho) else []
    return f"{'・'.join(people) or 'すべての職員'}: {'、'.join(given) or 'なし'}"


_PEOPLE = {"department": "課", "group": "グループ", "staff": "職員"}


def value_words(value: Any, key: str = "") -> str:
    """A value of a definition's plain form, short enough to compare two of them."""
    if value is merge.MISSING:
        return "（削除）"
    if value is None or value in ([], {}, ""):
        return "なし"
    shown = readable(value, key)
    text = str(shown) if isinstance(shown, (str, int, float)) else dump_plain(shown).strip()
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def place_words(path: Sequence[str | int], *definitions: Mapping[str, Any]) -> str:
    """A place in a definition as staff know it: フィールド「氏名」の必須."""
    words: list[str] = []
    here: merge.Path = ()
    for step in path:
        if here in merge.KEYS and step != merge.ORDER:
            words[-1] = f"{_LISTS[str(here[-1])]}「{_title((*here, step), definitions)}」"
        else:
            words.append("順番" if step == merge.ORDER else part_words(str(step)))
        here = (*here, step)
    return "の".join(words) or "アプリ全体"


def _title(path: merge.Path, definitions: Sequence[Mapping[str, Any]]) -> str:
    for definition in definitions:
        item = merge.at(definition, path)
        if isinstance(item, Mapping):
            text = item.get("label") or item.get("name") or item.get("title") or item.get("code")
            return str(text.get("ja") if isinstance(text, Mapping) else text)
    return str(path[-1])
