"""What agents did, and which models were used, against plain recounts."""

from __future__ import annotations

import sqlite3
from collections import Counter

import pytest

from queries.folding.pairing import paired
from queries.models import EventState, Phase
from queries.models.overview import By
from queries.overviews.agent_profiles import agent_profiles
from queries.overviews.model_use import models_used
from queries.overviews.overview import breakdown
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.events import call, event
from tests.queries.samples import DATA
from tests.queries.test_fold import folded


@pytest.mark.parametrize("name", ["heist-audit", "heist-session", "htmlgraph-0.35.0"])
def test_samples(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        counted = count_store(store)
        pages = [
            store.session_page(source, row.id, limit=10_000)
            for row in counted.rows
            for source in range(len(store.mapping.sources))
        ]
    rows = [each for page in pages for each in page]
    events = [each for page in pages for each in paired(page)]
    profiles = agent_profiles(counted.fold)
    assert {each.agent for each in profiles} == {each.agent for each in events if each.agent}
    for profile in profiles:
        own = [each for each in events if each.agent == profile.agent]
        mine = [each for each in own if each.is_call]
        assert (profile.events, profile.calls) == (len(own), len(mine))
        ok = sum(each.state is EventState.OK for each in mine)
        failed = sum(each.state is EventState.ERROR for each in mine)
        assert (profile.success.count, profile.success.of) == (ok, ok + failed)
        assert profile.errors == sum(each.state is EventState.ERROR for each in own)
        assert profile.sessions == len({each.session_id for each in own})
        assert {use.tool: use.calls for use in profile.tools} == Counter(each.tool for each in mine)
        assert profile.last_active == max(
            each.time or 0
            for each in rows
            if each.agent == profile.agent and each.phase is not Phase.START
        )
        assert profile.share == pytest.approx(len(own) / len([e for e in events if e.agent]))
    groups = {group.name: group for group in breakdown(
        counted.rows, By.AGENT, profiles=profiles).groups}  # fmt: skip
    for profile in profiles:
        assert groups[profile.agent].call_errors.of == profile.success.of
        assert groups[profile.agent].sessions == profile.sessions


def test_calls_without_an_end_are_used_as_well() -> None:
    fold = folded([event(1), call(2, Phase.START, tool="Bash", agent="mole")])
    by_name = {each.agent: each for each in agent_profiles(fold)}
    assert [(use.tool, use.calls) for use in by_name["mole"].tools] == [("Bash", 1)]
    assert by_name["mole"].success.rate is None


def test_models() -> None:
    path = DATA / "htmlgraph-0.35.0.db"
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as connection:
        rows = connection.execute(
            "SELECT DISTINCT session_id, model FROM agent_events WHERE model <> ''"
        ).fetchall()
    want: dict[str, tuple[str, ...]] = {}
    for session, model in sorted(rows):
        want[session] = (*want.get(session, ()), model)
    told: list[float] = []
    with Store(path) as store:
        assert models_used(store, progress=told.append) == want
    assert told[-1] == 1.0
    with Store(DATA / "heist-audit.db") as store:
        assert models_used(store) == {}
