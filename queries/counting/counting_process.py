"""A process that counts ranges of a store's rows for another one, which puts them together.

It is started by :mod:`queries.counting.counting_crew` and told what to do by lines of JSON on its
standard input: first which store to read and how, then range after range. Each range is answered on
its standard output by parts (:mod:`queries.keeping.packed_parts`): first what else is to be said,
then the fold over its rows (:mod:`queries.keeping.fold_state`). It ends with its input, so with
whoever began it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, Final

from queries.counting.event_stream import patiently
from queries.counting.lean_slices import LeanSlices
from queries.fold import Fold
from queries.folding.batch import Batch
from queries.folding.batch_order import joined
from queries.keeping.fold_state import fold_parts
from queries.keeping.packed_parts import send
from queries.keeping.way_of_reading import identity
from queries.opening.files import StoreError
from queries.opening.gaps import Gaps
from queries.reading.known_messages import note_message
from queries.store import Store

ROWS: Final = 6000
"""Rows that are counted at once."""
MOST_ROWS: Final = 64_000
"""The same where they are of many sessions: each takes its time in every slice."""
FEW: Final = 24
"""Rows of a session in a slice, of which it is worth to have more."""
PATIENCE: Final = 0.05
"""Seconds for which a writer's next transaction is waited for, to read right after it."""
BESIDE_WRITER: Final = 4.0
"""Pause beside a writer without a write-ahead log, as a part of the time that reading took,
with the waiting for its transactions."""


def main() -> None:
    """Answer until the input ends."""
    # Nothing here refers to itself: looking for such things finds nothing.
    gc.disable()
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        work(requests, sys.stdout.buffer)
    os._exit(0)


def _listen(requests: queue.SimpleQueue[Any]) -> None:
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    # Nobody waits any longer for what is being counted.
    os._exit(0)


def work(requests: queue.SimpleQueue[Any], answers: BinaryIO) -> None:
    """Answer one request after the other; returns when one could not be answered."""
    task = requests.get()
    os.nice(task["nice"])
    rows = LeanSlices()
    if task["message"] is not None:
        device, inode = task["identity"][:2]
        source, seq = task["message"]
        note_message((device, inode), (source, seq))
    try:
        with patiently(lambda: Store(os.fsdecode(bytes.fromhex(task["path"])))) as store:
            if identity(store) != task["identity"]:
                send(answers, [{"why": "is another store, or read in another way"}])
                return
            store.patience = task["patience"]
            if task["gaps"]:
                store.gaps = Gaps(store.path, patience=PATIENCE)
            while (request := requests.get()) is not None:
                send(answers, counted(store, rows, *request))
    except StoreError as error:
        send(answers, [{"why": str(error)}])


def counted(
    store: Store, rows: LeanSlices, source: int, low: int, high: int, end: int = 0
) -> Iterator[Any]:
    """What is answered about the rows with ``low <= seq <= high``: plain data, part by part.

    Their positions come before ``end``.

    Raises StoreError when they cannot be read.
    """
    # From the oldest on, so that nothing has to be put together.
    fold = Fold(messages_only=store.mapping.has_messages, end=end - (high - low + 1))
    first_time: float | None = None
    width = ROWS
    while low <= high:
        begun = time.monotonic()
        batch = _slice(store, rows, source, low, min(low + width - 1, high))
        low += width
        if store.rows_at_once(ROWS) < ROWS:
            time.sleep(BESIDE_WRITER * (time.monotonic() - begun))
        fold.add_batch(batch)
        if first_time is None:
            first_time = next((at for at in batch.times if at is not None), None)
        width = _next_width(width, len(batch.seqs), len(set(batch.sessions)))
    # The other one would not know of either.
    if store.problems() or not store.shows_ids:
        yield {"why": "holds rows or ids that cannot be shown as they are"}
        return
    yield {"first_time": first_time}
    yield from fold_parts(fold)


def _next_width(width: int, rows: int, sessions: int) -> int:
    """How many rows to count next, after so many rows of so many sessions."""
    if rows < FEW * sessions:
        return min(4 * width, MOST_ROWS)
    return ROWS if rows > 4 * FEW * sessions else width


def _slice(store: Store, rows: LeanSlices, source: int, low: int, high: int) -> Batch:
    """The rows with ``low <= seq <= high``. Raises StoreError."""
    pieces: deque[Batch] = deque()
    while high >= low:
        # Where whole rows are read, these are only the newest.
        batch, high = patiently(partial(rows.read, store, source, low - 1, high, high - low + 1))
        pieces.appendleft(batch)
    return joined(pieces)
