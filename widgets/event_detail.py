"""One event in full: what is known about it, and its input, output and raw columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Vertical

from queries import text as words
from queries.models import Event, EventState, EventText
from widgets.event_facts import event_facts
from widgets.fact_flow import FactFlow
from widgets.glyphs import UNICODE, Glyphs
from widgets.json_layout import render_text
from widgets.line_bar import LineBar
from widgets.line_text import Pieces, width_of
from widgets.text_view import TextView

Section = Literal["input", "output", "raw"]
SECTIONS: tuple[Section, ...] = ("input", "output", "raw")
_WHY: tuple[Section, ...] = ("output", "input", "raw")

_AT_ONCE = 100_000
"""Characters up to which a text is laid out while the user waits."""


def section_texts(text: EventText) -> dict[Section, str]:
    """All sections of an event as they are shown, JSON laid out.

    Takes up to seconds for large texts: call it in a thread and hand the result to
    :meth:`EventDetail.show_text`.
    """
    return {
        "input": render_text(text.input or ""),
        "output": render_text(text.output or ""),
        "raw": _raw_text(text.raw),
    }


def _raw_text(columns: Sequence[tuple[str, str | None]]) -> str:
    lines: list[str] = []
    for name, cell in columns:
        value = "NULL" if cell is None else cell
        if "\n" in value:
            lines.append(f"{name}:")
            lines.extend(f"  {line}" for line in value.split("\n"))
        else:
            lines.append(f"{name}: {value}")
    return "\n".join(lines)


class SectionBar(LineBar):
    """The names of the sections with their sizes; the current one is in brackets."""

    current: Section = "input"
    sizes: Mapping[Section, int] | None = None
    is_cut: bool = False
    """Whether more was in the store than was read."""

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """Sections at the left, at the right whether they are cut, in ever fewer words."""
        remark = "cut: only the beginning was read"
        for with_sizes, words_right in ((True, remark), (False, remark), (False, "cut")):
            left: list[tuple[str, str]] = []
            for section in SECTIONS:
                size = None if self.sizes is None else self.sizes[section]
                label: str = section
                if with_sizes and size is not None:
                    label += f" {words.short_count(size)} chars" if size else f" {words.UNKNOWN}"
                is_current = section == self.current
                left.append((f"[{label}]" if is_current else f" {label} ", "strong" * is_current))
            right: Pieces = ((f" {words_right} ", "warning"),) if self.is_cut else ()
            if width_of(tuple(left)) + width_of(right) <= width:
                break
        return tuple(left), right


class EventDetail(Vertical):
    """Facts, a choice of sections, and the text of the chosen one.

    Commands are those of a pane; they act on the text.
    """

    DEFAULT_CSS = """
    EventDetail { height: 1fr; }
    EventDetail TextView { height: 1fr; }
    """

    def __init__(self, *, glyphs: Glyphs = UNICODE, zone: tzinfo | None = None) -> None:
        """Construct a detail view without an event.

        Args:
            glyphs: the set of signs to draw with.
            zone: in which times are shown; None is the user's own.
        """
        super().__init__()
        self._zone = zone
        self._event: Event | None = None
        self._never_ended = False
        self._texts: Mapping[Section, str] | None = None
        self._chosen: Section | None = None
        self._order = SECTIONS
        self._facts = FactFlow(glyphs=glyphs)
        self._bar = SectionBar(glyphs=glyphs)
        self.view = TextView(glyphs=glyphs, empty_text="No event is open.")
        """The text of the current section; takes the focus."""

    def compose(self) -> ComposeResult:
        """Facts above the sections above the text."""
        yield self._facts
        yield self._bar
        yield self.view

    # Data

    @property
    def event(self) -> Event | None:
        """The event that is shown."""
        return self._event

    @property
    def section(self) -> Section:
        """The section that is shown: the user's choice, else the first one with text.

        What has failed when it is opened says why in its output.
        """
        if self._chosen is not None:
            return self._chosen
        texts = self._texts or {}
        return next((each for each in self._order if texts.get(each)), "input")

    @property
    def zone(self) -> tzinfo | None:
        """In which times are shown; None is the user's own."""
        return self._zone

    @zone.setter
    def zone(self, zone: tzinfo | None) -> None:
        self._zone = zone
        self._show_facts()

    def show_event(self, event: Event, *, never_ended: bool = False) -> None:
        """Show what is known about an event; its text is awaited.

        The same event again, with news, keeps its text and the place in it.
        """
        is_other = self._event is None or self._event.key != event.key
        self._event, self._never_ended = event, never_ended
        self._show_facts()
        if is_other:
            self._order = _WHY if event.state is EventState.ERROR else SECTIONS
            self._texts = None
            self._bar.is_cut = False
            self._show_section()

    def show_text(self, text: EventText, rendered: Mapping[Section, str] | None = None) -> None:
        """Show an event's texts; those of another event than the one shown are ignored.

        Args:
            text: as read from the store.
            rendered: what :func:`section_texts` made of it. Without that, large texts are
                shown as they are, for laying them out would take too long here.
        """
        event = self._event
        if event is None or (text.source, text.seq) not in (event.key, event.end_key):
            return
        if rendered is None:
            size = len(text.input or "") + len(text.output or "")
            rendered = section_texts(text) if size <= _AT_ONCE else {
                "input": text.input or "", "output": text.output or "", "raw": _raw_text(text.raw),
            }  # fmt: skip
        self._texts = rendered
        self._bar.is_cut = text.cut
        self._show_section()

    def forget(self) -> None:
        """Let go of the texts, for the end."""
        self._texts = None
        self.view.forget()

    def show_section(self, section: Section) -> None:
        """Show the input, the output or the raw columns."""
        before, self._chosen = self.section, section
        if before != section:
            self._show_section()

    def cycle_section(self, step: int) -> None:
        """Show the next section (1) or the one before (-1)."""
        self.show_section(SECTIONS[(SECTIONS.index(self.section) + step) % len(SECTIONS)])

    # Commands, handed on to the text

    def move_cursor(self, delta: int) -> None:
        """See :meth:`Pane.move_cursor`; the other commands likewise."""
        self.view.move_cursor(delta)

    def move_page(self, direction: int) -> None:
        """Move by one page."""
        self.view.move_page(direction)

    def move_half_page(self, direction: int) -> None:
        """Move by half a page."""
        self.view.move_half_page(direction)

    def move_top(self) -> None:
        """Move to the beginning of the text."""
        self.view.move_top()

    def move_bottom(self) -> None:
        """Move to the end of the text."""
        self.view.move_bottom()

    def move_left(self) -> None:
        """Show what is further left."""
        self.view.move_left()

    def move_right(self) -> None:
        """Show what is further right."""
        self.view.move_right()

    def toggle_wrap(self) -> None:
        """Wrap long lines, or do not."""
        self.view.toggle_wrap()

    @property
    def needle(self) -> str:
        """What is searched for."""
        return self.view.needle

    def find(self, text: str) -> int:
        """Search in the text; returns how many of its lines hold it."""
        return self.view.find(text)

    def find_next(self, direction: int) -> bool:
        """Move to the next (1) or previous (-1) match."""
        return self.view.find_next(direction)

    def text_under_cursor(self) -> str:
        """The line of the text that the cursor is on."""
        return self.view.text_under_cursor()

    def lines_as_text(self) -> list[str]:
        """Facts, and the lines of the current section."""
        event = self._event
        if event is None:
            return []
        facts = event_facts(event, self._zone, self._never_ended)
        head = [event.summary, *(f"{label}: {value}" for label, value in facts), ""]
        return head + self.view.lines_as_text()

    def covers(self) -> str:
        """Which section, and which of its lines are visible."""
        return f"{self.section} · {self.view.covers()}"

    # Plumbing

    def _show_facts(self) -> None:
        event = self._event
        if event is not None:
            self._facts.show(event.summary, event_facts(event, self._zone, self._never_ended))

    def _show_section(self) -> None:
        section, texts = self.section, self._texts
        self._bar.current = section
        self._bar.sizes = None if texts is None else {name: len(texts[name]) for name in SECTIONS}
        self._bar.update_line()
        shown = "" if texts is None else texts[section]
        what = "raw columns" if section == "raw" else section
        self.view.empty_text = "reading…" if texts is None else f"No {what} recorded."
        needle = self.view.needle
        self.view.set_text(shown, json=shown[:1] in ("{", "["))
        if needle:
            self.view.find(needle)
