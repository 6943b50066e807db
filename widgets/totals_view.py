"""The totals of an overview: one line per figure, with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import tzinfo
from typing import Final, NamedTuple, Unpack

from rich.cells import cell_len
from rich.segment import Segment

from queries.models.overview import Overview
from queries.models.rates import Spread
from queries.text import UNKNOWN, count, date_time, duration, many
from widgets.cells import fit
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.rate_text import money, plain_number, rate_basis, rate_text

_LABEL: Final = 11


class TotalLine(NamedTuple):
    """One line: what it is, the figure, what it rests on, and the role of the figure."""

    label: str
    value: str
    rest: str = ""
    role: str = "strong"

    @property
    def text(self) -> str:
        """The line in words."""
        return f"{self.label.ljust(_LABEL)} {self.value}{'  ' if self.rest else ''}{self.rest}"


def total_lines(overview: Overview, zone: tzinfo | None = None) -> list[TotalLine]:
    """The figures of an overview in the order in which they are read.

    Args:
        overview: the figures.
        zone: in which times are told; None is the user's.
    """
    lines: list[TotalLine] = []
    if overview.counted < 1:
        part = f"{int(overview.counted * 100)} %"
        lines.append(TotalLine("counted", part, "of the events; the rest follows", "warning"))
    lines += [
        TotalLine("sessions", count(overview.sessions), _statuses(overview)),
        TotalLine("completed", rate_text(overview.completion), rate_basis(overview.completion)),
        TotalLine(
            "failed", rate_text(overview.session_errors), rate_basis(overview.session_errors),
            _failing(overview.session_errors.count),
        ),
        TotalLine(
            "call errors", rate_text(overview.call_errors), rate_basis(overview.call_errors),
            _failing(overview.call_errors.count),
        ),
        TotalLine(
            "events", count(overview.events),
            f"{many(overview.calls, 'call')}, {many(overview.errors, 'error')}, "
            f"{many(overview.messages, 'message')}",
        ),
        TotalLine(
            "agents", count(overview.agents), f"last active {date_time(overview.last_active, zone)}"
        ),
        TotalLine("tokens", count(overview.tokens), f"cost {money(overview.cost)}"),
        _averaged("turns", overview.turns, plain_number, "declared"),
        _averaged("prompts", overview.counted_turns, plain_number, "counted"),
        _averaged("duration", overview.durations, duration, "over", tail=True),
        _averaged("quality", overview.quality, plain_number, "rated", overview.rating or ""),
    ]  # fmt: skip
    return lines


def _statuses(overview: Overview) -> str:
    always = ("running", "completed", "failed", "stale")
    numbers = [(name, getattr(overview, name)) for name in (*always, "paused", "unknown")]
    return ", ".join(
        f"{count(number)} {name}" for name, number in numbers if number or name in always
    )


def _failing(number: int) -> str:
    return "warning" if number else "strong"


def _averaged(
    label: str,
    spread: Spread,
    shown: Callable[[float | None], str],
    how: str,
    rating: str = "",
    *,
    tail: bool = False,
) -> TotalLine:
    """An average with its median, and over how many sessions it is."""
    if not spread.known:
        return TotalLine(label, UNKNOWN, f"none {how}")
    parts = [f"average, {rating}" if rating else "average", f"median {shown(spread.median)}"]
    parts += [f"p95 {shown(spread.p95)}"] * tail
    return TotalLine(
        label, shown(spread.average), f"{', '.join(parts)}; {count(spread.known)} {how}"
    )


class TotalsView(Pane):
    """The totals as a list that can be searched and copied."""

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty list."""
        options.setdefault("empty_text", "Counting ...")
        super().__init__(**options)
        self._lines: list[TotalLine] = []

    def show_totals(self, overview: Overview, zone: tzinfo | None = None) -> None:
        """Show these figures, with times in a zone (None: the user's)."""
        self._lines = total_lines(overview, zone)
        self.set_view(len(self._lines))

    def line_key(self, index: int) -> Hashable:
        """The whole line."""
        return self._lines[index]

    def line_text(self, index: int) -> str:
        """The line in words."""
        return self._lines[index].text

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """Label, figure, and what it rests on as far as there is room."""
        del is_cursor
        line, cut = self._lines[index], self.glyphs.ellipsis
        label = fit(line.label, _LABEL, "left", cut) + " "
        role = "muted" if line.value == UNKNOWN else line.role
        room = width - _LABEL - 1 - cell_len(line.value) - 2
        rest = f"  {fit(line.rest, room, 'left', cut)}" if room > 0 and line.rest else ""
        return [
            Segment(label, self.role("muted")),
            Segment(line.value, self.role(role)),
            Segment(rest, self.role()),
        ]
