"""Texts that residents and staff read, in Japanese first and other languages beside it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic import RootModel, field_validator, model_serializer, model_validator

Language = Literal["ja", "ja_easy", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
RUBY = re.compile(r"([々〆ヶ\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)《([ぁ-ゖァ-ヺー]+)》")
"""How a reading is written behind its kanji: 漢字《かんじ》."""


class Text(RootModel[dict[Language, str]]):
    """One text in one or more languages; Japanese is always there.

    Written in YAML as a plain string (Japanese only) or as a mapping ``{ja: …, en: …}``; written back the same.
    """

    model_config = {"frozen": True}

    @model_validator(mode="before")
    @classmethod
    def _from_plain_string(cls, value: Any) -> Any:
        return {"ja": str(value)} if isinstance(value, (str, int, float, Decimal)) else value

    @field_validator("root")
    @classmethod
    def _japanese_is_there(cls, value: dict[Language, str]) -> dict[Language, str]:
        if not value.get("ja", "").strip():
            raise ValueError("日本語（ja）の文がありません。")
        return value

    @model_serializer
    def _to_plain_string(self) -> str | dict[Language, str]:
        return self.root["ja"] if set(self.root) == {"ja"} else self.root

    def in_language(self, language: Language = "ja") -> str:
        """The text in ``language``, or in Japanese where that translation is missing."""
        return self.root.get(language) or self.root["ja"]

    def __str__(self) -> str:
        return self.root["ja"]

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root.items())))


def without_ruby(text: str) -> str:
    """``text`` without the readings, where there is no way to set them: titles, options."""
    return RUBY.sub(r"\1", text)


def in_plain_text(text: str, language: str) -> str:
    """``text`` for mail, chat and paper, which set no ruby: in easy Japanese 漢字（かんじ）, else without readings."""
    return RUBY.sub(r"\1（\2）" if language == "ja_easy" else r"\1", text)


def japanese(text: str) -> Text:
    """A text in Japanese only."""
    return Text({"ja": text})
