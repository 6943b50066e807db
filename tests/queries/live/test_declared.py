"""Hand-offs and a store's own totals stay right while their tables grow and change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from queries import side_tables
from queries.feed import Feed
from queries.live import declared, followed_table
from queries.models import Relation, Snapshot
from tests.queries.feeding import Clock, begun, counted, snap
from tests.stores import CanonicalStore, HeistAuditStore, heist_audit_store

Pairs = dict[tuple[str, str], int]


@pytest.fixture(params=["small", "counted", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the tables of these tests are followed."""
    few, counted_upto = {"small": (500, 900), "counted": (3, 500), "large": (3, 5)}[request.param]
    monkeypatch.setattr(followed_table, "FEW", few)
    monkeypatch.setattr(followed_table, "COUNTED", counted_upto)
    monkeypatch.setattr(declared, "GROUPED", 4)
    monkeypatch.setattr(declared, "PAGE", 4)
    return str(request.param)


def handed(snapshot: Snapshot) -> Pairs:
    return dict(snapshot.interactions[Relation.DELEGATES].counts)


def in_store(writer: CanonicalStore) -> Pairs:
    return dict(
        Counter(writer.connection.execute("SELECT from_agent, to_agent FROM handoff").fetchall())
    )


def test_hand_offs_that_come_are_counted(writer: CanonicalStore, clock: Clock, size: str) -> None:
    for number in range(30):
        writer.add_handoff("a", f"b{number % 3}")
    feed = begun(writer.path, clock)
    assert handed(snap(feed)) == in_store(writer)
    for number in range(20):
        writer.add_handoff("a", f"b{number % 4}")
        if number % 3 == 0:
            assert handed(snap(feed)) == in_store(writer)
    assert handed(snap(feed)) == in_store(writer)
    feed.close()


def test_hand_offs_that_go_are_missed(writer: CanonicalStore, clock: Clock, size: str) -> None:
    for number in range(30):
        writer.add_handoff("a", f"b{number % 3}")
    feed = begun(writer.path, clock)
    writer.connection.execute("DELETE FROM handoff WHERE rowid IN (2, 3, 17)")
    writer.add_handoff("c", "d")
    snapshot = snap(feed)
    if size == "large":
        clock.now += 60
        snapshot = snap(feed)
    assert handed(snapshot) == in_store(writer)
    feed.close()


def test_hand_offs_that_change_are_noticed(writer: CanonicalStore, clock: Clock, size: str) -> None:
    for number in range(30):
        writer.add_handoff("a", f"b{number % 3}")
    feed = begun(writer.path, clock)
    writer.connection.execute("UPDATE handoff SET to_agent = 'z' WHERE rowid = 5")
    snapshot = snap(feed)
    if size != "small":
        clock.now += 60
        snapshot = snap(feed)
    assert handed(snapshot) == in_store(writer)
    feed.close()


@pytest.mark.usefixtures("size")
def test_a_table_that_is_emptied_and_filled_anew(writer: CanonicalStore, clock: Clock) -> None:
    feed = begun(writer.path, clock)
    assert handed(snap(feed)) == {}
    for _ in range(12):
        writer.add_handoff("a", "b")
    assert handed(snap(feed)) == {("a", "b"): 12}
    with writer.batch():
        writer.connection.execute("DELETE FROM handoff")
        writer.add_handoff("c", "d")
    clock.now += 60
    assert handed(snap(feed)) == {("c", "d"): 1}
    feed.close()


@pytest.fixture
def heist(tmp_path: Path) -> Iterator[HeistAuditStore]:
    with heist_audit_store(tmp_path / "h.db", "wal") as store:
        for number in range(10):
            store.add_session(f"h{number}")
        yield store


def calls(snapshot: Snapshot) -> tuple[dict[str, int], dict[str, int]]:
    """By tool, and by session where there are any."""
    rows = {row.id: row.totals.tool_calls for row in snapshot.sessions if row.totals.tool_calls}
    tools: Counter[str] = Counter()
    for tool in snapshot.tools:
        tools[tool.tool] += tool.calls
    return dict(tools), rows


