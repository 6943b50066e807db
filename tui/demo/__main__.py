"""``python -m tui.demo --write PATH``: write a demo store from a process of its own."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from threading import Event

from tui.demo.writer import DEFAULT_SCENARIO, SCENARIOS, DemoWriter


def main() -> None:
    """Write until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tui.demo", description=main.__doc__)
    parser.add_argument("--write", type=Path, required=True, metavar="PATH")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X")
    parser.add_argument("--scenario", choices=SCENARIOS, default=DEFAULT_SCENARIO)
    options = parser.parse_args()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    writer = DemoWriter(options.write, options.seed, options.speed, name=options.scenario)
    writer.seed_history()
    writer.run(stop)
    writer.close()


if __name__ == "__main__":
    main()
