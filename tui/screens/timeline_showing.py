"""The panes of a session over time, kept in step with what was read and with each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult

from queries.models import (
    EventKey,
    Interactions,
    Relation,
    Snapshot,
)
from queries.text import clock, date_time, many
from queries.trees.activity_reader import Ranges
from tui.reader import Answer
from tui.screens.live_reading import LiveReading
from tui.screens.pane_set import PaneSet
from tui.screens.timeline_reading import PAST_SLOT, SLOT, TimelineReading
from tui.screens.titles import EDGES, SHORTEST
from widgets.entry_list import EntryList
from widgets.interaction_matrix import InteractionMatrix
from widgets.line_text import shorten_end
from widgets.matrix_figures import ValueMode
from widgets.pane import Pane
from widgets.tool_table import ToolTable
from widgets.waterfall import Waterfall
from widgets.words_bar import WordsBar

LANES, ENTRIES, TOOLS, MATRIX = range(4)


class TimelineShowing(PaneSet):
    """Lanes, list, tools and interactions of one session, now or as of an instant."""

    slot = SLOT

    def __init__(
        self,
        session_id: str,
        title_of: Callable[[], str],
        *,
        is_alive: Callable[[str], bool],
        ranges_of: Callable[[str], Ranges | None],
        snapshot: Snapshot | None,
        is_paused: Callable[[], bool],
    ) -> None:
        """Show one session.

        Args:
            session_id: which one.
            title_of: tells what it is called.
            is_alive: whether a session is running.
            ranges_of: where the rows of a session are known to lie.
            snapshot: the newest one.
            is_paused: whether the user has frozen what is shown.
        """
        super().__init__(snapshot, is_paused)
        self.session_id = session_id
        self.session_title = title_of
        self._is_alive = is_alive
        self._ranges_of = ranges_of
        self._was_alive = is_alive(session_id)
        self._error = ""
        self.relation = Relation.FOLLOWS
        self.value: ValueMode = "count"
        self.diagonal = True

    @property
    def slots(self) -> tuple[str, ...]:
        """Of the session's events, and of what is made of them as of an instant."""
        return (SLOT, PAST_SLOT)

    def compose_top(self) -> ComposeResult:
        """The line that says that one looks at the past."""
        yield WordsBar(glyphs=self.owner.glyphs, id="past")

    def compose_panes(self) -> ComposeResult:
        """Lanes above; below them the list, tools and interactions."""
        glyphs, zone = self.owner.glyphs, self.owner.zone
        yield Waterfall(glyphs=glyphs, zone=zone, id="lanes", classes="pane",
                        empty_text="Reading ...")  # fmt: skip
        yield EntryList(glyphs=glyphs, zone=zone, id="entries", classes="pane",
                        empty_text="Reading ...")  # fmt: skip
        yield ToolTable(glyphs=glyphs, id="tools", classes="pane", empty_text="Counting ...")
        yield InteractionMatrix(glyphs=glyphs, id="matrix", classes="pane")

    def on_mount(self) -> None:
        """Ask for the session."""
        self._past = self.query_one("#past", WordsBar)
        self.lanes = self.query_one(Waterfall)
        self.entries = self.query_one(EntryList)
        self.tools = self.query_one(ToolTable)
        self.matrix = self.query_one(InteractionMatrix)
        self.reading = TimelineReading(
            self.owner.reader,
            self.session_id,
            self.owner.clock,
            is_alive=self._is_alive,
            ranges_of=self._ranges_of,
        )
        self.live = LiveReading(self.owner.clock, self.concerns)
        self.lanes.tick(self.owner.age_clock())
        self.read()

    # -- reading ----------------------------------------------------------------------------

    def read(self) -> None:
        """Read the session (again)."""
        self.live.begin()
        self.reading.read()

    def concerns(self, snapshot: Snapshot) -> bool:
        """Whether something happened in the session, or it ended."""
        before, self._was_alive = self._was_alive, self._is_alive(self.session_id)
        events = (*snapshot.arrived, *snapshot.updated)
        ended = before != self._was_alive
        return ended or any(event.session_id == self.session_id for event in events)

    def tick(self, now: float) -> None:
        """Let running calls grow."""
        self.lanes.tick(now)
        self.show_explanation()

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        if answer.slot == SLOT:
            self.reading_ended(answer.retry)
            self._error = answer.error
        before = self.reading.session
        self.reading.take_answer(answer)
        known = self.reading.session
        if known is not None and known is not before:
            self.lanes.empty_text = "Nothing with a known time happened in this session."
            self.lanes.show_index(known.index)
        if self._error and known is None:
            self.lanes.empty_text = self.entries.empty_text = self._error
        self._show_list()
        self._show_figures()
        self.show_titles()
        self.show_explanation()

    # -- showing ----------------------------------------------------------------------------

    _shown: tuple[object, object] = (None, None)

    def _show_list(self) -> None:
        rows = self.reading.rows
        if rows is None or rows is self._shown[0]:
            return
        self._shown = (rows, self._shown[1])
        self.entries.empty_text = "Nothing had happened in this session."
        self.entries.show_entries(rows)
        if self.pane is not self.entries:
            self._follow_cursor(self.lanes)

    def _show_figures(self) -> None:
        figures = self.reading.figures
        if figures is None or figures is self._shown[1]:
            return
        self._shown = (self._shown[0], figures)
        self.tools.empty_text = "No tool had been called."
        self.tools.show_tools(figures.tools)
        self.show_matrix()

    @property
    def interactions(self) -> Interactions:
        """Who followed whom, or what else is counted."""
        figures = self.reading.figures
        empty = Interactions(self.relation, (), {}, "nothing counted yet")
        return empty if figures is None else figures.interactions.get(self.relation, empty)

    def show_matrix(self) -> None:
        """Show the interactions that are chosen."""
        self.matrix.show_interactions(self.interactions, self.value, self.diagonal)
        self.show_titles()

    def past_changed(self) -> None:
        """Show everything as of the instant that is looked at."""
        at = self.reading.at
        self.set_class(at is not None, "-past")
        self.lanes.look_at(at)
        self.reading.look()
        self._show_past()
        self.show_titles()
        self.show_explanation()
        self.show_hints()

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here now, and in the past, which do then."""
        past = () if self.reading.at is None else ("past",)
        return (*super().contexts, *past)

    def _show_past(self) -> None:
        reading = self.reading
        words = "" if reading.at is None else (
            f" {self.owner.glyphs.paused} The past: as of {date_time(reading.at, self.owner.zone)}"
        )  # fmt: skip
        where = (
            f" · {int(reading.part * 100)} % of its time"
            f" · step {reading.step_number:,} of {len(reading.steps):,}"
        )
        self._past.show(
            ((words, "warning"), (where if words else "", "")),
            ((f"{self.owner.key_of('timeline.present')}: back to the present ", "key"),),
        )

    def title_of(self, index: int) -> str:
        """What a pane covers, of which session, and as of when."""
        pane = self.panes[index]
        name = self.NAMES[index]
        rest = []
        if self.reading.at is not None:
            rest.append(f"as of {clock(self.reading.at, self.owner.zone)}")
        known = self.reading.session
        if index in (LANES, ENTRIES) and known is not None and known.timeline.has_earlier:
            rest.append(f"the newest {len(known.events):,} events: g at the first for more")
        if index == LANES and known is not None and known.left_out:
            rest.append(f"without {many(known.left_out, 'session')} of sub-agents")
        if index == LANES and known is not None and known.timeline.undated:
            rest.append(f"{known.timeline.undated:,} without a time")
        if index != TOOLS:
            rest.append(pane.covers())
        room = max(SHORTEST, pane.size.width - EDGES - cell_len(" · ".join([name, "", *rest])))
        return " · ".join([name, shorten_end(self.session_title(), room), *filter(None, rest)])

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone."""
        super().zone_changed(zone)
        self._show_past()

    def searched(self) -> int:
        """On the lanes, events."""
        known = self.reading.session
        return super().searched() if known is None else len(known.events)

    # -- one cursor -------------------------------------------------------------------------

    @property
    def current_key(self) -> EventKey | None:
        """The event under the cursor of lanes or list."""
        if self.pane_index == ENTRIES:
            row = self.entries.current
            return None if row is None else row.event.key
        span = self.lanes.current_span
        return None if span is None else span.key

    @on(Pane.CursorMoved)
    def _cursor_moved(self, event: Pane.CursorMoved) -> None:
        if event.pane is self.pane:
            self._follow_cursor(event.pane)

    def _follow_cursor(self, pane: Pane) -> None:
        """Let the other one of lanes and list go where the cursor of this one is."""
        if pane is self.lanes and (span := self.lanes.current_span) is not None:
            self.entries.go_to(span.key)
        elif pane is self.entries and (row := self.entries.current) is not None:
            self.lanes.go_to(row.event.key)

    def explanation(self) -> str:
        """What the cursor is on; of the list, everything about the event."""
        if self.pane_index == ENTRIES and self.entries.line_count:
            return self.entries.line_text(self.entries.cursor)
        return self.pane.text_under_cursor()
