"""Halves of calls among the rows of a batch: which of them are a call, and which are left over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter

from queries.folding.batch import Batch, RowType
from queries.folding.open_row import OpenRow
from queries.folding.waiting_ends import Place
from queries.models import Event, Phase

_counts_of, _group_of = attrgetter("counts"), attrgetter("group")


class LateRow(OpenRow):
    """An open row of which an event is made when it is asked for, which is rare."""

    __slots__ = ("_batch", "_index")

    def __init__(self, at: int, batch: Batch, index: int) -> None:
        """Args: at: its position; batch, index: where the row is."""
        self.at = at
        self.ends = ()
        self._batch: Batch | None = batch
        self._index = index

    @property
    def place(self) -> tuple[Batch, int] | None:
        """The batch where the row is, and its index there; None where an event was made of it."""
        return None if self._batch is None else (self._batch, self._index)

    @property
    def is_start(self) -> bool:
        """Whether it is the start of a call."""
        if self._batch is None:
            return super().is_start
        return self._batch.types[self._index].phase is Phase.START

    def update(self, row: Event) -> Event:
        """The row is now like this; returns what it counts as."""
        self._batch = None
        return super().update(row)

    def __getattr__(self, name: str) -> Event:
        # Asked only for what is not set yet.
        if name not in ("row", "now") or self._batch is None:
            raise AttributeError(name)
        self.row = self.now = event = self._batch.event(self._index)
        self._batch = None
        return event


def open_row(at: int, batch: Batch, index: int) -> OpenRow:
    """A row of a batch, as one that waits at a position."""
    event = batch.stories.get(index)
    return LateRow(at, batch, index) if event is None else OpenRow(at, event)


class Halves:
    """Halves of calls among rows of one session.

    What is found is what :mod:`queries.folding.open_rows` finds among rows none of which is out of
    reach of another; looking here first spares making an event of each.
    """

    __slots__ = ("_batch", "ends", "pairs", "starts")

    def __init__(self, batch: Batch, indexes: Sequence[int]) -> None:
        """Args: indexes: of the halves, ascending."""
        self._batch = batch
        self.pairs: list[tuple[int, int]] = []
        """(start, end) of calls."""
        self.starts: dict[str, list[int]] = {}
        """By group: starts without an end. They come after :attr:`ends`."""
        self.ends: dict[str, list[int]] = {}
        """By group: ends without a start."""
        keys = list(map(batch.keys.__getitem__, indexes))
        if keys.count(None) < len(keys):
            both = list(zip(indexes, keys, strict=True))
            self._join_keys({index: key for index, key in both if key is not None})
            indexes = [index for index, key in both if key is None]
        kinds = list(map(batch.types.__getitem__, indexes))
        self._join_groups(indexes, kinds, map(_group_of, kinds))

    def _join_keys(self, keys: Mapping[int, str]) -> None:
        types = self._batch.types
        starts = {key: index for index, key in keys.items() if not types[index].counts}
        ends = {key: index for index, key in keys.items() if types[index].counts}
        if len(starts) + len(ends) < len(keys):
            kinds = list(map(types.__getitem__, keys))
            self._join_groups(keys, kinds, map("\0".__add__, keys.values()))
            return
        # Each key has one start and one end at most.
        for key, end in ends.items():
            start = starts.get(key)
            if start is not None and start < end:
                self.pairs.append((start, end))
                del starts[key]
            else:
                self.ends["\0" + key] = [end]
        self.starts.update(("\0" + key, [start]) for key, start in starts.items())

    def _join_groups(
        self, indexes: Iterable[int], kinds: Iterable[RowType], groups: Iterable[str]
    ) -> None:
        """As closing brackets do: an end and the last start that is still open."""
        pairs, starts, ends = self.pairs, self.starts, self.ends
        for index, is_end, group in zip(indexes, map(_counts_of, kinds), groups, strict=True):
            if not is_end:
                if group in starts:
                    starts[group].append(index)
                else:
                    starts[group] = [index]
            elif begun := starts.get(group):
                pairs.append((begun.pop(), index))
            elif group in ends:
                ends[group].append(index)
            else:
                ends[group] = [index]

    @property
    def reach(self) -> int:
        """How many rows lie at most from a start to its end."""
        return max((end - start for start, end in self.pairs), default=0)

    def places(self, indexes: Iterable[int]) -> list[Place]:
        """Where rows are that are left over."""
        batch = self._batch
        stories = batch.stories
        if stories:
            return [stories.get(index) or (batch, index) for index in indexes]
        return list(zip(repeat(batch), indexes))

    def rows(self, indexes: Iterable[int], first: int) -> list[OpenRow]:
        """Rows that are left over, whose positions begin with ``first``."""
        batch = self._batch
        make = open_row if batch.stories else LateRow
        return [make(first + index, batch, index) for index in indexes]
