"""The desk's fixed addresses and the codes of apps do not get into each other's way."""

from __future__ import annotations

from madoguchi.definition.app import RESERVED_APP_CODES
from madoguchi.desk.urls import urlpatterns
from madoguchi.studio.urls import urlpatterns as studio_patterns


def test_every_fixed_word_in_the_place_of_an_apps_code_is_refused_as_a_code() -> None:
    first = {str(pattern.pattern).split("/")[0] for pattern in (*urlpatterns, *studio_patterns)}
    words = {word for word in first if word and "<" not in word and "." not in word}
    assert words <= RESERVED_APP_CODES
