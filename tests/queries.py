"""An app with a field of every kind a query may ask for, and Hypothesis strategies for queries on it and rows of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from madoguchi import query
from madoguchi.definition.app import AppDefinition
from madoguchi.lib.text import nfc
from madoguchi.query import Call, Condition, Number, OrderBy, Predicate, Query, Word, all_of, any_of
from madoguchi.query.fields import CHOICES, MOMENTS, NUMBERS, ORDERED, USERS, QueryField, operators
from madoguchi.query.functions import UNITS, WEEKDAYS

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=TOKYO)
FILES = {
    "11111111-1111-4111-8111-111111111111": "見積書.pdf", "22222222-2222-4222-8222-222222222222": "100%_地図.png",
}  # fmt: skip
OPTIONS = ["本人", "家族", "100%"]
SUB_FIELDS: list[dict[str, Any]] = [
    {"type": "text", "code": "品名"}, {"type": "textarea", "code": "備考"}, {"type": "number", "code": "数量"},
    {"type": "money", "code": "単価"}, {"type": "choice", "code": "色", "options": ["赤", "青"]},
    {"type": "choices", "code": "印", "options": ["大", "小"]}, {"type": "consent", "code": "確認", "statement": "可"},
    {"type": "date", "code": "納期"}, {"type": "time", "code": "受取"}, {"type": "datetime", "code": "到着"},
    {"type": "name", "code": "届け先"},
]  # fmt: skip
FIELDS: list[dict[str, Any]] = [
    {"type": "heading", "code": "見出し"}, {"type": "text", "code": "件名"}, {"type": "textarea", "code": "本文"},
    {"type": "link", "code": "リンク"}, {"type": "richtext", "code": "説明"},
    {"type": "number", "code": "数", "decimals": 2}, {"type": "money", "code": "金額"},
    {"type": "formula", "code": "計", "formula": "数 * 2"},
    {"type": "formula", "code": "題", "formula": "件名", "format": "text"},
    {"type": "choice", "code": "関係", "options": OPTIONS},
    {
        "type": "choice", "code": "種類", "widget": "dropdown",
        "options": [{"value": "hole", "label": {"ja": "穴", "en": "Pothole"}}, {"value": "crack", "label": "ひび"}],
    },
    {"type": "choices", "code": "印刷物", "options": OPTIONS}, {"type": "consent", "code": "同意", "statement": "可"},
    {"type": "date", "code": "日"}, {"type": "time", "code": "時刻"}, {"type": "datetime", "code": "日時"},
    {"type": "name", "code": "氏名"}, {"type": "address", "code": "住所"}, {"type": "location", "code": "場所"},
    {"type": "file", "code": "資料"}, {"type": "staff", "code": "担当"}, {"type": "department", "code": "課"},
    {"type": "group", "code": "班"}, {"type": "table", "code": "明細", "fields": SUB_FIELDS},
]  # fmt: skip
PROCESS = {
    "statuses": [
        {"code": "new", "name": {"ja": "受付", "en": "Received"}}, {"code": "done", "name": "完了", "kind": "done"},
    ],
    "initial": "new", "actions": [{"code": "finish", "name": "終える", "from": ["new"], "to": "done"}],
}  # fmt: skip


def ledger() -> AppDefinition:
    """The app."""
    number = iter(range(1, 1000))

    def filled(field: dict[str, Any]) -> dict[str, Any]:
        inner = {"fields": [filled(sub) for sub in field["fields"]]} if "fields" in field else {}
        return {**field, **inner, "id": next(number), "label": field["code"]}

    return AppDefinition.model_validate({
        "code": "ledger", "name": "台帳", "owner_department": "shimin", "fields": [filled(f) for f in FIELDS],
        "process": PROCESS, "permissions": [{"department": "shimin", "rights": ["view", "add", "edit", "process"]}],
    })  # fmt: skip


LEDGER = ledger()
NAMES = query.fields_of(LEDGER)

# --- queries ---

names = st.from_regex(r"[a-zあ-んア-ン一-龠_][a-z0-9あ-ん・]{0,4}", fullmatch=True) | st.sampled_from(
    ["$id", "limit", "order", "and", "not", "in", "関連.コード"]
)
literals = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
numbers = st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,2})?(e[0-9]{1,2})?", fullmatch=True)
arguments = st.just(()) | st.tuples(numbers.map(str.upper), st.sampled_from(UNITS))
calls = st.builds(Call, st.sampled_from(list(query.FUNCTIONS)), arguments)
values = st.builds(Word, literals.map(nfc).map(nfc)) | st.builds(Number, numbers) | calls


@st.composite
def any_predicates(draw: st.DrawFn) -> Predicate:
    """Any well-written comparison, whether it fits an app or not."""
    operator = draw(st.sampled_from(sorted(operators("NUMBER") | operators("MULTI_LINE_TEXT"))))
    count = 0 if "empty" in operator else draw(st.integers(1, 3)) if operator.endswith("in") else 1
    return Predicate(draw(names), operator, tuple(draw(values) for _ in range(count)))


def conditions_of(leaves: st.SearchStrategy[Predicate], size: int = 6) -> st.SearchStrategy[Condition]:
    """Leaves joined by ``and`` and ``or``."""
    grown: st.SearchStrategy[Condition] = st.recursive(
        leaves, lambda inner: st.lists(inner, min_size=2, max_size=3).map(all_of)
        | st.lists(inner, min_size=2, max_size=3).map(any_of), max_leaves=size,
    )  # fmt: skip
    return grown


orders = st.lists(st.builds(OrderBy, names, st.booleans()), max_size=3).map(tuple)
counts = st.none() | st.integers(0, 1000)
any_queries = st.builds(Query, st.none() | conditions_of(any_predicates()), orders, counts, counts)

# --- queries that fit the ledger, with values that its rows are likely to have ---

WORDS = (
    "市川 花子", "市川花子", "ヤマダ", "やまだ", "ﾔﾏﾀﾞ", "山田ヤマダ", "100%", "a_b", "a\\b", "ABC", "abc", "ＡＢＣ",
    "x'y\"z", "{a}", "[1]", "1", "請", " ", "　\n", "é", "%", "_", "\\", "null",
)  # fmt: skip
DAYS = ("2026-11-22", "2026-11-23", "2026-11-24", "2026-10-31", "2025-12-31", "2026-02-28", "0001-01-01", "9999-12-31")
MOMENTS_ = (
    "2026-11-23T10:00:00+09:00", "2026-11-23T10:00:30+09:00", "2026-11-23T00:00:00+09:00",
    "2026-11-22T23:59:59+09:00", "2026-12-31T23:30:00+09:00",
)  # fmt: skip
TIMES = ("00:00", "09:30", "23:59")
NUMBERS_ = (
    "0", "1", "-1", "1.5", "1.50", "99999999999999999999", "-0.25", "1e2", "100", "1e999999999", "-1e99999", "1e-9999",
)  # fmt: skip
PEOPLE, SECTIONS, GROUPS = ("sato", "suzuki"), ("shimin", "kaikei"), ("saigai",)

words = st.sampled_from(WORDS) | st.text("ABCabcａ請求市川ヤまﾔ%_\\ 　'\"é", max_size=4)


def _written(field: QueryField) -> st.SearchStrategy[query.Word | query.Number | Call]:
    kind = field.kind
    if kind in NUMBERS:
        return st.sampled_from(NUMBERS_).flatmap(lambda text: st.sampled_from([Word(text), Number(text)])) | _blank()
    if kind in CHOICES or kind == "STATUS":
        return st.sampled_from(list(field.options)).map(Word) | _blank()
    if kind in USERS:
        return st.sampled_from(PEOPLE).map(Word) | st.just(Call("LOGINUSER")) | _blank()
    return _by_kind.get(kind, words.map(Word)) | _blank()


def _blank() -> st.SearchStrategy[Word]:
    return st.just(Word(""))


@st.composite
def date_calls(draw: st.DrawFn) -> Call:
    """A function that means days, with arguments it takes."""
    name = draw(st.sampled_from([name for name, known in query.FUNCTIONS.items() if known.days]))
    if name == "FROM_TODAY":
        count = st.sampled_from(["0", "-1", "1", "-30", "99999999999", "-99999999"])
        return Call(name, draw(st.tuples(count, st.sampled_from(UNITS))))
    if name.endswith("WEEK"):
        return Call(name, draw(st.just(()) | st.tuples(st.sampled_from(WEEKDAYS))))
    if name.endswith("MONTH"):
        return Call(name, draw(st.just(()) | st.tuples(st.sampled_from(["LAST", "1", "22", "23", "31"]))))
    return Call(name)


_moments = st.sampled_from(
    ("2026-11-23T01:00Z", "2026-11-23T10:00:00+0900", "9999-12-31T23:59:59Z", *DAYS, *MOMENTS_)
).map(Word)  # fmt: skip
_by_kind: Mapping[str, st.SearchStrategy[query.Word | query.Number | Call]] = {
    "ORGANIZATION_SELECT": st.sampled_from(SECTIONS).map(Word) | st.just(Call("PRIMARY_ORGANIZATION")),
    "GROUP_SELECT": st.sampled_from(GROUPS).map(Word), "TIME": st.sampled_from(TIMES).map(Word),
    "DATE": st.sampled_from(DAYS).map(Word) | date_calls(),
} | dict.fromkeys(MOMENTS, _moments | date_calls() | st.just(Call("NOW")))  # fmt: skip


@st.composite
def fitting(draw: st.DrawFn, among: Mapping[str, QueryField] = NAMES) -> Predicate:
    """A comparison that ``check`` lets through."""
    field = draw(st.sampled_from(list(among.values())))
    usable = sorted(operators(field.kind) - ({"=", "!="} if field.table else set()))
    operator = draw(st.sampled_from(usable))
    if "empty" in operator:
        return Predicate(field.code, operator)
    if operator.endswith("like"):
        return Predicate(field.code, operator, (Word(draw(words)),))
    count = draw(st.integers(1, 3)) if operator.endswith("in") else 1
    found = tuple(draw(_written(field)) for _ in range(count))
    if operator in (">", "<", ">=", "<=") and found == (Word(""),):
        found = (Number("1"),) if field.kind in NUMBERS else (Word(TIMES[1] if field.kind == "TIME" else DAYS[1]),)
    return Predicate(field.code, operator, found)


in_tables = {code: field for code, field in NAMES.items() if field.table}
fitting_conditions = conditions_of(fitting() | fitting(in_tables))
sortable = [code for code, field in NAMES.items() if field.kind in ORDERED and not field.table]

# --- rows ---


def _stored(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    kind = field["type"]
    plain: Mapping[str, st.SearchStrategy[Any]] = {
        "number": st.sampled_from(["0", "1", "-1", "1.5", "100", "-0.25", "12345678901234567890.12"]),
        "money": st.sampled_from([0, 1, -1, 100, 2**62]), "date": st.sampled_from(DAYS),
        "time": st.sampled_from(TIMES), "datetime": st.sampled_from(MOMENTS_), "consent": st.booleans(),
        "staff": _some(PEOPLE), "department": _some(SECTIONS), "group": _some(GROUPS), "file": _some(tuple(FILES)),
        "name": st.fixed_dictionaries({}, optional={"family": words, "given": words, "family_kana": words}).map(_whole),
        "address": st.fixed_dictionaries({}, optional={"city": words, "building": words}).map(_whole),
        "richtext": st.sampled_from(["<p>市川 花子</p>", "<b>A</b>BC &amp; x", "<br>", "<p> </p>", "a &lt;b&gt;"]),
        "location": st.fixed_dictionaries({"lat": st.sampled_from([1.0, 1.5, 35.7219]), "lon": st.just(-1.0)}),
    }  # fmt: skip
    if kind == "table":
        row = st.fixed_dictionaries({}, optional={sub["code"]: _stored(sub) for sub in field["fields"]})
        return st.lists(row, min_size=1, max_size=3)
    if "options" in field:
        options = [option["value"] if isinstance(option, dict) else option for option in field["options"]]
        return _some(tuple(options)) if kind == "choices" else st.sampled_from(options)
    return plain.get(kind, words.map(lambda text: text or None))


def _some(codes: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True)


def _whole(parts: dict[str, str]) -> dict[str, str] | None:
    return {part: text for part, text in parts.items() if text} or None


STORED = {f["code"]: _stored(f) for f in FIELDS if f["type"] not in ("heading", "formula")}
rows = st.fixed_dictionaries({}, optional={**STORED, "計": st.sampled_from(["0", "2", "-1"]), "題": words.filter(bool)})
systems = st.fixed_dictionaries({
    "status": st.sampled_from(["new", "done"]), "channel": st.sampled_from(["line", "web", "counter"]),
    "assignee_id": st.sampled_from([None, *PEOPLE]), "created_by_id": st.sampled_from([None, *PEOPLE]),
    "updated_by_id": st.sampled_from(PEOPLE), "created_at": st.sampled_from(MOMENTS_).map(datetime.fromisoformat),
    "updated_at": st.sampled_from(MOMENTS_).map(datetime.fromisoformat), "receipt_number": st.none(),
    "submitted_at": st.none() | st.sampled_from(MOMENTS_).map(datetime.fromisoformat),
})  # fmt: skip
