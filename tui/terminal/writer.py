"""Bytes on their way to a terminal that may be slow, stopped or gone.

Whoever writes never waits: a thread of its own hands the bytes over, notices when the
terminal goes away, and can be given up while the terminal takes nothing.
"""

from __future__ import annotations

import os
import select
import termios
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

CHECK_INTERVAL = 0.25
"""Seconds between two looks whether the terminal is still there."""
CHUNK = 4096


def open_terminal(fd: int) -> int:
    """Open the terminal behind ``fd`` once more, for writing that never blocks.

    Making ``fd`` itself non-blocking would do the same to the shell that shares it.

    Returns:
        A new file descriptor. If the terminal cannot be opened by its name, a duplicate of
        ``fd``, which may block.

    Raises:
        OSError: if ``fd`` is not open.
    """
    flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(os.ttyname(fd), flags)
    except OSError:
        return os.dup(fd)


def is_gone(fd: int) -> bool:
    """Whether ``fd`` was a terminal that has been closed at its other end."""
    try:
        termios.tcgetattr(fd)
    except termios.error:
        return True
    return False


class TerminalWriter:
    """A thread that writes to a terminal.

    Args:
        fd: the terminal's file descriptor; it stays open and is not changed.
        on_drained: called by the thread after :meth:`notify`, once nothing is left to write.
        on_gone: called once by the thread when the terminal has gone.
    """

    def __init__(
        self, fd: int, *, on_drained: Callable[[], None], on_gone: Callable[[], None]
    ) -> None:
        self._fd = open_terminal(fd)
        self._on_drained = on_drained
        self._on_gone = on_gone
        # A SimpleQueue, since signal handlers write too and may interrupt a write.
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._accepted = 0
        self._written = 0
        self._notify = False
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)

    def start(self) -> None:
        """Start writing."""
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return self._accepted - self._written

    def write(self, data: bytes) -> None:
        """Write soon. Returns at once, always."""
        self._accepted += len(data)
        self._queue.put(data)

    def notify(self) -> None:
        """Ask for one call of ``on_drained``."""
        self._notify = True
        self._queue.put(b"")

    def close(self, timeout: float) -> bool:
        """Write what is left and end.

        Args:
            timeout: seconds to wait for the terminal.

        Returns:
            Whether everything was written. If not, the rest never will be.
        """
        self._queue.put(None)
        deadline = time.monotonic() + timeout
        if threading.current_thread() is not self._thread and self._thread.ident is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                self._abandoned = True
                self._thread.join(max(0.1, deadline - time.monotonic()))
        return self.backlog == 0

    def _run(self) -> None:
        try:
            if not self._write_until_closed() and not self._abandoned:
                self._on_gone()
        finally:
            os.close(self._fd)

    def _write_until_closed(self) -> bool:
        while True:
            try:
                data = self._queue.get(timeout=CHECK_INTERVAL)
            except Empty:
                if is_gone(self._fd):
                    return False
                continue
            if data is None:
                return True
            if not self._write_all(data):
                return False
            self._written += len(data)
            if self._notify and self.backlog == 0:
                self._notify = False
                self._on_drained()

    def _write_all(self, data: bytes) -> bool:
        rest = memoryview(data)
        while rest:
            if self._abandoned:
                return False
            try:
                ready = select.select([], [self._fd], [], CHECK_INTERVAL)[1]
                if ready:
                    rest = rest[os.write(self._fd, rest[:CHUNK]) :]
                elif is_gone(self._fd):
                    return False
            except BlockingIOError:
                continue
            except OSError:
                return False
        return True
