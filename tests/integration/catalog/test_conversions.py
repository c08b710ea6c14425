"""Fields that get another type keep their data, and what cannot be kept is said before."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from madoguchi.catalog import actions, conversions, queries
from madoguchi.catalog.models import App, Conversion, Revision
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError
from madoguchi.records.actor import SYSTEM
from tests.integration.catalog.test_publish import fill, one, with_field
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db


def field(kind: str, **more: Any) -> AppDefinition:
    return with_field(certificate(), type=kind, id=900, code="備考", label="備考", **more)


def draft(defn: AppDefinition, *, accept_losses: bool = False) -> Revision:
    revision = actions.save_draft(defn=defn, actor=SYSTEM)
    revision.accept_losses = accept_losses
    revision.save()
    return revision


def publish_with_losses(defn: AppDefinition) -> AppRevision:
    return actions.publish(revision=draft(defn, accept_losses=True), actor=SYSTEM)


def test_numbers_become_text_without_loss() -> None:
    app = publish(field("number", decimals=1))
    fill(app, 3, f900="n + 0.5")
    assert not conversions.previews(App.objects.get(), field("text"))[0].losses
    publish(field("text"))
    assert one(f"SELECT string_agg(f900, ' ' ORDER BY id) FROM app_{app.app_id}") == "1.5 2.5 3.5"


def test_text_that_is_no_number_is_counted_before_and_nothing_is_lost_unasked() -> None:
    app = publish(field("text"))
    fill(app, 4, f900="CASE n WHEN 1 THEN '１,２００円' WHEN 2 THEN 'なし' WHEN 3 THEN '7' END")
    (preview,) = conversions.previews(App.objects.get(), field("number"))
    assert (preview.total, preview.losses) == (3, {"all": 1})
    assert preview.samples["all"] == [str(one(f"SELECT id FROM app_{app.app_id} WHERE f900 = 'なし'"))]
    with pytest.raises(DefinitionError, match="失われる値"):
        publish(field("number"))
    assert queries.published(app.code).number == 1
    second = publish_with_losses(field("number"))
    assert one(f"SELECT array_agg(f900::text ORDER BY id)::text FROM app_{app.app_id}") == "{1200,NULL,7,NULL}"
    assert one(f"SELECT o900_{second.revision_id} FROM app_{app.app_id} ORDER BY id OFFSET 1 LIMIT 1") == "なし"


@pytest.mark.parametrize(
    ("before", "value", "after", "expected"),
    [
        ({"kind": "text"}, "'令和8年11月23日'", {"kind": "date"}, "2026-11-23"),
        ({"kind": "text"}, "'赤、青'", {"kind": "choices", "options": ["赤", "青"]}, "{赤,青}"),
        ({"kind": "choice", "options": ["赤", "青"]}, "'赤'", {"kind": "choices", "options": ["赤", "青"]}, "{赤}"),
        ({"kind": "choices", "options": ["赤"]}, "ARRAY['赤']", {"kind": "choice", "options": ["赤", "青"]}, "赤"),
        ({"kind": "money"}, "1200", {"kind": "number"}, "1200"),
        ({"kind": "number"}, "1200", {"kind": "money"}, "1200"),
        ({"kind": "date"}, "'2026-11-23'", {"kind": "text"}, "2026-11-23"),
        ({"kind": "date"}, "'2026-11-23'", {"kind": "datetime"}, "2026-11-22 15:00:00+00"),
        ({"kind": "text"}, "'ｱｶ'", {"kind": "choice", "options": ["アカ"]}, "アカ"),
        ({"kind": "textarea"}, "'あ'", {"kind": "text"}, "あ"),
        ({"kind": "text"}, "'9:05'", {"kind": "time"}, "09:05:00"),
        ({"kind": "text"}, "'はい'", {"kind": "consent", "statement": "同意"}, "true"),
    ],
    ids=str,
)
def test_values_follow_their_field(before: dict[str, Any], value: str, after: dict[str, Any], expected: str) -> None:
    app = publish(field(**before))
    fill(app, 1, f900=value)
    publish_with_losses(field(**after))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
    assert one(f"SELECT f900::text FROM app_{app.app_id}") == expected


def test_an_index_of_the_old_column_makes_way_for_one_of_the_new() -> None:
    app = publish(field("text", unique=True))
    fill(app, 3, f900="n::text")
    publish(field("number", unique=True))
    names = one(
        "SELECT count(*) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        f" WHERE i.indrelid = 'app_{app.app_id}'::regclass AND a.attname = 'f900' AND i.indisunique"
    )
    assert names == 1


def test_records_of_earlier_revisions_are_read_by_the_new_type_and_interviews_keep_theirs() -> None:
    first = publish(field("text"))
    publish_with_losses(field("number"))
    assert queries.revision(first.revision_id).definition.by_code["備考"].type == "number"
    assert queries.as_filed(first.revision_id).definition.by_code["備考"].type == "text"
    app, values = conversions.fitted(queries.as_filed(first.revision_id), {"備考": "３", "通数": "1"})
    assert (app.revision_id, values) == (first.revision_id, {"備考": "3", "通数": "1"})


def test_a_large_table_is_converted_in_batches_that_go_on_where_they_stopped(monkeypatch: Any) -> None:
    monkeypatch.setattr(conversions, "BATCH", 10)
    monkeypatch.setattr(conversions, "LARGE_TABLE", 20)
    app = publish(field("text"))
    fill(app, 45, f900="n::text")
    revision = draft(field("number"))
    revision.app.refresh_from_db()
    assert conversions.needs_job(revision)
    conversion = conversions.begin(revision)
    found = conversions.changes(revision.app, field("number"))
    conversions.add_columns(app.app_id, found)
    assert conversions._copy_batch(app.app_id, found, conversion)
    assert (conversion.done, conversion.total) == (10, 45)
    conversions.copy_all(revision)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE app_{app.app_id} SET f900 = '1000', updated_at = now() WHERE f900 = '7'")
    fill(app, 1, f900="'46'")
    actions.publish(revision=revision, actor=SYSTEM)
    assert one(f"SELECT sum(f900) FROM app_{app.app_id}") == sum(range(47)) - 7 + 1000
    assert Conversion.objects.get().finished_at
