"""What is remembered from one time to the next: small private files, never an error."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from pathlib import Path
from typing import Any

import platformdirs

MOST_BYTES = 1_000_000
"""Larger files are neither read nor written."""


def state_folder() -> Path:
    """Where the program's state belongs on this platform."""
    return platformdirs.user_state_path("session-tui", appauthor=False)


def load_state(name: str) -> Any:
    """What was saved under a name; None when there is nothing, or nothing that can be used."""
    try:
        descriptor = os.open(
            state_folder() / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        )
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
                return None
            return json.loads(file.read(MOST_BYTES + 1))
    except (OSError, ValueError, RecursionError):
        return None


def save_state(name: str, value: object) -> bool:
    """Save plain data under a name, whole or not at all; whether that was possible."""
    import tempfile

    try:
        text = json.dumps(value).encode()
        if len(text) > MOST_BYTES:
            return False
        folder = state_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Only the owner can read what mkstemp makes.
        descriptor, new = tempfile.mkstemp(".new", name, folder)
        try:
            with open(descriptor, "wb") as file:
                file.write(text)
            os.replace(new, folder / name)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(new)
            raise
    except (OSError, TypeError, ValueError, RecursionError):
        return False
    return True
