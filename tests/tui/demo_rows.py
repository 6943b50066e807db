"""What the tests of the demo share: a writer with a fixed start, and rows of a store."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from tui.demo import DemoWriter

START = 1_768_212_000.0


def demo_writer(path: Path, seed: int = 1, speed: float = 1.0) -> DemoWriter:
    return DemoWriter(path, seed, speed, start=START)


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def one(path: Path, sql: str) -> Any:
    return rows(path, sql)[0][0]
