"""Virtual lines with exact repaints: the drawing half of every pane."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from textwrap import wrap
from typing import ClassVar, Final, NamedTuple, TypedDict

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.glyphs import UNICODE, Glyphs, drawable
from widgets.highlight import highlight
from widgets.masking import is_on, shown, shown_segments
from widgets.roles import ROLE_CLASSES, ROLE_CSS

_STRIPS: Final = 512
"""Drawn lines kept per widget: several screens' worth."""
_NEVER: Final = object()


class ViewOptions(TypedDict, total=False):
    """What the constructor of every view takes, all by keyword."""

    glyphs: Glyphs
    empty_text: str
    name: str | None
    id: str | None
    classes: str | None
    disabled: bool


class _Frame(NamedTuple):
    """Where lines are drawn."""

    size: Size
    text_width: int
    header: int


class LineView(ScrollView, inherit_bindings=False):
    """A column of lines that are drawn only when they are visible and changed.

    A subclass says how many lines there are (:meth:`set_view`) and what each looks like
    (:meth:`line_key`, :meth:`line_segments`). After its data changed it calls
    :meth:`set_view` or :meth:`repaint_changed`; what each screen line shows is then compared
    with what it should show, and those that differ are repainted, nothing else.
    """

    ALLOW_SELECT = False
    CURSOR_LINE: ClassVar[bool] = True
    """Whether the whole cursor line is painted; else the subclass shows the cursor itself."""

    COMPONENT_CLASSES: ClassVar[set[str]] = ROLE_CLASSES
    DEFAULT_CSS = "LineView {" + ROLE_CSS + "}"

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        empty_text: str = "Nothing to show.",
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Construct a view without lines.

        Args:
            glyphs: the set of signs to draw with.
            empty_text: one sentence that is shown while there are no lines.
            name: as in every Textual widget; so are the others.
            id: the widget's id.
            classes: its CSS classes.
            disabled: whether it takes no input.
        """
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.glyphs = glyphs
        self._empty_text = empty_text
        self._line_count = 0
        self._cursor = 0
        self._pattern: re.Pattern[str] | None = None
        self._roles: dict[str, Style] = {}
        self._strips: LRUCache[Hashable, Strip] = LRUCache(_STRIPS)
        self._painted: dict[int, Hashable] = {}
        self._frame: _Frame | None = None

    # What a subclass provides

    @property
    def header_height(self) -> int:
        """Lines at the top that do not scroll."""
        return 0

    def line_key(self, index: int) -> Hashable:
        """Everything :meth:`line_segments` depends on; lines with equal keys look the same."""
        return self.line_text(index)

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The line as segments of about ``width`` cells; it is cut or padded to exactly that.

        Styles come from :meth:`role`. Called only for lines that are not in the cache.
        """
        raise NotImplementedError

    def header_key(self) -> Hashable:
        """Everything :meth:`header_segments` depends on."""
        return None

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """Line ``y`` of the header, of about ``width`` cells."""
        del y, width
        return []

    def line_text(self, index: int) -> str:
        """The line's whole text, not cut to the width: searched, copied and exported."""
        segments = self.line_segments(index, max(self.text_width, 200), False)
        return "".join(segment.text for segment in segments).rstrip()

    # State

    @property
    def line_count(self) -> int:
        """How many lines there are, visible or not."""
        return self._line_count

    @property
    def cursor(self) -> int:
        """The index of the cursor's line; 0 when there are no lines."""
        return self._cursor

    @property
    def top(self) -> int:
        """The index of the first visible line."""
        return round(self.scroll_y)

    @property
    def text_width(self) -> int:
        """Cells a line has."""
        if self._frame is not None:
            return self._frame.text_width
        return max(0, self.size.width - self.scrollbar_size_vertical)

    @property
    def shown_header(self) -> int:
        """Header lines that are drawn: none where they would leave less than two lines."""
        if self._frame is not None:
            return self._frame.header
        height = self.header_height
        return height if self.size.height >= height + 2 else 0

    @property
    def page_height(self) -> int:
        """Lines that fit below the header."""
        size = self.size if self._frame is None else self._frame.size
        return max(0, size.height - self.shown_header)

    @property
    def empty_text(self) -> str:
        """The sentence that is shown while there are no lines."""
        return self._empty_text

    @empty_text.setter
    def empty_text(self, text: str) -> None:
        self._empty_text = text
        self.repaint_changed()

    def empty_words(self) -> str:
        """Why there are no lines: :attr:`empty_text`, where nothing hides them."""
        return self._empty_text

    def role(self, name: str = "") -> Style:
        """The style of a role (``ok``, ``error``, ...); "" is the view's own text."""
        style = self._roles.get(name)
        if style is None:
            style = self.get_component_rich_style(f"line--{name}") if name else self.rich_style
            self._roles[name] = style
        return style

    def visible_range(self) -> tuple[int, int]:
        """The first visible index and the one after the last; equal when there is none."""
        return self.top, min(self._line_count, self.top + self.page_height)

    # Changes

    def set_view(self, line_count: int, cursor: int | None = None, top: int | None = None) -> None:
        """Change the number of lines, the cursor and the scroll position in one step.

        Nothing is laid out again: the scrollbar is always there. Only screen lines that look
        different afterwards are repainted.

        Args:
            line_count: how many lines there are now.
            cursor: index of the cursor's line; None keeps it. Clamped.
            top: index of the first visible line; None keeps it. Clamped.
        """
        self._line_count = max(0, line_count)
        cursor = self._cursor if cursor is None else cursor
        self._cursor = max(0, min(cursor, self._line_count - 1))
        height = self._line_count + self.shown_header
        # The setter would lay out the whole screen, although nothing moves.
        self.set_reactive(LineView.virtual_size, Size(self.text_width, height))
        wanted = self.top if top is None else top
        position = float(max(0, min(wanted, self._line_count - self.page_height)))
        self.set_reactive(LineView.scroll_y, position)
        self.set_reactive(LineView.scroll_target_y, position)
        if self.is_mounted and self.container_size and self.show_vertical_scrollbar:
            bar = self.vertical_scrollbar
            bar.window_virtual_size = height
            bar.window_size = self.container_size.height
            bar.position = position
        self.repaint_changed()

    def repaint_changed(self) -> None:
        """Repaint the visible lines that no longer look as they should."""
        with self._measured() as frame:
            width, height = frame.size
            changed = [
                Region(0, y, width, 1)
                for y in range(height)
                if self._painted.get(y, _NEVER) != self._look(y, frame)
            ]
        if changed:
            self.refresh(*changed)

    def notify_style_update(self) -> None:
        """Take up new colours, as after a change of theme or focus."""
        super().notify_style_update()
        self._roles.clear()
        self._strips.clear()
        self._painted.clear()

    def masking_changed(self) -> None:
        """Draw everything anew: secrets are covered now, or shown."""
        self._strips.clear()
        self._painted.clear()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Repaint what looks different after scrolling."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value):
            self.repaint_changed()

    # Drawing

    @contextmanager
    def _measured(self) -> Iterator[_Frame]:
        """Work out once what Textual would work out anew for each line."""
        held = self._frame
        self._frame = frame = held or _Frame(self.size, self.text_width, self.shown_header)
        try:
            yield frame
        finally:
            self._frame = held

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw some screen lines."""
        with self._measured():
            return super().render_lines(crop)

    def _look(self, y: int, frame: _Frame) -> Hashable:
        """All that screen line ``y`` depends on."""
        _, width, header = frame
        if y < header:
            return ("header", y, width, self.header_key())
        if not self._line_count:
            return ("empty", y - header, width, self.empty_words())
        index = y - header + self.top
        if index >= self._line_count:
            return None
        is_cursor = index == self._cursor
        focus = self.has_focus if is_cursor else None
        return (self.line_key(index), focus, width, self._pattern)

    def render_line(self, y: int) -> Strip:
        """Draw one screen line, from the cache where it was drawn before."""
        with self._measured() as frame:
            look = self._look(y, frame)
            self._painted[y] = look
            strip = self._strips.get(look)
            if strip is None:
                strip = self._draw(y, frame)
                self._strips[look] = strip
        return strip

    def _draw(self, y: int, frame: _Frame) -> Strip:
        (whole_width, _), width, header = frame
        base = self.role()
        index = y - header + self.top
        cursor: Style | None = None
        if y < header:
            segments = self.header_segments(y, width)
            base = self.role("header")
        elif not self._line_count:
            # Covered before it is wrapped: a half of a secret looks like none.
            lines = wrap(shown(self.empty_words()), max(1, width))
            muted = self.role("muted")
            segments = [Segment(line, muted) for line in lines[y - header : y - header + 1]]
        elif index >= self._line_count:
            segments = []
        else:
            is_cursor = index == self._cursor
            segments = self.line_segments(index, width, is_cursor)
            if is_cursor and self.CURSOR_LINE:
                cursor = self.role("cursor")
        if is_on():
            segments = shown_segments(segments)
        if self.glyphs.is_ascii:
            segments = [Segment(drawable(text, self.glyphs), style) for text, style, _ in segments]
        strip = Strip(segments).adjust_cell_length(width, base)
        if cursor is not None:
            strip = Strip(self._under_cursor(list(strip), cursor), width)
        if self._pattern is not None and header <= y < header + self._line_count:
            strip = Strip(highlight(list(strip), self._pattern, self.role("match")), width)
        return strip.simplify().adjust_cell_length(whole_width, self.role())

    def _under_cursor(self, segments: list[Segment], cursor: Style) -> list[Segment]:
        """The segments on the cursor's background; in focus in its colour too."""
        if not self.has_focus:
            cursor = Style(bgcolor=cursor.bgcolor, underline=cursor.underline)
        return [Segment(text, (style or self.role()) + cursor) for text, style, _ in segments]
