"""Runs a command of the program and tells what it cost: ``counted SECONDS ARGUMENT...``.

The command's own output goes nowhere. It is killed once it has used so many seconds of
processor time.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Callable, Sequence

from queries.counting.counting_crew import CountedRange
from queries.fold import Fold
from queries.reading.connection import Rows, StoreConnection
from tests.bench.measure import Helpers, cpu_seconds, end_after, peak_memory
from tui.cli import main

LOOK_UP = " IN ("
"""In statements that fetch some rows by their numbers, for columns that only those need."""


def run(arguments: Sequence[str]) -> dict[str, float | None]:
    """Rows that SQLite handed over, statements, seconds and memory of one command.

    Rows that are looked up, and statements, are those of this process alone.
    """
    query = StoreConnection.query
    rows = looked_up = statements = 0

    def counting(self: StoreConnection, sql: str, *given: object, **named: object) -> Rows:
        nonlocal rows, looked_up, statements
        found = query(self, sql, *given, **named)  # type: ignore[arg-type]  # as they come
        if LOOK_UP in sql:
            looked_up += len(found)
        else:
            rows += len(found)
        statements += 1
        return found

    put_together = CountedRange.fold

    def counting_too(self: CountedRange, pause: Callable[[], object]) -> Fold:
        nonlocal rows
        fold = put_together(self, pause)
        rows += fold.rows
        return fold

    CountedRange.fold = counting_too  # type: ignore[method-assign]  # likewise
    StoreConnection.query = counting  # type: ignore[assignment]  # counted in this process only
    helpers = Helpers()
    wall = time.perf_counter()
    with contextlib.redirect_stderr(io.StringIO()):
        code = main(arguments)
    return {
        "code": code,
        "rows": rows,
        "looked_up": looked_up,
        "statements": statements,
        "wall": time.perf_counter() - wall,
        "cpu": cpu_seconds(),
        "peak": (peak_memory() or 0.0) + helpers.peak,
        "helped": float(helpers.peak > 0),
        "textual": float("textual" in sys.modules),
    }


if __name__ == "__main__":
    told = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    end_after(int(sys.argv[1]))
    taken = run(sys.argv[2:])
    os.write(told, json.dumps(taken).encode())
