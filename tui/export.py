"""Views given away: files of their own, readable by their owner only, and paths for commands."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from queries.text import clean, many
from tui.new_file import write_new_file


class ExportError(Exception):
    """The file could not be written; the text is one sentence."""


def slug(name: str) -> str:
    """A name that is safe as a file name anywhere: letters, digits, "-" and "_"."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:80] or "export"


def absolute(path: Path) -> str:
    """The path as it can be written on a command line, whatever folder that is in."""
    return os.path.abspath(path)


def give_lines(name: str, lines: Iterable[str], *, masking: bool) -> str:
    """Write lines to a new text file; returns the sentence that says so, or why not.

    Args:
        name: see :func:`write_new`.
        lines: each is cleaned.
        masking: leave out what looks like a credential, and say how much that was.
    """
    text = "\n".join(clean(line, len(line)) for line in lines) + "\n"
    return give_text(name, "txt", text, masking=masking)


def give_text(name: str, suffix: str, text: str, *, masking: bool) -> str:
    """Write a text as :func:`write_new` does; else as :func:`give_lines`."""
    number = 0
    if masking:
        from queries.credentials import masked  # takes a few ms to load

        text, number = masked(text)
    try:
        path = write_new(name, suffix, text)
    except ExportError as error:
        return str(error)
    if not number:
        return f"Written to {path}"
    return f"Written to {path}, {many(number, 'credential')} masked"


def write_new(name: str, suffix: str, text: str, folder: Path | None = None) -> Path:
    """Write a text, which is harmless already, to a new file; returns its path.

    An existing file is never overwritten: a number is added to the name.

    Args:
        name: made safe with :func:`slug`.
        suffix: the ending of the file's name, without a dot.
        text: all that is written.
        folder: None: the working directory.

    Raises:
        ExportError: it cannot be written.
    """
    folder = Path.cwd() if folder is None else folder
    for number in range(1, 1000):
        end = f".{suffix}" if number == 1 else f"-{number}.{suffix}"
        path = folder / f"{slug(name)}{end}"
        try:
            write_new_file(path, text)
        except FileExistsError:
            continue
        except OSError as error:
            raise ExportError(
                f"{clean(str(path))}: cannot be written ({error.strerror})."
            ) from error
        return path
    raise ExportError(f"{clean(str(folder))}: holds too many exports already.")
