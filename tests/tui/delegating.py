"""A store in which work is handed on, for tests of the screens about it."""

from __future__ import annotations

from pathlib import Path

from tests.stores import FIRST_TIME, CanonicalStore, canonical_store
from tests.tui.stage import Clock

TEAM = Path("team.db")


def team_clock() -> Clock:
    """The present of the store."""
    return Clock(FIRST_TIME + 1000)


def team(path: Path = TEAM) -> CanonicalStore:
    """A lead who hands work to a tester (in a session of its own) and, still running, a coder.

    The last calls of the lead: the same Read three times, and one that runs.
    """
    store = canonical_store(path, "wal")
    with store.batch():
        store.add_session("lead", title="Lead the team", status="running", started=FIRST_TIME,
                          agent="lead")  # fmt: skip
        store.add_event("lead", id="ask", agent="lead", kind="prompt", summary="Ship it",
                        time=FIRST_TIME)  # fmt: skip
        store.add_event("lead", id="hand", parent_id="ask", agent="lead", kind="delegation",
                        tool="Task", target_agent="tester", summary="Run the tests", state="ok",
                        duration=120.0, time=FIRST_TIME + 10)  # fmt: skip
        store.add_session("sub", title="Run the tests", status="completed", parent_id="lead",
                          parent_event_id="hand", started=FIRST_TIME + 11,
                          ended=FIRST_TIME + 130, agent="tester")  # fmt: skip
        store.add_event("sub", id="run", agent="tester", tool="Bash", summary="make test",
                        state="error", duration=100.0, time=FIRST_TIME + 20)  # fmt: skip
        for number in range(3):
            store.add_event("lead", id=f"read{number}", parent_id="ask", agent="lead", tool="Read",
                            summary="report.txt", state="ok", duration=1.0,
                            time=FIRST_TIME + 140 + 10 * number)  # fmt: skip
        store.add_event("lead", id="code", parent_id="ask", agent="lead", kind="delegation",
                        tool="Task", target_agent="coder", summary="Fix the build", state="running",
                        time=FIRST_TIME + 200)  # fmt: skip
        store.add_event("lead", id="bad", parent_id="ask", agent="coder", tool="Edit",
                        summary="build.py", state="error", duration=5.0,
                        time=FIRST_TIME + 210)  # fmt: skip
    return store
