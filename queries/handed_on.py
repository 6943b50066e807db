"""Who hands work to whom, counted so that ranges of rows can be put together.

A delegation counts for the agent that its parent event speaks for: a prompt for its own
agent, another delegation for the agent it was given to. Where the parent is unknown, or more
than :data:`~queries.open_rows.REACH` rows away, the row's own agent did it. Both names may
become known later, from other rows, so a delegation is kept open until they cannot.
"""

from __future__ import annotations

from collections import Counter

from queries import open_rows
from queries.models import Event, EventKey

Pair = tuple[str, str]


class _Edge:
    """One delegation."""

    __slots__ = ("agent", "at", "parent", "target")

    def __init__(self, at: int, event: Event) -> None:
        self.at = at
        self.parent = event.parent_id
        self.agent = event.agent
        self.target = event.target_agent


class HandedOn:
    """Counts of (from, to) over a range of rows."""

    def __init__(self) -> None:
        self._counts: Counter[Pair] = Counter()
        """What cannot change any more."""
        self._edges: dict[EventKey, _Edge] = {}
        self._speakers: dict[str, tuple[int, str]] = {}
        """By event id: its position, and the agent that events below it speak for."""

    def handoff(self, event: Event) -> None:
        """Count a hand-off."""
        if event.agent and event.target_agent:
            self._counts[event.agent, event.target_agent] += 1

    def prompt(self, at: int, event: Event) -> None:
        """Remember for whom events below this prompt speak."""
        if event.agent:
            self._speakers[event.id] = (at, event.agent)

    def delegation(self, at: int, event: Event) -> None:
        """Count a delegation."""
        self._edges[event.key] = _Edge(at, event)
        if event.target_agent:
            self._speakers[event.id] = (at, event.target_agent)

    def changed(self, before: Event, after: Event) -> None:
        """A delegation counted before is now like this."""
        edge = self._edges.pop(before.key, None)
        if edge is not None:
            self.delegation(edge.at, after)

    def pairs(self) -> Counter[Pair]:
        """The counts as far as they are known."""
        pairs = Counter(self._counts)
        for edge in self._edges.values():
            self._count(edge, pairs)
        return pairs

    def merge(self, other: HandedOn, shift: int, *, is_newer: bool) -> None:
        """Take the counts of other rows, whose positions move by ``shift``."""
        self._counts.update(other._counts)
        for key, edge in other._edges.items():
            edge.at += shift
            self._edges[key] = edge
        for event_id, (at, speaker) in other._speakers.items():
            if is_newer or event_id not in self._speakers:
                self._speakers[event_id] = (at + shift, speaker)

    def forget(self, low: float, high: int) -> None:
        """Settle what rows below ``low`` and from ``high`` on cannot change."""
        reach = open_rows.REACH
        # The parent may come later, and be changed by its own end rows later still.
        settled = [
            key
            for key, edge in self._edges.items()
            if edge.at - reach >= low and edge.at + 2 * reach < high
        ]
        for key in settled:
            self._count(self._edges.pop(key), self._counts)
        unneeded = [
            event_id
            for event_id, (at, _) in self._speakers.items()
            if at - 2 * reach >= low and at + 3 * reach < high
        ]
        for event_id in unneeded:
            del self._speakers[event_id]

    def _count(self, edge: _Edge, pairs: Counter[Pair]) -> None:
        speaker = edge.agent
        if edge.parent is not None:
            at, name = self._speakers.get(edge.parent, (0, None))
            if name is not None and abs(at - edge.at) <= open_rows.REACH:
                speaker = name
        if speaker and edge.target:
            pairs[speaker, edge.target] += 1
