"""The main screen on Session-Buddy's stores, which tell of sessions and keep no events."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.stores import CanonicalStore, canonical_store
from tests.stores.base import SAMPLES
from tests.tui.stage import Stage, on_stage
from tui.screens.overview import OverviewScreen
from widgets import masking

duckdb = pytest.importorskip("duckdb")
DOCUMENTED = SAMPLES / "session-buddy-documented.duckdb"
WORKFLOW = SAMPLES / "session-buddy-workflow.duckdb"


def header(stage: Stage) -> list[str]:
    """The titles of the list's columns."""
    line = next(line for line in stage.lines() if " session " in line and "time" in line)
    return line.strip("│ ").split("│")[0].replace("▼", "").replace("▲", "").split()


async def test_a_list_of_sessions_alone_shows_what_they_say(folder: Path) -> None:
    async with on_stage(DOCUMENTED, (200, 50)) as stage:
        assert header(stage) == ["session", "component", "project", "time", "qual"]
        rows = stage.main.session_view.rows
        row = next(row for row in rows if row.session.component == "akosha_dev")
        stage.main.session_view.select(row.id)
        await stage.settle()
        line = next(line for line in stage.lines() if "akosha" in line and "✓" in line)
        assert " akosha_dev " in line
        assert f" {row.session.project} " in line
        assert f" {row.session.quality:.0f} " in line


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_component_and_project_have_room_at_every_usual_size(
    folder: Path, size: tuple[int, int]
) -> None:
    async with on_stage(DOCUMENTED, size) as stage:
        assert header(stage)[:4] == ["session", "component", "project", "time"]


async def test_of_a_path_the_last_folders_are_shown(folder: Path) -> None:
    async with on_stage(WORKFLOW, (200, 50)) as stage:
        assert header(stage) == ["session", "project", "time", "qual"]
        assert any("…/session-buddy " in line for line in stage.lines())


async def test_sorting_goes_through_the_columns_that_are_there(folder: Path) -> None:
    async with on_stage(DOCUMENTED) as stage:
        main, seen = stage.main, [stage.main.sessions.sort]
        main.sessions.cycle_sort()
        while main.sessions.sort != seen[0]:
            seen.append(main.sessions.sort)
            main.sessions.cycle_sort()
        assert seen == ["started", "title", "component", "project", "status", "duration", "quality"]
        main.sessions.sort = "component"
        main.sessions.refresh()
        names = [row.session.component for row in main.session_view.rows]
        assert names == sorted(name or "" for name in names)


async def test_searching_finds_components_and_projects(folder: Path) -> None:
    async with on_stage(DOCUMENTED) as stage:
        await stage.press("slash")
        await stage.type("mahavishnu")
        row = stage.main.session_view.current
        assert row is not None
        assert "mahavishnu" in (row.session.component, row.session.project)


async def test_panes_say_that_there_are_no_events_and_what_is_known(folder: Path) -> None:
    async with on_stage(DOCUMENTED, (200, 50)) as stage:
        row = next(
            row for row in stage.main.session_view.rows if row.session.error and row.session.project
        )
        stage.main.session_view.select(row.id)
        await stage.settle()
        text = stage.main.tree_view.empty_text
        assert text.startswith("This store keeps no events.")
        for word in (row.session.component, row.session.project, row.session.error):
            assert word is not None
            assert word in text
        assert stage.main.tool_view.empty_text == "This store keeps no events, and so no calls."
        assert stage.main.matrix_view.empty_text.startswith("This store keeps no events")


async def test_a_secret_in_an_error_is_covered_on_every_line(folder: Path) -> None:
    path = folder / "secret.duckdb"
    shutil.copyfile(DOCUMENTED, path)
    secret = "ghp_Zx9Qw7Er5Ty3Ui1Op8As6Df4Gh2Jk0LmNbVc"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE sessions SET error_message = ?, start_time = '2030-01-01'"
            " WHERE session_id = (SELECT max(session_id) FROM sessions)",
            ["no such remote: " + secret],
        )
    try:
        async with on_stage(path, (40, 14)) as stage:
            await stage.focus("activity")
            assert secret[:8] in stage.text()
            await stage.press("X")
            assert not any(secret[at : at + 8] in stage.text() for at in range(len(secret) - 8))
    finally:
        masking.use(None)


async def test_other_stores_show_components_where_there_is_room(folder: Path) -> None:
    path = folder / "ab.db"
    with canonical_store(path) as store:
        add(store)
    async with on_stage(path, (200, 50)) as stage:
        assert "component" not in header(stage)
        await stage.press("z")
        assert header(stage) == ["session", "agent", "time", "events", "calls", "err", "tokens",
                                 "trend"]  # fmt: skip
        with canonical_store(path) as store:
            store.add_session("b", component="standard", quality=80.4)
        await stage.step()
        assert header(stage) == ["session", "component", "agent", "time", "qual", "events",
                                 "calls", "err", "tokens", "trend"]  # fmt: skip


async def test_the_overview_is_of_sessions(folder: Path) -> None:
    async with on_stage(DOCUMENTED) as stage:
        await stage.press("3")
        screen = stage.app.screen
        assert isinstance(screen, OverviewScreen)
        drawn = [screen.trend.measure]
        assert "Trend · sessions begun by day" in stage.text()
        assert "400 sessions begun · UTC" in stage.text()
        assert "events" not in screen.hours.text_under_cursor()
        # What is chosen stays, and the way goes on from what is shown.
        await stage.press("m")
        assert [*drawn, screen.trend.measure] == ["sessions", "call errors"]


def add(store: CanonicalStore) -> None:
    store.add_session("a", title="One")
    store.add_event("a", tool="Read")
