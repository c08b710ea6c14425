"""In which order formulas that read each other are computed."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from madoguchi.formula.errors import FormulaError
from madoguchi.formula.nodes import Expression


def order(formulas: Mapping[str, Expression]) -> list[str]:
    """The codes so that each comes after those its formula reads; raises FormulaError naming a cycle."""
    graph = {code: sorted(expression.references & formulas.keys()) for code, expression in formulas.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = " → ".join(reversed(error.args[1]))
        message = f"計算が循環しています（{cycle}）。どれか1つの計算式から、次のフィールドを外してください。"
        raise FormulaError(message) from None
