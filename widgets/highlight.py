"""Matches of a search made visible in segments, without changing a cell."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style


def highlight(segments: Sequence[Segment], pattern: re.Pattern[str], style: Style) -> list[Segment]:
    """The segments with every match of the pattern in ``style``.

    A match may run over the borders of segments. Text and widths stay as they are.
    """
    text = "".join(segment.text for segment in segments)
    spans = [match.span() for match in pattern.finditer(text) if match.group()]
    if not spans:
        return list(segments)
    cuts = sorted({edge for span in spans for edge in span})
    result: list[Segment] = []
    position = 0
    for segment in segments:
        end = position + len(segment.text)
        edges = [position, *(cut for cut in cuts if position < cut < end), end]
        for start, stop in itertools.pairwise(edges):
            inside = any(first <= start < last for first, last in spans)
            part = segment.text[start - position : stop - position]
            result.append(Segment(part, style if inside else segment.style))
        position = end
    return result
