"""Opening the screen. Textual is imported only once it is clear what to open."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click

from queries.plain_data import replace
from tui.cli import COMMANDS
from tui.headless.arguments import cache_option
from tui.options import ScreenOptions

_F = TypeVar("_F", bound=Callable[..., Any])


def screen_options(function: _F) -> _F:
    """The options that every command with a screen has."""
    for option in reversed((
        click.option("--theme", metavar="NAME", help="Colours of the screen."),
        click.option("--ascii", is_flag=True, help="Draw with ASCII characters only."),
        click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal."),
        click.option("--no-diff", is_flag=True, help="Send whole screens."),
        click.option("--low-bandwidth", is_flag=True, help="Send less to the terminal."),
        click.option("--utc", is_flag=True, help="Show times in UTC."),
        cache_option,
        click.option("--session", metavar="ID", help="Begin with this session."),
    )):  # fmt: skip
        function = option(function)
    return function


def merged(options: ScreenOptions, chosen: Mapping[str, Any]) -> ScreenOptions:
    """The options with what was chosen on the command line over them.

    Raises:
        click.BadParameter: a theme that is not known.
    """
    theme = chosen.get("theme")
    if theme is not None:
        from tui.themes import AUTOMATIC, THEME_NAMES

        names = (AUTOMATIC, *THEME_NAMES)
        if theme not in names:
            raise click.BadParameter(f"there is no theme '{theme}'; take {', '.join(names)}.")
    changes: dict[str, Any] = {"theme": theme, "session": chosen.get("session")}
    changes |= {
        name: True if chosen.get(name) else None for name in ("ascii", "low_bandwidth", "utc")
    }
    changes["mouse"] = False if chosen.get("no_mouse") else None
    changes["cache"] = False if chosen.get("no_cache") else None
    changes["diff"] = False if chosen.get("no_diff") else None
    return replace(options, **{name: value for name, value in changes.items() if value is not None})


@click.command(add_help_option=False)
@click.argument("store", required=False)
@screen_options
@click.option("-h", "--help", "wants_help", is_flag=True, is_eager=True)
@click.pass_context
def open_command(ctx: click.Context, /, store: str | None, **chosen: Any) -> int:
    """Open the screen on a store."""
    from tui import config, places

    if chosen.pop("wants_help", False):
        from tui.cli import help_text

        click.echo(help_text(), nl=False)
        return 0
    before = ctx.obj if isinstance(ctx.obj, ScreenOptions) else ScreenOptions()
    options = merged(before, chosen)
    try:
        found = places.find_stores(store, os.environ, config.load(), Path.cwd(), Path.home())
    except places.NoStoreError as error:
        raise _with_command_meant(error, store) from error
    if len(found) > 1:
        options = replace(options, candidates=tuple(found))
    from tui.start import open_screen

    return open_screen(found[0].path, options)


def command_meant(word: str) -> str | None:
    """The command whose name is nearly this word, unless it is a file; None if there is none."""
    near = get_close_matches(word, COMMANDS, 1, 0.7)
    return near[0] if near and not os.path.lexists(word) else None


def _with_command_meant(error: Exception, store: str | None) -> Exception:
    meant = command_meant(store or "")
    if meant is None:
        return error
    return click.UsageError(f"{error} Did you mean the command '{meant}'?")
