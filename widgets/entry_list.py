"""Messages and calls of one session in order, exact repeats folded into one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import ClassVar, Unpack

from queries.models import Event, EventKey, EventKind, EventState
from queries.models.timeline import TimelineEntry
from queries.plain_data import dataclass
from queries.text import UNKNOWN, clock, duration, many, short_count
from widgets.cells import Column
from widgets.glyphs import Glyphs, state_glyph
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.span_text import event_words, searched_text, what_words
from widgets.table_text import Cell
from widgets.timed_table import TimedTable

_SIGNS: dict[EventKind, str] = {
    EventKind.PROMPT: "prompt",
    EventKind.MESSAGE: "message",
    EventKind.HANDOFF: "handoff",
}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line: an event, and what repeats it."""

    event: Event
    repeats: tuple[Event, ...] = ()
    """Those that follow it right away and are the same."""
    is_repeat: bool = False
    """Whether it stands below the one that it repeats."""
    is_open: bool = False
    """Whether its repeats have lines of their own."""
    never_ended: bool = False


def event_key(key: EventKey) -> str:
    """The key of an event's line."""
    return f"{key[0]}:{key[1]}"


class EntryRows(Sequence[EntryRow]):
    """The lines of a list of entries. To be made away from the thread that draws."""

    def __init__(
        self,
        entries: Iterable[TimelineEntry],
        opened: frozenset[EventKey] = frozenset(),
        *,
        all_open: bool = False,
        never_ended: frozenset[EventKey] = frozenset(),
    ) -> None:
        """Lay out the entries.

        Args:
            entries: with their repeats.
            opened: those of them whose repeats are lines of their own.
            all_open: whether all repeats are.
            never_ended: calls whose end is not waited for any longer.
        """
        rows: list[EntryRow] = []
        for entry in entries:
            event = entry.event
            is_open = bool(entry.repeats) and (all_open != (event.key in opened))
            ended = event.key not in never_ended
            rows.append(EntryRow(event, entry.repeats, False, is_open, not ended))
            if is_open:
                rows += [
                    EntryRow(each, (), True, False, each.key in never_ended)
                    for each in entry.repeats
                ]
        self.lines = rows
        self.folded = sum(len(row.repeats) for row in rows if not row.is_open)
        """Repeats without lines of their own."""
        self.places: dict[EventKey, int] = {}
        """Where each event is; a folded one, where its entry is."""
        for place, row in enumerate(rows):
            self.places[row.event.key] = place
            if not row.is_open:
                self.places.update((each.key, place) for each in row.repeats)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]  # as in every sequence
        """The line at a place."""
        return self.lines[place]

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self.lines)


