"""Definitions as YAML: in and out unchanged, and errors that say where."""

from __future__ import annotations

import pytest
from hypothesis import given

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError, Finding
from madoguchi.definition.yaml import dump, load
from tests.samples import DATA, certificate, everything
from tests.strategies import definitions, texts, translated

CERTIFICATE = (DATA / "certificate.yaml").read_text(encoding="utf-8")


def refused(text: str) -> Finding:
    """The only finding that reading ``text`` ends with."""
    with pytest.raises(DefinitionError) as refusal:
        load(text)
    (finding,) = refusal.value.findings
    return finding


@pytest.mark.parametrize("name", ["certificate.yaml", "everything.yaml"])
def test_a_canonical_file_comes_out_as_it_went_in(name: str):
    text = (DATA / name).read_text(encoding="utf-8")
    assert dump(load(text)) == text


@given(definitions())
def test_every_definition_survives_yaml_and_json(defn: AppDefinition):
    assert load(dump(defn)) == defn
    assert dump(load(dump(defn))) == dump(defn)
    assert AppDefinition.model_validate_json(defn.model_dump_json(by_alias=True)) == defn


@given(translated, texts)
def test_any_text_survives_yaml(label: object, code_of_option: str):
    field = {"id": 1, "code": "a", "type": "choice", "label": label, "options": [code_of_option]}
    defn = AppDefinition.model_validate(
        {"code": "app", "name": "x", "owner_department": "d", "description": label, "fields": [field]}
    )
    assert load(dump(defn)) == defn


def test_defaults_are_left_out_and_types_are_always_written():
    written = dump(everything())
    assert "required: false" not in written
    assert written.count("type:") == sum(1 + len(getattr(f, "fields", ())) for f in everything().fields)


def test_japanese_stays_readable_and_lines_stay_lines():
    defn = certificate(banner="一行目\n二行目")
    assert "banner: |-\n    一行目\n    二行目\n" in dump(defn)


def test_a_date_is_a_date_however_it_is_quoted():
    for written in ("1900-01-01", "'1900-01-01'"):
        field = load(CERTIFICATE.replace("1900-01-01", written, 1)).by_code["生年月日"]
        assert field.earliest.year == 1900


@pytest.mark.parametrize(("code", "expected"), [("01203", "01203"), ("'12203'", "12203"), ("12203", "12203")])
def test_codes_with_leading_zeros_are_not_octal(code: str, expected: str):
    text = CERTIFICATE.replace("city_code: '12203'", f"city_code: {code}")
    assert load(text).by_code["住所"].city_code == expected


def test_options_may_be_numbers_and_words_that_yaml_takes_for_truth():
    text = CERTIFICATE.replace("  - 運転免許証\n", "  - 1\n  - no\n  - 2026-01-01\n  - 12:30\n")
    values = [option.value for option in load(text).by_code["身分証の種類"].options]
    assert values[:4] == ["1", "no", "2026-01-01", "12:30"]


@pytest.mark.parametrize(
    ("before", "after", "where", "word"),
    [
        ("max_length: 50", "max_length: -1", "フィールド「個人番号の提出先」", "小さすぎます"),
        ("type: consent", "type: konsent", "フィールド「同意」", "「konsent」はありません"),
        ("code: 氏名", "code: 1氏名", "フィールド「氏名」", "使えない文字"),
        ("prefix: JM", "prefix: jm", "手続", "英大文字"),
        ("required: true", "requierd: true", "フィールド「氏名」", "「requierd」という設定はありません"),
        ("min: 1\n", "min: x\n", "フィールド「通数」", "数ではありません"),
        ("kind: done", "kind: finished", "ステータス「発送済」", "「finished」は使えません"),
        ("required: true", "required: maybe", "フィールド「氏名」", "true（はい）か false"),
        ("id: 5\n", "id: 5\n  id: 6\n", "YAML", "2回書かれています"),
        ("fields:\n", "fields:\n - [\n", "YAML", "YAML として読めません"),
        ("- type: file", "- typ: file", "フィールド「委任状」", "種類（type）がありません"),
        ("code: juminhyo", "code: &a juminhyo\nx: *a", "YAML", "YAML として読めません"),
    ],
)  # fmt: skip
def test_an_error_names_the_place_and_the_line(before: str, after: str, where: str, word: str):
    finding = refused(CERTIFICATE.replace(before, after, 1))
    line = CERTIFICATE[: CERTIFICATE.index(before)].count("\n") + 1
    assert finding.where == where
    assert word in finding.message + finding.mend
    assert abs(finding.line - line) <= 3


@pytest.mark.parametrize("text", ["", "文だけ", "- 1", "code: x", "\x00", "fields: {}", "a: [b"])
def test_what_is_no_definition_is_refused_in_words(text: str):
    with pytest.raises(DefinitionError) as refusal:
        load(text)
    assert "pydantic" not in str(refusal.value)
    assert all(any("ぁ" <= c <= "ん" for c in finding.message) for finding in refusal.value.findings)
