"""The totals of one session that comparisons are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress, pairwise

from queries.fold import Fold
from queries.folding.batch import Amount, Batch, RowType
from queries.folding.event_slots import EventSlots
from queries.folding.heard import Heard
from queries.folding.rows_of_one import RowsOfOne, texts_of
from queries.folding.session_fold import Said, SessionFold


class _NoSlots(EventSlots):
    """When things happened is not asked for."""

    __slots__ = ()

    def add_all(self, times: Sequence[float | None], types: Sequence[RowType]) -> None:
        """Count nothing."""

    def add(self, time: float | None, kind: RowType, number: int) -> None:
        """Count nothing."""

    def add_amounts(
        self,
        times: Sequence[float | None],
        amounts: Mapping[int, Amount],
        types: Sequence[RowType],
    ) -> None:
        """Count nothing."""

    def add_tokens(self, time: float | None, tokens: int | None, sign: int) -> None:
        """Count nothing."""

    def move(
        self, kind: RowType, at: float | None, to: float | None, tokens: int | None, sign: int
    ) -> None:
        """Count nothing."""


class _All(RowsOfOne):
    """All rows of a batch that is of one session."""

    __slots__ = ()

    def __init__(self, batch: Batch) -> None:
        self.name = batch.sessions[0]
        self.indexes = list(range(len(batch.seqs)))
        self.kinds, self.times = batch.types, batch.times
        self.sort(batch)


class RunFold(Fold):
    """Totals over the rows of one session, taken in batches that have no other rows.

    Counts what a :class:`~queries.fold.Fold` does, but for the slots of time, and the repeats
    only where they are asked for: most rows' texts would be read for nothing but them.
    """

    def __init__(self, *, messages_only: bool, repeats: bool) -> None:
        """Args: as of a fold; repeats: whether ``follows_once`` will be asked for."""
        super().__init__(messages_only=messages_only)
        self.slots = _NoSlots()
        self._with_repeats = repeats

    def add_batch(self, batch: Batch) -> None:
        """Take rows of the session in order of arrival. Raises as a fold's does."""
        if not batch.seqs:
            return
        rows, at = _All(batch), self._first + self.rows
        asked: list[int] = []
        if self._with_repeats:
            heard = Heard(rows.indexes, rows.kinds, self.messages_only)
            asked = heard.asked
        texts = texts_of(batch, (rows,), asked)
        self.rows += len(batch.seqs)
        self._count_types(batch)
        session = self._session(rows.name)
        self._take(session, batch, rows, at, texts)
        if self._with_repeats:
            self._speak(session, heard, texts)
        else:
            self._hear(session, batch.types)
        self._count_amounts(batch)
        self._forget_now_and_then()

    def _hear(self, session: SessionFold, types: Sequence[RowType]) -> None:
        """Count who follows whom, and which tool follows which, whatever the texts say."""
        talks = [kind.talks if self.messages_only else kind.speaks for kind in types]
        spoken = list(compress(types, talks))
        for (one, other), number in Counter(pairwise(spoken)).items():
            self.follows[one.voice[0], other.voice[0]] += number
        if spoken:
            first, last = (_said(spoken[0]), _said(spoken[-1]))
            if session.last_said is not None:
                self.follows[session.last_said[0][0], first[0][0]] += 1
            session.first_said, session.last_said = session.first_said or first, last
        tools = [kind.next_tool for kind in types if kind.next_tool is not None]
        if tools:
            self.next_tools.update(pairwise(tools))
            self._use(session, tools[0], tools[-1])


def _said(kind: RowType) -> Said:
    return kind.voice, b""
