"""Queries that are printed give the program's own numbers where they run by themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from queries.as_json.canonical import event_json
from queries.counting.event_stream import EventStream
from queries.dialects.stock import DUCKDB_TABLES, SQLITE_TABLES
from queries.folding.pairing import paired
from queries.models import Relation
from queries.models.overview import By
from queries.overviews.overview import breakdown
from queries.questions.view_prelude import sqlite_query
from queries.questions.view_sql import (
    UnknownViewError,
    duckdb_sql,
    require_view,
    sqlite_sql,
    stock_sql,
)
from queries.questions.view_templates import VIEWS
from queries.store import Store
from queries.text import iso
from queries.times import parse_time
from queries.whole_store import ListedStore, count_store
from tests.queries.samples import HEIST, HTMLGRAPH, duckdb_sample, sample
from tests.stores import heist_audit_store
from tests.stores.canonical import canonical_store

_ACTIVE = "SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', last_active, 'unixepoch') AS at FROM session"
SAMPLES = (*HEIST, *HTMLGRAPH, "canonical", "totals")


def made(folder: Path, name: str) -> Path:
    """A copy of a sample, or a store made for this."""
    if name == "totals":
        return totals(folder / "totals.db")
    if name != "canonical":
        return sample(folder, name)
    path = folder / "canonical.db"
    with canonical_store(path) as store:
        for number, status in enumerate(("completed", "failed", "completed", "running")):
            component = "cli" if number < 3 else None
            store.add_session(
                f"s{number}", status=status, component=component, started=1000.5 + number * 90_000,
                ended=1060.5 + number * 90_000 if number < 3 else None, quality=70.0 + number,
                error="Boom" if status == "failed" else None,
            )  # fmt: skip
            for index, agent in enumerate("abacb"):
                at = 1001.25 + number * 90_000 + index
                store.add_event(f"s{number}", agent=agent, kind="message", state="unknown", time=at)
                store.add_event(f"s{number}", agent=agent, tool="Read", time=at, duration=0.25)
        store.add_event("s1", id="x", phase="start", state="running", tool="Bash", time=2000.0)
        store.add_event("s1", phase="start", state="running", tool="Bash", time=2001.0)
        store.add_event("s1", phase="end", state="error", tool="Bash", time=2004.0)
        store.add_event("s1", phase="end", state="ok", tool="Edit", time=2005.0)
        for phase, time in (("start", 272_000.0), ("end", 272_100.0)):
            store.add_event("s3", phase=phase, state="ok", tool="Bash", agent="a", time=time)
        store.add_event("alone", kind="error", state="error", time=3000.0)
        store.add_event(
            "s2", kind="delegation", call_key="d", phase="whole", state="running",
            target_agent="b", time=2010.0,
        )  # fmt: skip
        store.add_event("s2", kind="delegation", call_key="d", phase="end", state="ok", time=2020.0)
        store.add_event("s2", tool="Read", state="running", duration=9.0, time=2021.0)
        for phase, time in (("start", 2030.0), ("whole", 2031.0), ("end", 2040.0)):
            store.add_event(
                "s1", kind="delegation", phase=phase, state="ok", target_agent=phase, time=time
            )
    return path


def totals(path: Path) -> Path:
    """A store with totals per session and tool, of some sessions beside their calls."""
    with heist_audit_store(path) as store:
        for name in ("h1", "h2", "h3"):
            store.add_session(name)
            store.add_message(name)
        store.add_tool_call("h1", tool_name="scan", execution_time=2.0)
        store.add_tool_usage("h1", "scan", usage_count=7)
        for tool, rate, took in (("scan", 0.75, 0.5), ("dig", None, None), ("dig", 1.5, 2.0)):
            store.add_tool_usage(
                "h2", tool, usage_count=4, success_rate=rate, avg_execution_time=took
            )
        store.add_tool_usage("h3", "scan", usage_count=0)
    return path


def run(path: Path, sql: str) -> list[dict[str, Any]]:
    """The rows of a query on the file itself, as a shell would give them."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    finally:
        connection.close()


def near(value: object) -> Any:
    """Numbers compared to within a millisecond."""
    return pytest.approx(value, abs=2e-3) if isinstance(value, float) else value


def same_moment(text: str | None, other: str | None) -> bool:
    """Whether two ISO times are the same to within a millisecond."""
    first, second = parse_time(text, UTC), parse_time(other, UTC)
    return first == second or abs((first or 0) - (second or 0)) < 2e-3


