"""What tools and matrix show is made away from the screen where there is much of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from queries.live.scope import ScopeCounter
from tests.tui.desk import LIVE, OLD, desk, desk_clock
from tests.tui.stage import Stage, on_stage
from tui.screens import scope_layout
from widgets import tool_table
from widgets.matrix_figures import MatrixFigures

STORE = Path("desk.db")
WHOLE = {"Bash": 4, "Read": 4, "Grep": 2, "Edit": 1, "Task": 1}
FOCUSED = {"Bash": 3, "Read": 2, "Edit": 1, "Grep": 1, "Task": 1}
OTHER = {"Read": 2, "Bash": 1}


def calls(stage: Stage) -> dict[str, int]:
    return {row.tool: row.calls for row in stage.main.tool_view.rows}


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, bool]]:
    """What was counted, sorted and added up, and whether in the thread that draws."""
    seen: Counter[tuple[str, bool]] = Counter()
    main = threading.get_ident()

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            seen[name, threading.get_ident() == main] += 1
            return function(*args, **options)

        return call

    monkeypatch.setattr(tool_table, "sort_tools", watched("sorted", tool_table.sort_tools))
    monkeypatch.setattr(ScopeCounter, "add", watched("counted", ScopeCounter.add))
    added_up = watched("added up", MatrixFigures.of.__func__)  # type: ignore[attr-defined]
    monkeypatch.setattr(MatrixFigures, "of", classmethod(added_up))
    return seen


async def test_of_very_many_nothing_is_counted_sorted_or_added_up_where_it_is_drawn(
    folder: Path, monkeypatch: pytest.MonkeyPatch, done: Counter[tuple[str, bool]]
) -> None:
    monkeypatch.setattr(scope_layout, "AT_ONCE", -1)
    writer = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        assert calls(stage) == FOCUSED
        await stage.press("a")
        assert calls(stage) == WHOLE
        await stage.press("a", "G")
        assert calls(stage) == OTHER
        await stage.press("g")
        writer.add_event(LIVE, kind="tool", tool="Grep", state="ok")
        writer.add_event(OLD, kind="tool", tool="Grep", state="ok")
        await stage.step()
        assert calls(stage) == {**FOCUSED, "Grep": 2}
        await stage.focus("tools")
        await stage.press("s", "r")
        assert [row.tool for row in stage.main.tool_view.rows][:2] == ["Task", "Read"]
        await stage.press("m", "M", "D")
    assert {name for name, _ in done} == {"counted", "sorted", "added up"}
    assert not any(is_drawing for _, is_drawing in done)


async def test_what_is_the_same_is_sorted_and_added_up_once(
    folder: Path, done: Counter[tuple[str, bool]]
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("a")
        before = done.copy()
        for _ in range(3):
            stage.clock.now += 60
            await stage.step()
            stage.main.figures.show()
        await stage.press("M", "tab", "m")
        assert done["sorted", True] == before["sorted", True]
        assert done["added up", True] == before["added up", True] + 1


class Elsewhere:
    """Work that was begun, in order; done when told."""

    def __init__(self) -> None:
        self.begun: list[tuple[Callable[[], Any], Callable[[Any], object]]] = []

    def __call__(self, work: Callable[[], Any], take: Callable[[Any], object]) -> None:
        self.begun.append((work, take))

    def finish(self) -> None:
        work, take = self.begun.pop(0)
        take(work())


async def test_what_comes_meanwhile_is_counted_once_and_in_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        elsewhere = Elsewhere()
        monkeypatch.setattr(stage.main._figures._counting, "_away", elsewhere)
        monkeypatch.setattr(scope_layout, "AT_ONCE", -1)
        for number in range(3):
            writer.add_event(LIVE, kind="tool", tool="Grep", state="ok")
            await stage.step()
            assert len(elsewhere.begun) == 1, number
        assert calls(stage) == FOCUSED
        elsewhere.finish()
        await stage.settle()
        assert calls(stage) == {**FOCUSED, "Grep": 2}
        elsewhere.finish()
        await stage.settle()
        assert calls(stage) == {**FOCUSED, "Grep": 4}
        assert not elsewhere.begun


async def test_what_was_begun_for_another_session_is_not_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        elsewhere = Elsewhere()
        monkeypatch.setattr(stage.main._figures._layout, "_away", elsewhere)
        monkeypatch.setattr(scope_layout, "AT_ONCE", -1)
        await stage.focus("tools")
        await stage.press("s")
        assert len(elsewhere.begun) == 1
        await stage.focus("sessions")
        await stage.press("G")
        assert calls(stage) == FOCUSED
        elsewhere.finish()
        await stage.settle()
        assert calls(stage) == FOCUSED
        elsewhere.finish()
        await stage.settle()
        assert calls(stage) == OTHER
        assert not elsewhere.begun
