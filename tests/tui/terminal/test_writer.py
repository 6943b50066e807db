from __future__ import annotations

import os
import pty
import threading
from collections.abc import Iterator

import pytest

from tui.terminal.writer import TerminalWriter, is_gone, open_terminal


class Pair:
    """Both ends of a pseudo-terminal, and what a writer said about it."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        self.drained = threading.Event()
        self.gone = threading.Event()
        self.writer = TerminalWriter(self.slave, on_drained=self.drained.set, on_gone=self.gone.set)


@pytest.fixture
def pair() -> Iterator[Pair]:
    pair = Pair()
    pair.writer.start()
    yield pair
    pair.writer.close(0)
    os.close(pair.slave)
    if pair.master >= 0:
        os.close(pair.master)


def test_writes_in_order(pair: Pair) -> None:
    for part in (b"one ", b"two ", b"three"):
        pair.writer.write(part)
    assert pair.writer.close(2)
    assert os.read(pair.master, 100) == b"one two three"


def test_never_waits_for_a_terminal_that_does_not_read(pair: Pair) -> None:
    pair.writer.write(b"x" * 1_000_000)
    pair.writer.notify()
    assert pair.writer.backlog == 1_000_000
    assert not pair.drained.is_set()
    assert not pair.writer.close(0.05)


def test_says_when_everything_was_taken(pair: Pair) -> None:
    pair.writer.write(b"x" * 50_000)
    pair.writer.notify()
    received = 0
    while received < 50_000:
        received += len(os.read(pair.master, 65_536))
    assert pair.drained.wait(60)
    assert pair.writer.backlog == 0


@pytest.mark.parametrize("writing", [False, True])
def test_notices_that_the_terminal_has_gone(pair: Pair, writing: bool) -> None:
    assert not is_gone(pair.slave)
    os.close(pair.master)
    pair.master = -1
    if writing:
        pair.writer.write(b"is anybody there?")
    assert pair.gone.wait(60)
    assert is_gone(pair.slave)


def test_the_shared_descriptor_stays_blocking(pair: Pair) -> None:
    again = open_terminal(pair.slave)
    try:
        assert not os.get_blocking(again)
        assert os.get_blocking(pair.slave)
    finally:
        os.close(again)


def test_what_is_no_terminal_is_duplicated() -> None:
    read, write = os.pipe()
    again = open_terminal(write)
    try:
        os.write(again, b"x")
        assert os.read(read, 1) == b"x"
    finally:
        for fd in (read, write, again):
            os.close(fd)
