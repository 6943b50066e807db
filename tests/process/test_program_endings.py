"""However the program ends, the terminal is as it was and nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.process.program import PROGRAM, Home, wait_for_all_panes
from tests.process.terminal import PATIENCE, Terminal

pytestmark = pytest.mark.process


def in_group(terminal: Terminal) -> list[str]:
    """The processes of the program's session that are still there."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,stat=,args=", "-s", str(terminal.process.pid)],
        capture_output=True, text=True,
    )  # fmt: skip
    return [line for line in listed.stdout.splitlines() if " Z" not in line]


@pytest.fixture
def store(home: Home) -> Path:
    return home.sample("htmlgraph-0.35.0.db")


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
def test_keys_that_quit(home: Home, store: Path, key: str) -> None:
    with home.open(store) as terminal:
        terminal.press(key)
        assert terminal.wait() == 0
        assert terminal.restored() == []
        assert in_group(terminal) == []


@pytest.mark.parametrize("keys", ["qi", "q:3", "q\x10", "q5", "qexit\r"])
def test_what_is_typed_behind_quit_is_nobodys(home: Home, store: Path, keys: str) -> None:
    with home.open(store) as terminal:
        terminal.send(keys)
        assert terminal.wait() == 0
        assert terminal.restored() == []
        assert b"stopped because" not in terminal.raw


def test_quit_while_typing(home: Home, store: Path) -> None:
    with home.open(store) as terminal:
        terminal.send("/quit")
        terminal.wait_for(lambda t: t.lines()[-1].startswith("/quit"))
        terminal.press("ctrl+c")
        assert terminal.wait() == 0
        assert terminal.restored() == []


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT], ids=lambda n: n.name
)
def test_signals_that_end(home: Home, store: Path, number: signal.Signals) -> None:
    with home.open(store) as terminal:
        terminal.kill(number)
        assert terminal.wait() == 128 + number
        assert terminal.restored() == []
        assert in_group(terminal) == []


def test_a_signal_before_the_screen_is_there(home: Home, store: Path) -> None:
    with home.run(store) as terminal:
        terminal.wait_for(lambda t: b"opening" in t.raw)
        terminal.kill(signal.SIGTERM)
        assert terminal.wait() == 143
        assert terminal.restored() == []


def test_the_demo_ends_with_its_terminal(home: Home) -> None:
    with home.open("demo") as terminal:
        terminal.kill(signal.SIGTERM)
        assert terminal.wait() == 143
        assert terminal.restored() == []
    assert list((home.folder / "tmp").iterdir()) == []


@pytest.mark.parametrize("ignore_hangup", [False, True], ids=["hangup", "nohup"])
def test_the_window_is_closed(home: Home, store: Path, ignore_hangup: bool) -> None:
    with home.open(store, ignore_hangup=ignore_hangup) as terminal:
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 129
        assert in_group(terminal) == []


@pytest.mark.parametrize("by", ["ctrl+z", signal.SIGTSTP], ids=str)
def test_stopped_and_continued(home: Home, store: Path, by: str | signal.Signals) -> None:
    with home.open(store) as terminal:
        before = wait_for_all_panes(terminal)
        if isinstance(by, str):
            terminal.press(by)
        else:
            terminal.kill(by)
        terminal.wait_until_stopped()
        assert terminal.restored() == []
        terminal.scribble()
        terminal.kill(signal.SIGCONT)
        terminal.wait_for(lambda t: t.lines() == before, what="the same screen")
        terminal.press("down")
        terminal.wait_for(lambda t: t.lines() != before)
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


def test_stopped_and_continued_in_another_size(home: Home, store: Path) -> None:
    with home.open(store) as terminal:
        terminal.press("ctrl+z")
        terminal.wait_until_stopped()
        terminal.resize(80, 24)
        terminal.scribble()
        terminal.kill(signal.SIGCONT)
        terminal.wait_for(lambda t: "quit" in t.lines()[-1] and "live" in t.lines()[0])
        assert "$ fg" not in terminal.text()


