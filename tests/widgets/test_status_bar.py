from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.strip import Strip

from queries.models import (
    Problem,
    Session,
    SessionRow,
    SessionTotals,
    Snapshot,
    StoreInfo,
    StoreState,
    StoreTotals,
)
from tests.widgets.pane_app import HOSTILE
from widgets.glyphs import ASCII
from widgets.line_bar import LineBar
from widgets.line_text import shorten_middle, shorten_path
from widgets.status_bar import FooterBar, StatusBar

INFO = StoreInfo(
    "~/proj/.htmlgraph/htmlgraph.db", "htmlgraph 0.26", "its tables", ("events",), "wal",
    "read-only", False, 4096,
)  # fmt: skip
TOTALS = StoreTotals(
    sessions=12, running=2, events=4312, ok=972, errors=28, finished_calls=1000
)  # fmt: skip
ROWS = tuple(SessionRow(Session(f"s{number}"), SessionTotals(), True) for number in range(12))
SNAPSHOT = Snapshot(1, 1, StoreState.LIVE, "", INFO, ROWS, 12, TOTALS, (), (), {})
WIDTHS = [1, 2, 3, 10, 20, 40, 60, 80, 100, 120, 200]


class BarApp(App[None]):
    def __init__(self, bar: LineBar) -> None:
        super().__init__()
        self.bar = bar

    def compose(self) -> ComposeResult:
        yield self.bar


@asynccontextmanager
async def shown(bar: LineBar, width: int) -> AsyncIterator[Any]:
    async with BarApp(bar).run_test(size=(width, 3)) as pilot:
        await pilot.pause()
        yield pilot


def drawn(bar: LineBar) -> str:
    strips: list[Strip] = bar.screen._compositor.render_strips()
    assert cell_len(strips[0].text) == bar.size.width
    assert bar.text == strips[0].text
    return strips[0].text


@contextmanager
def repaints(bar: LineBar) -> Iterator[list[int]]:
    lines: list[int] = []
    render: Any = bar.render_line

    def counting(y: int) -> Strip:
        lines.append(y)
        strip: Strip = render(y)
        return strip

    bar.render_line = counting  # type: ignore[method-assign]  # watched, then put back
    try:
        yield lines
    finally:
        del bar.render_line


async def test_a_wide_bar_says_all() -> None:
    bar = StatusBar()
    async with shown(bar, 130) as pilot:
        bar.show(SNAPSHOT)
        await pilot.pause()
        text = drawn(bar)
        assert text.startswith(
            " session-tui  ~/proj/.htmlgraph/htmlgraph.db · htmlgraph 0.26 · ● live  "
        )
        assert text.endswith("  12 sessions · 2 running · 4,312 events · 97.2 % ok ")


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_part_of_the_events_is_told_as_a_part_at_any_width(width: int) -> None:
    bar = StatusBar()
    async with shown(bar, width) as pilot:
        bar.show(replace(SNAPSHOT, totals=replace(TOTALS, events=9_876_543, counted=0.5)))
        await pilot.pause()
        text = drawn(bar)
    assert "9,876,543 event" not in text
    assert width < 80 or "9,876,543+ events" in text or "12 sessions" in text
    # How far that is gives way later than what kind of store it is.
    assert "totals: 50 %" in text or "% ok" not in text


async def test_where_not_all_sessions_are_listed_more_may_run() -> None:
    bar = StatusBar()
    async with shown(bar, 130) as pilot:
        bar.show(replace(SNAPSHOT, total_sessions=100_000))
        await pilot.pause()
        assert "  100,000 sessions · 2+ running · 4,312 events" in drawn(bar)


async def test_narrow_bars_leave_out_the_least_important_first() -> None:
    bar = StatusBar()
    bar.show(SNAPSHOT)
    seen: list[tuple[str, ...]] = []
    for width in (130, 110, 90, 70, 50, 30, 12):
        async with shown(bar, width):
            text = drawn(bar)
        parts = ("session-tui", "htmlgraph 0.26", "% ok", "events", "sessions", "live")
        seen.append(tuple(part for part in parts if part in text))
        assert "live" in text
    assert [len(parts) for parts in seen] == sorted(map(len, seen), reverse=True)
    assert seen[0] == ("session-tui", "htmlgraph 0.26", "% ok", "events", "sessions", "live")
    assert "session-tui" not in seen[2]
    assert seen[-1] == ("live",)


