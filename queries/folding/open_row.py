"""A row whose counterpart may still come, rows of one delegation, and who is told of them."""

from __future__ import annotations

from typing import Protocol

from queries.folding import joining
from queries.folding.batch import Batch
from queries.folding.joining import finish_all
from queries.models import Event, Phase


class Ledger(Protocol):
    """Is told what rows turn out to be."""

    @property
    def low(self) -> float:
        """The lowest position; minus infinity when nothing older can come."""

    def told_already(self, row: Event) -> None:
        """This start row tells nothing that other rows do not."""

    def joined(self, start: Event, end: Event) -> None:
        """The end row is one call with this start."""

    def parted(self, start: Event, end: Event) -> None:
        """What :meth:`joined` said of these two was too early: the end is a row by itself."""

    def finished(self, end: Event, before: Event, after: Event) -> None:
        """The end row belongs to this delegation, which thereby changes."""

    def abandoned(self, start: Event) -> None:
        """Nobody waits for the end of this start any longer."""


class OpenRow:
    """A start, an end or a delegation, and its position."""

    __slots__ = ("at", "ends", "now", "row")

    def __init__(self, at: int, row: Event) -> None:
        self.at = at
        self.row = row
        self.now = row
        """A delegation as its end rows made it."""
        self.ends: tuple[Event, ...] = ()

    @property
    def place(self) -> tuple[Batch, int] | None:
        """The batch where the row is, and its index there; None where it is an event."""
        return None

    @property
    def is_start(self) -> bool:
        """Whether it is the start of a call."""
        return self.row.phase is Phase.START

    def add_end(self, end: Event, ledger: Ledger) -> None:
        """Finish this delegation by one of its end rows."""
        self.ends += (end,)
        before, self.now = self.now, finish_all(self.row, self.ends)
        ledger.finished(end, before, self.now)

    def update(self, row: Event) -> Event:
        """The row is now like this; returns what it counts as."""
        self.row = row
        self.now = finish_all(row, self.ends)
        return self.now

    def update_end(self, end: Event) -> Event:
        """One of its end rows is now like this; returns what the delegation counts as."""
        self.ends = tuple(end if each.key == end.key else each for each in self.ends)
        self.now = finish_all(self.row, self.ends)
        return self.now


class OpenDelegation:
    """Rows of a session with one delegation's key, each within reach of the one before."""

    __slots__ = ("before", "earlier", "first", "last", "start", "whole")

    def __init__(self, at: int) -> None:
        """Args: at: the position of the first one."""
        self.first = self.last = at
        self.whole: OpenRow | None = None
        self.earlier: tuple[OpenRow, ...] = ()
        """Delegations with the same key in front of it, which their rows may still change."""
        self.start: OpenRow | None = None
        """A start that waits for its end: the delegation itself is not known."""
        self.before: list[OpenRow] = []
        """Starts and ends before the delegation itself, which may be in older rows."""

    def take(self, row: OpenRow, ledger: Ledger) -> None:
        """Take the next row."""
        event = row.row
        if event.phase is Phase.WHOLE:
            self.take_whole(row, ledger)
            return
        self.last = row.at
        if self.whole is not None:
            if event.phase is Phase.START:
                ledger.told_already(event)
            elif row.at - self.whole.at <= joining.REACH:
                self.whole.add_end(event, ledger)
        else:
            self.before.append(row)
            if event.phase is Phase.START:
                self._hide_start(ledger)
                self.start = row
            elif self.start is not None:
                ledger.joined(self.start.row, event)
                self.start = None

    def take_whole(self, row: OpenRow, ledger: Ledger) -> None:
        """Take the delegation itself."""
        self.last = row.at
        self._hide_start(ledger)
        self._follow_whole((row,))

    def wholes(self) -> tuple[OpenRow, ...]:
        """All delegations with this key, oldest first."""
        return self.earlier if self.whole is None else (*self.earlier, self.whole)

    def _follow_whole(self, wholes: tuple[OpenRow, ...]) -> None:
        *earlier, self.whole = (*self.wholes(), *wholes)
        self.earlier = tuple(earlier)

    def pair_of(self, end: Event) -> tuple[OpenRow | None, OpenRow] | None:
        """An end row in front of the delegation itself, after the start that it closed."""
        start: OpenRow | None = None
        for row in self.before:
            if row.row.key == end.key:
                return start, row
            start = row if row.row.phase is Phase.START else None
        return None

    def follow(self, later: OpenDelegation, ledger: Ledger) -> None:
        """Take later rows, which were read without knowing these."""
        start: OpenRow | None = None
        for row in later.before:
            if row.row.phase is Phase.START:
                start = row
            elif start is not None:
                ledger.parted(start.row, row.row)
                start = None
        for row in later.before:
            self.take(row, ledger)
        if later.whole is not None:
            self._hide_start(ledger)
            self._follow_whole(later.wholes())
        self.last = later.last

    def _hide_start(self, ledger: Ledger) -> None:
        if self.start is not None:
            ledger.told_already(self.start.row)
            self.start = None
