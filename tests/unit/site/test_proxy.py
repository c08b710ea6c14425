"""Behind reverse proxies the visitor is who they are, and cannot be somebody else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.site.config import Config
from madoguchi.site.proxy import forwarded_address


@pytest.mark.parametrize(
    ("header", "proxies", "found"),
    [
        ("203.0.113.9", 0, None),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, None),
        ("203.0.113.9:41000", 1, "203.0.113.9"),
        ("[2001:db8::9]:41000", 1, "2001:db8::9"),
        ("2001:DB8::9", 1, "2001:db8::9"),
        ("6.6.6.6, unknown", 1, None),
        ("6.6.6.6,", 1, None),
        ("", 1, None),
    ],
)
def test_the_visitor_is_counted_from_the_right(header: str, proxies: int, found: str | None) -> None:
    assert forwarded_address(header, proxies) == found


@given(st.text(), st.integers(min_value=1, max_value=3))
def test_whatever_a_visitor_writes_to_the_left_changes_nothing(written: str, proxies: int) -> None:
    real = ["203.0.113.9", "10.0.0.2", "10.0.0.3"][:proxies]
    assert forwarded_address(", ".join([written, *real]), proxies) == "203.0.113.9"


@pytest.mark.parametrize("wrong", ["-1", "one", "", "²"])
def test_a_number_that_is_none_is_told_in_words(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"MADOGUCHI_TRUSTED_PROXIES は 0 以上の整数"):
        Config.from_environment({"MADOGUCHI_TRUSTED_PROXIES": wrong})


SHOW = """
from madoguchi.site import settings as s
print(s.ALLOWED_HOSTS, s.SECURE_PROXY_SSL_HEADER, s.TRUSTED_PROXIES)
"""


def settings_with(**env: str) -> str:
    """What the product's own settings say in a process with these variables."""
    env = {**os.environ, "DATABASE_URL": "postgresql://x/y", **env}
    return subprocess.run([sys.executable, "-c", SHOW], env=env, capture_output=True, text=True, check=True).stdout


def test_only_the_public_name_and_the_machine_itself_are_answered() -> None:
    shown = settings_with(MADOGUCHI_BASE_URL="https://madoguchi.city.example.jp:8443")
    assert shown.strip() == "['127.0.0.1', '[::1]', 'localhost', 'madoguchi.city.example.jp'] None 0"


def test_a_trusted_proxy_may_say_that_the_visitor_came_by_https() -> None:
    assert "('HTTP_X_FORWARDED_PROTO', 'https') 2" in settings_with(MADOGUCHI_TRUSTED_PROXIES="2")
