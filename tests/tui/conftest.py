"""What tests of the screen share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.quick_screens import quick_screens


@pytest.fixture(autouse=True, scope="session")
def screens_are_quick() -> Iterator[None]:
    with quick_screens():
        yield


class ScreenText(SingleFileSnapshotExtension):
    """One text file per screen."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def screens(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares with stored screens; ``--snapshot-update`` stores them anew."""
    return snapshot.use_extension(ScreenText)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory, with a home and state of its own, in UTC."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in ("SESSION_TUI_STORE", "SESSION_TUI_CONFIG", "SESSION_TUI_NAIVE_ZONE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.chdir(work)
    yield work
    monkeypatch.undo()
    time.tzset()
