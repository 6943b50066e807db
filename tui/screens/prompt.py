"""The line at the bottom in which a search or a filter is typed."""

from __future__ import annotations

from textual import events, on
from textual.binding import BindingsMap
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.discreet import DiscreetApp
from tui.terminal.type_ahead import KeyBehind
from widgets.glyphs import ASCII, UNICODE, drawable
from widgets.line_text import shorten_end


class Prompt(Horizontal):
    """Hidden until :meth:`ask`; tells what was typed, or that it was given up."""

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
    _before: Widget | None = None
    _told = ""
    """What was said of the last answer."""

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
            self.mount(Static("", markup=False), _Line(self))
        self.query_one(Static).update(label)
        line = self.query_one(_Line)
        if not self.is_asking:
            self._before = self.screen.focused
        with line.prevent(Input.Changed):
            line.value = text
        line.show_example(example)
        self.add_class("-asking")
        # At once, and not when the next message is handled: keys may be waiting already.
        self.screen.set_focus(line)

    def close(self) -> None:
        """Hide it, and let what had the keys before have them again."""
        self.remove_class("-asking")
        before, self._before = self._before, None
        if isinstance(self.screen.focused, _Line):
            self.screen.set_focus(before)

    def give_up(self) -> None:
        """Close without an answer."""
        self._take_back()
        self.close()
        self.post_message(self.GivenUp(self._purpose))

    def answer(self) -> None:
        """Take what is typed for the answer."""
        self._take_back()
        text = self.text
        self.close()
        self.post_message(self.Answered(self._purpose, text))

    def tell(self, text: str) -> None:
        """Say something of the answer, for as long as there is no other one."""
        self._told = text
        self.notify(text, markup=False)

    def _take_back(self) -> None:
        told, self._told = self._told, ""
        if told and isinstance(self.app, DiscreetApp):
            self.app.take_back(told)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        # Of what was answered already, the answer tells.
        if self.is_asking:
            self.post_message(self.Typed(self._purpose, event.value))


_EDITING = BindingsMap(Input.BINDINGS).key_to_bindings


class _Line(Input):
    """Takes keys in their order, and none behind the one that ends it, though they come together.

    Letters are taken here at once; keys with an action would go all the way up to the
    application first, and be overtaken.
    """

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(compact=True, select_on_focus=True)
        self._prompt = prompt
        self._example = ""
        # Nothing is sent while nobody types.
        self.cursor_blink = False

    def show_example(self, text: str) -> None:
        """Show an example while nothing is typed, as much of it as there is room for."""
        self._example = text
        width = self.scrollable_content_region.width
        glyphs = ASCII if self.app.has_class("-ascii") else UNICODE
        self.placeholder = drawable(shorten_end(text, width), glyphs) if width else text

    def on_resize(self) -> None:
        """Cut the example for the new width."""
        self.show_example(self._example)

    async def on_key(self, event: events.Key) -> None:
        """Edit or end what is typed, or send on what came after its end."""
        prompt = self._prompt
        if not prompt.is_asking:
            prompt.post_message(KeyBehind(event.key, event.character))
        elif event.key == "enter":
            prompt.answer()
        elif event.key == "escape":
            prompt.give_up()
        elif actions := _EDITING.get(event.key):
            for binding in actions:
                await self.run_action(binding.action)
        else:
            return
        event.stop()
        event.prevent_default()
