"""Where the store comes from, and what the words of the command line mean."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.stores.base import SAMPLES
from tests.tui.headless.conftest import Run
from tui.cli import COMMANDS, SCREEN_OPTIONS
from tui.headless.root import ROOT
from tui.headless.screen import open_command
from tui.options import ScreenOptions

AUDIT = SAMPLES / "heist-audit.db"
Opened = list[tuple[Any, ...]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """What the screen was asked to open."""
    calls: Opened = []
    screen: Any = ModuleType("tui.start")

    def record(*arguments: object) -> int:
        calls.append(arguments)
        return 7

    screen.open_screen = screen.open_demo = record
    monkeypatch.setitem(sys.modules, "tui.start", screen)
    return calls


def test_a_store_opens_the_screen(run: Run, opened: Opened) -> None:
    assert run(AUDIT).code == 7
    assert opened == [(AUDIT, ScreenOptions())]


def test_options_before_and_after_the_store(run: Run, opened: Opened) -> None:
    run("--ascii", "--session", "abc", AUDIT, "--no-mouse", "--theme", "auto", "--no-diff")
    ((path, options),) = opened
    assert path == AUDIT
    assert options == ScreenOptions(
        theme="auto", ascii=True, mouse=False, diff=False, session="abc"
    )


def test_without_a_store_it_is_looked_for(
    run: Run, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run()
    assert told.code == 2
    assert "no session store" in told.err
    monkeypatch.setenv("SESSION_TUI_STORE", str(AUDIT))
    assert run("--utc").code == 7
    assert opened == [(AUDIT, ScreenOptions(utc=True))]
    assert run("sessions", "--json").json["total"] == 6


def test_of_several_stores_one_must_be_named_or_chosen(
    run: Run, opened: Opened, tmp_path: Path
) -> None:
    folder = tmp_path / "stores"
    folder.mkdir()
    shutil.copyfile(SAMPLES / "heist-demo.db", folder / "a.db")
    shutil.copyfile(AUDIT, folder / "b.db")
    told = run("sessions", folder, "--json")
    assert (told.code, told.out) == (2, "")
    names = f"{folder / 'b.db'}, {folder / 'a.db'}"
    assert told.err == f"session-tui: 2 stores were found: {names}; name one.\n"
    run(folder)
    ((path, options),) = opened
    assert path == folder / "b.db"
    assert [found.path.name for found in options.candidates] == ["b.db", "a.db"]


def test_of_many_stores_some_are_named(run: Run, tmp_path: Path) -> None:
    for name in "abcdefg":
        shutil.copyfile(AUDIT, tmp_path / f"{name}.db")
    told = run("tail", tmp_path)
    assert told.code == 2
    assert "7 stores were found: " in told.err
    assert told.err.endswith(" and 2 more; name one.\n")


def test_a_store_named_like_a_command(
    run: Run, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(AUDIT, tmp_path / "metrics")
    monkeypatch.chdir(tmp_path)
    run("./metrics")
    assert opened[0][0] == tmp_path / "metrics"
    assert run("metrics", "metrics", "--json").json["total_sessions"] == 6


def test_demo(run: Run, opened: Opened) -> None:
    assert run("demo", "--seed", 3, "--speed", "2.5", "--ascii").code == 7
    assert run("--utc", "demo").code == 7
    assert run("demo", "--scenario", "ab").code == 7
    assert opened == [
        (3, 2.5, ScreenOptions(ascii=True), "agents"),
        (0, 1.0, ScreenOptions(utc=True), "agents"),
        (0, 1.0, ScreenOptions(), "ab"),
    ]


def test_help_lists_every_command_and_option(run: Run) -> None:
    told = run("--help")
    assert (told.code, told.err) == (0, "")
    assert told.out == run("-h").out == run("--ascii", "--help").out == run(AUDIT, "--help").out
    for name, entry in COMMANDS.items():
        assert f"  {name} " in told.out
        assert entry.help in told.out
    assert all(len(line) <= 80 for line in told.out.splitlines())
    accepted = {
        option.opts[0]
        for option in open_command.params
        if option.opts[0].startswith("--") and option.name != "wants_help"
    }
    assert accepted == {left.split()[0] for left, _ in SCREEN_OPTIONS}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(run: Run, name: str) -> None:
    told = run(name, "--help")
    assert told.code == 0
    assert told.out.startswith(f"Usage: session-tui {name} ")
    assert told.out == run(name, "-h").out


def test_version(run: Run) -> None:
    assert run("--version").out == f"session-tui {version('session-tui')}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(run: Run, shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = run("completion", shell)
    assert told.code == 0
    assert "_SESSION_TUI_COMPLETE" in told.out
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    assert run("completion").out == told.out


def test_the_shell_is_answered(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_SESSION_TUI_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "session-tui se")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run().out.split() == ["plain,sessions", "plain,session"]


def test_every_entry_is_a_command() -> None:
    import click

    with click.Context(ROOT) as context:
        for name in COMMANDS:
            command = ROOT.get_command(context, name)
            assert command is not None
            assert command.name == name
            assert command.help
