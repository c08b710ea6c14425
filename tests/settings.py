"""The product's settings on an embedded database of the tests' own."""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path

import psycopg

ROOT = Path(__file__).parent.parent
# Set once by the first process; the workers of a parallel run inherit them.
os.environ.setdefault("MADOGUCHI_TEST_RUN", str(os.getpid()))
os.environ.setdefault("MADOGUCHI_DATA_DIR", tempfile.mkdtemp(prefix="madoguchi-test-"))


def _start_database() -> str:
    from madoguchi.site.database import start_embedded

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no session manager runs
        url = start_embedded(ROOT / "var" / "test" / "pg")
    with psycopg.connect(url, autocommit=True) as connection:
        # Tests may lose their data; what they check does not depend on the disk.
        for setting, value in (("fsync", "off"), ("synchronous_commit", "off")):
            connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
        connection.execute("SELECT pg_reload_conf()")
    return url


if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = _start_database()

from madoguchi.site.settings import *  # noqa: E402, F403
from madoguchi.site.settings import DATABASES, STATIC_ROOT  # noqa: E402

# Whitenoise warns about a folder that is not there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# Each run has its own test database, so that two runs at once do not disturb each other.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # threads that end must not keep the test database open
DATABASES["default"]["TEST"] = {"NAME": f"test_madoguchi_{os.environ['MADOGUCHI_TEST_RUN']}"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests that sign somebody in by hand name Django's own backend.
AUTHENTICATION_BACKENDS = [*AUTHENTICATION_BACKENDS, "django.contrib.auth.backends.ModelBackend"]  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
