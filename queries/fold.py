"""Running totals over events: the one way in which every total of the program is made.

A fold takes rows in order of arrival (:meth:`Fold.add_all`). Folds of consecutive ranges of
rows concatenate (:meth:`Fold.append`, :meth:`Fold.prepend`), so totals can be built from the
newest slice backwards, and the result equals one pass in order. The same class serves a whole
store and a single session.

Who speaks next ("follows") and which tool comes next ("tools") are counted over whole rows and
end rows of tool calls in order of arrival; start rows and the extra rows of a delegation do
not speak.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from queries.folding import joining
from queries.folding.batch import NO_TOOL, Batch, ToolKey
from queries.folding.fold_parts import KnownSum, amounts_of
from queries.folding.fold_updates import FoldUpdates
from queries.folding.handed_on import Pair
from queries.folding.session_fold import SessionFold
from queries.folding.session_ledger import SessionLedger
from queries.models import Event
from queries.pausing import no_pause

__all__ = ["NO_TOOL", "Fold", "Pair", "ToolKey"]

AT_ONCE = 50
"""Sessions that are put together between two pauses."""


class Fold(FoldUpdates):
    """Totals over a range of rows."""

    # -- putting ranges together --------------------------------------------------------------

    def append(self, newer: Fold) -> None:
        """Take the totals of the range of rows that follows this one's. Consumes ``newer``."""
        shift = self._first + self.rows - newer._first
        self._merge_counts(newer, shift)
        for name, later in newer.sessions.items():
            earlier = self.sessions.get(name)
            if later.open is not None:
                later.open.shift(shift)
            self.sessions[name] = later
            if earlier is not None:
                self._lose_agents(earlier, later)
                self._join(name, earlier, later)
        self._forget_now_and_then()

    def prepend(self, older: Fold, pause: Callable[[], object] = no_pause) -> None:
        """Take the totals of the range of rows right before this one's. Consumes ``older``.

        Costs as much as ``older`` is large, however much is counted here.

        Args:
            older: the totals.
            pause: called now and then.
        """
        shift = self._first - older.rows - older._first
        self._first -= older.rows
        self._merge_counts(older, shift, pause)
        for number, name in enumerate(older.sessions):
            if not number % AT_ONCE:
                pause()
            later = self.sessions.get(name)
            if later is None:
                # Most have no rows elsewhere, and are looked at when they are asked for.
                earlier = self.sessions.take_over(name, older.sessions)
            else:
                earlier = older.sessions[name]
            if earlier is None:
                continue
            if earlier.open is not None and shift:
                earlier.open.shift(shift)
            if later is not None:
                self._lose_agents(earlier, later)
                self._join(name, earlier, later)
        pause()
        self._forget_now_and_then()

    def prepend_batch(self, batch: Batch) -> None:
        """Take rows right before this range. Raises as :meth:`add_batch` does."""
        older = Fold(messages_only=self.messages_only, end=self._first - len(batch.seqs))
        older._share_counts(self)
        older.add_batch(batch)
        self._first -= older.rows
        self._add_numbers(older)
        self.waiting |= older.waiting
        for name, earlier in older.sessions.items():
            later = self.sessions.get(name)
            if later is None:
                self.sessions[name] = earlier
            else:
                self._lose_agents(earlier, later)
                self._join(name, earlier, later)
        self._forget_now_and_then()

    def _lose_agents(self, earlier: SessionFold, later: SessionFold) -> None:
        """Count agents once that were counted for both parts of a session."""
        for agent in earlier.agents:
            if agent in later.agents:
                self.agents[agent].sessions -= 1

    def _join(self, name: str, earlier: SessionFold, later: SessionFold) -> None:
        """Put the two parts of a session, which are both counted, into the later one."""
        if later.first_said is None:
            later.last_said = earlier.last_said
        else:
            self._follow(earlier.last_said, later.first_said)
        later.first_said = earlier.first_said or later.first_said
        if later.first_tool is None:
            later.first_tool, later.last_tool = earlier.first_tool, earlier.last_tool
        elif earlier.last_tool is not None:
            self.next_tools[earlier.last_tool, later.first_tool] += 1
            later.first_tool = earlier.first_tool
        later.merge_older(earlier)
        if later.open is None:
            later.open = earlier.open
        elif earlier.open is not None:
            later.open.prepend(earlier.open, SessionLedger(self, name, later))

    # -- what waits ---------------------------------------------------------------------------

    def seal(self) -> None:
        """Nothing older will come: what waits for it need not be kept."""
        self._sealed = True
        self.forget()

    def all_waiting(self) -> Iterator[Event]:
        """Start rows of all sessions whose end has not been seen."""
        for name in self.waiting:
            yield from self.sessions[name].waiting()

    def amounts(self) -> tuple[KnownSum, KnownSum]:
        """What all events took, those that wait for their end as well: tokens, and dollars."""
        tokens, costs = amounts_of(self.all_waiting())
        return self.tokens + tokens, self.cost + costs

    def waiting_starts(self, session_id: str) -> Iterator[tuple[Event, bool]]:
        """Starts of a session without an end, and whether that may still come."""
        session = self.sessions.look(session_id)
        if session is not None and session.open is not None:
            high = self._first + self.rows
            for start in session.open.starts():
                is_near = high - start.at <= joining.REACH
                yield start.row, is_near and not session.has_moved_on(start.row)

    def totals_running(self, session_id: str, alive: bool) -> int:
        """How many calls of a session are under way; none when it is not alive."""
        if not alive:
            return 0
        starts = self.waiting_starts(session_id)
        waiting = sum(may_end and start.is_call for start, may_end in starts)
        return waiting + self.running.calls(session_id)
