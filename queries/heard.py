"""Who speaks after whom among rows of one session, and of which rows the text matters for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from queries.batch import RowType


class Heard:
    """What rows of one session, in order of arrival, say."""

    __slots__ = ("alike", "ends", "tools", "voices")

    def __init__(
        self, indexes: Sequence[int], kinds: Sequence[RowType], messages_only: bool
    ) -> None:
        """Args: indexes, kinds: of the rows; messages_only: whether only messages speak."""
        if messages_only:
            heard = [index for index, kind in zip(indexes, kinds, strict=True) if kind.talks]
            self.voices = [kind.voice for kind in kinds if kind.talks]
        else:
            heard = [index for index, kind in zip(indexes, kinds, strict=True) if kind.speaks]
            self.voices = [kind.voice for kind in kinds if kind.speaks]
        self.ends = (heard[0], heard[-1]) if heard else None
        """The indexes of the first and the last that speak."""
        self.alike = [
            (before[0], heard[at], heard[at + 1])
            for at, (before, after) in enumerate(pairwise(self.voices))
            if before == after
        ]
        """Neighbours with one voice: its agent, and the indexes of both."""
        self.tools = [kind.next_tool for kind in kinds if kind.next_tool is not None]

    @property
    def asked(self) -> list[int]:
        """The indexes of those rows whose text is needed."""
        return [*(self.ends or ()), *(index for _, *both in self.alike for index in both)]
