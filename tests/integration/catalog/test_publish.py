"""Publishing makes and alters real tables and never loses data."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from madoguchi.catalog import actions, queries, tasks
from madoguchi.catalog.indexes import wanted_indexes
from madoguchi.catalog.models import App, Revision
from madoguchi.catalog.queries import AppRevision
from madoguchi.catalog.schema import existing_columns, existing_indexes
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError
from madoguchi.records.actor import SYSTEM
from tests.publishing import publish
from tests.samples import certificate, everything

pytestmark = pytest.mark.django_db


def changed(defn: AppDefinition, **changes: Any) -> AppDefinition:
    return AppDefinition.model_validate(defn.model_dump(mode="json", by_alias=True) | changes)


def fields(defn: AppDefinition) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = defn.model_dump(mode="json", by_alias=True)["fields"]
    return found


def with_field(defn: AppDefinition, **field: Any) -> AppDefinition:
    return changed(defn, fields=[*fields(defn), field])


def fill(app: AppRevision, rows: int, **columns: str) -> None:
    names = ", ".join(["app_revision_id", "channel", *columns])
    values = ", ".join([str(app.revision_id), "'web'", *columns.values()])
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO app_{app.app_id} ({names}) SELECT {values} FROM generate_series(1, {rows}) n")


def one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return found[0] if found else None


def test_publishing_makes_a_table_with_typed_columns() -> None:
    app = publish(everything())
    found = existing_columns(f"app_{app.app_id}")
    money = app.definition.by_code["費用"]
    assert found[f"f{money.id}"] == "bigint"
    assert found["receipt_number"] == "text"


def test_publishing_the_same_revision_twice_changes_nothing() -> None:
    draft = actions.save_draft(defn=certificate(), actor=SYSTEM)
    first = actions.publish(revision=draft, actor=SYSTEM)
    assert actions.publish(revision=draft, actor=SYSTEM) == first
    assert Revision.objects.count() == 1


def test_a_draft_is_replaced_until_it_is_published() -> None:
    one_draft = actions.save_draft(defn=certificate(), actor=SYSTEM)
    other = actions.save_draft(defn=changed(certificate(), name="改"), actor=SYSTEM)
    assert (one_draft.pk, one_draft.number) == (other.pk, other.number)


def test_a_new_revision_retires_the_old_one() -> None:
    first = publish(certificate())
    second = publish(changed(certificate(), name="改"))
    assert [r.state for r in Revision.objects.order_by("number")] == ["retired", "published"]
    assert queries.published(first.code) == second
    assert queries.revision(first.revision_id).definition.name != second.definition.name


def test_a_field_is_added_to_fifty_thousand_rows_without_rewriting_them() -> None:
    app = publish(certificate())
    fill(app, 50_000)
    before = one(f"SELECT pg_relation_filenode('app_{app.app_id}')")
    publish(with_field(certificate(), type="number", id=900, code="備考番号", label="備考番号"))
    assert one(f"SELECT pg_relation_filenode('app_{app.app_id}')") == before
    assert existing_columns(f"app_{app.app_id}")["f900"] == "numeric"


def test_a_renamed_field_keeps_its_data() -> None:
    extra = {"type": "text", "id": 900, "code": "備考", "label": "備考"}
    app = publish(with_field(certificate(), **extra))
    fill(app, 1, f900="'大切'")
    publish(with_field(certificate(), **extra | {"code": "メモ", "label": "メモ"}))
    assert one(f"SELECT f900 FROM app_{app.app_id}") == "大切"


def test_a_removed_field_keeps_its_data_and_has_it_again_when_it_comes_back() -> None:
    extra = {"type": "text", "id": 900, "code": "備考", "label": "備考"}
    app = publish(with_field(certificate(), **extra))
    fill(app, 1, f900="'大切'")
    publish(certificate())
    publish(with_field(certificate(), **extra, help="戻した"))
    assert one(f"SELECT f900 FROM app_{app.app_id}") == "大切"


def test_a_change_of_type_is_refused_and_nothing_is_published() -> None:
    first = publish(with_field(certificate(), type="text", id=900, code="備考", label="備考"))
    wrong = with_field(certificate(), type="name", id=900, code="備考", label="備考")
    with pytest.raises(DefinitionError, match="種類は、すでにデータがあるため変更できません"):
        publish(wrong)
    assert queries.published(first.code) == first


def test_unique_is_refused_while_two_records_hold_the_same() -> None:
    extra: dict[str, Any] = {"type": "text", "id": 900, "code": "番号", "label": "番号"}
    app = publish(with_field(certificate(), **extra))
    fill(app, 2, f900="'同じ'")
    with pytest.raises(DefinitionError, match="重複"):
        publish(with_field(certificate(), **extra, unique=True))


def test_indexes_follow_the_views() -> None:
    app = publish(certificate())
    table = f"app_{app.app_id}"
    assert len(existing_indexes(table)) == 1
    publish(changed(certificate(), views=[]))
    assert existing_indexes(table) == set()


def test_a_lookup_gives_the_other_app_an_index_on_its_key() -> None:
    roads = changed(
        certificate(), code="roads", views=[], procedure=None, process=None, layout=[],
        permissions=[{"rights": ["view"]}],
        fields=[{"type": "text", "id": 1, "code": "番号", "label": "番号"},
                {"type": "text", "id": 2, "code": "名称", "label": "名称"}],
    )
    target = publish(roads)
    publish(everything())
    assert len(existing_indexes(f"app_{target.app_id}")) == 1
    publish(changed(roads, name="道路"))
    assert len(existing_indexes(f"app_{target.app_id}")) == 1


def test_an_app_that_was_never_published_is_not_found() -> None:
    actions.save_draft(defn=certificate(), actor=SYSTEM)
    with pytest.raises(queries.AppNotFound):
        queries.published(certificate().code)
    assert queries.procedures() == []


def test_a_publish_by_another_process_counts_at_once() -> None:
    first = publish(certificate())
    second = publish(changed(certificate(), name="改"))
    App.objects.filter(pk=first.app_id).update(published_id=first.revision_id)
    assert queries.published(first.code) == first
    App.objects.filter(pk=first.app_id).update(published_id=second.revision_id)
    assert queries.published(first.code) == second


@pytest.mark.django_db(transaction=True)
def test_two_publishes_at_once_wait_for_each_other() -> None:
    publish(certificate())
    barrier = Barrier(2)

    def add(field_id: int) -> None:
        try:
            barrier.wait()
            publish(with_field(certificate(), type="text", id=field_id, code=f"追加{field_id}", label="追加"))
        except actions.DraftChanged:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, [901, 902]))
    app = queries.published(certificate().code)
    assert Revision.objects.filter(state="published").count() == 1
    assert {f"f{f.id}" for f in app.definition.fields if f.id > 900} <= set(existing_columns(f"app_{app.app_id}"))


def test_a_draft_that_somebody_changed_is_not_published_unseen() -> None:
    seen = actions.save_draft(defn=certificate(), actor=SYSTEM)
    actions.save_draft(defn=changed(certificate(), name="改"), actor=SYSTEM)
    with pytest.raises(actions.DraftChanged):
        actions.publish(revision=seen, actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_the_index_of_a_large_table_is_built_by_a_job(run_jobs: Any) -> None:
    app = publish(changed(certificate(), views=[]))
    fill(app, 10_001)
    publish(certificate())
    assert existing_indexes(f"app_{app.app_id}") == set()
    assert run_jobs() == 1
    assert len(existing_indexes(f"app_{app.app_id}")) == 1


@pytest.mark.django_db(transaction=True)
def test_an_index_left_half_built_by_a_crash_is_built_anew() -> None:
    app = publish(certificate())
    table = f"app_{app.app_id}"
    index = next(index for index in wanted_indexes(app.app_id, app.definition) if not index.unique)
    others = existing_indexes(table) - {index.name}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [index.name])
    assert existing_indexes(table) == others
    keys = [(key.column, key.descending, key.nullable) for key in index.keys]
    tasks.build_index(table=table, keys=keys)
    tasks.build_index(table=table, keys=keys)
    assert existing_indexes(table) == others | {index.name}
