"""The terminal is as it was found and the exit code is right, whatever ends the program."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process.program import ready
from tests.process.sample_app import SECRET
from tests.process.terminal import PATIENCE, Terminal

pytestmark = pytest.mark.process
COMMAND = [sys.executable, "-m", "tests.process.sample_app"]
SAMPLE = "import sys; from tests.process.sample_app import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str | None]:
    """A home of its own, so that no report or log ends up in the developer's."""
    return {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}


def started(
    env: dict[str, str | None], *arguments: str, ignore_hangup: bool = False, anew: bool = False
) -> Terminal:
    """The sample app once it is there; anew: with modules loaded for it alone."""
    command = [*COMMAND, *arguments] if anew else ready(SAMPLE, arguments)
    terminal = Terminal(command, columns=80, rows=24, env=env, ignore_hangup=ignore_hangup)
    try:
        terminal.wait_for(lambda t: "row 20" in t.text() and "palette" in t.lines()[-1])
    except BaseException as error:
        terminal.__exit__(type(error), error, None)
        raise
    return terminal


def cpu_seconds_of_ended_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_quit(env: dict[str, str | None]) -> None:
    with started(env, anew=True) as terminal:
        assert terminal.restored() != []
        assert b"\x1b[?2026h" in terminal.raw
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


@pytest.mark.parametrize("key", ["x", "w"])
def test_an_error_is_reported_without_data(
    env: dict[str, str | None], tmp_path: Path, key: str
) -> None:
    with started(env) as terminal:
        terminal.press(key)
        assert terminal.wait() == 1
        assert terminal.restored() == []
        after = terminal.raw.rpartition(b"\x1b[?1004l")[2].decode()
        assert SECRET.encode() not in terminal.raw
    (report,) = tmp_path.rglob("crash-*.txt")
    assert after.replace("\r\n", "").endswith(str(report))
    assert after.count("\n") == 1
    assert report.stat().st_mode & 0o777 == 0o600
    text = report.read_text()
    assert SECRET not in text
    assert "builtins.ValueError" in text
    assert "sample_app.py" in text
    assert "action_fail" in text


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT], ids=lambda n: n.name
)
def test_signals(env: dict[str, str | None], number: signal.Signals) -> None:
    with started(env) as terminal:
        terminal.kill(number)
        assert terminal.wait() == 128 + number
        assert terminal.restored() == []


def test_signal_while_the_event_loop_is_stuck(env: dict[str, str | None]) -> None:
    with started(env) as terminal:
        terminal.press("s")
        terminal.wait_for_quiet()
        terminal.kill(signal.SIGTERM)
        assert terminal.wait() == 143
        assert terminal.restored() == []


def test_signal_while_textual_is_being_loaded(env: dict[str, str | None]) -> None:
    with Terminal([*COMMAND, "sign", "slow"], env=env) as terminal:
        terminal.wait_for_text("opening the sample")
        terminal.kill(signal.SIGTERM)
        assert terminal.wait() == 143
        assert terminal.restored() == []


def test_first_sign_is_followed_by_the_app(env: dict[str, str | None]) -> None:
    with started(env, "sign", anew=True) as terminal:
        assert "opening" not in terminal.text()
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


@pytest.mark.parametrize("by", [signal.SIGTSTP, signal.SIGSTOP, "ctrl+z"], ids=str)
def test_stopped_and_continued(env: dict[str, str | None], by: signal.Signals | str) -> None:
    with started(env) as terminal:
        before = terminal.lines()
        if isinstance(by, str):
            terminal.press(by)
        else:
            terminal.kill(by)
        terminal.wait_until_stopped()
        if by != signal.SIGSTOP:
            assert terminal.restored() == []
        terminal.scribble()
        assert terminal.lines() != before
        terminal.kill(signal.SIGCONT)
        terminal.wait_for(lambda _: terminal.lines() == before, what="the same screen")
        terminal.press("n")
        terminal.wait_for_text("number 1")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


def test_window_closed(env: dict[str, str | None]) -> None:
    with started(env) as terminal:
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 129


def test_window_closed_while_hangups_are_ignored(env: dict[str, str | None]) -> None:
    ended = cpu_seconds_of_ended_children()
    with started(env, ignore_hangup=True, anew=True) as terminal:
        terminal.wait_for_quiet()
        used = terminal.cpu_seconds()
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 129
    assert cpu_seconds_of_ended_children() - ended - used < 1


@pytest.mark.parametrize("output", ["diff", "no-diff"])
def test_terminal_that_stops_reading(
    env: dict[str, str | None], tmp_path: Path, output: str
) -> None:
    file = tmp_path / "heartbeat"

    def number() -> int:
        text = "0" if not file.exists() else ""
        while not text:
            # It is empty for a moment each time it is written.
            text = file.read_text()
        return int(text)

    with started(env, output, f"heartbeat={file}") as terminal:
        with terminal.not_reading():
            terminal.press("f")
            terminal.wait_for(lambda _: number() > 60, what="an event loop that goes on")
            terminal.press("f")
        terminal.wait_for(lambda t: f"number {number()} " in t.text(), what="the newest number")
        assert number() > 60
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


def test_quit_while_the_terminal_does_not_read(env: dict[str, str | None]) -> None:
    with started(env) as terminal:
        with terminal.not_reading():
            terminal.press("f")
            terminal.wait_for(lambda t: t.is_full(), what="a full pseudo-terminal")
            terminal.kill(signal.SIGTERM)
            assert terminal.process.wait(PATIENCE) == 143
        terminal.wait()
        assert terminal.restored() == []


def test_many_sizes(env: dict[str, str | None]) -> None:
    with started(env) as terminal:
        mark = len(terminal.raw)
        for step in range(100):
            terminal.resize(40 + step % 60, 12 + step % 20)
        terminal.resize(100, 30)
        terminal.wait_for(lambda t: "Quit" in t.lines()[-1], what="the footer at the bottom")
        terminal.wait_for_quiet()
        assert len(terminal.raw) - mark < 200_000
        before = terminal.cells()
        terminal.press("ctrl+l")
        terminal.wait_for_quiet()
        assert terminal.cells() == before
        terminal.press("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_not_a_terminal(env: dict[str, str | None], stream: str) -> None:
    redirect = {"stdin": "< /dev/null", "stdout": "| cat", "stderr": "2> err"}[stream]
    shell = f'{" ".join(COMMAND)} {redirect}; exit "${{PIPESTATUS[0]}}"'
    env = {**env, "PYTHONPATH": str(Path.cwd())}
    with Terminal(["bash", "-c", shell], env=env, cwd=Path(str(env["HOME"]))) as terminal:
        assert terminal.wait() == 2
        assert b"\x1b" not in terminal.raw
        said = Path(str(env["HOME"]), "err").read_text() if stream == "stderr" else terminal.text()
    assert "needs a terminal" in said


def test_no_terminal_at_all() -> None:
    done = subprocess.run(COMMAND, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("term", ["dumb", ""])
def test_terminal_that_cannot_place_text(env: dict[str, str | None], term: str) -> None:
    with Terminal(COMMAND, env={**env, "TERM": term}) as terminal:
        assert terminal.wait() == 2
        assert b"\x1b" not in terminal.raw
