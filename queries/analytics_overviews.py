"""What the Python API tells of a whole store: activity, trends, reports, alerts, work items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from functools import partial
from typing import TypeVar

from queries.analytics_records import Activity, AlertsFound, WorkItemsFound
from queries.analytics_thread import AnalyticsThread, Moment
from queries.counting.event_stream import patiently
from queries.finding.filters import SESSION_FIELDS
from queries.finding.session_lookup import require_sessions
from queries.models import SessionRow
from queries.models.alerts import Thresholds
from queries.models.overview import AgentProfile, BucketSize, Trends, Window
from queries.overviews.agent_profiles import agent_profiles
from queries.overviews.alerts import all_with_evidence, find_alerts
from queries.overviews.loops import SESSIONS, read_loops
from queries.overviews.model_use import knowing_models
from queries.overviews.report import Report, make_report
from queries.overviews.trends import trends
from queries.plain_data import replace
from queries.side_tables import work_items
from queries.store import Store
from queries.trees.prompt_trees import read_prompt_trees
from queries.whole_store import ListedStore, count_sessions
from queries.windows import asked_for, in_window
from queries.words import choice
from queries.work_items import work_board

_T = TypeVar("_T")
_Made = Callable[[Store, ListedStore, list[SessionRow], Window, float], _T]


class OverviewQueries(AnalyticsThread):
    """What the Python API tells of a whole store.

    Which sessions are meant is asked in the same way everywhere: ``filter`` is such as
    ``component:ipython agent:claude``, ``days`` takes those active in the last so many days,
    ``since`` those active at or after it, ``until`` those begun before. Days and hours are UTC's.
    """

    async def activity(
        self, session_id: str | None = None, *, limit: int | None = 50, raw: bool = False
    ) -> Activity:
        """The newest prompts with all that happened under them, at any depth.

        Args:
            session_id: only of this session, with its sub-agents'; None: of all.
            limit: at most so many prompts; None gives all.
            raw: start and end rows of calls as they are, unpaired.
        """

        def read(store: Store) -> Activity:
            ids = () if session_id is None else require_sessions(store, (session_id,))
            trees = read_prompt_trees(store, ids[0] if ids else None, limit, raw=raw)
            return Activity(trees, store.info.sources, raw)

        return await self._run(read)

    async def agent_profiles(self, session_ids: Sequence[str] = ()) -> tuple[AgentProfile, ...]:
        """What every agent did, how well, and with which tools; most events first.

        Args:
            session_ids: only of these sessions; none named means all.
        """
        return await self._run(lambda store: agent_profiles(self._scope(store, session_ids).fold))

    async def trends(
        self,
        by: BucketSize | str = BucketSize.DAY,
        *,
        filter: str = "",  # noqa: A002 - what it is
        days: float | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
    ) -> Trends:
        """Sessions, events, failures and tokens by hour, day or week; nothing is 0.

        Args:
            by: hour, day or week.
            filter: see the class, as for the others.
            days: of the last so many days.
            since: active at or after this.
            until: begun before this.
        """
        size = choice(BucketSize, by, "stretch of time")

        def make(
            _: Store, counted: ListedStore, rows: list[SessionRow], window: Window, now: float
        ) -> Trends:
            return trends(rows, counted.fold, size, window=window, zone=UTC, now=now)

        return await self._of_chosen(make, filter, days, since, until)

    async def report(
        self,
        *,
        filter: str = "",  # noqa: A002 - what it is
        days: float | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        thresholds: Thresholds | None = None,
    ) -> Report:
        """Totals, trends, components, tools, agents and alerts.

        Args:
            filter: see the class, as for the others.
            days: of the last so many days.
            since: active at or after this.
            until: begun before this.
            thresholds: when alerts fire; as the configuration has them by default.
        """
        fire = thresholds or Thresholds()

        def make(
            store: Store, counted: ListedStore, rows: list[SessionRow], window: Window, now: float
        ) -> Report:
            loops, covered = patiently(partial(read_loops, store, rows, fire))
            made = make_report(
                counted, rows, window, fire, now=now, zone=UTC, loops=loops, covered=covered
            )
            return replace(made, alerts=all_with_evidence(store, made.alerts))

        return await self._of_chosen(make, filter, days, since, until)

    async def alerts(
        self,
        *,
        filter: str = "",  # noqa: A002 - what it is
        days: float | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        thresholds: Thresholds | None = None,
        sessions: int = SESSIONS,
    ) -> AlertsFound:
        """What fires: tools and components that fail often, long, silent or looping sessions.

        Args:
            filter: see the class, as for the others.
            days: of the last so many days.
            since: active at or after this.
            until: begun before this.
            thresholds: when alerts fire; as the configuration has them by default.
            sessions: of how many sessions the calls are looked through for loops.
        """
        fire = thresholds or Thresholds()

        def make(
            store: Store, counted: ListedStore, rows: list[SessionRow], window: Window, now: float
        ) -> AlertsFound:
            loops, covered = patiently(partial(read_loops, store, rows, fire, sessions=sessions))
            found = find_alerts(
                rows, counted.tools(), fire, now=now, window=window, loops=loops, covered=covered
            )
            return AlertsFound(all_with_evidence(store, found), window)

        return await self._of_chosen(make, filter, days, since, until)

    async def work_items(
        self,
        *,
        status: str | None = None,
        type: str | None = None,  # noqa: A002 - what it is
        priority: str | None = None,
        assigned_to: str | None = None,
    ) -> WorkItemsFound:
        """Features, bugs and other work by status, in each the highest priority first.

        Args:
            status: only with this one; "in-progress" is "in_progress", too.
            type: only of this one.
            priority: only of this one.
            assigned_to: part of the name of who does it.
        """

        def read(store: Store) -> WorkItemsFound:
            board = work_board(
                patiently(partial(work_items, store)),
                types=_one(type), statuses=_one(status), priorities=_one(priority),
                assigned_to=assigned_to, has_table=store.mapping.work_items is not None,
            )  # fmt: skip
            return WorkItemsFound(board)

        return await self._run(read)

    async def _of_chosen(
        self,
        make: _Made[_T],
        text: str,
        days: float | None,
        since: Moment | None,
        until: Moment | None,
    ) -> _T:
        """What is made of the sessions that are meant, counted without the others."""
        first = None if since is None else self._instant(since)
        last = None if until is None else self._instant(until)
        wanted = self._wanted(text, SESSION_FIELDS, {}, None, None)

        def read(store: Store) -> _T:
            now = self._clock()
            window = asked_for(days, first, last, now, UTC)
            counted = self._count(store)
            asked = knowing_models(wanted, store)
            rows = [
                row for row in counted.rows if in_window(row, window) and asked.matches_session(row)
            ]
            if len(rows) < len(counted.rows):
                ids = [row.id for row in rows]
                counted = count_sessions(store, ids, now=now, stale_after=self._stale_after)
            return make(store, counted, rows, window, now)

        return await self._run(read)


def _one(word: str | None) -> tuple[str, ...]:
    return () if word is None else (word,)
