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

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import attrgetter

from queries import open_rows
from queries.batch import NO_TOOL, Batch, RowType, ToolKey
from queries.fold_counts import FoldCounts
from queries.handed_on import Pair
from queries.models import Event, EventKind, Phase
from queries.open_rows import OpenRows
from queries.session_fold import SessionFold
from queries.session_ledger import SessionLedger

__all__ = ["NO_TOOL", "Fold", "Pair", "ToolKey"]

_source_of = attrgetter("source")


class Fold(FoldCounts):
    """Totals over a range of rows."""

    def __init__(self, *, messages_only: bool) -> None:
        """Args: messages_only: whether "follows" looks at messages only (else all events)."""
        super().__init__()
        self.messages_only = messages_only
        self._first = 0
        """The position of the first row."""
        self._sealed = False
        self._forgotten = 0

    # -- taking rows --------------------------------------------------------------------------

    def add(self, event: Event) -> None:
        """Take the next row. Many rows are taken much faster by :meth:`add_all`."""
        self.add_batch(Batch.of((event,)))

    def add_all(self, events: Iterable[Event]) -> None:
        """Take rows in order of arrival."""
        for _, run in groupby(events, key=_source_of):
            self.add_batch(Batch.of(list(run)))

    def add_batch(self, batch: Batch) -> None:
        """Take rows in order of arrival."""
        at = self._first + self.rows
        self.rows += len(batch.seqs)
        self._count_types(batch)
        rows_of: dict[str, list[int]] = {}
        for index, name in enumerate(batch.sessions):
            if name in rows_of:
                rows_of[name].append(index)
            else:
                rows_of[name] = [index]
        for name, indexes in rows_of.items():
            self._take(name, batch, indexes, at)
        for index, tokens, cost in batch.amounts:
            kind = batch.types[index]
            if kind.counts:
                self._add_amounts(self.sessions[batch.sessions[index]], kind, tokens, cost, 1)
        self.changed.update(rows_of)
        self._forget_now_and_then()

    def _take(self, name: str, batch: Batch, indexes: list[int], at: int) -> None:
        """Count the rows of one session."""
        session = self.sessions.get(name)
        if session is None:
            session = self.sessions[name] = SessionFold()
        kinds = [batch.types[index] for index in indexes]
        times = [time for index in indexes if (time := batch.times[index]) is not None]
        session.see_rows(batch.source, batch.seqs[indexes[0]], batch.seqs[indexes[-1]])
        if times:
            session.see_times(min(times), max(times))
        has_stories = has_starts = False
        for kind, number in Counter(kinds).items():
            if kind.counts:
                self._count_in_session(session, kind, number)
            else:
                has_starts = True
            has_stories = has_stories or kind.has_story
        if has_starts:
            counted = (index for index in indexes if batch.types[index].counts)
            times = [time for index in counted if (time := batch.times[index]) is not None]
        session.bars.add_all(times)
        self._speak(session, kinds, [batch.texts[index] for index in indexes])
        if has_stories:
            ledger = SessionLedger(self, name, session)
            for index in indexes:
                event = batch.stories.get(index)
                if event is not None:
                    self._take_story(ledger, at + index, event)

    def _take_story(self, ledger: SessionLedger, at: int, event: Event) -> None:
        """What a row means beyond being counted."""
        session = ledger.session
        if event.kind is EventKind.PROMPT and event.phase is not Phase.START:
            session.see_prompt(event)
            self.handed_on.prompt(at, event)
        elif event.kind is EventKind.HANDOFF and event.phase is not Phase.START:
            self.handed_on.handoff(event)
        is_delegation = event.kind is EventKind.DELEGATION and event.phase is Phase.WHOLE
        if is_delegation:
            self.handed_on.delegation(at, event)
        if event.phase is not Phase.WHOLE or (is_delegation and event.call_key is not None):
            if session.open is None:
                session.open = OpenRows()
                self.waiting.add(ledger.name)
            session.open.take(at, event, ledger)
        self._note_running(event)

    def _speak(self, session: SessionFold, kinds: Sequence[RowType], texts: Sequence[str]) -> None:
        speakers = [
            kind.speaker_of_messages if self.messages_only else kind.speaker_of_events
            for kind in kinds
        ]
        heard = zip(speakers, texts, strict=True)
        said = [(name, text) for name, text in heard if name is not None]
        if said:
            if session.last_speaker is not None:
                said.insert(0, (session.last_speaker, session.last_text or ""))
            else:
                session.first_speaker, session.first_text = said[0]
            session.last_speaker, session.last_text = said[-1]
            names = [name for name, _ in said]
            self.follows.update(pairwise(names))
            if len(set(said)) < len(said):
                pairs = pairwise(said)
                self.repeats.update(before[0] for before, after in pairs if before == after)
        tools = [kind.next_tool for kind in kinds if kind.next_tool is not None]
        if tools:
            if session.last_tool is not None:
                tools.insert(0, session.last_tool)
            else:
                session.first_tool = tools[0]
            session.last_tool = tools[-1]
            self.next_tools.update(pairwise(tools))

    def update(self, before: Event, after: Event) -> None:
        """A row taken earlier changed in place: count it as it is now.

        Rows that have not been taken yet are left alone.
        """
        session = self.sessions.get(before.session_id)
        low, high = (1, 0) if session is None else session.ranges.get(before.source, (1, 0))
        if session is None or before.session_id != after.session_id or not low <= after.seq <= high:
            return
        self.changed.add(before.session_id)
        if after.time is not None:
            session.see_times(after.time, after.time)
        known = None if session.open is None else session.open.find(before)
        if before.phase is Phase.START:
            if session.open is not None and known is not None:
                if after.phase is Phase.START:
                    known.update(after)
                else:
                    session.open.remove_start(known)
                    self.recount(session, None, after)
            return
        if known is not None:
            before, after = known.now, known.update(after)
        self.recount(session, before, after)
        if after.kind is EventKind.PROMPT:
            session.see_prompt(after)

    # -- putting ranges together --------------------------------------------------------------

    def append(self, newer: Fold) -> None:
        """Take the totals of the range of rows that follows this one's. Consumes ``newer``."""
        shift = self._first + self.rows - newer._first
        self._merge_counts(newer, shift, is_newer=True)
        for name, later in newer.sessions.items():
            earlier = self.sessions.get(name)
            if later.open is not None:
                later.open.shift(shift)
            self._note_agents(later, earlier)
            self.sessions[name] = later
            if earlier is not None:
                self._join(name, earlier, later)
        self._forget_now_and_then()

    def prepend(self, older: Fold) -> None:
        """Take the totals of the range of rows right before this one's. Consumes ``older``.

        Costs as much as ``older`` is large, however much is counted here.
        """
        shift = self._first - older.rows - older._first
        self._first -= older.rows
        self._merge_counts(older, shift, is_newer=False)
        for name, earlier in older.sessions.items():
            later = self.sessions.get(name)
            if earlier.open is not None:
                earlier.open.shift(shift)
            self._note_agents(earlier, later)
            if later is None:
                self.sessions[name] = earlier
            else:
                self._join(name, earlier, later)
        self._forget_now_and_then()

    def _note_agents(self, session: SessionFold, other: SessionFold | None) -> None:
        """Agents of a session whose other rows, if there are any, are counted already."""
        for agent in session.agents:
            if other is None or agent not in other.agents:
                self.agents[agent].sessions += 1

    def _join(self, name: str, earlier: SessionFold, later: SessionFold) -> None:
        """Put the two parts of a session, which are both counted, into the later one."""
        if later.first_speaker is None:
            later.first_speaker, later.first_text = earlier.first_speaker, earlier.first_text
            later.last_speaker, later.last_text = earlier.last_speaker, earlier.last_text
        elif earlier.last_speaker is not None:
            self.follows[earlier.last_speaker, later.first_speaker] += 1
            if (earlier.last_speaker, earlier.last_text) == (later.first_speaker, later.first_text):
                self.repeats[later.first_speaker] += 1
            later.first_speaker, later.first_text = earlier.first_speaker, earlier.first_text
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

    @property
    def low(self) -> float:
        """The position of the first row; minus infinity when nothing older can come."""
        return float("-inf") if self._sealed else self._first

    def seal(self) -> None:
        """Nothing older will come: what waits for it need not be kept."""
        self._sealed = True
        self.forget()

    def waiting_starts(self, session_id: str) -> Iterator[tuple[Event, bool]]:
        """Starts of a session without an end, and whether that may still come."""
        session = self.sessions[session_id]
        if session.open is not None:
            high = self._first + self.rows
            for start in session.open.starts():
                is_near = high - start.at <= open_rows.REACH
                yield start.row, is_near and not session.has_moved_on(start.row)

    def totals_running(self, session_id: str, alive: bool) -> int:
        """How many calls of a session are under way; none when it is not alive."""
        if session_id not in self.sessions or not alive:
            return 0
        running = self.running.get(session_id, {})
        return sum(1 for _, may_end in self.waiting_starts(session_id) if may_end) + sum(
            1 for event in running.values() if event.is_call
        )

    def _forget_now_and_then(self) -> None:
        if self.rows - self._forgotten >= open_rows.REACH // 4:
            self.forget()

    def forget(self) -> None:
        """Let go of rows that no other row can belong to any more; changes no total."""
        self._forgotten = self.rows
        high = self._first + self.rows
        self.handed_on.forget(self.low, high)
        for name in list(self.waiting):
            session = self.sessions[name]
            ledger = SessionLedger(self, name, session)
            if session.open is None or session.open.forget(high, ledger):
                session.open = None
                self.waiting.discard(name)
