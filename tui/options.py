"""What the command line says about the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.places import Candidate


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """Choices for one run. ``None``: not given, so the configuration decides."""

    theme: str | None = None
    ascii: bool | None = None
    mouse: bool | None = None
    low_bandwidth: bool | None = None
    utc: bool | None = None
    diff: bool = True
    """Whether only changed cells are sent to the terminal."""
    session: str | None = None
    """The session that has the focus at first."""
    candidates: tuple[Candidate, ...] = ()
    """The stores to choose from when none was named and several were found; the first is the
    most recently changed one."""
