"""Over a real SSH server: what a person sees and what is left when the line is cut."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.ssh_server import PATIENCE, NoServerError, SshServer, connected, ssh_server
from tests.process.escapes import copied, tokens
from tests.process.program import PROGRAM, Home, lists_sessions
from tests.process.terminal import Terminal
from tests.stores import CanonicalStore, canonical_store

pytestmark = pytest.mark.faults

TERMS = ("xterm-256color", "screen", "linux", "vt100")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    try:
        with ssh_server(tmp_path_factory.mktemp("ssh") / "server") as server:
            yield server
    except NoServerError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def store(home: Home) -> Iterator[CanonicalStore]:
    now = time.time()
    with canonical_store(home.folder / "stores" / "s.db", "wal") as store:
        with store.batch():
            for name, start in (("first", now - 2000), ("second", now - 1000)):
                store.add_session(name, title=f"The {name} task", status="running", started=start)
                for number in range(5):
                    store.add_event(
                        name, id=f"{name}-{number}", summary=f"{name} step {number}",
                        agent="coder", time=start + number, duration=0.5,
                    )  # fmt: skip
        yield store


def open_program(
    server: SshServer, home: Home, store: CanonicalStore, term: str = "xterm-256color"
) -> Terminal:
    terminal = connected(server, [*PROGRAM, store.path], home.env, home.folder, term=term)
    try:
        wait_for_sessions(terminal)
    except BaseException as error:
        error.add_note(server.log())
        terminal.__exit__(type(error), error, None)
        raise
    return terminal


def wait_for_sessions(terminal: Terminal) -> None:
    terminal.wait_for(lists_sessions, PATIENCE, "a list of sessions")
    terminal.wait_for_text("second step 4", PATIENCE)


def users_of(store: CanonicalStore) -> list[int]:
    """The processes that were started on the store."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        runs = words[0] != b"ssh" and words[1:2] == [b"-c"] and b"tui.cli" in words[2]
        if runs and os.fsencode(store.path) in words:
            found.append(int(entry.name))
    return found


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def passed_through(raw: bytes) -> bytes:
    """What a terminal in which GNU screen runs would get in the end."""
    return re.sub(rb"\x1bP([^\x1b]*(?:\x1b(?!\\)[^\x1b]*)*)\x1b\\", rb"\1", raw)


@pytest.mark.parametrize("term", TERMS)
def test_from_start_to_end(server: SshServer, home: Home, store: CanonicalStore, term: str) -> None:
    with open_program(server, home, store, term) as terminal:
        terminal.press("down")
        terminal.wait_for_text("first step 4", PATIENCE)
        terminal.press("up")
        terminal.wait_for_text("second step 4", PATIENCE)
        store.add_event("second", id="live", summary="done meanwhile", time=time.time())
        terminal.wait_for_text("done meanwhile", PATIENCE)
        terminal.press("tab", "G", "y")
        if term in ("xterm-256color", "screen"):
            terminal.wait_for(
                lambda t: any("done meanwhile" in text for text in given(t, term)),
                PATIENCE, "a copy at the client's end",
            )  # fmt: skip
        else:
            terminal.wait_for_text("characters written to", PATIENCE)
            (file,) = home.folder.rglob("clipboard.txt")
            assert "done meanwhile" in file.read_text()
            assert copied(terminal.raw) == []
        terminal.press("q")
        assert terminal.wait(PATIENCE) == 0
        assert terminal.restored() == []
    wait_until(lambda: not users_of(store), "the program has ended")


def given(terminal: Terminal, term: str) -> list[str]:
    raw = bytes(terminal.raw)
    return copied(passed_through(raw) if term == "screen" else raw)


