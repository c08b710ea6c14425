"""Checks a formula against the fields it may read, before it ever runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from madoguchi.formula.errors import EvaluationError, FormulaError, did_you_mean
from madoguchi.formula.functions import FUNCTIONS, Function
from madoguchi.formula.kinds import DATES, MANY, TIMES, FieldType, Kind, ResultType, kind_of
from madoguchi.formula.nodes import Call, Chain, Expression, Literal, Node, Reference, Sign, Step
from madoguchi.lib.eras import DateError, parse_date

_NUMERIC = frozenset({Kind.NUMBER, Kind.BOOL, Kind.BLANK})
_COMPARISONS = frozenset({"=", "<>", "!=", "<", "<=", ">", ">="})
_COLUMN_VALUE = {Kind.NUMBER_COLUMN: Kind.NUMBER, Kind.DATE_COLUMN: Kind.DATE, Kind.TEXT_COLUMN: Kind.TEXT}


def check(expression: Expression, types: Mapping[str, FieldType]) -> ResultType:
    """What the formula yields; ``types`` names every field it may read.

    Raises FormulaError for unknown fields and functions and for values that do not go together.
    """
    kind = _Checker(types).kind(expression.root)
    if kind in MANY:
        message = f"{kind.ja}はそのまま計算の結果にできません。SUM や COUNT で1つの値にしてください。"
        raise FormulaError(message, expression.root.position)
    return Kind.TEXT if kind is Kind.BLANK else kind


class _Checker:
    def __init__(self, types: Mapping[str, FieldType]) -> None:
        self._types = types

    def kind(self, node: Node) -> Kind:
        match node:
            case Literal():
                return _literal_kind(node)
            case Reference():
                return self._reference(node)
            case Sign():
                _need_number(self.kind(node.operand), node.operand, node.operator)
                return Kind.NUMBER
            case Chain():
                return self._chain(node)
            case Call():
                return self._call(node)

    def _reference(self, node: Reference) -> Kind:
        if node.code in self._types:
            return kind_of(self._types[node.code])
        if node.code.upper() in FUNCTIONS:
            usage = FUNCTIONS[node.code.upper()].usage
            raise FormulaError(f"関数「{node.code}」の後にかっこがありません。{usage} と書きます。", node.position)
        hint = did_you_mean(node.code, self._types) or "フィールドコードを確かめてください。"
        raise FormulaError(f"「{node.code}」というフィールドはありません。{hint}", node.position)

    def _chain(self, node: Chain) -> Kind:
        kind, left = self.kind(node.first), node.first
        if len(node.steps) > 1 and node.steps[0].operator in _COMPARISONS:
            message = "比較は1つずつ書きます。AND(1 < 数量, 数量 < 5) のように AND でつないでください。"
            raise FormulaError(message, node.steps[1].position)
        for step in node.steps:
            kind = self._step(kind, left, step)
            left = step.operand
        return kind

    def _step(self, left: Kind, left_node: Node, step: Step) -> Kind:
        right = self.kind(step.operand)
        for kind, node in ((left, left_node), (right, step.operand)):
            if kind in MANY:
                message = f"{kind.ja}は「{step.operator}」で計算できません。{_many_hint(kind)}"
                raise FormulaError(message, node.position)
        match step.operator:
            case "&":
                return Kind.TEXT
            case "+" | "-":
                return _sum_kind(left, left_node, step, right)
            case "*" | "/" | "^":
                _need_number(left, left_node, step.operator)
                _need_number(right, step.operand, step.operator)
                return Kind.NUMBER
        _need_comparable(left, left_node, step, right)
        return Kind.BOOL

    def _call(self, node: Call) -> Kind:
        function = FUNCTIONS.get(node.name)
        if function is None:
            hint = did_you_mean(node.name, FUNCTIONS) or f"使える関数は {'、'.join(FUNCTIONS)} です。"
            raise FormulaError(f"「{node.name}」という関数はありません。{hint}", node.position)
        _check_count(node, function)
        kinds = [self.kind(argument) for argument in node.arguments]
        for index, (kind, argument) in enumerate(zip(kinds, node.arguments, strict=True)):
            _check_argument(function, index, kind, argument)
        return function.gives or _shared_kind(node, function, kinds)


def _literal_kind(node: Literal) -> Kind:
    if isinstance(node.value, bool):
        return Kind.BOOL
    if isinstance(node.value, str):
        return Kind.TEXT if node.value else Kind.BLANK
    return Kind.NUMBER


def _check_count(node: Call, function: Function) -> None:
    count, most = len(node.arguments), None if function.repeats else len(function.wants)
    if count < function.required:
        problem = "の値が足りません"
    elif most is not None and count > most:
        problem = "の値が多すぎます"
    else:
        return
    raise FormulaError(f"関数「{function.name}」{problem}。{function.usage} と書きます。", node.position)


def _check_argument(function: Function, index: int, kind: Kind, argument: Node) -> None:
    want = function.want(index)
    if kind not in want.kinds:
        hint = want.hint or f"{function.usage} と書きます。"
        message = f"関数「{function.name}」の{index + 1}番目は{want.ja}ですが、{kind.ja}になっています。{hint}"
        raise FormulaError(message, argument.position)
    if index in function.literals and isinstance(argument, Literal) and isinstance(argument.value, str):
        try:
            function.literals[index](argument.value)
        except EvaluationError as error:
            raise FormulaError(str(error), argument.position) from None


def _shared_kind(node: Call, function: Function, kinds: Sequence[Kind]) -> Kind:
    shared = Kind.BLANK
    for kind, argument in zip(kinds[function.shared :], node.arguments[function.shared :], strict=True):
        value = _COLUMN_VALUE.get(kind, kind)
        if shared in (Kind.BLANK, value):
            shared = value
        elif {shared, value} <= {Kind.NUMBER, Kind.BOOL}:
            shared = Kind.NUMBER
        elif value is not Kind.BLANK:
            problem = f"関数「{function.name}」の値が{shared.ja}と{value.ja}に分かれています。"
            raise FormulaError(f"{problem}同じ種類にそろえてください。", argument.position)
    return shared


def _need_number(kind: Kind, node: Node, operator: str) -> None:
    if kind not in _NUMERIC:
        hint = "文字をつなぐには & を使います。" if kind is Kind.TEXT else "数値のフィールドを使ってください。"
        raise FormulaError(f"{kind.ja}は「{operator}」で計算できません。{hint}", node.position)


def _sum_kind(left: Kind, left_node: Node, step: Step, right: Kind) -> Kind:
    if left in DATES and right in DATES:
        if step.operator == "-":
            return Kind.NUMBER
        raise FormulaError("日付どうしは足せません。日付に足せるのは日数です。", step.position)
    if left in DATES:
        _need_number(right, step.operand, step.operator)
        return left
    _need_number(left, left_node, step.operator)
    if right in DATES and step.operator == "+":
        return right
    _need_number(right, step.operand, step.operator)
    return Kind.NUMBER


def _need_comparable(left: Kind, left_node: Node, step: Step, right: Kind) -> None:
    pair = {left, right}
    if len(pair) == 1 or Kind.BLANK in pair or pair <= _NUMERIC or pair <= DATES:
        return
    if Kind.TEXT in pair and pair & TIMES:
        _check_written_date(left_node)
        _check_written_date(step.operand)
        return
    hint = "同じ種類の値を比べてください。"
    if pair == {Kind.NUMBER, Kind.TEXT}:
        hint = "数値は「\"」を付けずに、文字や選択肢は「\"」で囲んで書いてください。"
    raise FormulaError(f"{left.ja}と{right.ja}は比べられません。{hint}", step.position)


def _check_written_date(node: Node) -> None:
    if isinstance(node, Literal) and isinstance(node.value, str) and ":" not in node.value:
        try:
            parse_date(node.value)
        except DateError as error:
            raise FormulaError(str(error), node.position) from None


def _many_hint(kind: Kind) -> str:
    if kind is Kind.LIST:
        return "選ばれているかどうかは CONTAINS(フィールド, \"値\") で調べます。"
    return "SUM や COUNT で1つの値にしてください。"
