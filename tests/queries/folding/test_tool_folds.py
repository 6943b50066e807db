"""What is counted of one tool: right in any order, and small where there are very many."""

from __future__ import annotations

import gc
import tracemalloc
from collections import Counter

import pytest

from queries import tools
from queries.fold import Fold
from queries.folding import batch
from queries.folding.fold_parts import ToolFold
from queries.models import Event, EventState, Phase
from queries.tools import tool_statistics
from tests.queries.events import event

MOST_BYTES = 600
"""Of one tool that was called once, with its place in all that a fold keeps by tool."""


def call(seq: int, tool: str, **more: object) -> Event:
    return event(seq, tool=tool, state=EventState.OK, duration=1.25, **more)


def counted(rows: list[Event]) -> Fold:
    fold = Fold(messages_only=False)
    fold.add_all(rows)
    return fold


def test_tens_of_thousands_of_tools_take_little_room() -> None:
    rows = [call(n, f"mcp__server__tool_{n}") for n in range(1, 3001)]
    # What is known of types of rows has a bound of its own, which all of these fit into.
    batch._types.clear()
    counted(rows)
    gc.collect()
    tracemalloc.start()
    try:
        fold = counted(rows)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(fold.tools) == 3000
    assert taken / 3000 < MOST_BYTES


def test_agents_are_counted_however_many_there_are() -> None:
    fold = counted([call(n, "Read", agent=name) for n, name in enumerate("aabac", 1)])
    tool = fold.tools["Read", None]
    assert tool.agents() == {"a": 3, "b": 1, "c": 1}
    assert ToolFold().agents() == {}
    other = counted([call(9, "Read", agent="a")]).tools["Read", None]
    assert other.agents() == {"a": 1}
    other.merge(tool)
    assert other.agents() == {"a": 4, "b": 1, "c": 1}
    assert other.durations.count == 6


def test_only_tools_that_changed_are_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    fold = counted([call(n, f"tool-{n}") for n in range(1, 1001)])
    made: Counter[str] = Counter()
    work_out = tools._statistic

    def counting(key: tuple[str, str | None], *more: object) -> object:
        made[key[0]] += 1
        return work_out(key, *more)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(tools, "_statistic", counting)
    before = tool_statistics(fold, lambda _: True)
    assert made.total() == 1000
    made.clear()
    fold.add_all([call(1001, "tool-7"), call(1002, "new")])
    after = tool_statistics(fold, lambda _: True)
    assert made == {"tool-7": 1, "new": 1}
    assert after[0].tool == "tool-7"
    assert after[0].calls == 2
    assert {id(row) for row in after[1:]} >= {id(row) for row in before if row.tool != "tool-7"}


def test_every_way_to_change_counts_changes_the_statistic() -> None:
    start = event(1, phase=Phase.START, tool="Bash", state=EventState.RUNNING, duration=None)
    rows = [start, call(2, "Read", tokens=4), call(3, "Read")]
    fold = counted(rows)

    def figures() -> tuple[object, ...]:
        return tool_statistics(fold, lambda _: True)

    seen = [figures()]
    fold.add(event(4, phase=Phase.END, tool="Bash", state=EventState.ERROR, duration=None))
    seen.append(figures())
    fold.update(rows[1], call(2, "Read", tokens=5))
    seen.append(figures())
    fold.update(rows[2], event(3, tool="Read", state=EventState.ERROR, duration=9.0))
    seen.append(figures())
    assert len(set(map(repr, seen))) == len(seen)
    again = counted(
        [
            start,
            call(2, "Read", tokens=5),
            event(3, tool="Read", state=EventState.ERROR, duration=9.0),
            event(4, phase=Phase.END, tool="Bash", state=EventState.ERROR, duration=None),
        ]
    )
    assert figures() == tool_statistics(again, lambda _: True)
