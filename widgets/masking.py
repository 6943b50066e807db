"""Secrets covered on the screen: all that is drawn passes here before it is cut to size.

What covers them keeps the length of texts, so that whatever is laid out, searched or marked by
the places of characters stays right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from rich.segment import Segment

Cover = Callable[[str], str]
"""Gives a text of the same length, with signs in place of what is secret."""

_LONG = 4000
"""Characters of a text beyond which only few are kept as they are drawn."""
_LONGEST = 40_000
"""Characters beyond which none is."""
_cover: Cover | None = None
_forgetting: list[Callable[[], None]] = []


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


Cached = TypeVar("Cached", bound=_Cached)


def forgets(function: Cached) -> Cached:
    """Empty the cache of a function whenever secrets are covered, or shown again."""
    _forgetting.append(function.cache_clear)
    return function


def use(cover: Cover | None) -> None:
    """Cover secrets from now on; None: show them. What is drawn already has to be drawn anew."""
    global _cover
    if cover is not _cover:
        _cover = cover
        for forget in _forgetting:
            forget()


def is_on() -> bool:
    """Whether secrets are covered."""
    return _cover is not None


def shown(text: str) -> str:
    """The text as it may be drawn."""
    if _cover is None:
        return text
    if len(text) <= _LONG:
        return _covered(text)
    return _covered_long(text) if len(text) <= _LONGEST else _cover(text)


def _covered_now(text: str) -> str:
    return text if _cover is None else _cover(text)


_covered = forgets(lru_cache(maxsize=4096)(_covered_now))
_covered_long = forgets(lru_cache(maxsize=128)(_covered_now))


def shown_pieces(pieces: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """As :func:`shown_segments`, of texts and their roles."""
    if _cover is None:
        return list(pieces)
    covered = shown("".join(text for text, _ in pieces))
    result: list[tuple[str, str]] = []
    place = 0
    for text, role in pieces:
        end = place + len(text)
        result.append((covered[place:end], role))
        place = end
    return result


def shown_segments(segments: Sequence[Segment]) -> list[Segment]:
    """The segments of a line as they may be drawn; also what only all of them together tell."""
    if _cover is None:
        return list(segments)
    text = "".join(segment.text for segment in segments)
    covered = shown(text)
    return list(segments) if covered == text else with_text(segments, covered)


def with_text(segments: Sequence[Segment], text: str) -> list[Segment]:
    """The segments in their styles, with a text of the same length cut at the same places."""
    from rich.segment import Segment  # takes long to load, for what is hardly ever asked for

    result: list[Segment] = []
    place = 0
    for segment in segments:
        end = place + len(segment.text)
        result.append(Segment(text[place:end], segment.style, segment.control))
        place = end
    return result
