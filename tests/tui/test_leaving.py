"""What still comes in while the program ends: its threads and timers stop after its screens."""

from __future__ import annotations

from pathlib import Path

from tests.tui.desk import desk
from tests.tui.stage import on_stage
from tui.reader import Answer


async def test_what_comes_after_the_last_screen_is_let_go(folder: Path) -> None:
    desk(folder / "desk.db").close()
    async with on_stage(folder / "desk.db") as stage:
        app, snapshot = stage.app, stage.main.snapshot
    assert not app.screen_stack
    assert snapshot is not None
    app._take_snapshot(snapshot)
    app._take_answer(Answer("tree", 1, None))
    app.frames_held = True
    app._begin_batch()
    app.release_frames()
    assert not app.frames_held
    app.redraw()
