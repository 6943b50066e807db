"""Copying text to where the user sits, through the terminal (OSC 52), or else to a file."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from queries.plain_data import dataclass
from queries.text import clean_lines, count, many

if TYPE_CHECKING:
    from textual.app import App

MAX_BYTES = 74_994
"""The longest text that terminals take: its base64 fits into 100,000 bytes."""
SCREEN_CHUNK = 240
"""GNU screen passes strings on up to 256 bytes at least."""
FILE_NAME = "clipboard.txt"


class CopyTarget(StrEnum):
    """Where a copied text went."""

    TERMINAL = "terminal"
    FILE = "file"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class CopyResult:
    """What became of a text that was to be copied."""

    target: CopyTarget
    words: str
    """One line for the user; harmless plain text."""
    path: Path | None = None


def unusable(environment: Mapping[str, str]) -> str | None:
    """Why a terminal cannot be asked to fill the clipboard, as far as it is known to refuse."""
    if environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return "this terminal has no access to the clipboard"
    if environment.get("TERM", "") in ("linux", "vt100", "vt220"):
        return "the console has no clipboard"
    return None


def osc52(text: str, environment: Mapping[str, str]) -> str:
    """The sequences that ask the terminal to put text into the clipboard.

    Inside tmux they are sent twice, for tmux itself and passed through it, since either may
    be switched off there. Inside screen they are passed through in pieces.

    Args:
        text: what to copy.
        environment: tells which terminal multiplexers lie in between.
    """
    plain = f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode('ascii')}\x07"
    if environment.get("TMUX"):
        return plain + f"\x1bPtmux;{plain.replace(chr(27), chr(27) * 2)}\x1b\\"
    if environment.get("STY") or environment.get("TERM", "").startswith("screen"):
        pieces = (plain[at : at + SCREEN_CHUNK] for at in range(0, len(plain), SCREEN_CHUNK))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain


def copy(
    app: App[Any],
    text: str,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> CopyResult:
    """Copy text, through the terminal if it can, otherwise to a file of the user's.

    Args:
        app: the running app.
        text: what to copy; control characters in it are made visible first.
        environment: ``None``: that of the process.
        folder: where the file goes; ``None``: the platform's state folder.

    Returns:
        Where it went. A terminal never says whether it did as it was asked.
    """
    environment = os.environ if environment is None else environment
    text = clean_lines(text)
    size = len(text.encode("utf-8", "replace"))
    characters = many(len(text), "character")
    reason = unusable(environment)
    if reason is None and size > MAX_BYTES:
        reason = f"{count(size)} bytes are too much for a terminal's clipboard"
    driver = app._driver
    if reason is None and (driver is None or driver.is_headless):
        reason = "there is no terminal"
    if reason is None and driver is not None:
        driver.write(osc52(text, environment))
        driver.flush()
        return CopyResult(CopyTarget.TERMINAL, f"{characters} sent to the terminal's clipboard")
    try:
        path = _write_file(text, folder)
    except OSError as error:
        problem = error.strerror or type(error).__name__
        return CopyResult(CopyTarget.NOWHERE, f"not copied: {reason}, and no file: {problem}")
    return CopyResult(CopyTarget.FILE, f"{characters} written to {path} ({reason})", path)


def _write_file(text: str, folder: Path | None) -> Path:
    if folder is None:
        folder = platformdirs.user_state_path("session-tui", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE_NAME
    # A new file each time: an old one may have other permissions, or be a link.
    path.unlink(missing_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(fd, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    return path
