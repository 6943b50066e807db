"""What commands print: data on stdout (JSON, CSV, Markdown, aligned text), words on stderr."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from itertools import islice
from typing import Any, Generic, TypeVar
from unicodedata import category, east_asian_width

from queries.as_json.canonical import Json, encode
from queries.plain_data import dataclass
from queries.text import UNKNOWN
from tui.cli import PROGRAM

_T = TypeVar("_T")
CELL = 60
"""Characters of a cell in aligned text, but for the last column, which may be as long as it is."""
_TOGETHER = 100
"""Items that are packed, or written, at once."""
_LOOSE = 32_000_000
"""Bytes of a long list that are not worth packing."""
_GUARDED = ("=", "+", "-", "@", "\t", "\r")
_MARKDOWN = str.maketrans({character: f"\\{character}" for character in "\\`*[]<>|"})


@dataclass(frozen=True, slots=True)
class Column(Generic[_T]):
    """One column of a table for people."""

    heading: str
    cell: Callable[[_T], str]
    number: bool = False
    """Whether it is aligned to the right."""
    verbatim: bool = False
    """Whether the heading is data, such as an id, and stays as it is."""


_CAUGHT: ContextVar[io.StringIO | None] = ContextVar("caught", default=None)


def write(text: str) -> None:
    """Data, to stdout, or to whoever catches it."""
    (_CAUGHT.get() or sys.stdout).write(text)


@contextlib.contextmanager
def caught() -> Iterator[io.StringIO]:
    """Catch what this thread (or task) writes as data meanwhile."""
    buffer = io.StringIO()
    token = _CAUGHT.set(buffer)
    try:
        yield buffer
    finally:
        _CAUGHT.reset(token)


def flush() -> None:
    """Make sure that what was written is out. Raises OSError when it cannot be."""
    sys.stdout.flush()


def forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere instead of failing."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(text: str) -> None:
    """A sentence for people, to stderr."""
    try:
        sys.stderr.write(f"{PROGRAM}: {text}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        # Nobody listens there; the exit code still tells.
        return


def write_json(document: Mapping[str, Any]) -> None:
    """One JSON object; each item of its lists on a line of its own."""
    write("{")
    for number, (key, value) in enumerate(document.items()):
        write(f"{',' if number else ''}\n{encode(key)}: ")
        if isinstance(value, PackedItems):
            value.write()
        elif isinstance(value, list | Iterator):
            _write_list(value)
        elif isinstance(value, dict) and any(isinstance(own, Iterator) for own in value.values()):
            _write_members(value)
        else:
            write(encode(value))
    write("\n}\n")


def _write_members(document: Mapping[str, Any]) -> None:
    """An object on one line, the items of some of its lists made as they are written."""
    for number, (key, value) in enumerate(document.items()):
        write(f"{', ' if number else '{'}{encode(key)}: ")
        if isinstance(value, Iterator):
            mark = "["
            texts = map(encode, value)
            while some := list(islice(texts, _TOGETHER)):
                write(mark + ", ".join(some))
                mark = ", "
            write("]" if mark == ", " else "[]")
        else:
            write(encode(value))
    write("}")


class PackedItems:
    """The items of a long list, which take little memory until they are written."""

    def __init__(self, items: Iterable[object]) -> None:
        """Encode all items; how many they are is known then."""
        self.count = 0
        packer = zlib.compressobj(1)
        self._loose: list[str] = []
        self._packed: list[bytes] = []
        room = _LOOSE
        texts = map(encode, items)
        while some := list(islice(texts, _TOGETHER)):
            text = f"{',' if self.count else ''}\n  " + ",\n  ".join(some)
            self.count += len(some)
            room -= sys.getsizeof(text)
            if room >= 0:
                self._loose.append(text)
            else:
                self._packed.append(packer.compress(text.encode("utf-8", "surrogatepass")))
        self._packed = [part for part in (*self._packed, packer.flush()) if part]

    def write(self) -> None:
        """The list in JSON."""
        write("[")
        for loose in self._loose:
            write(loose)
        text = codecs.getincrementaldecoder("utf-8")("surrogatepass").decode
        unpacker = zlib.decompressobj()
        for part in self._packed:
            write(text(unpacker.decompress(part)))
        write(text(unpacker.flush(), final=True))
        write("\n]" if self.count else "]")


def _write_list(items: Iterable[object]) -> None:
    write("[")
    some = False
    for item in items:
        write(f"{',' if some else ''}\n  {encode(item)}")
        some = True
    write("\n]" if some else "]")


def write_csv(keys: Sequence[str], rows: Iterable[Json]) -> None:
    """Comma-separated values with a line of headings; formulas are made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(keys)
    for row in rows:
        writer.writerow([_csv_cell(row.get(key)) for key in keys])
        if buffer.tell() > 100_000:
            write(buffer.getvalue())
            buffer.seek(0)
            buffer.truncate()
    write(buffer.getvalue())


