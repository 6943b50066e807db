"""One event in full: its facts, input, output and raw columns."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType

from queries.models import ActivityNode, Event, EventText, Snapshot, StoreState
from queries.side_tables import event_text
from queries.store import Store
from tui.commands import bindings_for
from tui.export import absolute
from tui.reader import Answer
from tui.screens.detail_screen import DetailScreen
from tui.screens.prompt import Prompt
from widgets.event_detail import EventDetail, section_texts
from widgets.status_bar import FooterBar
from widgets.text_view import TextView


class EventScreen(DetailScreen):
    """Reads the heavy columns of one event and shows them."""

    CSS_PATH = "event.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("event",)))
    CONTEXTS = (*DetailScreen.CONTEXTS, "event")
    TITLES: ClassVar[Mapping[str, str]] = {"move.next_pane": "next section"}
    slot = "text"

    def __init__(self, event: Event, never_ended: bool) -> None:
        """Args: event: the one to show; never_ended: whether it is a call without end."""
        super().__init__()
        self._shown = event
        self._never_ended = never_ended
        self._failed = False
        self._table = ""
        """Of the event, where the store has several whose ids may be the same."""
        self._detail: EventDetail | None = None

    def compose(self) -> ComposeResult:
        """The detail view above prompt and footer."""
        self._detail = EventDetail(glyphs=self.owner.glyphs, zone=self.owner.zone)
        yield self._detail
        yield Prompt()
        yield FooterBar(glyphs=self.owner.glyphs)

    def on_mount(self) -> None:
        """Show the facts and ask for the texts."""
        detail = self.detail
        detail.show_event(self._shown, never_ended=self._never_ended)
        self.begin()
        self._ask()

    def on_unmount(self) -> None:
        """Let go of the texts: what is left of a screen may wait long to be collected."""
        if self._detail is not None:
            self._detail.forget()

    @property
    def view(self) -> TextView:
        """The section that is shown."""
        return self.detail.view

    @property
    def detail(self) -> EventDetail:
        """The view."""
        return self.query_one(EventDetail)

    def _ask(self) -> None:
        event = self._shown
        self._failed = False

        def work(store: Store) -> Iterator[object]:
            text = event_text(store, event)
            sources = store.info.sources
            table = sources[event.source] if len(sources) > 1 else ""
            yield text, section_texts(text), table

        self.owner.reader.request(self.slot, work)

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        self._failed = answer.retry
        if answer.error:
            self.detail.view.empty_text = answer.error
            return
        found = cast("tuple[EventText, dict[str, str], str]", answer.value)
        text, rendered, self._table = found
        self.detail.show_text(text, rendered)  # type: ignore[arg-type]  # keys are sections

    def take(self, snapshot: Snapshot, news: Sequence[ActivityNode]) -> None:
        """Show the event as it is now, if it changed."""
        for node in news:
            event = node.event
            if event is None or event.key != self._shown.key:
                continue
            is_other, self._shown = event != self._shown, event
            if is_other or node.never_ended != self._never_ended:
                self._never_ended = node.never_ended
                self.detail.show_event(event, never_ended=node.never_ended)
            if is_other:
                self._ask()
        if self._failed and snapshot.state is StoreState.LIVE:
            self._ask()

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone."""
        self.detail.zone = zone

    # Actions of the registry

    def action_pane(self, method: str) -> None:
        """Move in the text; left and right go to the other sections."""
        if method in ("cursor_left", "cursor_right"):
            self.detail.cycle_section(1 if method == "cursor_right" else -1)
        else:
            super().action_pane(method)

    def action_focus_pane(self, step: int) -> None:
        """Go to the next section, or the one before."""
        self.detail.cycle_section(step)

    def action_copy_command(self) -> None:
        """Copy the shell command that prints this event."""
        name = f"{self._table}:{self._shown.id}" if self._table else self._shown.id
        parts = ["session-tui", "event", "--json"]
        # An id that begins with a dash is no option.
        parts += ["--"] if name.startswith("-") else []
        self.owner.copy_text(shlex.join([*parts, absolute(self.owner.path), name]))

    def action_export_view(self) -> None:
        """Write facts and text to a new file."""
        name = f"session-tui-event-{self._shown.id}"
        said = self.owner.give_lines(name, self.detail.lines_as_text())
        self.say(said)
