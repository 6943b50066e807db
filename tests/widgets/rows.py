"""Rows of the canonical model with little effort."""

from __future__ import annotations

from queries.models import Session, SessionRow, SessionStatus, SessionTotals, ToolStatistic

NOW = 1_700_000_000.0


def session(
    session_id: str,
    *,
    title: str = "",
    status: SessionStatus = SessionStatus.COMPLETED,
    started: float | None = NOW - 7200,
    ended: float | None = NOW - 7200 + 2460,
    parent: str | None = None,
    agent: str | None = None,
    events: int = 0,
    calls: int = 0,
    errors: int = 0,
    tokens: int | None = None,
    activity: tuple[int, ...] = (),
    complete: bool = True,
) -> SessionRow:
    return SessionRow(
        Session(
            session_id,
            parent_id=parent,
            title=title,
            agent=agent,
            status=status,
            started=started,
            ended=ended,
        ),
        SessionTotals(
            events=events, tool_calls=calls, errors=errors, tokens=tokens, activity=activity
        ),
        complete,
    )


def sessions(count: int) -> list[SessionRow]:
    return [session(f"s{number}", events=number) for number in range(count)]


def tool(
    name: str,
    operation: str | None = None,
    *,
    calls: int = 0,
    ok: int = 0,
    errors: int = 0,
    running: int = 0,
    rate: float | None = None,
    low: float | None = None,
    high: float | None = None,
    p50: float | None = None,
    p95: float | None = None,
    total: float | None = None,
    tokens: int | None = None,
    aggregated: bool = False,
) -> ToolStatistic:
    return ToolStatistic(
        tool=name,
        operation=operation,
        agents=(),
        calls=calls,
        ok=ok,
        errors=errors,
        running=running,
        unknown=0,
        tokens=tokens,
        durations=calls,
        average=p50,
        p50=p50,
        p95=p95,
        p99=p95,
        total=total,
        success_rate=rate,
        success_low=low,
        success_high=high,
        aggregated=aggregated,
    )
