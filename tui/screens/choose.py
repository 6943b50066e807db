"""Choosing a store: what is shown first when several were found and none was named."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import ClassVar, Final, Unpack

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from queries.plain_data import replace
from queries.text import age, clean, short_count
from tui import keymap, themes
from tui.commands import bindings_for, find, key_names
from tui.config import Config
from tui.options import ScreenOptions, wants_mouse
from tui.places import Candidate
from tui.terminal import TerminalApp
from widgets.cells import Column
from widgets.glyphs import ASCII, UNICODE
from widgets.line_table import LineTable
from widgets.line_text import shorten_middle
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.status_bar import FooterBar
from widgets.table_text import Cell

_HINTS: Final = ("screens.open", "program.quit", "move.up", "move.down")
_LEAVING: Final = ("screens.back", "program.quit")
_AS_THEY_ARE: Final = ("program.quit_at_once", "program.suspend", "program.redraw")


def _bindings() -> Iterator[Binding]:
    # With the ids of the registry the user's own keys work here too.
    for binding in Binding.make_bindings(bindings_for(("any", "main", "detail"))):
        name = binding.id or ""
        if name == "screens.open":
            yield Binding(binding.key, "open", show=False, id=name)
        elif name in _LEAVING:
            yield Binding(binding.key, "quit", show=False, id=name)
        elif binding.action.startswith("pane(") or name in _AS_THEY_ARE:
            yield binding


class StoreTable(LineTable[Candidate]):
    """One line for each store that was found."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("path", "store", 40, 20, priority=100, flexible=True),
        Column("size", "bytes", 6, 6, "right", priority=80),
        Column("changed", "changed", 8, 8, "right", priority=90),
        Column("reason", "found", 41, 10, priority=70),
    )

    def __init__(self, now: float, places: tuple[Path, Path], **options: Unpack[ViewOptions]):
        """Construct an empty table.

        Args:
            now: epoch seconds, for how long ago a store changed.
            places: the folders that paths are shown relative to: the present and the home.
            options: see :class:`widgets.line_view.LineView`.
        """
        super().__init__(**options)
        self._now = now
        self._cwd, self._home = places

    @property
    def columns(self) -> Sequence[Column]:
        """All of them; what is the same of all stores is in the title."""
        return self.COLUMNS[:-1] if common_reason(self.rows) else self.COLUMNS

    def row_key(self, row: Candidate) -> str:
        """The whole path."""
        return str(row.path)

    def line_text(self, index: int) -> str:
        """Path and reason."""
        row = self.rows[index]
        return f"{clean(row.path)}  {row.reason}"

    def cell(self, row: Candidate, column: str, width: int) -> Cell:
        """One cell of the table."""
        match column:
            case "path":
                return (shorten_middle(self._near(row.path), width), "")
            case "size":
                return (short_count(row.size), "muted")
            case "changed":
                return (_how_long_ago(self._now - row.modified), "muted")
            case _:
                return (row.reason, "muted")

    def _near(self, path: Path) -> str:
        for folder, sign in ((self._cwd, ""), (self._home, "~/")):
            if path.is_relative_to(folder):
                return clean(f"{sign}{path.relative_to(folder)}")
        return clean(path)


class StoreChooser(TerminalApp[Path]):
    """A list of stores; its ``return_value`` is the path of the one to open, or nothing."""

    TITLE = "session-tui"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["choose.tcss"]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = list(_bindings())

    def __init__(
        self,
        candidates: Sequence[Candidate],
        config: Config,
        options: ScreenOptions,
        *,
        low_bandwidth: bool = False,
        now: float | None = None,
        places: tuple[Path, Path] | None = None,
    ) -> None:
        """Create the application.

        Args:
            candidates: what to choose from; the cursor begins on the first.
            config: the user's settings.
            options: the command line's, which win.
            low_bandwidth: send as little as possible.
            now: epoch seconds; None: the clock's.
            places: the present and the home folder; None: the process's own.
        """
        chosen = config if options.theme is None else replace(config, theme=options.theme)
        choice = themes.choose(chosen, os.environ)
        super().__init__(
            ansi_color=choice.ansi_color,
            diff=options.diff,
            low_bandwidth=low_bandwidth,
        )
        self.wants_mouse = wants_mouse(options, config)
        themes.register(self)
        self.theme = choice.theme
        self.animation_level = "none"
        self._candidates = tuple(candidates)
        self._keymap = config.keys
        is_ascii = config.ascii if options.ascii is None else options.ascii
        self._glyphs = ASCII if is_ascii else UNICODE
        self._now = time.time() if now is None else now
        self._places = (Path.cwd(), Path.home()) if places is None else places

    def compose(self) -> ComposeResult:
        """The list above the keys."""
        table = StoreTable(self._now, self._places, glyphs=self._glyphs, id="stores")
        where = common_reason(self._candidates)
        found = f"{len(self._candidates)} stores were found"
        table.border_title = f"{found}{' ' * bool(where)}{where}: which one?"
        yield table
        yield FooterBar(glyphs=self._glyphs)

    def on_mount(self) -> None:
        """Show the stores."""
        super().on_mount()
        keymap.apply(self, self._keymap)
        table = self.query_one(StoreTable)
        table.show(self._candidates)
        table.focus()
        self.query_one(FooterBar).show_hints(self._hints())

    def _hints(self) -> list[tuple[str, str]]:
        hints = []
        for name in _HINTS:
            command = find(name)
            ascii_only = self._glyphs is ASCII
            if command and (keys := key_names(command, self._keymap, ascii_only=ascii_only)):
                hints.append((keys[0], command.title))
        return hints

    def action_pane(self, method: str) -> None:
        """Move in the list."""
        getattr(self.query_one(StoreTable), f"action_{method}")()

    def action_open(self) -> None:
        """Open the store under the cursor."""
        self.query_one(StoreTable).open_current()

    def on_pane_opened(self, message: Pane.Opened) -> None:
        """A store was chosen."""
        self.exit(self._candidates[message.index].path)


def common_reason(candidates: Sequence[Candidate]) -> str:
    """Where stores were found, when that is the same of all; else ""."""
    reasons = {candidate.reason for candidate in candidates}
    return reasons.pop() if len(reasons) == 1 else ""


def _how_long_ago(seconds: float) -> str:
    return f"{age(seconds)} ago" if seconds >= 60 else "now"
