"""``python -m tests.stores write PATH``: commit events to a store, a line on stdout for each."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.stores.live_writer import DIALECTS, JOURNALS, LiveWriter


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stores", description=__doc__)
    write = parser.add_subparsers(required=True).add_parser("write")
    write.add_argument("path", type=Path)
    write.add_argument("--dialect", choices=DIALECTS, default="canonical")
    write.add_argument("--rate", type=float, default=100.0, help="events a second, 0: no pause")
    write.add_argument("--count", type=int, default=100)
    write.add_argument("--journal", choices=JOURNALS, default="wal")
    write.add_argument("--update-in-place", action="store_true")
    options = parser.parse_args()
    try:
        writer = LiveWriter(
            options.path,
            options.dialect,
            rate=options.rate,
            count=options.count,
            journal=options.journal,
            update_in_place=options.update_in_place,
            output=sys.stdout,
        )
    except ValueError as problem:
        parser.error(str(problem))
    writer.run()


if __name__ == "__main__":
    main()
