"""Who reads over the API with the desk's session, found in two prepared statements instead of the usual ten steps.

For reading only, and only where nothing has to be written: what changes a session (its first minute, its end) and what
changes anything else goes the usual way, through Django's middleware.
"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from madoguchi.accounts.access import LAST_SEEN, WRITE_EVERY_SECONDS
from madoguchi.accounts.models import Staff
from madoguchi.lib.prepared import execute_prepared

_SESSION = "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > now()"
_FIELDS = Staff._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
_STAFF = (
    f"SELECT {', '.join(str(field.column) for field in _FIELDS)} FROM {Staff._meta.db_table} "  # noqa: S608 - our own names
    "WHERE id = %(id)s AND is_active"
)


def reader_of(request: HttpRequest) -> Staff | None:
    """The member of staff whose session reads; None where the usual way has to be gone."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key or request.method != "GET" or request.headers.get("X-Requested-With") != "XMLHttpRequest":
        return None
    found = execute_prepared(_SESSION, {"key": key})
    data = SessionStore().decode(found[0][0]) if found else {}
    if BACKEND_SESSION_KEY not in data or data[BACKEND_SESSION_KEY] not in settings.AUTHENTICATION_BACKENDS:
        return None
    return _staff(data) if _is_fresh(data) else None


def _is_fresh(data: dict[str, Any]) -> bool:
    """Whether somebody was there within the minute, so that nothing is to be noted."""
    return bool(0 <= time.time() - float(data.get(LAST_SEEN, 0)) < WRITE_EVERY_SECONDS)


def _staff(data: dict[str, Any]) -> Staff | None:
    rows = execute_prepared(_STAFF, {"id": int(data[SESSION_KEY])})
    if not rows:
        return None
    staff = Staff.from_db("default", _NAMES, rows[0])
    same = constant_time_compare(data.get(HASH_SESSION_KEY, ""), staff.get_session_auth_hash())
    return staff if same else None
