"""The one filter language of the house: kintone's (pure).

``parse`` → ``check`` against the fields an app gives (``fields_of``) → ``evaluate`` with a record's values, or
``records.query_sql`` for the database. ``unparse`` writes a tree back as text.
"""

from __future__ import annotations

from madoguchi.query.checking import check
from madoguchi.query.errors import QueryCheckError, QueryError, QuerySyntaxError
from madoguchi.query.evaluation import Facts, evaluate
from madoguchi.query.fields import Kind, QueryField, operators
from madoguchi.query.functions import FUNCTIONS
from madoguchi.query.mapping import fields_of
from madoguchi.query.meaning import Login
from madoguchi.query.nodes import (
    And,
    Call,
    Condition,
    Number,
    Operator,
    Or,
    OrderBy,
    Predicate,
    Query,
    Word,
    all_of,
    any_of,
    references,
)
from madoguchi.query.parser import parse
from madoguchi.query.printing import unparse

__all__ = (
    "FUNCTIONS",
    "And",
    "Call",
    "Condition",
    "Facts",
    "Kind",
    "Login",
    "Number",
    "Operator",
    "Or",
    "OrderBy",
    "Predicate",
    "Query",
    "QueryCheckError",
    "QueryError",
    "QueryField",
    "QuerySyntaxError",
    "Word",
    "all_of",
    "any_of",
    "check",
    "evaluate",
    "fields_of",
    "operators",
    "parse",
    "references",
    "unparse",
)