class EntryList(TimedTable[EntryRow]):
    """One line per event, in order of arrival."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("time", "time", 8, 8, priority=70, leaves=14),
        Column("agent", "agent", 12, 6, priority=60, leaves=16),
        Column("state", "", 1, 1, priority=95),
        Column("what", "what happened", 30, 8, priority=100, flexible=True),
        Column("times", "times", 5, 4, "right", priority=90),
        Column("duration", "took", 6, 6, "right", priority=80, leaves=12),
        Column("tokens", "tokens", 6, 6, "right", priority=40, leaves=24),
    )

    class Opened(Pane.Opened):
        """An event shall be shown where it belongs."""

        def __init__(self, pane: Pane, index: int, event: Event) -> None:
            self.event = event
            super().__init__(pane, index)

    class FoldWanted(Pane.PaneMessage):
        """The repeats of an entry shall be shown, or folded."""

        def __init__(self, pane: Pane, key: EventKey) -> None:
            self.key = key
            super().__init__(pane)

    def __init__(self, *, zone: tzinfo | None = None, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty list; ``zone``: in which times are shown, None the user's."""
        options.setdefault("empty_text", "Nothing happened in this session yet.")
        super().__init__(zone=zone, **options)
        self._places: dict[EventKey, int] = {}
        self._repeats = 0

    def show_entries(self, rows: EntryRows) -> None:
        """Show these lines; the cursor stays on its event."""
        following = self.line_count > 0 and self.cursor == self.line_count - 1
        began = not self.line_count
        self._places = rows.places
        self._repeats = rows.folded
        self.show(rows.lines)
        if following or began:
            self.move_bottom()

    # Moving

    def go_to(self, key: EventKey) -> bool:
        """Move the cursor to an event, or to the line that it is folded into."""
        place = self._places.get(key)
        if place is None:
            return False
        if place != self.cursor:
            self.move_to(place)
        return True

    def move_right(self) -> None:
        """Show the repeats of the entry."""
        row = self.current
        if row is not None and row.repeats and not row.is_open:
            self.post_message(self.FoldWanted(self, row.event.key))

    def move_left(self) -> None:
        """Fold the repeats; from one of them, go to the first."""
        row = self.current
        if row is None:
            return
        if row.is_open:
            self.post_message(self.FoldWanted(self, row.event.key))
        elif row.is_repeat:
            place = self.cursor
            while place > 0 and self.rows[place].is_repeat:
                place -= 1
            self.move_to(place)

    def next_error(self, direction: int) -> bool:
        """Move to the next (1) or previous (-1) failure, round the end."""
        for distance in range(1, self.line_count + 1):
            place = (self.cursor + direction * distance) % self.line_count
            row = self.rows[place]
            if any(_failed(event) for event in (row.event, *row.repeats)):
                self.move_to(place)
                return True
        return False

    def open_current(self) -> None:
        """Ask for the event under the cursor to be shown where it belongs."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.current.event))

    def covers(self) -> str:
        """Which lines are visible, and how many repeats are folded away."""
        if not self._repeats:
            return super().covers()
        return f"{super().covers()} · {many(self._repeats, 'repeat')} folded"

    # Rows

    def index_of(self, key: str) -> int | None:
        """Where the line with this key is; None if nowhere."""
        source, _, seq = key.partition(":")
        return self._places.get((int(source), int(seq)))

    def row_key(self, row: EntryRow) -> str:
        """The event's identity."""
        return event_key(row.event.key)

    def cell(self, row: EntryRow, column: str, width: int) -> Cell:
        """One cell of the list."""
        del width
        event = row.event
        match column:
            case "time":
                return (clock(event.time, self._zone), "muted")
            case "agent":
                return (event.agent or UNKNOWN, "accent")
            case "state":
                return _sign(row, self.glyphs)
            case "what":
                shown = what_words(event, self.glyphs)
                if row.is_repeat:
                    shown = f"{self.glyphs.guide_last} {shown}"
                return (shown, _role(event))
            case "times":
                if not row.repeats:
                    return ("", "")
                sign = self.glyphs.open if row.is_open else self.glyphs.closed
                return (f"{sign}{short_count(1 + len(row.repeats))}", "warning")
            case "duration":
                return (duration(event.duration) if event.is_call else "", "muted")
            case _:
                return ("" if event.tokens is None else short_count(event.tokens), "muted")

    def line_text(self, index: int) -> str:
        """The whole line, also what there is no room for."""
        row = self.rows[index]
        words = event_words(row.event, self.glyphs, self._zone, row.never_ended)
        times = f" · {1 + len(row.repeats):,} times in a row" if row.repeats else ""
        extra = "" if searched_text(row.event) else UNKNOWN
        return f"{words}{times}{extra}"


def _failed(event: Event) -> bool:
    return event.state is EventState.ERROR or event.kind is EventKind.ERROR


def _role(event: Event) -> str:
    if _failed(event):
        return "error"
    return "strong" if event.kind is EventKind.PROMPT else ""


def _sign(row: EntryRow, glyphs: Glyphs) -> Cell:
    event = row.event
    if row.never_ended:
        return (glyphs.never_ended, "warning")
    if _failed(event):
        return (glyphs.error, "error")
    if event.state is EventState.RUNNING:
        return (glyphs.running, "running")
    if event.is_call:
        return (state_glyph(event.state, glyphs), "ok" if event.state is EventState.OK else "muted")
    return (str(getattr(glyphs, _SIGNS.get(event.kind, "other"))), "accent")
