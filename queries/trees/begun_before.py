"""Calls that were under way when the oldest prompt that is shown was asked.

Their end is among the rows that are shown, their start is not: without it the end would look
like a call of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from queries.counting.event_stream import patiently
from queries.counting.lean_slices import slices_before
from queries.folding.batch import type_of
from queries.folding.joining import REACH, delegation_key
from queries.folding.pairing import Outcome, Pairing
from queries.models import Event, EventKey, EventKind, Phase
from queries.store import Store
from queries.trees.newest_prompts import Early, NewestRows

_Chain = tuple[str, str]
"""Session and key of a delegation."""


def begun_before(store: Store, newest: NewestRows) -> list[Event]:
    """The rows left out without which others would be taken for calls of their own, in order.

    Args:
        store: from which the rows were read.
        newest: the rows that are shown.
    """
    if not newest.left_out or not _lacks_starts(newest.rows):
        return []
    early: list[Early] = list(newest.early)
    if newest.unread is not None:
        early = [*_unread(store, *newest.unread), *early]
    chosen = _chosen(early, newest.first_place, newest.rows)
    keys = [row.key for _, row in early if row.key in chosen]
    # What was read to be paired may lack its text.
    whole = {row.key: row for row in patiently(partial(store.events_by_key, keys))}
    return [whole[key] for key in keys if key in whole]


def _lacks_starts(rows: Iterable[Event]) -> bool:
    """Whether some of the rows may belong to one before them."""
    pairing = Pairing()
    lacking: set[EventKey] = set()
    for row, outcome in _paired(pairing, rows):
        is_delegation = row.kind is EventKind.DELEGATION
        if outcome.shown is row and (
            row.phase is Phase.END or (row.phase is Phase.START and is_delegation)
        ):
            lacking.add(row.key)
        if outcome.hidden is not None:
            lacking.discard(outcome.hidden)
    return bool(lacking)


def _paired(pairing: Pairing, rows: Iterable[Event]) -> Iterator[tuple[Event, Outcome]]:
    """The rows to which others may belong, each with what it turns out to be."""
    for row in rows:
        if type_of(row).is_plain:
            pairing.pass_by()
        else:
            yield row, pairing.add(row)


def _unread(store: Store, source: int, first: int, upto: int) -> list[Early]:
    """The rows of a source before those that were read, in order."""
    found: list[Early] = []
    batches = patiently(partial(slices_before, store, source, first, upto, REACH))
    place = 1 - sum(len(batch.seqs) for batch in batches)
    for batch in batches:
        for index, kind in enumerate(batch.types):
            if not kind.is_plain:
                found.append((place + index, batch.event(index)))
        place += len(batch.seqs)
    return found


def _chosen(early: Sequence[Early], first_place: int, rows: Iterable[Event]) -> set[EventKey]:
    """Those of the early rows to which one of the others belongs."""
    pairing = Pairing()
    chains: dict[_Chain, list[EventKey]] = {}
    known: dict[EventKey, list[EventKey]] = {}
    at = early[0][0] if early else first_place
    for place, row in early:
        pairing.pass_by(place - at)
        pairing.add(row)
        at = place + 1
        chain = _chain_of(row)
        known[row.key] = [row.key] if chain is None else chains.setdefault(chain, [])
        if chain is not None:
            chains[chain].append(row.key)
    pairing.pass_by(first_place - at)
    chosen: set[EventKey] = set()
    for row, outcome in _paired(pairing, rows):
        if outcome.changed is not None:
            chosen.update(known.get(outcome.changed.key, ()))
        chain = _chain_of(row)
        if outcome.shown is None and chain is not None:
            chosen.update(chains.get(chain, ()))
    return chosen


def _chain_of(row: Event) -> _Chain | None:
    key = delegation_key(row)
    return None if key is None else (row.session_id, key)
