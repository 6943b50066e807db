"""A table that shows instants or ages."""

from __future__ import annotations

from datetime import tzinfo
from typing import Unpack

from queries.text import age
from widgets.line_table import LineTable, Row
from widgets.line_view import ViewOptions
from widgets.table_text import Cell


class TimedTable(LineTable[Row]):
    """Keeps the zone and the present for its cells."""

    def __init__(self, *, zone: tzinfo | None = None, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty table; ``zone``: in which times are shown, None the user's."""
        super().__init__(**options)
        self._zone = zone
        self._now = 0.0

    @property
    def zone(self) -> tzinfo | None:
        """In which times are shown; None is the user's own."""
        return self._zone

    @zone.setter
    def zone(self, zone: tzinfo | None) -> None:
        self._zone = zone
        self._cells = {}
        self.repaint_changed()

    def tick(self, now: float) -> None:
        """Tell the time in epoch seconds, for ages."""
        if now != self._now:
            self._now = now
            self._cells = {}
            self.repaint_changed()

    def ago(self, instant: float | None) -> Cell:
        """How long ago an instant is."""
        known = None if instant is None or not self._now else max(0.0, self._now - instant)
        return (age(known), "muted")
