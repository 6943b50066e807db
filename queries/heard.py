"""Who speaks after whom among rows of one session, and of which rows the text matters for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, count, islice
from operator import attrgetter, eq

from queries.batch import RowType

_speaks_of, _talks_of = attrgetter("speaks"), attrgetter("talks")
_voice_of, _next_tool_of = attrgetter("voice"), attrgetter("next_tool")


class Heard:
    """What rows of one session, in order of arrival, say."""

    __slots__ = ("alike", "ends", "tools", "voices")

    def __init__(
        self, indexes: Sequence[int], kinds: Sequence[RowType], messages_only: bool
    ) -> None:
        """Args: indexes, kinds: of the rows; messages_only: whether only messages speak."""
        chosen = list(map(_talks_of if messages_only else _speaks_of, kinds))
        heard = list(compress(indexes, chosen))
        self.voices = list(map(_voice_of, compress(kinds, chosen)))
        self.ends = (heard[0], heard[-1]) if heard else None
        """The indexes of the first and the last that speak."""
        same = map(eq, self.voices, islice(self.voices, 1, None))
        self.alike = [
            (self.voices[at][0], heard[at], heard[at + 1]) for at in compress(count(), same)
        ]
        """Neighbours with one voice: its agent, and the indexes of both."""
        self.tools = [tool for tool in map(_next_tool_of, kinds) if tool is not None]

    @property
    def asked(self) -> list[int]:
        """The indexes of those rows whose text is needed."""
        return [*(self.ends or ()), *(index for _, *both in self.alike for index in both)]
