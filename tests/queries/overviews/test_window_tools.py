from __future__ import annotations

import pytest

from queries.models import ToolStatistic
from queries.overviews import window_tools
from queries.overviews.window_tools import tools_in
from queries.store import Store
from queries.whole_store import count_sessions, count_store
from tests.queries.samples import DATA


def figures(tools: tuple[ToolStatistic, ...] | None) -> list[tuple[object, ...]]:
    assert tools is not None
    return [(each.tool, each.operation, each.calls, each.ok, each.errors) for each in tools]


@pytest.mark.parametrize("name", ["heist-audit", "heist-demo", "htmlgraph-0.26.1"])
def test_the_tools_of_some_sessions(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        rows = count_store(store).rows
        some = rows[:2]
        counted = count_sessions(store, [row.id for row in some])
        assert figures(tools_in(store, some)) == figures(counted.tools())
        assert tools_in(store, []) == ()


def test_too_many_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_tools, "EVENTS", 10)
    with Store(DATA / "heist-audit.db") as store:
        assert tools_in(store, count_store(store).rows) is None
