"""Plain data between this program and its own processes, part by part.

Parts are in Python's own format for plain data, which is read three times as fast as JSON. It is
for pipes between two of the same interpreter only: nothing from outside may ever be read with it.
"""

from __future__ import annotations

import marshal
from collections import deque
from collections.abc import Iterable
from typing import IO, Any

_LENGTH = 4
"""Bytes before each part, which say how long it is."""
_END = bytes(_LENGTH)


def send(pipe: IO[bytes], parts: Iterable[Any]) -> None:
    """Send an answer: none of it is ever held as a whole."""
    for part in parts:
        packed = pack(part)
        pipe.write(len(packed).to_bytes(_LENGTH, "little") + packed)
    pipe.write(_END)
    pipe.flush()


def receive(pipe: IO[bytes]) -> deque[bytes]:
    """The parts of the next answer, each for :func:`unpack`; none when no whole one will come."""
    parts: deque[bytes] = deque()
    while len(head := pipe.read(_LENGTH)) == _LENGTH:
        if head == _END:
            return parts
        length = int.from_bytes(head, "little")
        packed = pipe.read(length)
        if len(packed) < length:
            break
        parts.append(packed)
    return deque()


def pack(part: Any) -> bytes:
    """One part: None, numbers, texts, lists and tuples of these. Raises ValueError for others."""
    return marshal.dumps(part)


def unpack(packed: bytes) -> Any:
    """What was packed by this very program."""
    return marshal.loads(packed)  # noqa: S302 - never from outside, see above
