"""A small app that uses everything of tui.terminal; run in a pseudo-terminal by the tests.

Arguments: "sign" shows the first sign of life before Textual is loaded, "no-diff" uses
Textual's own output, "heartbeat=PATH" makes the event loop write the number that it shows to
a file, "slow" waits before Textual is loaded.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import ClassVar

from tui.terminal import preflight

SECRET = "the-session-said-this"


def main(arguments: list[str]) -> int:
    trouble = preflight.check_terminal()
    if trouble is not None:
        sys.stderr.write(f"{trouble}\n")
        return 2
    if "sign" in arguments:
        preflight.first_sign("opening the sample")
    if "slow" in arguments:
        time.sleep(600)

    from tui.terminal.lifecycle import prepare_environment

    prepare_environment()

    from textual.app import ComposeResult
    from textual.binding import Binding, BindingType
    from textual.containers import Horizontal
    from textual.widgets import DataTable, Footer, Static

    from tui.terminal import TerminalApp, run_app

    heartbeat = next((a.partition("=")[2] for a in arguments if a.startswith("heartbeat=")), None)

    class SampleApp(TerminalApp[None]):
        CSS = "Static { width: 1fr; border: round $primary; } DataTable { width: 2fr; }"
        BINDINGS: ClassVar[list[BindingType]] = [
            Binding("q", "quit", "Quit"),
            Binding("x", "fail", "Fail"),
            Binding("w", "fail_in_worker", "Fail in a worker"),
            Binding("s", "sit", "Block the event loop"),
            Binding("n", "next", "Count"),
            Binding("f", "flood", "Repaint all the time"),
            Binding("ctrl+z", "suspend_process", "Suspend"),
            Binding("ctrl+l", "redraw", "Redraw"),
        ]
        number = 0
        flooding = False

        def compose(self) -> ComposeResult:
            with Horizontal():
                yield Static("number 0", id="number", markup=False)
                yield DataTable()
            yield Footer()

        def on_mount(self) -> None:
            table = self.query_one(DataTable)
            table.add_columns("one", "two", "three")
            table.add_rows([(f"row {n}", n * n, f"日本語 {n}") for n in range(60)])
            table.focus()
            self.set_interval(0.01, self.flood)

        def action_next(self) -> None:
            self.number += 1
            self.query_one("#number", Static).update(f"number {self.number} ")
            if heartbeat is not None:
                Path(heartbeat).write_text(str(self.number))

        def action_flood(self) -> None:
            self.flooding = not self.flooding

        def flood(self) -> None:
            if self.flooding:
                self.action_next()
                self.redraw()

        def action_fail(self) -> None:
            local_value = SECRET
            raise ValueError(f"failed at {local_value}")

        def action_fail_in_worker(self) -> None:
            self.run_worker(self.fail_later())

        async def fail_later(self) -> None:
            self.action_fail()

        def action_sit(self) -> None:
            time.sleep(600)

    return run_app(SampleApp(diff="no-diff" not in arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
