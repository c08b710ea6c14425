"""All writes about staff."""

from __future__ import annotations

from typing import get_args

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from madoguchi.accounts.models import Department, Membership, Staff
from madoguchi.definition.app import Role


class StaffRefused(ValidationError):
    """Why an account was not made, in Japanese, with what to do (in ``messages``)."""


@transaction.atomic
def create_staff(
    *, username: str, display_name: str, department_code: str, role: str, password: str
) -> Staff:
    """Makes an account with one role in one department, which must exist.

    Raises ``StaffRefused``. The password is held to the same rules as on the password page. Called by the
    administrator's command line, so there is no acting member of staff.
    """
    _check_free(username)
    _check_role(role)
    department = _department(department_code)
    staff = Staff(username=username, display_name=display_name)
    _check_password(password, staff)
    staff.set_password(password)
    staff.save()
    Membership.objects.create(staff=staff, department=department, role=role)
    return staff


@transaction.atomic
def add_role(*, staff: Staff, department_code: str, role: str) -> Membership:
    """Gives ``staff`` one more role in a department; giving it twice changes nothing. Raises ``StaffRefused``."""
    _check_role(role)
    membership, _ = Membership.objects.get_or_create(
        staff=staff, department=_department(department_code), role=role
    )
    return membership


def _check_free(username: str) -> None:
    if not username.strip():
        raise StaffRefused("利用者名がありません。半角の英数字で入力してください。")
    if Staff.objects.filter(username__iexact=username).exists():
        raise StaffRefused(f"利用者名「{username}」はすでに使われています。別の利用者名にしてください。")


def _check_role(role: str) -> None:
    if role not in get_args(Role):
        known = "、".join(get_args(Role))
        raise StaffRefused(f"役割「{role}」はありません。次のどれかにしてください: {known}")


def _department(code: str) -> Department:
    department = Department.objects.filter(code=code).first()
    if department is None:
        known = "、".join(Department.objects.values_list("code", flat=True)) or "（まだありません）"
        raise StaffRefused(f"部署「{code}」はありません。登録済みの部署: {known}")
    return department


def _check_password(password: str, staff: Staff) -> None:
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise StaffRefused(["パスワードを変えてください。", *error.messages]) from error
