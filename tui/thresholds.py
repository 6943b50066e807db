"""The table ``[thresholds]`` of the configuration: when alerts fire."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from queries.models.alerts import Thresholds
from queries.plain_data import replace
from queries.text import clean


class _Option(NamedTuple):
    """One key of the table."""

    field: str
    """The field of :class:`Thresholds` that it sets."""
    help: str
    most: float = 1.0
    unit: float = 1.0
    """What one of it is in the field's unit."""
    whole: bool = False


_OPTIONS: Final[dict[str, _Option]] = {
    "tool_success": _Option(
        "tool_success", "A tool succeeds in less than this part of its finished calls, 0 to 1."
    ),
    "tool_calls": _Option(
        "tool_calls", "Finished calls from which on a tool is judged.", 1e9, whole=True
    ),
    "component_errors": _Option(
        "component_errors", "More than this part of a component's sessions fail, 0 to 1."
    ),
    "component_sessions": _Option(
        "component_sessions", "Sessions from which on a component is judged.", 1e9, whole=True
    ),
    "running_minutes": _Option(
        "running_seconds", "A session has been running for longer than this.", 1e9, 60.0
    ),
    "repeats": _Option(
        "repeats", "The same call so many times in a row, at least 2.", 1e9, whole=True
    ),
    "ping_pong": _Option(
        "ping_pong", "Two calls in turn so many times, at least 2.", 1e9, whole=True
    ),
    "streak": _Option("streak", "So many calls failed in a row.", 1e9, whole=True),
}
_STALE: Final = "stale"
_STALE_HELP: Final = "A session says that it runs but has been silent (see stale_minutes)."


def parse(value: object) -> Thresholds:
    """The thresholds that a table sets; the others keep their defaults.

    Raises ValueError with one sentence per mistake.
    """
    if not isinstance(value, dict):
        raise ValueError(f"must be a table, not {_shown(value)}.")
    problems: list[str] = []
    chosen: dict[str, Any] = {}
    for key, cell in value.items():
        option = _OPTIONS.get(key)
        if key == _STALE:
            if isinstance(cell, bool):
                chosen[_STALE] = cell
            else:
                problems.append(f"{_STALE} must be true or false, not {_shown(cell)}.")
        elif option is None:
            from difflib import get_close_matches

            near = get_close_matches(key, (*_OPTIONS, _STALE), 1)
            meant = f"; did you mean '{near[0]}'?" if near else "."
            problems.append(f"unknown key '{clean(key, 60)}'{meant}")
        elif not _fits(option, cell):
            kind = "a whole number" if option.whole else "a number"
            limit = "on" if option.most > 1 else "to 1"
            problems.append(f"{key} must be {kind} from 0 {limit}, not {_shown(cell)}.")
        else:
            chosen[option.field] = int(cell) if option.whole else float(cell) * option.unit
    if problems:
        raise ValueError(*problems)
    return replace(Thresholds(), **chosen)


def default_lines() -> list[str]:
    """The defaults as comments of a configuration file."""
    import json

    defaults = Thresholds()
    lines = []
    for key, option in _OPTIONS.items():
        number = getattr(defaults, option.field) / option.unit
        lines.append(f"# {key} = {json.dumps(int(number) if option.whole else number)}"
                     f"  # {option.help}")  # fmt: skip
    return [*lines, f"# {_STALE} = {json.dumps(defaults.stale)}  # {_STALE_HELP}"]


def lines_of(chosen: Thresholds) -> list[str]:
    """The values as they are written in a configuration file."""
    import json

    lines = []
    for key, option in _OPTIONS.items():
        number = getattr(chosen, option.field) / option.unit
        lines.append(f"{key} = {json.dumps(int(number) if option.whole else number)}")
    return [*lines, f"{_STALE} = {json.dumps(chosen.stale)}"]


def _fits(option: _Option, cell: object) -> bool:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return 0 <= cell <= option.most and (not option.whole or isinstance(cell, int))


def _shown(value: object) -> str:
    return clean(repr(value), 60)
