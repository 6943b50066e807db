"""What a call took that its start row states counts from the start on, as it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries import SessionAnalytics
from queries.folding import joining
from tests.stores.canonical import canonical_store

START = 1_768_212_000.0


def write(path: Path, rows_between: int = 0) -> None:
    """One call without an end in a session that is over and one in a session that runs."""
    with canonical_store(path) as store, store.batch():
        for number, status in enumerate(("completed", "running")):
            name = f"s{number}"
            store.add_session(name, status=status, started=START)
            for key, (tokens, cost) in enumerate(((100, 1.0), (7, 0.25), (5, None))):
                store.add_event(
                    name, tool="Read", phase="start", state="running", time=START + key,
                    call_key=f"{name} {key}", agent="coder", tokens=tokens, cost=cost,
                )  # fmt: skip
            for key, spent in ((1, None), (2, 6)):
                store.add_event(
                    name, tool="Read", phase="end", state="ok", time=START + 10 + key,
                    call_key=f"{name} {key}", agent="coder", tokens=spent,
                )  # fmt: skip
        for _ in range(rows_between):
            store.add_event("s0", kind="message", agent="planner", time=START + 20)


@pytest.mark.parametrize("reach", [20_000, 8])
async def test_every_total_is_the_sum_of_the_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reach: int
) -> None:
    path = tmp_path / "store.db"
    write(path, rows_between=30)
    monkeypatch.setattr(joining, "REACH", reach)
    async with SessionAnalytics(path, cache=False) as analytics:
        page = await analytics.events(limit=None)
        tokens = sum(record.to_dict()["tokens"] or 0 for record in page.events)
        assert tokens == 2 * (100 + 7 + 6)
        rows = await analytics.list_sessions()
        assert [(row.tokens, row.cost) for row in rows] == [(113, 1.25), (113, 1.25)]
        assert [tool.tokens for tool in await analytics.tool_statistics()] == [tokens]
        agents = {row.agent: row.tokens for row in await analytics.agent_activity()}
        assert agents == {"coder": tokens, "planner": None}
        metrics = await analytics.success_metrics()
        assert metrics.to_dict()["tokens"] == tokens
        assert metrics.to_dict()["cost_usd"] == 2.5
        buckets = (await analytics.trends()).buckets
        assert sum(bucket.tokens or 0 for bucket in buckets) == tokens
        one = await analytics.session("s0")
        assert (one.row.tokens, one.tools[0].tokens) == (113, 113)
