"""What proves that nothing whatsoever was committed to a store between two moments.

Two equal marks prove that the tables hold the same rows, because of what SQLite itself writes:

- In rollback-journal mode every commit adds one to the change counter in the file's header
  (bytes 24-27; 92-95 repeat it). No commit can leave the header as it was.
- In WAL mode a commit appends frames to the ``-wal`` file. Each frame carries the salts of the
  file's present generation and a checksum over all frames before it; a new generation, which
  overwrites frames, has new salts (one counts up, one is random). So the salts, the number
  of frames that carry them and the last one's checksum name the whole content of the file.
- Frames get into the main file, and the ``-wal`` file is removed, only by writing to the main
  file: its time of last change (which, unlike the time of last modification, no program can
  choose) is then another one. A clock of files may stand still for some milliseconds, so a
  mark is only made of files that were left alone for :data:`SETTLED`.
- A file put in another's place has another inode, or, written over the old one, other times.

Marks of the same content may differ (after a checkpoint, a copy, a ``chmod``): then nothing is
proven, and all that is lost is time. A rollback journal that is in use proves that a transaction
is under way: there is no mark then. Nothing is written and no lock is taken.
"""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path

from queries.opening import files as opening
from queries.plain_data import dataclass

SETTLED = 100_000_000
"""Nanoseconds for which the files must have been left alone."""
SETTLED_COARSE = 2_500_000_000
"""The same where times of files are kept in whole seconds."""
_SECOND = 1_000_000_000
_WAL_HEADER = struct.Struct(">8I")
_FRAME_HEADER = struct.Struct(">6I")
_WAL_MAGIC = (0x377F0682, 0x377F0683)


@dataclass(frozen=True, slots=True)
class StoreMark:
    """The state of the files of a store."""

    main: tuple[int, ...]
    """Device, inode, size, and the two times of the main file."""
    header: str
    """Its first 100 bytes."""
    wal: tuple[int, ...]
    """Salts, number of frames and checksum of the last one; empty without frames."""

    def plain(self) -> list[object]:
        """As lists, numbers and texts, to be compared with those of another process."""
        return [list(self.main), self.header, list(self.wal)]


def mark_of(path: Path | str, now: int | None = None) -> StoreMark | None:
    """The present mark; None when there is nothing that would prove anything.

    Args:
        path: of the store.
        now: nanoseconds since the epoch; the present by default.
    """
    real = os.path.realpath(path)
    try:
        before = _times(real)
        header = opening.examine(Path(real))
        if _is_journal_in_use(f"{real}-journal"):
            return None
        wal = _wal(f"{real}-wal")
        if _times(real) != before:
            return None
    except (OSError, ValueError, opening.StoreError, struct.error):
        return None
    if not _is_settled(before, time.time_ns() if now is None else now):
        return None
    return StoreMark(before[0], header.hex(), wal)


def _times(real: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What tells files apart, and when they were changed: the main file and its ``-wal``."""
    main = os.stat(real)
    found = (main.st_dev, main.st_ino, main.st_size, main.st_mtime_ns, main.st_ctime_ns)
    try:
        wal = os.stat(f"{real}-wal")
    except FileNotFoundError:
        return found, ()
    # An empty one comes and goes with those who only read.
    return found, (wal.st_mtime_ns, wal.st_ctime_ns, wal.st_size) if wal.st_size else ()


def _is_settled(times: tuple[tuple[int, ...], tuple[int, ...]], now: int) -> bool:
    main, wal = times
    moments = (*main[3:5], *wal[:2])
    is_coarse = all(moment % _SECOND == 0 for moment in moments)
    return now - max(moments) >= (SETTLED_COARSE if is_coarse else SETTLED)


def _is_journal_in_use(name: str) -> bool:
    try:
        with open(name, "rb") as file:
            return any(file.read(8))
    except FileNotFoundError:
        return False


def _wal(name: str) -> tuple[int, ...]:
    """What names the content of a ``-wal`` file.

    SQLite locks nothing in this file, so opening and closing it drops no lock of ours.
    """
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ()
    try:
        size = os.fstat(descriptor).st_size
        if size == 0:
            return ()
        header = os.pread(descriptor, _WAL_HEADER.size, 0)
        magic, _, page, _, *salts = _WAL_HEADER.unpack(header)[:6]
        if magic not in _WAL_MAGIC:
            raise ValueError("not a -wal file")
        step = _FRAME_HEADER.size + page

        def frame(number: int) -> tuple[int, ...]:
            at = _WAL_HEADER.size + number * step
            return _FRAME_HEADER.unpack(os.pread(descriptor, _FRAME_HEADER.size, at))

        # Frames of this generation come first, those of earlier ones may follow.
        low, high = 0, (size - _WAL_HEADER.size) // step
        while low < high:
            middle = (low + high) // 2
            if list(frame(middle)[2:4]) == salts:
                low = middle + 1
            else:
                high = middle
        return (*salts, low, *frame(low - 1)[4:6]) if low else ()
    finally:
        os.close(descriptor)
