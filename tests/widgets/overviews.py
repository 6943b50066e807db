"""An overview made by hand, for tests of what draws it."""

from __future__ import annotations

from typing import Any

from queries.models import WorkItem
from queries.models.alerts import Alert, Alerts, Rule
from queries.models.overview import (
    Breakdown,
    Bucket,
    BucketSize,
    By,
    Group,
    HeatMap,
    Overview,
    Trends,
    Window,
)
from queries.models.rates import Rate, Rating, Spread
from queries.models.work_items import WorkBoard, WorkColumn

DAY = 86400.0
FIRST = 1_768_176_000.0
"""2026-01-12 00:00:00 UTC, a Monday."""
NOTHING = Spread()


def rate(count: int, of: int) -> Rate:
    """A proportion; the interval is not Wilson's, only wide."""
    if not of:
        return Rate()
    part = count / of
    return Rate(count, of, part, max(0.0, part - 0.1), min(1.0, part + 0.1))


def spread(*values: float) -> Spread:
    """Figures of a few values."""
    ordered = sorted(values)
    total = sum(ordered)
    return Spread(
        len(ordered), total / len(ordered), ordered[len(ordered) // 2], ordered[-1], total
    )


OVERVIEW = Overview(
    window=Window(), sessions=12, running=2, completed=8, failed=1, paused=0, stale=1, unknown=0,
    events=4312, messages=300, calls=850, errors=31, tokens=128_700, cost=1.234, agents=6,
    completion=rate(8, 10), session_errors=rate(1, 12), call_errors=rate(24, 845),
    turns=spread(4, 9, 24), counted_turns=spread(3, 5), durations=spread(60, 185, 511),
    quality=spread(70, 80, 97), rating=Rating.EXCELLENT, last_active=FIRST + 14 * 3600 + 131,
)  # fmt: skip
EMPTY = Overview(
    window=Window(), sessions=0, running=0, completed=0, failed=0, paused=0, stale=0, unknown=0,
    events=0, messages=0, calls=0, errors=0, tokens=None, cost=None, agents=0,
    completion=Rate(), session_errors=Rate(), call_errors=Rate(), turns=NOTHING,
    counted_turns=NOTHING, durations=NOTHING, quality=NOTHING, rating=None, last_active=None,
    counted=0.62,
)  # fmt: skip


def bucket(number: int, events: int, label: str = "", seconds: float = DAY) -> Bucket:
    """A bucket in which so much happened."""
    sessions = -(-events // 100)
    return Bucket(
        start=FIRST + number * seconds, end=FIRST + (number + 1) * seconds,
        label=label or f"2026-01-{12 + number:02d}", sessions=sessions,
        completion=rate(sessions // 2, sessions), session_errors=rate(0, sessions),
        events=events, errors=events // 50, call_errors=rate(events // 50, events // 5),
        tokens=events * 30 if events else None,
    )  # fmt: skip


EVENTS = (312, 0, 45, 800, 623, 10, 0, 90, 411, 505)


def trends(events: tuple[int, ...] = EVENTS, **changes: Any) -> Trends:
    """Days in which so many events happened."""
    buckets = tuple(bucket(number, happened) for number, happened in enumerate(events))
    return Trends(BucketSize.DAY, "UTC", Window(), buckets, heat(), **changes)


def hours(events: tuple[int, ...]) -> Trends:
    """Hours in which so many events happened, from midnight on."""
    buckets = tuple(
        bucket(number, happened, f"2026-01-{12 + number // 24:02d} {number % 24:02d}:00", 3600.0)
        for number, happened in enumerate(events)
    )
    return Trends(BucketSize.HOUR, "UTC", Window(), buckets, heat())


def heat() -> HeatMap:
    """Most on Tuesday at 14:00 (20 events), nothing at weekends."""
    counts = [[0] * 24 for _ in range(7)]
    for day in range(5):
        for hour in range(8, 18):
            counts[day][hour] = (day * 7 + hour) % 12
    counts[1][14] = 20
    return HeatMap(tuple(map(tuple, counts)), sum(map(sum, counts)))


def group(name: str | None, sessions: int, failed: int, **changes: object) -> Group:
    """Sessions of which some failed."""
    values = {
        "name": name, "sessions": sessions, "active": 1, "completed": sessions - failed,
        "failed": failed, "share": sessions / 20, "durations": spread(60.0 * sessions, 30.0),
        "session_errors": rate(failed, sessions),
        "common_error": "timeout" if failed else None, "common_error_count": failed,
        "events": 100 * sessions, "calls": 20 * sessions, "errors": failed,
        "call_errors": rate(failed, 20 * sessions), "tokens": None, "cost": None,
        "quality": spread(80, 90), "rating": Rating.EXCELLENT,
        "last_active": FIRST + sessions * 3600,
    }  # fmt: skip
    return Group(**{**values, **changes})  # type: ignore[arg-type]  # the names are the fields'


def breakdown() -> Breakdown:
    """Three components and the sessions without one."""
    groups = (
        group("api", 9, 2),
        group("worker", 6, 0),
        group("billing", 3, 3),
        group(None, 2, 0, quality=NOTHING, rating=None, last_active=None),
    )
    return Breakdown(By.COMPONENT, Window(), groups, group(None, 20, 5))


def alerts() -> Alerts:
    """One of a session's event, one of a tool, one of a session."""
    found = (
        Alert(Rule.LOW_TOOL_SUCCESS, "Bash", "Bash succeeds in 52.0 % of 50 calls.", 0.52, 0.8),
        Alert(Rule.STALE, "fix-login", "Silent for 3h05m, but running.", 11100, 1800,
              time=FIRST, session_id="s-1"),
        Alert(Rule.FAILURE_STREAK, "fix-login", "7 calls failed in a row.", 7, 3,
              time=FIRST + 60, session_id="s-1", event_key=(0, 41), event_id="evt-41"),
    )  # fmt: skip
    return Alerts(found, "200 sessions, 4,312 events", frozenset({"s-1"}))


def item(
    number: int, title: str, status: str, priority: str | None = None, **more: object
) -> WorkItem:
    """A work item."""
    values = {"id": f"feat-{number}", "type": "feature", "title": title, "status": status,
              "priority": priority}  # fmt: skip
    return WorkItem(**{**values, **more})  # type: ignore[arg-type]  # the names are the fields'


def board() -> WorkBoard:
    """Seven items in four statuses."""
    columns = (
        WorkColumn("todo", "todo", (
            item(1, "Feed is empty after a restart", "todo", "critical", type="bug"),
            item(2, "Translate README", "todo", "low", type="task"),
        )),
        WorkColumn("in-progress", "in progress", (
            item(3, "Paginate the sessions endpoint", "in-progress", "high",
                 steps_total=5, steps_completed=3),
            item(4, "0.3.0", "in-progress", "medium", type="epic"),
        )),
        WorkColumn("blocked", "blocked", (
            item(5, "Drop the old JSON config", "blocked", "medium", assigned_to="claude-code"),
        )),
        WorkColumn("done", "done", (
            item(6, "Search over prompts", "done", "medium"),
            item(7, "Compare journals", "done", None, type="spike", assigned_to="codex"),
        )),
    )  # fmt: skip
    return WorkBoard(
        columns, 7, 7, (("feature", 4), ("bug", 1), ("epic", 1), ("spike", 1), ("task", 1)),
        (("critical", 1), ("high", 1), ("medium", 3), ("low", 1)), ("claude-code", "codex"),
    )  # fmt: skip
