"""What is on the terminal before the screen is loaded, and what becomes of keys meanwhile."""

from __future__ import annotations

import contextlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.program import LISTED, PROGRAM, Home, lists_sessions, shows_picture
from tests.process.terminal import Terminal
from tests.stores import canonical_store

pytestmark = pytest.mark.process

HELD = """
import os, sys, time
from importlib.abc import MetaPathFinder

class Hold(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        while name == "textual" and not os.path.exists(sys.argv[1]):
            time.sleep(0.01)

sys.meta_path.insert(0, Hold())
import tui.start
from tui.cli import main
tui.start.FIRST_READ = 30
sys.exit(main(sys.argv[2:]))
"""
"""The program, which does not load Textual before there is a file of the name given first."""
CLEARS = re.compile(rb"\x1b\[[0-3]?J")


@contextlib.contextmanager
def held_start(home: Home, *arguments: str | Path) -> Iterator[Terminal]:
    """The program with the picture on the terminal, until :func:`let_go`."""
    command = [PROGRAM[0], "-c", HELD, str(home.folder / "go"), *map(str, arguments)]
    with Terminal(command, env=home.env, cwd=home.folder) as terminal:
        terminal.wait_for(lambda t: LISTED.search(t.text()), what="a list of sessions")
        yield terminal


def let_go(home: Home) -> None:
    """Let the program load Textual."""
    (home.folder / "go").touch()


def test_sessions_are_shown_before_the_screen_is_loaded(home: Home) -> None:
    with held_start(home, home.sample("heist-demo.db")) as terminal:
        assert shows_picture(terminal)
        before, mark = terminal.lines(), len(terminal.raw)
        let_go(home)
        terminal.wait_for(lists_sessions, what="the screen")
        # Nothing is cleared in between, and no line of the list moves.
        assert not CLEARS.search(terminal.raw[mark:])
        assert b"\x1b[?1049" not in terminal.raw[mark:]
        assert terminal.raw.index(b"\x1b[?1004h") > mark - 1
        after = terminal.lines()
        assert [line[:48] for line in before[1:20]] == [line[:48] for line in after[1:20]]
        assert before[-1] == after[-1]
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


def test_keys_pressed_meanwhile_are_taken_and_not_echoed(home: Home) -> None:
    with held_start(home, home.sample("heist-demo.db")) as terminal:
        terminal.press("j", "j", "ctrl+z")
        let_go(home)
        terminal.wait_until_stopped()
        terminal.kill(signal.SIGCONT)
        terminal.wait_for_text("Activity · demo_session_001")
        # What an echo would look like, at whatever place.
        assert b"^Z" not in terminal.raw
        assert b"jj" not in terminal.raw
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
    ids=lambda value: str(int(value)),
)
def test_signals_give_the_terminal_back(home: Home, number: signal.Signals, code: int) -> None:
    with held_start(home, home.sample("heist-demo.db")) as terminal:
        terminal.kill(number)
        assert terminal.wait() == code
        assert terminal.restored() == []


def test_a_search_typed_meanwhile_is_made(home: Home) -> None:
    with held_start(home, home.sample("heist-demo.db")) as terminal:
        terminal.send("/session_001\r")
        let_go(home)
        terminal.wait_for_text("Activity · demo_session_001")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
def test_keys_that_quit_are_kept(home: Home, key: str) -> None:
    with held_start(home, home.sample("heist-demo.db")) as terminal:
        terminal.press(key)
        let_go(home)
        assert terminal.wait() == 0
        assert terminal.restored() == []


def test_the_demo_leaves_nothing(home: Home) -> None:
    with held_start(home, "demo") as terminal:
        assert list((home.folder / "tmp").iterdir())
        terminal.kill(signal.SIGTERM)
        assert terminal.wait() == 143
        assert terminal.restored() == []
    assert list((home.folder / "tmp").iterdir()) == []


def test_ctrl_c_ends_it_at_once(home: Home) -> None:
    with held_start(home, home.sample("heist-demo.db")) as terminal:
        terminal.press("ctrl+c")
        assert terminal.wait() == 130
        assert terminal.restored() == []


def test_a_slow_link_gets_one_frame_only(home: Home) -> None:
    with home.open(home.sample("heist-demo.db"), "--low-bandwidth") as terminal:
        drawn = terminal.raw
        # The screen begins with what it asks of the terminal.
        assert drawn.index(b"\x1b[?1004h") < drawn.index(b"Sessions ")
        terminal.press("q")
        assert terminal.wait() == 0


def test_no_secret_is_shown_where_they_are_covered(home: Home) -> None:
    path = home.folder / "secret.db"
    with contextlib.closing(canonical_store(path)) as store:
        store.add_session("one", title="key " + "sk-" + "ant-" + "a1B2c3D4" * 4)
    config = home.folder / "config" / "session-tui"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("mask_screen = true\n")
    with held_start(home, path) as terminal:
        assert shows_picture(terminal)
        let_go(home)
        terminal.wait_for(lists_sessions, what="the screen")
        terminal.wait_for_text("masked")
        assert b"a1B2" not in terminal.raw
        assert "key •" in terminal.text()
        terminal.press("q")
        assert terminal.wait() == 0
