"""What the Python API tells of events, and of sessions compared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

from queries.analytics_records import (
    DelegationsFound,
    EventPage,
    EventRecord,
    GroupsCompared,
    SessionComparison,
    Timeline,
    records,
)
from queries.analytics_thread import AnalyticsThread, Moment
from queries.comparing.group_comparison import compare_groups
from queries.comparing.group_measuring import METRIC_NAMES
from queries.comparing.run_reading import read_runs
from queries.comparing.session_alignment import AlignmentReading
from queries.comparing.session_choice import choose_groups, choose_sessions
from queries.comparison import compare
from queries.counting.event_stream import EventStream, patiently
from queries.delegations import read_delegations
from queries.finding.event_pages import newest_page
from queries.finding.filters import EVENT_FIELDS
from queries.finding.newest_events import newest_events
from queries.finding.one_event import WholeEvent, read_event
from queries.finding.session_lookup import require_sessions
from queries.folding.pairing import paired
from queries.live.living import Living
from queries.live.tailing import Tail
from queries.models.delegations import Delegation
from queries.store import Store
from queries.windows import between


class EventQueries(AnalyticsThread):
    """What the Python API tells of events, and of sessions compared."""

    # -- events ---------------------------------------------------------------------------------

    async def timeline(self, session_id: str) -> Timeline:
        """Every event of one session in order of arrival; one call is one event."""

        def read(store: Store) -> Timeline:
            wanted = require_sessions(store, (session_id,))
            events = paired(EventStream(store, sessions=wanted))
            return Timeline(wanted[0], records(events, store.info.sources))

        return await self._run(read)

    async def events(
        self,
        filter: str = "",  # noqa: A002 - what it is
        *,
        session_ids: Sequence[str] = (),
        agent: str | None = None,
        tool: str | None = None,
        kind: str | None = None,
        state: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int | None = 100,
        raw: bool = False,
    ) -> EventPage:
        """The newest events that match, the newest last.

        Args:
            filter: such as ``tool:Bash state:error pytest``.
            session_ids: only of these sessions.
            agent: part of an agent's name.
            tool: part of a tool's name or operation.
            kind: prompt, message, tool, delegation, handoff, error or other.
            state: running, ok, error or unknown.
            since: at or after this.
            until: before this.
            limit: at most so many; None gives all.
            raw: start and end rows of calls as they are, unpaired.
        """
        fields = {"agent": agent, "tool": tool, "kind": kind, "state": state}
        wanted = self._wanted(filter, EVENT_FIELDS, fields, since, until)

        def read(store: Store) -> EventPage:
            ids = require_sessions(store, session_ids) or None
            page = None
            if ids is None:
                matches = None if wanted.is_empty else wanted.matches_event
                page = newest_events(store, limit, matches=matches, terms=wanted.terms, raw=raw)
            if page is None:
                rows = EventStream(store, sessions=ids)
                page = newest_page(rows, wanted.matches_event, limit, raw=raw)
            return EventPage(records(page.events, store.info.sources), page.total)

        return await self._run(read)

    async def event(self, event_id: str) -> WholeEvent:
        """One event with its whole input and output; of a row of a call, the call.

        Args:
            event_id: an event's id, or SOURCE:ID where several tables have it.

        Raises:
            queries.UnknownEventError: there is none, or it is not clear which.
        """
        return await self._run(lambda store: read_event(store, event_id))

    async def delegations(
        self,
        session_ids: Sequence[str] = (),
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int | None = 100,
    ) -> DelegationsFound:
        """Every delegation once, with what happened below it at any depth; spawners, hand-offs.

        Args:
            session_ids: only those made in these sessions; none named means all.
            since: under way at or after this.
            until: begun before this.
            limit: at most so many, the newest; None gives all.
        """
        first = None if since is None else self._instant(since)
        last = None if until is None else self._instant(until)

        def read(store: Store) -> DelegationsFound:
            ids = require_sessions(store, session_ids)

            def wanted(one: Delegation) -> bool:
                end = one.started if one.ended is None else one.ended
                return (
                    (not ids or one.session_id in ids)
                    and (first is None or (end is not None and end >= first))
                    and (last is None or (one.started is not None and one.started < last))
                )

            alive = Living(
                store,
                now=self._clock(),
                stale_after=self._stale_after,
                count=lambda: self._count(store).alive,
            )
            found = patiently(
                lambda: read_delegations(store, is_alive=alive.runs, wanted=wanted, shown=limit)
            )
            return DelegationsFound(found, between(first, last, UTC))

        return await self._run(read)

    async def tail(
        self,
        session_ids: Sequence[str] = (),
        *,
        from_start: bool = False,
        interval: float = 0.25,
    ) -> AsyncIterator[EventRecord]:
        """Events as they are committed, each once; once more when a running one finishes.

        Ends only when its reader stops; a store that cannot be read for a while is waited for.

        Args:
            session_ids: only of these sessions; none named means all.
            from_start: begin with the first event of the store.
            interval: seconds between two looks at the store.
        """
        loop = asyncio.get_running_loop()
        thread = ThreadPoolExecutor(1, "session-tail")
        tail: Tail | None = None
        try:
            tail = await loop.run_in_executor(
                thread, lambda: Tail(self.path, sessions=session_ids, from_start=from_start)
            )
            while True:
                for line in await loop.run_in_executor(thread, tail.poll):
                    source = tail.sources[line.event.source]
                    yield EventRecord(line.event, source, line.update)
                await asyncio.sleep(0 if tail.behind else interval)
        finally:
            if tail is not None:
                thread.submit(tail.close)
            thread.shutdown(wait=False)

    # -- comparing ------------------------------------------------------------------------------

    async def compare(self, *session_ids: str, baseline: str | None = None) -> SessionComparison:
        """Sessions side by side; two of them also step by step.

        Args:
            session_ids: at least two.
            baseline: the one that the others are compared with; the first by default.

        Raises:
            ChoiceError: sessions that cannot be compared.
        """

        def read(store: Store) -> SessionComparison:
            ids = choose_sessions(store, session_ids, baseline)
            first = 0 if baseline is None else ids.index(baseline)
            both = AlignmentReading(store, ids[first], ids[1 - first]) if len(ids) == 2 else None
            runs = read_runs(
                store, ids, now=self._clock(), stale_after=self._stale_after,
                curves=True, repeats=True, takers=None if both is None else both.takers,
            )  # fmt: skip
            return SessionComparison(
                compare(runs, first), None if both is None else both.alignment()
            )

        return await self._run(read)

    async def compare_groups(
        self, a: Sequence[str], b: Sequence[str], metric_names: Sequence[str] = METRIC_NAMES
    ) -> GroupsCompared:
        """Two groups of sessions, metric by metric.

        Args:
            a: ids and filters (``agent:claude since:7d``) of group A.
            b: those of group B.
            metric_names: what they are compared in.

        Raises:
            ChoiceError: an empty group, or a session in both.
        """

        def read(store: Store) -> GroupsCompared:
            now = self._clock()
            first, second = choose_groups(store, a, b, lambda: self._count(store).rows, now)
            ids = (*first.ids, *second.ids)
            found = read_runs(store, ids, now=now, stale_after=self._stale_after, matrices=False)
            runs = {run.id: run for run in found}
            return GroupsCompared(
                compare_groups(
                    [runs[name] for name in first.ids], [runs[name] for name in second.ids],
                    first.label, second.label, metric_names,
                )
            )  # fmt: skip

        return await self._run(read)
