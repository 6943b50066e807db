"""One work item in full."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import tzinfo

from textual.app import ComposeResult
from textual.content import Content

from queries.models import WorkItem
from queries.models.work_items import WorkItemDetail
from queries.row_columns import column_lines
from queries.store import Store
from queries.text import UNKNOWN, date_time
from queries.work_items import work_item_detail
from tui.export import absolute
from tui.reader import Answer
from tui.screens.detail_screen import DetailScreen
from tui.screens.prompt import Prompt
from widgets.glyphs import drawable
from widgets.status_bar import FooterBar
from widgets.text_view import TextView
from widgets.work_words import steps_text


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
    lines += ["", detail.description or "(no description)", "", *column_lines(detail.raw)]
    return "\n".join(lines)


class WorkItemScreen(DetailScreen):
    """Reads everything about an item and shows it."""

    CSS_PATH = "work_items.tcss"
    slot = "work_item"

    def __init__(self, item: WorkItem, zone: tzinfo | None) -> None:
        """Args: item: the one to show; zone: in which times are told, None for the user's."""
        super().__init__()
        self._item = item
        self._zone = zone
        self._detail: WorkItemDetail | None = None

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
        self.begin()

        def work(store: Store) -> Iterator[object]:
            yield work_item_detail(store, item)

        self.owner.reader.request(self.slot, work)

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

    def action_copy_command(self) -> None:
        """Copy the shell command that prints the item."""
        parts = ["session-tui", "work-items", absolute(self.owner.path), "--item", self._item.id]
        self.owner.copy_text(shlex.join([*parts, "--json"]))

    def action_export_view(self) -> None:
        """Write the text to a new file."""
        said = self.owner.give_lines(f"session-tui-{self._item.id}", self.view.lines_as_text())
        self.say(said)
