"""Real stores, damaged: each number gives one file, always the same."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

from tests.stores.base import SAMPLES

Damage = Callable[[bytearray, random.Random], None]

MAGIC = b"SQLite format 3\0"
_INTERESTING = (0, 1, 2, 0x7F, 0x80, 0xFF)


def flip_bits(data: bytearray, rng: random.Random) -> None:
    """A few bits anywhere."""
    for _ in range(rng.choice((1, 4, 16, 64, 512))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def overwrite(data: bytearray, rng: random.Random) -> None:
    """A run of bytes: random, all the same, or from elsewhere in the file."""
    length = min(len(data), rng.choice((1, 8, 100, 1000, 5000)))
    at = rng.randrange(len(data) - length + 1)
    source = rng.randrange(len(data) - length + 1)
    data[at : at + length] = rng.choice(
        (
            rng.randbytes(length),
            bytes([rng.choice(_INTERESTING)]) * length,
            bytes(data[source : source + length]),
        )
    )


def truncate(data: bytearray, rng: random.Random) -> None:
    """The end is missing: at a page's border, or anywhere."""
    page = page_size(data)
    at = rng.randrange(len(data))
    del data[at - at % page if rng.random() < 0.5 else at :]


def swap_pages(data: bytearray, rng: random.Random) -> None:
    """Pages stand at each other's place."""
    page = page_size(data)
    for _ in range(rng.choice((1, 1, 5))):
        a, b = (rng.randrange(max(1, len(data) // page)) * page for _ in range(2))
        data[a : a + page], data[b : b + page] = data[b : b + page], data[a : a + page]


def blank_pages(data: bytearray, rng: random.Random) -> None:
    """Pages are zero, or noise."""
    page = page_size(data)
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.randrange(max(1, len(data) // page)) * page
        data[at : at + page] = rng.choice((bytes(page), rng.randbytes(page)))


def spoil_header(data: bytearray, rng: random.Random) -> None:
    """Bytes of the file's header, behind its first 16."""
    for _ in range(rng.choice((1, 2, 8))):
        data[rng.randrange(16, min(100, len(data)))] = rng.choice(
            (*_INTERESTING, rng.randrange(256))
        )


def spoil_page_headers(data: bytearray, rng: random.Random) -> None:
    """The first bytes of pages: their kind, how many cells they have and where."""
    page = page_size(data)
    for _ in range(rng.choice((1, 2, 8))):
        at = rng.randrange(max(1, len(data) // page)) * page
        at += rng.randrange(40) + (100 if at == 0 else 0)
        if at < len(data):
            data[at] = rng.choice((*_INTERESTING, rng.randrange(256)))


def spoil_schema(data: bytearray, rng: random.Random) -> None:
    """Letters in the text of the schema."""
    end = min(len(data), page_size(data) * rng.choice((1, 4)))
    for _ in range(rng.choice((1, 3, 20))):
        data[rng.randrange(min(100, end - 1), end)] = rng.choice((rng.randrange(256), 0x20, 0x29))


def spoil_values(data: bytearray, rng: random.Random) -> None:
    """Letters and digits wherever there are some: rows keep their shape, not their sense."""
    for _ in range(rng.choice((50, 500, 5000))):
        at = rng.randrange(len(data))
        if chr(data[at]).isalnum():
            data[at] = rng.choice(b"0aZ%\xff\x00\x1b-")


def append(data: bytearray, rng: random.Random) -> None:
    """More than belongs there."""
    data += rng.randbytes(rng.choice((1, 100, 4096, 20_000)))


def noise(data: bytearray, rng: random.Random) -> None:
    """Nothing is left but the first bytes of a store."""
    keep = rng.choice((0, 16, 100, 4096))
    data[keep:] = rng.randbytes(rng.choice((0, 1, 500, 9000)))


DAMAGES: tuple[Damage, ...] = (
    flip_bits, overwrite, truncate, swap_pages, blank_pages, spoil_header, spoil_page_headers,
    spoil_schema, spoil_values, append, noise,
)  # fmt: skip

SQLITE = tuple(sorted(path.name for path in SAMPLES.glob("*.db")))
DUCKDB = tuple(sorted(path.name for path in SAMPLES.glob("*.duckdb")))


def page_size(data: bytes | bytearray) -> int:
    """Bytes of a page as the header says, or the usual number where it makes no sense."""
    size: int = struct.unpack(">H", data[16:18])[0] if len(data) >= 18 else 0
    return 65_536 if size == 1 else size if 512 <= size <= 32_768 else 4096


def damaged(number: int, folder: Path, samples: tuple[str, ...] = SQLITE) -> tuple[Path, str]:
    """Write the file of that number; returns its path, and what was done to which sample."""
    rng = random.Random(number)
    name = samples[number % len(samples)]
    data = bytearray((SAMPLES / name).read_bytes())
    done = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if len(data) > 200:
            damage = rng.choice(DAMAGES)
            damage(data, rng)
            done.append(damage.__name__)
    path = folder / f"{number}-{name}"
    path.write_bytes(data)
    if rng.random() < 0.1:
        # A log that does not fit, as a copy of one file without the other leaves it.
        Path(f"{path}-wal").write_bytes(rng.randbytes(rng.choice((10, 32, 5000))))
    return path, f"{name}: {', '.join(done)}"
