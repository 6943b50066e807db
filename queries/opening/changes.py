"""What happened to the files of a store, as far as they tell from outside."""

from __future__ import annotations

import time
from enum import Enum

from queries.opening.signatures import Signature

SETTLED = 50_000_000
"""Nanoseconds after which two changes of a file surely have different times."""


class Change(Enum):
    """What happened to a store's files since they were last looked at."""

    NONE = "none"
    DATA = "data"
    """Something was committed."""
    REOPEN = "reopen"
    """The same file, but this connection cannot see what is new."""
    REPLACED = "replaced"
    """Another file, or a rebuilt schema: nothing read before is valid."""


def is_overwritten(before: Signature, now: Signature, has_wal: bool) -> bool:
    """Whether files that no commit changed are others, or were not written by SQLite.

    While we have a database in WAL mode open nobody else takes its index away. In the other
    modes a commit is told by the connection, too.
    """
    if has_wal:
        return bool(before.index) and now.index != before.index
    return (now.size, now.modified) != (before.size, before.modified)


def is_hasty(base: Signature, asked: int) -> bool:
    """Whether a write in the same instant as our look at the file may be unseen.

    Args:
        base: what was seen.
        asked: when it was looked for, in nanoseconds since the epoch.
    """
    written = max(base.modified, base.wal_modified, base.log_modified)
    return asked - written < SETTLED <= time.time_ns() - written
