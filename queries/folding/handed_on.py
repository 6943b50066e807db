"""Who hands work to whom, counted so that ranges of rows can be put together.

Every delegation counts once, however many rows tell of it, for the agent that :func:`maker`
finds. What that takes may become known later, from other rows, so a delegation is kept open
until it cannot any more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from queries.folding.joining import names_its_maker
from queries.folding.speakers import Speaker, Speakers, settled_stretches, stretch_of
from queries.models import Event, EventKey, Phase
from queries.pausing import no_pause

Pair = tuple[str, str]


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
            :func:`~queries.folding.joining.names_its_maker`.
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


class Told(NamedTuple):
    """What one row says of a delegation."""

    at: int
    id: str
    parent: str | None
    agent: str | None
    target: str | None
    is_end: bool
    is_sure: bool
    """See :func:`~queries.folding.joining.names_its_maker`."""


def told_by(at: int, event: Event) -> Told:
    """What a row at a position says."""
    return Told(
        at, event.id, event.parent_id, event.agent, event.target_agent, event.phase is Phase.END,
        names_its_maker(event),
    )  # fmt: skip


class _Edge:
    """One row of a delegation, with the rows that turned out to tell of the same one."""

    __slots__ = ("agent", "at", "ends", "id", "is_end", "is_sure", "key", "parent", "target")

    def __init__(self, key: EventKey, told: Told) -> None:
        self.key = key
        self.ends: list[_Edge] = []
        self.take(told)

    def take(self, told: Told) -> None:
        """Tell what the row says."""
        self.at, self.id, self.parent, self.agent, self.target, self.is_end, self.is_sure = told

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
        self._edges: defaultdict[int, dict[EventKey, _Edge | Told]] = defaultdict(dict)
        self._speakers = Speakers()

    def handoff(self, agent: str | None, target: str | None) -> None:
        """Count a hand-off."""
        if agent and target:
            self._counts[agent, target] += 1

    def prompt(self, at: int, event_id: str, agent: str | None) -> None:
        """Remember for whom events below this prompt speak."""
        if agent:
            self._speakers.note(event_id, at, agent, False)

    def delegation(self, key: EventKey, told: Told) -> None:
        """Count a row of a delegation."""
        at, event_id, _, _, target, _, _ = told
        self._edges[stretch_of(at)][key] = told
        if target:
            self._speakers.note(event_id, at, target, True)

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
                    for each in (edge, end):
                        # What the other one said is not said of it any more.
                        self._speakers.forget(each.id, each.at)
                        self._put(each)
                    return

    def gone(self, row: Event) -> None:
        """A row tells nothing that other rows do not."""
        self._take(row.key)

    def changed(self, before: Event, after: Event) -> None:
        """A delegation counted before is now like this."""
        edge = self._find(after.key) if before.key == after.key else None
        if edge is not None:
            self._speakers.forget(edge.id, edge.at)
            edge.take(told_by(edge.at, after))
            self._put(edge)

    def is_known(self, row: Event) -> bool:
        """Whether a row is a delegation by itself, as far as is known."""
        return any(row.key in edges for edges in self._edges.values())

    def end_changed(self, whole: Event, end: Event) -> None:
        """An end row of a delegation counted before is now like this."""
        edge = self._find(whole.key)
        for row in () if edge is None else edge.ends:
            if row.key == end.key:
                self._speakers.forget(row.id, row.at)
                row.take(told_by(row.at, end))
        if edge is not None:
            self._put(edge)

    def pairs(self) -> Counter[Pair]:
        """The counts as far as they are known."""
        pairs = Counter(self._counts)
        for edges in self._edges.values():
            self._count_all(edges.values(), pairs)
        return pairs

    def merge(self, other: HandedOn, shift: int, pause: Callable[[], object] = no_pause) -> None:
        """Take the counts of other rows, whose positions move by ``shift``. Consumes ``other``.

        ``pause`` is called now and then.
        """
        self._counts.update(other._counts)
        if shift:
            other._shift(shift, pause)
        for stretch, edges in other._edges.items():
            pause()
            self._edges[stretch].update(edges)
        self._speakers.merge(other._speakers, pause)

    def _shift(self, by: int, pause: Callable[[], object]) -> None:
        edges, self._edges = self._edges, defaultdict(dict)
        for some in edges.values():
            pause()
            for key, edge in some.items():
                if isinstance(edge, Told):
                    moved = edge.at + by
                    self._edges[stretch_of(moved)][key] = Told(moved, *edge[1:])
                    continue
                for row in edge.rows():
                    row.at += by
                self._edges[stretch_of(edge.at)][key] = edge
        self._speakers.shift(by, pause)

    def forget(self, low: float, high: int) -> None:
        """Settle what rows below ``low`` and from ``high`` on cannot change."""
        # The parent may come later, and be changed by its own end rows later still.
        for stretch in settled_stretches(self._edges, low, high, 3, 3):
            self._count_all(self._edges.pop(stretch).values(), self._counts)
        self._speakers.settle(low, high)

    def _put(self, edge: _Edge) -> None:
        self._edges[stretch_of(edge.at)][edge.key] = edge
        target = edge.given_to()
        if target and not edge.ends:
            self._speakers.note(edge.id, edge.at, target, True)
        elif target:
            for row in edge.rows():
                self._speakers.note(row.id, row.at, target, True)

    def _find(self, key: EventKey) -> _Edge | None:
        for edges in self._edges.values():
            edge = edges.get(key)
            if edge is not None:
                if isinstance(edge, Told):
                    edge = edges[key] = _Edge(key, edge)
                return edge
        return None

    def _take(self, key: EventKey) -> _Edge | None:
        for edges in self._edges.values():
            if key in edges:
                edge = edges.pop(key)
                return _Edge(key, edge) if isinstance(edge, Told) else edge
        return None

    def _count_all(self, edges: Iterable[_Edge | Told], pairs: Counter[Pair]) -> None:
        for edge in edges:
            if not isinstance(edge, Told):
                self._count(edge, pairs)
            elif edge.target:
                agent = edge.agent
                if not (edge.is_sure and agent) and edge.parent not in (None, edge.id):
                    # What :func:`maker` would say of a single row.
                    speaker = self._speakers.at(edge.at, edge.parent)
                    agent = agent if speaker is None else speaker[0]
                if agent:
                    pairs[agent, edge.target] += 1

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
            return None if parent in own_ids else self._speakers.at(edge.at, parent)

        rows = [(end.parent, end.agent) for end in edge.later()]
        name = maker(rows, (edge.parent, edge.agent), edge.is_sure, speaker_of)
        if name:
            pairs[name, target] += 1
