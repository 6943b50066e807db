"""What the Python API tells of sessions, components, tools and agents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from queries.analytics_records import SessionDetail, StoreMetrics
from queries.analytics_thread import AnalyticsThread, Moment
from queries.counting.event_stream import patiently
from queries.finding.filters import SESSION_FIELDS
from queries.metrics import metrics
from queries.models import (
    AgentStatistic,
    Interactions,
    Relation,
    SessionRow,
    SessionStatus,
    StoreInfo,
    ToolStatistic,
)
from queries.models.overview import AgentProfile, By, Group, Window
from queries.overviews.agent_profiles import agent_profiles
from queries.overviews.model_use import knowing_models, models_used
from queries.overviews.overview import breakdown, natural_grouping, overview
from queries.plain_data import replace
from queries.row_columns import session_columns
from queries.sessions import SORTS, sort_rows
from queries.store import Store
from queries.windows import last_days, rows_in
from queries.words import choice, require

_ACTIVE = (SessionStatus.RUNNING, SessionStatus.STALE)


class SessionQueries(AnalyticsThread):
    """What the Python API tells of sessions, components, tools and agents."""

    async def info(self) -> StoreInfo:
        """What is known about the store: its dialect and how it is read."""
        return await self._run(lambda store: store.info)

    async def list_sessions(
        self,
        filter: str = "",  # noqa: A002 - what it is
        *,
        status: str | None = None,
        component: str | None = None,
        project: str | None = None,
        agent: str | None = None,
        days: float | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        sort: str = "started",
        reverse: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[SessionRow, ...]:
        """Sessions with their counts, the newest first.

        Args:
            filter: such as ``status:failed errors:>3 login``.
            status: running, completed, failed, paused, stale or unknown.
            component: part of the component's name.
            project: part of the project's name.
            agent: part of an agent's name.
            days: active in the last so many days.
            since: active at or after this.
            until: begun before this.
            sort: one of :data:`queries.sessions.SORTS`.
            reverse: the other way round.
            limit: at most so many.
            offset: leave out the first ones.
        """
        fields = {"status": status, "component": component, "project": project, "agent": agent}
        require(sort, SORTS, "order")
        wanted = self._wanted(filter, SESSION_FIELDS, fields, self._since(days, since), until)

        def read(store: Store) -> tuple[SessionRow, ...]:
            asked = knowing_models(wanted, store)
            matching = (row for row in self._count(store).rows if asked.matches_session(row))
            rows = sort_rows(matching, sort, reverse)
            return tuple(rows[offset:] if limit is None else rows[offset : offset + limit])

        return await self._run(read)

    async def session(self, session_id: str) -> SessionDetail:
        """One session: its counts, agents, tools, and who follows whom."""

        def read(store: Store) -> SessionDetail:
            counted = self._scope(store, (session_id,))
            return SessionDetail(
                counted.rows[0], counted.agents(), counted.tools(),
                counted.interactions(Relation.FOLLOWS),
                patiently(partial(session_columns, store, session_id)),
            )  # fmt: skip

        return await self._run(read)

    async def active_sessions(self) -> tuple[SessionRow, ...]:
        """Sessions that say they run, newest first; the status of silent ones is stale."""
        rows = await self.list_sessions()
        return tuple(row for row in rows if row.session.status in _ACTIVE)

    async def sessions_between(self, since: Moment, until: Moment) -> tuple[SessionRow, ...]:
        """Sessions that began at or after ``since`` and before ``until``, newest first."""
        low, high = self._instant(since), self._instant(until)
        rows = await self.list_sessions()
        return tuple(row for row in rows if row.started is not None and low <= row.started < high)

    # -- tools, agents, figures -----------------------------------------------------------------

    async def tool_statistics(self, session_ids: Sequence[str] = ()) -> tuple[ToolStatistic, ...]:
        """Calls, success and durations per tool and operation, most called first.

        Args:
            session_ids: only of these sessions; none named means all.
        """
        return await self._run(lambda store: self._scope(store, session_ids).tools())

    async def agent_activity(self, session_ids: Sequence[str] = ()) -> tuple[AgentStatistic, ...]:
        """What every agent did, most events first.

        Args:
            session_ids: only of these sessions; none named means all.
        """
        return await self._run(lambda store: self._scope(store, session_ids).agents())

    async def interactions(
        self, session_ids: Sequence[str] = (), relation: Relation | str = Relation.FOLLOWS
    ) -> Interactions:
        """Who works with whom: counts by (from, to), with their definition in words.

        Args:
            session_ids: only of these sessions; none named means all.
            relation: what a cell counts: follows, follows-once, delegates or tools.
        """
        counted = choice(Relation, relation, "relation")
        return await self._run(lambda store: self._scope(store, session_ids).interactions(counted))

    async def success_metrics(self) -> StoreMetrics:
        """Totals, averages and success rates of the store."""

        def read(store: Store) -> StoreMetrics:
            counted = self._count(store)
            return StoreMetrics(metrics(counted), overview(counted.rows))

        return await self._run(read)

    # -- components -----------------------------------------------------------------------------

    async def session_stats(
        self,
        days: float | None = None,
        component: str | None = None,
        by: By | str | None = None,
    ) -> tuple[Group, ...]:
        """The sessions of each component, most sessions first.

        Args:
            days: active in the last so many days, and begun before now; None takes all.
            component: only this one, by its whole name.
            by: what they are grouped by: component, agent, project or model; by default
                components, or agents where the store knows no components.
        """
        asked = None if by is None else choice(By, by, "grouping")
        window = Window()
        if days is not None:
            now = self._clock()
            window = replace(last_days(days, now), until=now)

        def read(store: Store) -> tuple[Group, ...]:
            rows = self._count(store).rows
            chosen = natural_grouping(rows) if asked is None else asked
            models = models_used(store) if chosen is By.MODEL else None
            wanted = [
                row for row in rows_in(rows, window) if component in (None, row.session.component)
            ]
            profiles: tuple[AgentProfile, ...] = ()
            if chosen is By.AGENT and wanted:
                counted = self._count(store)
                if len(wanted) < len(rows):
                    counted = self._scope(store, [row.id for row in wanted])
                profiles = tuple(agent_profiles(counted.fold))
            return breakdown(wanted, chosen, models=models, profiles=profiles).groups

        return await self._run(read)

    async def average_duration(
        self, days: float | None = None, component: str | None = None
    ) -> tuple[Group, ...]:
        """As :meth:`session_stats`, those with a known duration, the longest average first."""
        known = [
            (one.durations.average, one)
            for one in await self.session_stats(days, component)
            if one.durations.average is not None
        ]
        return tuple(one for _, one in sorted(known, key=lambda pair: -pair[0]))

    async def most_active(self, days: float | None = None, limit: int = 10) -> tuple[Group, ...]:
        """As :meth:`session_stats`, the first ``limit`` of them."""
        return (await self.session_stats(days))[:limit]

    async def error_rates(
        self, days: float | None = None, component: str | None = None
    ) -> tuple[Group, ...]:
        """As :meth:`session_stats`, the highest error rate first, unknown ones last."""
        found = await self.session_stats(days, component)
        return tuple(
            sorted(
                found,
                key=lambda one: (
                    -1.0 if one.session_errors.rate is None else one.session_errors.rate
                ),
                reverse=True,
            )
        )
