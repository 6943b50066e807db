"""The base of every list, tree and matrix: a cursor, commands, search and the mouse."""

from __future__ import annotations

import re

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from widgets.line_view import LineView


class Pane(LineView, can_focus=True, inherit_bindings=False):
    """A focusable view of lines with a cursor.

    Keys are bound elsewhere: the public methods are what commands call.
    """

    class PaneMessage(Message):
        """A message that names its pane."""

        def __init__(self, pane: Pane) -> None:
            self.pane = pane
            super().__init__()

        @property
        def control(self) -> Pane:
            """The pane that sent it."""
            return self.pane

    class CursorMoved(PaneMessage):
        """The cursor is on another line now."""

        def __init__(self, pane: Pane, index: int) -> None:
            self.index = index
            super().__init__(pane)

    class Opened(PaneMessage):
        """The line under the cursor shall be opened."""

        def __init__(self, pane: Pane, index: int) -> None:
            self.index = index
            super().__init__(pane)

    class ViewChanged(PaneMessage):
        """Other lines are visible, or their number changed: :meth:`covers` may differ."""

        def can_replace(self, message: Message) -> bool:
            """Whether it makes ``message`` superfluous."""
            return isinstance(message, Pane.ViewChanged) and message.pane is self.pane

    _clicked: int | None = None
    """The line that was clicked last, while the cursor is still there."""
    _covered: str | None = None

    # Commands

    def move_cursor(self, delta: int) -> None:
        """Move the cursor by so many lines (down is positive), as far as there are lines."""
        self.move_to(self.cursor + delta)

    def move_page(self, direction: int) -> None:
        """Move the cursor by one page, down (1) or up (-1)."""
        self._move_window(direction * max(1, self.page_height - 1))

    def move_half_page(self, direction: int) -> None:
        """Move the cursor by half a page, down (1) or up (-1)."""
        self._move_window(direction * max(1, self.page_height // 2))

    def move_top(self) -> None:
        """Move the cursor to the first line."""
        self.move_to(0)

    def move_bottom(self) -> None:
        """Move the cursor to the last line."""
        self.move_to(self.line_count - 1)

    def move_left(self) -> None:
        """Move left, where the pane knows what that means."""

    def move_right(self) -> None:
        """Move right, where the pane knows what that means."""

    def move_to(self, index: int) -> None:
        """Move the cursor to a line and scroll so that it is visible."""
        index = max(0, min(index, self.line_count - 1))
        self.set_view(self.line_count, index, self._top_showing(index))

    def scroll_to_cursor(self) -> None:
        """Scroll so far that the cursor is visible."""
        self.set_view(self.line_count, top=self._top_showing(self.cursor))

    def open_current(self) -> None:
        """Ask for the line under the cursor to be opened (:class:`Opened`)."""
        if self.line_count:
            self.post_message(self.Opened(self, self.cursor))

    def toggle_mark(self) -> None:
        """Mark or unmark what is under the cursor; nothing in panes without marks."""

    def action_cursor_up(self) -> None:
        """One line up."""
        self.move_cursor(-1)

    def action_cursor_down(self) -> None:
        """One line down."""
        self.move_cursor(1)

    def action_cursor_left(self) -> None:
        """See :meth:`move_left`."""
        self.move_left()

    def action_cursor_right(self) -> None:
        """See :meth:`move_right`."""
        self.move_right()

    def action_cursor_top(self) -> None:
        """To the first line."""
        self.move_top()

    def action_cursor_bottom(self) -> None:
        """To the last line."""
        self.move_bottom()

    def action_page_up(self) -> None:
        """One page up."""
        self.move_page(-1)

    def action_page_down(self) -> None:
        """One page down."""
        self.move_page(1)

    def action_half_page_up(self) -> None:
        """Half a page up."""
        self.move_half_page(-1)

    def action_half_page_down(self) -> None:
        """Half a page down."""
        self.move_half_page(1)

    # Search

    @property
    def needle(self) -> str:
        """What is searched for and highlighted; "" for nothing."""
        return self._needle

    _needle: str = ""

    def find(self, text: str) -> int:
        """Search for text, whatever its case, and highlight it where it is visible.

        Moves the cursor to the first line at or after it that holds the text.

        Args:
            text: what to look for; "" ends the search.

        Returns:
            How many lines hold it.
        """
        self._needle = text
        self._pattern = re.compile(re.escape(text), re.IGNORECASE) if text else None
        matches = self._matches()
        if matches:
            self.move_to(next((index for index in matches if index >= self.cursor), matches[0]))
        self.repaint_changed()
        return len(matches)

    def find_next(self, direction: int) -> bool:
        """Move to the next line (1) or the one before (-1) that holds the text, round the end.

        Returns:
            Whether any line holds it.
        """
        if self._pattern is None or not self.line_count:
            return False
        step = 1 if direction >= 0 else -1
        for distance in range(1, self.line_count + 1):
            index = (self.cursor + step * distance) % self.line_count
            if self._pattern.search(self.searched_text(index)):
                self.move_to(index)
                return True
        return False

    def searched_text(self, index: int) -> str:
        """What a search looks through of a line: all of it, unless that would take too long."""
        return self.line_text(index)

    def _matches(self) -> list[int]:
        if self._pattern is None:
            return []
        search, text_of = self._pattern.search, self.searched_text
        return [index for index in range(self.line_count) if search(text_of(index))]

    # What the pane tells about itself

    _border_title: Content | None
    """Textual's own."""

    @property
    def title(self) -> str:
        """The title in the border; "" before there is one."""
        return "" if self._border_title is None else self._border_title.plain

    def set_title(self, title: Content) -> None:
        """Show a title in the border; nothing but its line is painted anew."""
        # The setter of the public attribute would paint the whole pane.
        self._border_title = title
        x, y = self.content_offset
        self.refresh(Region(-x, -y, self.outer_size.width, 1))

    def text_under_cursor(self) -> str:
        """The whole text of the cursor's line; "" in an empty pane."""
        return self.line_text(self.cursor) if self.line_count else ""

    def lines_as_text(self) -> list[str]:
        """All lines as text, for an export."""
        return [self.line_text(index) for index in range(self.line_count)]

    def covers(self) -> str:
        """Which part is visible, for the border title: ``1-18 of 412``."""
        first, end = self.visible_range()
        if not self.line_count:
            return "0"
        if not self.page_height:
            return str(self.line_count)
        return f"{first + 1:,}-{end:,} of {self.line_count:,}"

    # Plumbing

    def set_view(self, line_count: int, cursor: int | None = None, top: int | None = None) -> None:
        """See :meth:`LineView.set_view`; posts :class:`CursorMoved`, :class:`ViewChanged`."""
        before = self.cursor
        super().set_view(line_count, cursor, top)
        if self.cursor != before:
            self._clicked = None
            self.post_message(self.CursorMoved(self, self.cursor))
        self._tell_view()

    def set_line_count(self, line_count: int) -> None:
        """Change the number of lines; the cursor and the scroll position stay if they can."""
        self.set_view(line_count)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that other lines are visible."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_view()

    def on_resize(self) -> None:
        """Keep the cursor visible in the new size."""
        self.scroll_to_cursor()

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the line; a second click on it opens it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self.shown_header:
            return
        index = offset.y - self.shown_header + self.top
        if index >= self.line_count:
            return
        event.stop()
        if index == self._clicked and index == self.cursor:
            self.open_current()
            return
        self.line_clicked(index, offset.x)
        self._clicked = index

    def line_clicked(self, index: int, x: int) -> None:
        """Do what a first click on a line does, ``x`` cells from its left end."""
        del x
        self.move_to(index)

    def _move_window(self, lines: int) -> None:
        """Move the cursor and the window by so many lines."""
        index = max(0, min(self.cursor + lines, self.line_count - 1))
        last_top = max(0, self.line_count - self.page_height)
        top = max(0, min(self.top + lines, last_top))
        self.set_view(self.line_count, index, self._top_showing(index, top))

    def _top_showing(self, index: int, near: int | None = None) -> int:
        """The scroll position nearest to ``near`` (the present one) that shows the line."""
        page = max(1, self.page_height)
        return max(index - page + 1, min(self.top if near is None else near, index))

    def _tell_view(self) -> None:
        covered = self.covers()
        if covered != self._covered:
            self._covered = covered
            self.post_message(self.ViewChanged(self))
