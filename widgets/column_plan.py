"""Which columns of which sessions fit into a width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from queries.plain_data import dataclass
from widgets.cells import Align

SESSION_GAP: Final = 2
"""Blank cells before the columns of a session."""
LEAST_TITLE: Final = 14
"""Cells that a session's name has, except at the lowest level of detail."""
_WIDEST_NAME: Final = 28
_MOST_SPARE: Final = 20
_NOTES_FROM: Final = 40
"""Cells below which rows have no notes."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the columns that every session has."""

    name: str
    title: str
    width: int
    align: Align = "right"
    level: int = 0
    """From which level of detail on it is shown; 0 is always."""
    baseline: bool = True
    """Whether the baseline has it too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is shown at one width."""

    name_width: int
    note_width: int
    level: int
    shown: tuple[int, ...]
    """Sessions whose columns are visible, from left to right."""
    spare: int
    """Blank cells behind each session's columns, so that its name has room."""
    left: int
    """How many sessions are hidden between the baseline and the first of the others."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Fits the columns of these sessions."""

    parts: tuple[Part, ...]
    order: tuple[int, ...]
    """The sessions from left to right; the baseline is the first."""
    longest_name: int
    longest_note: int

    def parts_of(self, session: int, level: int) -> tuple[Part, ...]:
        """The columns of a session at a level of detail."""
        is_baseline = session == self.order[0]
        return tuple(
            part
            for part in self.parts
            if part.level <= level and (part.baseline or not is_baseline)
        )

    def width_of(self, session: int, level: int) -> int:
        """Cells that the columns of a session take."""
        parts = self.parts_of(session, level)
        width = sum(part.width for part in parts) + len(parts) - 1
        return max(width, LEAST_TITLE) if level else width

    def room_of(self, session: int, plan: Plan) -> int:
        """Cells that a session has in a plan: its columns and what is to spare."""
        return self.width_of(session, plan.level) + plan.spare

    def plan(self, width: int, column: int, left: int) -> Plan:
        """The best use of ``width`` cells.

        Args:
            width: cells for the whole table.
            column: the session that must be visible.
            left: the sessions hidden so far, see :attr:`Plan.left`.
        """
        note = self.longest_note + 1 if self.longest_note and width >= _NOTES_FROM else 0
        name = min(self.longest_name, _WIDEST_NAME, max(8, width // 3))
        room = width - name - note
        level = max(part.level for part in self.parts)
        while level and sum(self._needed(each, level) for each in self.order) > room:
            level -= 1
        shown, left = self._visible(level, room, column, left)
        unused = room - sum(self._needed(each, level) for each in shown)
        spare = max(0, min(_MOST_SPARE, unused // max(1, len(shown))))
        return Plan(name, note, level, shown, spare, left)

    def places(self, plan: Plan) -> list[tuple[int, int, int]]:
        """Each visible session with its first cell and its width."""
        start = plan.name_width + plan.note_width
        places = []
        for session in plan.shown:
            width = self.room_of(session, plan)
            places.append((session, start + SESSION_GAP, width))
            start += SESSION_GAP + width
        return places

    def _needed(self, session: int, level: int) -> int:
        return self.width_of(session, level) + SESSION_GAP

    def _visible(
        self, level: int, room: int, column: int, left: int
    ) -> tuple[tuple[int, ...], int]:
        if not self.order:
            return (), 0
        others: Sequence[int] = self.order[1:]
        if not others:
            return self.order, 0
        room -= self._needed(self.order[0], level)
        fitting = min(len(others), max(1, room // self._needed(others[0], level)))
        place = others.index(column) if column in others else left
        left = max(place - fitting + 1, min(left, place))
        left = max(0, min(left, len(others) - fitting))
        return (self.order[0], *others[left : left + fitting]), left
