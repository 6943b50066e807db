"""The whole program in a pseudo-terminal, with a home of its own."""

from __future__ import annotations

import atexit
import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.process.ready import Nursery, ReadyProcess
from tests.process.terminal import Terminal, environment
from tests.stores.base import SAMPLES

MAIN = "import sys; from tui.cli import main; sys.exit(main())"
PROGRAM = (sys.executable, "-c", MAIN)
STORES = sorted(path.name for path in SAMPLES.glob("*.db"))
"""The samples of every dialect."""
LISTED = re.compile(r"Sessions [0-9,]+-[0-9,]+ of [0-9,]+")
_OPENING = re.compile("[◌~] opening")
ALL_PANES = re.compile(
    r"Sessions [0-9,]+-[^\n]*! in [0-9]+.*Activity · [^\n]* of [0-9,]+.*"
    r"Tools · .*Interactions · [^\n]* over [0-9,]+",
    re.DOTALL,
)
"""The titles of the panes of a wide screen once each shows all that it has, alerts as well."""
ROOT = Path(__file__).parents[2]


def shows_picture(terminal: Terminal) -> bool:
    """Whether sessions are listed by what is drawn before the screen is loaded."""
    text = terminal.text()
    return LISTED.search(text) is not None and _OPENING.search(text) is not None


def lists_sessions(terminal: Terminal) -> bool:
    """Whether the screen is there and lists sessions."""
    text = terminal.text()
    return LISTED.search(text) is not None and _OPENING.search(text) is None


def wait_for_all_panes(terminal: Terminal) -> list[str]:
    """Wait until every pane shows what it has to show; the lines then."""
    terminal.wait_for(lambda t: ALL_PANES.search(t.text()), what="something in every pane")
    terminal.wait_for_quiet()
    return terminal.lines()


@cache
def nursery() -> Nursery:
    """What splits off programs for all tests of this process; it ends with it."""
    changes = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": None}
    made = Nursery(environment(changes))
    atexit.register(made.close)
    return made


def ready(
    program: str,
    arguments: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    ignore_hangup: bool = False,
) -> Callable[[int, Mapping[str, str]], ReadyProcess]:
    """What starts a program, for a terminal, without loading the modules of ours anew.

    Args:
        program: what would follow ``python -c``.
        arguments: its command line.
        cwd: its working directory; by default that of the tests.
        ignore_hangup: start it with SIGHUP ignored, as ``nohup`` does.
    """
    words = [str(part) for part in arguments]

    def start(terminal: int, env: Mapping[str, str]) -> ReadyProcess:
        return nursery().start(
            program, words, terminal, env=env, cwd=cwd, ignore_hangup=ignore_hangup
        )

    return start


class Home:
    """A folder in which the program finds neither settings nor stores of the developer's.

    Args:
        folder: an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env: Mapping[str, str | None] = {
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "SESSION_TUI_STORE": None,
            "SESSION_TUI_CONFIG": None,
            "SESSION_TUI_NAIVE_ZONE": None,
            "TZ": "UTC",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": None,
            "PYTHONPYCACHEPREFIX": None,
        }
        (folder / "tmp").mkdir()
        (folder / "stores").mkdir()

    def sample(self, name: str) -> Path:
        """A copy of one of :data:`STORES`, alone in a folder."""
        return Path(shutil.copyfile(SAMPLES / name, self.folder / "stores" / name))

    def run(
        self,
        *arguments: str | Path,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str | None] | None = None,
        ignore_hangup: bool = False,
    ) -> Terminal:
        """The program, just begun."""
        return Terminal(
            [*PROGRAM, *arguments],
            columns=columns,
            rows=rows,
            env={**self.env, **(env or {})},
            cwd=self.folder,
            ignore_hangup=ignore_hangup,
        )

    def open(
        self,
        *arguments: str | Path,
        columns: int = 120,
        rows: int = 40,
        ignore_hangup: bool = False,
        anew: bool = False,
    ) -> Terminal:
        """The program, as soon as it lists sessions.

        Args:
            arguments: the command line.
            columns: width in cells.
            rows: height in cells.
            ignore_hangup: start the program with SIGHUP ignored, as ``nohup`` does.
            anew: load the program's modules for it alone, as it happens outside of tests.
        """
        # How often a screen is drawn is settled while modules are loaded.
        if anew or "--low-bandwidth" in arguments:
            terminal = self.run(*arguments, columns=columns, rows=rows, ignore_hangup=ignore_hangup)
        else:
            terminal = self.run_ready(
                *arguments, columns=columns, rows=rows, ignore_hangup=ignore_hangup
            )
        try:
            terminal.wait_for(lists_sessions, what="a list of sessions")
        except BaseException as error:
            terminal.__exit__(type(error), error, None)
            raise
        return terminal

    def run_ready(
        self,
        *arguments: str | Path,
        program: str = MAIN,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str | None] | None = None,
        ignore_hangup: bool = False,
    ) -> Terminal:
        """The program, or one made of its modules, just begun with these modules loaded."""
        return Terminal(
            ready(program, arguments, cwd=self.folder, ignore_hangup=ignore_hangup),
            columns=columns,
            rows=rows,
            env={**self.env, **(env or {})},
        )


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below a folder, with the hash of what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home for one test."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)
