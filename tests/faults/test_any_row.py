"""Rows as no program should write them: all are counted, none keeps the screen from drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.numbers import (
    counted_by_command,
    one_number,
    quit_and_restore,
    wait_for_bar,
    wait_for_events,
)
from tests.process.escapes import unwanted
from tests.process.program import Home, fingerprint
from tests.process.terminal import Terminal
from tests.queries.test_store_hostile import BUILDERS, ODD, columns_of, put
from tests.stores import RawText, StoreBuilder, canonical_store
from tests.stores.canonical import canonical_schema
from tests.stores.hostile import SHORT_HOSTILE

pytestmark = [pytest.mark.faults, pytest.mark.process]

DEEP = 10_000


def walk(terminal: Terminal) -> None:
    """Go through the panes and back, whatever they show."""
    for key in ("down", "down", "tab", "pageup", "g", "G", "tab", "a", "tab", "m", "tab", "G", "g"):
        terminal.press(key)
    terminal.press("?")
    terminal.wait_for_text("─ Help ─")
    terminal.press("escape")
    terminal.wait_for(lambda t: "─ Help ─" not in t.text(), what="the end of the help")
    wait_for_bar(terminal, "live")


@pytest.mark.parametrize("values", ["types", "texts"])
@pytest.mark.parametrize("dialect", BUILDERS)
def test_any_value_in_any_column(home: Home, dialect: str, values: str) -> None:
    path = home.folder / "stores" / "s.db"
    make, events, sessions = BUILDERS[dialect]
    chosen = ODD if values == "types" else [text for _, text in SHORT_HOSTILE]
    with make(path) as builder, builder.batch():
        for table in (events, sessions):
            for column in columns_of(builder, table):
                for value in chosen:
                    if (column, value) != ("id", 2**63 - 1):
                        put(builder, table, column, value)
    before = fingerprint(path.parent)
    with home.open(path, columns=160) as terminal:
        number = counted_by_command(home, path)
        assert number > 80
        wait_for_events(terminal, number)
        walk(terminal)
        quit_and_restore(terminal)
        assert unwanted(terminal.raw) == []
    assert fingerprint(path.parent) == before


def without_rules(path: Path) -> StoreBuilder:
    """A store whose ids may be anything, and the same again."""
    loose = [
        sql.replace(" NOT NULL", "").replace(" UNIQUE", "").replace("TEXT PRIMARY KEY", "TEXT")
        for sql in canonical_schema()
    ]
    return StoreBuilder(path, loose)


def ids(builder: StoreBuilder) -> Iterator[dict[str, object]]:
    odd: list[object] = ["", None, "x" * 100_000, 7, 7.5, b"\x00\xff", "same", "same", "7"]
    odd.append(RawText(b"\xff\xfe"))
    for one in odd:
        yield {"id": one, "session_id": "s"}
        yield {"id": "same", "session_id": one}
        yield {"id": one, "session_id": one, "parent_id": one}
        builder.insert("session", id=one, status="running")


def parents(builder: StoreBuilder) -> Iterator[dict[str, object]]:
    yield {"id": "own", "session_id": "s", "parent_id": "own"}
    for number in range(3):
        yield {"id": f"ring-{number}", "session_id": "s", "parent_id": f"ring-{(number + 1) % 3}"}
    yield {"id": "lost", "session_id": "s", "parent_id": "nowhere"}
    for number in range(DEEP):
        parent = f"deep-{number - 1}" if number else None
        yield {"id": f"deep-{number}", "session_id": "s", "parent_id": parent}
    for number in range(3):
        builder.insert("session", id=f"ring-{number}", parent_id=f"ring-{(number + 1) % 3}")
        yield {"id": f"of-{number}", "session_id": f"ring-{number}"}


@pytest.mark.parametrize("rows", [ids, parents])
def test_ids_and_parents(
    home: Home, rows: Callable[[StoreBuilder], Iterator[dict[str, object]]]
) -> None:
    path = home.folder / "stores" / "s.db"
    with without_rules(path) as builder, builder.batch():
        builder.connection.execute("PRAGMA foreign_keys = 0")
        for number, row in enumerate(rows(builder)):
            builder.insert("event", kind="tool", tool="t", state="ok", time=number, **row)
    before = fingerprint(path.parent)
    with home.open(path, columns=160) as terminal:
        one_number(home, terminal, path)
        walk(terminal)
        quit_and_restore(terminal)
        assert unwanted(terminal.raw) == []
    assert fingerprint(path.parent) == before


@pytest.mark.parametrize(("sessions", "events"), [(100_000, 1), (1, 200_000)])
def test_many_of_them(home: Home, sessions: int, events: int) -> None:
    path = home.folder / "stores" / "s.db"
    many(path, sessions, events)
    before = fingerprint(path.parent)
    with home.open(path, columns=160) as terminal:
        assert one_number(home, terminal, path) == sessions * events
        terminal.wait_for_text(f"of {sessions:,} ")
        walk(terminal)
        quit_and_restore(terminal)
    assert fingerprint(path.parent) == before


def many(path: Path, sessions: int, events: int) -> None:
    """A store of so many sessions, each with so many events."""
    with canonical_store(path) as store, store.batch():
        store.connection.executemany(
            "INSERT INTO session (id, status, started) VALUES (?, 'completed', ?)",
            ((f"s-{number}", 1e9 + number) for number in range(sessions)),
        )
        store.connection.executemany(
            "INSERT INTO event (id, session_id, time, agent, kind, tool, summary, state)"
            " VALUES (?, ?, ?, 'agent', 'tool', 'Read', 'some text', 'ok')",
            (
                (f"e-{session}-{event}", f"s-{session}", 1e9 + session + event)
                for session in range(sessions)
                for event in range(events)
            ),
        )
