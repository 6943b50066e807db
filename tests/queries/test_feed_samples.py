"""What a feed counts in the sample stores is what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from queries.feed import Feed
from queries.models import Relation, SessionStatus, ToolStatistic
from tests.queries.feeding import Clock, counted
from tests.queries.files import folder
from tests.queries.samples import HEIST, HTMLGRAPH, sample, truth

BELONGING = {"htmlgraph-0.26.1": 92 + 2 * 9, "htmlgraph-0.35.0": 17}
"""Rows that are no event of their own: the starts of 92 calls, and the starts and ends of the
nine delegations; in 0.35, where a call is one row, only the ends of those."""


def as_told(tool: ToolStatistic) -> dict[str, Any]:
    return {"tool": tool.tool, "calls": tool.calls, "ok": tool.ok, "failed": tool.errors,
            "unknown": tool.unknown}  # fmt: skip


def by_name(tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(tools, key=lambda tool: str(tool["tool"]))


AFTERWARDS = 1_768_400_000.0
"""All samples were written before."""


@pytest.mark.parametrize("name", HEIST)
def test_heist(tmp_path: Path, clock: Clock, name: str) -> None:
    path = sample(tmp_path, name)
    before = folder(path)
    known = truth(name)
    snapshot = counted(path, clock)
    totals = known["totals"]
    assert snapshot.totals.sessions == totals["sessions"] == snapshot.total_sessions
    assert snapshot.totals.messages == totals["messages"]
    assert snapshot.totals.tool_calls == totals["tool_calls"]
    assert snapshot.totals.events == totals["messages"] + totals["tool_calls"]
    assert by_name([as_told(tool) for tool in snapshot.tools]) == by_name(totals["tools"])
    assert snapshot.sessions[0].id == totals["latest_session_by_epoch"]
    rows = {row.id: row for row in snapshot.sessions}
    assert len(rows) == len(known["sessions"])
    follows: dict[tuple[str, str], int] = {}
    for session in known["sessions"]:
        row = rows[session["session_id"]]
        assert row.totals.messages == session["message_count"]
        assert row.totals.tool_calls == session["tool_calls"]
        assert row.session.started == pytest.approx(session["start_epoch"])
        assert row.session.ended == pytest.approx(session["end_epoch"])
        assert row.duration == pytest.approx(session["duration_s"])
        assert row.session.declared_turns == session["declared_turns"]
        assert row.session.raw_status == session["status"]
        for first, second, number in session["follows_by_id"]:
            follows[first, second] = follows.get((first, second), 0) + number
    assert snapshot.interactions[Relation.FOLLOWS].counts == follows
    assert snapshot.problems == ()
    assert folder(path) == before


@pytest.mark.parametrize("name", HTMLGRAPH)
def test_htmlgraph(tmp_path: Path, clock: Clock, name: str) -> None:
    path = sample(tmp_path, name)
    before = folder(path)
    known = truth(name)
    clock.now = AFTERWARDS
    snapshot = counted(path, clock)
    feed = Feed(path, clock=clock)
    feed.poll()
    # Every row is read; rows that belong to one call, or to one delegation, are one event.
    assert feed._counting.fold.rows == known["events"]
    feed.close()
    assert snapshot.totals.events == known["events"] - BELONGING[name]
    assert snapshot.totals.sessions == len(known["sessions"])
    assert snapshot.totals.errors == known["failed"]
    assert snapshot.totals.tokens == known["tokens"]
    rows = {row.id: row for row in snapshot.sessions}
    for session in known["sessions"]:
        row = rows[session["session_id"]]
        assert row.totals.prompts == session["turns"]
        assert row.totals.errors == session["failed"]
        assert (row.totals.tokens or 0) == session["tokens"]
        assert row.totals.events <= session["events"]
        assert row.session.parent_id == session["parent_session_id"]
        assert row.session.agent == session["agent"]
        assert row.session.status in (SessionStatus.STALE, SessionStatus.RUNNING)
    assert snapshot.problems == ()
    assert folder(path) == before