@pytest.fixture(scope="module", params=SAMPLES)
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Store]]:
    """A store, open; nobody writes it."""
    path = made(tmp_path_factory.mktemp("opened"), request.param)
    with Store(path) as store:
        yield path, store


@lru_cache(maxsize=1)
def counted(store: Store) -> ListedStore:
    """The program's own figures."""
    return count_store(store)


def test_sessions(opened: tuple[Path, Store]) -> None:
    path, store = opened
    ours = {row.id: row.to_dict() for row in counted(store).rows}
    theirs = run(path, sqlite_sql("sessions", store.mapping))
    assert {row["session_id"] for row in theirs} == ours.keys()
    for row in theirs:
        own = ours[row["session_id"]]
        for key in ("status", "agent", "component", "parent_id", "events", "messages",
                    "tool_calls", "errors", "quality_score", "error_message"):  # fmt: skip
            assert row[key] == own[key], (row["session_id"], key)
        assert row["duration_seconds"] == near(own["duration_seconds"])
        assert same_moment(row["started_at"], own["started_at"])
        assert same_moment(row["ended_at"], own["ended_at"])
    active = run(path, sqlite_query(store.mapping, _ACTIVE, days=None, stale_after=1800.0))
    for row in active:
        own = ours[row["id"]]
        assert same_moment(row["at"], own["ended_at"] or own["last_event_at"] or own["started_at"])


def test_tools(opened: tuple[Path, Store]) -> None:
    path, store = opened
    ours = {(tool.tool, tool.operation): tool for tool in counted(store).tools()}
    theirs = run(path, sqlite_sql("tools", store.mapping))
    assert len(theirs) == len(ours)
    for row in theirs:
        tool = ours[row["tool_name"] or "(no tool)", row["operation"]]
        assert (row["total_calls"], row["successful_calls"], row["failed_calls"]) == (
            tool.calls, tool.ok, tool.errors,
        ), tool.tool  # fmt: skip
        assert row["success_rate"] == near(tool.success_rate)
        assert row["avg_duration"] == near(tool.average), tool.tool
        assert row["total_duration"] == near(tool.total)


def test_agents_and_interactions(opened: tuple[Path, Store]) -> None:
    path, store = opened
    count = counted(store)
    ours = {agent.agent: agent for agent in count.agents()}
    theirs = run(path, sqlite_sql("agents", store.mapping))
    assert {row["agent_name"] for row in theirs} == ours.keys()
    for row in theirs:
        own = ours[row["agent_name"]]
        for key in ("messages", "events", "tool_calls", "errors"):
            assert row[key] == getattr(own, key), (own.agent, key)
        assert row["share"] == near(own.share)
        assert same_moment(row["last_active"], iso(own.last_active)), own.agent
    pairs = run(path, sqlite_sql("interactions", store.mapping))
    assert {(row["from_agent"], row["to_agent"]): row["count"] for row in pairs} == dict(
        count.interactions(Relation.FOLLOWS).counts
    )


def test_events(opened: tuple[Path, Store]) -> None:
    path, store = opened
    names = store.info.sources
    ours = {
        (event["source"], event["event_id"]): event
        for event in (event_json(one, names) for one in paired(EventStream(store)))
    }
    theirs = {
        (row["source"], str(row["event_id"])): row
        for row in run(path, sqlite_sql("events", store.mapping))
    }
    assert theirs.keys() == ours.keys()
    for key, row in theirs.items():
        own = ours[key]
        for name in ("session_id", "parent_event_id", "agent_name", "kind", "tool_name",
                     "operation", "state", "model", "tokens"):  # fmt: skip
            assert row[name] == own[name], (key, name)
        assert row["duration_seconds"] == near(own["duration_seconds"]), key
        assert same_moment(row["time"], own["time"])
    failures = run(path, sqlite_sql("failures", store.mapping))
    assert len(failures) == sum(event["state"] == "error" for event in ours.values())
    delegations = run(path, sqlite_sql("delegations", store.mapping))
    assert len(delegations) == sum(event["kind"] == "delegation" for event in ours.values())


