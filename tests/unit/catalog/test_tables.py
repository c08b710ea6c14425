"""Fields become columns; definitions become statements."""

from __future__ import annotations

import pytest

from madoguchi.catalog.indexes import SortKey, sort_keys, wanted_indexes
from madoguchi.catalog.tables import LATER_SYSTEM_COLUMNS, columns_of, plan
from madoguchi.definition.app import AppDefinition, Sort
from tests.samples import certificate, everything


def columns(defn: AppDefinition) -> dict[str, str]:
    own = {column.name: column.sql_type for field in defn.fields for column in columns_of(field)}
    return {**LATER_SYSTEM_COLUMNS, **own}


def with_field(defn: AppDefinition, **field: object) -> AppDefinition:
    data = defn.model_dump(mode="json", by_alias=True)
    data["fields"] = [f for f in data["fields"] if f["id"] != field["id"]] + [field]
    return AppDefinition.model_validate(data)


def test_every_field_type_has_columns_named_by_the_field_id() -> None:
    for defn in (certificate(), everything()):
        for field in defn.fields:
            names = [column.name for column in columns_of(field)]
            assert bool(names) is (field.type != "heading")
            assert all(name == f"f{field.id}" or name.startswith(f"f{field.id}_") for name in names)


def test_a_name_is_four_columns() -> None:
    name = certificate().by_code["氏名"]
    assert [column.part for column in columns_of(name)] == ["family", "given", "family_kana", "given_kana"]


def test_a_new_table_is_made_and_then_gets_its_columns() -> None:
    create, add = plan(7, existing={}, new=certificate()).statements
    assert 'CREATE TABLE IF NOT EXISTS "app_7"' in create.as_string()
    assert 'ALTER TABLE "app_7" ADD COLUMN IF NOT EXISTS' in add.as_string()


def test_nothing_is_done_to_a_table_that_fits_already() -> None:
    assert plan(7, existing=columns(certificate()), new=certificate()).statements == ()


def test_a_removed_field_keeps_its_column() -> None:
    existing = columns(certificate()) | {"f999": "text"}
    assert "DROP" not in "".join(s.as_string() for s in plan(7, existing=existing, new=certificate()).statements)


def test_another_type_for_data_already_there_is_refused_in_plain_words() -> None:
    new = with_field(certificate(), id=900, code="備考", label="備考", type="number")
    (problem,) = plan(7, existing=columns(certificate()) | {"f900": "text"}, new=new).problems
    assert "備考" in problem.message
    assert "新しいフィールド" in problem.mend


def test_a_name_cannot_become_a_text() -> None:
    name_id = certificate().by_code["氏名"].id
    new = with_field(certificate(), id=name_id, code="氏名", label="氏名", type="text")
    assert len(plan(7, existing=columns(certificate()), new=new).problems) == 1


def test_a_text_may_become_a_longer_text() -> None:
    new = with_field(certificate(), id=900, code="備考", label="備考", type="textarea")
    assert plan(7, existing=columns(certificate()) | {"f900": "text"}, new=new).problems == ()


def test_too_many_columns_are_refused_before_the_database_does() -> None:
    existing = {f"f{n}": "text" for n in range(2000, 3500)}
    assert "多すぎます" in plan(7, existing=existing, new=certificate()).problems[0].message


def test_lists_by_the_newest_are_served_by_the_primary_key() -> None:
    assert sort_keys(certificate(), [Sort(field="id", descending=True)]) == (SortKey("id", True, nullable=False),)


def test_blank_values_come_last_in_the_query_and_in_the_index_alike() -> None:
    assert SortKey("f3", descending=True).sql().as_string() == '"f3" DESC NULLS LAST'
    assert SortKey("f3", descending=False).sql().as_string() == '"f3"'


def test_names_sort_by_kana_and_the_id_decides_between_equals() -> None:
    field_id = certificate().by_code["氏名"].id
    keys = sort_keys(certificate(), [Sort(field="氏名")])
    assert [key.column for key in keys] == [f"f{field_id}_family_kana", f"f{field_id}_given_kana", "id"]


@pytest.mark.parametrize("code", ["記載事項", "住所録", "身分証おもて"])
def test_what_cannot_be_sorted_by_is_left_out(code: str) -> None:
    assert [key.column for key in sort_keys(certificate(), [Sort(field=code)])] == ["id"]


def test_a_view_gets_an_index_of_its_single_filters_and_its_order() -> None:
    data = certificate().model_dump(mode="json", by_alias=True)
    data["views"] = [{
        "code": "x", "name": "x", "columns": ["status"], "filter": 'ステータス in ("submitted")',
        "sort": [{"field": "submitted_at", "descending": True}],
    }]
    (index,) = wanted_indexes(7, AppDefinition.model_validate(data))
    text = index.create().as_string()
    assert text.endswith('ON "app_7" ("status", "submitted_at" DESC NULLS LAST, "id" DESC)')
    assert text.startswith('CREATE INDEX IF NOT EXISTS "app_7_')
