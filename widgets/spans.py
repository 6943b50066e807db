"""Segments of a line from parts that are given by the numbers of their characters."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

Parts = list[tuple[int, int, Style]]
"""First character, the one behind the last, and the style between, in order."""


def styled(line: str, start: int, end: int, parts: Parts, plain: Style) -> list[Segment]:
    """The characters from start to end, in the styles of the parts that cover them."""
    segments: list[Segment] = []
    place = start
    for first, last, style in parts:
        first, last = max(first, place), min(last, end)
        if first < last:
            if place < first:
                segments.append(Segment(line[place:first], plain))
            segments.append(Segment(line[first:last], style))
            place = last
    if place < end:
        segments.append(Segment(line[place:end], plain))
    return segments


def marked(segments: list[Segment], start: int, parts: Parts) -> list[Segment]:
    """The segments, whose first character is number ``start``, with parts in other styles."""
    result: list[Segment] = []
    for text, style, _ in segments:
        result.extend(styled(text, 0, len(text), [
            (first - start, last - start, match) for first, last, match in parts
        ], style or Style()))  # fmt: skip
        start += len(text)
    return result
