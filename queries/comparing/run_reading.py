"""All that comparisons need of some sessions, read in one pass over their rows."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice

from queries.comparing.overlay import CurveCounter
from queries.comparing.run_fold import RunFold
from queries.counting.event_stream import EventStream, patiently
from queries.counting.messages_sought import settle_messages
from queries.counting.session_batches import PAGE, SessionBatches
from queries.folding.batch import Batch
from queries.folding.declared_tools import declared_in
from queries.garbage import no_collection
from queries.handoff_rows import pairs_by_session
from queries.interactions import HandoffPairs, agent_statistics, some_interactions
from queries.listing import tools_by_session
from queries.models import Event, Relation, Session, SessionStatus
from queries.models.comparison import RunFigures
from queries.newest_session import NewestSession
from queries.sessions import STALE_AFTER, session_row
from queries.side_tables import aggregated_tools
from queries.store import Store
from queries.tools import tool_statistics

AT_ONCE = 60
"""Batches that are counted without looking for garbage in between."""
Taker = Callable[[Iterator[Event]], None]
"""Takes the rows of a session in order of arrival; those that it leaves are for nobody."""


class _Counter:
    """What is counted of one session."""

    __slots__ = ("curve", "fold")

    def __init__(self, messages_only: bool, *, curves: bool, repeats: bool) -> None:
        self.fold = RunFold(messages_only=messages_only, repeats=repeats)
        self.curve = CurveCounter() if curves else None

    def add(self, batch: Batch) -> None:
        self.fold.add_batch(batch)
        if self.curve is not None:
            self.curve.add_batch(batch)


def read_runs(
    store: Store,
    session_ids: Sequence[str],
    *,
    now: float | None = None,
    stale_after: float = STALE_AFTER,
    curves: bool = False,
    repeats: bool = False,
    matrices: bool = True,
    takers: Mapping[str, Taker] | None = None,
) -> tuple[RunFigures, ...]:
    """Count sessions, which exist, each by itself, in the order given.

    Where every source has an index on the session, only their rows are read; otherwise all
    rows are walked over, once.

    Args:
        store: an open store.
        session_ids: each once.
        now: epoch seconds, for judging what is stale; the present by default.
        stale_after: seconds of silence after which a running session is stale.
        curves: whether to count what came together over time.
        repeats: whether to read all texts, which tell repeats from what only follows; without
            them there are no interactions of :attr:`~queries.models.Relation.FOLLOWS_ONCE`.
        matrices: whether to keep interactions at all: half of what a session takes in memory.
        takers: what takes the rows of some sessions as well, as whole events, so that they are
            not read twice.
    """
    wanted = tuple(dict.fromkeys(session_ids))
    declared = {session.id: session for session in patiently(lambda: store.sessions_by_id(wanted))}
    newest = NewestSession(store)
    tools = tools_by_session(patiently(lambda: aggregated_tools(store, wanted)))
    handed = patiently(lambda: pairs_by_session(store, wanted if matrices else ()))
    instant = time.time() if now is None else now
    runs: dict[str, RunFigures] = {}
    relations = [
        each for each in Relation if matrices and (repeats or each is not Relation.FOLLOWS_ONCE)
    ]
    settle_messages(store)
    new = partial(_Counter, store.mapping.has_messages, curves=curves, repeats=repeats)
    taken = _taken(store, takers or {}, new)
    others = [name for name in wanted if takers is None or name not in takers]
    for name, counter in chain(taken, _counted(store, others, new, with_texts=repeats)):
        own_tools = tools.get(name, ())
        row = session_row(
            declared.get(name, Session(id=name, declared=False)),
            counter.fold,
            now=instant,
            newest=partial(newest.is_it, name),
            stale_after=stale_after,
            aggregated=own_tools,
        )
        alive = row.session.status is SessionStatus.RUNNING
        runs[name] = RunFigures(
            row=row,
            tools=tool_statistics(
                counter.fold, {name: alive}.__getitem__, declared_in(counter.fold, own_tools)
            ),
            agents=agent_statistics(counter.fold),
            interactions=some_interactions(
                counter.fold, relations, handed.get(name, HandoffPairs())
            ),
            curve=None if counter.curve is None else counter.curve.curve(),
            has_messages=store.mapping.has_messages,
        )
    return tuple(runs[name] for name in wanted)


def _taken(
    store: Store, takers: Mapping[str, Taker], new: Callable[[], _Counter]
) -> Iterator[tuple[str, _Counter]]:
    """Count sessions whose rows are taken as whole events as well."""
    for name, take in takers.items():
        counter = new()
        rows = _counting(EventStream(store, sessions=(name,)), counter)
        take(rows)
        # What nobody takes is counted none the less.
        deque(rows, maxlen=0)
        yield name, counter


def _counting(rows: Iterable[Event], counter: _Counter) -> Iterator[Event]:
    """The same rows; each is counted before it passes."""
    rows = iter(rows)
    while page := list(islice(rows, PAGE)):
        counter.add(Batch.of(page))
        yield from page


def _counted(
    store: Store, session_ids: Sequence[str], new: Callable[[], _Counter], *, with_texts: bool
) -> Iterator[tuple[str, _Counter]]:
    if not session_ids:
        return
    counters = {name: new() for name in session_ids}
    reader = SessionBatches(store, with_texts=with_texts)
    batches = reader.read(session_ids)
    taken = AT_ONCE
    while taken == AT_ONCE:
        taken = 0
        touched: dict[str, None] = {}
        with no_collection():
            for batch in islice(batches, AT_ONCE):
                taken += 1
                counters[batch.sessions[0]].add(batch)
                touched[batch.sessions[0]] = None
        if reader.in_turn:
            # Of all these sessions but the last there is nothing to come.
            for name in list(touched)[:-1]:
                yield name, counters.pop(name)
    yield from counters.items()
