"""Two definitions and valid answers to them, for tests of any room. Everything in them is fictional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import ChannelName
from madoguchi.definition.values import Value
from madoguchi.lib.postal import Town
from tests.cast import HANAKO, HANAKO_ADDRESS

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
FRONT, BACK = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def certificate(**procedure: Any) -> AppDefinition:
    """A resident certificate by post with ID photos and a fee; keywords replace parts of its procedure.

    ``certificate(all_in_chat=True, pilot_only=True, banner="…")`` is the all-in-chat pilot,
    ``certificate(assurance="signature")`` the one with the My Number card.
    """
    data = _read("certificate.yaml")
    data["procedure"].update(procedure)
    return AppDefinition.model_validate(data)


def everything() -> AppDefinition:
    """A damage report that, beside the field types of ``certificate``, has all the others."""
    return AppDefinition.model_validate(_read("everything.yaml"))


def certificate_answers(**changes: Value) -> dict[str, Value]:
    """Hanako's answers to ``certificate()`` as canonical values; keywords replace some."""
    return {
        "氏名": HANAKO, "生年月日": "1985-04-01", "住所": HANAKO_ADDRESS, "電話番号": "090-1234-5678",
        "メール": "hanako@example.jp", "請求者との関係": "本人", "範囲": "世帯全員",
        "記載事項": ["世帯主と続柄"], "通数": "2", "使いみち": "勤務先", "速達": "しない",
        "身分証の種類": "運転免許証", "身分証おもて": [FRONT], "身分証うら": [BACK], "同意": True, **changes,
    }


def everything_answers(**changes: Value) -> dict[str, Value]:
    """Answers to ``everything()`` as canonical values; keywords replace some."""
    return {
        "場所": {"lat": 35.7219, "lon": 139.9311, "label": "市川駅前"}, "写真": [FRONT, BACK],
        "状況": "穴があいています。\n自転車が通れません。", "見つけた日時": "2026-11-22T18:30:00+09:00",
        "連絡できる時刻": "09:30", "道路番号": "12", "費用": 3000, "幅": "1.5", "種類": "hole",
        "困りごと": ["歩けない"], "品目": [{"品名": "タイヤ", "数量": "2", "単価": 1500}],
        "名前": HANAKO, "連絡先住所": HANAKO_ADDRESS, "電話": "0470000000", "メール": "hanako@example.jp",
        "希望日": "2026-12-01", "公開": True, **changes,
    }


class FixedWorld:
    """A world in which it is always 2026-11-23 10:00, with three postal codes and one road."""

    def __init__(self, now: datetime = NOW, *, channel: ChannelName = "web") -> None:
        self.now = now
        self.channel = channel

    def towns(self, postal_code: str) -> tuple[Town, ...]:
        """八幡 has one town, 9998501 two, 1000001 is in another city; every other code does not exist."""
        return {
            "2720021": (Town("2720021", "千葉県", "市川市", "八幡", "12203"),),
            "9998501": (
                Town("9998501", "千葉県", "市川市", "東窓口町", "12203"),
                Town("9998501", "千葉県", "市川市", "西窓口町", "12203"),
            ),
            "1000001": (Town("1000001", "東京都", "千代田区", "千代田", "13101"),),
        }.get(postal_code, ())

    def known(self, kind: str, codes: Sequence[str]) -> frozenset[str]:
        return frozenset(code for code in codes if not code.startswith("unknown"))

    def lookup(self, app: str, key: str, value: str) -> Mapping[str, Value] | None:
        """Road 12 of the app ``roads``, nothing else."""
        return {"番号": "12", "名称": "窓口通り"} if (app, key, value) == ("roads", "番号", "12") else None


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return data
