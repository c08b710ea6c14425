"""What is sealed opens only unchanged, in its context, with a key we still have."""

from __future__ import annotations

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from madoguchi.lib import vault


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@given(st.binary(max_size=500), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_was_sealed_opens_in_its_context(plain: bytes, context: str) -> None:
    sealed = vault.seal(plain, context=context)
    assert vault.unseal(memoryview(sealed), context=context) == plain  # type: ignore[arg-type]
    assert vault.seal(plain, context=context) != sealed


def test_it_does_not_open_in_another_context() -> None:
    with pytest.raises(vault.VaultError):
        vault.unseal(vault.seal(b"x", context="file:1"), context="file:2")


@given(st.binary(min_size=1, max_size=40), st.data())
def test_one_changed_bit_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(vault.seal(plain, context="c"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(vault.VaultError):
        vault.unseal(bytes(sealed), context="c")


@given(st.binary(max_size=60))
def test_what_was_never_sealed_is_refused(junk: bytes) -> None:
    with pytest.raises(vault.VaultError):
        vault.unseal(junk, context="c")


def test_a_new_key_in_front_leaves_everything_readable(settings: Settings) -> None:
    old, new = _key(), _key()
    settings.ENCRYPTION_KEYS = (old,)
    sealed, hashed = vault.seal_json({"氏名": "髙橋"}, context="c"), vault.keyed_hash("U123", context="line")
    settings.ENCRYPTION_KEYS = (new, old)
    assert vault.unseal_json(sealed, context="c") == {"氏名": "髙橋"}
    assert vault.keyed_hash("U123", context="line") == hashed
    resealed = vault.seal(b"x", context="c")
    settings.ENCRYPTION_KEYS = (new,)
    assert vault.unseal(resealed, context="c") == b"x"
    with pytest.raises(vault.VaultError):
        vault.unseal(sealed, context="c")


@pytest.mark.parametrize("key", ["not base64!", base64.b64encode(b"too short").decode(), ""])
def test_a_bad_key_is_named_as_the_setting_it_came_from(settings: Settings, key: str) -> None:
    settings.ENCRYPTION_KEYS = (key,)
    with pytest.raises(vault.VaultError, match="MADOGUCHI_ENCRYPTION_KEYS"):
        vault.seal(b"x", context="c")


def test_hashes_differ_by_text_and_by_context() -> None:
    hashed = vault.keyed_hash("U123", context="line")
    assert len(hashed) == 64
    assert hashed != vault.keyed_hash("U124", context="line")
    assert hashed != vault.keyed_hash("U123", context="card")
