"""Alerts that say the same of many sessions, as one."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from queries.models import SessionRow, ToolStatistic
from queries.models.alerts import Alert, Alerts, Rule, Thresholds
from queries.models.overview import Window
from queries.overviews.alerts import by_rule, find_alerts, session_alerts, to_mark, worst_first
from queries.overviews.loops import Loop
from queries.plain_data import replace
from queries.text import duration, iso
from queries.windows import ALL_TIME, in_window

MOST: Final = 3
"""Alerts of one rule about sessions that are told one by one."""
_LOOPS: Final = (Rule.REPEATED_CALL, Rule.PING_PONG, Rule.FAILURE_STREAK)


def grouped(alerts: Iterable[Alert], within: str = "") -> tuple[Alert, ...]:
    """The same alerts, in their order, but few enough to be read.

    More than a few sessions that run for long, or that are silent, become one alert that has a
    filter; loops of one rule in one session become the longest of them.

    Args:
        alerts: in the order of their rules.
        within: a filter that all listed sessions are to fulfil as well: ``since:7d``.
    """
    kept: list[Alert] = []
    of_rule: dict[Rule, list[Alert]] = {}
    for alert in alerts:
        of_rule.setdefault(alert.rule, []).append(alert)
    for rule, some in of_rule.items():
        if rule in _SESSIONS:
            many = _Many()
            for alert in some:
                many.take(alert)
            kept += many.shown(within)
        else:
            kept += _longest(some) if rule in _LOOPS else some
    return tuple(kept)


def since_filter(since: float | None) -> str:
    """The filter for what was active at or after an instant; "" for always."""
    return "" if since is None else f"since:{iso(since)}"


def _longest(loops: Iterable[Alert]) -> list[Alert]:
    """One alert for each session."""
    of_session: dict[str | None, list[Alert]] = {}
    for loop in loops:
        of_session.setdefault(loop.session_id, []).append(loop)
    found = []
    for some in of_session.values():
        # Of equally long ones the latest.
        longest = max(reversed(some), key=lambda alert: alert.value)
        if len(some) > 1:
            more = f"{len(some) - 1:,} more"
            longest = replace(
                longest,
                text=f"{longest.text} And {more} in that session.",
                brief=f"{longest.brief} (and {more})",
            )
        found.append(longest)
    return found


def _stale(worst: Alert, many: int, latest: float | None, within: str) -> Alert:
    number, longest = f"{many:,} sessions", duration(worst.value)
    return _group(
        worst, number, f"{number} say that they run, but were silent for up to {longest}.",
        f"silent for up to {longest}", latest, _filter("status:stale", within),
    )  # fmt: skip


def _long_running(worst: Alert, many: int, latest: float | None, within: str) -> Alert:
    number, limit, longest = f"{many:,} sessions", worst.threshold, duration(worst.value)
    return _group(
        worst,
        number,
        f"{number} have been running for longer than {duration(limit)}, for up to {longest}.",
        f"for up to {longest} (> {duration(limit)})",
        latest,
        _filter(f"status:running until:{limit:.0f}s", within),
    )


_SESSIONS: Final[dict[Rule, Callable[[Alert, int, float | None, str], Alert]]] = {
    Rule.STALE: _stale,
    Rule.LONG_RUNNING: _long_running,
}


def _group(
    worst: Alert, subject: str, text: str, brief: str, latest: float | None, listed_by: str
) -> Alert:
    return Alert(
        worst.rule,
        subject,
        text,
        worst.value,
        worst.threshold,
        latest,
        brief=brief,
        filter=listed_by,
    )


class _Many:
    """Alerts of one rule about sessions, of which few are kept."""

    def __init__(self) -> None:
        self.number = 0
        self.latest: float | None = None
        self.worst: list[Alert] = []

    def take(self, alert: Alert) -> None:
        """Count one more."""
        self.number += 1
        if alert.time is not None and (self.latest is None or alert.time > self.latest):
            self.latest = alert.time
        if len(self.worst) < MOST or worst_first(alert) < worst_first(self.worst[-1]):
            insort(self.worst, alert, key=worst_first)
            del self.worst[MOST:]

    def shown(self, within: str) -> list[Alert]:
        """Each of a few, else one for all."""
        if self.number <= MOST:
            return self.worst
        worst = self.worst[0]
        return [_SESSIONS[worst.rule](worst, self.number, self.latest, within)]


def find_grouped(
    rows: Sequence[SessionRow],
    tools: Iterable[ToolStatistic],
    thresholds: Thresholds,
    *,
    now: float,
    window: Window = ALL_TIME,
    loops: Sequence[Loop] = (),
    covered: str = "",
    within: str = "",
    note: Callable[[Alert], object] = lambda _: None,
) -> Alerts:
    """What :func:`grouped` makes of what fires, without holding an alert for every session.

    Args:
        rows: as the following ones, see :func:`~queries.overviews.alerts.find_alerts`.
        tools: statistics of calls.
        thresholds: when something fires.
        now: epoch seconds.
        window: which sessions are judged.
        loops: those that were found.
        covered: where they were looked for, in words.
        within: see :func:`grouped`.
        note: told of every single alert.
    """
    of_sessions = {rule: _Many() for rule in _SESSIONS}
    ids: list[str] = []
    known = (row for row in rows if in_window(row, window))
    for alert in session_alerts(known, thresholds, now):
        of_sessions[alert.rule].take(alert)
        note(alert)
        ids += to_mark((alert,))
    without = replace(thresholds, stale=False, running_seconds=0.0)
    others = find_alerts(
        rows, tools, without, now=now, window=window, loops=loops, covered=covered
    )  # fmt: skip
    for alert in others.alerts:
        note(alert)
    shown = list(grouped(others.alerts, within))
    for many in of_sessions.values():
        shown += many.shown(within)
    shown.sort(key=by_rule)
    return replace(others, alerts=tuple(shown), sessions=frozenset((*others.sessions, *ids)))


def _filter(what: str, within: str) -> str:
    return f"{what} {within}".strip()