def _csv_cell(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str) and value.startswith(_GUARDED):
        return f"'{value}"
    return value


def write_markdown(columns: Sequence[Column[_T]], items: Iterable[_T]) -> None:
    """A table in GitHub's Markdown."""
    write("| " + " | ".join(column.heading for column in columns) + " |\n")
    write("|" + "|".join("---:" if column.number else "---" for column in columns) + "|\n")
    for item in items:
        cells = (column.cell(item).translate(_MARKDOWN) for column in columns)
        write("| " + " | ".join(cells) + " |\n")


def write_text(columns: Sequence[Column[_T]], items: Iterable[_T]) -> None:
    """Aligned columns, as wide as what is in them."""
    for line in text_lines(columns, items):
        write(line + "\n")


def text_lines(columns: Sequence[Column[_T]], items: Iterable[_T]) -> Iterator[str]:
    """The lines of :func:`write_text`."""
    last = len(columns) - 1
    lines = [
        [
            text if number == last else _shortened(text)
            for number, text in enumerate(column.cell(item) for column in columns)
        ]
        for item in items
    ]
    headings = [column.heading if column.verbatim else column.heading.upper() for column in columns]
    widths = [max(map(width, cells)) for cells in zip(headings, *lines, strict=True)]
    for line in (headings, *lines):
        cells = []
        for text, wide, column in zip(line, widths, columns, strict=True):
            fill = " " * (wide - width(text))
            cells.append(fill + text if column.number else text + fill)
        yield "  ".join(cells).rstrip()


def write_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """A name and a value on each line, the values aligned."""
    for line in pair_lines(pairs):
        write(line + "\n")


def pair_lines(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The lines of :func:`write_pairs`."""
    known = list(pairs)
    wide = max((width(name) for name, _ in known), default=0)
    for name, value in known:
        yield f"{name}{' ' * (wide - width(name))}  {value}".rstrip()


def width(text: str) -> int:
    """Cells that cleaned text takes in a terminal: a combining mark takes none."""
    if text.isascii():
        return len(text)
    marks = sum(category(character) == "Mn" for character in text)
    wide = sum(east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - marks


def text_or_unknown(value: object) -> str:
    """A value as text, or the sign for what is not known."""
    return UNKNOWN if value is None or value == "" else str(value)


def _shortened(text: str) -> str:
    if len(text) <= CELL and width(text) <= CELL:
        return text
    kept: list[str] = []
    room = CELL - 1
    for character in text:
        room -= width(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + "…"


def write_table(
    form: str,
    document: Mapping[str, Any],
    key: str,
    keys: Sequence[str],
    columns: Sequence[Column[_T]],
    items: Sequence[_T],
    nothing: str | None = "none found",
) -> None:
    """One list in the form asked for.

    Args:
        form: json, csv, markdown or text.
        document: the whole as JSON.
        key: which of its values is the list.
        keys: the keys of its items, for CSV.
        columns: the table for people.
        items: what the columns are made of.
        nothing: what people are told when there is nothing to list; None: the caller tells it.
    """
    if form == "json":
        write_json(document)
    elif form == "csv":
        write_csv(keys, document[key])
    else:
        if form == "markdown":
            write_markdown(columns, items)
        else:
            write_text(columns, items)
        if nothing is not None and not items and not document.get("total", 0):
            say(nothing)


def say_page(first: int, last: int, total: int) -> None:
    """Say which part of a list was printed, when it is not all of it."""
    if last - first + 1 == total:
        return
    say(f"{first:,}-{last:,} of {total:,}" if last >= first else f"none of {total:,}")
