"""A small store with a little of everything, for tests of the screen."""

from __future__ import annotations

from pathlib import Path

from tests.stores import FIRST_TIME, CanonicalStore, canonical_store
from tests.tui.stage import Clock

DESK_NOW = FIRST_TIME + 1200.0
"""20 minutes after the first event: nothing is stale yet."""

LIVE, OLD, SUB = "live", "old", "sub"


def desk_clock() -> Clock:
    """The present of the store."""
    return Clock(DESK_NOW)


def desk(path: Path = Path("desk.db")) -> CanonicalStore:
    """Three sessions: one that is over, one that runs, and its sub-agent's.

    ``live`` has 8 calls (2 failed, 2 running) and 4 messages; ``old`` 3 calls (1 failed).
    """
    store = canonical_store(path, "wal")
    with store.batch():
        store.add_session(
            OLD, title="Port the parser", agent="coder", status="completed",
            started=FIRST_TIME, ended=FIRST_TIME + 600,
        )  # fmt: skip
        store.add_event(OLD, kind="prompt", summary="Port the parser", tool=None, id="old-prompt")
        for tool, state in (("Read", "ok"), ("Bash", "error"), ("Read", "ok")):
            store.add_event(OLD, tool=tool, state=state, parent_id="old-prompt", duration=1.0)
        store.add_session(
            LIVE, title="Fix the login", agent="planner", status="running",
            started=FIRST_TIME + 900,
        )  # fmt: skip
        store.add_event(LIVE, kind="prompt", summary="Fix the login", tool=None, id="ask",
                        agent="user", time=FIRST_TIME + 901)  # fmt: skip
        for number, agent in enumerate(("planner", "coder", "planner", "planner")):
            store.add_event(LIVE, kind="message", agent=agent, summary=f"message {number}",
                            state="unknown", parent_id="ask")  # fmt: skip
        calls = (
            ("Read", "ok", "src/auth.py"),
            ("Bash", "error", "pytest tests/test_login.py"),
            ("Grep", "ok", "login_required"),
            ("Read", "ok", "src/login.py"),
            ("Bash", "error", "make lint"),
            ("Edit", "ok", "src/auth.py"),
        )
        for tool, state, summary in calls:
            store.add_event(LIVE, agent="coder", tool=tool, state=state, summary=summary,
                            parent_id="ask", duration=2.0)  # fmt: skip
        store.add_event(LIVE, id="task", kind="delegation", agent="planner", tool="Task",
                        target_agent="explorer", summary="Find every caller", state="running",
                        parent_id="ask")  # fmt: skip
        store.add_session(
            SUB, title="Find every caller", agent="explorer", status="running", parent_id=LIVE,
            parent_event_id="task", started=FIRST_TIME + 950,
        )  # fmt: skip
        store.add_event(SUB, agent="explorer", tool="Grep", summary="def login", duration=1.0)
        store.add_event(LIVE, id="last", agent="coder", tool="Bash", state="running",
                        summary="pytest -x", parent_id="ask")  # fmt: skip
        store.add_text(10, '{"path": "src/auth.py"}', "def login(): ...")
    return store
