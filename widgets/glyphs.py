"""The signs that panes draw, in Unicode and in plain ASCII. Every sign is one cell wide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from queries.models import EventState, SessionStatus
from queries.plain_data import dataclass
from widgets.masking import shown


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of signs. Each is exactly one cell, so either set can stand for the other."""

    ok: str = "✓"
    error: str = "✗"
    running: str = "●"
    unknown: str = "?"
    paused: str = "‖"
    stale: str = "◌"
    never_ended: str = "⊘"
    prompt: str = "❯"
    message: str = "◇"
    tool: str = "▪"
    delegation: str = "→"
    handoff: str = "⇒"
    other: str = "·"
    open: str = "▾"
    closed: str = "▸"
    guide_line: str = "│"
    guide_branch: str = "├"
    guide_last: str = "└"
    guide_blank: str = " "
    mark: str = "●"
    sub: str = "↳"
    """Stands before a session that another session started."""
    arrow: str = "→"
    aggregated: str = "Σ"
    """Counts that come from a store's own totals."""
    ascending: str = "▲"
    descending: str = "▼"
    better: str = "▲"
    worse: str = "▼"
    same: str = "="
    differs: str = "≠"
    changed: str = "≈"
    """The same step with other arguments."""
    moved: str = "↕"
    only_left: str = "◂"
    only_right: str = "▸"
    point: str = "•"
    ellipsis: str = "…"
    dash: str = "—"
    """An unknown value."""
    dot: str = "·"
    """A zero that should not draw the eye."""
    bars: str = "▏▎▍▌▋▊▉█"
    """Parts of a full cell, filled from the left, the last one full."""
    sparks: str = "▁▂▃▄▅▆▇█"
    """Heights, the last one full."""
    shades: str = " ░▒▓█"
    """From nothing to most."""
    is_ascii: bool = False


UNICODE: Final = Glyphs()
"""For terminals that show Unicode."""

ASCII: Final = Glyphs(
    ok="v", error="x", running="*", paused="=", stale="~", never_ended="!", prompt=">",
    message='"', tool="-", delegation="@", handoff="&", other=".", open="-", closed="+",
    guide_line="|", guide_branch="|", guide_last="`", mark="*", sub="L", arrow=">",
    aggregated="S", ascending="^", descending="v", better="^", worse="v", differs="!",
    changed="~", moved="%", only_left="<", only_right=">", point="o",
    ellipsis="~", dash="-", dot=".",
    bars="#", sparks="._-=+*%#", shades=" .:*#", is_ascii=True,
)  # fmt: skip
"""For terminals (and people) that want plain ASCII; each sign is one byte."""

_ORNAMENTS: Final = str.maketrans(
    {"—": "-", "…": "~", "·": ".", "↵": "/", "→": ">", "‖": "=", "±": "+", "•": "*"}
)


def session_glyph(status: SessionStatus, glyphs: Glyphs) -> str:
    """The sign of a session's status."""
    match status:
        case SessionStatus.RUNNING:
            return glyphs.running
        case SessionStatus.COMPLETED:
            return glyphs.ok
        case SessionStatus.FAILED:
            return glyphs.error
        case SessionStatus.PAUSED:
            return glyphs.paused
        case SessionStatus.STALE:
            return glyphs.stale
        case _:
            return glyphs.unknown


def state_glyph(state: EventState, glyphs: Glyphs, never_ended: bool = False) -> str:
    """The sign of how an event went.

    Args:
        state: the event's state.
        glyphs: the set to take from.
        never_ended: whether the event is a call that will get no end any more.
    """
    if never_ended:
        return glyphs.never_ended
    match state:
        case EventState.RUNNING:
            return glyphs.running
        case EventState.OK:
            return glyphs.ok
        case EventState.ERROR:
            return glyphs.error
        case _:
            return glyphs.unknown


def spark(values: Sequence[float], glyphs: Glyphs) -> str:
    """A line of heights, one cell per value, relative to the largest.

    Zero (or less) is a blank; anything above zero is at least the lowest height.
    """
    top = max(values, default=0)
    if top <= 0:
        return " " * len(values)
    last = len(glyphs.sparks) - 1
    return "".join(
        " " if value <= 0 else glyphs.sparks[min(last, int(value / top * last + 0.5))]
        for value in values
    )


def bar(part: float, width: int, glyphs: Glyphs) -> str:
    """A bar from the left, padded with blanks to exactly ``width`` cells.

    Args:
        part: 0..1, values outside are clamped; anything above 0 shows at least a trace.
        width: cells.
        glyphs: the set to take from.
    """
    if width <= 0:
        return ""
    steps = len(glyphs.bars)
    filled = round(min(1.0, max(0.0, part)) * width * steps)
    if part > 0:
        filled = max(1, filled)
    whole, rest = divmod(filled, steps)
    text = glyphs.bars[-1] * whole + (glyphs.bars[rest - 1] if rest else "")
    return text.ljust(width)


def drawable(text: str, glyphs: Glyphs) -> str:
    """The text with our own ornaments (dash, ellipsis, dot) in the given set's form.

    The width in cells stays as it is. Secrets are covered, where they are to be.
    """
    text = shown(text)
    return text.translate(_ORNAMENTS) if glyphs.is_ascii else text
