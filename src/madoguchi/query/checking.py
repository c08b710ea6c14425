"""Whether a query fits an app: its fields, the operators they take, the values they know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from madoguchi.query.errors import QueryCheckError, did_you_mean
from madoguchi.query.fields import CHOICES, ORDERED, QueryField, operators
from madoguchi.query.functions import check_call
from madoguchi.query.nodes import Call, Condition, Operator, OrderBy, Predicate, Query, predicates
from madoguchi.query.values import check_value

MAX_LIMIT, MAX_OFFSET = 500, 10_000
MAX_SHOWN = 10


def check(tree: Query | Condition | None, fields: Mapping[str, QueryField]) -> None:
    """Raises QueryCheckError, with kintone's code, for the first thing that does not fit ``fields``."""
    condition = tree.condition if isinstance(tree, Query) else tree
    for predicate in predicates(condition):
        _check_predicate(predicate, fields)
    if isinstance(tree, Query):
        for order in tree.order_by:
            _check_order(order, fields)
        _check_counts(tree)


def _check_predicate(predicate: Predicate, fields: Mapping[str, QueryField]) -> None:
    field = _known(predicate.field, predicate.position, fields)
    _check_options(predicate, field)
    _check_operator(predicate, field)
    for value in predicate.values:
        if isinstance(value, Call):
            check_call(value, field.code, field.kind)
        else:
            check_value(value, field, predicate.operator)


def _known(code: str, position: int, fields: Mapping[str, QueryField]) -> QueryField:
    if code in fields:
        return fields[code]
    if "." in code:
        raise QueryCheckError(
            position,
            f"「{code}」のような関連レコードのフィールドでは絞り込めません。このアプリのフィールドを指定してください。",
            f"Fields of related records (“{code}”) cannot be used. Name a field of this app.", "GAIA_IR02",
        )  # fmt: skip
    hint_ja, hint_en = did_you_mean(code, fields)
    raise QueryCheckError(
        position, f"指定されたフィールド（{code}）が見つかりません。{hint_ja}",
        f"The specified field ({code}) was not found.{hint_en}", "GAIA_IQ11",
    )  # fmt: skip


def _check_options(predicate: Predicate, field: QueryField) -> None:
    if field.kind not in CHOICES and field.kind != "STATUS":
        return
    for value in predicate.values:
        if isinstance(value, Call) or not value.text or value.text in field.options:
            continue
        known_ja, known_en = _shown(field)
        raise QueryCheckError(
            value.position, f"「{value.text}」は「{field.code}」の選択肢にありません。{known_ja}",
            f"“{value.text}” is not an option of “{field.code}”. {known_en}", "GAIA_IQ10",
        )  # fmt: skip


def _shown(field: QueryField) -> tuple[str, str]:
    """The options in Japanese and English sentences, each under the first of its names."""
    named: dict[tuple[str, ...], str] = {}
    for text, values in field.options.items():
        named.setdefault(values, text)
    if not named:
        return "選択肢がまだありません。", "There are no options yet."
    shown, more = list(named.values())[:MAX_SHOWN], "…" if len(named) > MAX_SHOWN else ""
    return f"選べるのは {'、'.join(shown)}{more} です。", f"The options are {', '.join(shown)}{more}."


def _check_operator(predicate: Predicate, field: QueryField) -> None:
    known = operators(field.kind)
    operator = predicate.operator
    if field.table is not None and operator in ("=", "!="):
        instead = "in" if "in" in known else "like" if "like" in known else ">= と <="
        instead = f"not {instead}" if operator == "!=" and instead in ("in", "like") else instead
        raise QueryCheckError(
            predicate.position,
            f"「{field.code}」は表（テーブル）の中のフィールドのため、演算子{operator}を使用できません。"
            f"{instead} を使ってください。",
            f"“{field.code}” is a field in a table, so the operator {operator} cannot be used. "
            f"Use {instead.replace(' と ', ' and ')}.",
            "GAIA_IQ07",
        )  # fmt: skip
    if operator not in known:
        usable = ", ".join(o for o in get_args(Operator) if o in known and not (field.table and o in ("=", "!=")))
        raise QueryCheckError(
            predicate.position,
            f"{field.code}フィールドのフィールドタイプには演算子{operator}を使用できません。使えるのは {usable} です。",
            f"The operator {operator} cannot be used with the type of the field “{field.code}”. Use {usable}.",
            "GAIA_IQ03",
        )  # fmt: skip


def _check_order(order: OrderBy, fields: Mapping[str, QueryField]) -> None:
    field = _known(order.field, order.position, fields)
    if field.kind not in ORDERED or field.table is not None:
        raise QueryCheckError(
            order.position, f"「{field.code}」では並べ替えられません。ほかのフィールドを指定してください。",
            f"Records cannot be sorted by “{field.code}”. Choose another field.", "GAIA_IQ03",
        )  # fmt: skip


def _check_counts(query: Query) -> None:
    if query.limit is not None and query.limit > MAX_LIMIT:
        raise QueryCheckError(
            0, f"limit には {MAX_LIMIT} 以下の値を指定してください。", f"limit must be {MAX_LIMIT} or less.",
            "GAIA_QU01",
        )  # fmt: skip
    if query.offset is not None and query.offset > MAX_OFFSET:
        raise QueryCheckError(
            0, f"offset には {MAX_OFFSET:,} 以下の値を指定してください。", f"offset must be {MAX_OFFSET:,} or less.",
            "GAIA_QU02",
        )  # fmt: skip
