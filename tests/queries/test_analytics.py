"""The Python API: what commands print, as objects, and never on the event loop."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from queries import FilterError, SessionAnalytics, StoreError, UnknownSessionError, whole_store
from queries.keeping import store_mark
from queries.models import Relation, SessionStatus
from queries.models.overview import By
from queries.opening.files import StoreGoneError
from queries.store import Store
from tests.queries.kept import cache_in
from tests.queries.samples import sample
from tests.stores.canonical import canonical_store
from tui.headless.running import run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A copy of a sample."""
    return sample(tmp_path, "heist-audit")


def printed(*arguments: object) -> Any:
    """The JSON that a command prints."""
    told = StringIO()
    with redirect_stdout(told):
        assert run([*map(str, arguments), "--json"]) == 0
    return json.loads(told.getvalue())


async def test_results_are_what_commands_print(store: Path) -> None:
    async with SessionAnalytics(store) as analytics:
        rows = await analytics.list_sessions()
        assert [row.to_dict() for row in rows] == printed("sessions", store)["sessions"]
        first, second = rows[0].id, rows[1].id
        assert (await analytics.session(first)).to_dict() == printed("session", store, first)
        tools = [tool.to_dict() for tool in await analytics.tool_statistics()]
        assert tools == printed("tools", store)["tool_statistics"]
        tools = [tool.to_dict() for tool in await analytics.tool_statistics([first])]
        assert tools == printed("tools", store, "--session", first)["tool_statistics"]
        agents = printed("agents", store, "--relation", "tools")
        assert [one.to_dict() for one in await analytics.agent_activity()] == agents.pop(
            "agent_activity"
        )
        assert len(agents.pop("tool_use")) > len(await analytics.agent_activity())
        matrix = await analytics.interactions(relation=Relation.TOOLS)
        assert matrix.to_dict() == agents
        assert (await analytics.timeline(first)).to_dict() == printed("timeline", store, first)
        page = await analytics.events("kind:message", limit=7, session_ids=[first, second])
        assert page.to_dict() == printed(
            "events", store, "--filter", "kind:message", "--limit", 7, "--session", first,
            "--session", second,
        )  # fmt: skip
        assert len(page.events) == 7 < (page.total or 0)
        name = f"{page.events[0].source}:{page.events[0].event.id}"
        assert (await analytics.event(name)).to_dict() == printed("event", store, name)
        assert (await analytics.success_metrics()).to_dict() == printed("metrics", store)
        compared = await analytics.compare(first, second, baseline=second)
        assert compared.to_dict() == printed("compare", store, first, second, "--baseline", second)
        groups = await analytics.compare_groups([first], [second])
        assert groups.to_dict() == printed("compare", store, "--a", first, "--b", second)


@pytest.mark.parametrize("name", ["htmlgraph-0.26.1", "heist-audit"])
async def test_delegations_and_groups_are_what_commands_print(tmp_path: Path, name: str) -> None:
    path = sample(tmp_path, name)
    async with SessionAnalytics(path) as analytics:
        assert (await analytics.delegations()).to_dict() == printed("delegations", path)
        groups = [group.to_dict() for group in await analytics.session_stats()]
        assert groups == printed("components", path, "--limit", 0)["components"]
        ids = [row.id for row in await analytics.list_sessions()]
        found = await analytics.delegations(ids[:1], limit=2)
        assert found.to_dict() == printed("delegations", path, "--session", ids[0], "--limit", 2)
        assert (await analytics.delegations(since="2100-01-01")).found.total == 0


async def test_sessions_are_filtered_sorted_and_cut(store: Path) -> None:
    async with SessionAnalytics(store) as analytics:
        rows = await analytics.list_sessions(sort="events", limit=2, offset=1)
        counts = [row.totals.events for row in await analytics.list_sessions(sort="events")]
        assert [row.totals.events for row in rows] == counts[1:3]
        failed = await analytics.list_sessions(status="failed")
        assert {row.session.status for row in failed} <= {SessionStatus.FAILED}
        every = await analytics.list_sessions()
        assert await analytics.list_sessions("since:2020-01-01") == every
        assert await analytics.list_sessions(since="2020-01-01", until=4e9) == every
        assert await analytics.list_sessions(until="2020-01-01") == ()
        started = sorted(row.started for row in every if row.started is not None)
        between = await analytics.sessions_between(started[1], started[-1])
        assert sorted(row.started or 0 for row in between) == started[1:-1]


@pytest.mark.parametrize("relation", Relation)
async def test_a_relation_may_be_its_word(store: Path, relation: Relation) -> None:
    async with SessionAnalytics(store) as analytics:
        by_word = await analytics.interactions((), str(relation.value))
        assert by_word == await analytics.interactions((), relation)
        assert by_word.relation is relation


@pytest.mark.parametrize("by", By)
async def test_a_grouping_may_be_its_word(tmp_path: Path, by: By) -> None:
    with canonical_store(tmp_path / "store.db") as builder:
        for number in range(4):
            builder.add_session(
                f"s{number}", agent=f"a{number % 2}", component="c", project=f"p{number}"
            )
            builder.add_event(f"s{number}", agent=f"a{number % 2}", model=f"m{number % 3}")
    async with SessionAnalytics(tmp_path / "store.db") as analytics:
        groups = await analytics.session_stats(by=str(by.value))
        assert groups == await analytics.session_stats(by=by)
        assert len(groups) == {"agent": 2, "component": 1, "project": 4, "model": 3}[by.value]


