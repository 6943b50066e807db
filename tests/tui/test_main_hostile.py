"""No text of any store acts on the terminal, on the program or on what is given away."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.stores import (
    FIRST_TIME,
    HtmlGraphStore,
    RawText,
    Text,
    canonical_store,
    heist_audit_store,
    heist_session_store,
    htmlgraph_store,
)
from tests.stores.hostile import SHORT_HOSTILE
from tests.tui.harmless import acting
from tests.tui.stage import SAMPLE_NAMES, Clock, Stage, on_stage, sample
from tui.screens.event import EventScreen

STORE = Path("hostile.db")
TEXTS = [value for _, value in SHORT_HOSTILE]
NOW = FIRST_TIME + 600


def canonical(path: Path) -> None:
    with canonical_store(path) as store, store.batch():
        for number, text in enumerate(TEXTS):
            id_ = _numbered(text, number)
            store.add_session(
                id_, title=text, agent=text, component=text, project=text, error=text,
                parent_id=_numbered(TEXTS[0], 0) if number == 1 else None,
            )  # fmt: skip
            for kind in ("prompt", "message", "tool", "delegation", "error"):
                row = store.add_event(id_, kind=kind, agent=text, target_agent=text, tool=text,
                                      operation=text, summary=text, model=text, state="error",
                                      duration=1.0)  # fmt: skip
                store.add_text(row["rowid"], text, text)
            store.add_handoff(text, text, session_id=id_, reason=text, type=text, state=text)


def heist_audit(path: Path) -> None:
    with heist_audit_store(path) as store, store.batch():
        for number, text in enumerate(TEXTS):
            id_ = _numbered(text, number)
            store.add_session(id_, status=text if number % 2 else "active")
            store.add_agent(id_, text, text)
            for _ in range(2):
                store.add_message(id_, text, text)
                store.add_tool_call(id_, text, text, success=0)


def heist_session(path: Path) -> None:
    with heist_session_store(path) as store, store.batch():
        for number, text in enumerate(TEXTS):
            id_ = _numbered(text, number)
            store.add_session(id_, status=text if number % 2 else "active")
            for _ in range(2):
                store.add_message(id_, text, text)
                store.add_tool_call(id_, text, text, tool_params=text, tool_result=text)


def _htmlgraph(store: HtmlGraphStore) -> None:
    with store, store.batch():
        for number, text in enumerate(TEXTS):
            id_ = _numbered(text, number)
            store.add_session(id_, agent=text)
            prompt = store.add_prompt(id_, text)
            store.add_event(id_, text, agent=text, input_summary=text, output_summary=text,
                            parent=prompt["event_id"], model=text, context=text)  # fmt: skip
            store.add_delegation(id_, agent=text, input_summary=text)
            store.add_event(id_, "Task", agent=text, event_type="task_delegation",
                            subagent_type=text, status=text)  # fmt: skip
            store.add_handoff(text, text, session_id=id_)


def htmlgraph_26(path: Path) -> None:
    _htmlgraph(htmlgraph_store(path, "0.26"))


def htmlgraph_35(path: Path) -> None:
    _htmlgraph(htmlgraph_store(path, "0.35"))


def _numbered(text: Text, number: int) -> Text:
    """The text as an id that is there only once."""
    if isinstance(text, RawText):
        return RawText(text.data + str(number).encode())
    return f"{text}{number}"


def assert_harmless(stage: Stage) -> None:
    """The screen holds nothing but text, and each line is as wide as it should be."""
    lines = stage.lines()
    assert acting("".join(lines)) == set()
    assert {cell_len(line) for line in lines} == {stage.app.size.width}


async def look_everywhere(stage: Stage) -> None:
    """Visit what shows data, and check it."""
    assert_harmless(stage)
    ids = [row.id for row in stage.main.session_view.rows]
    for session_id in ids[::8]:
        assert stage.main.session_view.select(session_id)
        await stage.settle()
        assert_harmless(stage)
    await stage.press("a")
    for key in ("m", "m", "m", "M", "m"):
        await stage.press(key)
        assert_harmless(stage)
    await stage.press("w")
    for pane in ("sessions", "activity", "tools", "matrix"):
        await stage.focus(pane)
        await stage.press("y", "Y", "o")
        assert_harmless(stage)
    await stage.press("z")
    assert_harmless(stage)
    await stage.press("z")
    await stage.press("i")
    assert_harmless(stage)
    await stage.press("escape", "ctrl+p")
    assert_harmless(stage)
    await stage.press("escape")


async def open_events(stage: Stage, most: int) -> None:
    """Open events of the tree, one after the other, in all sections."""
    await stage.focus("activity")
    await stage.press("+", "g")
    for _ in range(most):
        await stage.press("enter")
        if isinstance(stage.app.screen, EventScreen):
            for key in ("right", "right", "right", "y"):
                await stage.press(key)
                assert_harmless(stage)
            await stage.press("o", "escape")
        await stage.press("down")


def assert_files_harmless(folder: Path) -> None:
    """What was exported and copied holds nothing but text."""
    written = [path for path in folder.parent.rglob("*.txt") if path.is_file()]
    assert {path.name for path in written} >= {"clipboard.txt", "session-tui-sessions.txt"}
    for path in written:
        assert acting(path.read_text("utf-8")) == set(), path.name
        assert acting(path.name) == set()


def test_what_acts_is_found() -> None:
    assert acting("a\x1b[0m\u202e\x9b\n\u200b") == {"\x1b", "\u202e", "\x9b", "\u200b"}
    assert acting("Fähre 日本 — ✓ ␛") == set()


@pytest.mark.parametrize(
    "make",
    [canonical, heist_audit, heist_session, htmlgraph_26, htmlgraph_35],
    ids=lambda make: make.__name__,
)
async def test_every_text_of_every_dialect(folder: Path, make: Callable[[Path], None]) -> None:
    make(STORE)
    async with on_stage(STORE, (130, 96), clock=Clock(NOW)) as stage:
        assert len(stage.main.session_view.rows) == len(TEXTS)
        await look_everywhere(stage)
        await stage.focus("sessions")
        await stage.press("g")
        await open_events(stage, 4)
        for said in stage.said():
            assert acting(said) == set()
    assert_files_harmless(folder)


@pytest.mark.parametrize("name", SAMPLE_NAMES)
async def test_any_column_of_the_samples(folder: Path, name: str) -> None:
    _spoil(sample(name, folder))
    async with on_stage(Path(f"{name}.db"), (120, 50)) as stage:
        await look_everywhere(stage)
        assert stage.app._exception is None


async def test_ten_megabytes_in_a_line(folder: Path) -> None:
    text = "x" * 10_000_000
    with canonical_store(STORE) as store:
        store.add_session("big", title=text, agent=text)
        row = store.add_event("big", agent=text, tool=text, summary=text, state="error")
        store.add_text(row["rowid"], text, "[" + "1," * 1_000_000)
    async with on_stage(STORE, clock=Clock(NOW)) as stage:
        assert_harmless(stage)
        await open_events(stage, 1)
        assert_harmless(stage)


async def test_a_hostile_path_is_only_shown(folder: Path) -> None:
    path = Path("[@click=app.quit]x[bold \x1b]0;owned\x07 \u202e.db")
    canonical(path)
    async with on_stage(path, clock=Clock(NOW)) as stage:
        assert_harmless(stage)
        await stage.press("i")
        assert_harmless(stage)
        await stage.press("escape")
        path.unlink()
        await stage.step()
        assert "gone" in stage.status
        assert_harmless(stage)


async def test_clicking_on_marked_up_text_runs_nothing(folder: Path) -> None:
    with canonical_store(STORE) as store:
        text = "[@click=app.quit]xxxxxxxxxxxxxxxx[/]"
        store.add_session("s", title=text, agent=text)
        store.add_event("s", agent=text, tool=text, summary=text, kind="prompt")
        store.add_event("s", agent=text, tool=text, summary=text)
    async with on_stage(STORE, clock=Clock(NOW)) as stage:
        for y, line in enumerate(stage.lines()):
            if "@click" in line:
                await stage.pilot.click(offset=(line.index("@click") + 3, y))
                await stage.settle()
        assert stage.app.is_running
        assert not stage.app._exit


def _spoil(path: Path) -> None:
    """Put each text into every column of some rows, whatever the column is for."""
    connection = sqlite3.connect(path, isolation_level=None)
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND sql NOT LIKE '%VIRTUAL%'"
        )
    ]
    connection.execute("PRAGMA foreign_keys = off")
    connection.execute("PRAGMA ignore_check_constraints = on")
    connection.execute("BEGIN")
    for table in tables:
        for _, column, kind, *_, key in connection.execute(
            f"PRAGMA table_info({table})"
        ).fetchall():
            if key or "INT" in kind.upper():
                continue
            for number, text in enumerate(TEXTS):
                value = text.data if isinstance(text, RawText) else text
                try:
                    connection.execute(
                        f'UPDATE OR IGNORE {table} SET "{column}" = CAST(? AS TEXT)'
                        " WHERE rowid % 97 = ?",
                        (value, number),
                    )
                except sqlite3.OperationalError:
                    break
    connection.execute("COMMIT")
    connection.close()