def test_a_job_of_a_shell(home: Home, store: Path) -> None:
    """Ctrl+Z, then fg, in a shell with job control that has a terminal of its own."""
    with home.open(store) as reference:
        shown = wait_for_all_panes(reference)
    command = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(command, env={**home.env, "PS1": "prompt> "}, cwd=home.folder) as terminal:
        terminal.wait_for_text("prompt>")
        quoted = " ".join(f"'{word}'" for word in (*PROGRAM, str(store)))
        terminal.send(f"{quoted}\r")
        terminal.wait_for_text("Sessions 1-")
        terminal.wait_for(lambda t: t.lines() == shown, what="the same screen as without a shell")
        terminal.press("ctrl+z")
        terminal.wait_for_text("Stopped")
        terminal.send("fg\r")
        terminal.wait_for(lambda t: t.lines() == shown, what="the same screen again")
        terminal.press("q")
        terminal.wait_for(lambda t: t.lines()[-1] == "" or "prompt>" in t.text())
        terminal.send("echo code $?\r")
        terminal.wait_for_text("code 0")
        terminal.send("exit\r")
        terminal.wait()


BROKEN = """
import os, sys
from tui.app import SessionApp
from tui.cli import main

def broken(self):
    title = self.screen.session_view.rows[0].title
    raise ValueError(f"{title} was in focus")

async def broken_later(self):
    broken(self)

SessionApp.action_help = broken
SessionApp.action_next_theme = lambda self: self.run_worker(broken_later(self))
sys.exit(main())
"""


@pytest.mark.parametrize(("key", "asked"), [("?", False), ("?", True), ("T", False)])
def test_a_crash_tells_where_its_report_is_and_nothing_of_the_store(
    home: Home, store: Path, key: str, asked: bool
) -> None:
    env = {"SESSION_TUI_TRACEBACK": "1" if asked else None}
    with home.run_ready(store, program=BROKEN, env=env) as terminal:
        wait_for_all_panes(terminal)
        terminal.press(key)
        assert terminal.wait() == 1
        assert terminal.restored() == []
        assert in_group(terminal) == []
        after = terminal.raw.rpartition(b"\x1b[?1004l")[2].decode()
    (report,) = (home.folder / "state").rglob("crash-*.txt")
    kind = "WorkerFailed" if key == "T" else "ValueError"
    assert after.replace("\r\n", "").endswith(f"({kind}); the report is in {report}")
    assert after.count("\n") == 1
    assert report.stat().st_mode & 0o777 == 0o600
    assert ("was in focus" in report.read_text()) is asked
    assert "Traceback" not in after


def test_standard_output_is_closed(home: Home, store: Path) -> None:
    command = ["bash", "-c", 'exec "$@" >&-', "bash", *PROGRAM, str(store)]
    with Terminal(command, env=home.env, cwd=home.folder) as terminal:
        assert terminal.wait() == 2
        assert b"\x1b" not in terminal.raw
        assert terminal.raw.count(b"\n") == 1
        assert b"standard output is not one" in terminal.raw


def test_a_storm_of_sizes(home: Home, store: Path) -> None:
    with home.open(store) as terminal:
        shown = wait_for_all_panes(terminal)
        mark = len(terminal.raw)
        for step in range(100):
            terminal.resize(30 + step, 8 + step % 40)
        for _ in range(3):
            terminal.resize(1, 1)
            terminal.resize(500, 200)
        terminal.resize(120, 40)
        terminal.wait_for(lambda t: t.lines() == shown, what="the same screen")
        assert len(terminal.raw) - mark < 200_000
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (20, 6), (19, 5), (3, 2), (1, 1)], ids=str)
def test_tiny_windows(home: Home, store: Path, columns: int, rows: int) -> None:
    # One sees its first picture for as long as modules are loaded.
    run = home.run if columns == 1 else home.run_ready
    with run(store, columns=columns, rows=rows) as terminal:
        # Where the first frame is what the picture was, nothing is sent for it.
        terminal.wait_for(lambda t: any(t.lines()), what="a picture or a frame")
        terminal.resize(120, 40)
        terminal.wait_for_text("Sessions 1-")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


def test_a_terminal_that_does_not_read(home: Home) -> None:
    with home.open("demo", "--speed", "50") as terminal:
        with terminal.not_reading():
            terminal.wait_for(lambda t: t.is_full(), what="a full pseudo-terminal")
            terminal.kill(signal.SIGTERM)
            assert terminal.process.wait(PATIENCE) == 143
        terminal.wait()
        assert terminal.restored() == []
    assert os.listdir(home.folder / "tmp") == []
