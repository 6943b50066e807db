"""The help screen: every key, as it is now, from the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar, Final

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from queries.finding.filters import FIELDS
from tui.commands import COMMANDS, GROUPS, Command, Keymap, bindings_for, closing_hint, key_names
from tui.screens.leaving import Leaving

_CLOSING: Final = ("screens.back", "screens.help", "program.quit")
_KEYS_WIDTH: Final = 13
"""Cells for keys; more of them wrap."""
_OWN: Final = {
    "compare": "Compare", "timeline": "Timeline", "overview": "Overview", "work_items": "Work items"
}  # fmt: skip
"""Screen -> the group of the commands that it has for itself."""


def _bindings() -> Iterator[Binding]:
    # With the ids of the registry the user's own keys move and close this screen too.
    for binding in Binding.make_bindings(bindings_for(("any", "detail"))):
        if binding.id in _CLOSING:
            yield Binding(binding.key, "close", show=False, id=binding.id)
        elif binding.id is not None and binding.id.startswith("move."):
            yield binding


class HelpScreen(ModalScreen[None], Leaving[None]):
    """All commands by group, with the keys that work now, and the filter language."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(_bindings())

    def __init__(
        self,
        keymap: Keymap | None = None,
        *,
        ascii_only: bool = False,
        here: Iterable[str] = (),
    ) -> None:
        """Create the screen.

        Args:
            keymap: the user's changes to the default keys.
            ascii_only: whether key names may only use ASCII.
            here: contexts of the screen below: what works there comes first, what does not is
                dim. Empty: all is told alike.
        """
        super().__init__()
        self._keymap = keymap
        self._ascii_only = ascii_only
        self._here = frozenset(here)

    def compose(self) -> ComposeResult:
        """One scrollable page."""
        page = VerticalScroll(id="help-page")
        page.border_title = "Help"
        page.border_subtitle = Content(closing_hint(self._keymap, ascii_only=self._ascii_only))
        with page:
            for group in sorted(GROUPS, key=self._rank):
                yield Static(Text(group), classes="help-heading", markup=False)
                yield Static(_table(self._rows(group)), classes="help-rows", markup=False)
            yield Static(Text("Filters"), classes="help-heading", markup=False)
            rows = [(f"{name}:", f"{meaning}.", "") for name, meaning in FIELDS.items()]
            yield Static(_table(rows), classes="help-rows", markup=False)

    def action_close(self) -> None:
        """Go back to the screen below."""
        self.dismiss()

    def action_pane(self, method: str) -> None:
        """Scroll as the commands that move a cursor say."""
        page = self.query_one("#help-page", VerticalScroll)
        half = max(1, page.size.height // 2)
        moves: dict[str, Callable[[], object]] = {
            "cursor_up": lambda: page.scroll_relative(y=-1, animate=False),
            "cursor_down": lambda: page.scroll_relative(y=1, animate=False),
            "half_page_up": lambda: page.scroll_relative(y=-half, animate=False),
            "half_page_down": lambda: page.scroll_relative(y=half, animate=False),
            "page_up": lambda: page.scroll_page_up(animate=False),
            "page_down": lambda: page.scroll_page_down(animate=False),
            "cursor_top": lambda: page.scroll_home(animate=False),
            "cursor_bottom": lambda: page.scroll_end(animate=False),
        }
        if move := moves.get(method):
            move()

    def _rank(self, group: str) -> int:
        """0 for the group of the screen below, 1 for others of which something works there."""
        if not self._here or any(_OWN.get(name) == group for name in self._here):
            return 0
        return (
            1 if any(self._works(command) for command in COMMANDS if command.group == group) else 2
        )

    def _works(self, command: Command) -> bool:
        return not self._here or not self._here.isdisjoint(command.contexts)

    def _rows(self, group: str) -> list[tuple[str, str, str]]:
        return [
            (
                " ".join(key_names(command, self._keymap, ascii_only=self._ascii_only)),
                command.help,
                "" if self._works(command) else "dim",
            )
            for command in COMMANDS
            if command.group == group
        ]


def _table(rows: list[tuple[str, str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=_KEYS_WIDTH, style="bold")
    table.add_column(ratio=1)
    for keys, meaning, style in rows:
        table.add_row(Text(keys, style), Text(meaning, style))
    return table
