"""How rows go into a fold: batch by batch, in each of them session by session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, groupby, pairwise
from operator import attrgetter
from typing import cast

from queries.folding import joining
from queries.folding.batch import Batch, ToolKey, type_of
from queries.folding.fold_counts import FoldCounts
from queries.folding.halves import Halves, open_row
from queries.folding.handed_on import Told, told_by
from queries.folding.heard import Heard
from queries.folding.open_rows import OpenRows
from queries.folding.rows_of_one import RowsOfOne, texts_of
from queries.folding.session_fold import Said, SessionFold, text_mark
from queries.folding.session_ledger import SessionLedger
from queries.models import Event, EventKind, Phase
from queries.pausing import yield_processor

AT_ONCE = 150
"""Rows of sessions that are counted between two pauses, at least."""
_source_of, _counts_of = attrgetter("source"), attrgetter("counts")


class FoldRows(FoldCounts):
    """Counts rows in order of arrival."""

    def __init__(self, *, messages_only: bool, end: int = 0) -> None:
        """Nothing is counted yet.

        Args:
            messages_only: whether "follows" looks at messages only (else all events).
            end: the position after that of the last row before which rows are prepended.
        """
        super().__init__()
        self.messages_only = messages_only
        self._first = end
        """The position of the first row."""
        self._sealed = False
        self._forgotten = 0

    @property
    def first(self) -> int:
        """The position of the first row, before which others are prepended."""
        return self._first

    @property
    def low(self) -> float:
        """The position of the first row; minus infinity when nothing older can come."""
        return float("-inf") if self._sealed else self._first

    def add(self, event: Event) -> None:
        """Take the next row. Many rows are taken much faster by :meth:`add_all`."""
        at = self._first + self.rows
        self.rows += 1
        kind, name = type_of(event), event.session_id
        session = self._session(name)
        session.see_rows(event.source, event.seq, event.seq)
        if event.time is not None:
            session.see_times(event.time, event.time)
        if kind.counts:
            self.recount(session, None, event)
        if kind.talks if self.messages_only else kind.speaks:
            said = (kind.voice, text_mark(event.summary))
            self._say(session, said, said)
        if kind.next_tool is not None:
            self._use(session, kind.next_tool, kind.next_tool)
        if kind.has_story:
            self._take_event(SessionLedger(self, name, session), at, event)
        self.changed.add(name)
        self._forget_now_and_then()

    def add_all(self, events: Iterable[Event]) -> None:
        """Take rows in order of arrival."""
        for _, run in groupby(events, key=_source_of):
            self.add_batch(Batch.of(list(run)))

    def add_batch(self, batch: Batch) -> None:
        """Take rows in order of arrival.

        Raises StoreError where the batch has to read more and cannot; nothing is counted then.
        """
        at = self._first + self.rows
        rows_of: defaultdict[str, list[int]] = defaultdict(list)
        for index, name in enumerate(batch.sessions):
            rows_of[name].append(index)
        groups = [RowsOfOne(name, indexes, batch) for name, indexes in rows_of.items()]
        heard = [Heard(rows.indexes, rows.kinds, self.messages_only) for rows in groups]
        texts = texts_of(batch, groups, [index for each in heard for index in each.asked])
        self.rows += len(batch.seqs)
        self._count_types(batch)
        taken = AT_ONCE
        for rows, each in zip(groups, heard, strict=True):
            if taken >= AT_ONCE:
                yield_processor()
                taken = 0
            taken += len(rows.indexes)
            session = self._session(rows.name)
            self._take(session, batch, rows, at, texts)
            self._speak(session, each, texts)
        yield_processor()
        self._count_amounts(batch)
        self.changed.update(rows_of)
        self._forget_now_and_then()

    def _take(
        self, session: SessionFold, batch: Batch, rows: RowsOfOne, at: int, texts: Mapping[int, str]
    ) -> None:
        """Count the rows of one session."""
        times = rows.times
        for source, low, high in batch.ranges(rows.indexes):
            session.see_rows(source, low, high)
        counted = [both for both in rows.numbers.items() if both[0].counts]
        has_starts = len(counted) < len(rows.numbers)
        self._count_in_session(session, counted)
        known = _known(times)
        if known:
            session.see_times(min(known), max(known))
        if has_starts:
            known = _known(list(compress(times, map(_counts_of, rows.kinds))))
        if known:
            session.bars.add_all(known)
        if rows.halves or rows.told:
            ledger = SessionLedger(self, rows.name, session)
            if any(kind.may_change for kind in rows.numbers):
                self._note_running_ends(batch, rows.halves)
            told = rows.told
            if rows.halves and not self._take_halves(ledger, batch, rows.halves, at):
                told = sorted(rows.halves + told)
            self._take_told(ledger, batch, told, at, texts)

    def _note_running_ends(self, batch: Batch, halves: Iterable[int]) -> None:
        for index in halves:
            if batch.types[index].may_change:
                self._note_running(batch.event(index))

    def _take_halves(
        self, ledger: SessionLedger, batch: Batch, indexes: list[int], at: int
    ) -> bool:
        """Join the halves of calls that are all in this batch.

        Returns whether that was done: not where some of them are out of reach of each other.
        """
        halves = Halves(batch, indexes)
        if indexes[-1] - indexes[0] > joining.REACH and halves.reach > joining.REACH:
            return False
        self._join_halves(ledger, batch, halves.pairs)
        starts = {group: own for group, own in halves.starts.items() if own}
        if starts or halves.ends:
            waiting = self._open_rows(ledger)
            for group, own in halves.ends.items():
                ats = [at + index for index in own]
                waiting.take_ends(group, ats, halves.places(own), ledger)
            for group, own in starts.items():
                waiting.take_starts(group, halves.rows(own, at))
        return True

    def _join_halves(
        self, ledger: SessionLedger, batch: Batch, pairs: list[tuple[int, int]]
    ) -> None:
        amounts, durations, times, types = (
            batch.amounts, batch.durations, batch.times, batch.types
        )  # fmt: skip
        taken: dict[ToolKey, list[float]] = {}
        width = self.slots.width
        for start, end in pairs:
            kind, begun, ended = types[end], times[start], times[end]
            if start in amounts or kind.may_change or not kind.says_all_of(types[start]):
                ledger.joined(batch.event(start), batch.event(end))
                continue
            if begun is None or ended is None:
                tokens = amounts[end][0] if end in amounts else None
                self.slots.move(kind, ended, begun, tokens, 1)
                continue
            if begun // width != ended // width:
                tokens = amounts[end][0] if end in amounts else None
                self.slots.move(kind, ended, begun, tokens, 1)
            if durations[end] is None and kind.timed:
                took = ended - begun if ended > begun else 0.0
                if kind.tool_key in taken:
                    taken[kind.tool_key].append(took)
                else:
                    taken[kind.tool_key] = [took]
        for key, values in taken.items():
            self.tools[key].add_durations(values)

    def _take_told(
        self,
        ledger: SessionLedger,
        batch: Batch,
        indexes: Iterable[int],
        first: int,
        texts: Mapping[int, str],
    ) -> None:
        """What rows mean beyond being counted; few of them are looked at as events."""
        types, keys, links, handed_on = batch.types, batch.keys, batch.links, self.handed_on
        session, waiting = ledger.session, ledger.session.open
        for index in indexes:
            kind, at = types[index], first + index
            if kind.is_prompt:
                session.see_prompt(batch.key(index), texts.get(index, ""))
                handed_on.prompt(at, links[index][0], kind.agent)
            elif kind.is_handing_on:
                own, parent, target = links[index]
                if kind.kind is EventKind.HANDOFF:
                    handed_on.handoff(kind.agent, target)
                    continue
                key = keys[index]
                is_sure = key != own
                told = Told(at, own, parent, kind.agent, target, False, is_sure)
                handed_on.delegation(batch.key(index), told)
                if key is not None:
                    waiting = waiting or self._open_rows(ledger)
                    waiting.take_delegation(key, open_row(at, batch, index), ledger)
            else:
                self._take_event(ledger, at, batch.event(index))

    def _take_event(self, ledger: SessionLedger, at: int, event: Event) -> None:
        """What a row means beyond being counted."""
        # Before it is known to be a part of what another row tells.
        self._note_running(event)
        if event.kind is EventKind.DELEGATION:
            self.handed_on.delegation(event.key, told_by(at, event))
            if event.phase is not Phase.WHOLE or event.call_key is not None:
                self._open_rows(ledger).take(at, event, ledger)
        elif event.phase is not Phase.WHOLE:
            self._open_rows(ledger).take_half(at, event, ledger)
        elif event.kind is EventKind.PROMPT:
            ledger.session.see_prompt(event.key, event.summary)
            self.handed_on.prompt(at, event.id, event.agent)
        elif event.kind is EventKind.HANDOFF:
            self.handed_on.handoff(event.agent, event.target_agent)

    def _session(self, name: str) -> SessionFold:
        session = self.sessions.get(name)
        if session is None:
            session = self.sessions[name] = SessionFold()
        return session

    def _open_rows(self, ledger: SessionLedger) -> OpenRows:
        session = ledger.session
        if session.open is None:
            session.open = OpenRows()
            self.waiting.add(ledger.name)
        return session.open

    def _speak(self, session: SessionFold, heard: Heard, texts: Mapping[int, str]) -> None:
        """Count who follows whom, and which tool follows which."""
        if heard.ends is not None:
            self.follows.update(pairwise([agent for agent, _ in heard.voices]))
            self.repeats.update(heard.repeats(texts))
            first, last = heard.ends
            self._say(
                session,
                (heard.voices[0], text_mark(texts[first])),
                (heard.voices[-1], text_mark(texts[last])),
            )
        if heard.tools:
            self.next_tools.update(pairwise(heard.tools))
            self._use(session, heard.tools[0], heard.tools[-1])

    def _say(self, session: SessionFold, first: Said, last: Said) -> None:
        """Go on with what was said from ``first`` to ``last``, which is counted but for that."""
        self._follow(session.last_said, first)
        session.first_said = session.first_said or first
        session.last_said = last

    def _use(self, session: SessionFold, first: str, last: str) -> None:
        """Go on with the tools from ``first`` to ``last``, which are counted but for that."""
        if session.last_tool is not None:
            self.next_tools[session.last_tool, first] += 1
        session.first_tool = session.first_tool or first
        session.last_tool = last

    def _follow(self, before: Said | None, after: Said) -> None:
        """Count one step from speaker to speaker."""
        if before is not None:
            self.follows[before[0][0], after[0][0]] += 1
            if before == after:
                self.repeats[after[0][0]] += 1

    # -- letting go ---------------------------------------------------------------------------

    def _forget_now_and_then(self) -> None:
        if self.rows - self._forgotten >= joining.REACH:
            self.forget()
        elif self.sessions.is_crowded:
            self.sessions.rest()

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
        self.sessions.rest()


def _known(times: Sequence[float | None]) -> Sequence[float]:
    if None in times:
        return [time for time in times if time is not None]
    return cast("Sequence[float]", times)
