from __future__ import annotations

from itertools import pairwise
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.terminal.cells import (
    PLAIN,
    CellGrid,
    Pen,
    UnexpectedShapeError,
    change_pen,
    graphemes,
    pen_of,
)

WIDTH, HEIGHT = 24, 4
CUTS = ((0, 24), (0, 7, 24), (0, 8, 15, 24))
STYLES = [
    Style.parse(text)
    for text in (
        "none", "red on blue", "bold red on blue", "#102030 on #405060", "bold #102030",
        "dim", "bold dim italic", "underline", "reverse on #405060", "strike color(200)",
        "default on default",
    )
]  # fmt: skip
CONSOLE = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)

segments = st.builds(
    lambda text, style: Segment(text, style),
    st.lists(
        st.sampled_from(["a", "b", " ", "│", "●", "日", "本", "é", "e\u0301"]), max_size=9
    ).map("".join),
    st.sampled_from([None, *STYLES]),
)


def strips(width: int) -> st.SearchStrategy[Strip]:
    return st.lists(segments, max_size=4).map(lambda parts: Strip(parts).adjust_cell_length(width))


row = st.sampled_from(CUTS).flatmap(
    lambda cuts: st.tuples(*(strips(end - start) for start, end in pairwise(cuts)))
)
screens = st.lists(row, min_size=HEIGHT, max_size=HEIGHT)


