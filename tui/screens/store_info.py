"""What is known about the store: how it is read, and what in it does not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from queries.store import Store
from tui import keeping
from tui.commands import bindings_for
from tui.reader import Answer
from tui.screens.leaving import Leaving
from tui.screens.reading import Reading
from widgets.glyphs import Glyphs
from widgets.text_view import TextView

if TYPE_CHECKING:
    from tui.app import SessionApp

_CLOSING = ("screens.back", "screens.info", "program.quit")


def _bindings() -> Iterator[Binding]:
    for binding in Binding.make_bindings(bindings_for(("any", "detail"))):
        if binding.id in _CLOSING:
            yield Binding(binding.key, "close", show=False, id=binding.id)
        elif binding.id is not None and binding.id.startswith("move."):
            yield binding


class StoreInfoScreen(Reading, ModalScreen[None], Leaving[None]):
    """The output of the ``doctor`` command."""

    CSS_PATH = "store_info.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(_bindings())
    slot = "info"

    def __init__(self, path: object, glyphs: Glyphs) -> None:
        """Args: path: of the store, for the title; glyphs: to draw with."""
        super().__init__()
        self._title = str(path)
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """One scrollable text."""
        view = TextView(glyphs=self._glyphs, empty_text="Reading ...", id="info")
        view.border_title = "Store"
        yield view

    def on_mount(self) -> None:
        """Ask for the diagnosis."""
        self.query_one(TextView).focus()

        app = cast("SessionApp", self.app)

        def work(store: Store) -> Iterator[object]:
            from queries.doctor import diagnose
            from tui.headless.doctor import as_text

            wanted = app.options.cache is not False
            cache = keeping.totals_cache(app.config, wanted=wanted)
            yield as_text(diagnose(store), keeping.kept_of(cache, store.path))

        app.reader.request(self.slot, work)

    def take_answer(self, answer: Answer) -> None:
        """Show what was found."""
        self.query_one(TextView).set_text(answer.error or str(answer.value))

    def let_go(self) -> None:
        """Stop a diagnosis that nobody waits for any more."""
        cast("SessionApp", self.app).reader.cancel(self.slot)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def action_pane(self, method: str) -> None:
        """Move in the text."""
        getattr(self.query_one(TextView), f"action_{method}")()
