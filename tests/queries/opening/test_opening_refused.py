"""Files that cannot be used: one sentence says why, and nothing is touched."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import tempfile
from pathlib import Path

import pytest

from queries.opening.files import StoreError, StoreGoneError
from queries.store import Store
from queries.text import clean
from tests.queries.files import as_nobody, filled, folder, ids, kill_writer


def sentence(path: Path) -> str:
    """What is said about a file that cannot be used."""
    with pytest.raises(StoreError) as caught:
        Store(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert text.startswith(clean(str(path)))
    return text.removeprefix(clean(str(path)))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(StoreGoneError, match="no such file"):
        Store(tmp_path / "a.db")
    with pytest.raises(StoreGoneError, match="no such file"):
        Store(filled(tmp_path / "file") / "a.db")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.db").symlink_to(tmp_path / "b.db")
    assert "no such file" in sentence(tmp_path / "a.db")
    assert not (tmp_path / "b.db").exists()


def test_links_that_lead_to_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.db").symlink_to(tmp_path / "b.db")
    (tmp_path / "b.db").symlink_to(tmp_path / "a.db")
    assert "cannot be read" in sentence(tmp_path / "a.db")


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    assert "cannot be read" in sentence(tmp_path / "a\0.db")
    assert "cannot be read" in sentence(tmp_path / ("x" * 5000))


def test_a_directory(tmp_path: Path) -> None:
    assert "is a directory" in sentence(tmp_path)


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.db")
    assert "is not a regular file" in sentence(tmp_path / "a.db")


def test_a_socket_and_a_device(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "a.db"))
        assert "is not a regular file" in sentence(tmp_path / "a.db")
    assert "is not a regular file" in sentence(Path("/dev/zero"))


def test_a_file_that_may_not_be_read(shared: Path) -> None:
    path = filled(shared / "a.db")
    path.chmod(0)
    said = as_nobody(lambda: Store(path))
    assert said == f"StoreError: {path}: cannot be read (Permission denied)."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"not a database, but some text that is a little longer than a header\n" * 20,
         "not a SQLite database"),
        (b"\x9b\x1b]52;c;AAAA\x07" + bytes(range(256)) * 40, "not a SQLite database"),
        (b"12345678DUCK" + bytes(5000), "DuckDB"),
        (b"SQLite format 3\x00", "cut off"),
        (b"SQLite format 3\x00" + b"\xff" * 4096, "not a SQLite database"),
    ],
)  # fmt: skip
def test_other_files(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    assert said in sentence(path)
    assert folder(path).keys() == {"a.db"}
    assert path.read_bytes() == content


@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize("kept", [100, 512, 4095, 4096, 8192, 20000, 70000])
def test_truncated_files_give_rows_or_a_sentence(tmp_path: Path, journal: str, kept: int) -> None:
    path = filled(tmp_path / "a.db", 800, "wal" if journal == "wal" else "delete")
    whole = path.read_bytes()
    assert len(whole) > 80000
    path.write_bytes(whole[:kept])
    before = folder(path)
    said = f"{path}: "
    try:
        with Store(path) as store:
            ids(store)
    except StoreError as error:
        said = str(error)
    assert "\n" not in said
    assert said.startswith(f"{path}: ")
    assert folder(path) == before


def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    assert "has the tables bookmarks, which is none of the known schemas" in sentence(path)


def test_a_database_without_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert "has no tables yet" in sentence(path)


def test_a_copy_that_finds_no_room_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "a.db")
    kill_writer(path, committed=False)

    def full(source: str, target: str) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert "nor from a private copy" in sentence(path)
    assert not list(tmp_path.glob("session-tui-*"))


def test_a_schema_that_is_not_text(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db")
    data = path.read_bytes()
    assert data.count(b"CREATE TABLE") > 0
    path.write_bytes(data.replace(b"CREATE TABLE", b"CREATE\xffTABLE", 1))
    assert "malformed database schema" in sentence(path)


def test_there_is_no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(tmp_path / "a.db")
    kill_writer(path, committed=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert "cannot be read in place, nor from a private copy" in sentence(path)
