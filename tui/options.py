"""What the command line says about the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from queries.plain_data import dataclass

if TYPE_CHECKING:
    from tui.config import Config
    from tui.places import Candidate

LOW_BANDWIDTH_VARIABLE: Final = "SESSION_TUI_LOW_BANDWIDTH"
"""Environment variable that asks for what ``--low-bandwidth`` does; "0" and "" do not."""

TRACE_VARIABLE: Final = "SESSION_TUI_TRACEBACK"
"""Environment variable that asks for a traceback where the fault is ours, and for the messages
of errors in reports, which may quote what is in the store."""


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
    cache: bool | None = None
    """Whether totals are kept for the next time."""
    session: str | None = None
    """The session that has the focus at first."""
    groups: tuple[tuple[str, str], ...] = ()
    """Groups to compare at first: "A" or "B", and the filter that its sessions match."""
    candidates: tuple[Candidate, ...] = ()
    """The stores to choose from when none was named and several were found; the first is the
    most recently changed one."""


def wants_low_bandwidth(options: ScreenOptions, config: Config, environ: Mapping[str, str]) -> bool:
    """Whether as little as possible is sent: the command line says, then the environment."""
    if options.low_bandwidth is not None:
        return options.low_bandwidth
    named = environ.get(LOW_BANDWIDTH_VARIABLE)
    return config.low_bandwidth if named is None else named not in ("", "0")


def wants_mouse(options: ScreenOptions, config: Config) -> bool:
    """Whether the mouse is listened to, where the link is not slow."""
    return config.mouse if options.mouse is None else options.mouse
