"""``madoguchi staff …`` in words."""

from __future__ import annotations

import click
from django.core.exceptions import ValidationError

from madoguchi.accounts.actions import create_staff


def add_staff(*, username: str, name: str, department: str, role: str, password: str) -> int:
    """Adds the account; 1 with a sentence if the department is unknown or the password too weak."""
    try:
        create_staff(
            username=username, display_name=name, department_code=department, role=role, password=password
        )
    except ValidationError as error:
        click.echo(" ".join(error.messages), err=True)
        return 1
    click.echo(f"{name}（{username}）を登録しました。")
    return 0
