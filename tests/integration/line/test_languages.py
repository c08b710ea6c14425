"""A resident who reads English is spoken to in English, and understood in it."""

from __future__ import annotations

import pytest

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.text import Text
from tests.line_chat import Chat
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = Text({"ja": "住民票の写し", "ja_easy": "住民票《じゅうみんひょう》", "en": "Certificate of residence"})


@pytest.fixture
def titled(city: object) -> AppRevision:
    """The procedure with a title and a menu word in English."""
    defn = certificate()
    assert defn.procedure
    update = {"title": TITLE, "menu": Text({"ja": "住民票", "en": "Resident certificate"})}
    return publish(defn.model_copy(update={"procedure": defn.procedure.model_copy(update=update)}))


@pytest.fixture
def john(titled: AppRevision, hanako: Chat) -> Chat:
    """A resident who chose English."""
    hanako.say("English")
    hanako.tap("English")
    return hanako


def test_the_buttons_of_the_menu_are_in_english(john: Chat):
    assert "Certificate of residence" in john.tap("Resident certificate")


def test_staff_are_asked_in_english(john: Chat):
    assert "Madoguchi City" in john.say("ask staff")


@pytest.mark.parametrize("sentence", ["certificate of residence", "Resident certificate", "residence"])
def test_a_procedure_is_found_by_its_english_words(john: Chat, sentence: str):
    assert "Certificate of residence" in john.say(sentence)
