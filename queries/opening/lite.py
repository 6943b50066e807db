"""A connection to SQLite whose every error is an error of SQLite."""

from __future__ import annotations

import sqlite3
from typing import Any


class LiteConnection(sqlite3.Connection):
    """Raises nothing but ``sqlite3.Error`` where a statement cannot be run.

    Both are Python's own errors otherwise: SQLite quotes a damaged schema in its messages,
    which may not be UTF-8, and a statement that was taken from a schema may not be text.
    """

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement. Raises sqlite3.Error."""
        try:
            return super().execute(sql, parameters)
        except UnicodeDecodeError as error:
            raise sqlite3.DatabaseError("malformed database schema") from error
        except UnicodeEncodeError as error:
            refused = sqlite3.OperationalError("not a statement in UTF-8")
            refused.sqlite_errorname = "SQLITE_ERROR"
            raise refused from error
