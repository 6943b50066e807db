"""Alerts that say the same of many sessions, as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from queries.overview_models import Alert, Rule
from queries.plain_data import replace
from queries.text import duration, iso

MOST: Final = 3
"""Alerts of one rule about sessions that are told one by one."""
_LOOPS: Final = (Rule.REPEATED_CALL, Rule.PING_PONG, Rule.FAILURE_STREAK)


def grouped(alerts: Iterable[Alert], within: str = "", most: int = MOST) -> tuple[Alert, ...]:
    """The same alerts, in their order, but few enough to be read.

    More than a few sessions that run for long, or that are silent, become one alert that has a
    filter; loops of one rule in one session become the longest of them.

    Args:
        alerts: in the order of their rules.
        within: a filter that all listed sessions are to fulfil as well: ``since:7d``.
        most: alerts of a rule that stay as they are.
    """
    kept: list[Alert] = []
    of_rule: dict[Rule, list[Alert]] = {}
    for alert in alerts:
        of_rule.setdefault(alert.rule, []).append(alert)
    for rule, some in of_rule.items():
        if rule in _SESSIONS and len(some) > most:
            kept.append(_SESSIONS[rule](some, within))
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


def _stale(some: list[Alert], within: str) -> Alert:
    number = f"{len(some):,} sessions"
    longest = duration(max(alert.value for alert in some))
    return _group(
        some, number, f"{number} say that they run, but were silent for up to {longest}.",
        f"silent for up to {longest}", _filter("status:stale", within),
    )  # fmt: skip


def _long_running(some: list[Alert], within: str) -> Alert:
    number, limit = f"{len(some):,} sessions", some[0].threshold
    longest = duration(max(alert.value for alert in some))
    return _group(
        some,
        number,
        f"{number} have been running for longer than {duration(limit)}, for up to {longest}.",
        f"for up to {longest} (> {duration(limit)})",
        _filter(f"status:running until:{limit:.0f}s", within),
    )


_SESSIONS: Final[dict[Rule, Callable[[list[Alert], str], Alert]]] = {
    Rule.STALE: _stale,
    Rule.LONG_RUNNING: _long_running,
}


def _group(some: list[Alert], subject: str, text: str, brief: str, listed_by: str) -> Alert:
    worst = max(some, key=lambda alert: alert.value)
    latest = max((alert.time for alert in some if alert.time is not None), default=None)
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


def _filter(what: str, within: str) -> str:
    return f"{what} {within}".strip()
