"""Delegations as chains: who handed what to whom, and how it went, one line each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import ClassVar, Unpack

from queries.models import EventKey
from queries.models.delegations import Delegation, DelegationChain, DelegationStatus
from queries.plain_data import dataclass
from queries.text import UNKNOWN, clock, date_time, duration, many, short_count
from widgets.activity_line import running_age
from widgets.cells import Column
from widgets.glyphs import Glyphs
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.table_text import Cell
from widgets.timed_table import TimedTable


@dataclass(frozen=True, slots=True)
class ChainLine:
    """A delegation and where it hangs."""

    chain: DelegationChain
    guides: tuple[bool, ...] = ()
    """Per level, outermost first: does a sibling follow below? Empty for the first level."""

    @property
    def delegation(self) -> Delegation:
        """The delegation itself."""
        return self.chain.delegation


def chain_lines(chains: Iterable[DelegationChain]) -> list[ChainLine]:
    """The chains from top to bottom, whatever their depth."""
    lines: list[ChainLine] = []
    todo = [ChainLine(chain) for chain in reversed(tuple(chains))]
    while todo:
        line = todo.pop()
        lines.append(line)
        last = len(line.chain.children) - 1
        below = [
            ChainLine(child, (*line.guides, place < last))
            for place, child in enumerate(line.chain.children)
        ]
        todo += reversed(below)
    return lines


def status_sign(status: DelegationStatus, glyphs: Glyphs) -> Cell:
    """The sign of a delegation's status, and its role."""
    match status:
        case DelegationStatus.RUNNING:
            return (glyphs.running, "running")
        case DelegationStatus.COMPLETED:
            return (glyphs.ok, "ok")
        case DelegationStatus.FAILED:
            return (glyphs.error, "error")
        case DelegationStatus.NEVER_ENDED:
            return (glyphs.never_ended, "warning")
        case _:
            return (glyphs.unknown, "muted")


_YEAR, _SECONDS = len("2026-"), len(":11")
_DAY_TIME = len("01-12 14:02")
"""Work may be handed on day after day."""


