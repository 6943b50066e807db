"""Tables beside sessions and events are read whole, however many rows they have."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from queries import handoff_rows, side_tables
from queries.finding.session_lookup import UnknownSessionError, require_sessions
from queries.handoff_rows import (
    handoff_groups,
    handoff_kinds,
    handoff_pairs,
    handoffs,
    kind_of,
    pairs_by_session,
)
from queries.interactions import HandoffPairs
from queries.metrics import metrics
from queries.models import Relation
from queries.side_rows import MANY, PAGE
from queries.side_tables import aggregated_tools, work_items
from queries.store import Store
from queries.whole_store import count_sessions, count_store
from tests.stores import canonical_store, heist_audit_store

AGENTS = ("a", "b", "c")
TYPES = ("delegation", "parallel", None)


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handoff_rows, "PAGE", 7)
    monkeypatch.setattr(handoff_rows, "GROUPED", 11)
    monkeypatch.setattr(handoff_rows, "CHOSEN", 13)
    monkeypatch.setattr(side_tables, "PAGE", 7)
    monkeypatch.setattr(side_tables, "CHOSEN", 13)


def crowded(path: Path, number: int = 200) -> Path:
    """A store with gaps among the rowids of its hand-offs."""
    chance = random.Random(4)
    with canonical_store(path) as writer, writer.batch():
        for session in range(5):
            writer.add_session(f"s{session}")
        for _ in range(number):
            writer.add_handoff(
                chance.choice(AGENTS), chance.choice(AGENTS), type=chance.choice(TYPES),
                state=chance.choice(("open", "done")), session_id=f"s{chance.randrange(5)}",
            )  # fmt: skip
            writer.add_work_item(f"item {chance.random()}")
        writer.connection.execute("DELETE FROM handoff WHERE rowid % 3 = 0")
        writer.connection.execute("UPDATE handoff SET rowid = -rowid WHERE rowid < 40")
    return path


@pytest.mark.usefixtures("small_slices")
def test_slices_hold_every_row_once(tmp_path: Path) -> None:
    with Store(crowded(tmp_path / "a.db")) as store:
        rows = store.query("SELECT id, from_agent, to_agent, type, session_id FROM handoff")
        assert Counter(each.id for each in handoffs(store)) == Counter(row[0] for row in rows)
        pairs = handoff_pairs(store)
        assert pairs.others == Counter(row[1:3] for row in rows if row[3] != "delegation")
        assert pairs.delegations == Counter(row[1:3] for row in rows if row[3] == "delegation")
        of_two = pairs_by_session(store, ["s1", "s3", "other"])
        assert set(of_two) == {"s1", "s3"}
        for name, own in of_two.items():
            all_of_it = Counter(row[1:3] for row in rows if row[4] == name)
            assert own.others + own.delegations == all_of_it
        together = HandoffPairs()
        for own in pairs_by_session(store, [f"s{number}" for number in range(MANY + 1)]).values():
            together.merge(own)
        assert together == pairs
        assert len(work_items(store)) == 200
        groups = handoff_groups(handoff_kinds(store))
        assert groups == handoff_groups(map(kind_of, handoffs(store)))
        assert sum(group.count for group in groups) == len(rows)


def test_the_newest_are_those_written_last(tmp_path: Path) -> None:
    with Store(crowded(tmp_path / "a.db")) as store:
        assert handoffs(store, 10) == handoffs(store)[-10:]
        assert handoffs(store, 1000) == handoffs(store)


def test_a_table_without_rowids_is_read_at_once(tmp_path: Path) -> None:
    path = crowded(tmp_path / "a.db", 20)
    with canonical_store(path) as writer:
        (sql,) = writer.connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'handoff'"
        ).fetchone()
        rows = writer.connection.execute("SELECT * FROM handoff").fetchall()
        writer.connection.execute("DROP TABLE handoff")
        writer.connection.execute(f"{sql} WITHOUT ROWID")
        for row in rows:
            writer.connection.execute(
                f"INSERT INTO handoff VALUES ({','.join('?' * len(row))})", row
            )
    with Store(path) as store:
        assert {each.id for each in handoffs(store)} == {row[0] for row in rows}
        assert handoffs(store, 3) == handoffs(store)[-3:]
        assert handoff_pairs(store).others.total() == sum(row[5] != "delegation" for row in rows)


def test_more_rows_than_are_read_at_once_are_counted(tmp_path: Path) -> None:
    number = 2 * PAGE + 5
    with heist_audit_store(tmp_path / "a.db") as writer, writer.batch():
        for session in range(number):
            writer.add_session(f"h{session}")
            writer.add_tool_usage(f"h{session}", "scan", usage_count=2, avg_execution_time=0.25)
    with Store(tmp_path / "a.db") as store:
        counted = count_store(store)
        (tool,) = counted.tools()
        assert (tool.calls, tool.ok, tool.total) == (2 * number, 2 * number, number / 2)
        assert sum(row.totals.tool_calls for row in counted.rows) == 2 * number
        last = count_sessions(store, [f"h{number - 1}"])
        assert last.tools()[0].calls == 2
        assert last.interactions(Relation.DELEGATES).counts == {}


def test_sessions_that_only_totals_name_are_sessions(tmp_path: Path) -> None:
    with heist_audit_store(tmp_path / "a.db") as writer:
        writer.add_session("here", status="completed")
        writer.add_tool_usage("here", "scan", usage_count=3)
        writer.add_tool_usage("lost", "scan", usage_count=7)
    with Store(tmp_path / "a.db") as store:
        counted = count_store(store)
        assert {row.id: row.totals.tool_calls for row in counted.rows} == {"here": 3, "lost": 7}
        found = metrics(counted)
        assert (found.sessions, found.tool_calls) == (2, 10)
        assert require_sessions(store, ["lost", "here"]) == ("lost", "here")
        (row,) = count_sessions(store, ["lost"]).rows
        assert (row.totals.tool_calls, row.session.declared) == (7, False)
        with pytest.raises(UnknownSessionError):
            require_sessions(store, ["lo"])


@pytest.mark.parametrize("indexed", [True, False])
def test_totals_of_sessions_with_single_calls_do_not_count(tmp_path: Path, indexed: bool) -> None:
    with heist_audit_store(tmp_path / "a.db") as writer:
        for name in ("h1", "h2", "h3"):
            writer.add_session(name)
            writer.add_tool_usage(name, "scan", usage_count=5, operation=None)
        writer.add_tool_call("h2", tool_name="scan")
        if not indexed:
            writer.connection.execute("DROP INDEX idx_tool_calls_session")
    with Store(tmp_path / "a.db") as store:
        known = [tool.session_id for tool in aggregated_tools(store)]
        assert known == (["h1", "h3"] if indexed else ["h1", "h2", "h3"])
        assert [tool.calls for tool in count_store(store).tools()] == [11]
        assert aggregated_tools(store, ["h3", "h4"]) == aggregated_tools(store, ["h3"])
        assert [tool.session_id for tool in aggregated_tools(store, ["h3"])] == ["h3"]
