"""How one reader wants the pages: language, size of text, furigana. Kept in cookies, never in a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from madoguchi.accounts.language import current
from madoguchi.definition.text import Language

TextSize = Literal["standard", "large", "largest"]
TEXT_SIZES: tuple[TextSize, ...] = ("standard", "large", "largest")

# Django turns "ja-easy" into its "ja" and keeps the cookie as it is, so one cookie says both.
_COOKIE_BY_LANGUAGE: dict[Language, str] = {"ja": "ja", "ja_easy": "ja-easy", "en": "en"}
_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Reader:
    """What the page needs to know of who reads it."""

    language: Language = "ja"
    text_size: TextSize = "standard"
    furigana: bool = True

    @property
    def html_lang(self) -> str:
        """The ``lang`` of the page: plain Japanese is Japanese."""
        return "en" if self.language == "en" else "ja"

    @property
    def html_class(self) -> str:
        """Classes of ``<html>`` that the styles answer to."""
        size = "" if self.text_size == "standard" else f"text-{self.text_size}"
        return " ".join(filter(None, (size, "" if self.furigana else "furigana-off")))


def reader_of(request: HttpRequest) -> Reader:
    """The reader as the cookies say; without them the browser's language, standard size, furigana shown."""
    size = request.COOKIES.get("text_size", "standard")
    return Reader(
        language=_language(request),
        text_size=next((s for s in TEXT_SIZES if s == size), "standard"),
        furigana=request.COOKIES.get("furigana") != "off",
    )


def remember(response: HttpResponseBase, wanted: dict[str, str]) -> None:
    """Writes the preferences in ``wanted`` (language, text_size, furigana) that are known into cookies."""
    cookies: dict[str, str] = {}
    for language, cookie in _COOKIE_BY_LANGUAGE.items():
        if wanted.get("language") == language:
            cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    if wanted.get("text_size") in TEXT_SIZES:
        cookies["text_size"] = wanted["text_size"]
    if wanted.get("furigana") in ("on", "off"):
        cookies["furigana"] = wanted["furigana"]
    for name, value in cookies.items():
        response.set_cookie(name, value, max_age=_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")


def chosen_language(request: HttpRequest) -> Language | None:
    """The language the reader has chosen here; None if only their browser says one."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return next((language for language, name in _COOKIE_BY_LANGUAGE.items() if name == cookie), None)


def _language(request: HttpRequest) -> Language:
    return "ja_easy" if chosen_language(request) == "ja_easy" else current()
