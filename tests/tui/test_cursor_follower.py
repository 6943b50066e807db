from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events

from tests.tui.desk import LIVE, OLD, SUB, desk, desk_clock
from tests.tui.stage import Stage, on_stage
from tui.screens import cursor_follower

STORE = Path("desk.db")
PATIENCE = 60.0


async def until(condition: Callable[[], object]) -> None:
    """Let the program run on by itself until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)


def send(stage: Stage, *keys: str) -> None:
    """Press keys one right after the other."""
    driver = stage.app._driver
    assert driver is not None
    for key in keys:
        event = events.Key(key, None)
        event.set_sender(stage.app)
        driver.send_message(event)


def record(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which session the cursor was on in each frame, and what was asked for, in order."""
    told: list[str] = []
    refresh, request = stage.main._compositor_refresh, stage.reader.request

    def painting() -> None:
        told.append(f"frame {stage.main.session_view.focused_id()}")
        refresh()

    def asking(slot: str, work: object) -> int:
        told.append(f"ask {slot} {stage.main._activity.session_id}")
        return request(slot, work)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr(stage.main, "_compositor_refresh", painting)
    monkeypatch.setattr(stage.reader, "request", asking)
    return told


@asynccontextmanager
async def never_settling(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """The screen at the top of its sessions, waiting longer than any keys can take."""
    desk()
    monkeypatch.setattr(cursor_follower, "SETTLED", 3600.0)
    async with on_stage(STORE, clock=desk_clock(), paint=True) as stage:
        await stage.press("g")
        yield stage


async def test_the_cursor_is_painted_before_anything_is_asked_for_other_panes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock(), paint=True) as stage:
        first = stage.main.session_view.focused_id()
        told = record(stage, monkeypatch)
        send(stage, "down")
        await until(lambda: any(line.startswith("ask scope") for line in told))
        moved = stage.main.session_view.focused_id()
        assert moved != first
        asked = next(number for number, line in enumerate(told) if line.startswith("ask"))
        assert f"frame {moved}" in told[:asked]
        assert [line for line in told if line.startswith("ask")] == [
            f"ask tree {moved}",
            f"ask scope {moved}",
        ]


async def test_of_several_moves_in_a_row_only_the_last_is_followed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with never_settling(monkeypatch) as stage:
        told = record(stage, monkeypatch)
        send(stage, "down", "down")
        await until(lambda: stage.main.session_view.cursor == 2)
        await until(lambda: f"frame {stage.main.session_view.focused_id()}" in told)
        assert not any(line.startswith("ask") for line in told)
        stage.main.follow_cursor()
        last = stage.main.session_view.focused_id()
        asked = [line for line in told if line.startswith("ask")]
        assert asked == [f"ask tree {last}", f"ask scope {last}"]


async def test_any_other_key_finds_the_panes_at_the_session_under_the_cursor(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with never_settling(monkeypatch) as stage:
        before = stage.main._activity.session_id
        send(stage, "down", "down", "tab")
        await until(lambda: stage.main.pane_index == 1)
        last = stage.main.session_view.focused_id()
        assert stage.main._activity.session_id == last != before
        assert stage.main._figures.scope is not None
        assert stage.main._figures.scope.session_ids == (last,)


async def test_what_asks_for_the_session_in_focus_is_told_the_one_under_the_cursor(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with never_settling(monkeypatch) as stage:
        before = stage.main._activity.session_id
        told = record(stage, monkeypatch)
        send(stage, "down")
        await until(lambda: any(line.startswith("frame") for line in told))
        assert stage.main._activity.session_id == before
        assert stage.main.activity.session_id == stage.main.session_view.focused_id()


async def test_a_pane_keeps_its_title_for_as_long_as_it_shows_the_session_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk()
    monkeypatch.setattr(cursor_follower, "PATIENCE", 3600.0)
    async with on_stage(STORE, clock=desk_clock(), paint=True) as stage:
        stage.main.session_view.select(OLD)
        await stage.settle()
        tree = stage.tree()
        titles = stage.titles()
        assert "Port the parser" in titles[1]
        stage.reader.held = True
        stage.main.session_view.select(LIVE)
        await until(lambda: stage.main._figures.scope and stage.main._figures.is_waiting)
        stage.main.show_titles()
        assert stage.titles()[1:] == titles[1:]
        assert stage.tree() == tree
        assert "Read" in "\n".join(stage.main.tool_view.lines_as_text())
        stage.reader.serve()
        await until(lambda: "Fix the login" in stage.titles()[3])
        assert "Fix the login" in stage.titles()[1]
        assert "Fix the login" in stage.titles()[2]
        assert any("pytest -x" in line for line in stage.tree())


async def test_a_session_that_takes_long_to_read_is_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock(), paint=True) as stage:
        stage.main.session_view.select(OLD)
        await stage.settle()
        stage.reader.held = True
        stage.main.session_view.select(SUB)
        await until(lambda: "Find every caller" in stage.titles()[1])
        assert "Find every caller" in stage.titles()[2]
        assert stage.tree() == []
        assert stage.main.tree_view.empty_text == "Reading ..."
        assert list(stage.main.tool_view.rows) == []
        assert stage.main.tool_view.empty_text == "Counting ..."


async def test_a_session_that_cannot_be_read_shows_nothing_of_the_one_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk()
    monkeypatch.setattr(cursor_follower, "PATIENCE", 3600.0)
    async with on_stage(STORE, clock=desk_clock(), paint=True) as stage:
        stage.main.session_view.select(OLD)
        await stage.settle()
        STORE.rename("gone.db")
        controls = (stage.main._activity, stage.main._figures)
        stage.main.session_view.select(LIVE)
        await until(lambda: stage.main._activity.session_id == LIVE)
        await until(lambda: not any(control.is_waiting for control in controls))
        assert "Fix the login" in stage.titles()[1]
        assert stage.tree() == []
        assert list(stage.main.tool_view.rows) == []
