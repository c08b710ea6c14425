"""Accounts: who may be added, with which role, and what is said otherwise."""

from __future__ import annotations

import pytest

from madoguchi.accounts.actions import StaffRefused, add_role, create_staff
from madoguchi.accounts.models import Department, Staff
from madoguchi.accounts.queries import departments_of, has_role, memberships
from madoguchi.records.permissions import rights
from tests.cast import PASSWORD
from tests.samples import certificate

pytestmark = pytest.mark.django_db


def add(**changes: str) -> Staff:
    wanted = {
        "username": "sato", "display_name": "佐藤 美咲", "department_code": "shimin", "role": "reception",
        "password": PASSWORD,
    }
    return create_staff(**(wanted | changes))


@pytest.fixture(autouse=True)
def department() -> Department:
    return Department.objects.create(code="shimin", name="市民課")


def test_a_new_member_of_staff_has_one_role_in_one_department() -> None:
    staff = add()
    assert memberships(staff) == {("shimin", "reception")}
    assert [d.name for d in departments_of(staff)] == ["市民課"]
    assert staff.check_password(PASSWORD)
    assert not staff.is_staff and not staff.is_superuser


def test_one_person_may_have_several_roles() -> None:
    staff = add()
    add_role(staff=staff, department_code="shimin", role="accounting")
    add_role(staff=staff, department_code="shimin", role="accounting")
    again = Staff.objects.get(pk=staff.pk)
    assert memberships(again) == {("shimin", "reception"), ("shimin", "accounting")}
    assert has_role(again, "accounting", "admin") and not has_role(again, "admin")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"role": "mayor"}, "役割「mayor」はありません。"),
        ({"department_code": "nowhere"}, "部署「nowhere」はありません。登録済みの部署: shimin"),
        ({"username": " "}, "利用者名がありません。"),
        ({"password": "short"}, "パスワードを変えてください。"),
        ({"password": "1234567890"}, "パスワードを変えてください。"),
        ({"password": "sato-misaki-sato", "username": "sato-misaki-sato"}, "パスワードを変えてください。"),
    ],
)
def test_what_is_wrong_is_said_in_words(changes: dict[str, str], said: str) -> None:
    with pytest.raises(StaffRefused) as refused:
        add(**changes)
    assert said in " ".join(refused.value.messages)
    assert not Staff.objects.exists()


def test_a_user_name_is_taken_whatever_its_capitals() -> None:
    add()
    with pytest.raises(StaffRefused, match="すでに使われています"):
        add(username="SATO")


def test_roles_and_rights_are_read_once_a_request(django_assert_num_queries: object) -> None:
    staff = add()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert has_role(staff, "reception") and not has_role(staff, "admin")
        assert "process" in rights(staff, certificate())


def test_the_product_hashes_passwords_with_argon2() -> None:
    from madoguchi.site import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_two_people_do_not_share_roles() -> None:
    sato, suzuki = add(), add(username="suzuki", role="review")
    assert memberships(sato) == {("shimin", "reception")}
    assert memberships(suzuki) == {("shimin", "review")}
