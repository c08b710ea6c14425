"""The cast with an app to build: watanabe (業務管理者 of 市民課) builds, ito (決裁) and kobayashi review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from madoguchi.accounts.models import Membership, Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from tests import walks
from tests.publishing import publish
from tests.samples import certificate

At = Callable[[str], Client]
Plain = dict[str, Any]


@pytest.fixture
def at(staff: Mapping[str, Staff]) -> At:
    """A browser in which somebody of the cast is signed in: ``at("watanabe")``."""

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(staff[username])
        return client

    return signed_in


@pytest.fixture
def second_builder(staff: Mapping[str, Staff]) -> Staff:
    """suzuki, made 業務管理者 of 市民課 as well."""
    suzuki = staff["suzuki"]
    Membership.objects.create(staff=suzuki, department=suzuki.departments.get(), role="app_admin")
    return suzuki


@pytest.fixture
def app(staff: Mapping[str, Staff]) -> AppRevision:
    """``samples.certificate()``, published."""
    return publish(certificate())


def plain(defn: AppDefinition) -> Plain:
    """A definition as the designer gets it."""
    return defn.model_dump(mode="json", by_alias=True)


def relabelled(definition: Plain, code: str, **changes: Any) -> Plain:
    """The definition with something of one field changed."""
    return {
        **definition,
        "fields": [{**field, **changes} if field["code"] == code else field for field in definition["fields"]],
    }


@pytest.fixture
def applied(app: AppRevision, settings: Settings, tmp_path: Path) -> str:
    """Hanako applied for two copies; the receipt number."""
    settings.FILES_DIR = tmp_path / "files"
    return walks.apply(channel="web").receipt_number
