"""Finding delegations in a store: looking through it from its end, and joining their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from queries.counting.event_stream import Progress, patiently
from queries.folding.handed_on import maker
from queries.folding.joining import names_its_maker
from queries.folding.pairing import Pairing
from queries.folding.speakers import Speaker
from queries.models import Event, EventKey, EventKind, Phase
from queries.plain_data import dataclass, field
from queries.reading.connection import quoted
from queries.reading.selects import numbered, of_rows
from queries.reading.session_pages import parts
from queries.store import Store
from queries.text import clean_or_none

ROWS = 20_000
"""Rows of a store that are looked at in one step."""
MOST = 20_000
"""Rows of delegations that are taken at most, the newest."""


@dataclass(slots=True)
class Found:
    """A delegation with what its rows tell."""

    event: Event
    first: Event
    """Its first row as it is stored."""
    ends: list[Event] = field(default_factory=list)
    """The other rows of it."""
    agent: str | None = None
    """Who handed it over."""
    above: str | None = None
    """The id of the delegation in which it was made."""
    spawner: str | None = None

    @property
    def delegation_id(self) -> str:
        """The id of its event."""
        return self.event.id


def find_delegations(
    store: Store, *, progress: Progress | None = None
) -> tuple[list[Found], float]:
    """Every delegation once, in order of arrival, and which part of the store was looked at.

    Raises StoreError as the store's own queries do.
    """
    rows: list[Event] = []
    done = whole = 0
    for source in range(len(store.mapping.sources)):
        bounds = patiently(partial(store.bounds, source))
        if bounds is None:
            continue
        low, high = bounds
        upto = high
        while upto >= low and len(rows) < MOST:
            after = patiently(partial(store.slice_start, source, upto, ROWS))
            take = partial(
                store.events_of_kind, source, EventKind.DELEGATION, after, upto, MOST - len(rows)
            )
            rows += patiently(take)
            upto = after
            if progress is not None:
                progress(min((high - max(upto, low - 1)) / (high - low + 1), 1.0))
        whole += high - low + 1
        done += high - max(upto, low - 1)
    found = joined(sorted(rows, key=lambda event: event.key))
    _name(store, found)
    return found, done / whole if whole else 1.0


def joined(rows: Iterable[Event]) -> list[Found]:
    """Rows of delegations, in order of arrival, as delegations."""
    pairing = Pairing()
    found: dict[EventKey, Found] = {}
    newest: dict[tuple[str, str | None], Found] = {}
    """By session and key: the last delegation that has it."""
    for row in rows:
        outcome = pairing.add(row)
        if outcome.shown is not None:
            found[outcome.shown.key] = Found(outcome.shown, outcome.shown)
            newest[row.session_id, row.call_key] = found[outcome.shown.key]
        elif outcome.changed is None and (row.session_id, row.call_key) in newest:
            # A start row that tells nothing new changes nothing, but is one of its rows.
            newest[row.session_id, row.call_key].ends.append(row)
        if outcome.changed is not None:
            known = found.get(outcome.changed.key)
            if known is None:
                known = found[outcome.changed.key] = Found(outcome.changed, outcome.changed)
            known.event = outcome.changed
            if row.key != outcome.changed.key:
                known.ends.append(row)
        if outcome.hidden is not None:
            gone = found.pop(outcome.hidden, None)
            if gone is not None and outcome.shown is not None:
                found[outcome.shown.key].ends.append(gone.event)
    return [found[key] for key in sorted(found)]


def _name(store: Store, found: list[Found]) -> None:
    """Find out who handed each of them over, in which other one, and to which program."""
    own = {row.id: each for each in found for row in (each.event, *each.ends)}
    spawners = _spawners(store, [each.event.key for each in found])
    parents = {row.parent_id for each in found for row in (each.event, *each.ends)}
    speakers = _speakers(store, [name for name in parents if name and name not in own])
    for each in found:
        each.spawner = spawners.get(each.event.key)
        # The row after a call knows better than the one before it where the call was made.
        ends = sorted(each.ends, key=lambda row: row.key, reverse=True)
        rows = [row for row in ends if row.phase is Phase.END] + [each.first]
        for row in rows:
            above = own.get(row.parent_id or "")
            if above is not None and above is not each:
                each.above = above.event.id
                break

        def speaker_of(parent: str, each: Found = each) -> Speaker | None:
            above = own.get(parent)
            if above is not None:
                return None if above is each else (above.event.target_agent or "", True)
            name = speakers.get(parent)
            return None if name is None else (name, False)

        *after, first = ((row.parent_id, row.agent) for row in rows)
        each.agent = maker(after, first, names_its_maker(each.first), speaker_of)


def _speakers(store: Store, ids: Iterable[str]) -> Mapping[str, str | None]:
    """By id of a prompt: its agent."""
    return {
        event_id: event.agent
        for event_id, event in store.events_by_id(sorted(ids)).items()
        if event.kind is EventKind.PROMPT
    }


def _spawners(store: Store, keys: Iterable[EventKey]) -> dict[EventKey, str]:
    by_source: dict[int, list[int]] = {}
    for source, seq in keys:
        by_source.setdefault(source, []).append(seq)
    found: dict[EventKey, str] = {}
    for source, seqs in by_source.items():
        described = store.mapping.sources[source]
        if described.spawner is None:
            continue
        table = quoted(described.table)
        cells = f"{table}.rowid, {described.spawner}"
        for part in parts(seqs):
            chosen, bound = numbered(part)
            rows = store.query(of_rows(cells, table, chosen, f"{table}.rowid"), bound)
            found.update(
                ((source, seq), name) for seq, cell in rows if (name := clean_or_none(cell, 80))
            )
    return found
