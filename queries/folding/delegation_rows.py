"""Which rows tell of one delegation together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from queries.folding.pairing import Pairing
from queries.models import Event, EventKey, EventKind

DelegationRows = Mapping[EventKey, Mapping[EventKey, Event]]
"""By the key of a delegation: its first row and its end rows as they are stored, by key.

Of delegations that one row tells of there is none.
"""


def delegation_rows(rows: Iterable[Event]) -> DelegationRows:
    """The rows of delegations among rows in order of arrival."""
    pairing = Pairing()
    first: dict[EventKey, Event] = {}
    found: dict[EventKey, dict[EventKey, Event]] = {}
    for row in rows:
        if row.kind is not EventKind.DELEGATION:
            pairing.pass_by()
            continue
        outcome = pairing.add(row)
        if outcome.shown is not None:
            first[outcome.shown.key] = outcome.shown
        if outcome.changed is not None and outcome.changed.key in first:
            own = first[outcome.changed.key]
            found.setdefault(own.key, {own.key: own})[row.key] = row
    return found
