"""The rows of one session among those of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import compress
from operator import itemgetter

from queries.folding.batch import Batch, RowType


class RowsOfOne:
    """Those rows of a batch that are of one session."""

    __slots__ = ("halves", "indexes", "kinds", "name", "numbers", "prompts", "times", "told")

    def __init__(self, name: str, indexes: list[int], batch: Batch) -> None:
        """Args: name: of the session; indexes: of its rows, ascending; batch: where they are."""
        self.name = name
        self.indexes = indexes
        self.kinds: Sequence[RowType]
        self.times: Sequence[float | None]
        if len(indexes) > 1:
            pick = itemgetter(*indexes)
            self.kinds, self.times = pick(batch.types), pick(batch.times)
        else:
            self.kinds, self.times = (batch.types[indexes[0]],), (batch.times[indexes[0]],)
        self.sort(batch)

    def sort(self, batch: Batch) -> None:
        """Find out which rows mean more than is counted of them."""
        self.numbers = Counter(self.kinds)
        self.halves = self._of({kind for kind in self.numbers if kind.is_half})
        """The indexes of halves of calls."""
        self.told = self._of({kind for kind in self.numbers if kind.is_told})
        """The indexes of rows that tell more than is counted."""
        self.prompts = [index for index in self.told if batch.types[index].is_prompt]
        """The indexes of prompts, which are told as well."""

    def _of(self, wanted: Set[RowType]) -> list[int]:
        if not wanted:
            return []
        return list(compress(self.indexes, map(wanted.__contains__, self.kinds)))


def texts_of(batch: Batch, groups: Iterable[RowsOfOne], asked: list[int]) -> Mapping[int, str]:
    """The texts of these rows, and of as many prompts as it takes to know what came first."""
    prompts = [sorted(rows.prompts, key=batch.key) for rows in groups if rows.prompts]
    asked = sorted({*asked, *(own[0] for own in prompts)})
    if not asked:
        return {}
    texts = batch.texts(asked)
    silent = [index for own in prompts if not texts.get(own[0]) for index in own[1:]]
    return {**texts, **batch.texts(silent)} if silent else texts
