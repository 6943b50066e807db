"""Texts by name, some of them packed together in a third of the room."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Final

TOGETHER: Final = 40
"""Texts that are packed together at most: to read one of them, all are unpacked."""
LARGEST: Final = 64_000_000
"""Bytes of these at most."""


class PackedTexts:
    """Some texts, none of which has more than one line."""

    __slots__ = ("number", "packed")

    def __init__(self, packed: bytes, number: int = 0) -> None:
        """Construct it.

        Args:
            packed: as :meth:`of` made it.
            number: of texts; 0: not known.
        """
        self.packed = packed
        self.number = number

    @classmethod
    def of(cls, items: Iterable[tuple[str, str]]) -> PackedTexts:
        """These texts, which are ASCII, by their names."""
        texts = dict(items)
        lines = "\n".join((json.dumps(list(texts)), *texts.values()))
        return cls(zlib.compress(lines.encode(), 1), len(texts))

    def unpacked(self) -> dict[str, str]:
        """The texts by name.

        Raises:
            ValueError, zlib.error: for what is no such data.
        """
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(self.packed, LARGEST)
        if not unpacker.eof:
            raise ValueError("cut, or too large")
        names, *texts = content.decode().split("\n")
        return dict(zip(json.loads(names), texts, strict=True))
