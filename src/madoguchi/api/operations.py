"""What each endpoint does, takes and gives: the table from which the OpenAPI document is made.

Parameters are words such as ``app!:id`` (``!``: required) or ``fields:[str]``; types are those of ``openapi.SCHEMAS``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """Summary in Japanese and English, parameters, and the members of the answer."""

    summary: Words
    takes: str
    gives: str
    tag: str


RECORDS, PROCESS, FILES, APPS, FORM, SETTINGS, RULES = (
    "レコード", "プロセス", "ファイル", "アプリ", "フォーム", "設定", "権限",
)  # fmt: skip
TAGS: Mapping[str, str] = {
    RECORDS: "Records", PROCESS: "Process", FILES: "Files", APPS: "Apps", FORM: "Form", SETTINGS: "Settings",
    RULES: "Permissions",
}  # fmt: skip
_KEY = "id:id updateKey:UpdateKey"

LIVE: Mapping[tuple[str, str], Operation] = {
    ("GET", "record"): Operation(("レコードを1件読む", "Read a record"), "app!:id id!:id", "record:Record", RECORDS),
    ("POST", "record"): Operation(
        ("レコードを1件追加する", "Add a record"), "app!:id record:RecordToWrite", "id:text revision:text", RECORDS
    ),
    ("PUT", "record"): Operation(
        ("レコードを1件更新する", "Update a record"), f"app!:id {_KEY} record:RecordToWrite revision:id",
        "revision:text", RECORDS,
    ),
    ("GET", "records"): Operation(
        ("レコードをまとめて読む", "Read records"), "app!:id fields:[text] query:text totalCount:flag",
        "records:[Record] totalCount:total", RECORDS,
    ),
    ("POST", "records"): Operation(
        ("レコードを100件まで追加する", "Add up to 100 records"), "app!:id records!:[RecordToWrite]",
        "ids:[text] revisions:[text]", RECORDS,
    ),
    ("PUT", "records"): Operation(
        ("レコードを100件まで更新する（upsertで追加も）", "Update (or upsert) up to 100 records"),
        "app!:id upsert:flag records!:[RecordChange]", "records:[Changed]", RECORDS,
    ),
    ("DELETE", "records"): Operation(
        ("レコードを100件まで削除する", "Delete up to 100 records"), "app!:id ids!:[id] revisions:[id]", "", RECORDS
    ),
    ("POST", "records/cursor"): Operation(
        ("カーソルを作る", "Create a cursor"), "app!:id fields:[text] query:text size:id", "id:text totalCount:text",
        RECORDS,
    ),
    ("GET", "records/cursor"): Operation(
        ("カーソルの次のページを読む", "Read a cursor's next page"), "id!:text", "records:[Record] next:flag", RECORDS
    ),
    ("DELETE", "records/cursor"): Operation(("カーソルを消す", "Delete a cursor"), "id!:text", "", RECORDS),
    ("POST", "bulkRequest"): Operation(
        ("20件までのリクエストをまとめて行う（すべてか無か）", "Run up to 20 requests, all or none"),
        "requests!:[Request]", "results:[object]", RECORDS,
    ),
    ("GET", "records/acl/evaluate"): Operation(
        ("レコードとフィールドに何ができるかを調べる", "What may be done with records and fields"), "app!:id ids!:[id]",
        "rights:[object]", RECORDS,
    ),
    ("GET", "record/comments"): Operation(
        ("コメントを読む", "Read comments"), "app!:id record!:id order:order offset:id limit:id",
        "comments:[object] older:flag newer:flag", RECORDS,
    ),
    ("POST", "record/comment"): Operation(
        ("コメントを書く", "Write a comment"), "app!:id record!:id comment!:Comment", "id:text", RECORDS
    ),
    ("DELETE", "record/comment"): Operation(
        ("コメントを取り消す", "Delete a comment"), "app!:id record!:id comment!:id", "", RECORDS
    ),
    ("PUT", "record/status"): Operation(
        ("レコードのステータスを進める", "Move a record"), "app!:id id!:id action!:text assignee:text revision:id",
        "revision:text", PROCESS,
    ),
    ("PUT", "records/status"): Operation(
        ("100件までのステータスを進める", "Move up to 100 records"), "app!:id records!:[object]", "records:[Changed]",
        PROCESS,
    ),
    ("PUT", "record/assignees"): Operation(
        ("作業者を変える", "Change the assignee"), "app!:id id!:id assignees!:[text] revision:id", "revision:text",
        PROCESS,
    ),
    ("POST", "file"): Operation(("ファイルを送る", "Upload a file"), "file!:binary", "fileKey:text", FILES),
    ("GET", "file"): Operation(("ファイルを受け取る", "Download a file"), "fileKey!:text", "binary", FILES),
    ("GET", "app"): Operation(("アプリの情報を読む", "Read an app"), "id!:id", "App", APPS),
    ("GET", "apps"): Operation(
        ("アプリの一覧を読む", "List apps"), "ids:[id] codes:[text] name:text limit:id offset:id", "apps:[App]", APPS
    ),
    ("GET", "apps/statistics"): Operation(
        ("アプリの使われ方を読む", "Statistics of apps"), "limit:id offset:id", "apps:[object]", APPS
    ),
    ("GET", "apis"): Operation(("APIの一覧を読む", "List the API"), "", "baseUrl:text apis:object", APPS),
    ("GET", "plugins"): Operation(
        ("プラグインの一覧を読む（ありません）", "List plugins (none)"), "", "plugins:[object]", APPS
    ),
    ("GET", "plugins/required"): Operation(
        ("必要なプラグインを読む（ありません）", "List required plugins (none)"), "", "plugins:[object]", APPS
    ),
    ("GET", "plugin/apps"): Operation(
        ("プラグインを使うアプリを読む（ありません）", "List apps with a plugin (none)"), "id:text", "apps:[object]",
        APPS,
    ),
}

_READ: Mapping[str, tuple[Words, str, str]] = {
    "form": (("フォームを読む（古い形）", "Read the form (old)"), "properties:[object]", FORM),
    "app/form/fields": (("フィールドを読む", "Read the fields"), "properties:Properties revision:text", FORM),
    "app/form/layout": (("レイアウトを読む", "Read the layout"), "layout:[object] revision:text", FORM),
    "app/views": (("一覧を読む", "Read the views"), "views:object revision:text", SETTINGS),
    "app/settings": (("一般設定を読む", "Read the general settings"), "name:text description:text revision:text",
                     SETTINGS),
    "app/status": (("プロセスを読む", "Read the process"), "enable:flag states:object actions:[object] revision:text",
                   PROCESS),
    "app/acl": (("アプリの権限を読む", "Read the app's permissions"), "rights:[object] revision:text", RULES),
    "record/acl": (("レコードの権限を読む", "Read record permissions"), "rights:[object] revision:text", RULES),
    "field/acl": (("フィールドの権限を読む", "Read field permissions"), "rights:[object] revision:text", RULES),
    "app/customize": (("JavaScript・CSSの設定を読む", "Read the customization"),
                      "scope:text desktop:object mobile:object revision:text", SETTINGS),
    "app/notifications/general": (("アプリの条件通知を読む", "Read general notifications"),
                                  "notifications:[object] notifyToCommenter:flag revision:text", SETTINGS),
    "app/notifications/perRecord": (("レコードの条件通知を読む", "Read per-record notifications"),
                                    "notifications:[object] revision:text", SETTINGS),
    "app/notifications/reminder": (("リマインダーを読む", "Read reminders"),
                                   "notifications:[object] timezone:text revision:text", SETTINGS),
    "app/reports": (("グラフを読む", "Read the charts"), "reports:object revision:text", SETTINGS),
    "app/actions": (("アクションの設定を読む", "Read app actions"), "actions:object revision:text", SETTINGS),
    "app/adminNotes": (("管理者用メモを読む", "Read the admin notes"),
                       "content:text includeInTemplateAndDuplicates:flag revision:text", SETTINGS),
    "app/plugins": (("アプリのプラグインを読む（ありません）", "Read the app's plugins (none)"),
                    "plugins:[object] revision:text", SETTINGS),
}  # fmt: skip

_WRITE: Mapping[tuple[str, str], tuple[Words, str]] = {
    ("POST", "app/form/fields"): (("フィールドを追加する", "Add fields"), "properties!:Properties"),
    ("PUT", "app/form/fields"): (("フィールドを変える", "Change fields"), "properties!:Properties"),
    ("DELETE", "app/form/fields"): (("フィールドを削除する", "Delete fields"), "fields!:[text]"),
    ("PUT", "app/form/layout"): (("レイアウトを変える", "Change the layout"), "layout!:[object]"),
    ("PUT", "app/views"): (("一覧を変える", "Change the views"), "views!:object"),
    ("PUT", "app/settings"): (("一般設定を変える", "Change the general settings"), "name:text description:text"),
    ("PUT", "app/status"): (("プロセスを変える", "Change the process"), "enable:flag states:object actions:[object]"),
    ("PUT", "app/acl"): (("アプリの権限を変える", "Change the app's permissions"), "rights!:[object]"),
    ("PUT", "record/acl"): (("レコードの権限を変える", "Change record permissions"), "rights!:[object]"),
    ("PUT", "field/acl"): (("フィールドの権限を変える", "Change field permissions"), "rights!:[object]"),
    ("PUT", "app/customize"): (("JavaScript・CSSの設定を変える", "Change the customization"),
                               "scope:text desktop:object mobile:object"),
    ("PUT", "app/notifications/general"): (("アプリの条件通知を変える", "Change general notifications"),
                                           "notifications!:[object] notifyToCommenter:flag"),
    ("PUT", "app/notifications/perRecord"): (("レコードの条件通知を変える", "Change per-record notifications"),
                                             "notifications!:[object]"),
    ("PUT", "app/notifications/reminder"): (("リマインダーを変える", "Change reminders"), "notifications!:[object]"),
    ("PUT", "app/reports"): (("グラフを変える", "Change the charts"), "reports!:object"),
    ("PUT", "app/actions"): (("アクションの設定を変える", "Change app actions"), "actions!:object"),
    ("PUT", "app/adminNotes"): (("管理者用メモを変える", "Change the admin notes"),
                                "content:text includeInTemplateAndDuplicates:flag"),
}  # fmt: skip

_APPS: Mapping[tuple[str, str], Operation] = {
    ("POST", "app"): Operation(("アプリを作る", "Create an app"), "name!:text", "app:text revision:text", APPS),
    ("POST", "app/move"): Operation(("アプリをスペースから出す", "Move an app out of a space"), "app!:id", "", APPS),
    ("POST", "app/deploy"): Operation(
        ("変更を運用環境に反映する", "Deploy changes"), "apps!:[Deploy] revert:flag", "", APPS
    ),
    ("GET", "app/deploy"): Operation(
        ("反映の状態を読む", "Read the deploy status"), "apps!:[id]", "apps:[object]", APPS
    ),
}


def operations() -> Iterator[tuple[str, str, bool, Operation]]:
    """Method, name, whether it is the draft's (preview), and what it does."""
    for (method, name), operation in LIVE.items():
        yield method, name, False, operation
    for name, (summary, gives, tag) in _READ.items():
        for preview in (False, True):
            yield "GET", name, preview, Operation(_of_draft(summary) if preview else summary, "app!:id", gives, tag)
    for (method, name), (summary, takes) in _WRITE.items():
        yield method, name, True, Operation(summary, f"app!:id {takes} revision:id", "revision:text", _READ[name][2])
    for (method, name), operation in _APPS.items():
        yield method, name, True, operation


def _of_draft(summary: Words) -> Words:
    return (f"{summary[0]}（下書き）", f"{summary[1]} (draft)")
