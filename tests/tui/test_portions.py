from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.tui.desk import desk, desk_clock
from tests.tui.stage import Stage, on_stage
from tui import key_gate
from tui.screens.portions import MOST_PUT_OFF

Painted = list[set[str | None]]
"""By frame: the ids of the widgets in it."""


@asynccontextmanager
async def painting(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Stage], object] = lambda _: None
) -> AsyncIterator[tuple[Stage, Painted]]:
    """A screen at rest whose frames are noted; something may happen while one is painted."""
    desk()
    async with on_stage(Path("desk.db"), clock=desk_clock()) as stage:
        main, frames = stage.main, Painted()

        def paint() -> None:
            frames.append({widget.id for widget in main._dirty_widgets})
            main._dirty_widgets.clear()
            meanwhile(stage)

        # However long the machine takes, the key was a moment ago.
        monkeypatch.setattr(key_gate, "RECENT", 3600.0)
        stage.app.poller.gate.handled()
        stage.app.poller.gate.painted()
        main._update_timer.pause()
        monkeypatch.setattr(main, "_compositor_refresh", paint)
        yield stage, frames


def all_change(stage: Stage, *but: str) -> None:
    """As if every pane but these looked different now."""
    main = stage.main
    main._dirty_widgets = {pane for pane in main.panes if pane.id not in but}


async def test_panes_are_painted_one_after_the_other_the_focused_one_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with painting(monkeypatch) as (stage, frames):
        all_change(stage)
        stage.main._on_timer_update()
        assert frames == [{"sessions"}, {"activity"}, {"tools"}, {"matrix"}]
        assert not stage.main._dirty_widgets


async def test_a_key_that_comes_meanwhile_does_not_wait_for_the_other_panes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with painting(monkeypatch, lambda stage: stage.app.poller.gate.came()) as (stage, frames):
        all_change(stage)
        stage.main._on_timer_update()
        assert frames == [{"sessions"}]
        assert {widget.id for widget in stage.main._dirty_widgets} == {
            "activity", "tools", "matrix",
        }  # fmt: skip
        assert stage.main._update_timer._active.is_set()


async def test_the_answer_to_a_key_is_painted_at_once_and_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with painting(monkeypatch) as (stage, frames):
        gate = stage.app.poller.gate
        all_change(stage)
        stage.main.on_idle()
        assert frames == []
        gate.handled()
        stage.main.on_idle()
        assert frames == [{"sessions"}]
        gate.painted()
        stage.main.on_idle()
        stage.main._on_timer_update()
        assert frames == [{"sessions"}, {"activity"}, {"tools"}, {"matrix"}]


async def test_other_panes_wait_for_the_answer_to_a_key_but_not_for_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with painting(monkeypatch) as (stage, frames):
        stage.app.poller.gate.handled()
        all_change(stage, "sessions")
        for _ in range(MOST_PUT_OFF):
            stage.main._on_timer_update()
        assert frames == []
        stage.main._on_timer_update()
        assert frames == [{"activity"}, {"tools"}, {"matrix"}]


async def test_only_what_may_be_the_answer_ends_the_wait_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bool] = []

    def show(stage: Stage) -> None:
        stage.app.post_display_hook()
        shown.append(stage.app.poller.gate.is_answering)

    async with painting(monkeypatch, show) as (stage, frames):
        stage.app.poller.gate.handled()
        stage.main._put_off = MOST_PUT_OFF
        all_change(stage, "sessions")
        stage.main._on_timer_update()
        assert shown == [True] * 3
        all_change(stage)
        stage.main._on_timer_update()
        assert shown[3:] == [False] * 4
        assert len(frames) == 7


async def test_what_is_typed_into_a_line_at_the_bottom_is_an_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with painting(monkeypatch) as (stage, frames):
        stage.main.prompt.ask("search", "/", "")
        await stage.settle()
        line = stage.main.focused
        assert line is not None
        assert line not in stage.main.panes
        frames.clear()
        stage.app.poller.gate.handled()
        stage.main._dirty_widgets = {line, stage.main.tool_view}
        stage.main.on_idle()
        assert frames == [{line.id}]


async def test_while_no_keys_come_all_panes_are_painted_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with painting(monkeypatch) as (stage, frames):
        monkeypatch.setattr(key_gate, "RECENT", 0.0)
        all_change(stage)
        stage.main._on_timer_update()
        assert frames == [{"sessions", "activity", "tools", "matrix"}]


async def test_a_new_layout_is_painted_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with painting(monkeypatch, lambda stage: stage.app.poller.gate.came()) as (stage, frames):
        all_change(stage)
        stage.main._repaint_required = True
        stage.main._on_timer_update()
        assert frames == [{stage.main.id}]
