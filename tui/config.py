"""The user's configuration: ``config.toml``, typed and checked.

No Textual here: a mistake in the file is told before a screen is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from queries.models.alerts import Thresholds
from queries.plain_data import dataclass, field
from queries.text import clean
from tui import keymap, thresholds
from tui.commands import COMMANDS, key_names
from tui.themes import AUTOMATIC, THEME_NAMES

APPLICATION: Final = "session-tui"
PATH_VARIABLE: Final = "SESSION_TUI_CONFIG"
"""Environment variable that names another configuration file."""

_MOST_BYTES: Final = 1_000_000


class ConfigError(Exception):
    """The configuration cannot be used; the text is one sentence per mistake, one a line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _option(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, slots=True)
class Config:
    """What the user may set."""

    theme: str = _option(
        AUTOMATIC,
        f"Colours: {', '.join(THEME_NAMES)}, or {AUTOMATIC} to let NO_COLOR and the "
        "terminal's background decide.",
    )
    ascii: bool = _option(False, "Draw with ASCII characters only.")
    mouse: bool = _option(True, "Listen to the mouse; false leaves it to the terminal.")
    low_bandwidth: bool = _option(False, "Send less to the terminal, for slow connections.")
    suggest_low_bandwidth: bool = _option(
        True, "Suggest that, once, when the terminal is slow to draw what it is sent."
    )
    utc: bool = _option(False, "Show times in UTC instead of your own zone.")
    stale_minutes: float = _option(
        30.0, "Call a session stale when it says that it runs but was silent this long."
    )
    refresh_seconds: float = _option(
        0.25, "Look for news this often while there are any, 0.05 to 60."
    )
    window_days: float = _option(
        0.0, "Days that overviews, reports and checks look back unless they are told; 0: all."
    )
    bell: bool = _option(False, "Ring the terminal's bell when a new alert fires.")
    mask_screen: bool = _option(
        False, "Begin with what looks like a credential covered on the screen."
    )
    mask_exports: bool = _option(
        True, "Leave what looks like a credential out of exports, pictures and what is copied."
    )
    cache: bool = _option(
        True, "Keep the totals of large stores in your cache folder, for the next opening."
    )
    stores: tuple[str, ...] = _option(
        (), "Files or folders to look into when no store is named; relative to this file."
    )
    thresholds: Thresholds = field(
        default_factory=Thresholds,
        metadata={"help": "When alerts fire, on the screen and in check; 0 or false: never."},
    )
    keys: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "help": 'Keys of commands, comma-separated or as a list; "" takes a key away. '
            'The comma itself is "comma".'
        },
    )


