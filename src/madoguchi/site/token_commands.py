"""``madoguchi token …`` in words."""

from __future__ import annotations

from datetime import timedelta

import click
from django.utils import timezone

from madoguchi.api.models import ApiToken
from madoguchi.api.tokens import TokenRefused, create_token, revoke_token
from madoguchi.catalog.models import App

MADE_HERE = "コマンドで作成"


def create(*, app_code: str, rights: str, name: str, days: int | None) -> int:
    """Prints a new token, which cannot be shown again; 1 with a sentence if the app or a right is unknown."""
    app = App.objects.filter(code=app_code).first()
    if app is None:
        known = "、".join(App.objects.values_list("code", flat=True)) or "（まだありません）"
        click.echo(f"アプリ「{app_code}」はありません。登録済みのアプリ: {known}", err=True)
        return 1
    wanted = [word.strip() for word in rights.split(",") if word.strip()]
    ends = timezone.now() + timedelta(days=days) if days else None
    try:
        row, text = create_token(app=app, name=name or MADE_HERE, rights=wanted, expires_at=ends)
    except TokenRefused as error:
        click.echo(str(error), err=True)
        return 1
    click.echo(f"トークン {row.pk}（{row.name}）を作りました。次の行は二度と表示できません。", err=True)
    click.echo(text)
    return 0


def show() -> None:
    """Every token that was not withdrawn, without its text."""
    for row in ApiToken.objects.filter(revoked_at=None).select_related("app"):
        used = f"{timezone.localtime(row.last_used_at):%Y-%m-%d %H:%M}" if row.last_used_at else "未使用"
        ends = f"、{timezone.localtime(row.expires_at):%Y-%m-%d} まで" if row.expires_at else ""
        click.echo(f"{row.pk}  {row.app.code}  {row.name}  {','.join(row.rights)}  最後の使用: {used}{ends}")


def revoke(token_id: int) -> int:
    """Withdraws a token at once; 1 with a sentence if there is none with that number."""
    row = ApiToken.objects.filter(pk=token_id, revoked_at=None).first()
    if row is None:
        click.echo(f"トークン {token_id} はありません。madoguchi token list で番号を確かめてください。", err=True)
        return 1
    revoke_token(row)
    click.echo(f"トークン {token_id}（{row.name}）を使えなくしました。")
    return 0