class Emulator:
    """A terminal that is looked at cell by cell."""

    def __init__(self, text: str = "") -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l" + text)

    def cells(self) -> list[list[Any]]:
        return [[self.screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]


def put(grid: CellGrid, screen: list[tuple[Strip, ...]], rows: range = range(HEIGHT)) -> None:
    for y in rows:
        x = 0
        for strip in screen[y]:
            x = grid.put(x, y, strip)


def stock(screen: list[tuple[Strip, ...]]) -> str:
    region = Region(0, 0, WIDTH, HEIGHT)
    return LayoutUpdate([iter(line) for line in screen], region).render_segments(CONSOLE)


@settings(max_examples=60, deadline=None)
@given(st.lists(screens, min_size=1, max_size=4))
def test_shows_what_a_full_repaint_shows(frames: list[list[tuple[Strip, ...]]]) -> None:
    grid, terminal = CellGrid(WIDTH, HEIGHT), Emulator()
    for frame in frames:
        put(grid, frame)
        terminal.stream.feed(grid.changes())
        assert terminal.cells() == Emulator(stock(frame)).cells()
        assert grid.changes() == ""


@settings(max_examples=25, deadline=None)
@given(screens, screens, st.integers(0, HEIGHT))
def test_frames_that_were_held_back_are_sent_together(
    first: list[tuple[Strip, ...]], second: list[tuple[Strip, ...]], rows: int
) -> None:
    grid, terminal = CellGrid(WIDTH, HEIGHT), Emulator()
    put(grid, first)
    terminal.stream.feed(grid.changes())
    put(grid, second)
    put(grid, first, range(rows))
    terminal.stream.feed(grid.changes())
    assert terminal.cells() == Emulator(stock(first[:rows] + second[rows:])).cells()


@given(st.sampled_from(STYLES), st.sampled_from(STYLES))
def test_changing_pens(old: Style, new: Style) -> None:
    pens = [pen_of(style, ColorSystem.TRUECOLOR) for style in (old, new)]
    terminal = Emulator(change_pen(PLAIN, pens[0]) + change_pen(*pens) + "x")
    assert terminal.cells()[0][0] == Emulator(new.render("x")).cells()[0][0]
    assert change_pen(pens[0], pens[0]) == ""


def test_only_changed_cells_are_sent() -> None:
    grid = CellGrid(40, 2)
    grid.put(0, 0, Strip([Segment("x" * 40, STYLES[1])]))
    grid.changes()
    grid.put(0, 0, Strip([Segment("xxxxxAxxxBxxxxxxxxxxxxxxxxxxxxxxxxxxxxCx", STYLES[1])]))
    assert grid.changes() == "\x1b[1;6H\x1b[31;44mAxxxB\x1b[39GC\x1b[0m"


def test_the_same_strip_costs_nothing_and_forgetting_costs_all() -> None:
    grid, strip = CellGrid(10, 1), Strip([Segment("0123456789")])
    grid.put(0, 0, strip)
    assert grid.changes() == "\x1b[1;1H0123456789"
    grid.put(0, 0, strip)
    assert grid.changes() == ""
    grid.forget()
    assert grid.changes() == "\x1b[1;1H0123456789"


def test_a_strip_comes_back_after_others_lay_over_it() -> None:
    grid, strip = CellGrid(10, 1), Strip([Segment("0123456789")])
    grid.put(0, 0, strip)
    grid.put(3, 0, Strip([Segment("xxx")]))
    grid.put(0, 0, strip)
    assert grid.changes() == "\x1b[1;1H0123456789"


def test_half_a_wide_character_is_never_shown() -> None:
    grid, terminal = CellGrid(WIDTH, 1), Emulator()
    grid.put(0, 0, Strip([Segment("日本語" * 4)]))
    terminal.stream.feed(grid.changes())
    grid.put(3, 0, Strip([Segment("x")]))
    terminal.stream.feed(grid.changes())
    assert terminal.screen.display[0].startswith("日 x語日")
    grid.put(WIDTH - 1, 0, Strip([Segment("本")]))
    assert "本" not in grid.changes()


def test_what_follows_a_wide_character_is_placed_by_its_column() -> None:
    grid = CellGrid(6, 1)
    grid.put(0, 0, Strip([Segment("日本ab")]))
    assert grid.changes() == "\x1b[1;1H日本\x1b[5Gab"


@pytest.mark.parametrize(
    "text",
    ["\x1b]52;c;aGk=\x07", "\x9b2J", "a\x1b[2Jb", "\x00\x08\r\n\x7f", "\u202eabc", "\ud800x"],
)
def test_no_control_character_gets_through(text: str) -> None:
    grid = CellGrid(20, 1)
    grid.put(0, 0, Strip([Segment(text)]))
    sent = grid.changes().removeprefix("\x1b[1;1H")
    assert sent.encode().decode().isprintable()


def test_hyperlinks_are_opened_and_closed() -> None:
    grid = CellGrid(4, 1)
    style = Style(link="https://example.org")
    grid.put(0, 0, Strip([Segment("ab", style), Segment("cd")]))
    link = f"\x1b]8;id={style.link_id};https://example.org\x1b\\"
    assert grid.changes() == f"\x1b[1;1H{link}ab\x1b]8;;\x1b\\cd"
    assert pen_of(Style(link="a\x1bb"), ColorSystem.TRUECOLOR) == PLAIN


@pytest.mark.parametrize(
    ("colours", "foreground", "background"),
    [
        ("default on default", "", ""),
        ("black on black", "30", "40"),
        ("white on white", "37", "47"),
        ("bright_black on bright_black", "90", "100"),
        ("bright_white on bright_white", "97", "107"),
        ("red on default", "31", ""),
    ],
)
def test_every_plain_colour_is_one_and_the_terminals_own_is_none(
    colours: str, foreground: str, background: str
) -> None:
    pen = pen_of(Style.parse(f"bold {colours}"), ColorSystem.STANDARD)
    assert pen == Pen("1", foreground, background)


def test_fewer_colours_are_sent_where_the_terminal_has_fewer() -> None:
    style = Style.parse("#ff0000 on #000000")
    assert pen_of(style, ColorSystem.STANDARD) == Pen("", "31", "40")
    assert pen_of(style, ColorSystem.EIGHT_BIT) == Pen("", "38;5;196", "48;5;16")


def test_graphemes_take_as_many_cells_as_they_are_wide() -> None:
    assert graphemes("aé日e\u0301") == ("a", "é", "日", "", "e\u0301")
    assert graphemes("👩\u200d🚀!") == ("👩\u200d🚀", "", "!")


def test_control_segments_and_places_outside_are_refused() -> None:
    from rich.control import Control

    grid = CellGrid(4, 1)
    with pytest.raises(UnexpectedShapeError):
        grid.put(0, 0, Strip([Control.clear().segment]))
    with pytest.raises(UnexpectedShapeError):
        grid.put(0, 1, Strip([Segment("a")]))
