"""A new file of the user's, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_new_file(path: Path | str, text: str, *, force: bool = False) -> None:
    """Write a text to a file that only its owner can read; nothing is left where that fails.

    Args:
        path: of the file.
        text: in full.
        force: write over a file that is there; else it is left as it is.

    Raises:
        FileExistsError: there is such a file already.
        OSError: it cannot be written.
    """
    how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    descriptor = os.open(path, how, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except BaseException:
        if not force:
            with contextlib.suppress(OSError):
                os.unlink(path)
        raise
