"""All bookmarks and notes of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen

from tui.bookmarks import Bookmark
from tui.commands import closing_hint
from tui.screens.dialog_bindings import SEARCHING, dialog_bindings
from tui.screens.leaving import Leaving
from tui.screens.prompt import Prompt
from tui.screens.searching import Searching
from widgets.glyphs import Glyphs
from widgets.pane import Pane
from widgets.result_table import ResultTable


class BookmarkScreen(
    ModalScreen[Bookmark | None], Searching[Bookmark | None], Leaving[Bookmark | None]
):
    """A list; its result is the bookmark to go to."""

    CSS_PATH = "bookmarks.tcss"
    BINDINGS: ClassVar[list[BindingType]] = dialog_bindings(
        {"screens.open": "open", "marks.list": "close", "program.quit": "close"}, SEARCHING
    )

    def __init__(self, bookmarks: Sequence[Bookmark], glyphs: Glyphs) -> None:
        """Args: bookmarks: to choose from; glyphs: to draw with."""
        super().__init__()
        self._bookmarks = tuple(bookmarks)
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """One table."""
        table = ResultTable(
            glyphs=self._glyphs, id="bookmarks",
            empty_text="There are no bookmarks yet: * gives a session or an event a label.",
        )  # fmt: skip
        table.border_title = "Bookmarks"
        owner = self.owner
        table.border_subtitle = Content(
            closing_hint(
                owner.user_keymap, ascii_only=owner.is_ascii, before=("screens.open", "find.search")
            )
        )
        yield table
        yield Prompt()

    @property
    def searched(self) -> ResultTable:
        """The table."""
        return self.query_one(ResultTable)

    def on_mount(self) -> None:
        """Show them."""
        table = self.query_one(ResultTable)
        rows = [
            (
                one.label,
                "session" if one.event_id is None else "event",
                one.title or one.event_id or one.session_id,
                one.note or None,
            )
            for one in self._bookmarks
        ]
        table.show(("label", "of", "what", "note"), rows, frozenset())
        table.focus()

    def action_pane(self, method: str) -> None:
        """Move in the list."""
        getattr(self.query_one(ResultTable), f"action_{method}")()

    def action_open(self) -> None:
        """Go to what is under the cursor."""
        self.query_one(ResultTable).open_current()

    def on_pane_opened(self, message: Pane.Opened) -> None:
        """One was chosen."""
        self.dismiss(self._bookmarks[message.index])

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
