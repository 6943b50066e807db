"""What a query on somebody else's database may do: read."""

from __future__ import annotations

import sqlite3

_ASKED = frozenset(
    ("data_version", "schema_version", "journal_mode", "user_version", "page_count", "page_size",
     "quick_check")
)  # fmt: skip
_ASKED_OF = frozenset(
    ("table_info", "table_xinfo", "index_list", "index_info", "index_xinfo", "quick_check")
)
"""Pragmas whose argument names something; with one, many others would write."""


def authorize(
    action: int, first: str | None, second: str | None, _database: str | None, _by: str | None
) -> int:
    """SQLite's question whether a statement may do something, answered."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if second == "load_extension" else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in (_ASKED if second is None else _ASKED_OF):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
