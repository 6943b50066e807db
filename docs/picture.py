"""Draws the screen on the demo store: ``python -m docs.picture docs/screen.svg``."""

from __future__ import annotations

import asyncio
import html
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from textual.pilot import Pilot

from queries.feed import Feed
from queries.models import Snapshot
from tui.app import SessionApp
from tui.config import Config
from tui.demo import DemoWriter
from tui.options import ScreenOptions
from tui.poller import Poller

SEED: Final = 8
LIVED: Final = 150.0
"""Seconds of the scenario that are over when the picture is taken."""
SIZE: Final = (120, 36)
PATIENCE: Final = 30.0
"""Seconds after which something is wrong."""
SHOWN_PATH: Final = "~/shop/demo.db"
"""Instead of a temporary folder."""
_FONT_RULE: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_TEXT: Final = re.compile(
    r'(<text class="[^"]*") x="([0-9.]+)" (y="[0-9.]+") textLength="([0-9.]+)" ([^>]*>)(.*?)</text>'
)
_BLANKS: Final = re.compile("(?:&#160;)+")


class _Poller(Poller):
    """Says that the store lies where it would."""

    def _hand_on(self, snapshot: Snapshot) -> None:
        if snapshot.info is not None:
            snapshot = replace(snapshot, info=replace(snapshot.info, path=SHOWN_PATH))
        super()._hand_on(snapshot)


async def draw(folder: Path, seed: int = SEED, keys: tuple[str, ...] = ("a",)) -> str:
    """The screen on a demo store.

    Args:
        folder: where the store is written.
        seed: decides what is in it.
        keys: pressed before the picture is taken.

    Returns:
        An SVG that loads nothing from anywhere.

    Raises:
        TimeoutError: the screen did not get ready.
        BaseException: what ended the app.
    """
    path = folder / "demo.db"
    writer = DemoWriter(path, seed, start=time.time() - LIVED)
    writer.seed_history()
    writer.apply_until(LIVED)
    poller = _Poller(Feed(path))
    app = SessionApp(path, poller, Config(theme="dark", utc=True), ScreenOptions())
    poller.start()
    try:
        async with app.run_test(size=SIZE) as pilot:
            await _until(
                app, pilot, lambda: "totals:" not in _text(app) and "sessions ·" in _text(app)
            )
            await _to_a_session_with_sub_agents(app, pilot)
            await pilot.press(*keys)
            await _until(app, pilot, lambda: "total" in _text(app).rpartition("Interactions")[2])
            return tidy(app.export_screenshot(title="session-tui"))
    finally:
        poller.stop()
        writer.close()


def tidy(svg: str) -> str:
    """A screenshot that needs no font from elsewhere.

    Every word gets a place of its own, since fonts differ in width and some programs draw
    several blanks as one.
    """
    return _TEXT.sub(_in_words, _FONT_RULE.sub("", svg))


def _in_words(found: re.Match[str]) -> str:
    start, x, y, length, rest, text = found.groups()
    cells = cell_len(html.unescape(text))
    cell = float(length) / cells if cells else 0.0
    words, place = [], 0
    for part in re.split(f"({_BLANKS.pattern})", text):
        wide = cell_len(html.unescape(part))
        if wide and not _BLANKS.fullmatch(part):
            left, long = float(x) + place * cell, wide * cell
            words.append(f'{start} x="{left:g}" {y} textLength="{long:g}" {rest}{part}</text>')
        place += wide
    return "".join(words)


async def _to_a_session_with_sub_agents(app: SessionApp, pilot: Pilot[None]) -> None:
    for _ in range(20):
        line = next(line for line in _text(app).splitlines() if "Activity ·" in line)
        await pilot.press("j")
        await _until(app, pilot, partial(_has_gone, app, line))
        if "Task" in _text(app) and "▾" in _text(app):
            return
    raise TimeoutError


async def _until(app: SessionApp, pilot: Pilot[None], ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not ready():
            if app.crash is not None:
                raise app.crash
            await pilot.pause(0.05)
        # What was asked for last is drawn a frame later.
        await pilot.pause(0.3)


def _has_gone(app: SessionApp, line: str) -> bool:
    return line not in _text(app)


def _text(app: SessionApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def main(target: str, seed: int = SEED) -> None:
    """Write the picture."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    with tempfile.TemporaryDirectory() as folder:
        Path(target).write_text(asyncio.run(draw(Path(folder), seed)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
