"""Rows read column by column count as the same rows read as events."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.counting import lean_slices
from queries.counting.lean_slices import LeanSlices
from queries.folding.batch import type_of
from queries.store import Store
from tests.queries.counting.test_backfill import counted, one_pass
from tests.queries.dialects.htmlgraph_rows import EVENTS_26, EVENTS_35, OK
from tests.queries.dialects.reading import HOSTILE_CELLS
from tests.queries.test_fold import figures

PLAIN: dict[str, tuple[Any, ...]] = {
    "agent_id": ("claude-code", "codex"),
    "event_type": ("tool_call", "tool_call", "task_delegation", "error", "task_completed", "end"),
    "timestamp": ("2026-01-12 12:00:01", "2026-01-12 12:00:02", "2026-01-12T12:00:03.5Z"),
    "session_id": ("s1", "s2"),
    "tool_name": ("Read", "Bash", "Task", "Agent", "UserQuery", "Stop", None),
    "input_summary": ('{"session_id": "x"}', "Read: a", "Read: b", None, '{"'),
    "output_summary": (None, None, '{"completion_time": "2026-01-12 12:00:09"}', "done"),
    "context": (
        None, None, OK, '{"is_error": true}', '{"is_error": 1.0}', '{"is_error": 0}', '{"a": 1}',
        '{"spawner_type": "x", "is_error": true}', '{"phase_name": 1}', '{"is_error": "true"}',
    ),
    "parent_event_id": (None, "e1", "e2", "e3"),
    "subagent_type": (None, "Explore"),
    "cost_tokens": (0, 5, None),
    "execution_duration_seconds": (0.0, 1.5, None),
    "status": ("recorded", "completed", "failed", "started", "running", None),
    "updated_at": (None, "2026-01-12 12:00:07"),
}  # fmt: skip


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of HtmlGraph's table; few cells are such as nobody would write."""
    found = []
    for number in range(1, draw(st.integers(0, 14)) + 1):
        row = {name: draw(st.sampled_from(cells)) for name, cells in PLAIN.items()}
        for name in draw(st.lists(st.sampled_from(sorted(PLAIN)), max_size=1)):
            row[name] = draw(st.sampled_from(HOSTILE_CELLS))
        found.append({"event_id": f"e{number}", **row})
    return found


@contextmanager
def written(table: str, given_rows: list[dict[str, Any]]) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "htmlgraph.db"
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(table)
            for row in given_rows:
                marks = ", ".join("?" * len(row))
                names = ", ".join(row)
                connection.execute(
                    f"INSERT INTO agent_events ({names}) VALUES ({marks})", tuple(row.values())
                )
        with Store(path) as store:
            yield store


@settings(max_examples=15)
@given(rows(), st.sampled_from((EVENTS_26, EVENTS_35)), st.integers(1, 9), st.integers(1, 5))
def test_htmlgraph_counts_the_same(
    given_rows: list[dict[str, Any]], table: str, size: int, page: int
) -> None:
    with written(table, given_rows) as store, mock.patch.object(lean_slices, "PAGE", page):
        assert figures(counted(store, size, False)) == figures(one_pass(store, False))


@settings(max_examples=15)
@given(rows(), st.sampled_from((EVENTS_26, EVENTS_35)))
def test_marks_say_of_what_type_a_row_is(given_rows: list[dict[str, Any]], table: str) -> None:
    with written(table, given_rows) as store:
        batch = LeanSlices().read(store, 0, 0, 99, 99)[0]
        events = store.events_between(0, 0, 99, 99)
        assert list(batch.types) == [type_of(event) for event in events]


def test_marks_are_looked_up_once(tmp_path: Path) -> None:
    row = {"event_id": "e1", "agent_id": "a", "event_type": "tool_call", "session_id": "s",
           "tool_name": "Read", "input_summary": "Read: a", "context": OK}  # fmt: skip
    with written(EVENTS_26, [{**row, "event_id": f"e{number}"} for number in range(8)]) as store:
        reader = LeanSlices()
        for statements in (2, 1, 1):
            before = store.statements
            batch = reader.read(store, 0, 0, 99, 99)[0]
            assert (len(batch.seqs), store.statements - before) == (8, statements)


def test_a_row_that_changes_between_two_looks_is_read_whole() -> None:
    row = {"event_id": "e1", "agent_id": "a", "event_type": "tool_call", "session_id": "s",
           "tool_name": "Read", "input_summary": "Read: a", "context": OK}  # fmt: skip
    with written(EVENTS_26, [row]) as store:
        query = store.query

        def meanwhile(sql: str, *arguments: Any, **options: Any) -> Any:
            found = query(sql, *arguments, **options)
            with closing(sqlite3.connect(store.path)) as connection, connection:
                connection.execute("UPDATE agent_events SET context = '{\"is_error\": true}'")
            return found

        store.query = meanwhile  # type: ignore[method-assign]  # a writer between two queries
        batch = LeanSlices().read(store, 0, 0, 99, 99)[0]
        (event,) = store.events_between(0, 0, 99, 99)
        assert batch.types == [type_of(event)]
