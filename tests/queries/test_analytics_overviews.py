"""What the Python API tells of a whole store is what commands print."""

from __future__ import annotations

import json
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from queries import SessionAnalytics
from queries.models.alerts import Thresholds
from queries.models.overview import BucketSize
from tests.queries.samples import sample
from tui.headless.running import run

NAMES = ("heist-audit", "heist-session", "htmlgraph-0.26.1", "htmlgraph-0.35.0")
NOW = 1_800_000_000.0


@pytest.fixture(params=NAMES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a sample."""
    return sample(tmp_path, str(request.param))


def printed(*arguments: object) -> Any:
    """The JSON that a command prints, in UTC as the Python API has it."""
    told = StringIO()
    with redirect_stdout(told):
        assert run([*map(str, arguments), "--json"]) in (0, 1)
    return json.loads(told.getvalue())


async def test_activity(store: Path) -> None:
    async with SessionAnalytics(store) as analytics:
        assert (await analytics.activity()).to_dict() == printed("activity", store)
        name = (await analytics.list_sessions())[0].id
        found = await analytics.activity(name, limit=None, raw=True)
        asked = ("activity", store, "--session", name, "--limit", 0, "--raw")
        assert found.to_dict() == printed(*asked)


@pytest.mark.parametrize("size", BucketSize)
async def test_trends(store: Path, size: BucketSize) -> None:
    async with SessionAnalytics(store) as analytics:
        found = await analytics.trends(str(size.value))
        assert found.to_dict() == printed("trends", store, "--by", size.value, "--utc")
        assert sum(one.events for one in found.buckets) > 0


async def test_reports_and_alerts(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)
    async with SessionAnalytics(store, clock=lambda: NOW) as analytics:
        report = await analytics.report()
        assert report.to_dict() == printed("report", store, "--utc")
        assert (await analytics.alerts()).to_dict() == printed("check", store, "--utc")
        never = Thresholds(
            tool_success=0, component_errors=0, running_seconds=0, repeats=0, ping_pong=0,
            streak=0, stale=False,
        )  # fmt: skip
        assert (await analytics.alerts(thresholds=never)).found.alerts == ()


async def test_profiles(store: Path) -> None:
    async with SessionAnalytics(store) as analytics:
        found = [profile.to_dict() for profile in await analytics.agent_profiles()]
        assert found == printed("report", store)["agents"]


async def test_work_items(store: Path) -> None:
    async with SessionAnalytics(store) as analytics:
        assert (await analytics.work_items()).to_dict() == printed("work-items", store)
        found = await analytics.work_items(status="todo", type="bug", assigned_to="a")
        asked = ("--status", "todo", "--type", "bug", "--assigned-to", "a")
        assert found.to_dict() == printed("work-items", store, *asked)


async def test_sessions_are_chosen_as_by_commands(tmp_path: Path) -> None:
    store = sample(tmp_path, "heist-session")
    since, until = "2025-12-19T09:00", "2025-12-19T10:30"
    async with SessionAnalytics(store) as analytics:
        chosen = ("--since", since, "--until", until, "--agent", "mole", "--utc")
        wanted: dict[str, Any] = {"filter": "agent:mole", "since": since, "until": until}
        report = await analytics.report(**wanted)
        assert report.to_dict() == printed("report", store, *chosen)
        assert 0 < report.overview.sessions < len(await analytics.list_sessions())
        assert (await analytics.trends("hour", **wanted)).to_dict() == printed(
            "trends", store, "--by", "hour", *chosen
        )
        assert (await analytics.alerts(**wanted)).to_dict() == printed("check", store, *chosen)
        nobody = await analytics.report(filter="agent:nobody")
        assert (nobody.overview.sessions, nobody.overview.events) == (0, 0)
        assert nobody.tools == ()
        assert (await analytics.report(days=1)).overview.sessions == 0


async def test_a_wrong_stretch_of_time_names_the_right_ones(tmp_path: Path) -> None:
    async with SessionAnalytics(sample(tmp_path, "heist-demo")) as analytics:
        with pytest.raises(
            ValueError, match="'month' is no stretch of time; write hour, day, week"
        ):
            await analytics.trends("month")
