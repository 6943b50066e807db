"""Nothing in a store acts on the terminal: read at the level of bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from queries.text import clean_lines
from tests.process.escapes import Token, copied, unwanted
from tests.process.hostile_store import full_session, hostile_canonical, hostile_copy, hostile_texts
from tests.process.program import LISTED, Home, lists_sessions
from tests.process.terminal import Terminal

pytestmark = pytest.mark.process

MODES = {"cells": (), "regions": ("--no-diff",), "plain": ("--ascii", "--utc")}
CASES = (
    ("canonical", "cells"),
    ("heist-audit.db", "regions"),
    ("heist-session.db", "plain"),
    ("htmlgraph-0.26.1.db", "cells"),
    ("htmlgraph-0.35.0.db", "cells"),
)
PASTE = "\x1b[200~\x1b]52;c;cHduZWQ=\x07\u202e[/x]\x9b31m\x1b[201~"


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A hostile store of a dialect, made when it is asked for first."""
    folder = tmp_path_factory.mktemp("hostile")

    def made(name: str) -> Path:
        path = folder / name
        if path.exists():
            return path
        return hostile_canonical(path) if name == "canonical" else hostile_copy(name, path)

    return made


def settle(terminal: Terminal) -> None:
    terminal.wait_for_quiet(0.05)


def is_main(terminal: Terminal) -> bool:
    return "enter open" in terminal.lines()[-1] and lists_sessions(terminal)


def is_detail(terminal: Terminal) -> bool:
    return "back" in terminal.lines()[-1]


def is_asking(terminal: Terminal) -> bool:
    return terminal.lines()[-1].startswith(("/", "filter "))


class Walk:
    """Shows as much as possible of a store."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.copies = 0

    def press(self, *keys: str) -> None:
        self.terminal.press(*keys)
        self.copies += sum(key in ("y", "Y") for key in keys)
        settle(self.terminal)

    def ask(self, key: str, text: str, then: Callable[[Terminal], bool]) -> None:
        """Open the line at the bottom, replace what is in it, and press enter."""
        self.terminal.press(key)
        self.terminal.wait_for(is_asking)
        self.terminal.press("backspace", *([text] if text else []), "enter")
        self.terminal.wait_for(then)
        settle(self.terminal)

    def leave(self) -> None:
        self.terminal.press("escape")
        self.terminal.wait_for(is_main)
        settle(self.terminal)

    def everything(self) -> None:
        self.press("tab", "pageup", "pageup", "+", "up", "y", "Y")
        for _ in range(4):
            self.press("up", "up", "enter")
            self.terminal.wait_for(is_detail)
            self.press("y", "right", "pagedown", "y", "right", "y", "Y")
            self.leave()
        self.press("enter")
        self.terminal.wait_for(is_detail)
        self.ask("/", "e", is_detail)
        self.press("n", "n", "N")
        self.ask("/", "", is_detail)
        self.leave()
        self.press("w", "pageup", "w", "e", "e")
        self.press("tab", "down", "down", "y", "s", "r", "a", "pagedown", "y")
        self.press("tab")
        for _ in range(6):
            self.press("m", "down", "right", "y", "M")
        self.ask("/", PASTE, is_main)
        self.ask("F", PASTE, lambda t: "Sessions 0" in t.text())
        self.ask("F", "", is_main)
        self.press("i")
        self.terminal.wait_for_text("journal")
        self.press("pagedown", "pagedown")
        self.leave()
        self.press("?")
        self.terminal.wait_for(lambda t: LISTED.search(t.text()) is None)
        self.press("pagedown")
        self.leave()
        self.press("T", "u", "shift+tab", "shift+tab", "shift+tab")
        for _ in range(6):
            self.press("pagedown", "y")
        self.press("Y", "g")
        self.ask("/", "e", is_main)
        self.press("n", "n", "N")
        for columns, rows in ((80, 24), (40, 10), (12, 4), (200, 50), (120, 40)):
            self.terminal.resize(columns, rows)
            settle(self.terminal)


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_only_our_own_sequences_reach_the_terminal(
    home: Home, hostile_store: Callable[[str], Path], name: str, mode: str
) -> None:
    path = Path(shutil.copyfile(hostile_store(name), home.folder / "stores" / name))
    with home.open(path, "--session", full_session(path), *MODES[mode]) as terminal:
        settle(terminal)
        walk = Walk(terminal)
        walk.everything()
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []
        raw = terminal.raw
    assert unwanted(raw) == []
    texts = copied(raw)
    # Empty lines are not copied.
    assert walk.copies / 2 < len(texts) <= walk.copies
    assert [text for text in texts if clean_lines(text) != text] == []


def test_copying_gives_the_cleaned_text_and_nothing_else(
    home: Home, hostile_store: Callable[[str], Path]
) -> None:
    path = Path(shutil.copyfile(hostile_store("canonical"), home.folder / "stores" / "s.db"))
    title = "copy \u241b]52;c;cHduZWQ=\u2407 me"
    with home.open(path) as terminal:
        terminal.press("/")
        terminal.send("cHduZWQ=\u2407\r")
        terminal.wait_for(lambda t: title in t.text(), what="the title as a picture of itself")
        settle(terminal)
        assert copied(terminal.raw) == []
        terminal.press("y")
        terminal.wait_for(lambda t: copied(t.raw), what="a copy")
        (text,) = copied(terminal.raw)
        assert text.startswith(title)
        terminal.press("q")
        assert terminal.wait() == 0


def test_the_parser_finds_what_it_should_find() -> None:
    for payload in hostile_texts():
        raw = payload if isinstance(payload, bytes) else payload.encode("utf-8", "surrogatepass")
        shown = clean_lines(payload if isinstance(payload, str) else raw).encode()
        assert unwanted(shown) == []
    assert unwanted(b"\x1b[?1049h\x1b[1;31mfine\x1b[0m\r\n") == []
    assert unwanted(b"\x1b]0;owned\x07") == [Token("osc", "\x1b]0;owned\x07")]
    assert unwanted("\x9b31m".encode()) == [Token("control", "\x9b")]
    assert unwanted("a\u202eb".encode()) == [Token("text", "\u202e")]
    assert unwanted(b"\x1bPq\x1b\\")[0] == Token("string", "\x1bP")
    assert unwanted(b"\x1b[6n\x1b]52;c;eA==") != []
