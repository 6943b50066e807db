"""The application: themes, keys and the screens; what they show comes from the poller."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from pathlib import Path, PurePath
from typing import ClassVar

from textual.actions import ActionParseResult
from textual.binding import BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.events import Event, InputEvent, Key, MouseMove
from textual.message import Message
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.widget import Widget
from textual.widgets import Input, Static

from queries.models import Snapshot
from tui import keymap, themes
from tui.ages import AgeClock
from tui.commands import bindings_for, find, key_names
from tui.config import Config
from tui.cycling import next_of
from tui.discreet import DiscreetApp
from tui.options import ScreenOptions, wants_mouse
from tui.palette import CommandProvider
from tui.poller import Poller
from tui.reader import Answer, Reader
from tui.screens.main import MainScreen
from tui.screens.messages import AnswerArrived, SnapshotArrived
from tui.screens.reading import Reading
from tui.screens.top_line import TopLine
from tui.tidying import Tidying
from tui.view_memory import ViewMemory
from widgets.glyphs import ASCII, UNICODE, Glyphs

CALM_AGES = 10.0
"""Seconds between two looks at ages over a slow link."""
CALM_REFRESH = 0.5
"""Seconds between two polls over a slow link, at least: as many as frames are sent."""
FIRST_DATA = 0.2
"""Seconds for which the first frame waits for what it is to show."""
AFTER_PICTURE = 10.0
"""Seconds for which it waits where that is on the screen already."""


LOW_WORDS = "Low bandwidth: fewer colours, two frames a second, no mouse, no trends."


class PlainScrollBar(ScrollBarRender):
    """A scroll bar of colours alone, without the block characters at its ends."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class SessionApp(DiscreetApp[None]):
    """session-tui on one store."""

    TITLE = "session-tui"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/main.tcss"]
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {CommandProvider}
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("any",)))

    def __init__(
        self,
        path: Path,
        poller: Poller,
        config: Config,
        options: ScreenOptions,
        *,
        low_bandwidth: bool = False,
        environ: Mapping[str, str] | None = None,
        reader: Reader | None = None,
        clock: Callable[[], float] = time.time,
        memory: ViewMemory | None = None,
        has_picture: bool = False,
    ) -> None:
        """Create the application; it runs and stops neither the poller nor the store.

        Args:
            path: the store.
            poller: delivers snapshots of it.
            config: the user's settings.
            options: the command line's, which win.
            low_bandwidth: send as little as possible.
            environ: the environment; None: the process's own.
            reader: reads what the user asks for, not yet started; None: a new one.
            clock: gives the present in epoch seconds.
            memory: how the store was looked at before; None: nothing is remembered.
            has_picture: whether the sessions are drawn on the terminal already.
        """
        environ = os.environ if environ is None else environ
        chosen = config if options.theme is None else _with_theme(config, options.theme)
        choice = themes.choose(chosen, environ)
        super().__init__(
            ansi_color=choice.ansi_color,
            diff=options.diff,
        )
        themes.register(self)
        self.theme = choice.theme
        self.animation_level = "none"
        self.path = path
        self.poller = poller
        self._usual_refresh = poller.refresh
        self.reader = Reader(path) if reader is None else reader
        self.tidying = Tidying()
        self.clock = clock
        self._has_picture = has_picture
        self.memory = memory
        self.age_clock = AgeClock(clock)
        self.top_line = TopLine()
        self.config = config
        self.options = options
        self.user_keymap: Mapping[str, str] = config.keys
        is_ascii = config.ascii if options.ascii is None else options.ascii
        self.glyphs: Glyphs = ASCII if is_ascii else UNICODE
        ScrollBar.renderer = PlainScrollBar if is_ascii else ScrollBarRender
        self.utc = config.utc if options.utc is None else options.utc
        self.wants_mouse = wants_mouse(options, config)
        self.set_masking(config.mask_screen)
        self.set_low_bandwidth(low_bandwidth)

    @property
    def zone(self) -> tzinfo | None:
        """In which zone times are shown; None is the user's own."""
        return UTC if self.utc else None

    @property
    def is_ascii(self) -> bool:
        """Whether only ASCII may be drawn."""
        return self.glyphs is ASCII

    def key_of(self, command_id: str) -> str:
        """The key of a command, as it is shown; its name where no key runs it."""
        command = find(command_id)
        keys = () if command is None else key_names(
            command, self.user_keymap, ascii_only=self.is_ascii
        )  # fmt: skip
        return keys[0] if keys else command_id

    def get_default_screen(self) -> Screen[None]:
        """The main screen."""
        return MainScreen()

    def get_loading_widget(self) -> Widget:
        """A still text: the stock indicator sends 120 KB a second."""
        return Static("loading ...", markup=False)

    def on_load(self) -> None:
        """Let the first frame be one with data, if that comes soon."""
        self.hold_frames(AFTER_PICTURE if self._has_picture else FIRST_DATA)

    def on_mount(self) -> None:
        """Begin to receive."""
        super().on_mount()
        keymap.apply(self, self.user_keymap)
        self.set_class(self.is_ascii, "-ascii")
        self.reader.deliver_to(self._take_answer)
        self.reader.start()
        self.poller.deliver_to(self._take_snapshot)

    async def action_quit(self) -> None:
        """Leave, and remember how the store was looked at."""
        main = self.screen_stack[0] if self.screen_stack else None
        if isinstance(main, MainScreen):
            main.remember()
        await super().action_quit()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Perform an action; what it rests on has caught up with the cursor then."""
        main = self.screen_stack[0] if self.screen_stack else None
        # Keys may have been pressed before there was a screen.
        if isinstance(main, MainScreen) and main.is_mounted:
            main.before_action(action)
        try:
            return await super().run_action(action, default_namespace, namespaces)
        finally:
            self.poller.gate.done()

    def input_came(self) -> None:
        """Something was typed or clicked; told at once, from the thread that listens."""
        self.poller.gate.came()

    async def on_event(self, event: Event) -> None:
        """Let what the user asks for go before all else."""
        if isinstance(event, InputEvent) and not isinstance(event, MouseMove):
            self.poller.gate.handled()
            if not isinstance(event, Key) or isinstance(self.focused, Input):
                # No action will tell when it is done.
                self.poller.gate.done()
        await super().on_event(event)

    def post_display_hook(self) -> None:
        """A frame was painted."""
        main = self.screen_stack[0] if self.screen_stack else None
        if not isinstance(main, MainScreen) or main.paints_answer:
            self.poller.gate.painted()

    def on_unmount(self) -> None:
        """Let go of the store."""
        self.poller.stop()
        self.reader.stop()

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self._tell_main(SnapshotArrived(snapshot))

    def _take_answer(self, answer: Answer) -> None:
        self._tell_main(AnswerArrived(answer))

    def _tell_main(self, message: Message) -> None:
        """Called by threads, which stop only after the screens are gone."""
        for screen in self.screen_stack[:1]:
            screen.post_message(message)

    def set_low_bandwidth(self, on: bool) -> None:
        """See :class:`tui.terminal.TerminalApp`; also, less that is sent comes up at all."""
        super().set_low_bandwidth(on)
        self.age_clock.step = CALM_AGES if on else 0.0
        self.poller.refresh = max(self._usual_refresh, CALM_REFRESH if on else 0.0)
        for screen in self.screen_stack if self.is_running else ():
            if isinstance(screen, MainScreen):
                screen.bandwidth_changed()

    def slow_link_noticed(self) -> None:
        """Suggest to send less."""
        if self.config.suggest_low_bandwidth and not self.low_bandwidth:
            self.notify("slow link? --low-bandwidth", markup=False)

    # Actions of the registry

    def action_command_palette(self) -> None:
        """Show the commands that work here."""
        from tui.screens.command_palette import PaletteScreen

        if not isinstance(self.screen, PaletteScreen):
            self.push_screen(PaletteScreen(placeholder="Search for commands"))

    def action_help(self) -> None:
        """Show all keys."""
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            here = getattr(self.screen, "contexts", ())
            self.push_screen(HelpScreen(self.user_keymap, ascii_only=self.is_ascii, here=here))

    def action_store_info(self) -> None:
        """Show what is known about the store."""
        from tui.screens.store_info import StoreInfoScreen

        if not isinstance(self.screen, StoreInfoScreen):
            self.push_screen(StoreInfoScreen(self.path, self.glyphs))

    def action_sql(self) -> None:
        """Ask the store a question in SQL."""
        from tui.screens.sql import SqlScreen

        known = [screen for screen in self.screen_stack if isinstance(screen, SqlScreen)]
        if not known:
            self.push_screen(SqlScreen())
        elif known[0] is self.screen:
            known[0].action_ask()

    def action_show_screen(self, name: str) -> None:
        """Go to another screen of the store, from whichever one is shown."""
        main = self.screen_stack[0]
        if not isinstance(main, MainScreen) or main.is_shown(name):
            return
        while len(self.screen_stack) > 1:
            above = self.screen
            if isinstance(above, Reading):
                for slot in above.slots:
                    self.reader.cancel(slot)
            self.pop_screen()
        main.show_screen(name)

    def action_toggle_pause(self) -> None:
        """Freeze what is shown on all screens, or go on."""
        for main in self.screen_stack[:1]:
            if isinstance(main, MainScreen):
                main.toggle_pause()

    def action_toggle_utc(self) -> None:
        """Show times in UTC or in the user's zone."""
        self.utc = not self.utc
        for screen in self.screen_stack:
            if isinstance(screen, MainScreen | Reading):
                screen.zone_changed(self.zone)
        self.notify(f"Times are in {'UTC' if self.utc else 'your own zone'}.", markup=False)

    def action_toggle_low_bandwidth(self) -> None:
        """Send as little as possible, or all again."""
        self.set_low_bandwidth(not self.low_bandwidth)
        self.notify(LOW_WORDS if self.low_bandwidth else "Everything is sent.", markup=False)

    def action_next_theme(self) -> None:
        """Use the next theme."""
        self.theme = next_of(themes.THEME_NAMES, self.theme)
        self.notify(f"Theme: {self.theme}", markup=False)


def _with_theme(config: Config, theme: str) -> Config:
    from queries.plain_data import replace

    return replace(config, theme=theme)