class DelegationList(TimedTable[ChainLine]):
    """One line per delegation, those made below another one under it."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("who", "from → to", 30, 14, priority=100),
        Column("task", "task", 20, 8, priority=90, flexible=True),
        Column("status", "status", 11, 11, priority=40, leaves=40),
        Column("duration", "took", 6, 6, "right", priority=95, leaves=8),
        Column("events", "events", 6, 6, "right", priority=80, leaves=10),
        Column("errors", "err", 4, 4, "right", priority=75, leaves=10),
        Column("session", "session", 12, 10, priority=50, leaves=48),
        Column("tokens", "tokens", 6, 6, "right", priority=45, leaves=44),
        Column("cost", "cost", 7, 7, "right", priority=42, leaves=50),
        Column("started", "started", _DAY_TIME, 8, priority=70, leaves=34),
        Column("model", "model", 12, 8, priority=20, leaves=54),
    )
    SHARED: ClassVar[tuple[str, ...]] = ("who", "task", "session", "model")

    class Opened(Pane.Opened):
        """A delegation shall be shown where it belongs."""

        def __init__(self, pane: Pane, index: int, chain: DelegationChain) -> None:
            self.chain = chain
            super().__init__(pane, index)

    def __init__(self, *, zone: tzinfo | None = None, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty list; ``zone``: in which times are shown, None the user's."""
        options.setdefault("empty_text", "No work was handed on.")
        super().__init__(zone=zone, **options)

    def show_chains(self, chains: Iterable[DelegationChain]) -> None:
        """Show these chains; the cursor stays on its delegation."""
        self.show(chain_lines(chains))

    def go_to(self, key: EventKey) -> bool:
        """Move the cursor to a delegation; returns whether it is there."""
        return self.select(f"{key[0]}:{key[1]}")

    def move_left(self) -> None:
        """Go to the delegation that this one was made below."""
        depth = len(self.rows[self.cursor].guides) if self.line_count else 0
        for place in range(self.cursor - 1, -1, -1):
            if len(self.rows[place].guides) < depth:
                self.move_to(place)
                return

    def move_right(self) -> None:
        """Go to the first delegation below this one."""
        row = self.current
        if row is not None and row.chain.children:
            self.move_to(self.cursor + 1)

    def next_error(self, direction: int) -> bool:
        """Move to the next (1) or previous (-1) that failed or never ended, round the end."""
        wrong = (DelegationStatus.FAILED, DelegationStatus.NEVER_ENDED)
        for distance in range(1, self.line_count + 1):
            place = (self.cursor + direction * distance) % self.line_count
            if self.rows[place].delegation.status in wrong:
                self.move_to(place)
                return True
        return False

    def open_current(self) -> None:
        """Ask for the delegation under the cursor to be shown where it belongs."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.current.chain))

    def row_key(self, row: ChainLine) -> str:
        """The identity of the delegation's event."""
        return f"{row.delegation.key[0]}:{row.delegation.key[1]}"

    def cell(self, row: ChainLine, column: str, width: int) -> Cell:
        """One cell of the list."""
        work, delegation, dash = row.chain.work, row.delegation, self.glyphs.dash
        match column:
            case "who":
                sign, role = status_sign(delegation.status, self.glyphs)
                named = f"{_guides(row, self.glyphs)}{sign} {_who(delegation, self.glyphs)}"
                return (named, role if role in ("error", "running", "warning") else "")
            case "task":
                return (delegation.task or dash, "")
            case "status":
                return (delegation.status.value, status_sign(delegation.status, self.glyphs)[1])
            case "duration":
                if delegation.status is DelegationStatus.RUNNING and delegation.started:
                    age = running_age(self._now - delegation.started) if self._now else dash
                    return (age, "running")
                return (duration(delegation.duration), "muted")
            case "events":
                if work is None:
                    return (dash, "muted")
                return (short_count(work.events) + ("+" if work.cut else ""), "")
            case "errors":
                if work is None:
                    return (dash, "muted")
                return (short_count(work.errors) if work.errors else "", "error")
            case "session":
                return (self._sessions(row), "muted")
            case "tokens":
                known = delegation.tokens if work is None else work.tokens
                return (short_count(delegation.tokens if known is None else known), "muted")
            case "cost":
                cost = delegation.cost if work is None or work.cost is None else work.cost
                return (dash if cost is None else f"${cost:,.2f}", "muted")
            case "started":
                began = delegation.started
                if width < _DAY_TIME or began is None:
                    return (clock(began, self._zone), "muted")
                return (date_time(began, self._zone)[_YEAR:-_SECONDS], "muted")
            case _:
                return (delegation.model or dash, "muted")

    def _sessions(self, row: ChainLine) -> str:
        work = row.chain.work
        if work is None or not work.child_sessions:
            return self.glyphs.dash
        others = len(work.child_sessions) - 1
        return work.child_sessions[0] + (f" +{others}" if others else "")

    def line_text(self, index: int) -> str:
        """The whole delegation in words."""
        row = self.rows[index]
        delegation, work = row.delegation, row.chain.work
        parts = [
            f"{_who(delegation, self.glyphs)}: {delegation.task or UNKNOWN}",
            delegation.status.value,
            f"{date_time(delegation.started, self._zone)}",
            f"took {duration(delegation.duration)}",
        ]
        if work is not None:
            more = "at least " if work.cut else ""
            parts.append(
                f"below it {more}{many(work.events, 'event')}, {many(work.calls, 'call')}, "
                f"{many(work.errors, 'error')}, {many(work.depth, 'level')}"
            )
            if work.child_sessions:
                parts.append(f"in {', '.join(work.child_sessions)}")
        return " · ".join(parts)


def _who(delegation: Delegation, glyphs: Glyphs) -> str:
    names = f"{delegation.agent or UNKNOWN} {glyphs.arrow} {delegation.target or UNKNOWN}"
    spawner = delegation.spawner
    return f"{names} ({spawner})" if spawner and spawner != delegation.target else names


def _guides(row: ChainLine, glyphs: Glyphs) -> str:
    if not row.guides:
        return ""
    above = (glyphs.guide_line if follows else glyphs.guide_blank for follows in row.guides[:-1])
    last = glyphs.guide_branch if row.guides[-1] else glyphs.guide_last
    return "".join(f"{guide} " for guide in above) + f"{last} "
