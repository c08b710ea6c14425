"""Writes a tree back as text, in one canonical form."""

from __future__ import annotations

from madoguchi.query.nodes import Call, Condition, Number, Or, OrderBy, Predicate, Query, Value, Word

_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def unparse(query: Query | Condition | None) -> str:
    """The query as text: keywords in small letters, one space between words; ``parse`` reads back the same tree."""
    if not isinstance(query, Query):
        return _condition(query) if query else ""
    parts = [_condition(query.condition)] if query.condition else []
    if query.order_by:
        parts.append("order by " + ", ".join(map(_order, query.order_by)))
    parts += [f"{word} {count}" for word in ("limit", "offset") if (count := getattr(query, word)) is not None]
    return " ".join(parts)


def _condition(condition: Condition) -> str:
    match condition:
        case Predicate():
            return _predicate(condition)
        case Or(parts=parts):
            return " or ".join(map(_condition, parts))
    return " and ".join(f"({_condition(p)})" if isinstance(p, Or) else _condition(p) for p in condition.parts)


def _predicate(predicate: Predicate) -> str:
    values = ", ".join(map(_value, predicate.values))
    if predicate.operator in ("in", "not in"):
        values = f"({values})"
    return " ".join(filter(None, (predicate.field, predicate.operator, values)))


def _value(value: Value) -> str:
    match value:
        case Word(text=text):
            return f'"{text.translate(_ESCAPES)}"'
        case Number(text=text):
            return text
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(arguments)})"


def _order(order: OrderBy) -> str:
    return f"{order.field} {'desc' if order.descending else 'asc'}"
