"""What buttons send back to us, and the words a resident may type at any time. Neither holds anything personal."""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.lib.text import fold

SEPARATOR = "|"
WHOLE = "-"
"""Stands for the whole field where a part could be named."""


@dataclass(frozen=True, slots=True)
class Command:
    """A verb and what it is about: ``answer`` takes field id, part and choice; ``start`` an app's code; and so on."""

    verb: str
    about: tuple[str, ...] = ()

    @property
    def data(self) -> str:
        """The text of a postback."""
        return SEPARATOR.join((self.verb, *self.about))

    def argument(self, position: int) -> str:
        """The argument there, or an empty text."""
        return self.about[position] if position < len(self.about) else ""


def command(verb: str, *about: object) -> Command:
    """``command("answer", 3, "-", 1)``."""
    return Command(verb, tuple(str(part) for part in about))


def parse(data: str) -> Command:
    """The command in a postback; old or foreign data become a verb nobody knows."""
    verb, *about = data.split(SEPARATOR)
    return Command(verb, tuple(about))


_WORDS = {
    "restart": ("最初から", "はじめから", "やり直す", "やりなおす", "restart"),
    "back": ("戻る", "もどる", "前に戻る", "back"),
    "staff": ("職員に聞く", "職員", "電話", "問い合わせ", "問合せ", "help", "ヘルプ", "staff"),
    "menu": ("メニュー", "手続", "手続き", "menu"),
    "status": ("申請状況", "申請の状況", "状況", "進み具合", "受付番号", "status"),
    "stop": ("やめる", "中止", "キャンセル", "取消", "stop"),
}
_BY_WORD = {fold(word): verb for verb, words in _WORDS.items() for word in words}


def typed(text: str) -> Command | None:
    """The command a resident typed in words; None for anything else."""
    verb = _BY_WORD.get(fold(text.strip()))
    return Command(verb) if verb else None
