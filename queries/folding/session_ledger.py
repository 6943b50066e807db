"""What it means for a fold's counts when rows turn out to belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queries.folding.batch import type_of
from queries.folding.joining import join, time_taken
from queries.folding.session_fold import SessionFold
from queries.models import Event, EventKind, EventState, Phase
from queries.plain_data import replace

if TYPE_CHECKING:
    from queries.folding.fold_rows import FoldRows


class SessionLedger:
    """Keeps the counts of one session of a fold right while its rows are matched."""

    __slots__ = ("_fold", "name", "session")

    def __init__(self, fold: FoldRows, name: str, session: SessionFold) -> None:
        self._fold = fold
        self.name = name
        self.session = session

    @property
    def low(self) -> float:
        """The lowest position; minus infinity when nothing older can come."""
        return self._fold.low

    def told_already(self, row: Event) -> None:
        """Start rows are not counted, so nothing else is to be taken back."""
        if row.kind is EventKind.DELEGATION:
            self._fold.handed_on.gone(row)

    def joined(self, start: Event, end: Event) -> None:
        """An end row, which is counted, is one call with this start."""
        self._rejoin(start, end, 1)
        if start.kind is EventKind.DELEGATION:
            self._fold.handed_on.same(start, end)

    def parted(self, start: Event, end: Event) -> None:
        """An end row is counted as one call with this start, but is a row by itself."""
        if start.kind is EventKind.DELEGATION:
            self._fold.handed_on.apart(start, end)
        self._rejoin(start, end, -1)

    def finished(self, end: Event, before: Event, after: Event) -> None:
        """An end row, which is counted, belongs to a delegation."""
        self._fold.recount(self.session, end, None)
        self._fold.handed_on.same(after, end)
        self._fold.recount(self.session, before, after)

    def end_changed(self, before: Event, after: Event) -> bool:
        """An end row of a delegation, which is taken, is now like this.

        Returns whether what is counted of it is known, and right now.
        """
        waiting, handed_on = self.session.open, self._fold.handed_on
        whole = None if waiting is None else waiting.whole_of(before)
        if whole is not None:
            was = whole.now
            now = whole.update_end(after)
            handed_on.end_changed(was, after)
            self._fold.recount(self.session, was, now)
            return True
        start, end = (None if waiting is None else waiting.pair_of(before)) or (None, None)
        if end is not None:
            before = end.row
            end.update(after)
        if start is not None:
            self.parted(start.row, before)
        if not handed_on.is_known(before):
            # It belongs to a row that is not known any more.
            return False
        self._fold.recount(self.session, before, after)
        if start is not None:
            self.joined(start.row, after)
        return True

    def abandoned(self, start: Event) -> None:
        """Nobody waits for the end of this start any longer."""
        self._fold.count_never_ended(self.session, start)

    def _rejoin(self, start: Event, end: Event, sign: int) -> None:
        if end.state is not EventState.RUNNING and _says_all(start, end):
            # Almost always: only the duration is new, so only that is counted.
            if end.duration is None and (took := time_taken(start, end)) is not None:
                self._fold.count_duration(type_of(end), took, sign)
            self._fold.slots.move(type_of(end), end.time, start.time, end.tokens, sign)
            return
        call = join(start, end)
        begun, when = call.time, end.time if end.time is not None else start.time
        call = replace(call, phase=Phase.END, time=when)
        if sign > 0:
            self._fold.recount(self.session, end, call)
            if call.state is EventState.RUNNING:
                # The end row is what may say something else later.
                self._fold.running.forget(call.key)
                self._fold.running.note(
                    replace(call, source=end.source, seq=end.seq, id=end.id, time=begun)
                )
        else:
            self._fold.running.forget(end.key)
            self._fold.recount(self.session, call, end)
        self._fold.slots.move(type_of(call), when, start.time, call.tokens, sign)


def _says_all(start: Event, end: Event) -> bool:
    """Whether an end row names itself whatever its start row names."""
    return (
        type_of(end).says_all_of(type_of(start))
        and (end.tokens is not None or start.tokens is None)
        and (end.cost is not None or start.cost is None)
    )
