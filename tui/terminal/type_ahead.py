"""Keys that were typed faster than the focus moved."""

from __future__ import annotations

from collections import deque

from textual import events
from textual.app import App, ReturnType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

REMEMBERED = 64
"""Keys on their way whose target is known."""


class KeyBehind(Message):
    """A key that a line of text was sent, but that came behind the one that ended it."""

    def __init__(self, key: str, character: str | None) -> None:
        self.key = key
        self.character = character
        super().__init__()


class TypeAhead(App[ReturnType]):
    """An app in which what is typed behind a key that opens a line of text goes into that line.

    What is typed behind the key that ends that line does not.

    Textual sends a key to what has the focus when the key arrives, which may be before the
    keys in front of it have been acted upon. "/quit" in one packet would search for nothing
    and then quit.
    """

    _aimed: deque[tuple[events.Key, Widget | None]] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Remember where a key is sent to; once the end was asked for, let input go."""
        if self._exit and isinstance(event, events.InputEvent):
            return
        # Once the program ends there is nothing that could have the focus.
        if isinstance(event, events.Key) and not event.is_forwarded and self.screen_stack:
            if self._aimed is None:
                self._aimed = deque(maxlen=REMEMBERED)
            self._aimed.append((event, self.focused))
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Send a key on that came back from what had the focus before."""
        line = self.focused
        for key, target in self._aimed or ():
            if key is event:
                if isinstance(line, Input) and target is not line:
                    event.prevent_default()
                    again = events.Key(event.key, event.character)
                    again._set_forwarded()
                    line.post_message(again)
                return

    async def on_key_behind(self, message: KeyBehind) -> None:
        """Press the key where the focus is by now."""
        await self.on_event(events.Key(message.key, message.character))
