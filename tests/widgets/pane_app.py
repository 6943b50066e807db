"""An application around one widget, and ways to look at what it draws."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from widgets.pane import Pane

SIZES = ((1, 1), (10, 3), (20, 3), (40, 10), (80, 24), (200, 60))
HOSTILE = ("[b]bold[/b]", "[/]", "[@click=app.quit]x[/]", "a\\[b", "[link='https://x']y[/link]")
AnyMessage = TypeVar("AnyMessage", bound=Message)


class PaneApp(App[None]):
    """Shows one pane in focus; a hidden line of input can take the focus."""

    CSS = "Input { display: none; }"

    def __init__(self, pane: Pane) -> None:
        super().__init__()
        self.pane = pane

    def compose(self) -> ComposeResult:
        yield self.pane
        yield Input()

    def on_mount(self) -> None:
        self.pane.focus()


class Stage:
    """A pane on a screen, and everything that it said."""

    def __init__(self, app: PaneApp, pilot: Pilot[None], said: list[Message]) -> None:
        self.app = app
        self.pilot = pilot
        self._said = said

    async def settle(self) -> None:
        await self.pilot.pause()

    def said(self, kind: type[AnyMessage]) -> list[AnyMessage]:
        """The messages of one kind so far, in order."""
        return [message for message in self._said if isinstance(message, kind)]

    def drawn(self) -> list[Strip]:
        """The screen, with its styles."""
        return self.app.screen._compositor.render_strips()

    def lines(self) -> list[str]:
        """The screen's text."""
        return [strip.text for strip in self.drawn()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def assert_exact_widths(self) -> None:
        """Every line has exactly as many cells as the screen."""
        width = self.app.size.width
        assert {cell_len(line) for line in self.lines()} == {width}

    @contextmanager
    def repaints(self) -> Iterator[list[int]]:
        """The screen lines that the pane draws meanwhile; settle before reading."""
        pane = self.app.pane
        drawn: list[int] = []
        render: Any = pane.render_line

        def counting(y: int) -> Strip:
            drawn.append(y)
            strip: Strip = render(y)
            return strip

        pane.render_line = counting  # type: ignore[method-assign]  # watched, then put back
        try:
            yield drawn
        finally:
            del pane.render_line


@asynccontextmanager
async def on_stage(pane: Pane, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Stage]:
    """Run an application that shows the pane in focus."""
    said: list[Message] = []

    def hear(message: Message) -> None:
        if not any(message is heard for heard in said[-50:]):
            said.append(message)

    app = PaneApp(pane)
    async with app.run_test(size=size, message_hook=hear) as pilot:
        await pilot.pause()
        yield Stage(app, pilot, said)
