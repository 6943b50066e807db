"""The prompt for SQL on the screen."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.tui.stage import Stage, on_stage, sample
from tui.screens.sql import SqlScreen
from tui.sql_history import FILE, MOST, SqlHistory
from tui.state import load_state, save_state, state_folder


async def asked(stage: Stage, sql: str) -> list[str]:
    """The screen after a question."""
    assert isinstance(stage.app.screen, SqlScreen)
    stage.app.screen.prompt.ask("sql", ":", sql)
    await stage.press("enter")
    return stage.lines()


async def test_a_question_is_answered_in_a_table(folder: Path) -> None:
    async with on_stage(sample("heist-audit", folder)) as stage:
        await stage.press(":")
        lines = [" ".join(line.strip("│▇▆▅▄▃▂▁ ").split()) for line in stage.lines()]
        assert "what can be asked for" in lines[0]
        assert lines[1:4] == [
            "view column what it is",
            "event events: one call is one event; reads all rows where a call is two",
            "event source the foreign table's name",
        ]
        await stage.press("pagedown")
        assert "session_total status running, completed" in " ".join(stage.text().split())
        assert isinstance(stage.app.screen, SqlScreen)
        assert stage.app.screen.prompt.is_asking
        assert "SELECT tool, count(*)" in stage.footer or "SELECT tool" in stage.text()
        lines = await asked(stage, "SELECT status, count(*) AS n FROM session GROUP BY 1")
        assert "2 rows in" in lines[0]
        assert [line.strip("│ ").split() for line in lines[1:4]] == [
            ["status", "n"], ["completed", "4"], ["running", "2"],
        ]  # fmt: skip
        lines = await asked(stage, "DROP TABLE sessions")
        assert "Only SELECT is answered here." in lines[1]
        lines = await asked(stage, "SELECT 1 WHERE 0")
        assert "0 rows in" in lines[0]
        await stage.press("escape")
        assert not stage.is_above


async def test_what_was_asked_comes_back(folder: Path) -> None:
    path = sample("heist-demo", folder)
    async with on_stage(path) as stage:
        await stage.press(":")
        await asked(stage, "SELECT 1")
        await asked(stage, "SELECT 2")
        await stage.press(":", "up")
        screen = stage.app.screen
        assert isinstance(screen, SqlScreen)
        assert screen.prompt.text == "SELECT 1"
        await stage.press("up", "down")
        assert screen.prompt.text == "SELECT 2"
        await stage.press("escape", "escape")
    file = state_folder() / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == ["SELECT 1", "SELECT 2"]
    async with on_stage(path) as stage:
        await stage.press(":", "up", "enter")
        assert "1 row in" in stage.lines()[0]


async def test_cells_are_copied_and_answers_exported(folder: Path) -> None:
    async with on_stage(sample("heist-demo", folder)) as stage:
        await stage.press(":")
        await asked(stage, "SELECT 'a' AS x, 'two words' AS y UNION ALL SELECT 'b', NULL")
        await stage.press("right", "y")
        (copied,) = (folder.parent / "home").rglob("clipboard.txt")
        assert copied.read_text("utf-8") == "two words"
        await stage.press("Y")
        assert copied.read_text("utf-8").startswith("SELECT 'a'")
        await stage.press("o")
        (written,) = folder.glob("session-tui-sql*.txt")
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
        assert written.read_text("utf-8").splitlines()[2:] == [
            "x  y", "a  two words", "b  —",
        ]  # fmt: skip
        await stage.press("slash", "b", "enter")
        screen = stage.app.screen
        assert isinstance(screen, SqlScreen)
        assert screen.table.cursor == 1
        await stage.press("escape")
        assert stage.is_above


async def test_hostile_answers_stay_text(folder: Path) -> None:
    async with on_stage(sample("heist-demo", folder)) as stage:
        await stage.press(":")
        lines = await asked(stage, "SELECT char(27) || '[31m[bold]x[/]' AS \"[red]\"")
        assert "[red]" in lines[1]
        assert "␛[31m[bold]x[/]" in lines[2]


def test_what_is_being_typed_is_kept_while_the_history_is_looked_through() -> None:
    history = SqlHistory(["SELECT 1", "SELECT 2"])
    history.begin("SEL")
    assert history.step(1, "SELE") == "SELECT 2"
    assert history.step(1, "SELECT 2") == "SELECT 1"
    assert history.step(1, "SELECT 1") is None
    assert history.step(-1, "SELECT 1 changed") == "SELECT 2"
    assert history.step(-1, "SELECT 2") == "SELE"
    assert history.step(-1, "SELE") is None


def test_the_history_is_bounded_and_damage_is_ignored(folder: Path) -> None:
    history = SqlHistory(f"SELECT {number}" for number in range(MOST + 5))
    history.add("SELECT 100")
    history.save()
    found = load_state(FILE)
    assert len(found) == MOST
    assert found[-2:] == [f"SELECT {MOST + 4}", "SELECT 100"]
    for damaged in ("{", '[1, null, [], "x\\u0000"]', '"x"', "[" * 100_000):
        (state_folder() / FILE).write_text(damaged)
        SqlHistory.load().begin("")


def test_a_state_that_cannot_be_saved_is_no_error(folder: Path) -> None:
    assert load_state("nothing.json") is None
    assert not save_state("large.json", "x" * 2_000_000)
    assert not save_state("odd.json", object())
    assert save_state("a.json", {"a": 1})
    assert load_state("a.json") == {"a": 1}
    state_folder().joinpath("b.json").symlink_to(state_folder() / "a.json")
    assert load_state("b.json") is None
    blocked = state_folder() / "c.json"
    blocked.mkdir()
    assert not save_state("c.json", 1)
    assert sorted(path.name for path in state_folder().iterdir()) == ["a.json", "b.json", "c.json"]


@pytest.mark.parametrize("key", ["3", "4", "5", "6"])
async def test_a_question_from_another_screen_leads_back_to_it(folder: Path, key: str) -> None:
    async with on_stage(sample("htmlgraph-0.35.0", folder)) as stage:
        await stage.press(key)
        before = type(stage.app.screen)
        await stage.press(":")
        lines = await asked(stage, "SELECT count(*) AS n FROM session")
        assert "1 row in" in lines[0]
        assert "5" in lines[2]
        await stage.press("escape")
        assert type(stage.app.screen) is before
        # What is behind it goes on: its own keys work.
        await stage.press("tab", "1")
        assert not stage.is_above
