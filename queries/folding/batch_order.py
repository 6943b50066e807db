"""Batches taken apart by session, and put together in order of time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import TypeVar

from queries.folding.batch import Batch

_BEFORE_ALL = float("-inf")
_T = TypeVar("_T")


def by_session(batch: Batch) -> dict[str, Batch]:
    """The rows of each session by themselves, in the order in which the sessions appear."""
    rows_of: dict[str, list[int]] = {}
    for index, name in enumerate(batch.sessions):
        if name in rows_of:
            rows_of[name].append(index)
        else:
            rows_of[name] = [index]
    if len(rows_of) == 1:
        return {batch.sessions[0]: batch}
    return {name: picked(batch, indexes) for name, indexes in rows_of.items()}


def cut_by_session(batch: Batch) -> Iterator[Batch]:
    """The rows of each session of a batch in which they stand together."""
    sessions = batch.sessions
    amounts, links, stories = sorted(batch.amounts), sorted(batch.links), sorted(batch.stories)
    start = 0
    while start < len(sessions):
        name = sessions[start]
        end = bisect_left(sessions, True, start, key=lambda other: other != name)
        yield Batch(
            source=batch.source,
            seqs=batch.seqs[start:end],
            sessions=sessions[start:end],
            times=batch.times[start:end],
            types=batch.types[start:end],
            durations=batch.durations[start:end],
            texts=_texts_from(batch, start),
            keys=batch.keys[start:end],
            amounts=_within(batch.amounts, amounts, start, end),
            links=_within(batch.links, links, start, end),
            stories=_within(batch.stories, stories, start, end),
            sources=batch.sources[start:end],
        )
        start = end


def _within(known: Mapping[int, _T], ordered: Sequence[int], start: int, end: int) -> dict[int, _T]:
    """What is known of rows from one index to another, by place among them."""
    chosen = ordered[bisect_left(ordered, start) : bisect_left(ordered, end)]
    return {index - start: known[index] for index in chosen}


def _texts_from(batch: Batch, start: int) -> Callable[[Sequence[int]], Mapping[int, str]]:
    def texts(wanted: Sequence[int]) -> Mapping[int, str]:
        found = batch.texts([start + at for at in wanted])
        return {index - start: text for index, text in found.items()}

    return texts


def _own(known: Mapping[int, _T], indexes: Sequence[int]) -> dict[int, _T]:
    """By place among these indexes: what is known of them."""
    if not known:
        return {}
    return {at: known[index] for at, index in enumerate(indexes) if index in known}


def picked(batch: Batch, indexes: Sequence[int]) -> Batch:
    """These rows of a batch, in this order."""

    def texts(wanted: Sequence[int]) -> Mapping[int, str]:
        known = batch.texts([indexes[at] for at in wanted])
        return {at: known[indexes[at]] for at in wanted if indexes[at] in known}

    return Batch(
        source=batch.source,
        seqs=_chosen(batch.seqs, indexes),
        sessions=_chosen(batch.sessions, indexes),
        times=_chosen(batch.times, indexes),
        types=_chosen(batch.types, indexes),
        durations=_chosen(batch.durations, indexes),
        texts=texts,
        keys=_chosen(batch.keys, indexes),
        amounts=_own(batch.amounts, indexes),
        links=_own(batch.links, indexes),
        stories=_own(batch.stories, indexes),
        sources=_chosen(batch.sources, indexes) if batch.sources else (),
    )


def _chosen(cells: Sequence[_T], indexes: Sequence[int]) -> list[_T]:
    return list(map(cells.__getitem__, indexes))


def joined(batches: Sequence[Batch]) -> Batch:
    """The rows of several batches, one batch after the other."""
    if len(batches) == 1:
        return batches[0]
    are_several = any(batch.sources for batch in batches)
    are_several = are_several or len({batch.source for batch in batches}) > 1
    starts = list(accumulate((len(batch.seqs) for batch in batches), initial=0))
    both = list(zip(starts, batches, strict=False))

    def texts(wanted: Sequence[int]) -> Mapping[int, str]:
        found: dict[int, str] = {}
        rising = sorted(wanted)
        for start, batch in both:
            first, end = (bisect_left(rising, at) for at in (start, start + len(batch.seqs)))
            if first < end:
                own = batch.texts([index - start for index in rising[first:end]])
                found.update((start + index, text) for index, text in own.items())
        return found

    return Batch(
        source=batches[0].source,
        seqs=list(chain.from_iterable(batch.seqs for batch in batches)),
        sessions=list(chain.from_iterable(batch.sessions for batch in batches)),
        times=list(chain.from_iterable(batch.times for batch in batches)),
        types=list(chain.from_iterable(batch.types for batch in batches)),
        durations=list(chain.from_iterable(batch.durations for batch in batches)),
        texts=texts,
        keys=list(chain.from_iterable(batch.keys for batch in batches)),
        amounts={start + i: amount for start, batch in both for i, amount in batch.amounts.items()},
        links={start + i: links for start, batch in both for i, links in batch.links.items()},
        stories={start + i: event for start, batch in both for i, event in batch.stories.items()},
        sources=list(chain.from_iterable(map(_sources, batches))) if are_several else (),
    )


def _sources(batch: Batch) -> Sequence[int]:
    return batch.sources or [batch.source] * len(batch.seqs)


class _Waiting:
    """A source's rows that are read and not passed on, and the latest time up to each."""

    def __init__(self, pages: Iterator[Batch]) -> None:
        self._pages = pages
        self._next = next(pages, None)
        self._latest = _BEFORE_ALL
        self.times: list[float] = []
        self.batch: Batch | None = None
        self._at = 0
        self.fill()

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after these rows."""
        return self._next is None

    def fill(self) -> None:
        """Read on where nothing is left."""
        if self._at < len(self.times) or self._next is None:
            return
        self.batch, self._next, self._at = self._next, next(self._pages, None), 0
        times = (_BEFORE_ALL if time is None else time for time in self.batch.times)
        self.times = list(accumulate(times, max, initial=self._latest))[1:]
        self._latest = self.times[-1]

    def take(self, end: int) -> tuple[Batch, list[float]] | None:
        """The rows up to an index, and their times."""
        start, self._at = self._at, max(end, self._at)
        if start == self._at or self.batch is None:
            return None
        if (start, end) == (0, len(self.times)):
            return self.batch, self.times
        return picked(self.batch, range(start, end)), self.times[start:end]


def in_order(sources: Sequence[Iterator[Batch]]) -> Iterator[Batch]:
    """Batches of several sources merged by time.

    Inside a source the order of arrival never changes, also where its clock jumped; of rows at
    one time those of the first source come first.

    Args:
        sources: of each its batches in order, none of them empty.
    """
    if len(sources) == 1:
        yield from sources[0]
        return
    waiting = [_Waiting(pages) for pages in sources]
    while True:
        for each in waiting:
            each.fill()
        # Nothing that is still to be read comes before this.
        limit = min(
            (
                (each.times[-1], number)
                for number, each in enumerate(waiting)
                if not each.is_last
            ),
            default=(float("inf"), len(waiting)),
        )  # fmt: skip
        taken = [
            each.take(
                bisect_right(each.times, limit[0])
                if number <= limit[1]
                else bisect_left(each.times, limit[0])
            )
            for number, each in enumerate(waiting)
        ]
        rows = [entry for entry in taken if entry is not None]
        if not rows:
            return
        yield _sorted(rows)


def _sorted(rows: Sequence[tuple[Batch, list[float]]]) -> Batch:
    if len(rows) == 1:
        return rows[0][0]
    times = list(chain.from_iterable(times for _, times in rows))
    # Sorting keeps the order of equals.
    order = sorted(range(len(times)), key=times.__getitem__)
    return picked(joined([batch for batch, _ in rows]), order)