@pytest.mark.usefixtures("size")
def test_totals_give_way_to_single_calls(heist: HeistAuditStore, clock: Clock) -> None:
    for number in range(9):
        heist.add_tool_usage(f"h{number}", "scan", usage_count=number + 1, avg_execution_time=0.1)
        heist.add_tool_usage(f"h{number}", "dig", usage_count=1)
    feed = begun(heist.path, clock)
    scanned = sum(range(1, 10))
    assert calls(snap(feed))[0] == {"scan": scanned, "dig": 9}
    heist.add_tool_call("h4", tool_name="scan")
    tools, rows = calls(snap(feed))
    assert tools == {"scan": scanned - 5 + 1, "dig": 8}
    assert rows == {f"h{number}": number + 2 for number in range(9)} | {"h4": 1}
    heist.add_tool_usage("h9", "scan", usage_count=7)
    heist.add_tool_usage("h4", "scan", usage_count=50)
    snapshot = snap(feed)
    assert calls(snapshot)[0] == {"scan": scanned - 5 + 1 + 7, "dig": 8}
    assert calls(snapshot)[1]["h9"] == 7
    other = counted(heist.path, clock)
    assert (snapshot.tools, snapshot.sessions) == (other.tools, other.sessions)
    feed.close()


def test_a_commit_reads_no_more_of_large_tables_than_is_new(
    heist: HeistAuditStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed_table, "FEW", 3)
    monkeypatch.setattr(followed_table, "COUNTED", 5)
    for number in range(40):
        heist.add_tool_usage(f"h{number % 10}", f"tool{number}")
    feed = begun(heist.path, clock)
    read: list[int] = []
    taken = side_tables.tools_in

    def noted(*args: object) -> object:
        found = taken(*args)  # type: ignore[arg-type]  # handed on as they come
        read.append(len(found))
        return found

    monkeypatch.setattr(declared, "tools_in", noted)
    heist.add_message("h1")
    snap(feed)
    assert read == []
    heist.add_tool_usage("h1", "one more")
    snap(feed)
    assert read == [1]
    feed.close()


def test_the_first_look_reads_the_beginning_of_large_tables_only(
    writer: CanonicalStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declared, "GROUPED", 5)
    for _ in range(23):
        writer.add_handoff("a", "b")
    feed = Feed(writer.path, clock=clock)
    assert 0 < handed(snap(feed))["a", "b"] < 23
    while feed.counting:
        feed.backfill(1.0)
    assert handed(snap(feed)) == {("a", "b"): 23}
    feed.close()


def tallies(snapshot: Snapshot) -> dict[str, int]:
    return calls(snapshot)[1]


@pytest.mark.usefixtures("size")
def test_sessions_that_only_totals_name_have_lines(heist: HeistAuditStore, clock: Clock) -> None:
    heist.add_tool_usage("h1", "scan", usage_count=2)
    heist.add_tool_usage("lost", "scan", usage_count=7)
    feed = begun(heist.path, clock)
    first = snap(feed)
    assert tallies(first) == {"h1": 2, "lost": 7}
    assert {row.id: row.session.declared for row in first.sessions}["lost"] is False
    assert first.total_sessions == len(first.sessions) == 11
    heist.add_tool_usage("late", "dig", usage_count=3)
    assert tallies(snap(feed)) == {"h1": 2, "lost": 7, "late": 3}
    heist.add_session("late")
    heist.add_tool_call("lost", tool_name="scan")
    snapshot = snap(feed)
    assert tallies(snapshot) == {"h1": 2, "lost": 1, "late": 3}
    assert {row.id: row.session.declared for row in snapshot.sessions}["late"] is True
    other = counted(heist.path, clock)
    assert (snapshot.tools, snapshot.sessions) == (other.tools, other.sessions)
    feed.close()


@pytest.mark.usefixtures("size")
def test_they_go_with_their_totals(heist: HeistAuditStore, clock: Clock) -> None:
    for number in range(6):
        heist.add_tool_usage(f"lost{number}", "scan", usage_count=7)
    feed = begun(heist.path, clock)
    assert len(tallies(snap(feed))) == 6
    heist.connection.execute("DELETE FROM tool_usage WHERE session_id = 'lost3'")
    snap(feed)
    clock.now += 60
    assert set(tallies(snap(feed))) == {"lost0", "lost1", "lost2", "lost4", "lost5"}
    assert len(snap(feed).sessions) == 15
    feed.close()


def test_declared_sessions_that_are_too_old_to_be_listed_are_not_taken_for_lost_ones(
    heist: HeistAuditStore, clock: Clock
) -> None:
    for number in range(10):
        heist.add_tool_usage(f"h{number}", "scan", usage_count=1)
    heist.add_tool_usage("lost", "scan", usage_count=7)
    feed = Feed(heist.path, clock=clock, keep_sessions=4)
    snap(feed)
    while feed.counting:
        feed.backfill(1.0)
    kept = feed._counting.roster.rows(feed.fold, (), now=clock.now, frontier=None)
    assert {row.id for row in kept} == {"h6", "h7", "h8", "h9", "lost"}
    assert snap(feed).total_sessions == 11
    feed.close()
