"""Halves of calls among the rows of a batch: which of them are a call, and which are left over."""

from __future__ import annotations

from collections.abc import Iterable

from queries.batch import Batch
from queries.models import Event
from queries.open_rows import OpenRow


class LateRow(OpenRow):
    """A start or an end, of which an event is made when it is asked for, which is rare."""

    __slots__ = ("_batch", "_index")

    def __init__(self, at: int, batch: Batch, index: int) -> None:
        """Args: at: its position; batch, index: where the row is."""
        self.at = at
        self.ends = ()
        self._batch = batch
        self._index = index

    def __getattr__(self, name: str) -> Event:
        # Asked only for what is not set yet.
        if name not in ("row", "now"):
            raise AttributeError(name)
        self.row = self.now = event = self._batch.event(self._index)
        return event


class Halves:
    """Halves of calls among rows of one session.

    What is found is what :mod:`queries.open_rows` finds among rows none of which is out of reach
    of another; looking here first spares making an event of each.
    """

    __slots__ = ("_batch", "ends", "pairs", "starts")

    def __init__(self, batch: Batch, indexes: Iterable[int]) -> None:
        """Args: indexes: of the halves, ascending."""
        self._batch = batch
        self.pairs: list[tuple[int, int]] = []
        """(start, end) of calls."""
        self.starts: dict[str, list[int]] = {}
        """By group: starts without an end. They come after :attr:`ends`."""
        self.ends: dict[str, list[int]] = {}
        """By group: ends without a start."""
        types, keys, pairs, starts, ends = (
            batch.types, batch.keys, self.pairs, self.starts, self.ends
        )  # fmt: skip
        for index in indexes:
            kind, key = types[index], keys[index]
            group = kind.group if key is None else "\0" + key
            if not kind.counts:
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

    def rows(self, indexes: Iterable[int], first: int) -> list[OpenRow]:
        """Rows that are left over, whose positions begin with ``first``."""
        batch = self._batch
        if not batch.stories:
            return [LateRow(first + index, batch, index) for index in indexes]
        return [
            OpenRow(first + index, batch.stories[index])
            if index in batch.stories
            else LateRow(first + index, batch, index)
            for index in indexes
        ]
