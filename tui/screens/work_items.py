"""Work items by status: a board where there is room for columns, else one list."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from queries.models import Snapshot, StoreState, WorkItem
from queries.models.work_items import WorkBoard
from queries.side_tables import work_items
from queries.store import Store
from queries.text import count
from queries.work_items import work_board
from tui.commands import bindings_for
from tui.export import absolute
from tui.pause import Pause
from tui.reader import Answer
from tui.screens.live_reading import LiveReading
from tui.screens.pane_set import PaneSet
from tui.screens.pane_set_layout import WIDE
from tui.screens.titles import EDGES, SHORTEST
from tui.screens.work_item import WorkItemScreen
from widgets.line_text import shorten_end
from widgets.work_board import ItemOpened, WorkBoardView
from widgets.work_list import WorkListView

BOARD, LIST = range(2)
PAUSE: Final = 10.0
"""Seconds after which items are read again although there is no news."""
TIMES: Final = 100
"""A pause without news is at least so many times as long as the reading took."""
NOTHING: Final = (
    "This store keeps no work items: it has no table of features, bugs or other work. "
    "HtmlGraph's stores do."
)
EMPTY: Final = "There is a table of work items, but nothing in it yet."


class WorkItemsScreen(PaneSet):
    """One pane: the board or the list."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = [
        "pane_set.tcss",
        "work_items.tcss",
    ]
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("work_items",)))
    NAMES: ClassVar[tuple[str, ...]] = ("Work items", "Work items")
    PANE_CONTEXTS: ClassVar[tuple[str, ...]] = ("work_items", "work_items")
    slot = "work_items"

    def __init__(self, snapshot: Snapshot | None, is_paused: Callable[[], bool]) -> None:
        """Args: snapshot: the newest one; is_paused: whether the user has frozen the screen."""
        super().__init__(snapshot, is_paused)
        self._items: tuple[WorkItem, ...] = ()
        self._has_table = True
        self._board: WorkBoard | None = None
        self._error = ""
        self.type: str | None = None
        self.priority: str | None = None
        self.assignee: str | None = None

    def compose_panes(self) -> ComposeResult:
        """The board, and the list for narrow screens."""
        glyphs = self.owner.glyphs
        yield WorkBoardView(glyphs=glyphs, id="board", classes="pane")
        yield WorkListView(glyphs=glyphs, id="list", classes="pane")

    def on_mount(self) -> None:
        """Ask for the items."""
        self.board_view = self.query_one(WorkBoardView)
        self.list_view = self.query_one(WorkListView)
        self.live = LiveReading(self.owner.clock, self.concerns)
        self._pause = Pause(self.owner.clock, PAUSE, TIMES)
        self.call_next(self.read)

    # -- layout -----------------------------------------------------------------------------

    def is_there(self, index: int) -> bool:
        """The board where columns fit side by side, else the list."""
        return index == (BOARD if self.size.width >= WIDE else LIST)

    def lay_out(self) -> None:
        """Show the one that has room, with the cursor on the same item."""
        wanted = BOARD if self.is_there(BOARD) else LIST
        if wanted != self.pane_index:
            item = self.item
            self.pane_index = wanted
            if item is not None:
                self._view.select(item.id)
            super().lay_out()
            self._view.focus()
            return
        super().lay_out()

    @property
    def _view(self) -> WorkBoardView | WorkListView:
        is_board = self.pane_index == BOARD
        return self.query_one(WorkBoardView) if is_board else self.query_one(WorkListView)

    @property
    def item(self) -> WorkItem | None:
        """The item under the cursor."""
        return self._view.item

    # -- reading ----------------------------------------------------------------------------

    def read(self) -> None:
        """Read all items (again)."""

        def work(store: Store) -> Iterator[object]:
            yield work_items(store), store.mapping.work_items is not None

        self.live.begin()
        self._pause.begin()
        self.owner.reader.request(self.slot, work)

    def concerns(self, snapshot: Snapshot) -> bool:
        """Any news may be about items."""
        del snapshot
        return True

    def tick(self, now: float) -> None:
        """Read again now and then: items may change without any event."""
        del now
        is_live = self.snapshot is None or self.snapshot.state is StoreState.LIVE
        if is_live and not self.live.is_reading and self._pause.is_over():
            self.read()

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        self.reading_ended(answer.retry)
        self._pause.end()
        self._error = answer.error
        if isinstance(answer.value, tuple):
            self._items, self._has_table = answer.value
        self._show()

    # -- showing ----------------------------------------------------------------------------

    def _show(self) -> None:
        board = work_board(
            self._items,
            types=() if self.type is None else (self.type,),
            priorities=() if self.priority is None else (self.priority,),
            assigned_to=self.assignee,
            has_table=self._has_table,
        )
        words = self._error or self._why_empty(board)
        for view in (self.board_view, self.list_view):
            view.empty_text = words
            if board != self._board:
                view.show_board(board)
        self._board = board
        self.show_titles()
        self.show_explanation()

    def _why_empty(self, board: WorkBoard) -> str:
        if not board.has_table:
            return NOTHING
        return "No item is like that." if board.total else EMPTY

    def title_of(self, index: int) -> str:
        """How many items there are, which are shown, and what is not visible."""
        board = self._board
        if board is None:
            return "Work items"
        shown = count(board.shown)
        number = shown if board.shown == board.total else f"{shown} of {count(board.total)}"
        parts = [f"Work items {number}"]
        parts += [word for word in (self.type, self.priority, self.assignee) if word]
        covers = self.panes[index].covers()
        title = " · ".join([*parts, covers] if covers and board.shown else parts)
        return shorten_end(title, max(SHORTEST, self.panes[index].size.width - EDGES))

    # -- actions of the registry ------------------------------------------------------------

    def action_cycle_type(self) -> None:
        """Show only items of the next type; after the last one, all."""
        self.type = self._next_of(self.type, [name for name, _ in self._known.types])
        self._show()

    def action_cycle_priority(self) -> None:
        """Show only items of the next priority; after the lowest one, all."""
        self.priority = self._next_of(self.priority, [name for name, _ in self._known.priorities])
        self._show()

    def action_cycle_assignee(self) -> None:
        """Show only what the next agent has; after the last one, all."""
        self.assignee = self._next_of(self.assignee, list(self._known.assignees))
        self._show()

    @property
    def _known(self) -> WorkBoard:
        return self._board or work_board(())

    def _next_of(self, now: str | None, words: list[str]) -> str | None:
        if not words:
            self.say("The items do not say that.")
            return None
        at = words.index(now) + 1 if now in words else 0
        return words[at] if at < len(words) else None

    def undo(self) -> bool:
        """Show all items again."""
        was = self.type or self.priority or self.assignee
        self.type = self.priority = self.assignee = None
        if was:
            self._show()
        return was is not None

    @on(ItemOpened)
    def _item_opened(self, event: ItemOpened) -> None:
        event.stop()
        # Another screen may have come above this one meanwhile.
        if self.is_active:
            self.app.push_screen(WorkItemScreen(event.item, self.owner.zone))

    def command_line(self) -> str:
        """The shell command that prints these items."""
        parts = ["session-tui", "work-items", absolute(self.owner.path)]
        for option, word in (
            ("--type", self.type), ("--priority", self.priority), ("--assigned-to", self.assignee)
        ):  # fmt: skip
            parts += [option, word] if word else []
        return shlex.join([*parts, "--json"])
