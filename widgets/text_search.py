"""Search in a large text, whatever its case, at the speed of plain string search."""

from __future__ import annotations


class TextSearch:
    """Places of words in one text. The folded copy is made at the first search."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded: str | None = None

    def count_lines(self, needle: str) -> int:
        """How many lines hold the needle."""
        folded, needle, count = self._folded_text(), fold(needle), 0
        at = folded.find(needle)
        while at >= 0:
            count += 1
            end = folded.find("\n", at)
            at = folded.find(needle, end) if end >= 0 else -1
        return count

    def find(self, needle: str, position: int, direction: int) -> int | None:
        """The first character of the nearest match, round the end of the text.

        Args:
            needle: what to look for, not empty.
            position: matches that begin at or behind it (direction 1), or in front of it (-1),
                come first.
            direction: 1 or -1.
        """
        folded, needle = self._folded_text(), fold(needle)
        if direction > 0:
            at = folded.find(needle, position)
            at = folded.find(needle) if at < 0 else at
        else:
            at = folded.rfind(needle, 0, position + len(needle) - 1) if position else -1
            at = folded.rfind(needle) if at < 0 else at
        return None if at < 0 else at

    def _folded_text(self) -> str:
        if self._folded is None:
            self._folded = fold(self._text)
        return self._folded


def fold(text: str) -> str:
    """Lower case in exactly as many characters as before."""
    folded = text.lower()
    if len(folded) != len(text):
        folded = "".join(
            lower if len(lower := character.lower()) == 1 else character for character in text
        )
    return folded
