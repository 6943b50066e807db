"""The picture that is drawn before the screen is loaded, beside the screen itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyte
import pytest
from rich.cells import set_cell_size

from queries.feed import Feed
from queries.models import Snapshot
from tests.stores import FIRST_TIME, CanonicalStore, canonical_store
from tests.tui.desk import LIVE, SUB, desk, desk_clock
from tests.tui.stage import on_stage
from tui.first_picture import Frame, picture
from tui.options import ScreenOptions
from tui.view_memory import View, ViewMemory
from widgets.glyphs import ASCII, UNICODE

HOSTILE = "\x1b]52;c;eA==\x07[/b]‮日本 e\u0301👩‍💻\x9b2J"


@pytest.fixture
def path(folder: Path) -> Path:
    path = folder / "desk.db"
    store = desk(path)
    many(store)
    store.close()
    return path


def many(store: CanonicalStore) -> None:
    """More sessions than fit, with titles of all sorts."""
    titles = ("日本語のとても長いタイトルです", "café e\u0301te\u0301", HOSTILE, "short", "")
    with store.batch():
        for number in range(60):
            store.add_session(
                f"more-{number:02d}", title=titles[number % 5] or None, agent="コーダー",
                started=FIRST_TIME - 100 * number, ended=FIRST_TIME - 50 * number,
                status="failed" if number % 7 == 0 else "completed",
            )  # fmt: skip
            store.add_event(f"more-{number:02d}", state="error" if number % 3 else "ok")


def snapshot_of(path: Path) -> Snapshot:
    feed = Feed(path, clock=desk_clock())
    made = feed.poll()
    while feed.counting:
        feed.backfill(10.0)
        made = feed.poll() or made
    feed.close()
    assert made is not None
    return made


def drawn(text: str, width: int, height: int) -> list[str]:
    screen = pyte.Screen(width, height)
    pyte.Stream(screen).feed(text)
    return [
        "".join([screen.buffer[y][x].data for x in range(width)]).rstrip() for y in range(height)
    ]


VIEWS = {
    "plain": View(),
    "sorted": View(sort="events"),
    "reversed": View(sort="title", reverse=True),
    "own": View(sub_agents=False),
    "marked": View(marks={LIVE: "●", SUB: "A", "more-03": "B"}),
    "zoomed": View(zoomed=True),
}
SIZES = ((120, 40), (101, 17), (80, 24), (200, 50), (40, 9), (20, 6), (137, 33))


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
async def test_the_list_is_where_the_screen_shows_it(
    path: Path, width: int, height: int, ascii_only: bool
) -> None:
    glyphs = ASCII if ascii_only else UNICODE
    frame = Frame(width, height, glyphs, {})
    text = picture(snapshot_of(path), View(), frame)
    before = drawn(text, width, height)
    options = ScreenOptions(ascii=ascii_only)
    async with on_stage(path, clock=desk_clock(), size=(width, height), options=options) as stage:
        after = stage.lines()
    is_wide = width >= 100 and height >= 16
    edge = width * 2 // 5 if is_wide else width
    end = 1 + (height - 2) * 5 // 9 if is_wide else height - 1
    for row in range(1, end):
        assert cells(before[row], edge) == cells(after[row], edge), row
    assert before[-1] == after[-1].rstrip()
    if is_wide:
        for row in range(1, height - 1):
            assert borders(before[row], width) == borders(after[row], width)
    assert "opening" in before[0]


def cells(line: str, width: int) -> str:
    """The first so many cells but for those of the scroll bar and the border behind it."""
    # Textual cuts titles with its own sign, whatever may be drawn.
    return set_cell_size(line, width - 2).replace("…", "~")


def borders(line: str, width: int) -> tuple[str, ...]:
    """What stands where panes begin and end."""
    left = width * 2 // 5
    return tuple(set_cell_size(line, x + 1)[-1] for x in (0, left - 1, left, width - 1))


@pytest.mark.parametrize("name", VIEWS)
async def test_it_is_how_the_screen_will_begin(
    path: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    view = VIEWS[name]
    memory = ViewMemory(path)
    memory.recall()
    memory.keep(view)
    text = picture(snapshot_of(path), memory.recall(), Frame(120, 40, UNICODE, {}))
    before = drawn(text, 120, 40)
    async with on_stage(path, clock=desk_clock(), size=(120, 40), memory=memory) as stage:
        after = stage.lines()
    edge, end = (120, 39) if view.zoomed else (48, 22)
    for row in range(1, end):
        assert cells(before[row], edge) == cells(after[row], edge), row


@pytest.mark.parametrize(
    "view",
    [View(filter="status:failed"), View(pane=2, zoomed=True), View(sort="unheard-of")],
    ids=["filtered", "another pane", "unknown order"],
)
def test_no_picture_where_the_screen_will_begin_otherwise(path: Path, view: View) -> None:
    assert picture(snapshot_of(path), view, Frame(120, 40, UNICODE, {})) == ""


def test_no_picture_of_nothing_and_none_without_room(folder: Path, path: Path) -> None:
    canonical_store(folder / "empty.db").close()
    frame = Frame(120, 40, UNICODE, {})
    assert picture(snapshot_of(folder / "empty.db"), View(), frame) == ""
    found = snapshot_of(path)
    for width, height in ((19, 40), (120, 5), (1, 1), (0, 0)):
        assert picture(found, View(), Frame(width, height, UNICODE, {})) == ""
    assert picture(found, View(pane=1), Frame(80, 24, UNICODE, {})) == ""
    assert picture(found, View(pane=1), frame) != ""


def test_every_size_is_drawn_within_it(path: Path) -> None:
    found = snapshot_of(path)
    for width in (20, 33, 99, 100, 131):
        for height in (6, 7, 8, 15, 16, 17, 30):
            text = picture(found, View(), Frame(width, height, UNICODE, {}))
            places = [part.split("H")[0] for part in text.split("\x1b[")[1:] if "H" in part[:8]]
            for place in places:
                row, column = map(int, place.split(";"))
                assert 1 <= row <= height
                assert 1 <= column <= width
            lines = drawn(text, width, height)
            assert lines[0]
            assert lines[-1]


def test_the_cursor_is_on_the_session_that_was_asked_for(path: Path) -> None:
    frame = Frame(120, 40, UNICODE, {}, session="more-59")
    lines = drawn(picture(snapshot_of(path), View(), frame), 120, 40)
    assert "46-63 of 63" in lines[1]


def test_nothing_in_it_acts_on_the_terminal(path: Path) -> None:
    found = snapshot_of(path)
    evil = replace(found.sessions[0].session, title=HOSTILE)
    row = replace(found.sessions[0], session=evil)
    text = picture(replace(found, sessions=(row,)), View(), Frame(120, 40, UNICODE, {}))
    assert "\x07" not in text
    assert "\x9b" not in text
    assert "\u202e" not in text
    for part in text.split("\x1b[")[1:]:
        assert part.split("H")[0].replace(";", "").isdigit() or "m" in part[:6]
    assert "\x1b]" not in text
