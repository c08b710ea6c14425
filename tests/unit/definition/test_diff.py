"""What changed between two definitions, in words."""

from __future__ import annotations

from hypothesis import given

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.diff import contents, differences
from madoguchi.definition.yaml import dump, load
from tests.samples import certificate
from tests.strategies import definitions


def told(*replacements: tuple[str, str]) -> str:
    """The differences after replacing text in the certificate's YAML."""
    text = dump(certificate())
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after, 1)
    return "\n".join(str(change) for change in differences(certificate(), load(text)))


def test_a_renamed_field_is_changed_and_not_removed():
    text = told(("code: 処理メモ", "code: メモ"), ("label: 処理メモ", "label: 職員メモ"), ("- 処理メモ", "- メモ"))
    assert "フィールド「職員メモ」を変更しました。\n  コード: 「処理メモ」 → 「メモ」" in text
    assert "削除" not in text


def test_added_and_removed_options_are_named():
    assert "選択肢: 追加 「相続」；削除 「学校」" in told(("- 学校\n", "- 相続\n"))


def test_changes_of_process_and_procedure_are_told_by_name():
    text = told(("name: 発送する", "name: 送る"), ("assurance: photo", "assurance: card"))
    assert "アクション「送る」を変更しました。\n  名前: 「発送する」 → 「送る」" in text
    assert "本人確認レベル: 「本人確認書類の写真」 → 「マイナンバーカード（認証）」" in text


def test_deeper_changes_show_only_their_lines():
    text = told(("amount: 送料", "amount: 送料 + 100"))
    assert "－   金額: 送料" in text
    assert "＋   金額: 送料 + 100" in text
    assert "手数料\n    －" not in text


def test_new_statuses_and_lost_views_are_told():
    old = certificate()
    new = old.model_copy(update={"views": old.views[1:]})
    assert [str(change) for change in differences(old, new)] == ["一覧「未処理」を削除しました。"]
    (added,) = differences(new, old)
    assert (added.kind, added.where) == ("added", "一覧「未処理」")
    assert added.details[0].startswith("種類: ")


def test_rules_about_people_are_told_line_by_line():
    data = certificate().model_dump(mode="json", by_alias=True)
    data["permissions"][0] = {"department": "shimin", "roles": ["review"], "rights": ["view"]}
    (change,) = differences(certificate(), AppDefinition.model_validate(data))
    assert "追加 「課 shimin・審査: 閲覧」" in change.details[0]
    assert "削除" in change.details[0]


def test_the_first_reviewer_reads_everything():
    told = {change.where for change in contents(certificate())}
    assert {"フィールド「通数」", "手続", "プロセス"} <= told


@given(definitions(), definitions())
def test_only_equal_definitions_have_no_differences(old: AppDefinition, new: AppDefinition):
    assert differences(old, old) == []
    assert bool(differences(old, new)) == (old != new)
    assert all(str(change) for change in differences(old, new))
