"""What a store is, how it is read, and what in it does not fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from queries.counting.event_stream import EventStream, Progress, patiently
from queries.dialects.base import Source
from queries.folding.pairing import Pairing
from queries.models import Problem, SessionRow, StoreInfo
from queries.plain_data import dataclass
from queries.reading.connection import quoted
from queries.sessions import STALE_AFTER
from queries.store import Store
from queries.text import clean, clean_id
from queries.whole_store import ListedStore, count_store

EXAMPLES = 5
"""Ids listed for each finding."""
LISTED = 1000
"""Mismatches listed at most."""
_SLOW = 120.0


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file."""

    name: str
    rows: int | None
    """None when it could not be counted."""
    used_as: str | None
    """What its rows are taken for; None when the table is not read."""


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """One table of events."""

    name: str
    rows: int
    events: int
    """One call is one event, however many rows it took."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A number that the store declares and that its rows contradict."""

    session_id: str
    what: str
    declared: int
    counted: int


@dataclass(frozen=True, slots=True)
class Orphans:
    """Rows that refer to something that is not there."""

    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that ``doctor`` tells."""

    info: StoreInfo
    sessions: int
    events: int
    tables: tuple[Table, ...]
    sources: tuple[SourceCounts, ...]
    skipped: tuple[Problem, ...]
    mismatches: tuple[Mismatch, ...]
    """At most :data:`LISTED`."""
    undeclared_sessions: Orphans
    """Sessions without a row of their own; the examples are their ids."""
    events_without_session: int
    events_without_parent: Orphans
    notes: tuple[str, ...]


def diagnose(
    store: Store,
    progress: Progress | None = None,
    *,
    stale_after: float = STALE_AFTER,
    processes: int = 0,
) -> Diagnosis:
    """Examine an open store. Reads all of its events once.

    Args:
        store: an open store.
        progress: told which part (0..1) of the events is read.
        stale_after: seconds of silence after which a running session is stale.
        processes: others that count large stores, where there are at least two.
    """
    # What is kept of other times would tell nothing about rows that cannot be read any more.
    counted = count_store(store, progress, stale_after=stale_after, processes=processes)
    undeclared = [row for row in counted.rows if not row.session.declared]
    return Diagnosis(
        info=store.info,
        sessions=len(counted.rows),
        events=sum(row.totals.events for row in counted.rows),
        tables=_tables(store),
        sources=_sources(store, counted),
        skipped=counted.problems,
        mismatches=tuple(_mismatches(store, counted)[:LISTED]),
        undeclared_sessions=Orphans(
            len(undeclared), tuple(sorted(row.id for row in undeclared)[:EXAMPLES])
        ),
        events_without_session=sum(row.totals.events for row in undeclared),
        events_without_parent=_without_parent(store),
        notes=tuple(clean(note) for note in store.mapping.notes),
    )


def _sources(store: Store, counted: ListedStore) -> tuple[SourceCounts, ...]:
    """Rows and events of each source; rows that cannot be read are left out."""
    names = store.info.sources
    if len(names) == 1:
        events = sum(row.totals.events for row in counted.rows)
        return (SourceCounts(names[0], counted.fold.rows, events),)
    if not store.mapping.has_phases:
        # Each row is an event by itself.
        views = [f"event_rows_{number}" for number in range(len(names))]
        rows = [_count(store, view) for view in views]
        if sum(rows) == counted.fold.rows:
            return tuple(map(SourceCounts, names, rows, rows))
    return _counted_singly(store, names)


def _counted_singly(store: Store, names: Sequence[str]) -> tuple[SourceCounts, ...]:
    rows: Counter[int] = Counter()
    events: Counter[int] = Counter()
    pairing = Pairing()
    for row in EventStream(store):
        rows[row.source] += 1
        outcome = pairing.add(row)
        if outcome.shown is not None:
            events[row.source] += 1
        if outcome.hidden is not None:
            events[outcome.hidden[0]] -= 1
    return tuple(
        SourceCounts(name, rows[number], events[number]) for number, name in enumerate(names)
    )


def _tables(store: Store) -> tuple[Table, ...]:
    mapping = store.mapping
    used = {source.table: "events" for source in mapping.sources}
    if mapping.sessions is not None:
        used[mapping.sessions.table] = "sessions"
    for side, what in (
        (mapping.aggregated_tools, "totals per tool"),
        (mapping.handoffs, "hand-offs"),
        (mapping.work_items, "work items"),
    ):
        if side is not None:
            used.setdefault(side.table, what)
    used |= mapping.read_besides
    counts = {name: _count(store, name) for name in sorted(store.schema.tables)}
    return tuple(
        Table(clean(name, 80), rows, used.get(name))
        for name, rows in counts.items()
        if not name.startswith("sqlite_")
    )


def _count(store: Store, table: str) -> int:
    sql = f"SELECT count(*) FROM {quoted(table)}"
    return int(patiently(lambda: store.query(sql, deadline=_SLOW))[0][0])


def _mismatches(store: Store, counted: ListedStore) -> list[Mismatch]:
    """Declared turns against prompts (or messages), declared events against rows."""
    found: list[Mismatch] = []
    declared_events = _declared_events(store)
    for row in sorted(counted.rows, key=lambda row: row.id):
        declared = row.session.declared_turns
        turns = _turns(row, store.mapping.has_messages)
        if declared and turns is not None and declared != turns[1]:
            found.append(Mismatch(row.id, f"turns, against {turns[0]}", declared, turns[1]))
        events = declared_events.get(row.id)
        if events and events != row.totals.events:
            found.append(Mismatch(row.id, "events", events, row.totals.events))
    return found


def _turns(row: SessionRow, has_messages: bool) -> tuple[str, int] | None:
    """What declared turns are compared with, and how many of it there are."""
    if row.totals.prompts:
        return ("prompts", row.totals.prompts)
    return ("messages", row.totals.messages) if has_messages else None


def _declared_events(store: Store) -> dict[str, int]:
    """What the sessions table says itself about its number of events, where it does."""
    sessions = store.mapping.sessions
    if sessions is None or not store.schema.has(sessions.table, "total_events"):
        return {}
    column = quoted(sessions.id_column)
    sql = (
        f"SELECT {column}, total_events FROM {quoted(sessions.table)}"
        " WHERE typeof(total_events) = 'integer'"
    )
    rows = patiently(lambda: store.query(sql, deadline=_SLOW))
    return {clean_id(row[0]): row[1] for row in rows}


def _not_in(store: Store, parent: str, source: Source) -> str:
    """SQL for the condition that no row of a table has this id."""
    table, own = quoted(source.table), f"above.{quoted(source.id_column)}"
    if store.leads_index(source.table, source.id_column):
        return f"NOT EXISTS (SELECT 1 FROM {table} AS above WHERE {own} = {parent})"
    # All ids are collected once, instead of looking through the table for each row.
    return f"{parent} NOT IN (SELECT {own} FROM {table} AS above WHERE {own} IS NOT NULL)"


def _without_parent(store: Store) -> Orphans:
    """Events that name a parent which no table of events has."""
    sources = store.mapping.sources
    total = 0
    examples: list[str] = []
    for source in sources:
        if source.parent_column is None:
            continue
        parent = f"child.{quoted(source.parent_column)}"
        nowhere = " AND ".join(_not_in(store, parent, other) for other in sources)
        lost = f"FROM {quoted(source.table)} AS child WHERE {parent} <> '' AND {nowhere}"
        number = f"SELECT count(*) {lost}"
        some = f"SELECT child.{quoted(source.id_column)} {lost} ORDER BY child.rowid LIMIT ?"
        found = int(patiently(partial(store.query, number, deadline=_SLOW))[0][0])
        total += found
        if found and len(examples) < EXAMPLES:
            # Where there are fewer of them, all rows are gone through again.
            most = min(found, EXAMPLES - len(examples))
            rows = patiently(partial(store.query, some, (most,), deadline=_SLOW))
            examples += [clean_id(row[0]) for row in rows]
    return Orphans(total, tuple(examples))
