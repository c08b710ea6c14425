"""What residents and staff read when an answer is not taken: what is wrong and how to mend it, ja and en."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from madoguchi.definition.text import Language, Text

_MESSAGES: Mapping[str, tuple[str, str]] = {
    "required": ("「{label}」を入力してください。", "Enter “{label}”."),
    "required_choice": ("「{label}」を選んでください。", "Choose “{label}”."),
    "required_photo": ("「{label}」の写真を送ってください。", "Add a photo for “{label}”."),
    "required_file": ("「{label}」のファイルを送ってください。", "Add a file for “{label}”."),
    "required_consent": (
        "申請するには同意が必要です。内容を読んで「同意する」を選んでください。",
        "You need to agree before you can apply. Read the text and choose “I agree”.",
    ),
    "unreadable": (
        "「{label}」を読み取れませんでした。もう一度入力してください。",
        "We could not read “{label}”. Enter it again.",
    ),
    "not_asked": ("この項目は自動で決まるため、入力できません。", "This item is filled in automatically."),
    "too_short": (
        "「{label}」が短すぎます。{limit}文字以上で入力してください。",
        "“{label}” is too short. Enter at least {limit} characters.",
    ),
    "too_long": (
        "「{label}」が長すぎます（{count}文字）。{limit}文字以内で入力してください。",
        "“{label}” is too long ({count} characters). Enter at most {limit} characters.",
    ),
    "pattern": ("「{label}」の形が正しくありません。", "“{label}” is not in the right form."),
    "number": ("「{label}」は数字で入力してください。", "Enter “{label}” as a number."),
    "whole": ("「{label}」は小数のない数で入力してください。", "Enter “{label}” as a whole number."),
    "decimals": (
        "「{label}」は小数第{limit}位までで入力してください。",
        "Enter “{label}” with at most {limit} decimal places.",
    ),
    "too_small": ("「{label}」は{limit}以上で入力してください。", "“{label}” must be {limit} or more."),
    "too_big": ("「{label}」は{limit}以下で入力してください。", "“{label}” must be {limit} or less."),
    "choice": (
        "「{given}」は選べません。「{label}」は次から選んでください：{options}",
        "“{given}” is not one of the choices. Choose “{label}” from: {options}",
    ),
    "too_few_chosen": ("「{label}」は{limit}つ以上選んでください。", "Choose at least {limit} for “{label}”."),
    "too_many_chosen": ("「{label}」は{limit}つまで選べます。", "Choose at most {limit} for “{label}”."),
    "yes_or_no": ("「はい」か「いいえ」で答えてください。", "Answer “yes” or “no”."),
    "date": (
        "「{label}」を日付として読み取れませんでした。年・月・日を入力してください（例：令和8年4月1日、2026-04-01）。",
        "“{label}” is not a date we can read. Enter year, month and day (for example 2026-04-01).",
    ),
    "too_early": ("「{label}」は{limit}以降の日付にしてください。", "“{label}” must be {iso} or later."),
    "too_late": ("「{label}」は{limit}以前の日付にしてください。", "“{label}” must be {iso} or earlier."),
    "time": (
        "「{label}」を時刻として読み取れませんでした。例：午前9時30分、14:05",
        "“{label}” is not a time we can read. For example 9:30 or 14:05.",
    ),
    "datetime": (
        "「{label}」を日時として読み取れませんでした。例：令和8年4月1日 14:05",
        "“{label}” is not a date and time we can read. For example 2026-04-01 14:05.",
    ),
    "phone": (
        "「{label}」は0で始まる10桁か11桁の番号を、市外局番から入力してください（例：090-1234-5678）。",
        "Enter “{label}” with 10 or 11 digits starting with 0 (for example 090-1234-5678).",
    ),
    "email": (
        "「{label}」の形が正しくありません。例：hanako@example.jp",
        "“{label}” is not an e-mail address. For example hanako@example.jp.",
    ),
    "name_two_words": (
        "姓と名の間に空白を入れてください（例：市川 花子）。",
        "Put a space between family name and given name (for example Ichikawa Hanako).",
    ),
    "name_character": (
        "「{character}」は氏名に使えません。入力できない漢字は、近い字かひらがなで入力してください。",
        "“{character}” cannot be used in a name.",
    ),
    "kana": (
        "「{label}」はカタカナで入力してください（例：{example}）。ひらがなでも入力できます。",
        "Enter “{label}” in katakana (for example {example}).",
    ),
    "postal_code": (
        "郵便番号は7桁の数字で入力してください（例：272-8501）。",
        "Enter the postal code with 7 digits (for example 272-8501).",
    ),
    "postal_code_unknown": (
        "郵便番号 {given} が見つかりません。番号を確かめて、もう一度入力してください。",
        "We cannot find the postal code {given}. Check it and enter it again.",
    ),
    "outside_city": (
        "この手続で入力できるのは、この市区町村の中の住所だけです（郵便番号 {given} は{place}です）。",
        "Only addresses within this municipality can be entered here (postal code {given} is in {place}).",
    ),
    "town": ("町名を次から選んでください：{options}", "Choose the town from: {options}"),
    "address_as_form": (
        "住所は郵便番号から順に入力してください。",
        "Enter the address beginning with the postal code.",
    ),
    "file_expected": ("ファイルを選んで送ってください。", "Choose a file and send it."),
    "photo_expected": (
        "写真を撮るか選んで送ってください。文字では受け付けられません。",
        "Take or choose a photo and send it. Text cannot be accepted here.",
    ),
    "too_many_files": ("送れるのは{limit}枚（件）までです。", "You can send at most {limit}."),
    "location": (
        "場所を読み取れませんでした。地図で示すか、目印を文字で入力してください。",
        "We could not read the place. Show it on the map or describe it.",
    ),
    "outside_japan": ("日本の外の場所は受け付けられません。", "Only places within Japan can be accepted."),
    "lookup": (
        "「{given}」は見つかりませんでした。番号や名前を確かめて、もう一度入力してください。",
        "We could not find “{given}”. Check it and enter it again.",
    ),
    "link": (
        "「{label}」は http:// か https:// で始まるアドレスを入力してください。",
        "Enter “{label}” as an address that begins with http:// or https://.",
    ),
    "not_known": (
        "「{label}」の「{given}」は登録されていません。", "“{given}” in “{label}” is not known.",
    ),
    "too_few_rows": ("「{label}」は{limit}件以上入力してください。", "Enter at least {limit} for “{label}”."),
    "too_many_rows": ("「{label}」は{limit}件までです。", "Enter at most {limit} for “{label}”."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer was not taken: what is wrong and how to mend it. ``part`` points into composite fields."""

    text: Text
    part: str | None = None


class Refused(Exception):
    """Carries problems out of the parsers; never leaves ``definition``."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems: Sequence[Problem] = problems


def problem(
    key: str, label: Text, *, part: str | None = None, example: Text | None = None, **values: object
) -> Problem:
    """The message ``key`` about ``label``; values may be ``Text`` and are put in each language."""
    japanese, english = _MESSAGES[key]
    values["label"] = label
    values["example"] = example or ""
    texts: dict[Language, str] = {"ja": _fill(japanese, "ja", values), "en": _fill(english, "en", values)}
    if example is not None and str(example) not in texts["ja"]:
        texts["ja"] += f"例：{example}"
        texts["en"] += f" For example: {example.in_language('en')}"
    return Problem(Text(texts), part)


def refuse(key: str, label: Text, *, part: str | None = None, example: Text | None = None, **values: object) -> Refused:
    """An exception with that one problem."""
    return Refused(problem(key, label, part=part, example=example, **values))


def _fill(message: str, language: Language, values: Mapping[str, object]) -> str:
    texts = {name: v.in_language(language) if isinstance(v, Text) else v for name, v in values.items()}
    return message.format(**texts)
