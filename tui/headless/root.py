"""The command group: a first word that is no command is a store for the screen."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from queries.plain_data import replace
from queries.text import clean
from tui.cli import ALIASES, COMMANDS, PROGRAM, help_text
from tui.headless.screen import command_meant, merged, open_command, screen_options
from tui.options import ScreenOptions

_WITH_SCREEN = frozenset(("demo",))


class _Root(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        entry = COMMANDS.get(ALIASES.get(cmd_name, cmd_name))
        if entry is None:
            return None
        command: click.Command = import_module(entry.module).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in COMMANDS or args[0] in ALIASES:
            return super().resolve_command(ctx, args)
        # A store takes no more words: what is behind it would be told to be the mistake.
        if len(args) > 1 and (meant := command_meant(args[0])) is not None:
            raise click.UsageError(
                f"there is no command and no file '{clean(args[0])}'; did you mean '{meant}'?"
            )
        return PROGRAM, open_command, args

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        return help_text().rstrip("\n")


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"{PROGRAM} {version(PROGRAM)}")
    ctx.exit()


@click.group(
    cls=_Root,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@screen_options
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
    help="Print the version.",
)  # fmt: skip
@click.pass_context
def ROOT(ctx: click.Context, /, **chosen: Any) -> int:  # noqa: N802
    """The program."""
    options = merged(ScreenOptions(), chosen)
    ctx.obj = options
    name = ctx.invoked_subcommand
    if name is None:
        result: int = ctx.invoke(open_command, store=None)
        return result
    if name in COMMANDS and name not in _WITH_SCREEN and replace(options) != ScreenOptions():
        raise click.UsageError(f"'{name}' draws no screen: put its own options behind its name.")
    return 0
