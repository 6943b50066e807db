"""The quick terminal of the tests is pyte's."""

from __future__ import annotations

from typing import Any

import pyte
from hypothesis import given
from hypothesis import strategies as st

from tests.process.emulator import QuickScreen, QuickStream

COLUMNS, LINES = 12, 5
PIECES = st.one_of(
    st.text("abcxyz -─│é日本\u0301\u200b\x01", max_size=9),
    st.sampled_from(
        ("\r", "\n", "\b", "\t", "\x0e", "\x0f", "\x1b7", "\x1b8", "\x1b[3", "\x1b", "\x1b[12345m",
         "\x1b[H", "\x1b[m", "\x1b[0;1m", "\x1b[31m", "\x1b[7m", "\x1b[27m", "\x1b[38;5;99m",
         "\x1b[48;2;1;2;30m", "\x1b[38;2m", "\x1b[1;33;44m", "\x1b[;3H", "\x1b[0;0H",
         "\x1b[99;99H", "\x1b[2J", "\x1b[K", "\x1b[4h", "\x1b[4l", "\x1b[?5h", "\x1b[?5l",
         "\x1b[?7l", "\x1b[?7h", "\x1b[2;4r", "\x1b[?6h", "\x1b[3X", "\x1b[2P")
    ),
    st.tuples(st.integers(0, 7), st.integers(0, 14)).map(lambda at: f"\x1b[{at[0]};{at[1]}H"),
)  # fmt: skip


def shown(screen: Any) -> tuple[Any, ...]:
    cells = [[screen.buffer[y][x] for x in range(COLUMNS)] for y in range(LINES)]
    return cells, screen.cursor.x, screen.cursor.y, screen.cursor.attrs, screen.dirty


@given(st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=8))
def test_it_shows_what_pyte_shows(parts: list[str]) -> None:
    quick, plain = QuickScreen(COLUMNS, LINES), pyte.Screen(COLUMNS, LINES)
    streams = QuickStream(quick), pyte.Stream(plain)
    for part in parts:
        for stream in streams:
            stream.feed(part)
        assert shown(quick) == shown(plain)
