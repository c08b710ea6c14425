"""The formula language that staff write: kintone's syntax and functions, and what its users miss (pure).

``parse`` → ``check`` against the app's fields → ``evaluate`` with a record's values. Docs: ``formula.functions``
lists every function with its usage; the operators, strongest first: sign, ``^``, ``* /``, ``+ -``, ``&``, comparison.
"""

from __future__ import annotations

from madoguchi.formula.checking import check
from madoguchi.formula.errors import FormulaError
from madoguchi.formula.evaluation import Result, evaluate, truth
from madoguchi.formula.functions import FUNCTIONS, Function
from madoguchi.formula.kinds import Column, FieldType, FormulaValue, Kind, ResultType, from_plain
from madoguchi.formula.nodes import Expression
from madoguchi.formula.ordering import order
from madoguchi.formula.parser import parse

__all__ = (
    "FUNCTIONS",
    "Column",
    "Expression",
    "FieldType",
    "FormulaError",
    "FormulaValue",
    "Function",
    "Kind",
    "Result",
    "ResultType",
    "check",
    "evaluate",
    "from_plain",
    "order",
    "parse",
    "truth",
)
