"""Whole rows that say they run: each may be changed in place for as long as it is known."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from operator import attrgetter

from queries.folding.batch import NO_TOOL, ToolKey
from queries.folding.by_arrival import ByArrival
from queries.models import Event, EventKey

_cells = attrgetter(*Event.__match_args__)
_SUMMARY, _SESSION, _PARENT, _KEY = map(
    Event.__match_args__.index, ("summary", "session_id", "parent_id", "call_key")
)
Calls = Mapping[ToolKey | None, int]
"""Rows by tool and operation; None for those that are no calls."""
FEW = 4
"""Tools of a session up to which it shares its numbers with others that have the same."""
_Numbers = dict[ToolKey | None, int]
_NUMBERS: dict[frozenset[tuple[ToolKey | None, int]], _Numbers] = {}
_NUMBERS_KEPT = 1000


class RunningRows:
    """Running rows by key and in order of arrival, with their numbers by session.

    Some systems never say that a delegation is over, so there can be a hundred thousand: neither
    a look at the newest nor a number may cost as much as there are, and texts are not kept.
    """

    __slots__ = ("_calls", "_rows")

    def __init__(self) -> None:
        self._rows: ByArrival[Event] = ByArrival()
        self._calls: dict[str, _Numbers] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[EventKey]:
        return iter(self._rows)

    def get(self, key: EventKey) -> Event | None:
        """A row as it was counted, without its text; None where it is not known to run."""
        return self._rows.get(key)

    def rows(self) -> Iterator[Event]:
        """All rows, without their texts."""
        return iter(self._rows.values())

    def sessions(self) -> Mapping[str, Calls]:
        """The sessions that have such rows, with the numbers of these."""
        return self._calls

    def calls(self, session_id: str) -> int:
        """How many of a session's rows are calls."""
        numbers = self._calls.get(session_id, {})
        return sum(numbers.values()) - numbers.get(None, 0)

    def in_order(self) -> list[EventKey]:
        """The keys of all rows in order of arrival; not to be changed."""
        return self._rows.in_order()

    def note(self, event: Event) -> None:
        """A row that runs was counted."""
        key = event.key
        self.forget(key)
        event = without_text(event)
        self._rows.put(key, event)
        self._count(event.session_id, _tool_of(event), 1)

    def forget(self, key: EventKey) -> None:
        """A row is no longer counted as running, if it was."""
        event = self._rows.drop(key)
        if event is None:
            return
        self._count(event.session_id, _tool_of(event), -1)

    def take(self, other: RunningRows) -> None:
        """Take all rows of another range."""
        if not self._rows.keys().isdisjoint(other._rows):
            for event in other.rows():
                self.note(event)
            return
        self._rows.take(other._rows)
        for name, numbers in other._calls.items():
            for tool, number in numbers.items():
                self._count(name, tool, number)

    def _count(self, session_id: str, tool: ToolKey | None, change: int) -> None:
        numbers = self._calls.get(session_id, {})
        is_own = len(numbers) > FEW
        if not is_own:
            numbers = {**numbers}
        numbers[tool] = numbers.get(tool, 0) + change
        if not numbers[tool]:
            del numbers[tool]
        if not numbers:
            self._calls.pop(session_id, None)
        elif len(numbers) <= FEW:
            self._calls[session_id] = _shared(numbers)
        elif not is_own:
            self._calls[session_id] = numbers


def without_text(event: Event) -> Event:
    """An event as it is kept while it runs: it shares with others what they have as well."""
    cells = list(_cells(event))
    cells[_SUMMARY] = ""
    cells[_SESSION] = sys.intern(event.session_id)
    if event.parent_id is not None:
        cells[_PARENT] = sys.intern(event.parent_id)
    if event.call_key == event.id:
        cells[_KEY] = event.id
    return Event(*cells)


def _shared(numbers: _Numbers) -> _Numbers:
    """The one mapping of these numbers, which is never changed: most sessions have one row."""
    key = frozenset(numbers.items())
    known = _NUMBERS.get(key)
    if known is None:
        if len(_NUMBERS) >= _NUMBERS_KEPT:
            _NUMBERS.clear()
        known = _NUMBERS[key] = numbers
    return known


def _tool_of(event: Event) -> ToolKey | None:
    return (event.tool or NO_TOOL, event.operation) if event.is_call else None
