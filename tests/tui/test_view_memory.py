"""A store is shown as it was left."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.tui.stage import on_stage, sample
from tui.options import ScreenOptions
from tui.screens import remembering
from tui.state import load_state, state_folder
from tui.view_memory import FILE, MOST_STORES, View, ViewMemory


async def test_order_filter_marks_and_layout_come_back(folder: Path) -> None:
    path = sample("heist-audit", folder)
    async with on_stage(path, memory=ViewMemory(path)) as stage:
        await stage.press("space", "A", "s", "r", "F")
        await stage.type("events:>3")
        await stage.press("a", "m", "m", "M", "D")
        await stage.focus("tools")
        await stage.press("z")
        left = stage.main.view()
        shown = [row.id for row in stage.main.session_view.rows]
        await stage.app.action_quit()
    assert stat.S_IMODE((state_folder() / FILE).stat().st_mode) == 0o600
    async with on_stage(path, memory=ViewMemory(path)) as stage:
        assert stage.main.view() == left
        assert [row.id for row in stage.main.session_view.rows] == shown
        assert stage.main.is_zoomed
        assert (left.scope, left.relation, left.value, left.diagonal) == (
            "marked", "delegates", "row_share", False,
        )  # fmt: skip
        assert stage.titles()[2].startswith("Tools · 2 marked")
        assert stage.main.focused is stage.main.tool_view
        assert "1 marked" in stage.footer
        assert "A 1" in stage.footer
    other = sample("heist-demo", folder)
    async with on_stage(other, memory=ViewMemory(other)) as stage:
        assert stage.main.view() == View()


async def test_a_filter_that_came_back_and_hides_all_is_told_by_every_pane(folder: Path) -> None:
    path = sample("heist-demo", folder)
    memory = ViewMemory(path)
    memory.recall()
    memory.keep(View(filter="zebra", pane=2))
    async with on_stage(path, (80, 24), memory=ViewMemory(path)) as stage:
        for pane in ("tools", "activity", "matrix"):
            await stage.focus(pane)
            assert "No session matches zebra; esc in the list of sessions takes" in stage.text()
        await stage.focus("sessions")
        await stage.press("escape")
        for pane in ("tools", "activity", "matrix"):
            await stage.focus(pane)
            assert "zebra" not in stage.text()


async def test_a_filter_that_came_back_does_not_hide_the_session_that_is_asked_for(
    folder: Path,
) -> None:
    path = sample("heist-audit", folder)
    memory = ViewMemory(path)
    memory.recall()
    memory.keep(View(filter="zebra"))
    options = ScreenOptions(session="heist_1766132250")
    async with on_stage(path, memory=ViewMemory(path), options=options) as stage:
        assert stage.main.session_view.focused_id() == "heist_1766132250"
        assert stage.main.sessions.filter is None
        assert stage.said() == ["The filter is off: it hid that session."]


async def test_nothing_is_written_where_nothing_changed(folder: Path) -> None:
    path = sample("heist-demo", folder)
    async with on_stage(path, memory=ViewMemory(path)) as stage:
        await stage.app.action_quit()
    assert not (state_folder() / FILE).exists()


@pytest.mark.parametrize(
    "known",
    [
        "[]", '{"STORE": 3}', "{", '{"STORE": {"sort": "x", "filter": "no:such", "pane": 99}}',
        '{"STORE": {"sort": [], "marks": {"a": 1, "b": "long", "c": "?"}, "zoomed": "yes"}}',
    ],
)  # fmt: skip
async def test_what_is_damaged_is_left_out(folder: Path, known: str) -> None:
    path = sample("heist-demo", folder)
    state_folder().mkdir(parents=True)
    (state_folder() / FILE).write_text(known.replace("STORE", str(path.resolve())))
    async with on_stage(path, memory=ViewMemory(path)) as stage:
        view = stage.main.view()
    assert (view.sort, view.filter, view.pane, view.zoomed, view.marks) == (
        "started", "", 0, False, {},
    )  # fmt: skip


def test_only_so_many_stores_are_remembered(folder: Path) -> None:
    for number in range(MOST_STORES + 3):
        memory = ViewMemory(folder / f"{number}.db")
        memory.recall()
        memory.keep(View(sort="title", marks={"a": "A"}))
    known = load_state(FILE)
    assert len(known) == MOST_STORES
    assert str(folder / "2.db") not in known
    assert ViewMemory(folder / "5.db").recall() == View(sort="title", marks={"a": "A"})
    memory.keep(View())
    assert str(folder / f"{MOST_STORES + 2}.db") not in json.loads(
        (state_folder() / FILE).read_text()
    )


async def test_what_is_changed_is_written_once_it_stays_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only this test looks, however long it takes.
    monkeypatch.setattr(remembering, "OFTEN", 3600.0)
    path = sample("heist-demo", folder)
    async with on_stage(path, memory=ViewMemory(path)) as stage:
        await stage.press("s")
        stage.main.remember_if_settled()
        assert not (state_folder() / FILE).exists(), "it may change again"
        stage.main.remember_if_settled()
        assert ViewMemory(path).recall() == stage.main.view()
        written = (state_folder() / FILE).stat().st_mtime_ns
        stage.main.remember_if_settled()
        assert (state_folder() / FILE).stat().st_mtime_ns == written


async def test_the_end_is_remembered_whatever_ends_it(folder: Path) -> None:
    path = sample("heist-demo", folder)
    async with on_stage(path, memory=ViewMemory(path)) as stage:
        await stage.press("s")
        left = stage.main.view()
        stage.app.exit(return_code=143)
    assert ViewMemory(path).recall() == left


def test_older_stores_give_way_to_many_marks(folder: Path) -> None:
    marks = {f"{number:060d}": "A" for number in range(1000)}
    for number in range(20):
        ViewMemory(folder / f"{number}.db").keep(View(marks=marks))
    assert ViewMemory(folder / "19.db").recall() == View(marks=marks)
