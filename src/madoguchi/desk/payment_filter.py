"""Narrowing a list by the state of the fee, which only payments knows."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from madoguchi.definition.app import AppDefinition


def payment_condition(defn: AppDefinition, values: Sequence[str]) -> sql.Composable:
    """Records that have a payment in one of these states."""
    return sql.SQL(
        "id IN (SELECT record_id FROM payments_payment p JOIN catalog_app a ON a.id = p.app_id"
        " WHERE a.code = {} AND p.state = ANY({}::text[]))"
    ).format(sql.Literal(defn.code), sql.Literal(list(values)))
