"""What the tests of the queries share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from queries.feed import Feed
from tests.queries.feeding import Clock
from tests.stores import CanonicalStore, canonical_store


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users may enter."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    path.chmod(0o755)
    shutil.rmtree(path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[CanonicalStore]:
    with canonical_store(tmp_path / "a.db", "wal") as store:
        store.add_session("s1")
        yield store


@pytest.fixture
def feed(writer: CanonicalStore, clock: Clock) -> Iterator[Feed]:
    made = Feed(writer.path, clock=clock)
    yield made
    made.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[CanonicalStore]:
    """A store without rows, open for writing."""
    with canonical_store(tmp_path / "a.db", "wal") as store:
        yield store
