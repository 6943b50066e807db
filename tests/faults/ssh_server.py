"""An SSH server of the present user's own, on the loopback address."""

from __future__ import annotations

import contextlib
import getpass
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.process.terminal import Terminal

PATIENCE = 60.0
"""Seconds that anything may take on a busy machine."""
_SEPARATION = Path("/run/sshd")
"""Must be there where the server is started by root; it stays, for others may be using it."""


class NoServerError(Exception):
    """Why no server can be started here."""


class SshServer:
    """A server that lets in whoever holds the key in its folder.

    Args:
        folder: an empty one, for keys and configuration.

    Raises:
        NoServerError: OpenSSH's server or client is missing, or the server does not start.
    """

    def __init__(self, folder: Path) -> None:
        server = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if server is None or shutil.which("ssh") is None or shutil.which("ssh-keygen") is None:
            raise NoServerError("OpenSSH's sshd, ssh and ssh-keygen are not all installed")
        self.folder = folder
        for name in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True
            )
        shutil.copyfile(folder / "user.pub", folder / "authorized")
        os.chmod(folder / "authorized", 0o600)
        if os.geteuid() == 0:
            _SEPARATION.mkdir(mode=0o755, exist_ok=True)
        with contextlib.closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        config = folder / "config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\n"
            f"AuthorizedKeysFile {folder / 'authorized'}\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\n"
            "PermitRootLogin prohibit-password\nPrintMotd no\nPrintLastLog no\n"
            "ClientAliveInterval 1\nClientAliveCountMax 8\n"
        )
        self._log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [server, "-D", "-e", "-f", config], stdin=subprocess.DEVNULL, stderr=self._log
        )
        self._wait_until_it_listens()

    def close(self) -> None:
        """End the server; the connections that are open end by themselves."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        self._log.close()

    def log(self) -> str:
        """What the server had to say."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def command(
        self, words: Sequence[str | Path], env: Mapping[str, str | None]
    ) -> list[str | Path]:
        """A client that runs a command at the server's end, in a terminal of its own."""
        settings = [f"{name}={value}" for name, value in env.items() if value is not None]
        unset = [part for name, value in env.items() if value is None for part in ("-u", name)]
        remote = shlex.join(["env", *unset, *settings, *map(str, words)])
        return [
            "ssh", "-tt", "-F", "none", "-i", self.folder / "user", "-p", str(self.port),
            "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR",
            "-o", "IdentitiesOnly=yes", "-o", f"UserKnownHostsFile={self.folder / 'known'}",
            "-o", "EscapeChar=none", f"{getpass.getuser()}@127.0.0.1", remote,
        ]  # fmt: skip

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError),
                contextlib.closing(
                    socket.create_connection(("127.0.0.1", self.port), 1)
                ) as connection,
            ):
                connection.settimeout(PATIENCE)
                if connection.recv(4) == b"SSH-":
                    return
            time.sleep(0.02)
        self.close()
        raise NoServerError(f"sshd does not start: {self.log().strip()[-200:]}")


@contextlib.contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """A server while the context lasts. Raises NoServerError."""
    folder.mkdir(mode=0o700)
    server = SshServer(folder)
    try:
        yield server
    finally:
        server.close()


def connected(
    server: SshServer,
    words: Sequence[str | Path],
    env: Mapping[str, str | None],
    cwd: Path,
    *,
    term: str = "xterm-256color",
) -> Terminal:
    """The client's terminal, with a command running at the other end."""
    return Terminal(server.command(words, env), env={"TERM": term, "SSH_AUTH_SOCK": None}, cwd=cwd)
