"""Who hands work to whom, counted so that ranges of rows can be put together.

A delegation counts for the agent that its parent event speaks for: a prompt for its own
agent, another delegation for the agent it was given to. Where the parent is unknown, or more
than :data:`~queries.open_rows.REACH` rows away, the row's own agent did it. Both names may
become known later, from other rows, so a delegation is kept open until they cannot.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

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
        # In stretches of positions, so that what is out of reach is found without looking at
        # what is not.
        self._edges: defaultdict[int, dict[EventKey, _Edge]] = defaultdict(dict)
        self._speakers: defaultdict[int, dict[str, tuple[int, str]]] = defaultdict(dict)
        """By event id: its position, and the agent that events below it speak for."""

    def handoff(self, event: Event) -> None:
        """Count a hand-off."""
        if event.agent and event.target_agent:
            self._counts[event.agent, event.target_agent] += 1

    def prompt(self, at: int, event: Event) -> None:
        """Remember for whom events below this prompt speak."""
        if event.agent:
            self._speak(event.id, at, event.agent)

    def delegation(self, at: int, event: Event) -> None:
        """Count a delegation."""
        self._edges[_stretch(at)][event.key] = _Edge(at, event)
        if event.target_agent:
            self._speak(event.id, at, event.target_agent)

    def changed(self, before: Event, after: Event) -> None:
        """A delegation counted before is now like this."""
        for edges in self._edges.values():
            edge = edges.pop(before.key, None)
            if edge is not None:
                self.delegation(edge.at, after)
                return

    def pairs(self) -> Counter[Pair]:
        """The counts as far as they are known."""
        pairs = Counter(self._counts)
        for edges in self._edges.values():
            for edge in edges.values():
                self._count(edge, pairs)
        return pairs

    def merge(self, other: HandedOn, shift: int) -> None:
        """Take the counts of other rows, whose positions move by ``shift``."""
        self._counts.update(other._counts)
        for edges in other._edges.values():
            for key, edge in edges.items():
                edge.at += shift
                self._edges[_stretch(edge.at)][key] = edge
        for speakers in other._speakers.values():
            for event_id, (at, speaker) in speakers.items():
                self._speak(event_id, at + shift, speaker)

    def forget(self, low: float, high: int) -> None:
        """Settle what rows below ``low`` and from ``high`` on cannot change."""
        # The parent may come later, and be changed by its own end rows later still.
        for stretch in _between(self._edges, low, high, 1, 3):
            for edge in self._edges[stretch].values():
                self._count(edge, self._counts)
            del self._edges[stretch]
        for stretch in _between(self._speakers, low, high, 2, 4):
            del self._speakers[stretch]

    def _speak(self, event_id: str, at: int, speaker: str) -> None:
        speakers = self._speakers[_stretch(at)]
        if event_id not in speakers or at >= speakers[event_id][0]:
            speakers[event_id] = (at, speaker)

    def _count(self, edge: _Edge, pairs: Counter[Pair]) -> None:
        speaker = edge.agent
        if edge.parent is not None:
            own = _stretch(edge.at)
            for stretch in (own, own - 1, own + 1):
                at, name = self._speakers.get(stretch, _NOBODY).get(edge.parent, (0, None))
                if name is not None and abs(at - edge.at) <= open_rows.REACH:
                    speaker = name
                    break
        if speaker and edge.target:
            pairs[speaker, edge.target] += 1


_NOBODY: dict[str, tuple[int, str]] = {}


def _stretch(at: int) -> int:
    return at // max(open_rows.REACH, 1)


def _between(stretches: Iterable[int], low: float, high: int, before: int, after: int) -> list[int]:
    """Those with so many whole stretches of known rows before and, with itself, after."""
    size = max(open_rows.REACH, 1)
    return [
        stretch
        for stretch in stretches
        if (stretch - before) * size >= low and (stretch + after) * size <= high
    ]
