"""One work item in full."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from queries.models import WorkItem
from queries.models.work_items import WorkItemDetail
from queries.store import Store
from queries.text import UNKNOWN, date_time
from queries.work_items import work_item_detail
from tui.commands import available, bindings_for, footer_hints
from tui.export import absolute
from tui.reader import Answer
from tui.screens.leaving import Leaving
from tui.screens.prompt import Prompt
from tui.screens.reading import Reading
from widgets.glyphs import drawable
from widgets.status_bar import FooterBar
from widgets.text_view import TextView
from widgets.work_words import steps_text

CONTEXTS = ("any", "detail")


def detail_text(detail: WorkItemDetail, zone: tzinfo | None) -> str:
    """Facts, description and every column, as lines of text."""
    item = detail.item
    facts = (
        ("id", item.id), ("type", item.type), ("status", item.status),
        ("priority", item.priority), ("assigned to", item.assigned_to),
        ("steps", steps_text(item)), ("created", date_time(item.created, zone)),
        ("updated", date_time(item.updated, zone)), ("completed", date_time(item.completed, zone)),
        ("track", detail.track), ("part of", detail.parent_id),
        ("consists of", ", ".join(detail.children)), ("tags", ", ".join(detail.tags)),
    )  # fmt: skip
    lines = [item.title, ""]
    lines += [f"{name.ljust(12)} {value or UNKNOWN}" for name, value in facts]
    lines += ["", detail.description or "(no description)", "", "Columns of the row:"]
    lines += [f"  {name.ljust(20)} {value}" for name, value in detail.raw]
    return "\n".join(lines)


class WorkItemScreen(Reading, Leaving[None]):
    """Reads everything about an item and shows it."""

    CSS_PATH = "work_items.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(CONTEXTS))
    slot = "work_item"

    def __init__(self, item: WorkItem, zone: tzinfo | None) -> None:
        """Args: item: the one to show; zone: in which times are told, None for the user's."""
        super().__init__()
        self._item = item
        self._zone = zone
        self._detail: WorkItemDetail | None = None

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
        """The text, prompt and footer."""
        glyphs = self.owner.glyphs
        yield TextView(glyphs=glyphs, empty_text="Reading ...", classes="pane")
        yield Prompt()
        yield FooterBar(glyphs=glyphs)

    def on_mount(self) -> None:
        """Ask for the row."""
        item = self._item
        self.masking_changed()
        self.view.focus()
        hints = footer_hints(CONTEXTS, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([(hint.key, hint.title) for hint in hints])

        def work(store: Store) -> Iterator[object]:
            yield work_item_detail(store, item)

        self.owner.reader.request(self.slot, work)

    @property
    def view(self) -> TextView:
        """The text."""
        return self.query_one(TextView)

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        if isinstance(answer.value, WorkItemDetail):
            self._detail = answer.value
            self.view.set_text(detail_text(answer.value, self._zone))
        else:
            self.view.empty_text = answer.error

    def masking_changed(self) -> None:
        """Say the title anew: secrets are covered now, or shown."""
        title = f"Work item · {self._item.title}"
        self.view.border_title = Content(drawable(title, self.owner.glyphs))

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone."""
        self._zone = zone
        if self._detail is not None:
            self.view.set_text(detail_text(self._detail, zone))

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
        """End the search, or go back to the board."""
        if self.view.needle:
            self.view.find("")
        else:
            self.dismiss()

    def action_copy(self) -> None:
        """Copy the line under the cursor."""
        self.owner.copy_text(self.view.text_under_cursor().strip())

    def action_copy_command(self) -> None:
        """Copy the shell command that prints the item."""
        parts = ["session-tui", "work-items", absolute(self.owner.path), "--item", self._item.id]
        self.owner.copy_text(shlex.join([*parts, "--json"]))

    def action_export_view(self) -> None:
        """Write the text to a new file."""
        said = self.owner.give_lines(f"session-tui-{self._item.id}", self.view.lines_as_text())
        self.notify(said, markup=False)


if TYPE_CHECKING:
    from tui.app import SessionApp
