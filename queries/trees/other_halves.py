"""The other rows of calls that were found by one of their two rows."""

from __future__ import annotations

from collections.abc import Container, Iterable

from queries.folding.pairing import paired
from queries.models import Event, Phase
from queries.store import Store

AROUND = 1000
"""Rows of a table before and after half of a call in which its other half is looked for."""
SESSIONS = 50
"""Sessions that are looked at, at most; those found last."""


def other_halves(
    store: Store, source: int, rows: Iterable[Event], whole: Container[str], limit: int
) -> list[Event]:
    """The other row of each call of which only one was found.

    Rows are found by the event above them, which only one of the two may name.

    Args:
        store: an open store.
        source: where the rows are from.
        rows: in order of arrival; those that are no half of a call are passed over.
        whole: sessions of which all rows are read anyway.
        limit: rows of a session that are looked at, at most; the newest.
    """
    halves: dict[str, list[Event]] = {}
    for row in rows:
        if row.phase is not Phase.WHOLE and row.session_id not in whole:
            halves.setdefault(row.session_id, []).append(row)
    found: list[Event] = []
    for name, own in list(halves.items())[-SESSIONS:]:
        low, high = own[0].seq - AROUND, own[-1].seq + AROUND
        near = store.session_page(
            source, name, before=high, limit=min(high - low, limit), within=(low, high)
        )  # fmt: skip
        wanted = {row.key for row in own}
        by_key = {row.key: row for row in near}
        for call in paired(near):
            keys = {call.key, call.end_key or call.key}
            if keys & wanted:
                found += [by_key[key] for key in keys - wanted if key in by_key]
    return found
