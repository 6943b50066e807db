"""What the session list shows: order, filter, marks, and which sessions are known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, tzinfo

from queries.finding.filters import SESSION_FIELDS, Filter
from queries.models import SessionRow, SessionStatus, Snapshot
from queries.text import score
from tui.cycling import next_of
from tui.session_listing import Choice, Listing
from tui.session_order import MARK, ORDERS
from widgets.line_text import shorten_end
from widgets.session_cells import EVENTS, SORT_COLUMNS, columns_of
from widgets.session_list import SessionList

_ERROR = 300
"""Cells of an error that are told where there are no events."""


class SessionControl:
    """Keeps the list in step with the snapshots and with what the user chose."""

    def __init__(
        self,
        view: SessionList,
        clock: Callable[[], float],
        labels: Callable[[], Mapping[str, Collection[str]]] = dict,
        models: Callable[[], Mapping[str, Sequence[str]] | None] = lambda: None,
        zone: Callable[[], tzinfo | None] = lambda: UTC,
    ) -> None:
        """Construct the control.

        Args:
            view: the list.
            clock: gives the present in epoch seconds.
            labels: gives the sessions that have a bookmark, by label.
            models: gives the models that were used, by session; None while they are read.
            zone: gives the one in which times are shown, and typed; None is the user's own.
        """
        self._zone = zone
        self._models = models
        self._labels = labels
        self._view = view
        self._clock = clock
        self._snapshot: Snapshot | None = None
        self._listing = Listing()
        self._choice = Choice("started", reverse=False, sub_agents=True)
        self.sort = "started"
        self.reverse = False
        self.filter: Filter | None = None
        self.filter_text = ""
        """The filter as it was typed."""
        self.marks: dict[str, str] = {}
        self._undo: tuple[str, dict[str, str], dict[str, str]] | None = None
        """Which group all listed sessions were put into, and the marks before and after."""
        self._labels_of: dict[str, tuple[str, tuple[str, ...]]] = {}
        """By group: the filter it was made with, and the sessions that this put into it."""
        self.sub_agents = True
        """Whether sessions that sub-agents ran for another one are shown."""
        self.shown: Sequence[SessionRow] = ()

    def take(self, snapshot: Snapshot) -> None:
        """Show a newer snapshot."""
        before = self._snapshot
        self._snapshot = snapshot
        if before is None or snapshot.sessions is not before.sessions:
            chosen = self.filter
            if chosen is not None and chosen.asks_for_models:
                models = self._models()
                if chosen.models is not models:
                    self.filter = chosen.with_models(models)
        self.refresh()

    def refresh(self) -> None:
        """Filter, sort and show again."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        self._listing.show(snapshot.sessions, self._chosen())
        rows = self.shown = self._listing.rows
        total = len(rows) if self.filter is not None else snapshot.total_sessions - self.hidden
        self._view.empty_text = self._why_empty()
        self._view.show_sessions(
            rows, total=total, now=snapshot.time, sort=self.sort, reverse=self.reverse,
            known=self._listing.filled,
        )  # fmt: skip

    def _chosen(self) -> Choice:
        """What is listed now; the same object as long as the user chooses nothing else."""
        chosen, before = (self.sort, self.reverse, self.sub_agents), self._choice
        if chosen != (before.sort, before.reverse, before.sub_agents) or (
            self.filter is not before.filter
        ):
            self._choice = Choice(*chosen, self.filter)
        return self._choice

    @property
    def hidden(self) -> int:
        """How many sessions of sub-agents are not shown."""
        return self._listing.hidden

    @property
    def _waits_for_models(self) -> bool:
        chosen = self.filter
        return chosen is not None and chosen.asks_for_models and chosen.models is None

    def _why_empty(self) -> str:
        if self.filter is None:
            return "No sessions yet."
        if self._waits_for_models:
            return "Looking which models were used ..."
        return "No session matches the filter."

    def why_none(self, zone: tzinfo | None) -> str:
        """Why there is nothing to show of a session, for panes that show no list of them."""
        if self.filter is None or self.shown:
            return ""
        if self._waits_for_models:
            return self._why_empty()
        known = self.filter.text(zone)
        return f"No session matches {known}; esc in the list of sessions takes it off."

    def row(self, session_id: str) -> SessionRow | None:
        """The line of a session."""
        return self._listing.row(session_id)

    def reveal(self, session_id: str) -> str | None:
        """Put the cursor on a known session, and list it if it is left out.

        Returns:
            What the user is to be told; "" for nothing. None for a session that is not known.
        """
        if self.row(session_id) is None:
            return None
        if not self._view.select(session_id) and not self.sub_agents:
            self.toggle_sub_agents()
        if self._view.select(session_id):
            return ""
        self.set_filter("")
        self._view.select(session_id)
        return "The filter is off: it hid that session."

    def title(self, session_id: str) -> str:
        """What to call a session."""
        row = self.row(session_id)
        return session_id if row is None else row.title

    @property
    def has_events(self) -> bool:
        """Whether the store tells of more than sessions, or may do so some day."""
        known = self._listing.filled
        return not known or EVENTS in known

    def why_nothing(self, session_id: str) -> str:
        """Why there is no activity of a session; what is known of it, where that is all."""
        row = self.row(session_id)
        if row is None or self.has_events:
            return "Nothing happened in this session yet."
        session = row.session
        told = [f"component {session.component}"] if session.component else []
        told += [f"project {session.project}"] if session.project else []
        told += [] if session.quality is None else [f"quality {score(session.quality)}"]
        told += [f"error: {shorten_end(session.error, _ERROR)}"] if session.error else []
        known = f" Of this session it says: {' · '.join(told)}." if told else ""
        return f"This store keeps no events.{known}"

    def is_alive(self, session_id: str) -> bool:
        """Whether a session is running, as of the last snapshot."""
        row = self.row(session_id)
        return row is not None and row.session.status is SessionStatus.RUNNING

    # -- choices ----------------------------------------------------------------------------

    def cycle_sort(self) -> None:
        """Sort by the next column."""
        there = {column.name for column in columns_of(self._listing.filled)}
        orders = [name for name in ORDERS if SORT_COLUMNS.get(name, name) in there]
        self.sort = next_of(orders, self.sort)
        self.refresh()

    def toggle_sub_agents(self) -> None:
        """Show or hide sub-agents' sessions."""
        self.sub_agents = not self.sub_agents
        self.refresh()

    def turn(self) -> None:
        """Reverse the order."""
        self.reverse = not self.reverse
        self.refresh()

    def set_filter(self, text: str) -> None:
        """Show only sessions that match; "" shows all. Raises FilterError."""
        text = text.strip()
        chosen = self._parsed(text) if text else None
        self.filter = None if chosen is None else self._knowing(chosen)
        self.filter_text = text
        self.refresh()

    def _parsed(self, text: str) -> Filter:
        from queries.finding.filter_parsing import parse_filter

        return parse_filter(text, self._clock(), SESSION_FIELDS, self._zone())

    def refresh_filter(self) -> None:
        """Filter again: bookmarks have changed, or it is known which models were used."""
        if self.filter is not None:
            self.filter = self._knowing(self.filter)
            self.refresh()

    def _knowing(self, chosen: Filter) -> Filter:
        """A filter that knows what sessions do not tell by themselves."""
        chosen = chosen.with_bookmarks(self._labels())
        return chosen.with_models(self._models()) if chosen.asks_for_models else chosen

    def put_marks(self, marks: Mapping[str, str]) -> None:
        """Mark these sessions and no others: id -> sign."""
        self.marks = dict(marks)
        self._view.set_marks(self.marks)

    def toggle_mark(self, session_id: str) -> bool:
        """Mark or unmark a session; returns whether it is marked now."""
        marked = session_id not in self.marks
        if marked:
            self.marks[session_id] = MARK
        else:
            del self.marks[session_id]
        self._view.set_marks(self.marks)
        return marked

    def toggle_group(self, session_id: str, name: str) -> bool:
        """Put a session into group "A" or "B"; out of it when it is in that group already.

        A session is marked, in one of the groups, or neither. Returns whether it is in now.
        """
        inside = self.marks.pop(session_id, None) != name
        if inside:
            self.marks[session_id] = name
        self._view.set_marks(self.marks)
        return inside

    def group_listed(self, name: str) -> bool:
        """Put all sessions that are listed into group "A" or "B".

        Done again right away it gives back the marks of before. Returns whether they are in.
        """
        if self._undo is not None and self._undo[0] == name and self._undo[2] == self.marks:
            self.put_marks(self._undo[1])
            self._undo = None
            return False
        before = dict(self.marks)
        for row in self.shown:
            self.marks.pop(row.id, None)
            self.marks[row.id] = name
        self._undo = (name, before, dict(self.marks))
        self._labels_of[name] = (self.filter_text, self.group(name))
        self._view.set_marks(self.marks)
        return True

    def group_label(self, name: str) -> str:
        """The filter that a group was made with, while it is just that; else ""."""
        label, ids = self._labels_of.get(name, ("", ()))
        return label if ids == self.group(name) else ""

    def put_into_group(self, name: str, text: str) -> None:
        """Put all sessions that match a filter into group "A" or "B". Raises FilterError."""
        chosen = self._knowing(self._parsed(text))
        rows = () if self._snapshot is None else self._snapshot.sessions
        self.marks.update((row.id, name) for row in rows if chosen.matches_session(row))
        self._labels_of[name] = (text, self.group(name))
        self._view.set_marks(self.marks)

    def group(self, name: str) -> tuple[str, ...]:
        """The sessions of group "A" or "B", in the order in which they were put in."""
        return tuple(session_id for session_id, mark in self.marks.items() if mark == name)

    def marks_told(self) -> str:
        """How many sessions are marked and in groups: ``2 marked · A 5 · B 4``; "" for none."""
        in_groups = [(name, len(self.group(name))) for name in "AB"]
        marked = len(self.marks) - sum(number for _, number in in_groups)
        parts = [f"{marked} marked"] if marked else []
        return " · ".join(parts + [f"{name} {number}" for name, number in in_groups if number])

    def forget_gone(self) -> None:
        """Unmark the sessions that are not in the store any more."""
        gone = [session_id for session_id in self.marks if self.row(session_id) is None]
        for session_id in gone:
            del self.marks[session_id]
        self._view.set_marks(self.marks)

    def clear_marks(self) -> None:
        """Unmark all."""
        self.marks.clear()
        self._view.set_marks(self.marks)

    def next_error(self, direction: int) -> bool:
        """Move to the next session with errors, round the end; False when there is none."""
        at = self._view.cursor
        for distance in range(1, len(self.shown) + 1):
            index = (at + direction * distance) % len(self.shown)
            if self.shown[index].totals.errors:
                return self._view.select(self.shown[index].id)
        return False
