"""Two steps as one text: what is the same, what only one of them has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Final

from queries.models import EventState
from queries.models.alignment import Step
from queries.text import duration
from widgets.json_layout import render_text

MOST_LINES: Final = 1500
"""Lines of each side that are compared; what comes after them is left out, and said."""
MOST_CHARACTERS: Final = 200_000
_CONTEXT: Final = 3
_SECTIONS: Final = ("Input", "Output")

Texts = tuple[str, str]
"""Input and output of a step."""


def difference_text(
    sides: tuple[tuple[str, Step | None], ...], texts: tuple[Texts | None, ...]
) -> str:
    """Both steps as one text: "-" is only on the left, "+" only on the right.

    Takes up to a second for large texts: call it in a thread.

    Args:
        sides: name and step of the left and the right session; None for a gap.
        texts: input and output of each, None for a gap.
    """
    lines: list[str] = []
    for sign, (title, step) in zip("-+", sides, strict=True):
        lines.append(f"{sign} {title}: {'no such step' if step is None else _head(step)}")
    for place, section in enumerate(_SECTIONS):
        lines += ["", f"@ {section}"]
        known = [None if each is None else each[place] for each in texts]
        lines += _section(known[0], known[1])
    return "\n".join(lines)


def _head(step: Step) -> str:
    event = step.event
    parts = [f"step {step.number:,}", step.text]
    if event.is_call or event.state is not EventState.UNKNOWN:
        parts.append(event.state.value)
    if event.duration is not None:
        parts.append(duration(event.duration))
    if event.agent is not None:
        parts.append(event.agent)
    return " · ".join(parts)


def _section(a: str | None, b: str | None) -> Iterator[str]:
    if a is None or b is None:
        sign = "-" if b is None else "+"
        text = (b if a is None else a) or ""
        return _signed(sign, text) if text else iter(("  (none)",))
    if a == b:
        return _same(a)
    return _compared(a, b)


def _signed(sign: str, text: str) -> Iterator[str]:
    lines, is_cut = _lines(text)
    yield from (f"{sign} {line}" for line in lines)
    if is_cut:
        yield _told_cut()


def _same(text: str) -> Iterator[str]:
    if not text:
        yield "  (none on both sides)"
        return
    yield "  (the same on both sides)"
    yield from _signed(" ", text)


def _compared(a: str, b: str) -> Iterator[str]:
    (left, cut_a), (right, cut_b) = _lines(a), _lines(b)
    yield from _without_marks(difflib.unified_diff(left, right, n=_CONTEXT, lineterm=""))
    if cut_a or cut_b:
        yield _told_cut()


def _without_marks(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a unified difference; where lines are left out, dots."""
    # The first two lines name files.
    for number, line in enumerate(lines):
        if number < 2:
            continue
        if line.startswith("@@"):
            if number > 2:
                yield "  ..."
        else:
            yield f"{line[:1]} {line[1:]}"


def _lines(text: str) -> tuple[list[str], bool]:
    is_cut = len(text) > MOST_CHARACTERS
    lines = render_text(text[:MOST_CHARACTERS]).split("\n")
    return lines[:MOST_LINES], is_cut or len(lines) > MOST_LINES


def _told_cut() -> str:
    return f"  (only the first {MOST_LINES:,} lines of each side are compared)"
