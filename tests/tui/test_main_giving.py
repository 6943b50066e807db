from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from tests.tui.desk import LIVE, OLD, desk, desk_clock
from tests.tui.stage import Stage, on_stage, run_line
from tui.screens import giving
from widgets.tool_table import ToolTable

STORE = Path("desk.db")


def copied(folder: Path) -> str:
    """What was copied last: without a terminal it goes to a file."""
    (path,) = (folder.parent / "home").rglob("clipboard.txt")
    return path.read_text("utf-8")


async def test_what_is_under_the_cursor_is_copied(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("y")
        assert copied(folder).startswith("Fix the login  live  planner")
        await stage.focus("tools")
        await stage.press("y")
        assert copied(folder).split()[:2] == ["Bash", "3"]
        await stage.focus("matrix")
        await stage.press("y")
        assert copied(folder) == "planner → planner: 1, 50.0 % of row, 0.75 x expected"
        await stage.focus("activity")
        await stage.press("g", "j", "y")
        assert "message 0" in copied(folder)
        assert "characters written to" in stage.said()[-1]


async def test_where_nothing_is_nothing_is_copied(folder: Path) -> None:
    with desk() as store:
        for table in ("event", "session"):
            store.connection.execute(f"DELETE FROM {table}")
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("y")
        assert stage.said() == ["There is nothing to copy here."]


async def command_of(stage: Stage, folder: Path) -> str:
    await stage.press("Y")
    return copied(folder)


async def test_the_command_of_the_sessions_prints_the_list(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("s", "s", "r", "F")
        await stage.type('errors:>0 -title:"nothing here"')
        line = await command_of(stage, folder)
        assert "--sort title --reverse --filter" in line
        found = run_line(line)
        shown = [row.id for row in stage.main.session_view.rows]
        assert [row["session_id"] for row in found["sessions"]] == shown == [OLD, LIVE]
        assert found["total"] == 2


async def test_the_command_of_the_activity_prints_the_tree(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        found = run_line(await command_of(stage, folder))
        (prompt,) = found["prompts"]
        root = stage.main.activity.tree
        assert root is not None
        stats = root.nodes[0].stats
        assert stats is not None
        assert prompt["summary"] == "Fix the login"
        assert prompt["stats"]["calls"] == stats.calls
        assert prompt["stats"]["errors"] == stats.errors == 2
        await stage.press("w")
        assert "--raw" in await command_of(stage, folder)
        run_line(copied(folder))


async def test_the_commands_of_tools_and_matrix_cover_their_scope(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        for keys, sessions in ((("tab",), 1), (("a",), 0), (("g", "space", "G", "space", "a"), 2)):
            if keys != ("tab",):
                await stage.focus("sessions")
                await stage.press(*keys)
            if sessions == 2 and stage.main.figures.mode != "marked":
                await stage.press("a")
            await stage.focus("tools")
            line = await command_of(stage, folder)
            assert line.count("--session") == sessions
            printed = {
                row["tool_name"]: row["total_calls"] for row in run_line(line)["tool_statistics"]
            }
            assert printed == {row.tool: row.calls for row in stage.main.tool_view.rows}
            await stage.focus("matrix")
            line = await command_of(stage, folder)
            assert line.count("--session") == sessions
            cells = {
                (row["from_agent"], row["to_agent"]): row["count"]
                for row in run_line(line)["interactions"]
            }
            counts = stage.main.figures.interactions.counts
            assert cells == {pair: number for pair, number in counts.items() if number}


async def test_a_path_and_an_id_that_need_quotes(folder: Path) -> None:
    name = Path("my store's [x] -- copy.db")
    with desk(name) as store:
        store.add_session("a b'c -d", title="odd", started=desk_clock().now)
        store.add_event("a b'c -d", tool="Read")
    async with on_stage(name, clock=desk_clock()) as stage:
        assert stage.main.session_view.focused_id() == "a b'c -d"
        await stage.focus("tools")
        found = run_line(await command_of(stage, folder))
        assert [row["total_calls"] for row in found["tool_statistics"]] == [1]


async def test_every_pane_is_exported_whole(folder: Path) -> None:
    desk()
    async with on_stage(STORE, (60, 12), clock=desk_clock()) as stage:
        for pane, words in (
            ("sessions", ["Fix the login", "Port the parser", "session"]),
            ("activity", ["message 0", "pytest -x", "def login"]),
            ("tools", ["Bash", "Task", "calls"]),
            ("matrix", ["→planner", "→coder", "total"]),
        ):
            await stage.focus(pane)
            title = stage.titles()[stage.main.pane_index]
            await stage.press("o")
            name = "interactions" if pane == "matrix" else pane
            path = folder / f"session-tui-{name}.txt"
            assert stage.said()[-1] == f"Written to {path}"
            text = path.read_text("utf-8")
            assert text.splitlines()[0] == title
            for word in words:
                assert word in text
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_many_tools_are_put_into_words_away_from_the_screen(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "_LONG", 2)
    threads: list[bool] = []
    lines_as_text = ToolTable.lines_as_text

    def watched(self: ToolTable) -> list[str]:
        threads.append(threading.current_thread() is threading.main_thread())
        return lines_as_text(self)

    monkeypatch.setattr(ToolTable, "lines_as_text", watched)
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("tools")
        expected = lines_as_text(stage.main.tool_view)
        await stage.press("o")
        written = (folder / "session-tui-tools.txt").read_text("utf-8").splitlines()
    assert written[2:] == expected
    assert threads == [False]


async def test_an_export_never_overwrites(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("o")
        first = (folder / "session-tui-sessions.txt").read_text("utf-8")
        await stage.press("s", "o")
        assert (folder / "session-tui-sessions.txt").read_text("utf-8") == first
        assert (folder / "session-tui-sessions-2.txt").exists()


async def test_an_export_that_fails_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk()
    async with on_stage(STORE.absolute(), clock=desk_clock()) as stage:
        gone = folder / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        monkeypatch.setattr(Path, "cwd", lambda: gone)
        await stage.press("o")
        assert "cannot be written (No such file or directory)." in stage.said()[-1]
        monkeypatch.chdir(folder)


async def test_the_command_of_an_event_prints_it_whole(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("g", "j", "enter")
        found = run_line(await command_of(stage, folder))
        assert found["kind"] == "message"
        assert found["summary"].startswith("message 0")
        assert found["columns"]["summary"] == found["summary"]
