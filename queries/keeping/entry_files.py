"""A folder of files that are read whole or not at all, for its owner alone, and bounded in size.

The folder is for its owner alone (0700), its files too (0600). A file says what it is and proves by
a checksum that it is whole; it is written beside its place and put there when it is done.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from queries.digest import blake2b

MAGIC: Final = b"session-tui totals\n"
LARGEST: Final = 64_000_000
"""Size of one file at most."""
_LEFT_OVER: Final = 3600.0
"""Seconds after which an unfinished file of a process that died is removed."""
_SUFFIX: Final = ".totals"
_DIGEST: Final = 32


class EntryFiles:
    """Files by their names, which are given without an ending."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """Args: folder: made when something is written. most_bytes: of all files together."""
        self.folder = folder
        self._most = most_bytes

    def read(self, name: str) -> bytes:
        """What was written; raises OSError or ValueError where there is no such file of ours."""
        descriptor = os.open(
            self._place(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        )
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
                raise ValueError("not a file of ours")
            if status.st_size > LARGEST:
                raise ValueError("too large")
            start = file.read(len(MAGIC) + _DIGEST)
            content = file.read(LARGEST)
        if start != proof_of(content):
            raise ValueError("damaged")
        return content

    def size(self, name: str) -> int:
        """Bytes on disk. Raises OSError."""
        return self._place(name).stat().st_size

    def write(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Put these, one after the other, into a file; whether it is not too large for that.

        Files that were not written for longest are removed where there is no room for all.
        Raises OSError.
        """
        if len(MAGIC) + _DIGEST + sum(map(len, pieces)) > min(LARGEST, self._most):
            return False
        self._prepare()
        self._put(self._place(name), pieces)
        self._make_room()
        return True

    def _prepare(self) -> None:
        """Make the folder, for its owner alone. Raises OSError when it is another's."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = os.stat(self.folder)
        if status.st_uid != os.getuid():
            raise PermissionError(self.folder)
        if stat.S_IMODE(status.st_mode) != 0o700:
            self.folder.chmod(0o700)

    def _put(self, place: Path, pieces: Sequence[bytes]) -> None:
        import tempfile

        descriptor, name = tempfile.mkstemp(".new", place.stem, self.folder)
        try:
            with open(descriptor, "wb") as file:
                file.write(proof_of(*pieces))
                file.writelines(pieces)
            os.replace(name, place)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def _make_room(self) -> None:
        """Remove the oldest files beyond the limit, and what was never finished."""
        now = time.time()
        entries: list[tuple[float, int, str]] = []
        with os.scandir(self.folder) as found:
            for each in found:
                status = each.stat(follow_symlinks=False)
                if each.name.endswith(_SUFFIX):
                    entries.append((status.st_mtime, status.st_size, each.path))
                elif each.name.endswith(".new") and now - status.st_mtime > _LEFT_OVER:
                    os.unlink(each.path)
        whole = sum(size for _, size, _ in entries)
        for _, size, name in sorted(entries):
            if whole <= self._most:
                break
            os.unlink(name)
            whole -= size

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}{_SUFFIX}"


def proof_of(*pieces: bytes) -> bytes:
    """What a file of these begins with: what it is, and their checksum."""
    digest = blake2b(digest_size=_DIGEST // 2)
    for piece in pieces:
        digest.update(piece)
    return MAGIC + digest.hexdigest().encode()
