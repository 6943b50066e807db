"""The registry of commands: keys, footer, palette, help and documentation come from here.

A screen that offers commands gives the contexts it serves to :func:`bindings_for`, answers
``check_action`` with :func:`available`, and implements the actions that
:mod:`tui.command_list` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tui.command_list import (
    COMMANDS,
    CONTEXTS,
    DELEGATION_PANES,
    GROUPS,
    OVERVIEW_PANES,
    PANES,
    PARTS,
    SECTIONS,
    TIMELINE_PANES,
    Command,
)
from tui.keys import display

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = [
    "COMMANDS",
    "CONTEXTS",
    "DELEGATION_PANES",
    "GROUPS",
    "OVERVIEW_PANES",
    "PANES",
    "PARTS",
    "SECTIONS",
    "TIMELINE_PANES",
    "Command",
    "Hint",
    "Keymap",
    "available",
    "bindings_for",
    "commands_in",
    "find",
    "footer_hints",
    "key_names",
    "keys_of",
]

Keymap = Mapping[str, str]
"""Command id -> its keys, comma-separated; "" takes all keys away. Others keep theirs."""


class Hint(NamedTuple):
    """One entry of the footer."""

    key: str
    """As it is shown."""
    title: str
    command: Command


@cache
def _by_id() -> dict[str, Command]:
    return {command.id: command for command in COMMANDS}


def find(command_id: str) -> Command | None:
    """The command of that id, if there is one."""
    return _by_id().get(command_id)


def keys_of(command: Command, keymap: Keymap | None = None) -> tuple[str, ...]:
    """The keys that run a command under a keymap; possibly none."""
    keys = None if keymap is None else keymap.get(command.id)
    return command.keys if keys is None else tuple(filter(None, keys.split(",")))


def key_names(
    command: Command, keymap: Keymap | None = None, *, ascii_only: bool = False
) -> tuple[str, ...]:
    """The keys of a command as they are shown."""
    return tuple(display(key, ascii_only=ascii_only) for key in keys_of(command, keymap))


def commands_in(contexts: Iterable[str]) -> tuple[Command, ...]:
    """The commands that belong to any of these contexts, in the order of the registry."""
    wanted = frozenset(contexts)
    return tuple(command for command in COMMANDS if not wanted.isdisjoint(command.contexts))


def bindings_for(contexts: Iterable[str]) -> list[BindingType]:
    """What a screen or the application puts into ``BINDINGS``.

    The bindings hold the default keys and the command's id, so that the result of
    :func:`tui.keymap.to_textual`, given to ``App.set_keymap``, replaces them.
    """
    from textual.binding import Binding

    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.title,
            show=False,
            tooltip=command.help,
            id=command.id,
            priority=command.priority,
        )
        for command in commands_in(contexts)
    ]


def footer_hints(
    contexts: Iterable[str], keymap: Keymap | None = None, *, ascii_only: bool = False
) -> list[Hint]:
    """What the footer shows, the most important first.

    Args:
        contexts: those of the screen and of the pane that has the focus, "any" included.
        keymap: the user's changes.
        ascii_only: whether key names may only use ASCII.
    """
    wanted = frozenset(contexts)
    shown = [
        Hint(names[0], command.title, command)
        for command in commands_in(wanted)
        if command.footer and not (command.hint and wanted.isdisjoint(command.hint))
        if (names := key_names(command, keymap, ascii_only=ascii_only))
    ]
    return sorted(shown, key=lambda hint: -hint.command.footer)


def closing_hint(
    keymap: Keymap | None = None, *, ascii_only: bool = False, before: tuple[str, ...] = ()
) -> str:
    """How a dialog is left, for its lower edge: ``esc close``; "" where no key does.

    ``before``: ids of commands that are told before, as ``/ search``.
    """
    told = []
    for name in (*before, "screens.back"):
        command = find(name)
        keys = () if command is None else key_names(command, keymap, ascii_only=ascii_only)
        if command is not None and keys:
            told.append(f"{keys[0]} {'close' if name == 'screens.back' else command.title}")
    return "  ".join(told)


@cache
def _by_call() -> dict[tuple[str, tuple[object, ...]], list[Command]]:
    import ast

    calls: dict[tuple[str, tuple[object, ...]], list[Command]] = {}
    for command in COMMANDS:
        name, _, parameters = command.action.removeprefix("app.").partition("(")
        arguments = ast.literal_eval(f"({parameters[:-1]},)") if parameters else ()
        calls.setdefault((name, arguments), []).append(command)
    return calls


def available(action: str, parameters: tuple[object, ...], contexts: Iterable[str]) -> bool:
    """Whether an action may run now: the whole of a screen's ``check_action``.

    Args:
        action: name of the action, without parameters.
        parameters: those of the action.
        contexts: those of the screen and of the pane that has the focus.

    Returns:
        False for an action whose commands all belong elsewhere; True for one that is not
        in the registry.
    """
    commands = _by_call().get((action, parameters))
    wanted = frozenset(contexts)
    return commands is None or any(not wanted.isdisjoint(c.contexts) for c in commands)
