"""One event in full: its facts, input, output and raw columns."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from queries.models import ActivityNode, Event, EventText, Snapshot, StoreState
from queries.side_tables import event_text
from queries.store import Store
from tui.commands import available, bindings_for, footer_hints
from tui.export import absolute
from tui.reader import Answer
from tui.screens.leaving import Leaving
from tui.screens.prompt import Prompt
from tui.screens.reading import Reading
from widgets.event_detail import EventDetail, section_texts
from widgets.status_bar import FooterBar

if TYPE_CHECKING:
    from tui.app import SessionApp

CONTEXTS = ("any", "detail")


class EventScreen(Reading, Leaving[None]):
    """Reads the heavy columns of one event and shows them."""

    CSS_PATH = "event.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(CONTEXTS))
    slot = "text"

    def __init__(self, event: Event, never_ended: bool) -> None:
        """Args: event: the one to show; never_ended: whether it is a call without end."""
        super().__init__()
        self._shown = event
        self._never_ended = never_ended
        self._failed = False
        self._detail: EventDetail | None = None

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
        """The detail view above prompt and footer."""
        self._detail = EventDetail(glyphs=self.owner.glyphs, zone=self.owner.zone)
        yield self._detail
        yield Prompt()
        yield FooterBar(glyphs=self.owner.glyphs)

    def on_mount(self) -> None:
        """Show the facts and ask for the texts."""
        detail = self.detail
        detail.show_event(self._shown, never_ended=self._never_ended)
        detail.view.focus()
        hints = footer_hints(CONTEXTS, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([(hint.key, hint.title) for hint in hints])
        self._ask()

    def on_unmount(self) -> None:
        """Let go of the texts: what is left of a screen may wait long to be collected."""
        if self._detail is not None:
            self._detail.forget()

    @property
    def detail(self) -> EventDetail:
        """The view."""
        return self.query_one(EventDetail)

    def _ask(self) -> None:
        event = self._shown
        self._failed = False

        def work(store: Store) -> Iterator[object]:
            text = event_text(store, event)
            yield text, section_texts(text)

        self.owner.reader.request(self.slot, work)

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        self._failed = answer.retry
        if answer.error:
            self.detail.view.empty_text = answer.error
            return
        text, rendered = cast("tuple[EventText, dict[str, str]]", answer.value)
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
            getattr(self.detail.view, f"action_{method}")()

    def action_search(self) -> None:
        """Ask what to search for."""
        self.query_one(Prompt).ask("search", "/", self.detail.needle)

    def action_next_match(self, step: int) -> None:
        """Go to the next match."""
        if not self.detail.needle or not self.detail.find_next(step):
            self.notify("Nothing found.", markup=False)

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        self.detail.view.focus()
        if not self.detail.find(event.text) and event.text:
            self.notify(f"Nothing here holds {event.text!r}.", markup=False)

    @on(Prompt.GivenUp)
    def _given_up(self) -> None:
        self.detail.find("")
        self.detail.view.focus()

    def action_back(self) -> None:
        """End the search, or go back to the main screen."""
        if self.detail.needle:
            self.detail.find("")
        else:
            self.dismiss()

    def action_copy(self) -> None:
        """Copy the line under the cursor."""
        self.owner.copy_text(self.detail.text_under_cursor().strip())

    def action_copy_command(self) -> None:
        """Copy the shell command that prints the session's events."""
        parts = ["session-tui", "events", absolute(self.owner.path), "--session"]
        self.owner.copy_text(shlex.join([*parts, self._shown.session_id, "--json"]))

    def action_export_view(self) -> None:
        """Write facts and text to a new file."""
        name = f"session-tui-event-{self._shown.id}"
        said = self.owner.give_lines(name, self.detail.lines_as_text())
        self.notify(said, markup=False)