def test_components_and_totals(opened: tuple[Path, Store]) -> None:
    path, store = opened
    rows = counted(store).rows
    ours = {one.name: one for one in breakdown(rows, By.COMPONENT).groups}
    theirs = run(path, sqlite_sql("session_stats", store.mapping))
    assert [row["name"] for row in theirs] == list(ours)
    errors = {row["name"]: row for row in run(path, sqlite_sql("errors", store.mapping))}
    for row in theirs:
        own = ours[row["name"]]
        assert (row["session_count"], row["active_sessions"]) == (own.sessions, own.active)
        assert (row["failed_sessions"], row["judged_sessions"]) == (
            own.session_errors.count, own.session_errors.of,
        )  # fmt: skip
        assert row["avg_duration"] == near(own.durations.average)
        assert row["total_duration"] == near(own.durations.total)
        assert row["avg_quality_score"] == near(own.quality.average)
        assert same_moment(row["last_active"], iso(own.last_active))
        told = errors[own.name]
        assert (told["error_rate"], told["most_common_error"]) == (
            near(own.session_errors.rate), own.common_error,
        )  # fmt: skip
    (totals,) = run(path, sqlite_sql("metrics", store.mapping))
    assert totals["total_sessions"] == len(rows)
    assert totals["total_events"] == sum(row.totals.events for row in rows)
    days = run(path, sqlite_sql("days", store.mapping))
    begun = [row.started for row in rows if row.started is not None]
    assert sum(day["sessions"] for day in days) == len(begun)
    assert len(days) == int(max(begun) // 86400 - min(begun) // 86400) + 1
    assert run(path, sqlite_sql("components", store.mapping, days=1)) == []


@pytest.mark.parametrize("dialect", SQLITE_TABLES)
@pytest.mark.parametrize("name", VIEWS)
def test_a_dialects_usual_tables_are_those_of_its_stores(
    tmp_path: Path, dialect: str, name: str
) -> None:
    for file in (*HEIST, *HTMLGRAPH):
        if file.startswith(dialect):
            path = sample(tmp_path, file)
            with Store(path) as store:
                own = sqlite_sql(name, store.mapping)
            for row, other in zip(run(path, stock_sql(name, dialect)), run(path, own), strict=True):
                # The clock may have gone on in between.
                row.pop("running_seconds", None)
                other.pop("running_seconds", None)
                assert row == other


@pytest.mark.parametrize("name", VIEWS)
def test_duckdb_stores(tmp_path: Path, name: str) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra 'duckdb' is not installed")
    for file, dialect in zip(("documented", "workflow"), DUCKDB_TABLES, strict=True):
        path = duckdb_sample(tmp_path, file)
        with Store(path) as store:
            origin = store.origin
            assert origin is not None
            assert origin.described is not None
            if VIEWS[name].needs_events:
                with pytest.raises(UnknownViewError, match="has no events"):
                    duckdb_sql(name, origin.described)
                continue
            rows = count_store(store).rows
            sql = duckdb_sql(name, origin.described)
        assert stock_sql(name, dialect) == sql
        with duckdb.connect(str(path), read_only=True) as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            told = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if name == "sessions":
            ours = {row.id: row.to_dict() for row in rows}
            assert {row["session_id"] for row in told} == ours.keys()
            for row in told:
                own = ours[row["session_id"]]
                assert (row["status"], row["project"]) == (own["status"], own["project"])
                assert row["duration_seconds"] == near(own["duration_seconds"])
                assert same_moment(row["started_at"], own["started_at"])
        elif name in ("components", "errors"):
            figures = {one.name: one for one in breakdown(rows, By.COMPONENT).groups}
            assert {row["name"] for row in told} == figures.keys()
            for row in told:
                own_one = figures[row["name"]]
                assert row["session_count"] == own_one.sessions
                assert row["judged_sessions"] == own_one.session_errors.of
                assert row["error_rate"] == near(own_one.session_errors.rate)
                if name == "errors":
                    error = own_one.common_error
                    assert (row["most_common_error"] or "")[:60] == (error or "")[:60]
                else:
                    assert row["avg_duration"] == near(own_one.durations.average)
        elif name == "days":
            assert sum(row["sessions"] for row in told) == len(rows)


def test_names() -> None:
    assert require_view("error_rate") == "errors"
    assert require_view("most_active") == "most-active"
    with pytest.raises(UnknownViewError, match="there is no view 'x'; there are sessions, active"):
        require_view("x")
    with pytest.raises(UnknownViewError, match="there is no dialect 'x'"):
        stock_sql("sessions", "x")
