"""The line at the bottom in which a search or a filter is typed."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class Prompt(Horizontal):
    """Hidden until :meth:`ask`; tells what was typed, or that it was given up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]
    DEFAULT_CSS = """
    Prompt {
        dock: bottom;
        height: 1;
        display: none;
        background: $panel;
    }
    Prompt.-asking { display: block; }
    Prompt Static { width: auto; color: $text-accent; text-style: bold; }
    Prompt Input { border: none; height: 1; padding: 0; background: $panel; width: 1fr; }
    """

    class Answered(Message):
        """Enter was pressed."""

        def __init__(self, purpose: str, text: str) -> None:
            self.purpose = purpose
            self.text = text
            super().__init__()

    class Typed(Message):
        """The text changed."""

        def __init__(self, purpose: str, text: str) -> None:
            self.purpose = purpose
            self.text = text
            super().__init__()

        def can_replace(self, message: Message) -> bool:
            """Only what was typed last counts."""
            return isinstance(message, Prompt.Typed)

    class GivenUp(Message):
        """Escape was pressed."""

        def __init__(self, purpose: str) -> None:
            self.purpose = purpose
            super().__init__()

    _purpose = ""

    @property
    def is_asking(self) -> bool:
        """Whether it is shown."""
        return self.has_class("-asking")

    @property
    def text(self) -> str:
        """What is typed so far."""
        return self.query_one(Input).value

    def ask(self, purpose: str, label: str, text: str = "", example: str = "") -> None:
        """Show the prompt with a label, a text to begin with, and an example where none is."""
        self._purpose = purpose
        if not self.children:
            # Not before it is needed: the first frame comes sooner without.
            line = Input(compact=True, select_on_focus=True)
            # Nothing is sent while nobody types.
            line.cursor_blink = False
            self.mount(Static("", markup=False), line)
        self.query_one(Static).update(label)
        line = self.query_one(Input)
        with line.prevent(Input.Changed):
            line.value = text
        line.placeholder = example
        self.add_class("-asking")
        # At once, and not when the next message is handled: keys may be waiting already.
        self.screen.set_focus(line)

    def close(self) -> None:
        """Hide it."""
        self.remove_class("-asking")

    def action_cancel(self) -> None:
        """Give up."""
        self.close()
        self.post_message(self.GivenUp(self._purpose))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.close()
        self.post_message(self.Answered(self._purpose, event.value))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(self._purpose, event.value))
