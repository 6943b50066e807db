"""Who hands work to whom, counted so that ranges of rows can be put together.

Every delegation counts once, however many rows tell of it, for the agent that :func:`maker`
finds. What that takes may become known later, from other rows, so a delegation is kept open
until it cannot any more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from queries import open_rows
from queries.joining import names_its_maker
from queries.models import Event, EventKey, Phase

Pair = tuple[str, str]
Speaker = tuple[str, bool]
"""An agent, and whether it was handed its work: whether what it speaks for is a delegation."""


def maker(
    rows: Sequence[tuple[str | None, str | None]],
    own: tuple[str | None, str | None],
    is_sure: bool,
    speaker_of: Callable[[str], Speaker | None],
) -> str | None:
    """Who handed over a delegation.

    A row that says so itself is believed. Otherwise the rows after the call know better than
    the one before it where it was made: below another delegation it was made by the agent that
    this one was given to. Without such a row, the agent of the prompt above made it.

    Args:
        rows: of each row after the call, the newest first, the id above it and its agent.
        own: the same of the delegation itself.
        is_sure: whether that row tells who made it, see
            :func:`~queries.joining.names_its_maker`.
        speaker_of: by the id above a row: for whom what is below it speaks. Must not know the
            delegation's own rows.
    """
    above, agent = own
    if is_sure and agent:
        return agent
    for parent, name in (*rows, own):
        speaker = None if parent is None else speaker_of(parent)
        if speaker is not None and speaker[1]:
            return speaker[0] or name
    for _, name in rows:
        if name:
            return name
    speaker = None if above is None else speaker_of(above)
    return agent if speaker is None else speaker[0]


class _Edge:
    """One row of a delegation, with the rows that turned out to tell of the same one."""

    __slots__ = ("agent", "at", "ends", "id", "is_end", "is_sure", "key", "parent", "target")

    def __init__(self, at: int, event: Event) -> None:
        self.at = at
        self.key = event.key
        self.ends: list[_Edge] = []
        self.take(event)

    def take(self, event: Event) -> None:
        """Tell what a row says."""
        self.id = event.id
        self.parent = event.parent_id
        self.agent = event.agent
        self.target = event.target_agent
        self.is_end = event.phase is Phase.END
        self.is_sure = names_its_maker(event)

    def rows(self) -> list[_Edge]:
        """All rows of the delegation."""
        return [self, *self.ends]

    def later(self) -> list[_Edge]:
        """Its rows after the call, the newest first."""
        return sorted(
            (end for end in self.ends if end.is_end), key=lambda end: end.key, reverse=True
        )

    def given_to(self) -> str | None:
        """Who does the work: later rows know better."""
        if not self.ends:
            return self.target or None
        return next((row.target for row in (*self.later(), self) if row.target), None)


class HandedOn:
    """Counts of (from, to) over a range of rows."""

    def __init__(self) -> None:
        self._counts: Counter[Pair] = Counter()
        """What cannot change any more."""
        # In stretches of positions, so that what is out of reach is found without looking at
        # what is not.
        self._edges: defaultdict[int, dict[EventKey, _Edge]] = defaultdict(dict)
        self._speakers: defaultdict[int, dict[str, tuple[int, str, bool]]] = defaultdict(dict)
        """By event id: its position, the agent that events below it speak for, and whether it
        is a delegation."""

    def handoff(self, event: Event) -> None:
        """Count a hand-off."""
        if event.agent and event.target_agent:
            self._counts[event.agent, event.target_agent] += 1

    def prompt(self, at: int, event: Event) -> None:
        """Remember for whom events below this prompt speak."""
        if event.agent:
            self._speak(event.id, at, event.agent, False)

    def delegation(self, at: int, event: Event) -> None:
        """Count a row of a delegation."""
        self._put(_Edge(at, event))

    def same(self, row: Event, other: Event) -> None:
        """A row turned out to tell of the same delegation as another one: it is none itself."""
        edge, end = self._find(row.key), self._take(other.key)
        if edge is None or end is None:
            if end is not None:
                self._put(end)
            return
        edge.ends += end.rows()
        end.ends = []
        self._put(edge)

    def apart(self, row: Event, other: Event) -> None:
        """What :meth:`same` was told of two rows was too early."""
        edge = self._find(row.key)
        if edge is not None:
            for end in edge.ends:
                if end.key == other.key:
                    edge.ends.remove(end)
                    self._put(end)
                    return

    def gone(self, row: Event) -> None:
        """A row tells nothing that other rows do not."""
        self._take(row.key)

    def changed(self, before: Event, after: Event) -> None:
        """A delegation counted before is now like this."""
        edge = self._find(after.key) if before.key == after.key else None
        if edge is not None:
            edge.take(after)
            self._put(edge)

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
                for row in edge.rows():
                    row.at += shift
                self._edges[_stretch(edge.at)][key] = edge
        for speakers in other._speakers.values():
            for event_id, (at, speaker, is_delegation) in speakers.items():
                self._speak(event_id, at + shift, speaker, is_delegation)

    def forget(self, low: float, high: int) -> None:
        """Settle what rows below ``low`` and from ``high`` on cannot change."""
        # The parent may come later, and be changed by its own end rows later still.
        for stretch in _between(self._edges, low, high, 1, 3):
            for edge in self._edges[stretch].values():
                self._count(edge, self._counts)
            del self._edges[stretch]
        for stretch in _between(self._speakers, low, high, 2, 4):
            del self._speakers[stretch]

    def _put(self, edge: _Edge) -> None:
        self._edges[_stretch(edge.at)][edge.key] = edge
        target = edge.given_to()
        if target and not edge.ends:
            self._speak(edge.id, edge.at, target, True)
        elif target:
            for row in edge.rows():
                self._speak(row.id, row.at, target, True)

    def _find(self, key: EventKey) -> _Edge | None:
        return next((edges[key] for edges in self._edges.values() if key in edges), None)

    def _take(self, key: EventKey) -> _Edge | None:
        for edges in self._edges.values():
            if key in edges:
                return edges.pop(key)
        return None

    def _speak(self, event_id: str, at: int, speaker: str, is_delegation: bool) -> None:
        speakers = self._speakers[_stretch(at)]
        if event_id not in speakers or at >= speakers[event_id][0]:
            speakers[event_id] = (at, speaker, is_delegation)

    def _count(self, edge: _Edge, pairs: Counter[Pair]) -> None:
        target = edge.given_to()
        if not target:
            return
        if edge.is_sure and edge.agent:
            # What :func:`maker` would say, of nearly all of them.
            pairs[edge.agent, target] += 1
            return
        own_ids = {row.id for row in edge.rows()}

        def speaker_of(parent: str) -> Speaker | None:
            if parent in own_ids:
                return None
            own = _stretch(edge.at)
            for stretch in (own, own - 1, own + 1):
                known = self._speakers.get(stretch, _NOBODY).get(parent)
                if known is not None and abs(known[0] - edge.at) <= open_rows.REACH:
                    return known[1:]
            return None

        rows = [(end.parent, end.agent) for end in edge.later()]
        name = maker(rows, (edge.parent, edge.agent), edge.is_sure, speaker_of)
        if name:
            pairs[name, target] += 1


_NOBODY: dict[str, tuple[int, str, bool]] = {}


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
