"""The command line. Nothing is imported here that ``--help`` does not need."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # what typing has under this name; importing that takes 5 ms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Final

PROGRAM: Final = "session-tui"
COMPLETE_VARIABLE: Final = "_SESSION_TUI_COMPLETE"
"""Set by the shell's completion script while it asks for completions."""


class Entry:
    """One command: the module whose ``command`` it is, and a line of help."""

    __slots__ = ("help", "module")

    def __init__(self, module: str, help: str) -> None:  # noqa: A002 - what it is
        self.module = module
        self.help = help


ALIASES: Final[Mapping[str, str]] = {"duration": "durations"}
"""Other names that people know commands by."""
COMMANDS: Final[Mapping[str, Entry]] = {
    "demo": Entry("tui.headless.demo", "Open the screen on a store that writes itself."),
    "sessions": Entry("tui.headless.sessions", "List sessions with their counts."),
    "session": Entry("tui.headless.session", "Show one session: agents, tools, who follows whom."),
    "tools": Entry("tui.headless.tools", "Calls, success and durations of every tool."),
    "agents": Entry("tui.headless.agents", "What every agent did, and who works with whom."),
    "activity": Entry("tui.headless.activity", "Prompts with everything that happened under them."),
    "timeline": Entry("tui.headless.timeline", "Every event of one session in order of arrival."),
    "events": Entry("tui.headless.events", "The newest events that match a filter."),
    "event": Entry("tui.headless.event", "One event with its whole input and output."),
    "compare": Entry("tui.headless.compare", "Where and how sessions, or groups of them, differ."),
    "metrics": Entry("tui.headless.metrics", "Totals, averages and success rates of a store."),
    "components": Entry("tui.headless.components", "Use, durations and quality of components."),
    "durations": Entry("tui.headless.durations", "How long sessions took, by component."),
    "errors": Entry("tui.headless.errors", "How often sessions and calls failed, by component."),
    "active": Entry("tui.headless.active", "Sessions that are running now, and for how long."),
    "trends": Entry("tui.headless.trends", "Sessions and events by hour, day or week."),
    "report": Entry("tui.headless.report", "Totals, trends, components and alerts on one page."),
    "check": Entry("tui.headless.check", "Exit with 1 when an alert fires, for cron."),
    "delegations": Entry("tui.headless.delegations", "Who handed what to whom, and how it went."),
    "work-items": Entry("tui.headless.work_items", "Features, bugs and other work, by status."),
    "tail": Entry("tui.headless.tail", "Print events as they are committed, one JSON line each."),
    "sql": Entry("tui.headless.sql", "Print the query of a view, for other programs."),
    "doctor": Entry("tui.headless.doctor", "How a store is read, and what in it does not fit."),
    "config": Entry("tui.headless.config", "Print the configuration, or write one to begin with."),
    "completion": Entry("tui.headless.completion", "Print the completion script of a shell."),
}
"""All commands in the order in which they are listed."""

SCREEN_OPTIONS: Final = (
    ("--theme NAME", "Colours of the screen."),
    ("--ascii", "Draw with ASCII characters only."),
    ("--no-mouse", "Leave the mouse to the terminal."),
    ("--no-diff", "Send whole screens instead of changed cells."),
    ("--low-bandwidth", "Send less to the terminal, for slow connections."),
    ("--utc", "Show times in UTC."),
    ("--no-cache", "Count everything anew, and keep no totals."),
    ("--session ID", "Begin with this session."),
)


def help_text() -> str:
    """What ``--help`` prints."""
    lines = [
        f"Usage: {PROGRAM} [OPTIONS] [STORE]",
        f"       {PROGRAM} COMMAND [ARGS]...",
        "",
        "  See what AI agents did and are doing: a live view of a session database,",
        "  which is only ever read.",
        "",
        "  STORE is a file, or a folder in which one is looked for. Without it:",
        "  $SESSION_TUI_STORE, the configuration, then the usual places. A store that is",
        "  named like a command is written with its folder: ./sessions",
        "",
        "Options of the screen:",
        *_columns(SCREEN_OPTIONS),
        "",
        "Options:",
        *_columns((("--version", "Print the version."), ("-h, --help", "Print this."))),
        "",
        "Commands that draw no screen, but for demo (COMMAND --help tells more):",
        *_columns(tuple((name, entry.help) for name, entry in COMMANDS.items())),
    ]
    return "\n".join(lines) + "\n"


def _columns(pairs: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(left) for left, _ in pairs)
    return [f"  {left.ljust(width)}  {right}" for left, right in pairs]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: without the program's name; those of the process by default.

    Returns:
        The exit code: 0; 1 for a fault of ours; 2 for wrong usage or an unusable store; 130
        when interrupted.
    """
    _open_missing_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if COMPLETE_VARIABLE not in os.environ:
        if given in (["--help"], ["-h"]):
            return _print_help()
        if not given or (len(given) == 1 and not given[0].startswith("-")):
            return _open_at_once(given[0] if given else None)
    from tui.headless.running import run

    return run(given)


def _print_help() -> int:
    try:
        sys.stdout.write(help_text())
        sys.stdout.flush()
    except OSError as error:
        from tui.headless.running import explain

        return explain(error)
    return 0


def _open_missing_streams() -> None:
    """Let no file that is opened later be taken for a standard stream that was closed.

    Reading gives nothing, what is written to standard error is lost, and writing to standard
    output fails as it would have.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            writes = name == "stderr"
            number = os.open(os.devnull, os.O_WRONLY if writes else os.O_RDONLY)
            stream = open(number, "r" if name == "stdin" else "w", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def _open_at_once(word: str | None) -> int:
    """Open the screen without the parser of the command line, which takes longer to load.

    Args:
        word: the only one on the command line.
    """
    try:
        if word is None or (word not in COMMANDS and word not in ALIASES):
            from tui.at_once import open_store

            code = open_store(word)
        elif word == "demo":
            from tui.at_once import open_demo

            code = open_demo()
        else:
            code = None
    except (Exception, KeyboardInterrupt) as error:
        from tui.headless.running import explain

        return explain(error)
    if code is not None:
        return code
    from tui.headless.running import run

    return run([] if word is None else [word])
