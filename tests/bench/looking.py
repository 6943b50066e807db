"""What the measurements recognise on the program's screen of 120x40."""

from __future__ import annotations

import re

from tests.bench.empty import READY
from tests.bench.screen import Screen

SESSION = re.compile(r"^│ +[●✓✗‖◌?] ")
"""The beginning of a line of the session list."""
TREE = re.compile(r" \d\d:\d\d:\d\d ")
"""The time of a line of the activity tree."""
LIVE = re.compile(r"live-(\d{6})")
"""The summary of an event that a live writer wrote."""
SESSIONS_PLACE = (2, 3, 20)
"""Where the session list's cursor can be: a column in it, its first and its last row."""
TREE_PLACE = (50, 2, 20)
"""The same of the activity tree."""


def shows_first_sessions(screen: Screen) -> bool:
    """Whether sessions are listed, be it by what is drawn before the screen is loaded."""
    return any(SESSION.match(line) for line in screen.shown()[2:6])


def shows_sessions(screen: Screen) -> bool:
    """Whether the session list of the screen, which takes keys, has a line."""
    return " opening " not in screen.shown()[0] and shows_first_sessions(screen)


def answers_down(screen: Screen) -> bool:
    """Whether the cursor has moved from the first session to the second."""
    first = SESSIONS_PLACE[1]
    return shows_sessions(screen) and screen.cursor_row(*SESSIONS_PLACE) == first + 1


def shows_tree(screen: Screen) -> bool:
    """Whether the activity tree has a line."""
    return any(TREE.search(line[48:]) for line in screen.shown()[2:6])


def is_complete(screen: Screen) -> bool:
    """Whether everything is counted, as the line at the top says."""
    top = screen.shown()[0]
    return " live " in top and "event" in top and "totals:" not in top and "+ event" not in top


def shows_ready(screen: Screen) -> bool:
    """Whether one of the programs that do nothing says that it is there."""
    return READY in screen.shown()[0]


def newest_live(screen: Screen) -> int | None:
    """The highest number of a live writer's event on screen; None without one."""
    numbers = [int(number) for line in screen.shown() for number in LIVE.findall(line)]
    return max(numbers, default=None)
