"""What is wrong with a definition is found and told in words, with how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError, Finding
from madoguchi.definition.validation import findings, validate
from tests.samples import DATA, certificate, everything
from tests.strategies import definitions

Change = Callable[[dict[str, Any]], object]


def found(change: Change) -> list[Finding]:
    """The findings of the certificate after ``change`` to its plain data, without those about translation."""
    data = yaml.safe_load((DATA / "certificate.yaml").read_text(encoding="utf-8"))
    change(data)
    return [f for f in findings(AppDefinition.model_validate(data)) if f.where != "翻訳"]


def field(data: dict[str, Any], code: str) -> dict[str, Any]:
    """The plain data of one field."""
    return next(one for one in data["fields"] if one["code"] == code)


def status(data: dict[str, Any], code: str) -> dict[str, Any]:
    """The plain data of one status."""
    return next(one for one in data["process"]["statuses"] if one["code"] == code)


def action(data: dict[str, Any], code: str) -> dict[str, Any]:
    """The plain data of one action."""
    return next(one for one in data["process"]["actions"] if one["code"] == code)


def without_action(data: dict[str, Any], code: str) -> None:
    """Takes an action out."""
    data["process"]["actions"].remove(action(data, code))


def test_the_samples_have_no_errors():
    for defn in (certificate(), everything(), certificate(assurance="signature")):
        assert [f for f in findings(defn) if f.level == "error"] == []
        validate(defn)


ERRORS: list[tuple[str, Change, str, str]] = [
    ("an app called like a page", lambda d: d.update(code="letters"), "アプリのコード", "職員の画面のアドレス"),
    ("two fields with one code", lambda d: field(d, "通数").update(code="範囲"), "フィールドコード「範囲」", "2つ以上"),
    ("a column with a field's code",
        lambda d: field(d, "必要な方")["fields"][0].update(code="氏名"),
        "「氏名」", "2つ以上"),
    ("two fields with one id", lambda d: field(d, "通数").update(id=2), "id）2", "「氏名」、「通数」"),
    ("a code the system uses", lambda d: field(d, "処理メモ").update(code="status"), "処理メモ", "システム"),
    ("an unreadable formula", lambda d: field(d, "手数料").update(formula="300 * (通数"), "手数料」の計算式", "文字目"),
    ("an unknown field in a condition",
        lambda d: field(d, "委任状").update(show_if='関係 = "x"'),
        "委任状」の表示条件", "「関係」"),
    ("a condition that is none",
        lambda d: field(d, "委任状").update(show_if="範囲"),
        "委任状」の表示条件", "文字になります"),
    ("a fee that is no number",
        lambda d: d["procedure"]["fee"]["lines"][0].update(amount="範囲"),
        "行「手数料」", "文字"),
    ("a limit that is no date", lambda d: field(d, "生年月日").update(latest="通数"), "latest", "数値"),
    ("a limit nobody can read", lambda d: field(d, "生年月日").update(latest="2026-13-45 x"), "latest", "文字目"),
    ("fields that show each other", lambda d: (field(d, "範囲").update(show_if='使いみち = "年金"'),
        field(d, "使いみち").update(show_if='範囲 = "世帯全員"')), "関係", "ぐるぐる"),
    ("a formula of itself", lambda d: field(d, "手数料").update(formula="手数料 + 1"), "関係", "「手数料」"),
    ("an unknown column in a view", lambda d: d["views"][0]["columns"].append("年齢"), "一覧「未処理」", "「年齢」"),
    ("an unknown sort", lambda d: d["views"][0]["sort"].append({"field": "x"}), "未処理", "並び順"),
    ("an unknown field in the layout", lambda d: d["layout"][0]["fields"].append("x"), "請求者", "「x」"),
    ("an unknown first status", lambda d: d["process"].update(initial="x"), "プロセス", "「x」"),
    ("an action to nowhere", lambda d: action(d, "accept").update(to="x"), "受理する", "「x」というステータス"),
    ("a status nobody reaches", lambda d: without_action(d, "return"), "補正待ち", "どこからも"),
    ("an action with an unknown notice", lambda d: action(d, "post").update(notice="x"), "発送する", "「x」という通知"),
    ("no way back from a correction", lambda d: without_action(d, "correct"), "補正待ち", "補正が届いた"),
    ("no way on from a payment", lambda d: without_action(d, "paid"), "納付待ち", "納付されたとき"),
    ("no way to cancel", lambda d: without_action(d, "cancel"), "申請済", "取下げで進む先"),
    ("no status for the unpaid", lambda d: d["process"].update(initial_unpaid=None), "プロセス", "納付を待つ"),
    ("nobody may look", lambda d: d.update(permissions=[]), "権限", "見られる人"),
    ("a procedure without a process", lambda d: d.update(process=None, views=[]), "プロセス", "必要です"),
    ("an unknown applicant", lambda d: d["procedure"]["applicant"].update(name="x"), "申請者", "「x」"),
    ("an applicant of a wrong type",
        lambda d: d["procedure"]["applicant"].update(phone="メール"),
        "申請者", "電話番号の"),
    ("web without e-mail", lambda d: d["procedure"]["applicant"].update(email=None), "手続", "メールアドレスを聞いて"),
    ("photo check without photo", lambda d: [field(d, c).pop("identity") for c in ("身分証おもて", "身分証うら")],
        "手続", "写真を受け取る質問"),
    ("photo check without a checklist", lambda d: d["procedure"].update(identity_checklist=[]), "手続", "確認項目"),
    ("a card without a birth date", lambda d: (d["procedure"].update(assurance="signature"),
        d["procedure"]["applicant"].pop("birth_date")), "手続", "必須の生年月日"),
    ("personal answers in chat", lambda d: d["procedure"].update(all_in_chat=True), "手続", "トークに残ります"),
    ("a pilot without a word about it", lambda d: d["procedure"].update(pilot_only=True), "手続", "ことわり"),
    ("LINE Pay", lambda d: d["procedure"]["fee"].update(providers=["linepay"]), "手数料", "2025年4月"),
    ("an unknown placeholder",
        lambda d: d["procedure"]["notices"]["posted"].update(body="{氏名} 様"),
        "posted", "「{氏名}」"),
    ("a template for no question", lambda d: d["procedure"]["return_templates"][0].update(fields=["処理メモ"]),
        "写真が読めない", "「処理メモ」"),
    ("a question for staff", lambda d: d["procedure"].update(questions=["処理メモ"]), "質問", "聞けません"),
    ("an unknown question", lambda d: d["procedure"].update(questions=["x"]), "質問", "「x」"),
    ("a refund in an unknown status",
        lambda d: d["procedure"]["fee"].update(refundable_until=["x"]),
        "手数料", "「x」"),
    ("a broken pattern", lambda d: field(d, "使いみちの内容").update(pattern="("), "使いみちの内容", "正規表現"),
    ("two equal options", lambda d: field(d, "使いみち")["options"].append("年金"), "使いみち", "「年金」が2つ"),
    ("a default that is no option", lambda d: field(d, "速達").update(default="x"), "速達", "はじめの値「x」"),
    ("limits the wrong way round", lambda d: field(d, "通数").update(min=11), "通数", "大きく"),
    ("a lookup without a target", lambda d: d["fields"].append(
        {"id": 99, "code": "道", "label": "道", "type": "lookup", "app": "", "key": ""}), "道", "app と key"),
    ("a column that reads a later one", lambda d: field(d, "必要な方")["fields"][0].update(
        show_if="必要な方の生年月日 = TODAY()"), "列「氏名」", "後の列"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "says"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_finds(change: Change, where: str, says: str):
    errors = [f for f in found(change) if f.level == "error"]
    assert any(where in f.where and says in f.message for f in errors), errors


WARNINGS: list[tuple[str, Change, str, str]] = [
    ("a dead end", lambda d: without_action(d, "post") or without_action(d, "reject"), "審査済", "先へ進めません"),
    ("payment that never expires", lambda d: without_action(d, "expire"), "納付待ち", "期限"),
    ("an optional e-mail on the web",
        lambda d: field(d, "メール").update(required=False),
        "メールアドレス", "届かない"),
    ("identity photos that are not personal",
        lambda d: field(d, "身分証うら").update(personal=False),
        "うら", "personal"),
    ("a condition on a later question",
        lambda d: field(d, "範囲").update(show_if='使いみち = "年金"'),
        "範囲", "後で聞く"),
    ("a pilot all in chat",
        lambda d: d["procedure"].update(all_in_chat=True, pilot_only=True, banner="実験"),
        "手続", "トーク"),
    ("a channel nobody uses", lambda d: d["procedure"].update(channels=["line", "counter"]), "メール", "web で聞く"),
    ("a required field not asked",
        lambda d: d["procedure"].update(questions=["氏名", "メール"]),
        "住所", "質問に入って"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "says"), [w[1:] for w in WARNINGS], ids=[w[0] for w in WARNINGS])
def test_warns_of(change: Change, where: str, says: str):
    warnings = [f for f in found(change) if f.level == "warning"]
    assert any(where in f.where and says in f.message for f in warnings), warnings


def test_missing_translations_are_one_warning():
    translation = [f for f in findings(certificate()) if f.where == "翻訳"]
    assert len(translation) == 1
    assert "英語" in translation[0].message
    assert findings(everything()) == []


def test_errors_stop_and_warnings_do_not():
    with pytest.raises(DefinitionError, match="トークに残ります"):
        validate(certificate(all_in_chat=True))
    validate(certificate(all_in_chat=True, pilot_only=True, banner="実験"))


@given(definitions())
def test_validation_never_raises_and_generated_definitions_only_lack_permissions(defn: AppDefinition):
    assert {f.where for f in findings(defn) if f.level == "error"} == {"権限"}