async def test_a_wrong_word_names_the_right_ones(store: Path) -> None:
    async with SessionAnalytics(store) as analytics:
        with pytest.raises(ValueError, match=r"^'follow' is no relation; write follows, .*s\.$"):
            await analytics.interactions((), "follow")
        with pytest.raises(ValueError, match="'team' is no grouping; write component, agent"):
            await analytics.session_stats(by="team")
        with pytest.raises(ValueError, match="'size' is no order; write started, active"):
            await analytics.list_sessions(sort="size")
        with pytest.raises(ValueError, match="'done' is no status; write running, completed"):
            await analytics.list_sessions(status="done")
        with pytest.raises(ValueError, match="'talk' is no kind; write prompt, message"):
            await analytics.events(kind="talk")
        with pytest.raises(ValueError, match="'broken' is no state; write running, ok"):
            await analytics.events(state="broken")


async def test_what_is_wrong_is_told_in_a_sentence(store: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreGoneError, match="no such file"):
        async with SessionAnalytics(tmp_path / "none.db"):
            pass
    async with SessionAnalytics(store) as analytics:
        with pytest.raises(UnknownSessionError, match="has no session 'x'"):
            await analytics.session("x")
        with pytest.raises(FilterError, match="not a field"):
            await analytics.list_sessions("colour:red")
        with pytest.raises(TypeError, match="list of ids"):
            await analytics.tool_statistics("x")
        assert len(await analytics.list_sessions(limit=1)) == 1


async def test_commits_are_seen_and_nothing_is_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = canonical_store(tmp_path / "a.db")
    built.add_session("one")
    built.add_event("one")
    async with SessionAnalytics(built.path) as analytics:
        assert [row.totals.events for row in await analytics.list_sessions()] == [1]
        counts = 0
        count = Store.last_session_row

        def counted(self: Store) -> int:
            nonlocal counts
            counts += 1
            return count(self)

        monkeypatch.setattr(Store, "last_session_row", counted)
        await analytics.success_metrics()
        await analytics.tool_statistics()
        assert counts == 0
        built.add_event("one")
        assert [row.totals.events for row in await analytics.list_sessions()] == [2]
        assert counts == 1


async def test_nothing_is_read_on_the_event_loop(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()
    query = Store.query

    def noted(self: Store, *arguments: Any, **options: Any) -> Any:
        threads.add(threading.get_ident())
        return query(self, *arguments, **options)

    monkeypatch.setattr(Store, "query", noted)
    async with SessionAnalytics(store) as analytics:
        await analytics.list_sessions()
        await analytics.events()
        stream = analytics.tail(from_start=True)
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]  # an iterator made by a generator
    assert threads
    assert threading.get_ident() not in threads


async def test_who_gives_up_waiting_stops_the_query(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def slow(self: Store) -> set[str]:
        begun.set()
        try:
            self.query(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                " SELECT count(*) FROM n",
                deadline=60,
            )
        except StoreError:
            stopped.set()
            raise
        return set()

    async with SessionAnalytics(store) as analytics:
        with monkeypatch.context() as patch:
            patch.setattr(Store, "event_session_ids", slow)
            asking = asyncio.create_task(analytics.timeline("nobody"))
            await asyncio.to_thread(begun.wait, 10)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert await asyncio.to_thread(stopped.wait, 10)
        assert len(await analytics.list_sessions(limit=1)) == 1


async def test_tail_tells_each_event_once(tmp_path: Path) -> None:
    built = canonical_store(tmp_path / "a.db")
    built.add_session("one")
    built.add_event("one", id="e1", state="running")
    async with SessionAnalytics(built.path) as analytics:
        stream = analytics.tail(from_start=True, interval=0.001)
        first = await anext(stream)
        assert (first.event.id, first.source, first.update) == ("e1", "event", False)
        built.finish_event("e1")
        built.add_event("one", id="e2")
        told = [await anext(stream), await anext(stream)]
        assert sorted((one.event.id, one.update) for one in told) == [("e1", True), ("e2", False)]
        assert next(one for one in told if one.update).to_dict()["update"] is True
        await stream.aclose()  # type: ignore[attr-defined]  # an iterator made by a generator


async def test_kept_totals_are_used_unless_that_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, cache = sample(tmp_path, "heist-demo"), cache_in(tmp_path / "kept")
    monkeypatch.setattr(store_mark, "_is_settled", lambda *_: True)
    async with SessionAnalytics(store, cache=cache) as analytics:
        first = await analytics.tool_statistics()
    monkeypatch.setattr(whole_store, "_count_back", nothing_more)
    monkeypatch.setattr(whole_store, "_count_by_time", nothing_more)
    async with SessionAnalytics(store, cache=cache) as analytics:
        assert await analytics.tool_statistics() == first
    async with SessionAnalytics(store, cache=False) as analytics:
        with pytest.raises(AssertionError, match="counted anew"):
            await analytics.tool_statistics()


def nothing_more(*_: object) -> None:
    """Stands in place of counting."""
    raise AssertionError("counted anew")
