"""The user's own keys: checked before anything is drawn, then handed to Textual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from queries.text import clean
from tui.commands import COMMANDS, CONTEXTS, PARTS, Command, Keymap, find, keys_of
from tui.keys import canonical, display

if TYPE_CHECKING:
    from textual.app import App

NEED_A_KEY: Final = ("program.quit", "screens.back", "screens.palette")
"""Without these nobody could leave, go back or find the other commands."""

_NO_KEY: Final = "<ignore>"
"""A key that no terminal sends: Textual takes an empty keymap entry for "unchanged"."""


def normalise(keymap: Mapping[str, str]) -> dict[str, str]:
    """The same keymap in one spelling per key, without repeats.

    Raises:
        ValueError: with a sentence, for the first key that does not exist.
    """
    return {
        command_id: ",".join(dict.fromkeys(canonical(key) for key in _split(keys)))
        for command_id, keys in keymap.items()
    }


def validate(keymap: Mapping[str, str]) -> list[str]:
    """What is wrong with a keymap.

    Args:
        keymap: command id -> keys, comma-separated, in any spelling.

    Returns:
        One sentence for each unknown command, unknown key, key that would run two commands
        in the same place, and command that must have a key but would have none.
    """
    problems: list[str] = []
    good: dict[str, str] = {}
    for command_id, keys in keymap.items():
        command = find(command_id)
        if command is None:
            problems.append(_unknown_command(command_id))
            continue
        try:
            good |= normalise({command_id: keys})
        except ValueError as error:
            problems.append(f"{command_id}: {clean(error)}.")
            continue
        problems += _wrong_for(command, good[command_id])
    return problems + _clashes(good)


def overlap(one: Command, other: Command) -> bool:
    """Whether there is a place where the keys of both commands work."""
    return not _places(one).isdisjoint(_places(other))


def to_textual(keymap: Keymap) -> dict[str, str]:
    """What ``App.set_keymap`` needs so that exactly the effective keys work.

    Textual drops a default binding when a changed one arrives on its key, even if both can
    live side by side; so every command is stated as soon as one is changed.
    """
    if not keymap:
        return {}
    return {command.id: ",".join(keys_of(command, keymap)) or _NO_KEY for command in COMMANDS}


def apply(app: App[Any], keymap: Keymap) -> None:
    """Make a valid keymap effective in an application built from the registry."""
    app.set_keymap(to_textual(keymap))


def _split(keys: str) -> list[str]:
    return [key for key in keys.split(",") if key.strip()]


def _unknown_command(command_id: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(command_id, [command.id for command in COMMANDS], 1)
    meant = f"; did you mean '{near[0]}'?" if near else "."
    return f"there is no command '{clean(command_id, 60)}'{meant}"


def _wrong_for(command: Command, keys: str) -> list[str]:
    if not keys and command.id in NEED_A_KEY:
        return [f"{command.id} must have a key."]
    if not command.priority:
        return []
    return [
        f"{command.id} works even while typing, so '{display(key)}' cannot be its key: "
        "take one with ctrl or alt."
        for key in _split(keys)
        if not key.startswith(("ctrl+", "alt+")) and key not in _FUNCTION_KEYS
    ]


_FUNCTION_KEYS: Final = frozenset(f"f{number}" for number in range(1, 25))


def _places(command: Command) -> frozenset[str]:
    contexts = set(command.contexts)
    if "any" in contexts:
        contexts |= set(CONTEXTS)
    for screen, parts in PARTS.items():
        if screen in contexts:
            contexts |= set(parts)
    # A command of one pane or section is met by what works on its whole screen, not by its
    # twin in another one.
    return frozenset(contexts - {"any", *PARTS})


def _clashes(keymap: Keymap) -> list[str]:
    problems = []
    for index, one in enumerate(COMMANDS):
        for other in COMMANDS[index + 1 :]:
            if one.id not in keymap and other.id not in keymap:
                continue
            both = [key for key in keys_of(one, keymap) if key in keys_of(other, keymap)]
            if both and one.action != other.action and overlap(one, other):
                problems.append(
                    f"'{display(both[0])}' would run both {one.id} and {other.id}: "
                    "give one of them another key."
                )
    return problems
