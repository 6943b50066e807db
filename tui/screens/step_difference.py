"""Two steps in full: their inputs and outputs as a difference of texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from queries.models.alignment import Step
from queries.side_tables import event_text
from queries.store import Store
from tui.commands import available, bindings_for, footer_hints
from tui.reader import Answer
from tui.screens.leaving import Leaving
from tui.screens.prompt import Prompt
from tui.screens.reading import Reading
from tui.screens.step_texts import Texts, difference_text
from widgets.status_bar import FooterBar
from widgets.text_view import TextView
from widgets.words_bar import WordsBar

if TYPE_CHECKING:
    from tui.app import SessionApp

CONTEXTS = ("any", "detail")
Sides = tuple[tuple[str, Step | None], ...]
"""Name of the session and its step, left and right; None for a gap."""
_ROLES = {"-": "error", "+": "ok", "@": "header"}


class DifferenceView(TextView):
    """A text whose lines begin with a sign: "-" left only, "+" right only, "@" a heading."""

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The row in the colour of its sign."""
        segments = super().line_segments(index, width, is_cursor)
        role = _ROLES.get(self.line_text(index)[:1])
        if role is None or self._content.locate(index)[1]:
            return segments
        style = self.role(role)
        return [Segment(text, style if known == self.role() else known)
                for text, known, _ in segments]  # fmt: skip


class StepDifferenceScreen(Reading, Leaving[None]):
    """Reads the texts of two steps and shows how they differ."""

    CSS_PATH = "step_difference.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(CONTEXTS))
    slot = "difference"

    def __init__(self, sides: Sides, relation: str) -> None:
        """Args: sides: the two steps; relation: how they are related, in words."""
        super().__init__()
        self._sides = sides
        self._relation = relation

    @property
    def owner(self) -> SessionApp:
        """The application."""
        return cast("SessionApp", self.app)

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here."""
        return CONTEXTS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command may run here."""
        return available(action, parameters, CONTEXTS)

    def compose(self) -> ComposeResult:
        """How the steps are related, the text, prompt and footer."""
        glyphs = self.owner.glyphs
        yield WordsBar(glyphs=glyphs, id="relation")
        yield DifferenceView(glyphs=glyphs, empty_text="Reading ...", id="difference")
        yield Prompt()
        yield FooterBar(glyphs=glyphs)

    def on_mount(self) -> None:
        """Ask for the texts."""
        self.view.focus()
        words = ((f" {self._relation}", "strong"), ("  - left  + right", "muted"))
        self.query_one(WordsBar).show(words)
        hints = footer_hints(CONTEXTS, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([(hint.key, hint.title) for hint in hints])
        sides = self._sides

        def work(store: Store) -> Iterator[object]:
            texts: list[Texts | None] = []
            for _, step in sides:
                if step is None:
                    texts.append(None)
                else:
                    read = event_text(store, step.event)
                    texts.append((read.input or "", read.output or ""))
            yield difference_text(sides, tuple(texts))

        self.owner.reader.request(self.slot, work)

    @property
    def view(self) -> DifferenceView:
        """The text."""
        return self.query_one(DifferenceView)

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        if answer.error:
            self.view.empty_text = answer.error
        else:
            self.view.set_text(str(answer.value))

    # Actions of the registry

    def action_pane(self, method: str) -> None:
        """Move in the text."""
        getattr(self.view, f"action_{method}")()

    def action_search(self) -> None:
        """Ask what to search for."""
        self.query_one(Prompt).ask("search", "/", self.view.needle)

    def action_next_match(self, step: int) -> None:
        """Go to the next match."""
        if not self.view.needle or not self.view.find_next(step):
            self.notify("Nothing found.", markup=False)

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        self.view.focus()
        if not self.view.find(event.text) and event.text:
            self.notify(f"Nothing here holds {event.text!r}.", markup=False)

    @on(Prompt.GivenUp)
    def _given_up(self) -> None:
        self.view.find("")
        self.view.focus()

    def action_back(self) -> None:
        """Go back to the comparison."""
        self.dismiss()

    def action_copy(self) -> None:
        """Copy the line under the cursor."""
        self.owner.copy_text(self.view.text_under_cursor().strip())

    def action_copy_command(self) -> None:
        """There is no command that prints this."""
        self.notify("No command prints this text; o writes it to a file.", markup=False)

    def action_export_view(self) -> None:
        """Write the text to a new file."""
        said = self.owner.give_lines("session-tui-difference", self.view.lines_as_text())
        self.notify(said, markup=False)
