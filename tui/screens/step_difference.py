"""Two steps in full: their inputs and outputs as a difference of texts."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment
from textual.app import ComposeResult

from queries.models.alignment import Step
from queries.side_tables import event_text
from queries.store import Store
from tui.reader import Answer
from tui.screens.detail_screen import DetailScreen
from tui.screens.prompt import Prompt
from tui.screens.step_texts import Texts, difference_text
from widgets.status_bar import FooterBar
from widgets.text_view import TextView
from widgets.words_bar import WordsBar

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


class StepDifferenceScreen(DetailScreen):
    """Reads the texts of two steps and shows how they differ."""

    CSS_PATH = "step_difference.tcss"
    slot = "difference"

    def __init__(self, sides: Sides, relation: str) -> None:
        """Args: sides: the two steps; relation: how they are related, in words."""
        super().__init__()
        self._sides = sides
        self._relation = relation

    def compose(self) -> ComposeResult:
        """How the steps are related, the text, prompt and footer."""
        glyphs = self.owner.glyphs
        yield WordsBar(glyphs=glyphs, id="relation")
        yield DifferenceView(glyphs=glyphs, empty_text="Reading ...", id="difference")
        yield Prompt()
        yield FooterBar(glyphs=glyphs)

    def on_mount(self) -> None:
        """Ask for the texts."""
        self.begin()
        words = ((f" {self._relation}", "strong"), ("  - left  + right", "muted"))
        self.query_one(WordsBar).show(words)
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

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        if answer.error:
            self.view.empty_text = answer.error
        else:
            self.view.set_text(str(answer.value))

    # Actions of the registry

    def action_copy_command(self) -> None:
        """There is no command that prints this."""
        self.say("No command prints this text; o writes it to a file.")

    def action_export_view(self) -> None:
        """Write the text to a new file."""
        said = self.owner.give_lines("session-tui-difference", self.view.lines_as_text())
        self.say(said)
