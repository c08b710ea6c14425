"""Publishes definitions for tests."""

from __future__ import annotations

from madoguchi.catalog import actions
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.records.actor import SYSTEM


def publish(defn: AppDefinition) -> AppRevision:
    """``defn`` as a published revision with its table."""
    return actions.publish(revision=actions.save_draft(defn=defn, actor=SYSTEM), actor=SYSTEM)