def test_suspended_in_a_shell_at_the_other_end(
    server: SshServer, home: Home, store: CanonicalStore
) -> None:
    shell = ["bash", "--norc", "--noprofile", "-i"]
    env = {**home.env, "PS1": "prompt> "}
    with connected(server, shell, env, home.folder) as terminal:
        terminal.wait_for_text("prompt>", PATIENCE)
        quoted = " ".join(f"'{word}'" for word in (*PROGRAM, str(store.path)))
        terminal.send(f"{quoted}\r")
        wait_for_sessions(terminal)
        terminal.press("ctrl+z")
        terminal.wait_for(
            lambda t: b"Stopped" in t.raw and b"prompt> " in t.raw.rpartition(b"Stopped")[2],
            PATIENCE, "the shell again",
        )  # fmt: skip
        mark = len(terminal.raw)
        terminal.send("fg\r")
        terminal.wait_for(lambda t: b"second step 4" in t.raw[mark:], PATIENCE)
        mark = len(terminal.raw)
        terminal.press("q")
        terminal.wait_for(lambda t: b"prompt> " in t.raw[mark:], PATIENCE)
        terminal.send("echo code $?\r")
        terminal.wait_for_text("code 0", PATIENCE)
        terminal.send("exit\r")
        assert terminal.wait(PATIENCE) == 0
        assert terminal.restored() == []


@pytest.mark.parametrize("how", ["killed", "silent"])
def test_the_line_is_cut(server: SshServer, home: Home, store: CanonicalStore, how: str) -> None:
    with open_program(server, home, store) as terminal:
        assert len(users_of(store)) == 1
        terminal.press("down")
        terminal.wait_for_text("first step 4", PATIENCE)
        terminal.kill(signal.SIGKILL if how == "killed" else signal.SIGSTOP)
        wait_until(lambda: not users_of(store), "the program notices that its terminal has gone")
    assert list(home.folder.rglob("crash-*")) == []
    assert {path.name for path in store.path.parent.iterdir()} <= {"s.db", "s.db-wal", "s.db-shm"}
    with open_program(server, home, store) as terminal:
        terminal.press("q")
        assert terminal.wait(PATIENCE) == 0


@pytest.fixture
def tmux(home: Home) -> Iterator[list[str | Path]]:
    """A tmux of its own, with a clipboard; what its commands begin with."""
    program = shutil.which("tmux")
    if program is None:
        pytest.skip("tmux is not installed")
    (home.folder / "tmux.conf").write_text(
        "set -g set-clipboard on\nset -g status off\nset -g escape-time 0\n"
        "set -g default-terminal screen-256color\n"
    )
    words: list[str | Path] = [
        program, "-S", home.folder / "socket", "-f", home.folder / "tmux.conf"
    ]  # fmt: skip
    yield words
    subprocess.run([*words, "kill-server"], capture_output=True)


def test_inside_tmux(
    server: SshServer, home: Home, store: CanonicalStore, tmux: list[str | Path]
) -> None:
    env = {**home.env, "LC_ALL": "C.UTF-8"}
    begin = [*tmux, "new-session", *PROGRAM, store.path]
    with connected(server, begin, env, home.folder) as terminal:
        wait_for_sessions(terminal)
        terminal.press("tab", "G", "y")
        terminal.wait_for(
            lambda t: any("second step 4" in text for text in in_any_case(t)),
            PATIENCE, "a copy that tmux passed on",
        )  # fmt: skip
        terminal.kill(signal.SIGKILL)
        terminal.process.wait(PATIENCE)
    # tmux keeps what runs in it.
    store.add_event("second", id="live", summary="done meanwhile", time=time.time())
    assert len(users_of(store)) == 1
    with connected(server, [*tmux, "attach"], env, home.folder) as terminal:
        terminal.wait_for_text("done meanwhile", PATIENCE)
        terminal.press("q")
        assert terminal.wait(PATIENCE) == 0
        assert terminal.restored() == []
    assert users_of(store) == []
    with connected(server, begin, env, home.folder) as terminal:
        wait_for_sessions(terminal)
        subprocess.run([*tmux, "kill-server"], check=True, capture_output=True)
        wait_until(lambda: not users_of(store), "the program ends with tmux")


def in_any_case(terminal: Terminal) -> list[str]:
    """What the clipboard was filled with, whichever selection tmux names."""
    import base64

    texts = []
    for token in tokens(bytes(terminal.raw)):
        found = re.fullmatch(r"\x1b\]52;[a-z]*;([^\x07\x1b]*)(?:\x07|\x1b\\)", token.text)
        if found is not None:
            texts.append(base64.b64decode(found[1]).decode("utf-8"))
    return texts
