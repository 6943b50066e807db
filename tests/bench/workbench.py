"""What every figure needs: stores of the right size, scratch space, and the program to run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.bench import naive
from tests.bench.clock import Clock
from tests.bench.generate import cached
from tests.bench.measure import median
from tests.bench.screen import Screen
from tests.stores import Journal

ROOT = Path(__file__).parents[2]
SHAPES = ("canonical", "htmlgraph", "heist-audit")
PROGRAM = "import sys; from tui.cli import main; sys.exit(main())"


class Workbench:
    """Stores, sizes and processes of one run.

    Args:
        stores: the folder where generated stores are kept.
        scratch: a folder that nobody else uses.
        quick: everything small, to see that it works.
        large: stores of ten million events as well.
        clock: how much time there is; without end by default.

    Attributes:
        small: events of a small store.
        big: events of the store that most figures are about.
        huge: events of the largest store; None unless asked for.
    """

    def __init__(
        self,
        stores: Path,
        scratch: Path,
        *,
        quick: bool = False,
        large: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self.stores, self.scratch, self.quick = stores, scratch, quick
        self.clock = clock or Clock()
        self.small = 1_000 if quick else 10_000
        self.big = 5_000 if quick else 1_000_000
        self.huge = 10_000_000 if large and not quick else None
        self._copies = 0
        self._alone: dict[tuple[str, str, int], list[dict[str, float]]] = {}
        self._sessions: dict[tuple[str, int], list[tuple[str, int]]] = {}

    @property
    def sizes(self) -> dict[str, int]:
        """Events of the stores that are used, by name."""
        sizes = {"small": self.small, "big": self.big}
        return {**sizes, "huge": self.huge} if self.huge else sizes

    def runs(self, number: int) -> int:
        """How often to repeat something that is worth so many runs."""
        return 1 if self.quick else number

    def many(self, number: int) -> int:
        """How many events, keys or the like to use where this many are worth it."""
        return max(5, number // 20) if self.quick else number

    def store(self, shape: str, events: int) -> Path:
        """A generated store that is only read."""
        return cached(self.stores, shape, events)

    @contextmanager
    def copy(self, shape: str, events: int, journal: Journal = "wal") -> Iterator[Path]:
        """A generated store that may be written to; it is removed afterwards."""
        self._copies += 1
        path = self.scratch / f"{shape}-{self._copies}.db"
        shutil.copyfile(self.store(shape, events), path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA journal_mode = {journal}").fetchall()
        try:
            yield path
        finally:
            for suffix in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)

    def environment(self, home: Path | None = None) -> dict[str, str | None]:
        """Changes to the environment: a home of its own, compiled modules, this checkout."""
        home = home or self.scratch / "home"
        home.mkdir(parents=True, exist_ok=True)
        places = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG")}
        return {
            **places,
            "XDG_STATE_HOME": str(home / "state"),
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": None,
            "SESSION_TUI_STORE": None,
            "SESSION_TUI_CONFIG": None,
        }

    def program(self, *arguments: str | Path) -> list[str]:
        """The command line of session-tui."""
        return [sys.executable, "-c", PROGRAM, *map(str, arguments)]

    def open(self, *arguments: str | Path, home: Path | None = None) -> Screen:
        """The program on a screen of 120x40."""
        return Screen(self.program(*arguments), env=self.environment(home), cwd=self.scratch)

    def module(self, name: str, *arguments: str | Path) -> list[str]:
        """The command line of a module of the measurements."""
        return [sys.executable, "-m", f"tests.bench.{name}", *map(str, arguments)]

    def screen(self, command: list[str]) -> Screen:
        """Another program on a screen of 120x40."""
        return Screen(command, env=self.environment(), cwd=self.scratch)

    def output(self, command: list[str], home: Path | None = None) -> str:
        """What a command prints. Raises CalledProcessError."""
        env = self.full_environment(home)
        done = subprocess.run(
            command, env=env, cwd=self.scratch, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout

    def alone(self, what: str, shape: str, events: int, limit: int = 60) -> dict[str, float] | None:
        """What a piece of work takes in a process of its own; None if stopped at the limit."""
        found = self.taken("alone", what, self.store(shape, events), shape, limit=limit)
        if found is not None:
            self._alone.setdefault((what, shape, events), []).append(found)
        return found

    def known(self, what: str, shape: str, events: int) -> list[dict[str, float]]:
        """What :meth:`alone` has found so far in this run."""
        return [*self._alone.get((what, shape, events), ())]

    def baseline(self, what: str, shape: str, events: int, key: str = "wall") -> float | None:
        """Seconds of a piece of work: what it took before in this run, or now.

        Args:
            what: one of those of the module ``alone``.
            shape: of the store.
            events: of the store.
            key: wall, or cpu.

        Returns:
            The median; None if it did not end in a minute.
        """
        known = self._alone.get((what, shape, events))
        if known is None:
            found = self.alone(what, shape, events)
            known = [] if found is None else [found]
        return median([one[key] for one in known]) if known else None

    def by_size(self, shape: str, events: int) -> list[tuple[str, int]]:
        """All sessions of a store with their number of events, the smallest first."""
        key = (shape, events)
        if key not in self._sessions:
            self._sessions[key] = [*naive.sessions_by_size(self.store(shape, events), shape)]
        return self._sessions[key]

    def taken(self, name: str, *arguments: str | Path, limit: int) -> dict[str, float] | None:
        """What a module of the measurements says that its work took, in a home of its own.

        There, nothing is known of earlier runs.

        Args:
            name: of the module, whose first line of help says what it is given.
            arguments: what to do.
            limit: seconds of processor time.

        Returns:
            None if it was stopped at the limit.
        """
        where = {"alone": (*arguments, str(limit)), "counted": (str(limit), *arguments)}[name]
        try:
            with tempfile.TemporaryDirectory(prefix="home-", dir=self.scratch) as home:
                told = self.output(self.module(name, *where), Path(home))
        except subprocess.CalledProcessError as error:
            if error.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
                return None
            raise
        found: dict[str, float] = json.loads(told)
        return found

    def full_environment(self, home: Path | None = None) -> dict[str, str]:
        """The environment of processes without a screen."""
        changed = {**os.environ, **self.environment(home)}
        return {name: value for name, value in changed.items() if value is not None}


@contextmanager
def workbench(
    *, quick: bool = False, large: bool = False, clock: Clock | None = None
) -> Iterator[Workbench]:
    """A workbench whose scratch space goes away afterwards.

    Stores are kept in ``$BENCH_STORES`` or below the platform's folder for temporary files.
    """
    kept = os.environ.get("BENCH_STORES")
    folder = Path(kept) if kept else Path(tempfile.gettempdir(), "session-tui-bench")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=folder) as scratch:
        yield Workbench(folder, Path(scratch), quick=quick, large=large, clock=clock)
