from __future__ import annotations

import contextlib
import os
import pty
import select
import termios
from collections.abc import Iterator

import pytest

from tui.terminal import preflight


@pytest.fixture
def terminals(monkeypatch: pytest.MonkeyPatch) -> dict[int, bool]:
    """Which of the three standard streams are terminals."""
    are = {0: True, 1: True, 2: True}
    monkeypatch.setattr(os, "isatty", lambda fd: are[fd])
    monkeypatch.setenv("TERM", "xterm")
    return are


def test_a_terminal(terminals: dict[int, bool]) -> None:
    assert preflight.check_terminal() is None


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ([0], "standard input is not one"),
        ([1], "standard output is not one"),
        ([1, 2], "standard output and error output are not one"),
    ],
)
def test_not_a_terminal(terminals: dict[int, bool], missing: list[int], words: str) -> None:
    terminals.update(dict.fromkeys(missing, False))
    assert words in (preflight.check_terminal() or "")


@pytest.mark.parametrize(("term", "words"), [("dumb", "TERM=dumb"), ("", "TERM is not set")])
def test_a_terminal_that_cannot_place_text(
    terminals: dict[int, bool], monkeypatch: pytest.MonkeyPatch, term: str, words: str
) -> None:
    monkeypatch.setenv("TERM", term)
    assert words in (preflight.check_terminal() or "")


@contextlib.contextmanager
def standard_error() -> Iterator[int]:
    """The other end of a pseudo-terminal that stands in for standard error."""
    master, slave = pty.openpty()
    before = os.dup(2)
    os.dup2(slave, 2)
    try:
        yield master
    finally:
        preflight.sign_taken_over()
        os.dup2(before, 2)
        for fd in (before, master, slave):
            os.close(fd)


@pytest.fixture
def no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "_SIGNALS", ())


def test_first_sign_and_back(no_signals: None) -> None:
    with standard_error() as master:
        preflight.first_sign("opening a\x1b[2Jb.db")
        shown = os.read(master, 1000).decode()
        assert shown == "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J opening a␛[2Jb.db"
        assert preflight.sign_is_shown()
        preflight.first_sign("again")
        preflight.undo_first_sign()
        preflight.undo_first_sign()
        assert os.read(master, 1000) == b"\x1b[?1049l\x1b[?25h"


def test_taken_over_means_not_undone(no_signals: None) -> None:
    with standard_error() as master:
        preflight.first_sign("opening")
        os.read(master, 1000)
        preflight.sign_taken_over()
        preflight.undo_first_sign()
        os.write(2, b"nothing else")
        assert os.read(master, 1000) == b"nothing else"


def test_a_picture_goes_only_where_the_sign_is(no_signals: None) -> None:
    with standard_error() as master:
        preflight.show_picture("too early")
        preflight.first_sign("opening")
        preflight.show_picture("\x1b[2;1Hsessions ●")
        wanted = b" opening" + "\x1b[2;1Hsessions ●".encode()
        shown = b""
        # A read gives what one write has put there.
        while not shown.endswith(wanted) and select.select((master,), (), (), 60)[0]:
            shown += os.read(master, 1000)
        assert shown.endswith(wanted)
        preflight.sign_taken_over()
        preflight.show_picture("too late")
        os.write(2, b"nothing else")
        assert os.read(master, 1000) == b"nothing else"


def test_a_picture_does_not_wait_for_a_terminal_that_takes_nothing(no_signals: None) -> None:
    with standard_error() as master:
        preflight.first_sign("opening")
        preflight.show_picture("x" * 10_000_000)
        assert len(os.read(master, 1000)) > 100
        preflight.sign_taken_over()


@contextlib.contextmanager
def standard_input() -> Iterator[int]:
    """A pseudo-terminal that stands in for standard input."""
    master, slave = pty.openpty()
    before = os.dup(0)
    os.dup2(slave, 0)
    try:
        yield slave
    finally:
        os.dup2(before, 0)
        for fd in (before, master, slave):
            os.close(fd)


def test_what_is_typed_waits_for_the_app(no_signals: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    with standard_error(), standard_input() as terminal:
        before = termios.tcgetattr(terminal)
        preflight.first_sign("opening")
        quiet = termios.tcgetattr(terminal)
        assert not quiet[3] & (termios.ECHO | termios.ICANON)
        assert not quiet[0] & termios.ICRNL
        assert quiet[3] & termios.ISIG
        assert quiet[6][termios.VSUSP] == b"\0"
        assert preflight.modes_before() == before
        preflight.undo_first_sign()
        assert termios.tcgetattr(terminal) == before
        preflight.first_sign("opening")
        assert preflight.sign_taken_over() == before
        assert preflight.modes_before() is None
        assert termios.tcgetattr(terminal) == quiet


def test_the_terminal_of_another_program_is_left_alone(
    no_signals: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp() + 1)
    with standard_error(), standard_input() as terminal:
        before = termios.tcgetattr(terminal)
        preflight.first_sign("opening")
        assert termios.tcgetattr(terminal) == before
        assert preflight.modes_before() is None
