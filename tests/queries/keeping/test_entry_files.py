"""Files that are whole or ignored, for their owner alone, within a limit."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from queries.keeping import entry_files
from queries.keeping.entry_files import EntryFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "below" / "cache"


def test_what_was_written_is_read(folder: Path) -> None:
    files = EntryFiles(folder, 1000)
    assert files.write("a", (b"one", b"", b"two"))
    assert files.read("a") == b"onetwo"
    assert files.size("a") == next(folder.iterdir()).stat().st_size
    assert files.write("a", (b"three",))
    assert files.read("a") == b"three"
    assert len(list(folder.iterdir())) == 1
    with pytest.raises(FileNotFoundError):
        files.read("b")


def test_only_the_owner_may_read_what_is_kept(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)
    folder.chmod(0o755)
    EntryFiles(folder, 1000).write("a", (b"x",))
    (entry,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


def test_what_is_too_large_is_not_written_and_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = EntryFiles(folder, 1000)
    assert not files.write("a", (b"x" * 1000,))
    assert not folder.exists()
    files.write("a", (b"x" * 500,))
    monkeypatch.setattr(entry_files, "LARGEST", 400)
    with pytest.raises(ValueError, match="too large"):
        files.read("a")


def test_the_oldest_go_when_there_are_too_many(folder: Path) -> None:
    names, piece = "abcd", b"x" * 100
    files = EntryFiles(folder, 10_000)
    for age, name in enumerate(names):
        files.write(name, (piece,))
        entry = max(folder.iterdir(), key=lambda each: each.stat().st_mtime_ns)
        os.utime(entry, (1e9 + age, 1e9 + age))
    size = files.size("a")
    (folder / "left.new").write_bytes(b"x")
    os.utime(folder / "left.new", (1e9, 1e9))
    (folder / "begun.new").write_bytes(b"x")
    EntryFiles(folder, size * 3).write("b", (piece,))
    kept = sorted(each.name for each in folder.iterdir())
    assert kept == ["b.totals", "begun.new", "c.totals", "d.totals"]
    assert all(files.read(name) == piece for name in "bcd")
