"""``completion``: the script that teaches a shell this program's words."""

from __future__ import annotations

import os
from pathlib import PurePath

import click
from click.shell_completion import get_completion_class

from tui.cli import COMPLETE_VARIABLE, PROGRAM
from tui.headless.output import write

SHELLS = ("bash", "zsh", "fish")


@click.command(name="completion")
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str | None) -> int:
    """Print the completion script of a shell; of yours ($SHELL) by default.

    For example: eval "$(session-tui completion bash)" in ~/.bashrc.
    """
    shell = shell or PurePath(os.environ.get("SHELL", "")).name
    kind = get_completion_class(shell) if shell in SHELLS else None
    if kind is None:
        raise click.UsageError(f"name a shell: {', '.join(SHELLS)}.")
    write(kind(ctx.find_root().command, {}, PROGRAM, COMPLETE_VARIABLE).source() + "\n")
    return 0
