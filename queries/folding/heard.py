"""Who speaks after whom among rows of one session, and of which rows the text matters for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, islice
from operator import attrgetter, eq

from queries.folding.batch import RowType

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
        same = list(map(eq, self.voices, islice(self.voices, 1, None)))
        self.alike = (
            [voice[0] for voice in compress(self.voices, same)],
            list(compress(heard, same)),
            list(compress(islice(heard, 1, None), same)),
        )
        """Neighbours with one voice: their agents, the indexes of the first and of the second."""
        self.tools = [tool for tool in map(_next_tool_of, kinds) if tool is not None]

    @property
    def asked(self) -> list[int]:
        """The indexes of those rows whose text is needed, ascending."""
        _, before, after = self.alike
        return sorted({*(self.ends or ()), *before, *after})

    def repeats(self, texts: Mapping[int, str]) -> Iterator[str]:
        """The agents of those neighbours with one voice that say the same."""
        agents, before, after = self.alike
        text_of = texts.__getitem__
        return compress(agents, map(eq, map(text_of, before), map(text_of, after)))
