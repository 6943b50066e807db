"""Lines of words in several roles, cut and joined to exact widths; pure text, without a screen."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from widgets.cells import fit
from widgets.masking import shown

Pieces = tuple[tuple[str, str], ...]
"""Text and role, one after the other."""
_LEAST_TAB = 3
"""Cells of a name that is cut, the sign of that included."""


def width_of(pieces: Pieces) -> int:
    """How many cells the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def shorten_end(text: str, width: int) -> str:
    """The text in at most ``width`` cells, its end cut off."""
    return shown(text) if cell_len(text) <= width else fit(text, width).rstrip()


def shorten_middle(text: str, width: int) -> str:
    """The text in at most ``width`` cells, cut in the middle: a path keeps its file's name."""
    text = shown(text)
    if cell_len(text) <= width:
        return text
    if width < 3:
        return shorten_end(text, width)
    tail = ""
    for character in reversed(text):
        if cell_len(character + tail) > (width - 1) * 2 // 3:
            break
        tail = character + tail
    head = set_cell_size(text, width - 1 - cell_len(tail)).rstrip()
    return f"{head}…{tail}"


def shorten_path(path: str, width: int) -> str:
    """The path in at most ``width`` cells: folders give way first, then the file's name."""
    if cell_len(path) <= width:
        return path
    parts = path.split("/")
    for first in range(1, len(parts)):
        short = "…/" + "/".join(parts[first:])
        if cell_len(short) <= width:
            return short
    return shorten_middle(parts[-1], width)


def word_lines(text: str, width: int, most: int) -> list[str]:
    """The text in at most ``most`` lines of at most ``width`` cells, cut between words.

    What has no room ends with a sign. A word longer than a line goes on in the next one.
    """
    width = max(1, width)
    lines: list[str] = []
    for paragraph in shown(text).split("\n"):
        line, before = "", len(lines)
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if cell_len(longer) <= width:
                line = longer
                continue
            if line.strip():
                lines.append(line.rstrip())
            while cell_len(word) > width:
                # Of wide characters two cells may be one too many.
                part = set_cell_size(word, width).rstrip() or word[0]
                lines.append(part)
                word = word[len(part) :]
            line = word
        if line or len(lines) == before:
            lines.append(line.rstrip())
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [*lines[: most - 1], f"{set_cell_size(last, min(cell_len(last), width - 1)).rstrip()}…"]


def laid_out(left: Pieces, right: Pieces, width: int) -> Pieces:
    """What stands at the left and at the right end, in exactly so many cells.

    The left one is cut where there is no room; the right one left out where it alone has none.
    """
    room = width - width_of(right)
    if room < 0:
        right, room = (), width
    fitted: list[tuple[str, str]] = []
    for text, role in left:
        length = cell_len(text)
        fitted.append((text if length <= room else fit(text, room), role))
        room = max(0, room - length)
    return (*fitted, (" " * room, ""), *right)


def tabs(names: tuple[str, ...], current: int, width: int) -> Pieces:
    """Names side by side, the current one in brackets.

    Where there is no room the others are cut, with a sign; then the current one, too; at last
    first letters are left.
    """
    longest = max(map(cell_len, names), default=0)
    lengths = [(longest, length) for length in range(longest, _LEAST_TAB - 1, -1)]
    lengths += [(length, _LEAST_TAB) for length in range(longest, _LEAST_TAB - 1, -1)]
    pieces: Pieces = ()
    for own, other in lengths:
        pieces = _tabs([shorten_end(name, own if index == current else other)
                        for index, name in enumerate(names)], current)  # fmt: skip
        if width_of(pieces) <= width:
            return pieces
    return _tabs([name[:1] for name in names], current)


def _tabs(names: list[str], current: int) -> Pieces:
    return tuple(
        (f"[{name}]", "key") if index == current else (f" {name} ", "muted")
        for index, name in enumerate(names)
    )
