"""Other processes that count ranges of a store's rows at the same time.

Python runs one thread at a time, so counting in a thread keeps the screen from answering keys,
and uses one processor of many. Ranges come back as folds, which are put together in the order of
their rows: the totals are those of one pass.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from queries.fold import Fold
from queries.keeping.fold_state import fold_of
from queries.keeping.packed_parts import receive, unpack
from queries.keeping.way_of_reading import identity
from queries.plain_data import dataclass
from queries.reading.known_messages import known_message
from queries.store import Store

LEAST: Final = 100_000
"""Rows that are worth starting processes for."""
NARROWEST: Final = 8000
"""Rows of the first range."""
GROWTH: Final = 4
"""How many times as many rows the next one has, and the last ones of several processes."""
WIDEST: Final = 128_000
"""Rows of a range at most: with fewer, putting together costs more, with more, memory."""
LOOKS: Final = 20
"""Places at which it is seen whether there are rows everywhere."""
AHEAD: Final = 2
"""Ranges that each process is given before the first of them is taken."""
ROOM: Final = 65_536
"""Bytes that are read from a process at once at most."""
_PROGRAM: Final = (
    "import sys; sys.path[:] = {path!r}; from queries.counting.counting_process import main; main()"
)

Range = tuple[int, int]
"""The lowest and the highest seq of some rows."""


def ranges(store: Store, source: int, low: int, high: int, *, processes: int) -> list[Range]:
    """The rows from one seq to another in parts, from the newest to the oldest.

    They grow, so that something can be shown soon, and shrink at the end where one of several
    processes would be waited for by the others. Empty where counting them in other processes is
    not worth it: there are few, or they cannot be told apart by their seqs because these are far
    apart.

    Raises StoreError as the store's own queries do.
    """
    if high - low < LEAST:
        return []
    step = (high - low) // LOOKS
    for look in range(1, LOOKS):
        upto = low + look * step
        if store.slice_start(source, upto, 1) < upto - WIDEST:
            return []
    found: list[Range] = []
    width = NARROWEST
    while high >= low:
        found.append((max(high - width + 1, low), high))
        high -= width
        width = min(GROWTH * width, WIDEST)
        if processes > 1:
            fair = (high - low) // (2 * processes)
            width = min(width, max(fair, GROWTH * NARROWEST))
    return found


@dataclass(frozen=True, slots=True)
class CountedRange:
    """Rows counted in another process."""

    low: int
    """The lowest seq that they may have."""
    first_time: float | None
    """When the first of them with a known time happened."""
    parts: deque[bytes]
    """The totals, as they were received."""

    def fold(self, pause: Callable[[], object]) -> Fold:
        """The totals, once; ``pause`` is called now and then while they are read."""

        def read() -> Iterator[Any]:
            while self.parts:
                pause()
                yield unpack(self.parts.popleft())

        return fold_of(read())


class CountingCrew:
    """Counts the rows of one source, from the newest to the oldest."""

    def __init__(
        self,
        store: Store,
        source: int,
        wanted: Sequence[Range],
        *,
        processes: int,
        nice: int = 0,
        end: int = 0,
    ) -> None:
        """Start the processes.

        Args:
            store: as it is read here.
            source: number of the source.
            wanted: of its rows, in the order in which they are taken.
            processes: how many.
            nice: how far they give way to other processes.
            end: the position after that of the last row, where the rows are put together.

        Raises OSError when none can be started.
        """
        self._source = source
        self._beyond = end - wanted[0][1] if wanted else 0
        self._rest = deque(wanted)
        self._wanted = deque(wanted)
        self._counted: dict[Range, CountedRange] = {}
        self._changed = threading.Condition()
        self.why: str | None = None
        """Why no more ranges can be counted, if so."""
        self._members: list[_Member] = []
        task = {
            "path": os.fsencode(os.path.abspath(store.path)).hex(),
            "identity": identity(store),
            "message": known_message(store.signature.file),
            "nice": nice,
            "gaps": store.gaps is not None,
            "patience": store.patience,
        }
        try:
            for _ in range(min(processes, len(wanted))):
                self._members.append(_Member(task, self._heard, self._lost))
        except OSError:
            self.close()
            raise
        for _ in range(AHEAD):
            for member in self._members:
                self._give(member)

    def take(self, timeout: float | None = None) -> CountedRange | None:
        """The next range; None if it is not counted within so many seconds, or never will be.

        The latter is told by :attr:`why`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_next() or self.why is not None, timeout)
            return self._counted.pop(self._wanted.popleft()) if self._is_next() else None

    def close(self) -> None:
        """End the processes, whatever they do."""
        self.why = self.why or "is over"
        for member in self._members:
            member.close()

    def _is_next(self) -> bool:
        return bool(self._wanted) and self._wanted[0] in self._counted

    def _give(self, member: _Member) -> None:
        if self._rest:
            low, high = self._rest.popleft()
            # Where no seq is missing, these are the positions that the rows will have here.
            member.ask(self._source, low, high, high + self._beyond)

    def _heard(self, member: _Member, asked: Range, parts: deque[bytes]) -> None:
        """A process has counted a range."""
        head: Mapping[str, Any] = unpack(parts.popleft())
        with self._changed:
            if "why" in head:
                self.why = str(head["why"])
            else:
                self._counted[asked] = CountedRange(asked[0], head["first_time"], parts)
                self._give(member)
            self._changed.notify_all()

    def _lost(self) -> None:
        """A process has ended, or could not begin."""
        with self._changed:
            self.why = self.why or "a process has ended"
            self._changed.notify_all()


class _Member:
    """One process, and the thread that listens to it."""

    def __init__(
        self,
        task: Mapping[str, Any],
        heard: Callable[[_Member, Range, deque[bytes]], object],
        lost: Callable[[], object],
    ) -> None:
        """Start it. Raises OSError when that is impossible."""
        self._heard, self._lost = heard, lost
        self._asked: deque[Range] = deque()
        plain = ["-B"] if sys.dont_write_bytecode else []
        self._process = subprocess.Popen(  # noqa: S603 - it runs nothing but our own code
            [sys.executable, "-I", "-S", *plain, "-c", _PROGRAM.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # What a pipe can hold: each reading interrupts whoever is running.
            bufsize=ROOM,
            # Keys that stop or end what runs in the terminal are for us alone.
            start_new_session=True,
        )
        self._say(task)
        self._listener = threading.Thread(target=self._listen, name="counting", daemon=True)
        self._listener.start()

    def ask(self, source: int, low: int, high: int, end: int) -> None:
        """Have it count some rows, as if their positions came before this one."""
        self._asked.append((low, high))
        self._say([source, low, high, end])

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _say(self, words: object) -> None:
        pipe = self._process.stdin
        if pipe is not None:
            # What cannot be told is noticed by who listens.
            with contextlib.suppress(OSError):
                pipe.write(json.dumps(words).encode() + b"\n")
                pipe.flush()

    def _listen(self) -> None:
        pipe = self._process.stdout
        while pipe is not None and (parts := receive(pipe)):
            self._heard(self, self._asked.popleft(), parts)
        self._lost()
