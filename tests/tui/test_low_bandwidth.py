"""What is sent over a slow link, told from a clock that the test sets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from tests.tui.desk import LIVE, desk, desk_clock
from tests.tui.stage import Stage, on_stage
from tui.app import CALM_AGES, CALM_REFRESH
from tui.config import Config
from tui.options import LOW_BANDWIDTH_VARIABLE, ScreenOptions, wants_low_bandwidth
from tui.terminal.app import SLOW_FPS
from tui.terminal.driver import SafeDriver

STORE = Path("desk.db")
STEP = 0.25
"""Seconds between two polls."""


class Wire(HeadlessDriver):
    """A driver that keeps each frame with the moment at which it left."""

    is_headless = False

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self.frames: list[tuple[float, str]] = []

    def write(self, data: str) -> None:
        self.frames.append((self._app.OUTPUT_CLOCK(), data))  # type: ignore[attr-defined]  # ours


def wire(stage: Stage) -> Wire:
    driver = stage.app._driver
    assert isinstance(driver, Wire)
    return driver


async def tail(stage: Stage, store: Any, seconds: float) -> list[tuple[float, str]]:
    """So long a time in which three events come with every poll; returns the frames."""
    await pass_time(stage, 2.0)
    driver = wire(stage)
    driver.frames.clear()
    for number in range(int(seconds / STEP)):
        with store.batch():
            for name in ("Read", "Bash", "Grep"):
                words = f"step {number} of the live session"
                store.add_event(LIVE, tool=name, time=stage.clock.now, summary=words, duration=1.0)
        await stage.step()
        await pass_time(stage, STEP)
    return list(driver.frames)


async def pass_time(stage: Stage, seconds: float, step: float = STEP) -> None:
    """Let the clock go on, with what the timers do."""
    for _ in range(int(seconds / step)):
        stage.clock.now += step
        if stage.clock.now % 1 < step:
            stage.main._tick()
        await stage.settle()
        stage.app._show_later()


def size(frames: list[tuple[float, str]]) -> int:
    return sum(len(text.encode()) for _, text in frames)


def columns(stage: Stage) -> list[str]:
    """The columns of the session list."""
    return [place.column.name for place in stage.main.session_view.placed()]


async def test_a_live_session_that_is_followed(folder: Path) -> None:
    sent: dict[bool, list[tuple[float, str]]] = {}
    for low in (False, True):
        path = folder / f"{low}.db"
        store = desk(path)
        async with on_stage(
            path, clock=desk_clock(), paint=True, driver=Wire, low_bandwidth=low
        ) as stage:
            sent[low] = await tail(stage, store, 8.0)
            assert stage.main.tree_view.following
        store.close()
    moments = [moment for moment, _ in sent[True]]
    assert len(moments) > 8
    most = max(sum(begin <= moment < begin + 1 for moment in moments) for begin in moments)
    assert most <= SLOW_FPS
    assert len(sent[False]) > 1.5 * len(moments)
    assert size(sent[True]) < 0.6 * size(sent[False])


async def test_keys_are_answered_at_once(folder: Path) -> None:
    store = desk()
    async with on_stage(
        STORE, clock=desk_clock(), paint=True, driver=Wire, low_bandwidth=True
    ) as stage:
        frames = wire(stage).frames
        await stage.focus("activity")
        await pass_time(stage, 2.0)
        store.add_event(LIVE, time=stage.clock.now, summary="one")
        await stage.step()
        frames.clear()
        store.add_event(LIVE, time=stage.clock.now, summary="two")
        await stage.step()
        assert frames == [], "half a second has not gone by"
        for key in ("up", "up", "down"):
            await stage.press(key)
            assert frames, key
            frames.clear()
        # What the store does meanwhile waits again.
        stage.clock.now += STEP
        store.add_event(LIVE, time=stage.clock.now, summary="three")
        await stage.step()
        assert frames == []
        await pass_time(stage, 1.0)
        assert len(frames) == 1
    store.close()


async def test_ages_move_every_ten_seconds(folder: Path) -> None:
    desk().close()
    async with on_stage(
        STORE, clock=desk_clock(), paint=True, driver=Wire, low_bandwidth=True
    ) as stage:
        await pass_time(stage, CALM_AGES)
        frames = wire(stage).frames
        frames.clear()
        await pass_time(stage, 60.0, 1.0)
        assert 5 <= len(frames) <= 6
        assert size(frames) < 6 * 200
    async with on_stage(STORE, clock=desk_clock(), paint=True, driver=Wire) as stage:
        frames = wire(stage).frames
        await pass_time(stage, 2.0)
        frames.clear()
        await pass_time(stage, 60.0, 1.0)
        assert 55 <= len(frames) <= 61


def _colours(frames: list[tuple[float, str]]) -> set[str]:
    return set(re.findall(r"[34]8;([25]);", "".join(text for _, text in frames)))


async def test_switching_it_on_and_off_while_running(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Colours are told from the environment before anything else.
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "truecolor")
    desk().close()
    async with on_stage(STORE, clock=desk_clock(), paint=True, driver=Wire) as stage:
        app, frames = stage.app, wire(stage).frames
        usual = app.poller.refresh
        assert "trend" in columns(stage)
        assert _colours(frames) == {"2"}
        for on in (True, False):
            frames.clear()
            await stage.press("L")
            await pass_time(stage, 1.0)
            assert app.low_bandwidth is on
            assert ("trend" in columns(stage)) is not on
            assert _colours(frames) == {"5" if on else "2"}
            assert app.poller.refresh == (CALM_REFRESH if on else usual)
            assert app.max_fps == (SLOW_FPS if on else None)
        assert len(stage.said()) == 2


async def test_the_palette_has_it(folder: Path) -> None:
    desk().close()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("ctrl+p")
        await stage.type("low bandwidth")
        await stage.settle()
        assert stage.app.low_bandwidth


async def test_a_slow_link_is_told_once(folder: Path) -> None:
    desk().close()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        stage.app.slow_link_noticed()
        await stage.settle()
        assert stage.said() == ["slow link? --low-bandwidth"]
        assert "slow link? --low-bandwidth" in stage.text()


@pytest.mark.parametrize(
    ("config", "low"), [(Config(suggest_low_bandwidth=False), False), (Config(), True)]
)
async def test_nothing_is_suggested_to_those_who_know(
    folder: Path, config: Config, low: bool
) -> None:
    desk().close()
    async with on_stage(STORE, clock=desk_clock(), config=config, low_bandwidth=low) as stage:
        stage.app.slow_link_noticed()
        await stage.settle()
        assert stage.said() == []


@pytest.mark.parametrize(
    ("option", "variable", "config", "wanted"),
    [
        (None, None, False, False),
        (None, None, True, True),
        (None, "1", False, True),
        (None, "0", True, False),
        (None, "", True, False),
        (True, "0", False, True),
    ],
)
def test_who_decides(option: bool | None, variable: str | None, config: bool, wanted: bool) -> None:
    environ = {} if variable is None else {LOW_BANDWIDTH_VARIABLE: variable}
    options = ScreenOptions(low_bandwidth=option)
    assert wants_low_bandwidth(options, Config(low_bandwidth=config), environ) is wanted


class _Silent(SafeDriver):
    """A driver whose terminal is a list."""

    def __init__(self, app: Any) -> None:
        self.sent: list[str] = []
        super().__init__(app)

    def write(self, data: str) -> None:
        self.sent.append(data)


async def test_the_mouse_is_left_alone(folder: Path) -> None:
    desk().close()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        driver = _Silent(stage.app)
        steps: list[tuple[Callable[[], None], str]] = [
            (lambda: driver.use_mouse(False), "l"),
            (lambda: driver.use_mouse(False), ""),
            (lambda: driver.use_mouse(True), "h"),
            (lambda: driver.use_mouse(True), ""),
        ]
        for act, sign in steps:
            driver.sent.clear()
            act()
            modes = re.findall(r"\x1b\[\?(1000|1003|1006)(.)", "".join(driver.sent))
            assert {state for _, state in modes} == set(sign)
