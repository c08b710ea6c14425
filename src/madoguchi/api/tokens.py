"""API tokens: made, listed, withdrawn, and found again by what a request carries."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from madoguchi.accounts.models import Staff
from madoguchi.api.models import ApiToken
from madoguchi.catalog.models import App
from madoguchi.lib import vault
from madoguchi.lib.prepared import execute_prepared

RIGHTS = ("view", "add", "edit", "delete", "manage")
"""What ``token create`` knows; kintone's five boxes."""
LETTERS = string.ascii_letters + string.digits
LENGTH = 40
MAX_TOKENS = 9
_NOTE_USE_EVERY = timedelta(minutes=1)
_FIND = """
    SELECT k.id, k.app_id, k.rights, a.published_id, k.digest, k.last_used_at
      FROM api_apitoken k JOIN catalog_app a ON a.id = k.app_id
     WHERE k.digest = ANY(%(digests)s::text[]) AND k.revoked_at IS NULL
       AND (k.expires_at IS NULL OR k.expires_at > now())
"""


class TokenRefused(ValueError):
    """Why no token was made, in Japanese."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that counts now, with the revision in which its app is published."""

    id: int
    app_id: int
    rights: frozenset[str]
    published_id: int | None


def create_token(
    *, app: App, name: str, rights: Iterable[str], created_by: Staff | None = None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and the text that is shown this once. Raises TokenRefused for a missing name or unknown rights."""
    wanted = [right for right in RIGHTS if right in set(rights)]
    unknown = sorted(set(rights) - set(RIGHTS))
    if unknown or not wanted:
        raise TokenRefused(f"権限は {'、'.join(RIGHTS)} から選んでください。")
    if not name.strip():
        raise TokenRefused("トークンの名前（何に使うか）を書いてください。")
    text = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    row = ApiToken.objects.create(
        app=app, name=name.strip()[:100], digest=digest_of(text), rights=wanted, created_by=created_by,
        expires_at=expires_at,
    )
    return row, text


def revoke_token(row: ApiToken) -> None:
    """Withdraws a token at once; doing so twice changes nothing."""
    ApiToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=timezone.now())


def digest_of(text: str) -> str:
    """What is stored of a token: a hash under the installation's key."""
    return vault.keyed_hash(text, context="api-token")


def find(texts: Sequence[str]) -> list[Token]:
    """The tokens that count now, in one statement; fewer than asked for if some do not."""
    rows = execute_prepared(_FIND, {"digests": [digest_of(text) for text in texts]})
    _note_use(rows)
    return [Token(row[0], row[1], frozenset(row[2]), row[3]) for row in rows]


def _note_use(rows: Sequence[Sequence[Any]]) -> None:
    """Once a minute is enough to see which tokens are still in use."""
    now = timezone.now()
    stale = [row[0] for row in rows if row[5] is None or now - row[5] > _NOTE_USE_EVERY]
    if stale:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE api_apitoken SET last_used_at = %s WHERE id = ANY(%s)", [now, stale])
