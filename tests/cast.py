"""The cast: the same fictional persons in every test. None of them exists."""

from __future__ import annotations

from dataclasses import dataclass

HANAKO = {"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"}
TAKAHASHI = {"family": "髙橋", "given": "一郎", "family_kana": "タカハシ", "given_kana": "イチロウ"}
YOSHIDA = {"family": "𠮷田", "given": "邉", "family_kana": "ヨシダ", "given_kana": "ワタル"}

HANAKO_ADDRESS = {
    "postal_code": "2720021", "prefecture": "千葉県", "city": "市川市", "town": "八幡", "street": "1丁目1番1号",
    "building": "コーポ窓口 203",
}


@dataclass(frozen=True, slots=True)
class Employee:
    """A member of staff: user name, name on screen, department code and role."""

    username: str
    display_name: str
    department: str
    role: str


SATO = Employee("sato", "佐藤 美咲", "shimin", "reception")
SUZUKI = Employee("suzuki", "鈴木 健太", "shimin", "review")
ITO = Employee("ito", "伊藤 直子", "shimin", "approval")
TANAKA = Employee("tanaka", "田中 誠", "kaikei", "accounting")
WATANABE = Employee("watanabe", "渡邊 恵", "shimin", "app_admin")
KOBAYASHI = Employee("kobayashi", "小林 剛", "joho", "admin")
OUTSIDER = Employee("outsider", "山本 進", "kankyo", "reception")
"""Works in another department; may see nothing of 市民課's records."""

EMPLOYEES = (SATO, SUZUKI, ITO, TANAKA, WATANABE, KOBAYASHI, OUTSIDER)
PASSWORD = "窓口-demo-2026"
