"""The help screen: every key, as it is now, from the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from queries.finding.filters import FIELDS
from queries.plain_data import dataclass
from tui.commands import (
    COMMANDS,
    GROUPS,
    Command,
    Keymap,
    closing_hint,
    key_names,
)
from tui.screens.dialog_bindings import dialog_bindings
from tui.screens.leaving import Leaving
from tui.screens.prompt import Prompt
from widgets.glyphs import ASCII, UNICODE, drawable
from widgets.signs import meanings

_SIGNS: Final = "Signs"
_FILTERS: Final = "Filters"
_KEYS_WIDTH: Final = 13
"""Cells for keys; more of them wrap."""
_OWN: Final = {
    "compare": "Compare", "timeline": "Timeline", "overview": "Overview", "work_items": "Work items"
}  # fmt: skip
"""Screen -> the group of the commands that it has for itself."""


class HelpScreen(ModalScreen[None], Leaving[None]):
    """All commands by group, with the keys that work now, the signs, and the filter language."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = dialog_bindings(
        {"screens.help": "close", "program.quit": "close"}, ("screens.back", "find.search")
    )

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
        self._wanted = ""
        self._parts = [
            (
                Static(Text(group), classes="help-heading", markup=False),
                Static(classes="help-rows", markup=False),
                self._rows(group),
            )
            for group in (*sorted(GROUPS, key=self._rank), _SIGNS, _FILTERS)
        ]

    def compose(self) -> ComposeResult:
        """One scrollable page."""
        page = VerticalScroll(id="help-page")
        hint = closing_hint(self._keymap, ascii_only=self._ascii_only, before=("find.search",))
        page.border_subtitle = Content(hint)
        with page:
            for heading, table, _ in self._parts:
                yield heading
                yield table
        yield Prompt()

    def on_mount(self) -> None:
        """Show all of it."""
        self._narrow("")

    # What is searched for

    def action_search(self) -> None:
        """Ask for a word; what does not hold it is left out as it is typed."""
        self.query_one(Prompt).ask("search", "/", self._wanted)

    @on(Prompt.Typed)
    @on(Prompt.Answered)
    def _typed(self, event: Prompt.Typed | Prompt.Answered) -> None:
        self._narrow(event.text)

    @on(Prompt.GivenUp)
    def _given_up(self) -> None:
        self._narrow("")

    def _narrow(self, wanted: str) -> None:
        """Show only what holds a text: in its keys, its words, its title or its heading."""
        self._wanted = wanted
        number = of = 0
        for heading, table, rows in self._parts:
            shown = [row for row in rows if row.holds(wanted)]
            number, of = number + len(shown), of + len(rows)
            heading.display = table.display = bool(shown)
            if shown:
                table.update(_table(shown))
        page = self.query_one("#help-page", VerticalScroll)
        told = f"Help · {wanted} · {number} of {of}" if wanted else "Help"
        page.border_title = Content(drawable(told, ASCII if self._ascii_only else UNICODE))
        page.scroll_home(animate=False)

    def action_back(self) -> None:
        """Show all again, or go back to the screen below."""
        if self._wanted:
            self._narrow("")
        else:
            self.action_close()

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

    def _rows(self, group: str) -> list[Row]:
        if group == _SIGNS:
            glyphs = ASCII if self._ascii_only else UNICODE
            return [Row(signs, meaning, group) for signs, meaning in meanings(glyphs)]
        if group == _FILTERS:
            return [Row(f"{name}:", f"{meaning}.", group) for name, meaning in FIELDS.items()]
        return [
            Row(
                " ".join(key_names(command, self._keymap, ascii_only=self._ascii_only)),
                command.help,
                f"{group} {command.title}",
                is_dim=not self._works(command),
            )
            for command in COMMANDS
            if command.group == group
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """A command, a sign or a field of filters."""

    keys: str
    meaning: str
    also: str
    """Other words that it is found by."""
    is_dim: bool = False

    def holds(self, text: str) -> bool:
        """Whether it is one that is searched for: a single character by its key alone."""
        if len(text) == 1:
            return text in self.keys.split()
        words = f"{self.keys}\n{self.meaning}\n{self.also}".casefold()
        return text.casefold() in words


def _table(rows: list[Row]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=_KEYS_WIDTH, style="bold")
    table.add_column(ratio=1)
    for row in rows:
        style = "dim" if row.is_dim else ""
        table.add_row(Text(row.keys, style), Text(row.meaning, style))
    return table
