"""Labels and notes: kept apart from the store, found again, usable as groups."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from queries.models import ActivityNode
from tests.tui.stage import Stage, on_stage, run_line, sample
from tui.bookmarks import FILE, MOST, NOTE, Bookmark, Bookmarks, labelled
from tui.screens.bookmarks import BookmarkScreen
from tui.state import state_folder
from widgets.result_table import ResultTable


async def test_a_session_gets_a_label_and_a_note(folder: Path) -> None:
    path = sample("heist-audit", folder)
    before = hashlib.sha256(path.read_bytes()).digest()
    async with on_stage(path) as stage:
        session_id = stage.main.session_view.focused_id()
        await stage.press("*")
        await stage.type("keep the one that worked")
        assert "bookmark:keep is a filter" in stage.said()[-1]
        await stage.press("F")
        await stage.type("bookmark:keep")
        assert [row.id for row in stage.main.session_view.rows] == [session_id]
        await stage.press("*")
        prompt = stage.main.prompt
        assert prompt.text == "keep the one that worked"
        await stage.press("ctrl+u", "enter")
        assert stage.said()[-1] == "No bookmark here any more."
        assert list(stage.main.session_view.rows) == []
    (one,) = [*Bookmarks(path)] or [None]
    assert one is None
    assert stat.S_IMODE((state_folder() / FILE).stat().st_mode) == 0o600
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [file.name for file in folder.iterdir()] == [path.name]


async def event_of_fourth_session(stage: Stage) -> ActivityNode | None:
    """Put the cursor on the second line of its activity."""
    await stage.press("j", "j", "j")
    await stage.focus("activity")
    await stage.press("g", "j")
    return stage.main.tree_view.current_node()


async def test_an_event_is_found_again(folder: Path) -> None:
    path = sample("htmlgraph-0.26.1", folder)
    async with on_stage(path) as stage:
        node = await event_of_fourth_session(stage)
        assert node is not None
        assert node.event is not None
        await stage.press("*")
        await stage.type("odd")
        await stage.focus("sessions")
        await stage.press("g")
        await stage.press("'")
        assert isinstance(stage.app.screen, BookmarkScreen)
        assert "odd" in stage.text()
        await stage.press("enter")
        await stage.settle()
        assert stage.main.tree_view.current_node() == node
        assert stage.main.pane_index == 1
        session_id = node.event.session_id
    assert Bookmarks(path).sessions() == {"odd": (session_id,)}
    found = run_line(f"session-tui sessions {path} --filter bookmark:ODD --json")
    assert [row["session_id"] for row in found["sessions"]] == [session_id]


async def test_the_row_of_an_end_is_found_as_the_call_that_it_ends(folder: Path) -> None:
    path = sample("htmlgraph-0.26.1", folder)
    async with on_stage(path) as stage:
        await stage.press("j", "j", "j")
        await stage.focus("activity")
        await stage.press("w", "G", "up", "up")
        row = stage.main.tree_view.current_node()
        assert row is not None
        assert row.event is not None
        await stage.press("*")
        await stage.type("end")
        await stage.press("w", "g", "'", "enter")
        await stage.settle()
        call = stage.main.tree_view.current_node()
        assert call is not None
        assert call.event is not None
        assert call.event.end_key == row.event.key
        assert not any("further back" in said for said in stage.said())


async def test_a_filter_that_hides_the_event_gives_way(folder: Path) -> None:
    path = sample("htmlgraph-0.26.1", folder)
    async with on_stage(path) as stage:
        node = await event_of_fourth_session(stage)
        await stage.press("*")
        await stage.type("odd")
        await stage.press("F")
        await stage.type("tool:=WebSearch")
        assert stage.main.tree_view.filter_label
        await stage.press("'", "enter")
        await stage.settle()
        assert stage.main.tree_view.current_node() == node
        assert "only" not in stage.titles()[1]
        assert not any("further back" in said for said in stage.said())


def test_groups_of_a_comparison(folder: Path) -> None:
    path = sample("heist-audit", folder)
    rows = run_line(f"session-tui sessions {path} --json")["sessions"]
    ids = [row["session_id"] for row in rows]
    marked = Bookmarks(path)
    for number, session_id in enumerate(ids[:4]):
        assert marked.put(labelled(Bookmark(session_id, ""), "old" if number < 2 else "new"))
    found = run_line(f"session-tui compare {path} --a bookmark:old --b bookmark:new --json")
    sizes = [(metric["n_a"], metric["n_b"]) for metric in found["metrics"]]
    assert (2, 2) in sizes


async def test_the_list_is_searched(folder: Path) -> None:
    path = sample("heist-audit", folder)
    async with on_stage(path) as stage:
        for label in ("first", "second", "third"):
            await stage.press("*")
            await stage.type(label)
            await stage.press("down")
        await stage.press("'")
        screen = stage.app.screen
        assert isinstance(screen, BookmarkScreen)
        assert "enter open  / search  esc close" in stage.text()
        await stage.press("/")
        await stage.type("third")
        assert "third" in screen.query_one(ResultTable).text_under_cursor()
        await stage.press("escape")
        assert stage.is_above
        await stage.press("enter")
        assert not stage.is_above
        assert stage.main.session_view.focused_id() == stage.main.session_view.rows[2].id


async def test_an_empty_list_says_how(folder: Path) -> None:
    async with on_stage(sample("heist-demo", folder)) as stage:
        await stage.press("'")
        assert "There are no bookmarks yet" in stage.text()
        await stage.press("escape")
        assert not stage.is_above
        await stage.focus("tools")
        await stage.press("*")
        assert "Bookmarks are for sessions and events" in stage.said()[-1]


@pytest.mark.parametrize(
    "known", ["[]", '{"STORE": 1}', '{"STORE": [1, {}, {"session_id": "a", "label": 2}]}', "{"]
)
def test_what_is_damaged_is_left_out(folder: Path, known: str) -> None:
    state_folder().mkdir(parents=True)
    (state_folder() / FILE).write_text(known.replace("STORE", str(folder / "a.db")))
    assert list(Bookmarks(folder / "a.db")) == []


def test_what_is_kept_is_bounded_and_safe(folder: Path) -> None:
    one = labelled(Bookmark("s", ""), "x" * 99 + "\x1b " + "y" * 2000)
    assert len(one.label) <= 40
    assert len(one.note) <= NOTE
    assert "\x1b" not in one.words()
    marked = Bookmarks(folder / "a.db")
    for number in range(MOST + 2):
        marked._all[(str(number), 0, None)] = Bookmark(str(number), "l")
    assert marked.put(Bookmark("last", "l", "note"))
    again = Bookmarks(folder / "a.db")
    assert len(again) == MOST
    assert [*again][-1] == Bookmark("last", "l", "note")
