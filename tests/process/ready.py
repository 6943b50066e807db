"""A Python that has loaded the program already, and splits off a process for each that is asked.

For tests of what a program does once it is there: most of what it costs to start one is the
loading of modules. The process is of its own session and has terminal, environment, folder and
signals like one that was started anew; how modules are loaded is for tests of starting.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SERVE = "from tests.process.ready import serve; serve()"
MODULES = (
    "tui.start", "tui.headless.screen", "tui.app", "tui.terminal", "tui.first_picture",
    "textual.drivers.linux_driver",
)  # fmt: skip
"""With what these load, what the program has loaded when its first screen is there."""
SOON, SELDOM = 0.001, 0.02
"""Seconds between two looks whether a process has ended: the first, and the longest."""


class ReadyProcess:
    """A process that was split off; what of ``subprocess.Popen`` tests need.

    Args:
        nursery: its parent.
        pid: its number.

    Attributes:
        returncode: the exit code once it has ended and that was seen, negative after a signal.
    """

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._nursery = nursery

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"do": "poll", "pid": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; returns the exit code. Raises subprocess.TimeoutExpired."""
        end = None if timeout is None else time.monotonic() + timeout
        pause = SOON
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(pause)
            pause = min(2 * pause, SELDOM)
        return code

    def is_stopped(self) -> bool:
        """Whether it was stopped and not continued since."""
        return bool(self._nursery.ask({"do": "is_stopped", "pid": self.pid}))

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The Python that splits off processes, and the line to it.

    Args:
        env: its environment; what is read while modules are loaded is read from there.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._line, theirs = socket.socketpair()
        # Its own streams are those of a terminal, as they are to be for those it splits off.
        master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(theirs.fileno())],
            stdin=slave, stdout=slave, stderr=slave, env=env, cwd=ROOT,
            pass_fds=[theirs.fileno()], start_new_session=True,
        )  # fmt: skip
        self._master = master
        os.close(slave)
        theirs.close()

    def start(
        self,
        program: str,
        arguments: Sequence[str],
        terminal: int,
        *,
        env: Mapping[str, str],
        cwd: Path | None,
        ignore_hangup: bool,
    ) -> ReadyProcess:
        """Run a program.

        Args:
            program: what would follow ``python -c``.
            arguments: the command line, without the program's name.
            terminal: the file of the terminal that it gets.
            env: its environment.
            cwd: its working directory.
            ignore_hangup: let it ignore SIGHUP.
        """
        wanted = {"do": "start", "program": program, "arguments": arguments, "env": dict(env),
                  "cwd": str(cwd or Path.cwd()), "ignore_hangup": ignore_hangup}  # fmt: skip
        return ReadyProcess(self, int(self.ask(wanted, terminal)))

    def ask(self, wanted: Mapping[str, object], *files: int) -> Any:
        """What it answers to one request."""
        socket.send_fds(self._line, [json.dumps(wanted).encode() + b"\n"], files)
        return json.loads(_line_from(self._line)[0])

    def close(self) -> None:
        """Let it end."""
        self._line.close()
        self._process.wait()
        os.close(self._master)


def serve() -> None:
    """Load the program, split off processes until the line is closed; these run what is asked."""
    from tui.terminal.lifecycle import prepare_environment

    prepare_environment()
    for name in MODULES:
        __import__(name)
    gc.collect()
    gc.freeze()
    program = _split_off(socket.socket(fileno=int(sys.argv[1])))
    if program is not None:
        exec(program, {"__name__": "__main__"})


def _split_off(line: socket.socket) -> str | None:
    """Answer until the line is closed; what this process is to run if it is one split off."""
    while True:
        data, files = _line_from(line)
        if not data:
            return None
        wanted = json.loads(data)
        if wanted["do"] == "start":
            pid = os.fork()
            if not pid:
                line.close()
                _begin(wanted, files[0])
                return str(wanted["program"])
            os.close(files[0])
            answer: object = pid
        elif wanted["do"] == "is_stopped":
            flags = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
            answer = os.waitid(os.P_PID, wanted["pid"], flags) is not None
        else:
            pid, status = os.waitpid(wanted["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        line.sendall(json.dumps(answer).encode() + b"\n")


def _begin(wanted: Mapping[str, Any], terminal: int) -> None:
    """Become what a process is that a terminal has just started."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for file in range(3):
        os.dup2(terminal, file)
    os.close(terminal)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN if wanted["ignore_hangup"] else signal.SIG_DFL)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    time.tzset()
    sys.argv = ["-c", *wanted["arguments"]]


def _line_from(line: socket.socket) -> tuple[bytes, list[int]]:
    """One line and the files that came with it; no bytes where the other side is gone."""
    data, files = b"", []
    while not data.endswith(b"\n"):
        more: bytes = b""
        with contextlib.suppress(ConnectionResetError):
            more, came, _, _ = socket.recv_fds(line, 65536, 1)
            files += came
        if not more:
            return b"", files
        data += more
    return data, files
