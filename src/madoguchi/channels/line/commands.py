"""What buttons send back to us, and the words a resident may type at any time. Neither holds anything personal."""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.lib.text import fold

SEPARATOR = "|"
WHOLE = "-"
"""Stands for the whole field where a part could be named."""


@dataclass(frozen=True, slots=True)
class Command:
    """A verb and what it is about: ``start`` takes an app's code, ``language`` a language.

    Buttons of an interview name it first (``ref``), so that an old button never answers another interview:
    ``answer`` takes ref, field id, part and the choice's number; ``confirm`` ref and the version it was shown at.
    """

    verb: str
    about: tuple[str, ...] = ()

    @property
    def data(self) -> str:
        """The text of a postback."""
        return SEPARATOR.join((self.verb, *self.about))

    @property
    def ref(self) -> str:
        """The interview the button belongs to; empty for what was typed."""
        return self.argument(0)

    def argument(self, position: int) -> str:
        """The argument there, or an empty text."""
        return self.about[position] if position < len(self.about) else ""

    def number(self, position: int) -> int:
        """The number there; 0 where there is none, -1 for anything else."""
        text = self.argument(position)
        return int(text) if text.isascii() and text.isdigit() else -1 if text else 0


def command(verb: str, *about: object) -> Command:
    """``command("answer", ref, 3, "-", 1)``."""
    return Command(verb, tuple(str(part) for part in about))


def parse(data: str) -> Command:
    """The command in a postback; old or foreign data become a verb nobody knows."""
    verb, *about = data.split(SEPARATOR)
    return Command(verb, tuple(about))


_ALWAYS = {
    "restart": ("最初から", "はじめから", "最初からやり直す", "やり直す", "やりなおす", "restart", "start over"),
    "back": ("戻る", "もどる", "前に戻る", "ひとつ前に戻る", "back", "go back"),
    "resume": ("入力に戻る", "続きから", "つづきから", "続ける", "再開", "continue", "resume"),
    "staff": ("職員に聞く", "職員と話す", "ヘルプ", "help", "ask staff"),
    "menu": ("メニュー", "手続を選ぶ", "menu"),
    "status": ("申請状況", "申請の状況", "申請の状況を見る", "status", "application status", "my applications"),
    "stop": ("やめる", "入力をやめる", "中断", "stop", "quit"),
    "language": ("言語", "ことば", "language", "languages", "english", "英語", "やさしい日本語", "にほんご"),
}
_UNLESS_ASKED = {
    "staff": ("職員", "電話", "問い合わせ", "問合せ", "相談", "staff"),
    "menu": ("手続", "手続き", "申請", "申し込み"),
    "status": ("状況", "進み具合", "受付番号", "いつ届く"),
    "stop": ("中止", "キャンセル", "取消", "取り消し", "cancel"),
    "language": ("日本語", "japanese"),
}
"""Words that may as well be the answer to an open question."""


def _by_word(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold(word): verb for verb, meant in words.items() for word in meant}


_ALWAYS_BY_WORD = _by_word(_ALWAYS)
_BY_WORD = _by_word(_UNLESS_ASKED) | _ALWAYS_BY_WORD


def typed(text: str, *, asked: bool = False) -> Command | None:
    """The command a resident typed in words; None for anything else. ``asked``: a question is open in the chat."""
    verb = (_ALWAYS_BY_WORD if asked else _BY_WORD).get(fold(text.strip()))
    return Command(verb) if verb else None
