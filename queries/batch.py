"""Consecutive rows of one source in columns: the form in which they are counted fastest.

Counting a row by itself costs several times as much as its share of a batch, in which most
of the work is done by built-ins over whole columns, and once for all rows of the same
:class:`RowType`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from queries.models import CALL_KINDS, Event, EventKind, EventState, Phase

ToolKey = tuple[str, str | None]
NO_TOOL = "(no tool)"
TYPES_KEPT = 20_000


class RowType:
    """All that many rows have in common, and what follows from it for counting them."""

    __slots__ = (
        "agent", "counts", "has_story", "is_call", "kind", "next_tool", "operation", "phase",
        "speaker_of_events", "speaker_of_messages", "state", "timed", "tool", "tool_key",
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
        self.agent = agent
        self.kind = kind
        self.phase = phase
        self.state = state
        self.tool = tool
        self.operation = operation
        self.is_call = kind in CALL_KINDS
        self.tool_key: ToolKey = (tool or NO_TOOL, operation)
        self.counts = phase is not Phase.START
        """Start rows count only as long as they wait for their end."""
        self.timed = self.counts and self.is_call and state is not EventState.RUNNING
        """Whether a duration is that of a finished call."""
        # The rows that end a delegation only repeat that it took place.
        speaks = self.counts and (phase is Phase.WHOLE or kind is not EventKind.DELEGATION)
        self.speaker_of_events = agent if speaks else None
        self.speaker_of_messages = agent if speaks and kind is EventKind.MESSAGE else None
        self.next_tool = self.tool_key[0] if speaks and self.is_call else None
        self.has_story = (
            phase is not Phase.WHOLE
            or state is EventState.RUNNING
            or kind in (EventKind.PROMPT, EventKind.DELEGATION, EventKind.HANDOFF)
        )
        """Whether what other rows say may change what it means, or the other way round."""


Marks = tuple[str | None, EventKind, Phase, EventState, str | None, str | None]
_marks_of = attrgetter("agent", "kind", "phase", "state", "tool", "operation")
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
    return row_type(_marks_of(event))


@dataclass(slots=True)
class Batch:
    """Rows in order of arrival; all columns have the same length."""

    source: int
    seqs: Sequence[int]
    """Ascending."""
    sessions: Sequence[str]
    times: Sequence[float | None]
    types: Sequence[RowType]
    durations: Sequence[float | None]
    texts: Sequence[str]
    """Summaries, at least of the rows that speak."""
    amounts: Sequence[tuple[int, int | None, float | None]]
    """(index, tokens, cost) of rows that state either."""
    stories: dict[int, Event]
    """By index, in order: rows whose type has a story."""

    @classmethod
    def of(cls, events: Sequence[Event]) -> Batch:
        """Events of one source in columns."""
        types = [row_type(marks) for marks in map(_marks_of, events)]
        return cls(
            source=events[0].source if events else 0,
            seqs=[event.seq for event in events],
            sessions=[event.session_id for event in events],
            times=[event.time for event in events],
            types=types,
            durations=[event.duration for event in events],
            texts=[event.summary for event in events],
            amounts=[
                (index, event.tokens, event.cost)
                for index, event in enumerate(events)
                if event.tokens is not None or event.cost is not None
            ],
            stories={index: events[index] for index, kind in enumerate(types) if kind.has_story},
        )
