"""Totals of the sessions of a window, and the same by component, agent, project or model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from queries.models import SessionRow, SessionStatus
from queries.models.overview import AgentProfile, Breakdown, By, Group, Overview, Window
from queries.overviews.rates import (
    call_errors_of,
    completion_of,
    declared_duration,
    outcome_of,
    rate_of,
    rating_of,
    session_errors_of,
    spread_of,
)
from queries.plain_data import replace
from queries.windows import ALL_TIME, rows_in

_Number = TypeVar("_Number", int, float)
Models = Mapping[str, Sequence[str]]
"""By session: the models that were used in it."""
_NOTES = {
    By.AGENT: "a session counts for every agent that took part in it",
    By.MODEL: "a session counts for every model that was used in it",
}


def overview(
    rows: Iterable[SessionRow], window: Window = ALL_TIME, counted: float = 1.0
) -> Overview:
    """The totals of the sessions of a window.

    Args:
        rows: sessions with their counts.
        window: which of them.
        counted: the part of the store's events that the counts cover, 0..1.
    """
    known = rows_in(rows, window)
    statuses = Counter(row.session.status for row in known)
    quality = spread_of(row.session.quality for row in known)
    return Overview(
        window=window,
        sessions=len(known),
        running=statuses[SessionStatus.RUNNING],
        completed=statuses[SessionStatus.COMPLETED],
        failed=statuses[SessionStatus.FAILED],
        paused=statuses[SessionStatus.PAUSED],
        stale=statuses[SessionStatus.STALE],
        unknown=statuses[SessionStatus.UNKNOWN],
        events=sum(row.totals.events for row in known),
        messages=sum(row.totals.messages for row in known),
        calls=sum(row.totals.tool_calls for row in known),
        errors=sum(row.totals.errors for row in known),
        tokens=_known_sum(row.tokens for row in known),
        cost=_known_sum(row.cost for row in known),
        agents=len({agent for row in known for agent in row.totals.agents}),
        completion=completion_of(known),
        session_errors=session_errors_of(known),
        call_errors=call_errors_of(known),
        turns=spread_of(row.session.declared_turns or None for row in known),
        counted_turns=spread_of(
            (row.totals.prompts or row.totals.messages) or None for row in known
        ),
        durations=spread_of(map(declared_duration, known)),
        quality=quality,
        rating=rating_of(quality.average),
        last_active=_latest(known),
        counted=counted,
    )


def breakdown(
    rows: Iterable[SessionRow],
    by: By,
    window: Window = ALL_TIME,
    models: Models | None = None,
    profiles: Iterable[AgentProfile] = (),
) -> Breakdown:
    """The sessions of a window in groups.

    Args:
        rows: sessions with their counts.
        by: what they are grouped by.
        window: which of them.
        models: needed for :attr:`By.MODEL` only.
        profiles: of the agents of just these sessions: :attr:`By.AGENT` then counts each agent's
            own events and calls, else those of the sessions it took part in.
    """
    known = rows_in(rows, window)
    names_of = _names(by, models or {})
    members: dict[str | None, list[SessionRow]] = {}
    for row in known:
        for name in names_of(row) or (None,):
            members.setdefault(name, []).append(row)
    groups = [_group(name, some, len(known)) for name, some in members.items()]
    if by is By.AGENT:
        own = {profile.agent: profile for profile in profiles}
        groups = [_with_own(group, own.get(group.name or "")) for group in groups]
    groups.sort(key=lambda group: (-group.sessions, group.name is None, group.name or ""))
    return Breakdown(
        by, window, tuple(groups), _group(None, known, len(known)), _NOTES.get(by, "")
    )  # fmt: skip


def natural_grouping(rows: Iterable[SessionRow]) -> By:
    """By component where the store knows components, else by agent."""
    is_known = any(row.session.component is not None for row in rows)
    return By.COMPONENT if is_known else By.AGENT


def _names(by: By, models: Models) -> Callable[[SessionRow], Sequence[str]]:
    if by is By.COMPONENT:
        return lambda row: _one(row.session.component)
    if by is By.PROJECT:
        return lambda row: _one(row.session.project)
    if by is By.MODEL:
        return lambda row: tuple(dict.fromkeys(models.get(row.id, ())))
    return lambda row: row.totals.agents or _one(row.session.agent)


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def _group(name: str | None, rows: Sequence[SessionRow], whole: int) -> Group:
    # Lists of what rows have, as a store may have hundreds of thousands of them.
    sessions = [row.session for row in rows]
    totals = [row.totals for row in rows]
    statuses = [session.status for session in sessions]
    outcomes = [outcome_of(row) for row in rows]
    quality = spread_of([session.quality for session in sessions])
    errors = Counter(
        session.error
        for session, is_failed in zip(sessions, outcomes, strict=True)
        if is_failed and session.error is not None
    )
    common = min(errors, key=lambda error: (-errors[error], error), default=None)
    judged = [outcome for outcome in outcomes if outcome is not None]
    return Group(
        name=name,
        sessions=len(rows),
        active=statuses.count(SessionStatus.RUNNING),
        completed=statuses.count(SessionStatus.COMPLETED),
        failed=statuses.count(SessionStatus.FAILED),
        share=len(rows) / whole if whole else None,
        durations=spread_of(map(declared_duration, rows)),
        session_errors=rate_of(sum(judged), len(judged)),
        common_error=common,
        common_error_count=0 if common is None else errors[common],
        events=sum([counts.events for counts in totals]),
        calls=sum([counts.tool_calls for counts in totals]),
        errors=sum([counts.errors for counts in totals]),
        call_errors=call_errors_of(rows),
        tokens=_known_sum([row.tokens for row in rows]),
        cost=_known_sum([row.cost for row in rows]),
        quality=quality,
        rating=rating_of(quality.average),
        last_active=_latest(rows),
    )


def _with_own(group: Group, profile: AgentProfile | None) -> Group:
    """The sessions of an agent with nothing but what that agent did in them."""
    if profile is None:
        return group
    success = profile.success
    return replace(
        group,
        events=profile.events,
        calls=profile.calls,
        errors=profile.errors,
        call_errors=rate_of(success.of - success.count, success.of),
        tokens=profile.tokens,
        cost=None,
    )


def _known_sum(values: Iterable[_Number | None]) -> _Number | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _latest(rows: Iterable[SessionRow]) -> float | None:
    known = [instant for row in rows if (instant := row.last_time) is not None]
    return max(known, default=None)
