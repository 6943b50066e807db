"""The line at the top: which store, how it is, how much is in it."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

from queries import text
from queries.models import Snapshot, StoreState
from queries.plain_data import dataclass
from widgets.glyphs import UNICODE, Glyphs
from widgets.line_bar import LineBar, Pieces, shorten_end, shorten_path, width_of
from widgets.masking import is_on

_PATH = 20
"""Cells down to which the path shrinks before anything else is left out."""


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    pieces: Pieces


MASKED: Final = "masked"
"""Says that secrets are covered on the screen."""
_LEFT_OUT_FIRST = (
    "program", "totals", "dialect", "rate", "events", "problems", "sessions", "running", "path",
)  # fmt: skip
"""In this order parts give way where there is no room; the state and a message never do."""


class StatusBar(LineBar):
    """Program, store, dialect and state; at the right end the totals of the whole store."""

    def __init__(
        self,
        *,
        program: str = "session-tui",
        glyphs: Glyphs = UNICODE,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Construct a bar that says that a store is being opened."""
        super().__init__(glyphs=glyphs, name=name, id=id, classes=classes)
        self._program = program
        self._snapshot: Snapshot | None = None
        self._paused = False

    def show(self, snapshot: Snapshot | None, *, paused: bool = False) -> None:
        """Show what a snapshot says; repaints only if the line reads differently.

        Args:
            snapshot: None before the first one.
            paused: whether the user has stopped updates.
        """
        self._snapshot, self._paused = snapshot, paused
        self.update_line()

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """The parts that fit."""
        left, right = self._left_parts(), self._right_parts()
        path = self._snapshot.info.path if self._snapshot and self._snapshot.info else ""
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
        if self._snapshot is None:
            return ""
        path = self._snapshot.info.path if self._snapshot.info else ""
        return self._snapshot.message.removeprefix(f"{path}: ")

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
        parts = [_Part("program", ((self._program, "strong"),))]
        if self._snapshot is not None and self._snapshot.info is not None:
            parts.append(_Part("path", (("", ""),)))
            parts.append(_Part("dialect", ((self._snapshot.info.dialect, "muted"),)))
        parts.append(_Part("state", self._state()))
        if is_on():
            parts.append(_Part("masked", ((MASKED, "warning"),)))
        return parts

    def _state(self) -> Pieces:
        glyphs = self.glyphs
        state = StoreState.OPENING if self._snapshot is None else self._snapshot.state
        paused = (f"{glyphs.paused} paused", "warning")
        if state in (StoreState.LIVE, StoreState.OPENING):
            if self._paused:
                return (paused,)
            if state is StoreState.LIVE:
                return ((f"{glyphs.running} live", "ok"),)
            return ((f"{glyphs.stale} opening", "muted"),)
        trouble = (f"{glyphs.error} {state.value}", "error")
        return (trouble, (" ", ""), paused) if self._paused else (trouble,)

    def _right_parts(self) -> list[_Part]:
        snapshot = self._snapshot
        if snapshot is None or snapshot.message:
            return []
        totals = snapshot.totals
        problems = sum(problem.count for problem in snapshot.problems)
        rate = text.percent(totals.success_rate)
        shown = [
            ("sessions", _counted(snapshot.total_sessions, "session"), ""),
            ("running", f"{text.count(totals.running)} running", "ok" if totals.running else ""),
            ("events", _counted(totals.events, "event"), ""),
            ("rate", f"{rate} % ok" if totals.finished_calls else f"{text.UNKNOWN} ok", ""),
        ]
        if totals.counted < 1:
            shown.append(("totals", f"totals: {int(totals.counted * 100)} %", "warning"))
        if problems:
            shown.append(("problems", _counted(problems, "problem"), "warning"))
        return [_Part(name, ((words, role),)) for name, words, role in shown]


class FooterBar(LineBar):
    """Key hints at the left, a message at the right end."""

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Construct an empty bar."""
        super().__init__(glyphs=glyphs, name=name, id=id, classes=classes)
        self._hints: tuple[tuple[str, str], ...] = ()
        self._message = ""

    def show_hints(self, hints: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
        """Show ``(key, title)`` pairs, the most useful first: the last ones give way."""
        self._hints = tuple(hints)
        self.update_line()

    def show_message(self, message: str) -> None:
        """Show a text at the right end; "" for none."""
        self._message = message
        self.update_line()

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """The hints that fit beside the message."""
        right: Pieces = ()
        if is_on() and not self.screen.query(StatusBar):
            right = ((" ", ""), (MASKED, "warning"), (" ", ""))
        elif self._message:
            longest = width - 2 if not self._hints else max(1, width * 3 // 5)
            right = ((" ", ""), (shorten_end(self._message, longest), "muted"), (" ", ""))
        room = width - width_of(right)
        left: list[tuple[str, str]] = []
        for key, title in self._hints:
            hint = [(" ", ""), (key, "key"), (f" {title} ", "")]
            room -= width_of(tuple(hint))
            if room < 0:
                break
            left.extend(hint)
        return tuple(left), right


def _counted(number: int, what: str) -> str:
    return f"{text.count(number)} {what}{'' if number == 1 else 's'}"


def _joined(parts: list[_Part], first: str, other: str) -> Pieces:
    """The parts with ``first`` behind the first one and ``other`` behind those after it."""
    joined: list[tuple[str, str]] = []
    for place, part in enumerate(parts):
        if place:
            joined.append((first if place == 1 else other, "muted"))
        joined.extend(part.pieces)
    return tuple(joined)
