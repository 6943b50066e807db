"""What changes of a fold's counts when a row that was taken changed in place."""

from __future__ import annotations

from queries.folding.fold_rows import FoldRows
from queries.folding.joining import join
from queries.folding.session_fold import SessionFold
from queries.folding.session_ledger import SessionLedger
from queries.models import Event, EventKind, EventState, Phase
from queries.plain_data import replace


class FoldUpdates(FoldRows):
    """Counts rows, and what becomes of them."""

    def update(self, before: Event, after: Event) -> bool:
        """A row taken earlier changed in place: count it as it is now.

        Rows that have not been taken yet are left alone. Of the end of a call, when the call began
        is known only as long as it runs: one that was over may count at the time of its end row.

        Returns:
            Whether what is counted is right now. It is not where it takes a row that is not at
            hand any more to tell what was counted.
        """
        session = self.sessions.get(before.session_id)
        low, high = (1, 0) if session is None else session.ranges.get(before.source, (1, 0))
        if session is None or before.session_id != after.session_id or not low <= after.seq <= high:
            return True
        self.changed.add(before.session_id)
        if after.time is not None:
            session.see_times(after.time, after.time)
        if before.phase is Phase.END:
            return self._update_end(session, before, after)
        known = None if session.open is None else session.open.find(before)
        if before.phase is Phase.START:
            if session.open is not None and known is not None:
                if after.phase is Phase.START:
                    known.update(after)
                else:
                    session.open.remove_start(known)
                    self.recount(session, None, after)
            return True
        if known is not None:
            before, after = known.now, known.update(after)
        self.recount(session, before, after)
        if after.kind is EventKind.PROMPT:
            session.see_prompt(after.key, after.summary)
        return True

    def _update_end(self, session: SessionFold, before: Event, after: Event) -> bool:
        if after.phase is not Phase.END or before.kind is not after.kind:
            return False
        if before.time is None or after.time is None:
            # It counts at the time of its start, or at none.
            return False
        if before.kind is EventKind.DELEGATION:
            return SessionLedger(self, before.session_id, session).end_changed(before, after)
        known = self.running.get(before.key)
        if known is not None:
            before = known
            if known.end_key is not None:
                # What its start row said is kept there, but for the time where it had none.
                call = join(known, after)
                took = after.duration if known.duration is None else call.duration
                after = replace(
                    call, id=known.id, source=known.source, seq=known.seq, phase=Phase.END,
                    duration=took,
                )  # fmt: skip
        elif not self._is_told_alone(before, after):
            return False
        self.recount(session, before, after)
        return True

    def _is_told_alone(self, *ends: Event) -> bool:
        """Whether an end row counts as what it says itself, before and after a change.

        That is so whatever its start row says, which is not at hand any more.
        """
        before, after = ends
        if before.time != after.time or after.state is EventState.RUNNING:
            return False
        # What an end row does not say is taken from its start row.
        amounts = (
            (before.duration, after.duration), (before.tokens, after.tokens),
            (before.cost, after.cost),
        )  # fmt: skip
        if any((was is None) != (now is None) for was, now in amounts):
            return False
        if any(end.agent is None or end.tool is None for end in ends):
            return False
        unnamed = {end.tool for end in ends if end.operation is None}
        return not any(name for tool, name in self.tools if tool in unnamed)
