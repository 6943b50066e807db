"""A store with a past, for tests of the overview: sessions of two components over five days."""

from __future__ import annotations

from pathlib import Path

from tests.stores import CanonicalStore, canonical_store
from tests.tui.stage import Clock

MONDAY = 1_768_176_000.0
"""2026-01-12 00:00:00 UTC."""
DAY = 86400.0
HOUR = 3600.0
STORE = Path("past.db")
LOOPING, STALE, LATEST = "api-3", "worker-1", "api-4"


def past_clock() -> Clock:
    """Friday, noon."""
    return Clock(MONDAY + 4 * DAY + 12 * HOUR)


def past(path: Path = STORE) -> CanonicalStore:
    """Seven sessions: api-0 to api-4 on Monday to Friday, worker-0 and worker-1 on Tuesday.

    Each has a prompt and four calls at its hour (9:00, workers 15:00); on Wednesday nothing
    else happens. api-1 and api-3 fail with "timeout"; api-3 repeats a failing call four times;
    worker-1 says that it runs, but was silent since Tuesday; api-4 runs.
    """
    store = canonical_store(path, "wal")
    with store.batch():
        for number in range(5):
            _add(store, f"api-{number}", "api", MONDAY + number * DAY + 9 * HOUR, number)
        for number in range(2):
            _add(store, f"worker-{number}", "worker", MONDAY + DAY + (15 + number) * HOUR, number)
    return store


def _add(store: CanonicalStore, name: str, component: str, start: float, number: int) -> None:
    is_running = name in (LATEST, STALE)
    is_failed = name in ("api-1", LOOPING)
    start = start if name != LATEST else MONDAY + 4 * DAY + 11.8 * HOUR
    store.add_session(
        name, title=name.upper(), component=component, agent="coder", started=start,
        status="running" if is_running else "failed" if is_failed else "completed",
        ended=None if is_running else start + 60.0 * (number + 1),
        error="timeout" if is_failed else None, quality=90.0 - 10 * number,
    )  # fmt: skip
    store.add_event(name, id=f"{name}-ask", kind="prompt", agent="user", tool=None,
                    summary=f"do {name}", time=start)  # fmt: skip
    for call in range(4):
        is_loop = name == LOOPING
        store.add_event(
            name, id=f"{name}-{call}", parent_id=f"{name}-ask", agent="coder",
            tool="Bash" if is_loop else ("Read", "Edit", "Grep", "Write")[call],
            summary="make test" if is_loop else f"file {call}", tokens=100,
            state="error" if is_loop else "ok", duration=1.0, time=start + 1 + call,
        )  # fmt: skip
