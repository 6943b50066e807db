"""A connection to SQLite whose every error is an error of SQLite."""

from __future__ import annotations

import sqlite3
from typing import Any


class LiteConnection(sqlite3.Connection):
    """Raises nothing but ``sqlite3.Error`` where a statement cannot be run.

    SQLite quotes a damaged schema in its messages, and Python gives up on those that are not
    UTF-8 with an error of its own.
    """

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement. Raises sqlite3.Error."""
        try:
            return super().execute(sql, parameters)
        except UnicodeDecodeError as error:
            raise sqlite3.DatabaseError("malformed database schema") from error
