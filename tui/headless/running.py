"""Runs a command and turns whatever goes wrong into one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

import click

from tui.cli import COMPLETE_VARIABLE, PROGRAM
from tui.headless.output import flush, forget_stdout, say
from tui.headless.root import ROOT
from tui.options import TRACE_VARIABLE

OUR_FAULT: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130


def run(arguments: Sequence[str]) -> int:
    """Run the program with these arguments; returns the exit code."""
    _write_utf8()
    if COMPLETE_VARIABLE in os.environ:
        return _answer_the_shell(arguments)
    try:
        code = _invoke(arguments)
        flush()
    except (Exception, KeyboardInterrupt) as error:
        return explain(error)
    return code


def _invoke(arguments: Sequence[str]) -> int:
    try:
        with ROOT.make_context(PROGRAM, list(arguments)) as context:
            result = ROOT.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    return result if isinstance(result, int) else 0


def _answer_the_shell(arguments: Sequence[str]) -> int:
    try:
        ROOT.main(list(arguments), prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else OUR_FAULT
    return 0


def explain(error: Exception | KeyboardInterrupt) -> int:
    """Say what went wrong; returns the exit code."""
    if isinstance(error, BrokenPipeError):
        forget_stdout()
        return 0
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        say(_one_line(error.format_message()))
        return USAGE
    for is_theirs in (_of_queries, _of_tui):
        sentence = is_theirs(error)
        if sentence is not None:
            say(_one_line(sentence))
            return USAGE
    if isinstance(error, OSError) and error.errno is not None:
        say(f"the output cannot be written: {error.strerror}.")
        forget_stdout()
        return OUR_FAULT
    if os.environ.get(TRACE_VARIABLE):
        import traceback

        traceback.print_exception(error)
    # Its message may quote what is in the store.
    say(
        f"a fault of this program stopped it ({type(error).__name__}{_place_of(error)}). "
        f"Set {TRACE_VARIABLE}=1 to see more."
    )
    return OUR_FAULT


def _place_of(error: BaseException) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return ""
    return f" in {os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}"


def _of_queries(error: Exception) -> str | None:
    from queries.finding.event_pages import UnknownEventError
    from queries.finding.filters import FilterError
    from queries.finding.session_lookup import UnknownSessionError
    from queries.opening.files import StoreError
    from queries.questions.view_sql import UnknownViewError

    known = (StoreError, UnknownSessionError, UnknownEventError, FilterError, UnknownViewError)
    return str(error) if isinstance(error, known) else None


def _of_tui(error: Exception) -> str | None:
    from tui.config import ConfigError
    from tui.places import NoStoreError

    if isinstance(error, ConfigError):
        more = len(error.problems) - 1
        return error.problems[0].rstrip(".") + (f" (and {more} more)." if more else ".")
    return str(error) if isinstance(error, NoStoreError) else None


def _one_line(text: str) -> str:
    from queries.text import clean

    line = clean(" ".join(text.split()), 1000)
    return line if line.endswith((".", "?", "!")) else f"{line}."


def _write_utf8() -> None:
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        # Whatever the locale says: JSON is UTF-8, and no name may stop a listing.
        reconfigure(encoding="utf-8", errors="backslashreplace")
