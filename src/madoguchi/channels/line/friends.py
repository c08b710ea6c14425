"""Who in LINE is which resident. The user id itself is kept encrypted and separate from everything else."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import cast

from django.utils import timezone, translation

from madoguchi.channels.line.models import Friend
from madoguchi.definition.text import Language
from madoguchi.intake import actions as intake
from madoguchi.intake.models import Interview
from madoguchi.lib import vault

LANGUAGE_NAMES: Mapping[Language, str] = {"ja": "日本語", "ja_easy": "やさしい日本語", "en": "English"}


def user_hash_of(user_id: str) -> str:
    """A keyed hash by which a friend is found without their id being stored readable."""
    return vault.keyed_hash(user_id, context="line-user")


def user_id_of(friend: Friend) -> str:
    """The LINE user id, for calls to LINE only."""
    return vault.unseal(bytes(friend.user_id), context=f"line-user:{friend.user_hash}").decode()


def friend_of(user_id: str) -> Friend:
    """The friend with that id, made on first contact together with a resident. Call under the resident's lock."""
    user_hash = user_hash_of(user_id)
    found = Friend.objects.select_related("interview", "resident").filter(user_hash=user_hash).first()
    if found:
        return found
    sealed = vault.seal(user_id.encode(), context=f"line-user:{user_hash}")
    return Friend.objects.create(user_hash=user_hash, user_id=sealed, resident=intake.new_resident())


def friend_of_resident(resident_id: uuid.UUID) -> Friend | None:
    """How to reach a resident in LINE; None if they never added us or block us."""
    return Friend.objects.filter(resident_id=resident_id, blocked_at=None).first()


def language_of(friend: Friend) -> Language:
    """The language this resident chose."""
    return cast(Language, friend.resident.language)


def speaking(language: str) -> AbstractContextManager[None]:
    """Our own texts in this language, within the block."""
    return translation.override("en" if language == "en" else "ja")


def ref_of(interview: Interview) -> str:
    """How buttons name an interview: enough to tell those of one resident apart, and no key to anything."""
    return interview.id.hex[:8]


def block(friend: Friend) -> None:
    """They left; nothing is pushed any more."""
    Friend.objects.filter(pk=friend.pk, blocked_at=None).update(blocked_at=timezone.now())


def unblock(friend: Friend) -> None:
    """They came (back)."""
    Friend.objects.filter(pk=friend.pk).update(blocked_at=None)
