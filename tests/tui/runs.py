"""Sessions that differ in known ways, for tests of the screen that compares."""

from __future__ import annotations

from pathlib import Path

from tests.stores import FIRST_TIME, CanonicalStore, canonical_store
from tests.tui.stage import Clock

RUNS = Path("runs.db")
GOOD, BAD, LIVE = "good", "bad", "live"

PLAN = (
    ("Read", "src/auth.py", "ok"),
    ("Grep", "login", "ok"),
    ("Edit", "src/login.py", "ok"),
    ("Bash", "make test", "ok"),
    ("Write", "CHANGELOG.md", "ok"),
)
OTHER = (
    ("Read", "src/auth.py", "ok"),
    ("Grep", "logout", "ok"),
    ("Edit", "src/login.py", "ok"),
    ("Bash", "make test", "error"),
    ("Bash", "make lint", "error"),
    ("Write", "CHANGELOG.md", "ok"),
)
"""Another argument at step 2, a failure at step 4, and one step more."""


def runs_clock() -> Clock:
    """The present of the store."""
    return Clock(FIRST_TIME + 5000)


def runs(path: Path = RUNS) -> CanonicalStore:
    """Three sessions, the newest first in the list: live, bad, good.

    ``bad`` takes twice as long as ``good`` and fails twice; its first difference is at step 2.
    ``live`` goes on.
    """
    store = canonical_store(path, "wal")
    with store.batch():
        _add(store, GOOD, "Fix the login", PLAN, 0, 100, "completed")
        _add(store, BAD, "Fix it again", OTHER, 1000, 200, "failed")
        store.add_session(LIVE, title="Still at it", status="running", started=FIRST_TIME + 4900,
                          agent="coder")  # fmt: skip
        store.add_event(LIVE, agent="coder", tool="Read", summary="src/auth.py", duration=1.0,
                        time=FIRST_TIME + 4910)  # fmt: skip
    return store


def experiment(path: Path = RUNS) -> CanonicalStore:
    """Sixteen sessions: a-0 to a-7 take about 100 s, b-0 to b-7 about 200 s and fail more."""
    store = canonical_store(path, "wal")
    with store.batch():
        for number in range(8):
            a, b = f"a-{number}", f"b-{number}"
            _add(store, a, a.upper(), PLAN, 1000 * number, 100 + number, "completed")
            _add(store, b, b.upper(), OTHER, 1000 * number + 500, 200 + number, "completed")
    return store


def _add(
    store: CanonicalStore,
    session_id: str,
    title: str,
    plan: tuple[tuple[str, str, str], ...],
    start: float,
    lasted: float,
    status: str,
) -> None:
    begin = FIRST_TIME + start
    store.add_session(session_id, title=title, status=status, started=begin, agent="coder",
                      ended=begin + lasted)  # fmt: skip
    for number, (tool, summary, state) in enumerate(plan):
        row = store.add_event(
            session_id, agent="coder", tool=tool, summary=summary, state=state, duration=2.0,
            id=f"{session_id}-{number}", time=begin + lasted * number / len(plan),
        )  # fmt: skip
        store.add_text(row["rowid"], f'{{"argument": "{summary}"}}', f"{tool} said {state}")
