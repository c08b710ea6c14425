"""The OpenAPI document says what there is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from madoguchi.api.operations import operations
from madoguchi.api.routes import LIVE, PREVIEW
from madoguchi.catalog.queries import AppRevision
from tests.integration.api.conftest import Api

pytestmark = pytest.mark.django_db


def test_every_endpoint_is_described_and_nothing_else() -> None:
    described = {(method, name, preview) for method, name, preview, _ in operations()}
    there = {(*key, False) for key in LIVE} | {(*key, True) for key in PREVIEW}
    assert described == there


def test_every_reference_leads_somewhere_and_names_are_unique() -> None:
    document = Client().get("/k/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    schemas = document["components"]["schemas"]
    for name in set(_references(document)):
        assert name in schemas
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"].rpartition("/")[2]] if "$ref" in node else []
    return own + [name for item in node.values() for name in _references(item)]


def test_an_app_is_described_field_by_field_to_whoever_sees_it(api: Api, app: AppRevision) -> None:
    answer = api.client.get(f"/k/openapi.json?app={app.app_id}", headers=api.headers)
    record = answer.json()["components"]["schemas"]["Record"]["properties"]
    assert record["num"]["properties"]["type"] == {"const": "NUMBER"}
    assert record["dd"]["properties"]["value"]["enum"] == ["p", "q", None]
    assert "倍" not in answer.json()["components"]["schemas"]["RecordToWrite"]["properties"]
    assert Client().get(f"/k/openapi.json?app={app.app_id}").status_code == 401


def test_the_document_is_in_english_too() -> None:
    answer = Client().get("/k/openapi.json", headers={"Accept-Language": "en"})
    assert "Read records" in json.dumps(answer.json())
