"""The command palette: every command of the registry that works where the user is."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any, Final, Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen

from tui.commands import Command, Keymap, commands_in, key_names

_NO_KEYMAP: Final[Mapping[str, str]] = {}
_HIDDEN: Final = ("screens.palette", "program.quit_at_once")
"""The palette itself, and what does the same as another command."""


@runtime_checkable
class HasContexts(Protocol):
    """A screen that says where its user is."""

    @property
    def contexts(self) -> tuple[str, ...]:
        """The contexts of :mod:`tui.commands`, that of the focused pane included."""


@runtime_checkable
class HasKeymap(Protocol):
    """An application that knows the user's keys."""

    @property
    def user_keymap(self) -> Keymap:
        """The user's changes to the default keys."""


class CommandProvider(Provider):
    """Offers the commands of the current screen; moving about is left to its keys."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """What is offered, in the order of the registry."""
        screen: object = self.screen
        contexts = screen.contexts if isinstance(screen, HasContexts) else ("any",)
        return tuple(
            command
            for command in commands_in({*contexts, "any"})
            if command.id not in _HIDDEN and command.group != "Move"
        )

    async def discover(self) -> Hits:
        """All commands, before anything is typed."""
        for command in self.commands:
            yield DiscoveryHit(
                self._line(Content(command.title), command),
                self._run(command),
                text=command.title,
                help=command.help,
            )

    async def search(self, query: str) -> Hits:
        """The commands whose title or help fits the query; titles come first."""
        matcher = self.matcher(query)
        for command in self.commands:
            in_title = matcher.match(command.title)
            in_help = (
                matcher.match(command.help) / 2 if query.lower() in command.help.lower() else 0
            )
            if score := max(in_title, in_help):
                title = matcher.highlight(command.title) if in_title else Content(command.title)
                yield Hit(
                    score,
                    self._line(title, command),
                    self._run(command),
                    text=command.title,
                    help=command.help,
                )

    def _line(self, title: Content, command: Command) -> Content:
        app: object = self.app
        keymap = app.user_keymap if isinstance(app, HasKeymap) else _NO_KEYMAP
        keys = " ".join(key_names(command, keymap))
        return Content.assemble(title, ("  ", ""), (keys, "dim")) if keys else title

    def _run(self, command: Command) -> partial[Coroutine[Any, Any, bool]]:
        return partial(_perform, command.action, self.screen)


async def _perform(action: str, screen: Screen[object]) -> bool:
    """Run an action, but one of a screen only if that was not left since it was chosen."""
    is_there = action.startswith("app.") or screen.is_active
    return is_there and await screen.app.run_action(action, screen)