async def test_what_is_left_out_stays_visible_where_there_is_little_room() -> None:
    bar = StatusBar()
    bar.show(replace(SNAPSHOT, problems=(Problem("event", "rows left out", 17),)))
    async with shown(bar, 80):
        assert "17 problems" in drawn(bar)


async def test_the_far_folders_of_a_long_path_give_way() -> None:
    bar = StatusBar()
    long = replace(INFO, path="/home/someone/with/a/very/long/way/to/the/file/heist_audit.db")
    async with shown(bar, 120) as pilot:
        bar.show(replace(SNAPSHOT, info=long))
        await pilot.pause()
        text = drawn(bar)
        assert "…/the/file/heist_audit.db · htmlgraph 0.26" in text
        assert "/home" not in text


async def test_the_same_snapshot_repaints_nothing() -> None:
    bar = StatusBar()
    async with shown(bar, 120) as pilot:
        bar.show(SNAPSHOT)
        await pilot.pause()
        with repaints(bar) as lines:
            bar.show(replace(SNAPSHOT, generation=2, time=9.0))
            await pilot.pause()
            assert lines == []
            bar.show(replace(SNAPSHOT, totals=replace(TOTALS, events=4313)))
            await pilot.pause()
        assert lines == [0]
        assert "4,313 events" in drawn(bar)


@pytest.mark.parametrize(
    ("state", "paused", "expected"),
    [
        (StoreState.LIVE, False, "● live"),
        (StoreState.LIVE, True, "‖ paused"),
        (StoreState.OPENING, False, "◌ opening"),
        (StoreState.LOCKED, False, "✗ locked"),
        (StoreState.GONE, False, "✗ gone"),
        (StoreState.UNREADABLE, True, "✗ unreadable ‖ paused"),
    ],
)
async def test_every_state_has_a_sign_and_a_word(
    state: StoreState, paused: bool, expected: str
) -> None:
    bar = StatusBar()
    async with shown(bar, 130) as pilot:
        bar.show(replace(SNAPSHOT, state=state), paused=paused)
        await pilot.pause()
        assert f"· {expected} " in drawn(bar)


async def test_what_came_since_a_pause_stands_behind_it() -> None:
    bar = StatusBar()
    async with shown(bar, 130) as pilot:
        bar.show(SNAPSHOT, paused=True, since="+12 since")
        await pilot.pause()
        assert "· ‖ paused · +12 since " in drawn(bar)


async def test_trouble_is_told_in_place_of_figures() -> None:
    bar = StatusBar()
    async with shown(bar, 60) as pilot:
        message = "Another program has locked the store; showing what was last read."
        bar.show(replace(SNAPSHOT, state=StoreState.LOCKED, message=message))
        await pilot.pause()
        text = drawn(bar)
        assert "✗ locked" in text
        assert "Another program has locked" in text
        assert "events" not in text


async def test_trouble_does_not_repeat_the_path() -> None:
    bar = StatusBar()
    bar.show(replace(SNAPSHOT, state=StoreState.GONE, message=f"{INFO.path}: no such file."))
    async with shown(bar, 80):
        assert drawn(bar).count("htmlgraph.db") == 1
        assert "no such file." in drawn(bar)


async def test_totals_say_how_far_they_are_and_unknown_rates_are_dashes() -> None:
    bar = StatusBar()
    async with shown(bar, 160) as pilot:
        totals = replace(TOTALS, counted=0.629, finished_calls=0, ok=0, errors=0, events=1)
        problems = (Problem("events", "no time", 3),)
        bar.show(replace(SNAPSHOT, totals=totals, total_sessions=1, problems=problems))
        await pilot.pause()
        assert drawn(bar).endswith(
            "  1 session · 2 running · 1+ event · — ok · totals: 62 % · 3 problems "
        )
        bar.show(replace(SNAPSHOT, totals=replace(TOTALS, counted=0.9999)))
        await pilot.pause()
        assert drawn(bar).endswith("totals: 99 % ")


