"""The screen of work items."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores import CanonicalStore, canonical_store
from tests.stores.hostile import GIANT_TEXT, LONG_TEXT, SHORT_HOSTILE
from tests.tui.harmless import acting
from tests.tui.stage import Stage, on_stage, run_line, sample
from tui.options import ScreenOptions
from tui.screens.work_item import WorkItemScreen
from tui.screens.work_items import EMPTY, PAUSE, WorkItemsScreen

STORE = Path("work.db")
STATUSES = ("todo", "in_progress", "in-progress", "blocked", "done", "cancelled", "active",
            "ended", "stale", "someday")  # fmt: skip


def work(path: Path = STORE) -> CanonicalStore:
    """An item for every status word, and four of all priorities in "todo"."""
    store = canonical_store(path, "wal")
    with store.batch():
        for status in STATUSES:
            store.add_work_item(f"item {status}", status=status, priority="medium")
        for priority in ("low", "critical", "high"):
            store.add_work_item(f"{priority} bug", type="bug", priority=priority,
                                assigned_to="codex")  # fmt: skip
    return store


def items(stage: Stage) -> WorkItemsScreen:
    screen = stage.app.screen
    assert isinstance(screen, WorkItemsScreen)
    return screen


async def test_a_column_for_every_status_word(folder: Path) -> None:
    with work():
        pass
    async with on_stage(STORE, (320, 30)) as stage:
        await stage.press("6")
        titles = stage.lines()[2].strip("│ ").split("  ")
        shown = [title.strip() for title in titles if title.strip()]
        assert shown == [
            "todo 4", "active 1", "in progress 2", "blocked 1", "stale 1", "done 1", "ended 1",
            "cancelled 1", "someday 1",
        ]  # fmt: skip


async def test_priorities_are_in_their_true_order(folder: Path) -> None:
    with work():
        pass
    async with on_stage(STORE) as stage:
        await stage.press("6")
        seen = []
        for _ in range(4):
            item = items(stage).item
            assert item is not None
            seen.append(item.priority)
            await stage.press("down")
        assert seen == ["critical", "high", "medium", "low"]


async def test_filters(folder: Path) -> None:
    with work():
        pass
    async with on_stage(STORE) as stage:
        await stage.press("6")
        titles = []
        for key in ("f", "f", "f", "p", "a", "escape"):
            await stage.press(key)
            titles.append(items(stage).title_of(0).split(" · "))
        assert [title[:2] for title in titles[:2]] == [
            ["Work items 10 of 13", "feature"], ["Work items 3 of 13", "bug"],
        ]  # fmt: skip
        assert titles[2][0] == "Work items 13"
        assert titles[3][:2] == ["Work items 1 of 13", "critical"]
        assert titles[4][:3] == ["Work items 1 of 13", "critical", "codex"]
        assert titles[5][0] == "Work items 13"
        await stage.press("f", "a")
        assert "No item is like that." in stage.text()


async def test_the_copied_command_prints_the_same(folder: Path) -> None:
    with work():
        pass
    async with on_stage(STORE) as stage:
        await stage.press("6", "f", "f")
        printed = run_line(items(stage).command_line())
        assert (printed["shown"], printed["total"]) == (3, 13)


async def test_detail(folder: Path) -> None:
    sample("htmlgraph-0.35.0", folder)
    async with on_stage(Path("htmlgraph-0.35.0.db")) as stage:
        await stage.press("6", "right", "enter")
        assert isinstance(stage.app.screen, WorkItemScreen)
        text = stage.text()
        assert "Paginate the sessions endpoint" in stage.lines()[0]
        assert "priority     high" in text
        assert "steps        2/5" in text
        assert "part of" in text
        assert "  status               in-progress" in text
        await stage.press("slash")
        await stage.type("track_id")
        assert "track_id" in stage.app.screen.view.text_under_cursor()
        await stage.press("u", "escape", "escape")
        item = items(stage).item
        assert item is not None
        assert item.title.startswith("Paginate")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_store_without_work_items_says_so(folder: Path, size: tuple[int, int]) -> None:
    sample("heist-audit", folder)
    async with on_stage(Path("heist-audit.db"), size) as stage:
        await stage.press("6")
        words = " ".join(stage.text().replace("│", " ").split())
        assert "This store keeps no work items" in words
        await stage.press("f", "enter", "down", "right")
        assert "The items do not say that." in stage.said()


async def test_an_empty_table_says_so(folder: Path) -> None:
    with canonical_store(STORE):
        pass
    async with on_stage(STORE) as stage:
        await stage.press("6")
        assert EMPTY in stage.text()


async def test_a_new_size_keeps_the_item(folder: Path) -> None:
    with work():
        pass
    async with on_stage(STORE) as stage:
        await stage.press("6", "right", "right", "down")
        item = items(stage).item
        for size in ((80, 24), (40, 10), (150, 45), (60, 15)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle()
            assert items(stage).item == item
        await stage.press("up")
        assert items(stage).item != item


async def test_items_are_read_again_though_there_is_no_event(folder: Path) -> None:
    store = work()
    with store:
        async with on_stage(STORE) as stage:
            await stage.press("6")
            asked = stage.reader.asked["work_items"]
            store.add_work_item("one more", status="todo", priority="critical")
            items(stage).read_if_due()
            assert stage.reader.asked["work_items"] == asked, "too soon"
            stage.clock.now += PAUSE
            items(stage).read_if_due()
            await stage.settle()
            assert "Work items 14" in stage.text()


async def test_hostile_text_stays_text(folder: Path) -> None:
    store = work()
    with store, store.batch():
        for text in (*(text for _, text in SHORT_HOSTILE), LONG_TEXT):
            store.add_work_item(text, type=text, status=text, priority=text, assigned_to=text)
        store.add_work_item(GIANT_TEXT)
    for size in ((160, 45), (80, 24)):
        async with on_stage(STORE, size) as stage:
            await stage.press("6")
            for _ in range(len(SHORT_HOSTILE) + 4):
                assert not acting(stage.text())
                await stage.press("right", "down")
            await stage.press("f", "p", "a", "escape", "enter")
            assert not acting(stage.text())


async def test_ascii(folder: Path) -> None:
    with work():
        pass
    for size in ((120, 40), (80, 24)):
        async with on_stage(STORE, size, options=ScreenOptions(ascii=True)) as stage:
            await stage.press("6")
            assert stage.text().isascii(), {sign for sign in stage.text() if sign > "~"}
            await stage.press("enter")
            assert stage.text().isascii(), {sign for sign in stage.text() if sign > "~"}
