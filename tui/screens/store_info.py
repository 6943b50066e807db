"""What is known about the store: how it is read, and what in it does not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen

from queries.store import Store
from tui import keeping
from tui.commands import closing_hint
from tui.reader import Answer
from tui.screens.dialog_bindings import SEARCHING, dialog_bindings
from tui.screens.leaving import Leaving
from tui.screens.prompt import Prompt
from tui.screens.reading import Reading
from tui.screens.searching import Searching
from widgets.glyphs import Glyphs
from widgets.text_view import TextView

_NAME = re.compile(r"\S+(?: \S+)*\s{2,}")
"""The name at the beginning of a line, with the blanks behind it."""


def hanging(text: str, width: int) -> str:
    """The text with lines of at most so many cells, cut between words.

    What stands beside a name goes on below itself.
    """
    return "\n".join(piece for line in text.split("\n") for piece in (_pieces(line, width) or [""]))


def _pieces(line: str, width: int) -> list[str]:
    # Of wide characters the view itself knows where they end.
    if width <= 0 or len(line) <= width or not line.isascii():
        return [line]
    name = _NAME.match(line)
    indent = min(name.end() if name else 2, width // 2)
    return wrap(
        line, width, subsequent_indent=" " * indent, break_on_hyphens=False,
        replace_whitespace=False,
    )  # fmt: skip


class StoreInfoScreen(Reading, ModalScreen[None], Searching[None], Leaving[None]):
    """The output of the ``doctor`` command."""

    CSS_PATH = "store_info.tcss"
    BINDINGS: ClassVar[list[BindingType]] = dialog_bindings(
        {"screens.info": "close", "program.quit": "close"}, SEARCHING
    )
    slot = "info"

    def __init__(self, path: object, glyphs: Glyphs) -> None:
        """Args: path: of the store, for the title; glyphs: to draw with."""
        super().__init__()
        self._title = str(path)
        self._glyphs = glyphs
        self._told = ""

    def compose(self) -> ComposeResult:
        """One scrollable text."""
        view = TextView(glyphs=self._glyphs, empty_text="Reading ...", id="info")
        view.border_title = "Store"
        owner = self.owner
        view.border_subtitle = Content(
            closing_hint(owner.user_keymap, ascii_only=owner.is_ascii, before=("find.search",))
        )
        yield view
        yield Prompt()

    @property
    def searched(self) -> TextView:
        """The text."""
        return self.query_one(TextView)

    def on_mount(self) -> None:
        """Ask for the diagnosis."""
        self.query_one(TextView).focus()

        app = self.owner

        def work(store: Store) -> Iterator[object]:
            from queries.doctor import diagnose
            from tui.headless.doctor import as_text

            wanted = app.options.cache is not False
            cache = keeping.totals_cache(app.config, wanted=wanted)
            yield as_text(diagnose(store), keeping.kept_of(cache, store.path))

        app.reader.request(self.slot, work)

    def take_answer(self, answer: Answer) -> None:
        """Show what was found."""
        self._told = answer.error or str(answer.value)
        self._show()

    def on_resize(self) -> None:
        """Wrap the lines for the new width."""
        self._show()

    def _show(self) -> None:
        view = self.query_one(TextView)
        shown = hanging(self._told, view.text_width)
        if shown != view.text:
            view.set_text(shown)

    def let_go(self) -> None:
        """Stop a diagnosis that nobody waits for any more."""
        self.owner.reader.cancel(self.slot)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def action_pane(self, method: str) -> None:
        """Move in the text."""
        getattr(self.query_one(TextView), f"action_{method}")()
