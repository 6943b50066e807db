"""One large text, wrapped as far as it is looked at, searchable."""

from __future__ import annotations

import re
from typing import Unpack

from rich.cells import cell_len
from rich.segment import Segment
from textual.timer import Timer

from queries import text as words
from widgets.json_lexer import json_parts
from widgets.line_view import ViewOptions
from widgets.masking import is_on, shown, with_text
from widgets.pane import Pane
from widgets.spans import Parts, marked, styled
from widgets.text_search import TextSearch
from widgets.wrapped_text import WrappedText

_SLICE, _PAUSE = 0.006, 0.02
"""Seconds of measuring in one go, and between two of them, so that keys are answered."""
_LEXED = 20_000
"""Longer lines are shown without JSON colours."""
_SIDESTEP = 10
_COVERED_WHOLE = 200_000
"""Characters of a text whose secrets are found all at once; in others, those around a row."""
_AROUND = 8_192
"""Characters before and behind a row in which a secret that reaches into it is looked for."""


class TextView(Pane):
    """A text of any size. The cursor is on a row; text is copied by whole lines."""

    def __init__(self, *, wrap: bool = True, **options: Unpack[ViewOptions]) -> None:
        """Construct a view without text; ``wrap``: whether long lines become several rows."""
        options.setdefault("empty_text", "Empty.")
        self._wrap = wrap
        self._content = WrappedText("", 1, wrap)
        self._is_json = False
        self._version = 0
        self._first_column = 0
        self._wants_end = False
        self._search = TextSearch("")
        self._measuring: Timer | None = None
        self._covered: str | None = None
        super().__init__(**options)

    # Text

    @property
    def text(self) -> str:
        """The whole text."""
        return self._content.text

    @property
    def text_line_count(self) -> int:
        """Lines of the text, however many rows they take."""
        return len(self._content.lines)

    @property
    def wrap(self) -> bool:
        """Whether long lines become several rows."""
        return self._wrap

    @wrap.setter
    def wrap(self, wrap: bool) -> None:
        self._wrap = wrap
        self._first_column = 0
        self._cut_anew()

    def set_text(self, text: str, *, json: bool = False) -> None:
        """Show another text from its beginning.

        Args:
            text: cleaned, with newlines between its lines.
            json: whether to colour it as JSON.
        """
        self._content = WrappedText(text, self.text_width, self._wrap)
        self._is_json = json
        self._first_column = 0
        self._search = TextSearch(text)
        self._covered = None
        self._wants_end = False
        self._version += 1
        self._measure(cursor=0, top=0)

    def forget(self) -> None:
        """Let go of the text, for the end: nothing is drawn any more."""
        if self._measuring is not None:
            self._measuring.stop()
            self._measuring = None
        self._content = WrappedText("", 1, self._wrap)
        self._search = TextSearch("")
        self._covered = None

    # Commands

    def toggle_wrap(self) -> None:
        """Wrap long lines, or do not."""
        self.wrap = not self.wrap

    def move_to(self, index: int) -> None:
        """Move the cursor to a row; a row that is not found yet is waited for at the end."""
        super().move_to(index)
        self._wants_end = False

    def move_bottom(self) -> None:
        """Move to the last row; while rows are still being found, stay at the last one."""
        super().move_bottom()
        self._wants_end = not self._content.is_complete

    def move_right(self) -> None:
        """Show what is further right, unless lines are wrapped."""
        if not self._wrap:
            self._first_column += _SIDESTEP
            self.repaint_changed()

    def move_left(self) -> None:
        """Show what is further left."""
        if self._first_column:
            self._first_column -= _SIDESTEP
            self.repaint_changed()

    def find(self, text: str) -> int:
        """Search for text, whatever its case, and highlight it where it is visible.

        Moves the cursor to the first match at or behind it, else to the first of all.

        Returns:
            How many lines of the text hold it.
        """
        self._needle = text
        self._pattern = re.compile(re.escape(text), re.IGNORECASE) if text else None
        count = 0
        if text:
            count = self._search.count_lines(text)
            if count:
                self._go_to_match(1, self._row_start(self.cursor))
        self.repaint_changed()
        return count

    def find_next(self, direction: int) -> bool:
        """Move to a row with the next (1) or previous (-1) match, round the end."""
        if self._pattern is None or not self.line_count:
            return False
        if direction < 0:
            return self._go_to_match(-1, self._row_start(self.cursor))
        line, _, end = self._content.locate(self.cursor)
        return self._go_to_match(1, self._content.position(line, end))

    # What it tells about itself

    def text_under_cursor(self) -> str:
        """The whole line of the text that the cursor's row is part of."""
        return self._content.lines[self._content.locate(self.cursor)[0]] if self.line_count else ""

    def lines_as_text(self) -> list[str]:
        """The lines of the text."""
        return list(self._content.lines)

    def covers(self) -> str:
        """Which lines of the text are visible: ``1-40 of 12,000 lines``."""
        first, end = self.visible_range()
        count = self.text_line_count
        total = words.many(count, "line")
        if first >= end:
            return total
        top = self._content.locate(first)[0] + 1
        bottom = self._content.locate(end - 1)[0] + 1
        return f"{top:,}-{bottom:,} of {total}"

    # Drawing

    def line_key(self, index: int) -> tuple[int, int, int]:
        """The text, the row and the first column that is shown."""
        return (self._version, index, self._first_column)

    def line_text(self, index: int) -> str:
        """The text of a row."""
        line, start, end = self._content.locate(index)
        return self._content.lines[line][start:end]

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The row in its colours."""
        del is_cursor
        number, start, end = self._content.locate(index)
        line = self._content.lines[number]
        if not self._wrap:
            start, end = self._first_column, min(len(line), self._first_column + width)
        plain = self.role()
        parts: Parts = []
        if self._is_json and len(line) <= _LEXED:
            parts = [(first, last, self.role(role)) for first, last, role in json_parts(line)]
        segments = styled(line, start, end, parts, plain)
        if self._pattern is not None:
            # A match may begin on the row above or go on below.
            reach = len(self._needle)
            near = max(0, start - reach)
            match = self.role("match")
            parts = [
                (near + found.start(), near + found.end(), match)
                for found in self._pattern.finditer(line[near : end + reach])
            ]
            segments = marked(segments, start, parts)
        return with_text(segments, self._shown(number, start, end)) if is_on() else segments

    def masking_changed(self) -> None:
        """See :meth:`LineView.masking_changed`."""
        self._covered = None
        super().masking_changed()

    def _shown(self, line: int, start: int, end: int) -> str:
        """Part of a line with its secrets covered, also those that begin or end elsewhere."""
        content = self._content
        first, last = content.position(line, start), content.position(line, end)
        if len(content.text) <= _COVERED_WHOLE:
            if self._covered is None:
                self._covered = shown(content.text)
            return self._covered[first:last]
        begin = max(0, first - _AROUND)
        return shown(content.text[begin : last + _AROUND])[first - begin : last - begin]

    # Plumbing

    def on_resize(self) -> None:
        """Cut the rows for the new width."""
        if self.text_width != self._content.width or not self.line_count:
            self._cut_anew()

    def _cut_anew(self) -> None:
        """Find the rows again; cursor and window stay on their text."""
        if not self._content.lines:
            return
        places = [
            self._content.locate(row)[:2] if row < self.line_count else (0, 0)
            for row in (self.cursor, self.top)
        ]
        self._content.set_width(self.text_width, self._wrap)
        self._version += 1
        cursor, top = (self._content.row_of(*place) for place in places)
        self._measure(cursor, top)

    def _measure(self, cursor: int | None = None, top: int | None = None) -> None:
        """Find more rows, and go on later if there are still more."""
        if not self.text_width:
            return
        is_complete = self._content.measure(_SLICE)
        count = self._content.row_count
        if self._wants_end:
            cursor = top = count - 1
        self.set_view(count, cursor, top)
        if is_complete:
            self._wants_end = False
            if self._measuring is not None:
                self._measuring.stop()
                self._measuring = None
        elif self._measuring is None:
            self._measuring = self.set_interval(_PAUSE, self._measure)

    def _row_start(self, row: int) -> int:
        line, start, _ = self._content.locate(row)
        return self._content.position(line, start)

    def _go_to_match(self, direction: int, position: int) -> bool:
        at = self._search.find(self._needle, position, direction)
        if at is None:
            return False
        line, offset = self._content.line_at(at)
        row = self._content.row_of(line, offset)
        self.set_line_count(self._content.row_count)
        self.move_to(row)
        if not self._wrap:
            self._show_column(line, offset)
        return True

    def _show_column(self, line: int, offset: int) -> None:
        """Scroll sideways so that a character of the line is visible."""
        end = offset + len(self._needle)
        shown = self._content.lines[line][self._first_column : end]
        if offset < self._first_column or cell_len(shown) > self.text_width:
            self._first_column = max(0, end - self.text_width // 2) // _SIDESTEP * _SIDESTEP
            self._first_column = min(self._first_column, offset)
            self.repaint_changed()
