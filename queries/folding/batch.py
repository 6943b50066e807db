"""Consecutive rows in columns: the form in which they are counted fastest.

Counting a row by itself costs several times as much as its share of a batch, in which most
of the work is done by built-ins over whole columns, and once for all rows of the same
:class:`RowType`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter

from queries.models import (
    BEFORE_OPERATION,
    CALL_KINDS,
    Event,
    EventKey,
    EventKind,
    EventState,
    Phase,
)
from queries.plain_data import dataclass

ToolKey = tuple[str, str | None]
Links = tuple[str, str | None, str | None]
"""Of a row: its id, the id above it, and the agent that it is for."""
Amount = tuple[int | None, float | None]
"""Of a row: its tokens and its cost."""
NO_TOOL = "(no tool)"
TYPES_KEPT = 4_000


NOTHING, PLAIN, ERROR, FAILED, OK = range(5)
"""Tallies: what counts by itself, what of it is an error, and calls that failed or succeeded."""


def used_tool(tool: str | None, operation: str | None) -> str | None:
    """A tool with its operation as :attr:`SessionTotals.tools` has it; None for no tool."""
    return sys.intern(f"{tool or ''}{BEFORE_OPERATION}{operation}") if operation else tool or None


class RowType:
    """All that many rows have in common, and what follows from it for counting them."""

    __slots__ = (
        "agent", "counts", "group", "has_story", "is_call", "is_half", "is_handing_on", "is_plain",
        "is_prompt", "is_told", "kind", "may_change", "next_tool", "operation", "phase", "speaks",
        "state", "talks", "tally", "timed", "tool", "tool_key", "used", "voice",
    )  # fmt: skip

    def __init__(
        self,
        agent: str | None,
        kind: EventKind,
        phase: Phase,
        state: EventState,
        tool: str | None,
        operation: str | None,
    ) -> None:
        # Names stay when types are forgotten: all that is counted of them shares one text.
        self.agent = agent = agent and sys.intern(agent)
        self.kind = kind
        self.phase = phase
        self.state = state
        self.tool = tool = tool and sys.intern(tool)
        self.operation = operation = operation and sys.intern(operation)
        self.is_call = kind in CALL_KINDS
        self.tool_key: ToolKey = (tool or NO_TOOL, operation)
        self.used = used_tool(tool, operation) if self.is_call else None
        """The tool that is called, as a session keeps it."""
        self.counts = phase is not Phase.START
        """Start rows count only as long as they wait for their end."""
        self.tally = _tally(self.counts, self.is_call, state)
        """What it counts as over time: one of the tallies of this module."""
        self.timed = self.counts and self.is_call and state is not EventState.RUNNING
        """Whether a duration is that of a finished call."""
        # The rows that end a delegation only repeat that it took place.
        is_told = self.counts and (phase is Phase.WHOLE or kind is not EventKind.DELEGATION)
        self.speaks = is_told and agent is not None
        self.talks = self.speaks and kind is EventKind.MESSAGE
        self.voice = (agent or "", tool)
        """Who speaks, and through which tool: what a row must share with one it repeats."""
        self.next_tool = self.tool_key[0] if is_told and self.is_call else None
        self.has_story = (
            phase is not Phase.WHOLE
            or state is EventState.RUNNING
            or kind in (EventKind.PROMPT, EventKind.DELEGATION, EventKind.HANDOFF)
        )
        """Whether what other rows say may change what it means, or the other way round."""
        self.is_half = phase is not Phase.WHOLE and kind is not EventKind.DELEGATION
        """Whether another row and this one may be one call, and nothing else is to be told."""
        self.is_told = self.has_story and not self.is_half
        """Whether it takes more cells than those that are counted to say what it means."""
        is_lasting = phase is Phase.WHOLE and state is not EventState.RUNNING
        self.is_prompt = is_lasting and kind is EventKind.PROMPT
        self.is_handing_on = is_lasting and kind in (EventKind.DELEGATION, EventKind.HANDOFF)
        """Whether the row, which will not say anything else later, tells who works for whom."""
        self.may_change = state is EventState.RUNNING and (self.counts or not self.is_half)
        """Whether the row itself will say something else later."""
        self.group = tool or ""
        """Among which halves of calls a half without a key looks for the other one."""
        self.is_plain = phase is Phase.WHOLE and kind is not EventKind.DELEGATION
        """Whether the row is an event by itself, whatever other rows say."""

    def says_all_of(self, start: RowType) -> bool:
        """Whether rows of this type name themselves whatever those of another type name."""
        return (
            (self.agent is not None or start.agent is None)
            and (self.tool is not None or start.tool is None)
            and (self.operation is not None or start.operation is None)
        )


def _tally(counts: bool, is_call: bool, state: EventState) -> int:
    if not counts:
        return NOTHING
    if state is EventState.ERROR:
        return FAILED if is_call else ERROR
    return OK if is_call and state is EventState.OK else PLAIN


Marks = tuple[str | None, EventKind, Phase, EventState, str | None, str | None]
links_of: Callable[[Event], Links] = attrgetter("id", "parent_id", "target_agent")
NO_LINKS: Links = ("", None, None)
marks_of: Callable[[Event | RowType], Marks] = attrgetter(
    "agent", "kind", "phase", "state", "tool", "operation"
)
_source_of, _seq_of, _session_of = map(attrgetter, ("source", "seq", "session_id"))
_time_of, _duration_of, _key_of = map(attrgetter, ("time", "duration", "call_key"))
_types: dict[Marks, RowType] = {}


def row_type(marks: Marks) -> RowType:
    """The one type with these marks: agent, kind, phase, state, tool, operation."""
    known = _types.get(marks)
    if known is None:
        if len(_types) >= TYPES_KEPT:
            _types.clear()
        known = _types[marks] = RowType(*marks)
    return known


def type_of(event: Event) -> RowType:
    """The type of an event."""
    return row_type(marks_of(event))


@dataclass(slots=True)
class Batch:
    """Rows in order of arrival; all columns have the same length."""

    source: int
    seqs: Sequence[int]
    """Ascending."""
    sessions: Sequence[str]
    times: list[float | None]
    types: list[RowType]
    durations: list[float | None]
    texts: Callable[[Sequence[int]], Mapping[int, str]]
    """By index: the summaries of these rows, which speak. Few are asked for, all at once."""
    keys: Sequence[str | None]
    """Call keys."""
    amounts: dict[int, Amount]
    """By index: (tokens, cost) of rows that state either."""
    links: dict[int, Links]
    """By index: of rows whose type is told, the cells that this takes."""
    stories: dict[int, Event]
    """By index: whole rows. Those of which what is in the columns may change are all here."""
    sources: Sequence[int] = ()
    """The source of each row, where they are of several; ``seqs`` ascend in each of them."""

    @classmethod
    def of(cls, events: Sequence[Event]) -> Batch:
        """Events in columns."""
        all_marks = list(map(marks_of, events))
        try:
            types = list(map(_types.__getitem__, all_marks))
        except KeyError:
            types = list(map(row_type, all_marks))
        sources = list(map(_source_of, events))
        return cls(
            source=events[0].source if events else 0,
            seqs=list(map(_seq_of, events)),
            sessions=list(map(_session_of, events)),
            times=list(map(_time_of, events)),
            types=types,
            durations=list(map(_duration_of, events)),
            texts=lambda indexes: {index: events[index].summary for index in indexes},
            keys=list(map(_key_of, events)),
            amounts={
                index: (event.tokens, event.cost)
                for index, event in enumerate(events)
                if event.tokens is not None or event.cost is not None
            },
            links={
                index: links_of(events[index]) for index, kind in enumerate(types) if kind.is_told
            },
            stories={index: events[index] for index, kind in enumerate(types) if kind.has_story},
            sources=sources if len(set(sources)) > 1 else (),
        )

    def ranges(self, indexes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """Of each source: the lowest and the highest seq of its rows among these, ascending."""
        if not self.sources:
            yield self.source, self.seqs[indexes[0]], self.seqs[indexes[-1]]
            return
        seqs: dict[int, list[int]] = {}
        for index in indexes:
            seqs.setdefault(self.sources[index], []).append(self.seqs[index])
        for source, own in seqs.items():
            yield source, own[0], own[-1]

    def event(self, index: int) -> Event:
        """A row with a story, maybe without its text.

        Of one half of a call maybe only what joining it needs.
        """
        event = self.stories.get(index)
        if event is not None:
            return event
        kind = self.types[index]
        tokens, cost = self.amounts.get(index, (None, None))
        id_, parent, target = self.links.get(index, NO_LINKS)
        return Event(
            *self.key(index), id_, self.sessions[index], parent, self.times[index],
            kind.agent, target, kind.kind, kind.phase, self.keys[index], kind.tool, kind.operation,
            "", kind.state, self.durations[index], None, tokens, cost,
        )  # fmt: skip

    def key(self, index: int) -> EventKey:
        """The identity of a row."""
        return (self.sources[index] if self.sources else self.source), self.seqs[index]
