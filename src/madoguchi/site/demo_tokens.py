"""The demo's API tokens: the same on every start, so that scripts that kept one go on working."""

from __future__ import annotations

import hashlib
import hmac

from madoguchi.api.models import ApiToken
from madoguchi.api.tokens import LENGTH, LETTERS, RIGHTS, digest_of
from madoguchi.catalog.queries import AppRevision, published_apps

NAME = "デモ"


def demo_apps(secret_key: str) -> list[dict[str, str]]:
    """Every published app with a token that may do everything: id, code, name, api_token."""
    return [
        {
            "id": str(app.app_id), "code": app.code, "name": str(app.definition.name),
            "api_token": _token(secret_key, app),
        }
        for app in published_apps()
    ]


def _token(secret_key: str, app: AppRevision) -> str:
    # Made of the demo's own secret, as only the hash of a token is stored.
    digest = hmac.digest(secret_key.encode(), f"demo-token:{app.code}".encode(), hashlib.sha512)
    text = "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:LENGTH])
    ApiToken.objects.get_or_create(
        digest=digest_of(text), defaults={"app_id": app.app_id, "name": NAME, "rights": list(RIGHTS)}
    )
    return text
