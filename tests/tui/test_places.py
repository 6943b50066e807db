from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from tui.config import Config
from tui.places import Candidate, NoStoreError, find_stores, inspect

MAGIC = b"SQLite format 3\0" + bytes(84)


def store(path: Path, modified: float = 1000.0, data: bytes = MAGIC) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (modified, modified))
    return path


class Places:
    def __init__(self, root: Path) -> None:
        self.cwd, self.home = root / "work", root / "home"
        self.cwd.mkdir()
        self.home.mkdir()

    def find(
        self, argument: str | None = None, *, env: str | None = None, config: Config | None = None
    ) -> list[Candidate]:
        environ = {} if env is None else {"SESSION_TUI_STORE": env}
        return find_stores(argument, environ, config or Config(), self.cwd, self.home)

    def names(self, argument: str | None = None) -> list[str]:
        root = self.cwd.parent
        return [str(found.path.relative_to(root)) for found in self.find(argument)]

    def problem(self, argument: str | None = None, *, env: str | None = None) -> str:
        with pytest.raises(NoStoreError) as caught:
            self.find(argument, env=env)
        return str(caught.value).replace(str(self.cwd), "CWD").replace(str(self.home), "HOME")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_a_real_database_is_a_candidate(places: Places) -> None:
    path = places.cwd / "real.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    [found] = places.find("real.db")
    assert (found.path, found.size) == (path, path.stat().st_size)
    assert found.modified == path.stat().st_mtime
    assert found.reason == "named on the command line"


def test_what_is_named_first_wins(places: Places) -> None:
    for name in ("a", "b", "c", "d"):
        store(places.cwd / name / f"{name}.db")
    config = Config(stores=(str(places.cwd / "c"),))
    store(places.cwd / "known.db")
    assert [f.path.name for f in places.find("a", env="b", config=config)] == ["a.db"]
    assert [f.path.name for f in places.find(env="b/b.db", config=config)] == ["b.db"]
    assert [f.path.name for f in places.find(config=config)] == ["c.db"]
    assert [f.path.name for f in places.find()] == ["known.db"]
    assert places.find(env="b")[0].reason == "in the folder named by $SESSION_TUI_STORE"


def test_configured_stores_that_are_gone_are_passed_over(places: Places) -> None:
    store(places.cwd / "known.db")
    store(places.cwd / "x/there.db")
    gone = str(places.cwd / "gone.db")
    both = Config(stores=(gone, str(places.cwd / "x/there.db")))
    assert [f.path.name for f in places.find(config=both)] == ["there.db"]
    assert [f.path.name for f in places.find(config=Config(stores=(gone,)))] == ["known.db"]


def test_known_places_newest_first(places: Places) -> None:
    store(places.cwd / ".htmlgraph/htmlgraph.db", 5)
    store(places.cwd / ".htmlgraph/index.sqlite", 7)
    store(places.cwd / "runs.sqlite", 3)
    store(places.cwd / "heist_audit.db", 9)
    store(places.cwd / "data/heist_session.db", 1)
    store(places.cwd / "data/other.db", 100)
    store(places.cwd / "notes.txt", 100)
    store(places.home / ".htmlgraph/htmlgraph.db", 4)
    assert places.names() == [
        "work/heist_audit.db",
        "work/.htmlgraph/index.sqlite",
        "work/.htmlgraph/htmlgraph.db",
        "home/.htmlgraph/htmlgraph.db",
        "work/runs.sqlite",
        "work/data/heist_session.db",
    ]


def test_a_write_ahead_log_counts_as_a_change(places: Places) -> None:
    store(places.cwd / "quiet.db", 10)
    store(places.cwd / "busy.db", 1)
    store(places.cwd / "busy.db-wal", 20, b"")
    assert places.names() == ["work/busy.db", "work/quiet.db"]
    assert places.find()[0].modified == 20


def test_parents_are_searched_up_to_the_root_of_the_repository(places: Places) -> None:
    top = places.cwd
    store(top / ".htmlgraph/htmlgraph.db")
    store(top.parent / ".htmlgraph/htmlgraph.db")
    places.cwd = top / "src/deep"
    places.cwd.mkdir(parents=True)
    with pytest.raises(NoStoreError):
        places.find()
    (top / ".git").write_text("gitdir: elsewhere")
    assert [found.path for found in places.find()] == [top / ".htmlgraph/htmlgraph.db"]


def test_one_file_under_two_names_is_one_store(places: Places) -> None:
    store(places.cwd / "a.db")
    (places.cwd / "b.db").symlink_to("a.db")
    assert places.names() == ["work/a.db"]
    (places.cwd / ".git").mkdir()
    places.home = places.cwd
    store(places.cwd / ".htmlgraph/htmlgraph.db", 2000)
    assert places.names() == ["work/.htmlgraph/htmlgraph.db", "work/a.db"]


def test_home_and_folders(places: Places) -> None:
    store(places.home / "x/s.db", 5)
    store(places.home / "x/.htmlgraph/htmlgraph.db", 6)
    assert places.names("~/x/s.db") == ["home/x/s.db"]
    assert places.names("~/x") == ["home/x/.htmlgraph/htmlgraph.db", "home/x/s.db"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "CWD/x.db: is empty; nothing has been written to it yet."),
        (b"SQLite format 2\0", "CWD/x.db: is not an SQLite or DuckDB database."),
    ],
)
def test_what_is_no_store_is_told(places: Places, data: bytes, told: str) -> None:
    store(places.cwd / "x.db", data=data)
    assert places.problem("x.db") == told
    assert places.problem(env="x.db") == told
    assert places.problem(".") == "CWD: no session store is in this folder."


def test_a_duckdb_file_is_offered_where_it_can_be_read(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(places.cwd / "x.duckdb", data=bytes(8) + b"DUCK" + bytes(8))
    monkeypatch.setattr("tui.places.find_spec", lambda _: object())
    assert places.names() == ["work/x.duckdb"]
    monkeypatch.setattr("tui.places.find_spec", lambda _: None)
    assert places.problem("x.duckdb") == (
        "CWD/x.duckdb: is a DuckDB file, which takes an extra to be read: "
        "pip install 'session-tui[duckdb]'."
    )


def test_what_is_not_there_is_told(places: Places) -> None:
    assert places.problem("x.db") == "CWD/x.db: there is no such file."
    assert places.problem("x\0.db").startswith("CWD/x␀.db: cannot be read (")
    assert places.problem("\x1b[2J") == "CWD/␛[2J: there is no such file."
    assert places.problem() == (
        "no session store found in CWD, in .htmlgraph/ up to the repository's root, or in "
        "HOME/.htmlgraph: name a file, or set SESSION_TUI_STORE."
    )


def test_a_pipe_is_refused_without_waiting(places: Places) -> None:
    os.mkfifo(places.cwd / "pipe.db")
    assert places.problem("pipe.db") == "CWD/pipe.db: is not a regular file."
    assert "no session store found" in places.problem()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_told(places: Places) -> None:
    store(places.cwd / "x.db").chmod(0)
    assert places.problem("x.db") == "CWD/x.db: cannot be read (Permission denied)."


def test_only_sixteen_bytes_are_read(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    read = os.read

    def counted(descriptor: int, size: int) -> bytes:
        sizes.append(size)
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", counted)
    inspect(store(places.cwd / "x.db"), "test")
    assert sizes == [16]
