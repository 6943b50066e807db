"""A fold as plain data, and back: lists, numbers and texts that JSON can hold.

What comes back counts on as if it had never been away: the totals, calls without their end,
delegations whose agents may still become known, and what was said last in each session. Texts
are not kept where they are not needed for that: of all events' texts only the first prompt of
each session is, which is its title.

Plain data is a sequence of small parts, so that neither making nor reading it keeps other threads
waiting. Every class is told field by field (:data:`FIELDS`); :data:`LAYOUT` names the result, so
that data of another layout is never taken for data of this one.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Final

from queries.digest import blake2b
from queries.fold import Fold
from queries.folding.by_arrival import ByArrival
from queries.folding.durations import Durations
from queries.folding.event_slots import EventSlots
from queries.folding.fold_parts import AgentFold, ToolFold
from queries.folding.open_state import (
    EVENT_FIELDS,
    HANDED_ON_FIELDS,
    OPEN_FIELDS,
    WAITING_AT_ONCE,
    Plain,
    event_from,
    event_plain,
    handed_on_from,
    handed_on_plain,
    some_of,
)
from queries.folding.running_rows import RunningRows
from queries.folding.session_state import SESSION_FIELDS, sum_from, sum_plain
from queries.keeping.waiting_state import waiting_from, waiting_plain

_NUMBERS: Final = (
    "rows", "events", "messages", "calls", "ok", "errors", "failed_calls", "never_ended",
    "never_ended_calls", "_first", "_forgotten", "_sealed", "messages_only",
)  # fmt: skip
FIELDS: Final[dict[type, tuple[str, ...]]] = {
    Fold: (*_NUMBERS, "tokens", "cost", "sessions", "tools", "agents", "follows", "repeats",
           "next_tools", "handed_on", "slots", "running", "waiting", "changed"),
    ToolFold: ("calls", "ok", "errors", "running", "unknown", "_agents", "_tokens", "_durations"),
    AgentFold: ("events", "messages", "calls", "ok", "failed", "errors", "sessions", "last_time",
                "tokens"),
    Durations: ("count", "_total", "_rest", "_values", "_sorted", "_buckets"),
    EventSlots: ("_width", "_counts", "undated"),
    RunningRows: ("_rows", "_calls"),
    ByArrival: ("_by_key", "_order"),
    **SESSION_FIELDS,
    **OPEN_FIELDS,
    **HANDED_ON_FIELDS,
    **EVENT_FIELDS,
}  # fmt: skip
"""Every class that a fold is made of, with all of its fields."""
LAYOUT: Final = blake2b(
    json.dumps([[kind.__qualname__, *names] for kind, names in FIELDS.items()]).encode(),
    digest_size=8,
).hexdigest()

_agent_cells = attrgetter(*FIELDS[AgentFold])
_durations_cells = attrgetter(*FIELDS[Durations])
_tool_cells = attrgetter(*FIELDS[ToolFold])


def fold_parts(fold: Fold) -> Iterator[Plain]:
    """A fold in parts: each begins with what it is a part of."""
    for texts in some_of(fold.sessions.texts()):
        yield ["sessions", texts]
    yield from total_parts(fold)


def total_parts(fold: Fold) -> Iterator[Plain]:
    """The totals of a fold, with no sessions but those that these depend on."""
    yield ["counts", [getattr(fold, name) for name in _NUMBERS]]
    yield ["sums", [sum_plain(fold.tokens), sum_plain(fold.cost)]]
    for texts in some_of(
        fold.sessions.texts(sorted(fold.waiting | fold.running.sessions().keys()))
    ):
        yield ["sessions", texts]
    open_rows = ((name, fold.sessions[name].open) for name in sorted(fold.waiting))
    for waiting in some_of(open_rows, WAITING_AT_ONCE):
        yield ["open", waiting_plain((name, rows) for name, rows in waiting if rows is not None)]
    for tools in some_of(fold.tools.items()):
        yield ["tools", [[*key, *_tool_plain(tool)] for key, tool in tools]]
    for agents in some_of(fold.agents.items()):
        yield ["agents", [[name, *_agent_plain(agent)] for name, agent in agents]]
    for which in ("follows", "next_tools"):
        for pairs in some_of(getattr(fold, which).items()):
            yield [which, [[*pair, number] for pair, number in pairs]]
    yield ["repeats", list(fold.repeats.items())]
    yield ["waiting", sorted(fold.waiting)]
    for running in some_of(fold.running.rows()):
        yield ["running", [event_plain(event) for event in running]]
    for part in handed_on_plain(fold.handed_on):
        yield ["handed_on", part]
    for slots in some_of(fold.slots.plain()):
        yield ["slots", slots]


def fold_of(parts: Iterable[Plain]) -> Fold:
    """The fold of these parts.

    Raises:
        ValueError, TypeError, KeyError, IndexError, AttributeError: for data that is none.
    """
    fold = Fold(messages_only=False)
    for what, content in parts:
        _TAKE[what](fold, content)
    return fold


# -- what is put back --------------------------------------------------------------------------


def _take_counts(fold: Fold, content: Plain) -> None:
    for name, value in zip(_NUMBERS, content, strict=True):
        setattr(fold, name, value)


def _take_sums(fold: Fold, content: Plain) -> None:
    tokens, cost = content
    fold.tokens, fold.cost = sum_from(tokens), sum_from(cost)


def _take_sessions(fold: Fold, content: Plain) -> None:
    for name, text in content:
        fold.sessions.put_text(name, text)


def _take_open(fold: Fold, content: Plain) -> None:
    for name, waiting in waiting_from(content):
        fold.sessions[name].open = waiting


def _take_tools(fold: Fold, content: Plain) -> None:
    for name, operation, *cells in content:
        tool = fold.tools[sys.intern(name), operation] = ToolFold()
        tool.calls, tool.ok, tool.errors, tool.running, tool.unknown = cells[:5]
        agents, tokens, durations = cells[5:]
        tool._agents = (sys.intern(agents[0]), agents[1]) if type(agents) is list else agents
        tool._tokens = None if tokens is None else sum_from(tokens)
        tool._durations = None if durations is None else _durations_from(durations)


def _take_agents(fold: Fold, content: Plain) -> None:
    for name, *cells in content:
        agent = fold.agents[name] = AgentFold()
        agent.events, agent.messages, agent.calls, agent.ok, agent.failed = cells[:5]
        agent.errors, agent.sessions, agent.last_time = cells[5:8]
        agent.tokens = sum_from(cells[8])


def _take_follows(fold: Fold, content: Plain) -> None:
    fold.follows.update({(first, second): number for first, second, number in content})


def _take_next_tools(fold: Fold, content: Plain) -> None:
    # Most names are those of tools that are known: all share one text.
    own = sys.intern
    fold.next_tools.update({(own(first), own(second)): number for first, second, number in content})


def _take_repeats(fold: Fold, content: Plain) -> None:
    fold.repeats.update(dict(content))


def _take_waiting(fold: Fold, content: Plain) -> None:
    fold.waiting.update(content)


def _take_running(fold: Fold, content: Plain) -> None:
    for cells in content:
        fold.running.note(event_from(cells))


def _take_slots(fold: Fold, content: Plain) -> None:
    fold.slots.take(content)


def _take_handed_on(fold: Fold, content: Plain) -> None:
    handed_on_from(fold.handed_on, content)


_TAKE: Final = {
    "counts": _take_counts,
    "sums": _take_sums,
    "sessions": _take_sessions,
    "open": _take_open,
    "tools": _take_tools,
    "agents": _take_agents,
    "follows": _take_follows,
    "next_tools": _take_next_tools,
    "repeats": _take_repeats,
    "waiting": _take_waiting,
    "running": _take_running,
    "handed_on": _take_handed_on,
    "slots": _take_slots,
}


# -- the parts of a fold -----------------------------------------------------------------------


def _tool_plain(tool: ToolFold) -> Plain:
    *cells, tokens, durations = _tool_cells(tool)
    return [
        *cells,
        None if tokens is None else sum_plain(tokens),
        None if durations is None else _durations_plain(durations),
    ]


def _agent_plain(agent: AgentFold) -> Plain:
    *cells, tokens = _agent_cells(agent)
    return [*cells, sum_plain(tokens)]


def _durations_plain(durations: Durations) -> Plain:
    count, total, rest, values, is_sorted, buckets = _durations_cells(durations)
    in_buckets = None if buckets is None else list(buckets.items())
    return [count, total, rest, values.tolist(), is_sorted, in_buckets]


def _durations_from(cells: Plain) -> Durations:
    durations = Durations()
    *plain, buckets = cells
    durations.count, durations._total, durations._rest = plain[:3]
    values, durations._sorted = plain[3:]
    durations._values = array("d", values)
    durations._buckets = None if buckets is None else Counter(dict(buckets))
    return durations
