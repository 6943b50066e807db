"""The table of hand-offs: its rows, and how often who handed work to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Any, Final

from queries.dialects.base import SideTable
from queries.interactions import HandoffPairs
from queries.models import Handoff
from queries.models.delegations import HandoffGroup
from queries.side_rows import CHOSEN, GROUPED, PAGE, Slice, newest, of_sessions, select, slices
from queries.store import Store
from queries.text import clean, clean_id, clean_or_none
from queries.times import parse_time

Kind = tuple[tuple[str, str, str | None, str | None], float | None]
"""(from, to, type, state) of a hand-off, and when it happened."""
AGENT_LIMIT: Final = 80
TYPE_LIMIT: Final = 40
_NO_AGENT: Final = "(no agent)"


def handoffs(store: Store, last: int | None = None) -> tuple[Handoff, ...]:
    """Hand-offs in the store's order: all, or only so many that were written last."""
    side = store.mapping.handoffs
    if side is None:
        return ()
    make = partial(_handoff, store)
    if last is not None:
        return tuple(map(make, newest(store, side, last)))
    return tuple(
        make(row)
        for part in slices(store, side, PAGE)
        for row in select(store, side, part, side.cells())
    )


def _handoff(store: Store, row: tuple[Any, ...]) -> Handoff:
    return Handoff(
        id=clean_id(row[0]),
        session_id=None if row[1] is None else clean_id(row[1]),
        time=parse_time(row[2], store.mapping.zone),
        from_agent=_agent(row[3]),
        to_agent=_agent(row[4]),
        type=clean_or_none(row[5], TYPE_LIMIT),
        state=clean_or_none(row[6], TYPE_LIMIT),
        reason=clean_or_none(row[7]),
    )


def handoff_kinds(store: Store) -> Iterator[Kind]:
    """What kind each hand-off of a store is of, and when it happened."""
    side = store.mapping.handoffs
    if side is None:
        return
    cells = f"{_kind(side)}, {side.cell('state')}, {side.cell('time')}"
    zone = store.mapping.zone
    for part in slices(store, side, PAGE):
        for first, second, kind, state, time in select(store, side, part, cells):
            yield (
                (_agent(first), _agent(second), clean_or_none(kind, TYPE_LIMIT),
                 clean_or_none(state, TYPE_LIMIT)),
                parse_time(time, zone),
            )  # fmt: skip


def kind_of(handoff: Handoff) -> Kind:
    """As :func:`handoff_kinds`, of one."""
    between = (handoff.from_agent, handoff.to_agent)
    return ((*between, handoff.type, handoff.state), handoff.time)


def handoff_groups(kinds: Iterable[Kind]) -> tuple[HandoffGroup, ...]:
    """Hand-offs by agents, type and state, most frequent first."""
    numbers: Counter[tuple[str, str, str | None, str | None]] = Counter()
    latest: dict[tuple[str, str, str | None, str | None], float] = {}
    for key, time in kinds:
        numbers[key] += 1
        if time is not None and time > latest.get(key, float("-inf")):
            latest[key] = time
    rows = [HandoffGroup(*key, number, latest.get(key)) for key, number in numbers.items()]
    rows.sort(key=lambda row: (row.from_agent, row.to_agent, row.type or "", row.state or ""))
    rows.sort(key=lambda row: -row.count)
    return tuple(rows)


def handoff_pairs(store: Store, sessions: Collection[str] | None = None) -> HandoffPairs:
    """How often who handed work to whom, in all or in these sessions."""
    pairs = HandoffPairs()
    side = store.mapping.handoffs
    if sessions is not None:
        for own in pairs_by_session(store, sessions).values():
            pairs.merge(own)
    elif side is not None:
        for part in slices(store, side, GROUPED):
            pairs.merge(pairs_in(store, part))
    return pairs


def pairs_in(store: Store, part: Slice | None) -> HandoffPairs:
    """As :func:`handoff_pairs`, of one slice of the table."""
    pairs = HandoffPairs()
    side = store.mapping.handoffs
    if side is not None:
        cells = f"{_kind(side)}, count(*)"
        for first, second, kind, number in select(
            store, side, part, cells, rest=" GROUP BY 1, 2, 3"
        ):
            pairs.add(_agent(first), _agent(second), clean_or_none(kind, TYPE_LIMIT), number)
    return pairs


def pairs_by_session(store: Store, sessions: Collection[str]) -> dict[str, HandoffPairs]:
    """As :func:`handoff_pairs`, apart for each of these sessions; those without are left out."""
    found: dict[str, HandoffPairs] = {}
    side = store.mapping.handoffs
    if side is None or not sessions:
        return found
    wanted = frozenset(sessions)
    cells = f"{side.cell('session_id')}, {_kind(side)}, count(*)"
    for part in slices(store, side, CHOSEN):
        for where, bound in of_sessions(store, side, sessions):
            rows = select(store, side, part, cells, where=(where,), parameters=bound,
                          rest=" GROUP BY 1, 2, 3, 4")  # fmt: skip
            for session, first, second, kind, number in rows:
                name = None if session is None else clean_id(session)
                if name in wanted:
                    found.setdefault(name, HandoffPairs()).add(
                        _agent(first), _agent(second), clean_or_none(kind, TYPE_LIMIT), number
                    )
    return found


def _kind(side: SideTable) -> str:
    return f"{side.cell('from_agent')}, {side.cell('to_agent')}, {side.cell('type')}"


def _agent(cell: object) -> str:
    return clean(cell, AGENT_LIMIT) or _NO_AGENT
