"""Calls that go round in circles: repeats, ping-pong, and failures in a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nsmallest
from itertools import groupby

from queries.models import Event, EventState, SessionRow, SessionStatus
from queries.models.alerts import Rule, Thresholds
from queries.plain_data import dataclass
from queries.store import Store
from queries.text import many
from queries.timeline import read_session

SESSIONS = 20
"""Sessions whose calls are looked at, unless more are asked for."""
EVENTS = 2000
"""Newest rows of each of them."""

_Call = tuple[str, str | None, str | None, str]


@dataclass(frozen=True, slots=True)
class Loop:
    """Calls of one agent in one session that show a pattern."""

    rule: Rule
    session_id: str
    agent: str | None
    calls: tuple[Event, ...]
    """All of them, in order."""
    rounds: int
    """How often: calls of a repeat or a streak, pairs of a ping-pong."""
    what: str
    """The tool (or the two tools) and what was asked of it, for people."""

    @property
    def last(self) -> Event:
        """The latest call."""
        return self.calls[-1]


def find_loops(events: Iterable[Event], thresholds: Thresholds) -> tuple[Loop, ...]:
    """The loops in the events of a session, in order of arrival.

    Calls are compared by tool, operation, target and text, each agent's for itself; what is
    asked of a call is not known where it has no text, so that such calls never repeat each
    other.
    """
    by_agent: dict[tuple[str, str | None], list[Event]] = {}
    for event in events:
        if event.is_call:
            by_agent.setdefault((event.session_id, event.agent), []).append(event)
    found: list[Loop] = []
    for (session_id, agent), calls in by_agent.items():
        for rule, some, rounds in (
            *_repeats(calls, thresholds.repeats),
            *_ping_pong(calls, thresholds.ping_pong),
            *_streaks(calls, thresholds.streak),
        ):
            found.append(Loop(rule, session_id, agent, tuple(some), rounds, _told(rule, some)))
    found.sort(key=lambda loop: loop.last.key)
    return tuple(found)


def read_loops(
    store: Store,
    rows: Sequence[SessionRow],
    thresholds: Thresholds,
    *,
    sessions: int = SESSIONS,
    limit: int = EVENTS,
) -> tuple[tuple[Loop, ...], str]:
    """The loops of the sessions active last, and what was looked at, in words.

    Args:
        store: an open store.
        rows: sessions to choose from; running ones come first.
        thresholds: how long a loop has to be.
        sessions: of how many sessions calls are read.
        limit: newest rows of each that are read.

    Raises:
        StoreError: the store cannot be read now.
    """
    with_calls = sum(row.totals.tool_calls > 0 for row in rows)
    # Of a hundred thousand sessions, nothing is made for each.
    chosen = nsmallest(
        sessions,
        (row for row in rows if row.totals.tool_calls),
        key=lambda row: (
            row.session.status is not SessionStatus.RUNNING, -(row.last_time or 0.0), row.id,
        ),
    )  # fmt: skip
    found: list[Loop] = []
    cut = 0
    for row in chosen:
        read = read_session(store, row.id, limit=limit)
        cut += read.has_earlier
        found += find_loops(read.events, thresholds)
    number = len(chosen)
    which = "all" if number == with_calls else "the latest"
    covered = f"loops in {which} {many(number, 'session')} with calls"
    if cut:
        covered += f" (of {cut:,} of them the newest {limit:,} rows)"
    return tuple(found), covered


def _call(event: Event) -> _Call | None:
    if not event.summary:
        return None
    return (event.tool or "", event.operation, event.target_agent, event.summary)


def _repeats(calls: Sequence[Event], least: int) -> Iterable[tuple[Rule, list[Event], int]]:
    if least < 2:
        return
    for key, group in groupby(calls, key=_call):
        same = list(group)
        if key is not None and len(same) >= least:
            yield Rule.REPEATED_CALL, same, len(same)


def _ping_pong(calls: Sequence[Event], least: int) -> Iterable[tuple[Rule, list[Event], int]]:
    if least < 1:
        return
    keys = [_call(event) for event in calls]
    begin = 0
    while begin + 1 < len(keys):
        end = begin + 2
        if keys[begin] is None or keys[begin + 1] is None or keys[begin] == keys[begin + 1]:
            begin += 1
            continue
        while end < len(keys) and keys[end] == keys[end - 2]:
            end += 1
        rounds = (end - begin) // 2
        if rounds >= max(least, 2):
            yield Rule.PING_PONG, list(calls[begin:end]), rounds
        begin = max(end - 1, begin + 1)


def _streaks(calls: Sequence[Event], least: int) -> Iterable[tuple[Rule, list[Event], int]]:
    if least < 1:
        return
    finished = [call for call in calls if call.state in (EventState.OK, EventState.ERROR)]
    for state, group in groupby(finished, key=lambda call: call.state):
        same = list(group)
        if state is EventState.ERROR and len(same) >= least:
            yield Rule.FAILURE_STREAK, same, len(same)


def _told(rule: Rule, calls: Sequence[Event]) -> str:
    if rule is Rule.PING_PONG:
        return f"{_named(calls[0])} and {_named(calls[1])}"
    if rule is Rule.FAILURE_STREAK:
        return ", ".join(dict.fromkeys(call.tool or "?" for call in calls))
    return _named(calls[0])


def _named(call: Event) -> str:
    text = call.summary if len(call.summary) <= 40 else call.summary[:39] + "…"
    return f"{call.tool or '?'} {text}".strip()
