"""What the lines at the top and at the bottom say; without a screen."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

from queries import text
from queries.models import Snapshot, StoreState
from queries.plain_data import dataclass
from widgets.glyphs import Glyphs
from widgets.line_text import Pieces, shorten_end, shorten_path, width_of
from widgets.masking import is_on

PROGRAM: Final = "session-tui"
_PATH = 20
"""Cells down to which the path shrinks before anything else is left out."""


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    pieces: Pieces


MASKED: Final = "masked"
"""Says that secrets are covered on the screen."""
_LEFT_OUT_FIRST = (
    "program", "dialect", "rate", "totals", "events", "problems", "sessions", "running", "path",
)  # fmt: skip
"""In this order parts give way where there is no room; the state and a message never do."""


@dataclass(frozen=True, slots=True)
class StatusText:
    """Program, store, dialect and state; at the right end the totals of the whole store."""

    snapshot: Snapshot | None
    """None before the first one."""
    glyphs: Glyphs
    paused: bool = False
    """Whether the user has stopped updates."""
    since: str = ""
    """What came since then; "" for nothing."""
    opening: bool = False
    """Whether the screen is not ready yet, although there is a snapshot."""

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """The parts that fit."""
        left, right = self._left_parts(), self._right_parts()
        path = self.snapshot.info.path if self.snapshot and self.snapshot.info else ""
        least = min(cell_len(path), _PATH)
        for name in _LEFT_OUT_FIRST:
            if self._needed(left, right, least, width) <= width:
                break
            left = [part for part in left if part.name != name]
            right = [part for part in right if part.name != name]
        room = width - self._needed(left, right, 0, width)
        left = [
            _Part("path", ((shorten_path(path, min(room, cell_len(path))), ""),))
            if part.name == "path"
            else part
            for part in left
        ]
        edge: Pieces = ((" ", ""),)
        shown = edge + _joined(left, "  ", " · ")
        message = self._message()
        if message:
            return (*shown, ("  ", ""), (message, "warning")), ()
        return shown, (_joined(right, " · ", " · ") + edge if right else ())

    def _message(self) -> str:
        """What is wrong, without the path where that is shown anyway."""
        if self.snapshot is None:
            return ""
        path = self.snapshot.info.path if self.snapshot.info else ""
        return self.snapshot.message.removeprefix(f"{path}: ")

    def _needed(self, left: list[_Part], right: list[_Part], path: int, width: int) -> int:
        """Cells that the parts take with a path of so many cells, gaps included."""
        parts = [part for part in left if part.name != "path"]
        has_path = len(parts) < len(left)
        needed = 1 + sum(width_of(part.pieces) for part in parts) + has_path * path
        needed += 3 * max(0, len(left) - 1)
        message = self._message()
        if message:
            needed += 2 + min(cell_len(message), width // 2)
        elif right:
            needed += 2 + width_of(_joined(right, " · ", " · ")) + 1
        return needed

    def _left_parts(self) -> list[_Part]:
        parts = [_Part("program", ((PROGRAM, "strong"),))]
        if self.snapshot is not None and self.snapshot.info is not None:
            parts.append(_Part("path", (("", ""),)))
            parts.append(_Part("dialect", ((self.snapshot.info.dialect, "muted"),)))
        parts.append(_Part("state", self._state()))
        if is_on():
            parts.append(_Part("masked", ((MASKED, "warning"),)))
        return parts

    def _state(self) -> Pieces:
        glyphs = self.glyphs
        state = StoreState.OPENING if self.snapshot is None else self.snapshot.state
        if self.opening and state is StoreState.LIVE:
            state = StoreState.OPENING
        since = f" · {self.since}" if self.since else ""
        paused = (f"{glyphs.paused} paused{since}", "warning")
        if state in (StoreState.LIVE, StoreState.OPENING):
            if self.paused:
                return (paused,)
            if state is StoreState.LIVE:
                return ((f"{glyphs.running} live", "ok"),)
            return ((f"{glyphs.stale} opening", "muted"),)
        trouble = (f"{glyphs.error} {state.value}", "error")
        return (trouble, (" ", ""), paused) if self.paused else (trouble,)

    def _right_parts(self) -> list[_Part]:
        snapshot = self.snapshot
        if snapshot is None or snapshot.message:
            return []
        totals = snapshot.totals
        problems = sum(problem.count for problem in snapshot.problems)
        rate = text.percent(totals.success_rate)
        # Whether others run is not known before they are listed.
        is_part = len(snapshot.sessions) < snapshot.total_sessions
        running = f"{_number(totals.running, is_part=is_part)} running"
        shown = [
            ("sessions", _counted(snapshot.total_sessions, "session"), ""),
            ("running", running, "ok" if totals.running else ""),
            ("events", _counted(totals.events, "event", is_part=totals.counted < 1), ""),
            ("rate", f"{rate} % ok" if totals.finished_calls else f"{text.UNKNOWN} ok", ""),
        ]
        if totals.counted < 1:
            shown.append(("totals", f"totals: {int(totals.counted * 100)} %", "warning"))
        if problems:
            shown.append(("problems", _counted(problems, "problem"), "warning"))
        return [_Part(name, ((words, role),)) for name, words, role in shown]


def hint_pieces(
    hints: tuple[tuple[str, str], ...], message: str, width: int, *, masked: bool = False
) -> tuple[Pieces, Pieces]:
    """The hints that fit beside a message at the right end.

    Args:
        hints: keys and titles, the most useful first.
        message: "" for none.
        width: cells of the line.
        masked: whether the message gives way to the word that secrets are covered.
    """
    right: Pieces = ()
    if masked:
        right = ((" ", ""), (MASKED, "warning"), (" ", ""))
    elif message:
        longest = width - 2 if not hints else max(1, width * 3 // 5)
        right = ((" ", ""), (shorten_end(message, longest), "muted"), (" ", ""))
    room = width - width_of(right)
    left: list[tuple[str, str]] = []
    for key, title in hints:
        hint = [(" ", ""), (key, "key"), (f" {title} ", "")]
        room -= width_of(tuple(hint))
        if room < 0:
            break
        left.extend(hint)
    return tuple(left), right


def _counted(number: int, what: str, *, is_part: bool = False) -> str:
    return f"{_number(number, is_part=is_part)} {what}{'' if number == 1 else 's'}"


def _number(number: int, *, is_part: bool) -> str:
    """How many there are; of a part of them, at least so many."""
    return f"{text.count(number)}{'+' * is_part}"


def _joined(parts: list[_Part], first: str, other: str) -> Pieces:
    """The parts with ``first`` behind the first one and ``other`` behind those after it."""
    joined: list[tuple[str, str]] = []
    for place, part in enumerate(parts):
        if place:
            joined.append((first if place == 1 else other, "muted"))
        joined.extend(part.pieces)
    return tuple(joined)
