"""The session list: declared sessions joined with their counts, statuses judged, sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from queries.fold import Fold
from queries.folding.batch import used_tool
from queries.models import AggregatedTool, Session, SessionRow, SessionStatus, SessionTotals
from queries.plain_data import replace

STALE_AFTER = 30 * 60.0
"""Seconds of silence after which a session that says it runs is stale."""

AHEAD = 3600.0
"""Seconds by which the clock of a session's machine may be ahead of ours."""

SORTS: dict[str, Callable[[SessionRow], Any]] = {
    "started": lambda row: row.started,
    "active": lambda row: row.last_time,
    "title": lambda row: row.title.casefold() or None,
    "status": lambda row: row.session.status.value,
    "duration": lambda row: row.duration,
    "events": lambda row: row.totals.events,
    "calls": lambda row: row.totals.tool_calls,
    "errors": lambda row: row.totals.errors,
    "tokens": lambda row: row.tokens,
    "cost": lambda row: row.cost,
    "agent": lambda row: row.session.agent,
    "component": lambda row: row.session.component,
    "project": lambda row: row.session.project,
    "quality": lambda row: row.session.quality,
}
"""Sort orders by name. Unknown values always come last."""

_NOTHING = SessionTotals()
"""Of every session without events: a store may have hundreds of thousands of them."""
_SESSION_FIELDS = Session.__match_args__
_STATUS = _SESSION_FIELDS.index("status")
_session_cells = attrgetter(*_SESSION_FIELDS)

TEXT_SORTS = frozenset(("title", "status", "agent", "component", "project"))
"""Sorted A to Z by default; all others largest (newest) first."""


def sort_rows(
    rows: Iterable[SessionRow], order: str = "started", reverse: bool = False
) -> list[SessionRow]:
    """Rows in one of the :data:`SORTS`; ties by id. ``reverse`` turns the default direction."""
    value = SORTS[order]
    known: list[SessionRow] = []
    unknown: list[SessionRow] = []
    for row in rows:
        (unknown if value(row) is None else known).append(row)
    known.sort(key=lambda row: row.id)
    known.sort(key=value, reverse=(order not in TEXT_SORTS) != reverse)
    unknown.sort(key=lambda row: row.id)
    return known + unknown


def judge(
    session: Session,
    last_time: float | None,
    now: float,
    newest: bool | Callable[[], bool],
    stale_after: float,
) -> Session:
    """The session with its status as of ``now``: one that says it runs may be stale.

    One whose start lies in the future cannot be running: its status is unknown.

    Args:
        session: as declared.
        last_time: its latest sign of life, epoch seconds.
        now: epoch seconds.
        newest: whether no other session started later, or what finds that out where it
            matters; the newest is never stale.
        stale_after: seconds of silence.
    """
    if session.status is not SessionStatus.RUNNING or session.ended is not None:
        return session
    if session.started is not None and session.started > now + AHEAD:
        return replace(session, status=SessionStatus.UNKNOWN)
    if not may_become_stale(session):
        return session
    if last_time is not None and now - last_time <= stale_after:
        return session
    is_newest = newest() if callable(newest) else newest
    return session if is_newest else with_status(session, SessionStatus.STALE)


def may_become_stale(session: Session) -> bool:
    """Whether silence makes a difference: not to one that has ended, whatever it says."""
    runs = session.status is SessionStatus.RUNNING and session.ended is None
    return runs and not session.is_mute


def with_status(session: Session, status: SessionStatus) -> Session:
    """The same session with another status."""
    # A store may have thousands of these; replace() takes five times as long.
    cells = list(_session_cells(session))
    cells[_STATUS] = status
    return Session(*cells)


def session_row(
    session: Session,
    fold: Fold,
    *,
    now: float,
    newest: bool | Callable[[], bool],
    stale_after: float = STALE_AFTER,
    complete: bool = True,
    aggregated: Iterable[AggregatedTool] = (),
) -> SessionRow:
    """One line of the session list.

    Args:
        session: as declared.
        fold: totals that include this session.
        now: epoch seconds, for judging staleness only.
        newest: whether it is the latest one, see :func:`judge`.
        stale_after: seconds of silence after which it is stale.
        complete: whether all of its events are in the fold.
        aggregated: the store's own totals of this session's tools, for one without calls.
    """
    counted = fold.sessions.look(session.id)
    last = session.started
    if counted is not None and counted.last_time is not None:
        last = counted.last_time
    judged = judge(session, last, now, newest, stale_after)
    if counted is None:
        totals = _NOTHING
    else:
        alive = judged.status is SessionStatus.RUNNING
        running = fold.totals_running(session.id, alive)
        totals = counted.totals(running, (session.started, session.ended))
    if not totals.tool_calls:
        declared = tuple(aggregated)
        if declared:
            totals = replace(
                totals,
                tool_calls=sum(tool.calls for tool in declared),
                ok=sum(tool.ok or 0 for tool in declared),
                failed_calls=sum(tool.calls - tool.ok for tool in declared if tool.ok is not None),
                tools=tuple(
                    sorted({used_tool(tool.tool, tool.operation) or "" for tool in declared} - {""})
                ),
            )
    return SessionRow(judged, totals, complete)


def newest_of(sessions: Iterable[tuple[str, float | None]]) -> str | None:
    """The id of the session with the latest start; None without any known start."""
    best: tuple[float, str] | None = None
    for session_id, started in sessions:
        if started is not None and (best is None or (started, session_id) > best):
            best = (started, session_id)
    return None if best is None else best[1]
