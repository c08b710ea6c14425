"""The kinds of field as the designer offers them: names, groups, icons, and what a new one begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of field. ``words`` are what else people call it; ``fresh`` are the settings a new one has."""

    type: str
    name: Any
    about: Any
    group: str
    icon: str
    words: str = ""
    fresh: Mapping[str, Any] = field(default_factory=dict)


GROUPS: Final[Mapping[str, Any]] = {
    "text": _("文字と数"),
    "choice": _("選ぶ"),
    "date": _("日付と時刻"),
    "person": _("人と連絡先"),
    "file": _("写真と場所"),
    "page": _("表と飾り"),
    "link": _("計算と他のアプリ"),
    "staff": _("職員が使う"),
}

_OPTIONS = ["選択肢1", "選択肢2"]  # what a builder overwrites: data of the app, not a word of the screen

KINDS: Final[tuple[Kind, ...]] = (
    Kind("text", _("文字（1行）"), _("品名や番号など、短い文字"), "text", "text", "テキスト 文字列 string 一行"),
    Kind("textarea", _("文章（複数行）"), _("理由や状況など、長い文章"), "text", "lines", "テキスト 自由記述 備考"),
    Kind("number", _("数値"), _("個数や面積など、計算に使う数"), "text", "number", "数字 整数 小数"),
    Kind("money", _("金額"), _("円で数える金額"), "text", "yen", "円 お金 料金 費用"),
    Kind("choice", _("1つ選ぶ"), _("選択肢から1つ"), "choice", "radio", "ラジオボタン ドロップダウン プルダウン 選択",
         {"options": _OPTIONS}),
    Kind("choices", _("いくつか選ぶ"), _("選択肢から好きなだけ"), "choice", "check",
         "チェックボックス 複数選択", {"options": _OPTIONS}),
    Kind("consent", _("同意"), _("文を読んでチェックを入れてもらう"), "choice", "consent", "承諾 規約 確認",
         {"statement": "上の内容を確認し、同意します。"}),
    Kind("date", _("日付"), _("和暦でも西暦でも入力できます"), "date", "calendar", "年月日 和暦 生年月日"),
    Kind("time", _("時刻"), _("9:30 のような時刻"), "date", "clock", "時間"),
    Kind("datetime", _("日時"), _("日付と時刻"), "date", "datetime", "年月日 時間"),
    Kind("name", _("氏名"), _("姓と名、ふりがな"), "person", "person", "名前 フリガナ カナ", {"personal": True}),
    Kind("address", _("住所"), _("郵便番号から町名を補います"), "person", "house", "郵便番号 番地",
         {"personal": True}),
    Kind("phone", _("電話番号"), _("固定電話と携帯電話"), "person", "phone", "TEL 連絡先", {"personal": True}),
    Kind("email", _("メールアドレス"), _("連絡に使うメール"), "person", "mail", "Eメール 連絡先", {"personal": True}),
    Kind("photo", _("写真"), _("その場で撮るか、写真を選ぶ"), "file", "camera", "画像 カメラ 身分証"),
    Kind("file", _("書類ファイル"), _("PDFなどの添付"), "file", "clip", "添付 PDF ドキュメント"),
    Kind("location", _("場所（地図）"), _("地図の上の位置"), "file", "pin", "位置 緯度 経度 マップ"),
    Kind("table", _("表"), _("行を増やせる明細"), "page", "table", "サブテーブル テーブル 明細 一覧"),
    Kind("heading", _("見出し・説明"), _("読んでもらう文。答えはありません"), "page", "heading", "ラベル 注意 案内"),
    Kind("formula", _("計算"), _("ほかの項目から計算します"), "link", "formula", "数式 自動計算", {"formula": "0"}),
    Kind("lookup", _("他のアプリから写す"), _("選んだレコードの値を写します"), "link", "lookup",
         "ルックアップ 参照 マスタ", {"app": "", "key": ""}),
    Kind("related", _("関連レコード"), _("条件の合う他アプリのレコードを並べます"), "link", "related", "関連 一覧 参照",
         {"app": "", "here": "", "there": "", "columns": [""]}),
    Kind("total", _("他のアプリの集計"), _("件数や合計を数えます"), "link", "sum", "合計 件数 平均 集計",
         {"app": "", "here": "", "there": ""}),
    Kind("serial", _("自動の番号"), _("レコードごとに番号を付けます"), "staff", "serial", "採番 連番 整理番号"),
    Kind("staff", _("職員"), _("担当者などの職員を選ぶ"), "staff", "badge", "ユーザー 担当者"),
    Kind("department", _("部署"), _("課や係を選ぶ"), "staff", "building", "組織 課 所属"),
    Kind("group", _("職員のグループ"), _("決めてあるグループを選ぶ"), "staff", "people", "グループ チーム"),
    Kind("richtext", _("書式のある文章"), _("太字や箇条書きが使えます"), "staff", "rich", "リッチエディター 装飾"),
    Kind("link", _("リンク"), _("ページ、電話、メールの宛先"), "staff", "link", "URL アドレス"),
)