async def test_before_the_first_snapshot_it_says_opening() -> None:
    bar = StatusBar(glyphs=ASCII)
    async with shown(bar, 40):
        assert drawn(bar).rstrip() == " session-tui  ~ opening"


@pytest.mark.parametrize("width", WIDTHS)
async def test_any_width_is_filled_exactly(width: int) -> None:
    info = replace(INFO, path="/数据库/エージェント/🚀🚀🚀.db", dialect="方言")
    bar, footer = StatusBar(), FooterBar()
    bar.show(replace(SNAPSHOT, info=info))
    footer.show_hints([("空", "マーク"), ("q", "quit")])
    footer.show_message("二 marked")
    for each in (bar, footer):
        async with shown(each, width):
            assert drawn(each)


async def test_markup_in_data_stays_text() -> None:
    bar = StatusBar()
    async with shown(bar, 200) as pilot:
        for text in HOSTILE:
            bar.show(replace(SNAPSHOT, message=text, info=replace(INFO, path=text)))
            await pilot.pause()
            assert drawn(bar).count(text) == 2


async def test_the_footer_keeps_its_first_hints_and_its_message() -> None:
    hints = [("space", "mark"), ("c", "compare"), ("/", "filter"), ("?", "help")]
    footer = FooterBar()
    async with shown(footer, 80) as pilot:
        footer.show_hints(hints)
        footer.show_message("2 marked · 0.3 s ago")
        await pilot.pause()
        text = drawn(footer)
        assert text.startswith(" space mark  c compare  / filter  ? help ")
        assert text.endswith(" 2 marked · 0.3 s ago ")
        with repaints(footer) as lines:
            footer.show_hints(list(hints))
            footer.show_message("2 marked · 0.3 s ago")
            await pilot.pause()
        assert lines == []
    async with shown(footer, 48):
        assert drawn(footer) == " space mark  c compare     2 marked · 0.3 s ago "
    async with shown(footer, 20):
        assert drawn(footer).endswith(" 2 marked ·… ")


@pytest.mark.parametrize("width", range(12))
def test_shortening_never_gets_too_long(width: int) -> None:
    for text in ("/a/long/path.db", "数据库数据库数据库", "x"):
        assert cell_len(shorten_middle(text, width)) <= width
        assert cell_len(shorten_path(text, width)) <= width


def test_a_path_loses_its_folders_first() -> None:
    path = "/srv/agents/east/heist.db"
    assert shorten_path(path, 25) == path
    assert shorten_path(path, 24) == "…/agents/east/heist.db"
    assert shorten_path(path, 20) == "…/east/heist.db"
    assert shorten_path(path, 11) == "…/heist.db"
    assert shorten_path(path, 9) == "heist.db"
    assert shorten_path(path, 6) == "he….db"


@pytest.mark.parametrize("theme", ["textual-light", "nord", "ansi-dark"])
async def test_a_change_of_theme_changes_every_colour(theme: str) -> None:
    bar = StatusBar()
    async with shown(bar, 100) as pilot:
        bar.show(SNAPSHOT)
        await pilot.pause()
        before = [segment.style for segment in bar.render_line(0)]
        bar.app.theme = theme
        await pilot.pause()
        after = [segment.style for segment in bar.render_line(0)]
        assert after != before
        fresh = StatusBar()
        await bar.screen.mount(fresh)
        fresh.show(SNAPSHOT)
        await pilot.pause()
        assert after == [segment.style for segment in fresh.render_line(0)]


async def test_a_style_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    component = StatusBar.get_component_rich_style

    def counted(self: StatusBar, *names: str, **options: Any) -> Any:
        asked.extend(names)
        return component(self, *names, **options)

    monkeypatch.setattr(StatusBar, "get_component_rich_style", counted)
    bar = StatusBar()
    async with shown(bar, 100) as pilot:
        bar.show(SNAPSHOT)
        await pilot.pause()
        assert asked
        asked.clear()
        bar.show(replace(SNAPSHOT, total_sessions=13, totals=replace(TOTALS, sessions=13)))
        await pilot.pause()
        assert "13" in bar.text
        assert not asked
