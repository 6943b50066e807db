"""``demo``: the screen on a store that writes itself."""

from __future__ import annotations

import math
from typing import Any

import click

from tui.headless.screen import merged, screen_options
from tui.options import ScreenOptions


@click.command(name="demo")
@click.option("--seed", type=int, default=0, metavar="N", help="Decides what is written.")
@click.option(
    "--speed", type=float, default=1.0, metavar="X", help="How many times faster than life."
)
@click.option(
    "--scenario", type=click.Choice(("agents", "ab")), default="agents", show_default=True,
    help="agents: coding agents and a crew at work; ab: ten finished runs, five with standard "
    "tools, five with extended ones, to be compared.",
)  # fmt: skip
@screen_options
@click.pass_context
def command(ctx: click.Context, /, seed: int, speed: float, scenario: str, **chosen: Any) -> int:
    """Open the screen on a store that writes itself: invented agents at work.

    The store lies in a temporary folder and is removed at the end.
    """
    if not (speed > 0 and math.isfinite(speed)):
        raise click.BadParameter(f"the speed must be above 0, not {speed:g}.")
    before = ctx.obj if isinstance(ctx.obj, ScreenOptions) else ScreenOptions()
    options = merged(before, chosen)
    from tui.start import open_demo

    return open_demo(seed, speed, options, scenario)
