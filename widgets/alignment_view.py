"""Two sessions side by side, step by step, with gaps where one of them has no such step."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, Final, Unpack

from rich.cells import cell_len
from rich.segment import Segment

from queries.models.alignment import AlignedStep, Alignment, Step, StepRelation
from queries.text import duration, many
from widgets.alignment_line import line_sentence, relation_sign, step_sign, step_text
from widgets.cells import fit
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.text_change import Span, changed_span, told_apart

Side = tuple[tuple[str, str], ...]
"""Texts and roles."""

_DELTA: Final = 8
"""Cells of the difference of durations."""
_DURATIONS_FROM: Final = 100
"""Cells from which each step's own duration is shown."""
_DELTA_FROM: Final = 60
_DURATION: Final = 6
_MIDDLE: Final = 3

_STATE_ROLES: Final[Mapping[str, str]] = {"ok": "ok", "error": "error", "running": "running"}


class AlignmentView(Pane):
    """One line per aligned step; the cursor begins where the sessions part."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--changed"}
    """The part of a changed step that differs."""
    DEFAULT_CSS = "AlignmentView > .line--changed { text-style: bold underline; }"

    class LineOpened(Pane.Opened):
        """The two steps under the cursor shall be shown in full."""

        def __init__(self, pane: Pane, index: int, a: Step | None, b: Step | None) -> None:
            self.a = a
            self.b = b
            super().__init__(pane, index)

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty view."""
        options.setdefault("empty_text", "No steps to align.")
        super().__init__(**options)
        self._alignment: Alignment | None = None
        self._titles = ("", "")
        self._differences: tuple[int, ...] = ()
        self._version = 0
        self._digits = 1

    # Data

    def show_alignment(self, alignment: Alignment | None, titles: tuple[str, str]) -> None:
        """Show an alignment; of the same two sessions the cursor stays on its step.

        Args:
            alignment: None while it is being made.
            titles: names of the left and the right session.
        """
        before, held = self._alignment, self.current
        self._alignment, self._titles = alignment, titles
        self._version += 1
        if alignment is None:
            self._differences = ()
            self.set_view(0)
            return
        lines = alignment.lines
        self._differences = tuple(index for index, line in enumerate(lines) if line.differs)
        longest = max(len(alignment.steps_a), len(alignment.steps_b))
        self._digits = len(str(longest))
        same = before is not None and (before.a_id, before.b_id) == (alignment.a_id, alignment.b_id)
        if same and held is not None:
            self.set_view(len(lines), _place_of(held, lines, self.cursor))
            return
        start = alignment.first_divergence or 0
        self.set_view(len(lines), start, max(0, start - self.page_height // 3))

    @property
    def alignment(self) -> Alignment | None:
        """What is shown."""
        return self._alignment

    @property
    def current(self) -> AlignedStep | None:
        """The line under the cursor."""
        if self._alignment is None or not self.line_count:
            return None
        return self._alignment.lines[self.cursor]

    @property
    def current_steps(self) -> tuple[Step | None, Step | None]:
        """The steps on both sides of the cursor's line; of a moved one both places' steps."""
        line, alignment = self.current, self._alignment
        if line is None or alignment is None:
            return (None, None)
        a, b = line.a, line.b
        if line.relation is StepRelation.MOVED:
            a, b = (line.counterpart if a is None else a), (line.counterpart if b is None else b)
        return (
            None if a is None else alignment.steps_a[a],
            None if b is None else alignment.steps_b[b],
        )

    # Commands

    def next_difference(self, step: int) -> bool:
        """Move to the next (1) or previous (-1) line that differs, round the end."""
        found = self._differences
        if not found:
            return False
        if step > 0:
            self.move_to(found[bisect_right(found, self.cursor) % len(found)])
        else:
            self.move_to(found[bisect_left(found, self.cursor) - 1])
        return True

    def open_current(self) -> None:
        """Ask for both steps under the cursor to be shown in full."""
        if self.current is not None:
            self.post_message(self.LineOpened(self, self.cursor, *self.current_steps))

    def place(self) -> str:
        """Which difference the cursor is on: ``difference 3 of 12``."""
        found = self._differences
        if not found:
            return "no difference"
        place = bisect_left(found, self.cursor)
        if place < len(found) and found[place] == self.cursor:
            return f"difference {place + 1:,} of {len(found):,}"
        return many(len(found), "difference")

    def covers(self) -> str:
        """The visible lines and the difference that the cursor is on."""
        return f"{super().covers()} · {self.place()}" if self.line_count else ""

    def sentence(self) -> str:
        """The cursor's line in words: how the sides are related and what differs."""
        line = self.current
        if line is None:
            return ""
        return line_sentence(line)

    def text_under_cursor(self) -> str:
        """Both steps and how they are related."""
        return f"{self.line_text(self.cursor)}  ({self.sentence()})" if self.line_count else ""

    # Drawing

    @property
    def header_height(self) -> int:
        """The two sessions."""
        return 1 if self.line_count else 0

    def header_key(self) -> Hashable:
        """The two names."""
        return (self._titles, self._digits)

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """The names above their columns."""
        del y
        side = self._side_width(width)
        indent = " " * (self._digits + 3)
        names = [fit(indent + title, side, "left", self.glyphs.ellipsis) for title in self._titles]
        text = names[0] + " " * _MIDDLE + names[1]
        if self._has_delta(width):
            text += fit("longer", _DELTA, "right")
        return [Segment(text, self.role("header"))]

    def line_key(self, index: int) -> Hashable:
        """The alignment and the line."""
        return (self._version, index)

    def line_text(self, index: int) -> str:
        """Both texts with the sign between them."""
        alignment = self._alignment
        if alignment is None:
            return ""
        line = alignment.lines[index]
        left = "" if line.a is None else step_text(alignment.steps_a[line.a], self.glyphs)
        right = "" if line.b is None else step_text(alignment.steps_b[line.b], self.glyphs)
        detail = f"  [{line.detail}]" if line.detail else ""
        return f"{left}  {relation_sign(line, self.glyphs)[0]}  {right}{detail}".strip()

    def lines_as_text(self) -> list[str]:
        """Both columns in full."""
        alignment = self._alignment
        if alignment is None:
            return []
        lefts = [
            "" if line.a is None else step_text(alignment.steps_a[line.a], self.glyphs)
            for line in alignment.lines
        ]
        width = min(100, max(map(cell_len, (self._titles[0], *lefts)), default=0))
        lines = [f"{fit(self._titles[0], width)}   {self._titles[1]}"]
        for line, left in zip(alignment.lines, lefts, strict=True):
            right = "" if line.b is None else step_text(alignment.steps_b[line.b], self.glyphs)
            sign = relation_sign(line, self.glyphs)[0]
            detail = f"  [{line.detail}]" if line.detail else ""
            lines.append(f"{fit(left, width)} {sign} {right}{detail}".rstrip())
        return [*lines, "", alignment.divergence, alignment.method, alignment.caution]

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """Left step, sign, right step, difference of durations."""
        del is_cursor
        alignment = self._alignment
        if alignment is None:
            return []
        line, side = alignment.lines[index], self._side_width(width)
        a = None if line.a is None else alignment.steps_a[line.a]
        b = None if line.b is None else alignment.steps_b[line.b]
        sign, role = relation_sign(line, self.glyphs)
        texts = ("" if a is None else a.text, "" if b is None else b.text)
        spans: tuple[Span, Span] = ((0, 0), (0, 0))
        if line.relation is StepRelation.CHANGED:
            texts = told_apart(*texts, self._text_room(side, width), self.glyphs.ellipsis)
            spans = changed_span(*texts)
        same_text = a is not None and b is not None and a.text == b.text
        parts = [
            *self._side(a, texts[0], spans[0], line, "", width),
            (f" {sign} ", role),
            *self._side(b, texts[1], spans[1], line, line.detail if same_text else "", width),
        ]
        if self._has_delta(width):
            parts.append(self._delta(line))
        segments = (Segment(text, self.role(name)) for text, name in parts)
        return list(Segment.simplify(segments))

    def _side_width(self, width: int) -> int:
        room = width - _MIDDLE - (_DELTA if self._has_delta(width) else 0)
        return max(1, room // 2)

    def _has_delta(self, width: int) -> bool:
        return width >= _DELTA_FROM

    def _delta(self, line: AlignedStep) -> tuple[str, str]:
        delta = line.duration_delta
        if delta is None or abs(delta) < 0.0005:
            return (" " * _DELTA, "")
        text = ("+" if delta > 0 else "") + duration(delta)
        return (fit(text, _DELTA, "right"), "warning" if delta > 0 else "ok")

    def _text_room(self, side: int, width: int) -> int:
        """Cells that a step's text has on one side."""
        timed = _DURATION + 1 if width >= _DURATIONS_FROM else 0
        return max(0, side - self._digits - 3 - timed)

    def _side(
        self,
        step: Step | None,
        told: str,
        span: Span,
        line: AlignedStep,
        detail: str,
        width: int,
    ) -> list[tuple[str, str]]:
        """One side of a line ``width`` cells wide: number, outcome, text, duration; or a gap."""
        side = self._side_width(width)
        if step is None:
            return [(fit(self._gap(line), side, "left", self.glyphs.ellipsis), "muted")]
        number = fit(f"{step.number:>{self._digits}} ", min(side, self._digits + 1))
        sign = fit(f"{step_sign(step, self.glyphs)} ", min(2, side - len(number)))
        parts = [(number, "muted"), (sign, _STATE_ROLES.get(step.event.state.value, "muted"))]
        room = self._text_room(side, width)
        text = fit(told, min(cell_len(told), room), "left", self.glyphs.ellipsis)
        start, end = (min(edge, len(text)) for edge in span)
        parts += [(text[:start], ""), (text[start:end], "changed"), (text[end:], "")]
        left = room - cell_len(text)
        blank = fit(f"  {detail}", left, "left", self.glyphs.ellipsis) if detail else " " * left
        parts.append((blank, "warning"))
        if width >= _DURATIONS_FROM:
            known = step.event.duration
            told = "" if known is None else duration(known)
            parts.append((" " + fit(told, _DURATION, "right"), "muted"))
        return parts

    def _gap(self, line: AlignedStep) -> str:
        indent = " " * self._digits
        if line.relation is StepRelation.MOVED and line.counterpart is not None:
            return f"{indent} {self.glyphs.moved} at step {line.counterpart + 1:,}"
        return f"{indent} {self.glyphs.dot}"


def _place_of(held: AlignedStep, lines: Sequence[AlignedStep], near: int) -> int:
    """Where the held line's step is now, which is mostly near where it was."""
    for distance in range(200):
        for place in (near + distance, near - distance):
            if 0 <= place < len(lines):
                line = lines[place]
                same_a = held.a is not None and held.a == line.a
                if same_a or (held.a is None and held.b == line.b):
                    return place
    return min(near, len(lines) - 1)
