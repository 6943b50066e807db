"""The main screen: sessions, activity, tools and interactions, side by side and live."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui.commands import PANES, bindings_for
from tui.screens.alerting import Alerting
from tui.screens.bookmarking import Bookmarking
from tui.screens.other_screens import OtherScreens
from tui.screens.remembering import Remembering
from tui.screens.replaying import Replaying


class MainScreen(Replaying, Bookmarking, OtherScreens, Alerting, Remembering):
    """Four panes over one store, with all their commands."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("main", *PANES)))
