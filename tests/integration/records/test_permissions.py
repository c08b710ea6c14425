"""Who may do what: the cast against the certificate's permissions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from madoguchi.accounts.models import Department, Membership, Staff
from madoguchi.catalog.queries import AppRevision
from madoguchi.records import permissions
from madoguchi.records.access import log_access
from madoguchi.records.models import AccessLog
from tests.samples import certificate

pytestmark = pytest.mark.django_db

MATRIX = [
    # username, right, may
    ("sato", "view", True), ("sato", "process", True), ("sato", "identity", True), ("sato", "manage", False),
    ("suzuki", "view", True), ("suzuki", "add", False), ("ito", "process", True),
    ("tanaka", "payment", True), ("tanaka", "edit", False), ("tanaka", "identity", False),
    ("watanabe", "view", True), ("watanabe", "edit", True),
    ("kobayashi", "view", False), ("kobayashi", "process", False),
    ("outsider", "view", False), ("outsider", "process", False), ("outsider", "export", False),
]


@pytest.mark.parametrize(("username", "right", "may"), MATRIX)
def test_rights_of_the_cast(staff: Mapping[str, Staff], username: str, right: str, may: bool) -> None:
    assert (right in permissions.rights(staff[username], certificate())) is may


def test_nobody_in_another_department_may_do_anything(staff: Mapping[str, Staff]) -> None:
    assert permissions.rights(staff["outsider"], certificate()) == frozenset()
    with pytest.raises(PermissionDenied):
        permissions.require(staff["outsider"], certificate(), "view")


def test_someone_who_left_has_no_rights(staff: Mapping[str, Staff]) -> None:
    staff["sato"].is_active = False
    assert permissions.rights(staff["sato"], certificate()) == frozenset()


def test_a_role_in_another_department_does_not_lend_its_buttons(staff: Mapping[str, Staff]) -> None:
    """佐藤 is 受付 in 市民課; being 審査 in 生活環境整備課 does not let them reject 市民課's applications."""
    Membership.objects.create(staff=staff["sato"], department=Department.objects.get(code="kankyo"), role="review")
    codes = [action.code for action in permissions.actions_for(staff["sato"], certificate(), "submitted")]
    assert "accept" in codes
    assert "reject" not in codes


def test_buttons_are_those_of_ones_roles(staff: Mapping[str, Staff]) -> None:
    defn = certificate()
    assert "reject" in [action.code for action in permissions.actions_for(staff["suzuki"], defn, "submitted")]
    assert permissions.actions_for(staff["outsider"], defn, "submitted") == ()
    assert permissions.actions_for(staff["suzuki"], defn, None) == ()


def test_memberships_are_read_once_a_request(
    staff: Mapping[str, Staff], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        permissions.rights(staff["sato"], certificate())
        permissions.actions_for(staff["sato"], certificate(), "submitted")


def test_reading_personal_fields_is_noted_once_a_page(published_app: AppRevision, staff: Mapping[str, Staff]) -> None:
    note = {"app": published_app, "staff": staff["sato"], "purpose": "list"}
    log_access(**note, record_ids=[3, 4], field_ids={9, 2})  # type: ignore[arg-type]
    log_access(**note, record_ids=[3], field_ids=[])  # type: ignore[arg-type]
    (row,) = AccessLog.objects.all()
    assert (row.record_ids, row.field_ids, row.purpose) == ([3, 4], [2, 9], "list")
