"""The simulator's memory: one SQLite file, used from the event loop's thread only, so no lock is needed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
  id TEXT PRIMARY KEY, display_name TEXT NOT NULL, blocked INTEGER NOT NULL DEFAULT 0, rich_menu_id TEXT,
  quick_reply_used_n INTEGER NOT NULL DEFAULT 0, loading_until_ms INTEGER NOT NULL DEFAULT 0,
  read_n INTEGER NOT NULL DEFAULT 0, followed_at_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
  n INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT NOT NULL REFERENCES users, sender TEXT NOT NULL,
  message TEXT NOT NULL, at_ms INTEGER NOT NULL, message_id TEXT, shown TEXT, via TEXT,
  unsent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS messages_of_user ON messages (user_id, n);
CREATE INDEX IF NOT EXISTS messages_by_id ON messages (message_id);
CREATE TABLE IF NOT EXISTS contents (
  message_id TEXT PRIMARY KEY, content_type TEXT NOT NULL, data BLOB NOT NULL, preview BLOB,
  ready_at_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS reply_tokens (
  token TEXT PRIMARY KEY, user_id TEXT NOT NULL, event_ms INTEGER NOT NULL, delivered_ms INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS retry_keys (
  key TEXT PRIMARY KEY, request_id TEXT NOT NULL, answer TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sends (
  via TEXT NOT NULL, at_ms INTEGER NOT NULL, recipients INTEGER NOT NULL, counted INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, body TEXT NOT NULL, attempt INTEGER NOT NULL,
  status INTEGER, reason TEXT, took_ms INTEGER, again INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, key_id TEXT, scope TEXT NOT NULL DEFAULT '',
  expires_ms INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS one_time (
  code TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT NOT NULL, data TEXT NOT NULL, expires_ms INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS rich_menus (
  id TEXT PRIMARY KEY, body TEXT NOT NULL, image BLOB, image_type TEXT, created_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS rich_menu_aliases (id TEXT PRIMARY KEY, rich_menu_id TEXT NOT NULL REFERENCES rich_menus);
CREATE TABLE IF NOT EXISTS liff_apps (id TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


class Store:
    """Rows as dictionaries, and a few settings as JSON."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # Autocommit, write-ahead: what was answered survives a killed process.
        self.connection = sqlite3.connect(folder / "line.sqlite3", isolation_level=None, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + SCHEMA)

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """All rows of a query."""
        return [dict(row) for row in self.connection.execute(sql, values)]

    def row(self, sql: str, *values: object) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        row = self.connection.execute(sql, values).fetchone()
        return dict(row) if row else None

    def run(self, sql: str, *values: object) -> int:
        """Executes a statement; returns how many rows it changed."""
        return self.connection.execute(sql, values).rowcount

    def add(self, sql: str, *values: object) -> int:
        """Executes an INSERT; returns the new row's number."""
        return int(self.connection.execute(sql, values).lastrowid or 0)

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""
        row = self.row("SELECT value FROM settings WHERE key = ?", key)
        return json.loads(row["value"]) if row else default

    def put(self, key: str, value: Any) -> None:
        """Keeps a setting."""
        self.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", key, json.dumps(value, ensure_ascii=False))

    def close(self) -> None:
        """Closes the file."""
        self.connection.close()
