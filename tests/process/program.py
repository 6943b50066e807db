"""The whole program in a pseudo-terminal, with a home of its own."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.process.terminal import Terminal
from tests.stores.base import SAMPLES

PROGRAM = (sys.executable, "-c", "import sys; from tui.cli import main; sys.exit(main())")
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
    ) -> Terminal:
        """The program, as soon as it lists sessions."""
        terminal = self.run(*arguments, columns=columns, rows=rows, ignore_hangup=ignore_hangup)
        try:
            terminal.wait_for(lists_sessions, what="a list of sessions")
        except BaseException as error:
            terminal.__exit__(type(error), error, None)
            raise
        return terminal


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
