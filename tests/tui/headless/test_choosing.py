"""Options that choose, sort and page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.stores.base import SAMPLES
from tests.stores.canonical import canonical_store
from tests.stores.heist import heist_audit_store
from tests.tui.headless.conftest import Run

DAY = 86400.0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Five sessions, one a day, the last one today; the second day's is of another agent."""
    path = tmp_path / "store.db"
    now = time.time()
    with canonical_store(path) as builder, builder.batch():
        for number, status in enumerate(("failed", "completed", "running", "paused", "running")):
            started = now - (4 - number) * DAY - 60
            builder.add_session(
                f"s{number}", status=status, started=started, title=f"Session {number}",
                agent="coder" if number != 1 else "planner", component=f"part-{number % 2}",
                ended=started + 30 - number if number < 2 else None,
            )  # fmt: skip
            for event in range(number + 1):
                builder.add_event(
                    f"s{number}", id=f"e{number}{event}", time=started + event,
                    state="error" if event == 1 else "ok", tool="Bash" if event % 2 else "Read",
                    agent="coder" if number != 1 else "planner", summary=f"do {event}",
                )  # fmt: skip
    return path


def ids(told: Any) -> list[str]:
    return [session["session_id"] for session in told["sessions"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ["s4", "s3", "s2", "s1", "s0"]),
        (("--reverse",), ["s0", "s1", "s2", "s3", "s4"]),
        (("--status", "failed", "--status", "paused"), ["s3", "s0"]),
        (("--status", "stale"), ["s2"]),
        (("--status", "running"), ["s4"]),
        (("--component", "PART-1"), ["s3", "s1"]),
        (("--agent", "plan"), ["s1"]),
        (("--days", "2"), ["s4", "s3"]),
        (("--since", "3d"), ["s4", "s3", "s2"]),
        (("--until", "3d"), ["s1", "s0"]),
        (("--since", "3d", "--until", "1d"), ["s3", "s2"]),
        (("--days", "3", "--until", "1d"), ["s3", "s2"]),
        (("--days", "3", "--since", "2d"), ["s4", "s3"]),
        (("--days", "2", "--since", "3d"), ["s4", "s3"]),
        (("--filter", "errors:>0 -status:running"), ["s3", "s2", "s1"]),
        (("--filter", '"Session 2"'), ["s2"]),
        (("--sort", "events"), ["s4", "s3", "s2", "s1", "s0"]),
        (("--sort", "duration"), ["s0", "s1", "s2", "s3", "s4"]),
        (("--sort", "title"), ["s0", "s1", "s2", "s3", "s4"]),
        (("--sort", "title", "--reverse", "--limit", "2"), ["s4", "s3"]),
        (("--limit", "2", "--offset", "2"), ["s2", "s1"]),
        (("--limit", "0"), ["s4", "s3", "s2", "s1", "s0"]),
    ],
)
def test_sessions(run: Run, store: Path, options: tuple[str, ...], expected: list[str]) -> None:
    assert ids(run("sessions", store, *options, "--json").json) == expected


@pytest.mark.parametrize(
    ("options", "expected", "total"),
    [
        (("--limit", "3"), ["e42", "e43", "e44"], 15),
        (("--session", "s1"), ["e10", "e11"], 2),
        (("--session", "s1", "--session", "s0"), ["e00", "e10", "e11"], 3),
        (("--state", "error"), ["e11", "e21", "e31", "e41"], 4),
        (("--tool", "bash", "--limit", "2"), ["e41", "e43"], 6),
        (("--agent", "planner"), ["e10", "e11"], 2),
        (("--kind", "message"), [], 0),
        (("--since", "12h"), ["e40", "e41", "e42", "e43", "e44"], 5),
        (("--until", "3d"), ["e00", "e10", "e11"], 3),
        (("--filter", '"do 3"'), ["e33", "e43"], 2),
        (("--before", "e11", "--limit", "9"), ["e00", "e10"], 15),
        (("--before", "4", "--limit", "1"), ["e11"], 15),
        (("--session", "s1", "--session", "s4", "--before", "e41"), ["e10", "e11", "e40"], 7),
        (("--session", "s1", "--before", "e42"), ["e10", "e11"], 2),
        (("--session", "s1", "--before", "e00"), [], 2),
        (("--session", "s1", "--before", "11", "--raw"), ["e10", "e11"], 2),
        (("--before", "e43", "--tool", "Bash", "--limit", "2"), ["e33", "e41"], 6),
    ],
)
def test_events(
    run: Run, store: Path, options: tuple[str, ...], expected: list[str], total: int
) -> None:
    told = run("events", store, *options, "--json").json
    assert [event["event_id"] for event in told["events"]] == expected
    assert told["total"] == total


