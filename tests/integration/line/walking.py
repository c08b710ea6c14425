"""Hanako's answers in chat, question by question."""

from __future__ import annotations

from collections.abc import Mapping

from tests.line_chat import Chat

SUMMARY = "これでよろしいですか"
ANSWERS: Mapping[str, str] = {
    "お名前（姓と名": "市川 花子", "フリガナ": "いちかわ はなこ", "生年月日": "昭和60年4月1日", "郵便番号": "272-0021",
    "丁目・番地・号": "1丁目1番1号", "建物名": "コーポ窓口 203", "日中の電話番号": "090-1234-5678",
    "どなたの住民票": "本人", "証明する範囲": "世帯全員", "省略せずに": "1", "何通必要": "2", "使いみち": "勤務先",
    "速達": "普通郵便で送る", "本人確認書類": "運転免許証", "同意": "はい",
}  # fmt: skip
"""By a piece of the question; the first that fits counts."""


def start(chat: Chat) -> str:
    """Taps the procedure in the welcome's buttons."""
    chat.tap("住民票")
    return chat.tap("住民票の写し")


def answer_until(chat: Chat, piece: str, heard: str = "", answers: Mapping[str, str] = ANSWERS) -> str:
    """Answers everything until the city says ``piece``; begins the procedure unless ``heard`` is its last word."""
    heard = heard or start(chat)
    for _ in range(40):
        if piece in heard:
            return heard
        heard = chat.send_photo() if "カメラで撮る" in chat.labels else chat.say(_answer(heard, answers))
    raise AssertionError(f"never said: {piece}; last heard:\n{heard}")


def _answer(heard: str, answers: Mapping[str, str]) -> str:
    question = heard[heard.rindex("（", 0, heard.rindex("/")) :]
    return next(text for piece, text in answers.items() if piece in question)