def config_path(environ: Mapping[str, str] | None = None) -> Path:
    """Where the configuration is: ``$SESSION_TUI_CONFIG``, else the platform's place."""
    named = (os.environ if environ is None else environ).get(PATH_VARIABLE)
    if named:
        return Path(os.path.expanduser(named))
    from platformdirs import user_config_path

    return user_config_path(APPLICATION) / "config.toml"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the configuration.

    Returns:
        The defaults when there is no file at the platform's place.

    Raises:
        ConfigError: when the file cannot be read, is not TOML, or holds an unknown key or
            a wrong value; also when ``$SESSION_TUI_CONFIG`` names a file that is not there.
    """
    environ = os.environ if environ is None else environ
    path = config_path(environ)
    where = clean(path)
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        if environ.get(PATH_VARIABLE):
            raise ConfigError(
                f"{where}: there is no such file, but {PATH_VARIABLE} names it."
            ) from None
        return Config()
    except (OSError, ValueError) as error:
        reason = clean(getattr(error, "strerror", None) or error)
        raise ConfigError(f"{where}: cannot be read ({reason}).") from error
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{where}: is too large for a configuration.")
    try:
        return parse(data.decode("utf-8-sig"), where, path.parent)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{where}: is not UTF-8 text (byte {error.start + 1}).") from error


def parse(text: str, where: str, folder: Path) -> Config:
    """Read the configuration from text.

    Args:
        text: TOML.
        where: name of the file, for errors.
        folder: what relative paths in ``stores`` are relative to.

    Raises:
        ConfigError: naming ``where`` and the key of every mistake.
    """
    import tomllib  # takes 5 ms to load, and most have no configuration

    try:
        # Universal line ends, as an editor may leave them.
        table = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{where}: is not TOML: {clean(error)}.") from error
    problems: list[str] = []
    values: dict[str, Any] = {}
    for key, value in table.items():
        check = _CHECKS.get(key)
        if check is None:
            from difflib import get_close_matches

            near = get_close_matches(key, _CHECKS, 1)
            meant = f"; did you mean '{near[0]}'?" if near else "."
            problems.append(f"{where}: unknown key '{clean(key, 60)}'{meant}")
            continue
        try:
            values[key] = check(value)
        except _WrongError as error:
            problems += [f"{where}: {key}: {problem}" for problem in error.args]
    if problems:
        raise ConfigError(*problems)
    if "stores" in values:
        values["stores"] = tuple(
            str(folder / os.path.expanduser(entry)) for entry in values["stores"]
        )
    return Config(**values)


def default_text() -> str:
    """A ``config.toml`` that says every default, all of it commented out."""
    import json
    from dataclasses import fields

    lines = ["# Configuration of session-tui. Remove a # to change a value."]
    defaults = Config()
    for option in fields(Config):
        lines += ["", f"# {option.metadata['help']}"]
        if option.name == "thresholds":
            lines += ["# [thresholds]", *thresholds.default_lines()]
        elif option.name == "keys":
            lines.append("# [keys]")
            lines += [
                f'# "{command.id}" = {json.dumps(",".join(key_names(command, ascii_only=True)))}'
                f"  # {command.help}"
                for command in COMMANDS
            ]
        else:
            lines.append(f"# {option.name} = {json.dumps(getattr(defaults, option.name))}")
    return "\n".join(lines) + "\n"


_LONE_KEYS: Final[Mapping[str, str]] = {",": "comma", " ": "space"}
"""Keys whose character means something else in a list of keys."""


class _WrongError(Exception):
    """A value that cannot be used; the arguments are sentences."""


def _theme(value: object) -> str:
    names = (AUTOMATIC, *THEME_NAMES)
    if value not in names:
        raise _WrongError(f"must be one of {', '.join(names)}, not {_shown(value)}.")
    return str(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongError(f"must be true or false, not {_shown(value)}.")
    return value


def _number(least: float, most: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not least <= value <= most
        ):
            raise _WrongError(f"must be a number from {least:g} to {most:g}, not {_shown(value)}.")
        return float(value)

    return check


def _paths(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(
        isinstance(item, str) and item and "\0" not in item for item in value
    ):
        raise _WrongError(f"must be a list of paths, not {_shown(value)}.")
    return tuple(value)


def _keys(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _WrongError(f"must be a table, not {_shown(value)}.")
    chosen: dict[str, str] = {}
    problems = []
    for command_id, keys in _flat(value):
        listed = keys if isinstance(keys, list) else [keys]
        words = [_LONE_KEYS.get(key, key) for key in listed if isinstance(key, str)]
        if len(words) == len(listed):
            chosen[command_id] = ",".join(words)
        else:
            name = clean(command_id, 60)
            problems.append(f"{name} must be keys as text, not {_shown(keys)}.")
    problems += keymap.validate(chosen)
    if problems:
        raise _WrongError(*problems)
    return keymap.normalise(chosen)


def _thresholds(value: object) -> Thresholds:
    try:
        return thresholds.parse(value)
    except ValueError as error:
        raise _WrongError(*error.args) from error


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    # move.up = "k" without quotes is a table within a table in TOML.
    pairs: list[tuple[str, object]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((prefix + key, value))
    return pairs


def _shown(value: object) -> str:
    return clean(repr(value), 60)


_CHECKS: Final[Mapping[str, Callable[[object], object]]] = {
    "theme": _theme,
    "ascii": _truth,
    "mouse": _truth,
    "low_bandwidth": _truth,
    "suggest_low_bandwidth": _truth,
    "utc": _truth,
    "stale_minutes": _number(0.1, 525_600),
    "refresh_seconds": _number(0.05, 60),
    "bell": _truth,
    "window_days": _number(0, 36_525),
    "mask_screen": _truth,
    "mask_exports": _truth,
    "cache": _truth,
    "stores": _paths,
    "thresholds": _thresholds,
    "keys": _keys,
}