BY_TYPE: Final[Mapping[str, Kind]] = {kind.type: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Guess:
    """A label that ``pattern`` finds something in probably has this type. The first that fits counts."""

    pattern: str
    type: str
    settings: Mapping[str, Any] = field(default_factory=dict)


_PERSONAL = {"personal": True}
GUESSES: Final[tuple[Guess, ...]] = (
    Guess(r"ふりがな|フリガナ|カナ$|かな$", "text", _PERSONAL),
    Guess(r"メール|e-?mail|Eメール|E-?MAIL", "email", _PERSONAL),
    Guess(r"電話|携帯|TEL|Tel|FAX|ファックス|連絡先(?!の|住所)", "phone", _PERSONAL),
    Guess(r"郵便番号$", "text", {"personal": True, "max_length": 8}),
    Guess(r"住所|所在地|本籍|転居先|居所", "address", _PERSONAL),
    Guess(r"生年月日|誕生日", "date", {"personal": True, "latest": "TODAY()"}),
    Guess(r"日時$", "datetime"),
    Guess(r"(年月日|日付|期日|期限|希望日|予定日|[^曜平休祝祭当毎]日)$", "date"),
    Guess(r"時刻$|時間帯?$|開始時|終了時", "time"),
    Guess(r"(^|[^人者主方様児母父親名])の名前$|^その他の", "text"),
    Guess(r"氏名|お?名前|申請者$|申込者$|世帯主$|保護者$|代表者$|届出人$", "name", _PERSONAL),
    Guess(r"同意|承諾|誓約", "consent", {"statement": "上の内容を確認し、同意します。"}),
    Guess(r"写真|画像", "photo"),
    Guess(r"添付|ファイル|PDF|書類$|証明書の写し", "file"),
    Guess(r"場所|位置|地図|地点", "location"),
    Guess(r"金額|料金|費用|手数料|単価|価格|円[）)]?$|代金|合計額", "money"),
    Guess(r"通数|枚数|個数|人数|回数|件数|台数|部数|数量|年齢|面積|数$|[ck]m|㎡", "number"),
    Guess(r"理由|状況|備考|内容|詳細|説明|意見|経緯|メモ|その他", "textarea"),
    Guess(r"有無$|要否$|可否$", "choice", {"options": ["あり", "なし"]}),
    Guess(r"性別$", "choice", {"options": ["男", "女", "答えない"]}),
    Guess(r"担当者$|担当職員", "staff"),
    Guess(r"担当課|所管課|担当部署|部署$", "department"),
    Guess(r"整理番号|管理番号|通し番号|連番", "serial"),
    Guess(r"URL|ホームページ|リンク", "link"),
)
"""What a label says about its type, in the Japanese of forms. Builders correct it with one press."""
