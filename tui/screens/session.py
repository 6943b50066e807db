"""One session in full: what is known about it, and every column of its row."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from typing import cast

from textual.app import ComposeResult
from textual.content import Content

from queries.models import ActivityNode, SessionRow, Snapshot, StoreState
from queries.row_columns import Columns, column_lines, session_columns
from queries.store import Store
from tui.export import absolute
from tui.reader import Answer
from tui.screens.detail_screen import DetailScreen
from tui.screens.prompt import Prompt
from tui.session_facts import session_facts
from widgets.glyphs import drawable
from widgets.status_bar import FooterBar
from widgets.text_view import TextView


class SessionScreen(DetailScreen):
    """Shows a session as it is now, and reads the columns of its row."""

    CSS_PATH = "session.tcss"
    slot = "session"

    def __init__(self, row: SessionRow, row_of: Callable[[str], SessionRow | None]) -> None:
        """Args: row: the session to show; row_of: a session as it is shown in the list now."""
        super().__init__()
        self._row = row
        self._row_of = row_of
        self._zone: tzinfo | None = None
        self._columns: Columns | None = None
        self._trouble = ""
        """Why the columns could not be read."""
        self._text = ""

    def compose(self) -> ComposeResult:
        """The text, prompt and footer."""
        glyphs = self.owner.glyphs
        yield TextView(glyphs=glyphs, classes="pane")
        yield Prompt()
        yield FooterBar(glyphs=glyphs)

    def on_mount(self) -> None:
        """Show what is known, and ask for the row."""
        self._zone = self.owner.zone
        self.masking_changed()
        self._show()
        self.begin()
        self._ask()

    def _ask(self) -> None:
        name = self._row.id

        def work(store: Store) -> Iterator[object]:
            yield session_columns(store, name)

        self.owner.reader.request(self.slot, work)

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        self._trouble = answer.error
        if not answer.error:
            self._columns = cast("Columns", answer.value)
        self._show()

    def take(self, snapshot: Snapshot, news: Sequence[ActivityNode]) -> None:
        """Show the session as it is now."""
        del news
        row = self._row_of(self._row.id)
        if row is not None and row != self._row:
            is_other, self._row = row.session != self._row.session, row
            self._show()
            if is_other:
                self._ask()
        if self._trouble and snapshot.state is StoreState.LIVE:
            self._trouble = ""
            self._ask()

    def masking_changed(self) -> None:
        """Say the title anew: secrets are covered now, or shown."""
        title = f"Session · {self._row.title or self._row.id}"
        self.view.border_title = Content(drawable(title, self.owner.glyphs))

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone."""
        self._zone = zone
        self._show()

    def _show(self) -> None:
        lines = [
            f"{name.ljust(14)} {value}" for name, value in session_facts(self._row, self._zone)
        ]
        if self._trouble:
            lines += ["", self._trouble]
        elif self._columns:
            lines += ["", *column_lines(self._columns)]
        elif self._columns is not None:
            lines += ["", "The store has no row of this session: only its events tell of it."]
        text = "\n".join(lines)
        if text == self._text:
            return
        cursor, self._text = self.view.cursor, text
        self.view.set_text(text)
        self.view.move_cursor(cursor)

    # Actions of the registry

    def action_copy_command(self) -> None:
        """Copy the shell command that prints the session."""
        parts = ["session-tui", "session", absolute(self.owner.path), self._row.id, "--json"]
        self.owner.copy_text(shlex.join(parts))

    def action_export_view(self) -> None:
        """Write the text to a new file."""
        name = f"session-tui-session-{self._row.id}"
        said = self.owner.give_lines(name, self.view.lines_as_text())
        self.say(said)
