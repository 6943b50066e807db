"""A writer in a process of its own, whose commits are listened to."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.stores import Commit, Journal, read_commits, start_live_writer


class Writer:
    """Writes events at a rate until it has written them all or is no longer needed.

    Args:
        path: of the store.
        rate: events per second.
        count: how many.
        dialect: one of those of the live writer.
        journal: the journal mode.

    Attributes:
        commits: those made so far.
        wal: the largest size that the ``-wal`` file had after a commit, in bytes.
    """

    def __init__(
        self, path: Path, rate: float, count: int, dialect: str = "canonical",
        journal: Journal = "wal",
    ) -> None:  # fmt: skip
        self.commits: list[Commit] = []
        self.wal = 0
        self._beside = path.with_name(f"{path.name}-wal")
        self._process = start_live_writer(path, dialect, rate=rate, count=count, journal=journal)
        self._more = threading.Condition()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._listener.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def wait_for(self, number: int, timeout: float = 30) -> None:
        """Wait until there were so many commits. Raises TimeoutError."""
        with self._more:
            if not self._more.wait_for(lambda: len(self.commits) >= number, timeout):
                raise TimeoutError(f"{len(self.commits)} of {number} commits in {timeout} s")

    def finish(self, timeout: float = 120) -> list[Commit]:
        """Wait for the last commit; returns all of them."""
        end = time.monotonic() + timeout
        self._process.wait(timeout)
        self._listener.join(max(0.0, end - time.monotonic()))
        return self.commits

    def _listen(self) -> None:
        if self._process.stdout is None:
            return
        for commit in read_commits(self._process.stdout):
            with contextlib.suppress(FileNotFoundError):
                self.wal = max(self.wal, self._beside.stat().st_size)
            with self._more:
                self.commits.append(commit)
                self._more.notify_all()
