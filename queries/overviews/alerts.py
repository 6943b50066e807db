"""Rules that raise alerts, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from queries.counting.event_stream import patiently
from queries.folding.pairing import paired
from queries.models import Event, Phase, SessionRow, SessionStatus, ToolStatistic
from queries.models.alerts import Alert, Alerts, Rule, Thresholds
from queries.models.overview import By, Window
from queries.overviews.loops import Loop
from queries.overviews.overview import breakdown
from queries.overviews.rates import has_failed
from queries.plain_data import replace
from queries.store import Store
from queries.text import duration, many, percent
from queries.windows import ALL_TIME, rows_in

_ORDER = tuple(Rule)
LOOKED_AT = 200_000
"""Rows from the end of a store in which the evidence of a tool is looked for."""
_STEP = 20_000
_ROWS = 2_000
"""Rows of a session among which the start of a failed call is looked for."""


def find_alerts(
    rows: Iterable[SessionRow],
    tools: Iterable[ToolStatistic],
    thresholds: Thresholds,
    *,
    now: float,
    window: Window = ALL_TIME,
    loops: Sequence[Loop] = (),
    covered: str = "",
) -> Alerts:
    """What fires.

    Args:
        rows: sessions with their counts, statuses judged.
        tools: statistics of the calls that are to be judged.
        thresholds: when something fires.
        now: epoch seconds.
        window: which sessions are judged.
        loops: those that were found.
        covered: where they were looked for, in words.
    """
    known = rows_in(rows, window)
    titles = {row.id: row.title for row in known} if loops else {}
    alerts = [
        *_tools(tools, thresholds),
        *_components(known, thresholds),
        *sorted(session_alerts(known, thresholds, now), key=worst_first),
        *(_loop(loop, thresholds, titles) for loop in loops),
    ]
    alerts.sort(key=by_rule)
    told = f"{many(len(known), 'session')} ({window.label})"
    return Alerts(
        tuple(alerts),
        f"{told}; {covered}" if covered else told,
        frozenset(to_mark(alerts)),
    )


def all_with_evidence(store: Store, found: Alerts) -> Alerts:
    """The same with :func:`with_evidence` for each. Waits for writers; raises StoreError."""
    alerts = (patiently(partial(with_evidence, store, alert)) for alert in found.alerts)
    return replace(found, alerts=tuple(alerts))


def with_evidence(store: Store, alert: Alert) -> Alert:
    """An alert about a tool with the latest failed call of it, if that is near the end.

    Raises StoreError as the store's own queries do.
    """
    if alert.rule is not Rule.LOW_TOOL_SUCCESS or alert.event_key is not None:
        return alert
    tool = alert.subject
    for source in range(len(store.mapping.sources)):
        bounds = store.bounds(source)
        if bounds is None:
            continue
        upto = bounds[1]
        for _ in range(LOOKED_AT // _STEP):
            after = store.slice_start(source, upto, _STEP)
            found = store.failed_call(source, tool, after, upto)
            if found is not None:
                call = _whole(store, found)
                return replace(
                    alert, event_key=call.key, event_id=call.id, session_id=call.session_id,
                    time=call.time,
                )  # fmt: skip
            upto = after
            if upto < bounds[0]:
                break
    return alert


def _whole(store: Store, row: Event) -> Event:
    """The call that a row ends, where that began among the rows before it."""
    if row.phase is Phase.WHOLE:
        return row
    within = store.slice_start(row.source, row.seq, _STEP), row.seq
    rows = store.session_page(
        row.source, row.session_id, before=row.seq + 1, limit=_ROWS, within=within
    )
    return next((call for call in reversed(paired(rows)) if call.end_key == row.key), row)


def _tools(tools: Iterable[ToolStatistic], thresholds: Thresholds) -> list[Alert]:
    by_name: dict[str, list[ToolStatistic]] = {}
    for tool in tools:
        by_name.setdefault(tool.tool, []).append(tool)
    found = []
    for name, same in by_name.items():
        ok, errors = sum(tool.ok for tool in same), sum(tool.errors for tool in same)
        if ok + errors < max(thresholds.tool_calls, 1):
            continue
        rate = ok / (ok + errors)
        if rate < thresholds.tool_success:
            text = (
                f"{name} succeeds in {percent(rate)} % of {ok + errors:,} finished calls "
                f"(below {percent(thresholds.tool_success)} %)."
            )
            brief = (
                f"{percent(rate)} % of {ok + errors:,} ok (< {thresholds.tool_success * 100:g} %)"
            )
            found.append(
                Alert(Rule.LOW_TOOL_SUCCESS, name, text, rate, thresholds.tool_success, brief=brief)
            )
    return sorted(found, key=lambda alert: (alert.value, alert.subject))


def _components(rows: Sequence[SessionRow], thresholds: Thresholds) -> list[Alert]:
    if thresholds.component_errors <= 0:
        return []
    found = []
    # Of those that name none, nothing is said.
    rows = [row for row in rows if row.session.component is not None]
    for group in breakdown(rows, By.COMPONENT).groups if rows else ():
        errors = group.session_errors
        if group.name is None or errors.rate is None or errors.of < thresholds.component_sessions:
            continue
        if errors.rate > thresholds.component_errors:
            failed = [row for row in rows if row.session.component == group.name
                      and has_failed(row)]  # fmt: skip
            latest = max(failed, key=lambda row: (row.last_time or 0.0, row.id))
            common = f" Most common: {group.common_error}." if group.common_error else ""
            text = (
                f"{errors.count:,} of {errors.of:,} sessions of {group.name} failed: "
                f"{percent(errors.rate)} % (above {percent(thresholds.component_errors)} %)."
                f"{common}"
            )
            brief = (
                f"{percent(errors.rate)} % of {errors.of:,} failed"
                f" (> {thresholds.component_errors * 100:g} %)"
            )
            found.append(
                Alert(Rule.COMPONENT_ERRORS, group.name, text, errors.rate,
                      thresholds.component_errors, latest.last_time, latest.id, brief=brief)
            )  # fmt: skip
    return sorted(found, key=lambda alert: (-alert.value, alert.subject))


def session_alerts(
    rows: Iterable[SessionRow], thresholds: Thresholds, now: float
) -> Iterator[Alert]:
    """The alerts about single sessions, in the order of these."""
    for row in rows:
        status, last = row.session.status, row.last_time
        if status is SessionStatus.STALE and thresholds.stale:
            silent = None if last is None else max(now - last, 0.0)
            told = "for a time that is not known" if silent is None else f"for {duration(silent)}"
            text = f"{row.title} says that it runs, but was silent {told}."
            yield Alert(Rule.STALE, row.title, text, silent or 0.0, 0.0, last, row.id,
                        brief=f"silent {told}")  # fmt: skip
        limit = thresholds.running_seconds
        if status is SessionStatus.RUNNING and limit > 0 and row.started is not None:
            age = now - row.started
            if age > limit:
                text = (
                    f"{row.title} has been running for {duration(age)} "
                    f"(longer than {duration(limit)})."
                )
                brief = f"for {duration(age)} (> {duration(limit)})"
                yield Alert(
                    Rule.LONG_RUNNING, row.title, text, age, limit, last, row.id, brief=brief
                )


def by_rule(alert: Alert) -> int:
    """What alerts of several rules are sorted by."""
    return _ORDER.index(alert.rule)


def to_mark(alerts: Iterable[Alert]) -> Iterator[str]:
    """The sessions of alerts that say more than the session's status does."""
    for alert in alerts:
        if alert.session_id is not None and alert.rule is not Rule.STALE:
            yield alert.session_id


def worst_first(alert: Alert) -> tuple[float, str]:
    """What alerts about sessions are sorted by."""
    return (-alert.value, alert.session_id or "")


def _loop(loop: Loop, thresholds: Thresholds, titles: Mapping[str, str]) -> Alert:
    who = loop.agent or "an agent"
    times = f"{loop.rounds:,} times"
    if loop.rule is Rule.REPEATED_CALL:
        limit = thresholds.repeats
        text = f"{who} made the same call {times} in a row: {loop.what}."
        brief = f"{who}: {times} {loop.what}"
    elif loop.rule is Rule.PING_PONG:
        limit = thresholds.ping_pong
        text = f"{who} went back and forth {times}: {loop.what}."
        brief = f"{who}: {times} {loop.what}"
    else:
        limit = thresholds.streak
        text = f"{loop.rounds:,} calls of {who} failed in a row: {loop.what}."
        brief = f"{who}: {loop.rounds:,} failed: {loop.what}"
    last = loop.last
    about = titles.get(loop.session_id, loop.session_id)
    return Alert(loop.rule, about, text, float(loop.rounds), float(limit), last.time,
                 loop.session_id, last.key, last.id, brief)  # fmt: skip