def test_pages_before_join_without_gap(run: Run, store: Path) -> None:
    whole = run("events", store, "--limit", 0, "--json").json["events"]
    pages: list[Any] = []
    before: tuple[str, ...] = ()
    while True:
        page = run("events", store, "--limit", 4, *before, "--json").json["events"]
        if not page:
            break
        pages = page + pages
        before = ("--before", page[0]["event_id"])
    assert pages == whole


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("=Run", ["run"]),
        ("=my tool", ["blank", "both"]),
        ("=my", ["my"]),
        ("=my tool op", []),
        ("my", ["blank", "both", "my"]),
        ("tool", ["blank", "both"]),
    ],
)
def test_sessions_and_events_of_a_tool_by_its_whole_name(
    run: Run, tmp_path: Path, name: str, expected: list[str]
) -> None:
    path = tmp_path / "tools.db"
    calls = {"run": ("Bash", "run"), "blank": ("my tool", None), "both": ("my tool", "op"),
             "my": ("my", None)}  # fmt: skip
    with canonical_store(path) as builder:
        for session, (tool, operation) in calls.items():
            builder.add_session(session)
            builder.add_event(session, tool=tool, operation=operation)
    wanted = ("--filter", f'tool:"{name}"', "--json")
    assert sorted(ids(run("sessions", path, *wanted).json)) == expected
    events = run("events", path, *wanted).json["events"]
    assert sorted(event["session_id"] for event in events) == expected


def test_an_id_that_two_tables_have(run: Run) -> None:
    audit = SAMPLES / "heist-audit.db"
    told = run("events", audit, "--before", "7")
    assert told.code == 2
    assert told.err == (
        "session-tui: more than one event has the id '7': say messages:7 or tool_calls:7.\n"
    )
    one = run("events", audit, "--before", "messages:7", "--limit", 0, "--json").json["events"]
    assert "7" not in [e["event_id"] for e in one if e["source"] == "messages"]
    assert "6" in [e["event_id"] for e in one if e["source"] == "messages"]


def test_declared_totals_stand_in_where_there_are_no_calls(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    with heist_audit_store(path) as store:
        store.add_session("s1")
        store.add_message("s1")
        store.add_tool_usage("s1", "calculator", usage_count=10, success_rate=0.7)
        store.add_session("s2")
        store.add_tool_call("s2", tool_name="calculator", success=0)
        store.add_tool_usage("s2", "calculator", usage_count=99, success_rate=1.0)
    (tool,) = [
        (t["total_calls"], t["successful_calls"], t["failed_calls"])
        for t in run("tools", path, "--session", "s1", "--json").json["tool_statistics"]
    ]
    assert tool == (10, 7, 3)
    everything = run("tools", path, "--json").json["tool_statistics"]
    assert sum(t["total_calls"] for t in everything) == 11
    assert run("metrics", path, "--json").json["total_tool_calls"] == 11
    by_id = {s["session_id"]: s for s in run("sessions", path, "--json").json["sessions"]}
    assert (by_id["s1"]["tool_calls"], by_id["s2"]["tool_calls"]) == (10, 1)


def test_a_session_without_a_row_is_known_by_its_events(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_event("ghost")
        store.add_event("\x1b[31mred")
    told = run("session", path, "ghost", "--json").json
    assert (told["events"], told["status"], told["raw_status"]) == (1, "unknown", None)
    (odd,) = [s for s in ids(run("sessions", path, "--json").json) if s != "ghost"]
    assert run("session", path, odd, "--json").json["events"] == 1
    assert run("timeline", path, odd, "--json").json["event_count"] == 1
    doctor = run("doctor", path, "--json").json
    assert doctor["undeclared_sessions"]["count"] == 2
    assert doctor["events_without_session"] == 2


def test_calls_without_an_end(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_session("over", status="completed", started=time.time() - 50, ended=time.time())
        store.add_event("over", phase="start", state="running", call_key="a")
        store.add_session("now", status="running", started=time.time())
        store.add_event("now", phase="start", state="running", call_key="b")
        store.add_event("now", phase="start", state="running", call_key="c")
        store.add_event("now", phase="end", state="ok", call_key="c")
    (tool,) = run("tools", path, "--json").json["tool_statistics"]
    assert (tool["total_calls"], tool["running_calls"], tool["unknown_calls"]) == (3, 1, 1)
    (scoped,) = run("tools", path, "--session", "now", "--json").json["tool_statistics"]
    assert (scoped["total_calls"], scoped["running_calls"]) == (2, 1)
    by_id = {s["session_id"]: s for s in run("sessions", path, "--json").json["sessions"]}
    assert (by_id["now"]["running"], by_id["over"]["running"]) == (1, 0)
    assert run("events", path, "--json").json["total"] == 3
    assert run("events", path, "--raw", "--json").json["total"] == 4


@pytest.mark.parametrize(
    ("command", "options", "number"),
    [
        ("events", ("--since", "2026-01-12T14:30"), 1),
        ("events", ("--since", "2026-01-12T14:30", "--utc"), 0),
        ("events", ("--since", "2026-01-12T14:30Z"), 0),
        ("events", ("--filter", "since:2026-01-12T14:30"), 1),
        ("events", ("--filter", "since:2026-01-12T14:30", "--utc"), 0),
        ("sessions", ("--since", "2026-01-12T14:30"), 1),
        ("sessions", ("--filter", "until:2026-01-12T14:30", "--utc"), 1),
        ("sessions", ("--filter", "until:2026-01-12T14:30"), 0),
    ],
)
def test_times_are_typed_as_they_are_shown(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    options: tuple[str, ...],
    number: int,
) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_session("s", started=1_768_226_400.0)  # 2026-01-12 14:00 UTC
        store.add_event("s", time=1_768_226_400.0)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert len(run(command, path, *options, "--json").json[command]) == number
    finally:
        monkeypatch.undo()
        time.tzset()
