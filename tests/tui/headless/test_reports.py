"""Components, reports, checks, delegations and work items as commands."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

import pytest

from tests.queries.samples import truth
from tests.stores.base import SAMPLES
from tests.stores.canonical import CanonicalStore, canonical_store
from tests.tui.headless.conftest import Run

AUDIT = SAMPLES / "heist-audit.db"
DEMO = SAMPLES / "heist-demo.db"
TASKS = SAMPLES / "htmlgraph-0.26.1.db"


@pytest.fixture
def shells(tmp_path: Path) -> Path:
    """Two components, of today and of a month ago."""
    path = tmp_path / "shells.db"
    now = time.time()
    with canonical_store(path) as store, store.batch():
        for number in range(8):
            old = number >= 6
            begun = now - (30 * 86400 if old else 3600)
            failed = number in (1, 7)
            store.add_session(
                f"s{number}", started=begun, ended=begun + 60 * (number + 1),
                status="failed" if failed else "completed", component="shell" if number < 5
                else "ipython", project="tui", quality=50.0 + 10 * (number % 5),
                error="Timeout" if failed else None, declared_turns=number,
            )  # fmt: skip
            store.add_event(f"s{number}", agent="a", tool="Bash", time=begun + 1, duration=1.0,
                            state="error" if failed else "ok")  # fmt: skip
    return path


def test_components(run: Run, shells: Path) -> None:
    told = run("components", shells, "--json").json
    assert (told["by"], told["total"], told["total_sessions"]) == ("component", 2, 8)
    shell, ipython = told["components"]
    assert (shell["name"], shell["session_count"], shell["total_duration"]) == ("shell", 5, 900.0)
    assert shell["avg_quality_score"] == 70.0
    assert (shell["error_rate"], shell["judged_sessions"]) == (0.2, 5)
    assert shell["most_common_error"] == "Timeout"
    assert ipython["last_active"] > shell["last_active"]
    whole = told["whole"]
    # Pooled: the mean of 1 in 5 and 1 in 3 would be more.
    assert (whole["error_rate"], whole["failed_sessions"]) == (0.25, 2)
    recent = run("components", shells, "--days", 7, "--json").json
    assert [group["session_count"] for group in recent["components"]] == [5, 1]
    assert recent["window"]["label"] == "last 7 days"
    assert run("components", shells, "--limit", 1).err == "session-tui: 1-1 of 2\n"
    some = run("components", shells, "--component", "pyth", "--json").json["components"]
    assert [group["name"] for group in some] == ["ipython"]
    assert "████" in run("components", shells).out


def test_since_and_days_mean_the_same_everywhere(run: Run, shells: Path) -> None:
    for words in (("--days", "7"), ("--since", "7d")):
        assert run("sessions", shells, *words, "--json").json["total"] == 6
        assert run("metrics", shells, *words, "--json").json["total_sessions"] == 6
        assert run("components", shells, *words, "--json").json["total_sessions"] == 6
        assert run("errors", shells, *words, "--json").json["whole"]["failed_sessions"] == 1
        assert run("durations", shells, *words, "--json").json["whole"]["ended_sessions"] == 6
        overview = run("report", shells, *words, "--json").json["overview"]
        assert (overview["total_sessions"], overview["total_tool_calls"]) == (6, 6)
        trend = run("trends", shells, *words, "--json").json["buckets"]
        assert sum(bucket["sessions"] for bucket in trend) == 6
        assert sum(bucket["events"] for bucket in trend) == 6
    old = ("--until", "7d")
    assert run("components", shells, *old, "--json").json["total_sessions"] == 2
    assert run("trends", shells, *old, "--json").json["buckets"][0]["sessions"] == 2
    ages = ("--days", "365000")
    assert run("components", shells, *ages, *old, "--json").json["total_sessions"] == 2
    assert run("components", shells, *ages, "--since", "7d", "--json").json["total_sessions"] == 6


def test_the_configured_window_holds_unless_another_is_asked_for(
    run: Run, shells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("window_days = 7\n")
    monkeypatch.setenv("SESSION_TUI_CONFIG", str(config))
    assert run("components", shells, "--json").json["total_sessions"] == 6
    assert run("components", shells, "--days", 0, "--json").json["total_sessions"] == 8
    assert run("components", shells, "--since", "90d", "--json").json["total_sessions"] == 8


@pytest.mark.parametrize("words", [("--days", "-1"), ("--days", "nan"), ("--since", "soon")])
def test_what_is_no_time_is_told(run: Run, words: tuple[str, str]) -> None:
    told = run("report", AUDIT, *words)
    assert (told.code, told.out) == (2, "")
    assert words[0] in told.err


def test_durations_and_errors(run: Run, shells: Path) -> None:
    told = run("durations", shells, "--json").json["durations"]
    assert [(row["name"], row["avg_duration"], row["median_duration"]) for row in told] == [
        ("ipython", 420.0, 420.0), ("shell", 180.0, 180.0),
    ]  # fmt: skip
    errors = run("errors", shells, "--json").json["errors"]
    assert [row["name"] for row in errors] == ["ipython", "shell"]
    assert errors[0]["error_rate"] == pytest.approx(1 / 3)
    assert errors[0]["error_rate_low"] < 1 / 3 < errors[0]["error_rate_high"]
    assert (errors[0]["failed_calls"], errors[0]["finished_calls"]) == (1, 3)
    assert (errors[0]["most_common_error"], errors[0]["most_common_count"]) == ("Timeout", 1)


def test_active(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    now = time.time()
    with canonical_store(path) as store, store.batch():
        store.add_session("new", started=now - 100, component="shell")
        store.add_session("future", started=now + 9000, component="bash")
        store.add_session("silent", started=now - 90_000)
        store.add_session("over", started=now - 90, status="completed")
    told = run("active", path, "--json").json
    assert [row["session_id"] for row in told["active"]] == ["new"]
    assert 100 <= told["active"][0]["running_seconds"] < 200
    both = run("active", path, "--stale", "--json").json["active"]
    assert [row["status"] for row in both] == ["running", "stale"]
    assert run("active", path, "--component", "shell", "--json").json["total"] == 1


def test_trends(run: Run) -> None:
    told = run("trends", AUDIT, "--by", "hour", "--utc", "--json").json
    assert [bucket["sessions"] for bucket in told["buckets"]] == [1, 3, 1, 1]
    assert sum(bucket["events"] for bucket in told["buckets"]) == 387
    heat = told["heat"]
    assert sum(map(sum, heat.values())) == sum(heat["friday"]) == 387
    begun = told["session_heat"]["friday"]
    hours = [int(bucket["label"][11:13]) for bucket in told["buckets"]]
    assert [begun[hour] for hour in hours] == [1, 3, 1, 1]
    assert sum(begun) == 6
    assert told["zone"] == "UTC"
    assert len(run("trends", AUDIT, "--since", "2025-12-18", "--until", "2025-12-21", "--utc",
                   "--json").json["buckets"]) == 3  # fmt: skip


def test_check_exits_with_1_when_something_fires(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run("check", AUDIT, "--json")
    assert told.code == 1
    document = json.loads(told.out)
    assert document["total"] == len(document["alerts"]) > 4
    tool = next(a for a in document["alerts"] if a["rule"] == "low-tool-success")
    rates = {
        row["tool"]: row["ok"] / row["calls"] for row in truth("heist-audit")["totals"]["tools"]
    }
    assert tool["value"] == pytest.approx(rates[tool["subject"]])
    assert tool["event_id"] is not None
    assert "alerts: 6 sessions (all time)" in told.err
    lines = run("check", TASKS)
    assert lines.err.startswith(f"session-tui: {len(lines.out.splitlines()) - 1} alerts: ")
    fine = run("check", DEMO)
    assert (fine.code, fine.out) == (0, "")
    assert "no alerts" in fine.err
    assert run("check", AUDIT, "--rule", "ping-pong").code == 0
    assert run("check", AUDIT, "--rule", "failure-streak", "--sessions", 0).code == 0
    assert run("check", AUDIT, "--days", 1).code == 0
    config = tmp_path / "config.toml"
    config.write_text(
        "[thresholds]\ntool_success = 0\nrunning_minutes = 0\nstale = false\nstreak = 0\n"
    )
    monkeypatch.setenv("SESSION_TUI_CONFIG", str(config))
    assert run("check", AUDIT).code == 0
    config.write_text("[thresholds]\ntool_success = 1\n")
    assert run("check", AUDIT, "--rule", "low-tool-success").code == 1


def test_a_report_has_every_section(run: Run, shells: Path) -> None:
    text = run("report", shells).out
    for title in ("SESSION REPORT", "SUMMARY", "TOP COMPONENTS", "COMPONENTS WITH HIGH ERROR RATES",
                  "TOOLS", "AGENTS", "ALERTS", "END OF REPORT"):  # fmt: skip
        assert f"\n{title}\n" in f"\n{text}"
    assert "2 of 8 sessions of" not in text
    markdown = run("report", shells, "--markdown").out
    assert markdown.startswith("# Session report\n")
    assert "\n## Top components\n\n| component |" in markdown
    document = run("report", shells, "--json").json
    assert document["overview"]["completed_sessions"] == 6
    assert [group["name"] for group in document["components"]] == ["shell", "ipython"]
    assert {alert["rule"] for alert in document["alerts"]} >= {
        "component-errors", "low-tool-success",
    }  # fmt: skip


def test_a_report_goes_into_a_new_file(run: Run, shells: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    told = run("report", shells, "--markdown", "--output", target)
    assert (told.code, told.out) == (0, "")
    assert str(target) in told.err
    assert target.read_text("utf-8").startswith("# Session report")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    again = run("report", shells, "--output", target)
    assert again.code == 2
    assert "--force" in again.err
    assert target.read_text("utf-8").startswith("# Session report")
    assert run("report", shells, "-o", target, "--force").code == 0
    assert target.read_text("utf-8").startswith("=====")
    assert run("report", shells, "-o", tmp_path / "no" / "where").code == 2


def test_delegations(run: Run) -> None:
    told = run("delegations", TASKS, "--json").json
    assert (told["total"], told["covered"]) == (12, 1.0)
    by_id = {row["event_id"]: row for row in told["delegations"]}
    deep = by_id["evt-f544682c"]
    assert (deep["depth"], deep["parent_delegation"]) == (2, "evt-aafd5209")
    assert (deep["from_agent"], deep["to_agent"]) == ("Explore", "general-purpose")
    assert by_id["evt-93aaaf8a"]["child_sessions"] == ["sess-6522dd06-general-purpose"]
    assert {row["spawner"] for row in told["spawners"] if row["is_spawner"]} == {
        "gemini", "codex", "copilot",
    }  # fmt: skip
    assert len(told["handoffs"]) == 16
    assert [run["spawner"] for run in told["live"]] == ["copilot", "codex", "gemini"]
    few = run("delegations", TASKS, "--limit", 2, "--offset", 1, "--json")
    assert [row["event_id"] for row in few.json["delegations"]] == ["evt-33020ccd", "evt-a48c1d5c"]
    assert few.err == "session-tui: 2-3 of 12\n"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (("--session", "sess-99429395"), 2),
        (("--agent", "explore"), 3),
        (("--spawner", "codex"), 1),
        (("--status", "failed"), 1),
        (("--status", "running"), 0),
        (("--since", "2026-01-13"), 6),
        (("--until", "2026-01-13"), 6),
    ],
)
def test_delegations_are_chosen(run: Run, words: tuple[str, str], number: int) -> None:
    told = run("delegations", TASKS, *words, "--json").json
    assert told["total"] == len(told["delegations"]) == number
    assert sum(row["total_delegations"] for row in told["spawners"]) == number


def test_work_items(run: Run) -> None:
    told = run("work-items", TASKS, "--json").json
    assert told["total"] == told["shown"] == 7
    assert list(told["statuses"]) == ["todo", "in progress", "blocked", "done"]
    assert [row["priority"] for row in told["work_items"]][:2] == ["critical", "low"]
    assert run("work-items", TASKS, "--status", "in-progress", "--json").json["shown"] == 2
    assert run("work-items", TASKS, "--type", "bug", "--json").json["shown"] == 1
    one = run("work-items", TASKS, "--item", "bug-1818e811", "--json").json
    assert one["description"] == "Activity feed is empty after a restart."
    assert (
        "Activity feed is empty after a restart."
        in run("work-items", TASKS, "--item", "bug-1818e811").out
    )
    missing = run("work-items", TASKS, "--item", "bug-0")
    assert (missing.code, missing.out) == (2, "")
    assert run("work-items", AUDIT).err == "session-tui: this store keeps no work items.\n"


def test_metrics_for_people_add_up_and_say_what_rates_are_of(run: Run) -> None:
    told = run("metrics", AUDIT).out
    figures = dict(line.split("  ", 1) for line in told.split("\n\n")[0].splitlines())
    parts = ("completed", "failed", "running", "stale", "paused", "unknown status")
    assert sum(int(figures[name]) for name in parts) == int(figures["sessions"]) == 6
    assert figures["completed %"].strip() == "66.7 of all, 80.0 of 5 that are over"


def test_metrics_of_some_sessions(run: Run, shells: Path) -> None:
    told = run("metrics", shells, "--component", "shell", "--json").json
    assert (told["total_sessions"], told["total_tool_calls"]) == (5, 5)
    assert told["tool_success_rates"] == [
        {"tool_name": "Bash", "success_rate": 0.8, "total_uses": 5}
    ]
    assert told["average_turns_per_session"] == 2.5
    assert (told["avg_duration"], told["median_duration"]) == (180.0, 180.0)
    assert (told["agents"], told["rating"]) == (1, "good")
    assert told["call_error_rate"] == pytest.approx(0.2)


def test_an_empty_store_is_no_trouble(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    store: CanonicalStore = canonical_store(path)
    store.close()
    for name in ("components", "durations", "errors", "active", "trends", "report", "check",
                 "delegations", "work-items", "metrics"):  # fmt: skip
        assert run(name, path).code == 0
        assert run(name, path, "--json").json is not None


def test_every_session_of_metrics_has_one_status(run: Run, tmp_path: Path) -> None:
    with canonical_store(tmp_path / "store.db") as store, store.batch():
        for number, status in enumerate(("completed", "failed", "paused", "running", "odd", "odd")):
            store.add_session(f"s{number}", status=status, started=1000.0 + number)
    told = run("metrics", tmp_path / "store.db", "--json").json
    words = ("completed", "failed", "running", "paused", "stale", "unknown")
    numbers = {word: told[f"{word}_sessions"] for word in words}
    assert sum(numbers.values()) == told["total_sessions"] == 6
    assert (numbers["paused"], numbers["unknown"]) == (1, 2)


def test_sessions_show_what_only_some_stores_know(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "shells.db"
    with canonical_store(path) as store:
        store.add_session("a", component="ipython", project="oneiric", quality=61.25)
        store.add_session("b", component="bash", quality=80)
        store.add_session("c")
    heading = run("sessions", path).out.splitlines()[0]
    assert heading.split()[2:6] == ["COMPONENT", "PROJECT", "QUALITY", "AGENT"]
    line = run("sessions", path, "--project", "ONEI").out.splitlines()[1]
    assert line.split()[2:5] == ["ipython", "oneiric", "61.2"]
    for order, expected in (("quality", "bac"), ("component", "bac"), ("project", "abc")):
        told = run("sessions", path, "--sort", order, "--json").json["sessions"]
        assert "".join(row["session_id"] for row in told) == expected
    bare = run("sessions", path, "--filter", "component:?").out.splitlines()[0]
    assert "COMPONENT" not in bare
    assert "QUALITY" not in bare
    low = run("sessions", path, "--filter", "quality:<70", "--json").json
    assert [row["session_id"] for row in low["sessions"]] == ["a"]
