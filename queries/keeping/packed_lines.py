"""Plain data as packed lines of JSON, written and read bit by bit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

MOST = 1_000_000_000
"""Bytes of all lines together at most."""
PIECE = 1_000_000
"""Bytes that are unpacked at once."""


def packed_lines(parts: Iterable[list[Any]]) -> Iterator[bytes]:
    """Each part as a line, in pieces none of which takes long to make."""
    packer = zlib.compressobj(1)
    for part in parts:
        yield packer.compress(json.dumps(part, separators=(",", ":")).encode() + b"\n")
    yield packer.flush()


def lines_of(packed: memoryview) -> Iterator[bytes]:
    """What was packed, line by line: all of it at once would be several times as large.

    Raises:
        ValueError, zlib.error: for what is no such data, or not all of it.
    """
    unpacker = zlib.decompressobj()
    body: bytes | memoryview = packed
    rest, size = b"", 0
    while not unpacker.eof:
        content = unpacker.decompress(body, PIECE)
        body, size = unpacker.unconsumed_tail, size + len(content)
        if (not content and not unpacker.eof) or size > MOST:
            raise ValueError("cut, or too large")
        *lines, rest = (rest + content).split(b"\n")
        yield from lines
    if unpacker.unused_data or rest:
        raise ValueError("cut, or followed by something")
