"""``config``: where the configuration is, and what it says."""

from __future__ import annotations

import json
from dataclasses import fields

import click

from queries.text import clean
from tui import thresholds
from tui.config import Config, config_path, default_text, load
from tui.headless.output import say, write
from tui.new_file import write_new_file


@click.command(name="config")
@click.option("--init", is_flag=True, help="Write a file with all defaults, commented out.")
@click.option("--show", is_flag=True, help="Print the values that are used (as without options).")
def command(init: bool, show: bool) -> int:
    """Print the configuration that is used as TOML, or write a file to begin with."""
    if init and show:
        raise click.UsageError("take --init or --show, not both.")
    if init:
        return _init()
    path = config_path()
    where = clean(str(path))
    say(f"from {where}" if path.exists() else f"defaults; there is no {where}")
    write(as_toml(load()))
    return 0


def _init() -> int:
    path = config_path()
    where = clean(str(path))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new_file(path, default_text())
    except FileExistsError:
        raise click.UsageError(f"{where}: is there already; it is left as it is.") from None
    except OSError as error:
        raise click.UsageError(f"{where}: cannot be written ({error.strerror}).") from error
    write(f"{where}\n")
    return 0


def as_toml(config: Config) -> str:
    """All values; keys of commands only where they were changed."""
    lines = [
        f"{option.name} = {json.dumps(getattr(config, option.name))}"
        for option in fields(Config)
        if option.name not in ("keys", "thresholds")
    ]
    lines += ["", "[thresholds]", *thresholds.lines_of(config.thresholds)]
    if config.keys:
        lines += ["", "[keys]"]
        lines += [f"{json.dumps(name)} = {json.dumps(keys)}" for name, keys in config.keys.items()]
    return "\n".join(lines) + "\n"
