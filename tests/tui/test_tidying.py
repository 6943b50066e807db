"""What screens leave behind is given back, while nobody types."""

from __future__ import annotations

import asyncio
import gc
import heapq
import weakref
from pathlib import Path
from typing import Any

from textual.screen import Screen

from tests.tui.desk import desk, desk_clock
from tests.tui.stage import on_stage
from tui.tidying import MUCH, REST, TOO_MUCH, Tidying

STORE = Path("desk.db")


class Machine:
    """Takes blocks of memory, and seconds."""

    def __init__(self) -> None:
        self.blocks, self.kept, self.now, self.looks = 1000, 1000, 0.0, 0

    def collect(self) -> None:
        self.looks += 1
        self.now += 0.5
        self.blocks = self.kept

    def tidying(self) -> Tidying:
        return Tidying(lambda: self.blocks, self.collect, lambda: self.now)


def test_it_looks_when_much_came_and_nobody_types() -> None:
    machine = Machine()
    tidying = machine.tidying()
    assert not tidying.tick(is_quiet=True)
    machine.blocks += MUCH - 1
    assert not tidying.tick(is_quiet=True)
    machine.blocks += 1
    assert not tidying.tick(is_quiet=False)
    assert tidying.tick(is_quiet=True)
    machine.blocks += TOO_MUCH
    assert not tidying.tick(is_quiet=True), "it rests"
    machine.now += 0.5 * REST
    assert tidying.tick(is_quiet=False)
    assert machine.looks == 2


def test_what_stays_is_not_looked_for_again() -> None:
    machine = Machine()
    tidying = machine.tidying()
    machine.blocks = machine.kept = 10 * MUCH
    assert tidying.tick(is_quiet=True)
    machine.now += 1000
    assert not tidying.tick(is_quiet=True)
    # Less than ever before is where it begins anew.
    machine.blocks = machine.kept = 5 * MUCH
    assert not tidying.tick(is_quiet=True)
    machine.blocks = 6 * MUCH
    assert tidying.tick(is_quiet=True)


def forget_cancelled_timers() -> None:
    """The loop holds them, and so the screens they belonged to, until they would have been due."""
    loop: Any = asyncio.get_running_loop()
    loop._scheduled = [timer for timer in loop._scheduled if not timer.cancelled()]
    loop._timer_cancelled_count = 0
    heapq.heapify(loop._scheduled)


async def test_screens_that_were_left_are_given_back(folder: Path) -> None:
    desk()
    gc.collect()
    gc.disable()
    try:
        async with on_stage(STORE, clock=desk_clock()) as stage:
            left: list[weakref.ref[Screen[object]]] = []
            for key in ("3", "4", "5", "6", "question_mark"):
                await stage.press(key)
                left.append(weakref.ref(stage.app.screen))
                await stage.press("escape")
            forget_cancelled_timers()
            tidying = stage.app.tidying
            tidying._after = -TOO_MUCH
            stage.main._tick()
            await stage.settle()
            # Textual holds on to the one that was left last.
            assert [screen() for screen in left[:-1]] == [None] * (len(left) - 1)
    finally:
        gc.enable()
