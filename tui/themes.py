"""Colour themes. Meaning never rests on colour alone; these only make it quicker to see.

Textual is imported inside the functions that need it, so that names can be checked without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from queries.plain_data import dataclass, field

if TYPE_CHECKING:
    from textual.app import App

    from tui.config import Config

AUTOMATIC: Final = "auto"
"""Not a theme: one is chosen by the environment."""

MONOCHROME: Final = "monochrome"
"""The theme without colours."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one theme; the fields are those of Textual's ``Theme``."""

    primary: str
    secondary: str
    accent: str
    success: str
    warning: str
    error: str
    foreground: str
    background: str
    surface: str
    panel: str
    dark: bool = True
    ansi: bool = False
    variables: dict[str, str] = field(default_factory=dict)


_DEFAULT: Final = "ansi_default"

THEMES: Final[Mapping[str, Colours]] = {
    "dark": Colours(
        primary="#7aa2f7",
        secondary="#7dcfff",
        accent="#e0af68",
        success="#73c991",
        warning="#e5c07b",
        error="#ff7b85",
        foreground="#d6deeb",
        background="#12161e",
        surface="#171c26",
        panel="#202736",
        variables={
            "block-cursor-background": "#2f4468",
            "block-cursor-foreground": "#ffffff",
            "border-blurred": "#3b4558",
        },
    ),
    "light": Colours(
        primary="#1f5fbf",
        secondary="#00687a",
        accent="#8a4b00",
        success="#1a6e34",
        warning="#7a5200",
        error="#b3202c",
        foreground="#1d232b",
        background="#fbfbf8",
        surface="#f2f2ee",
        panel="#e6e7e2",
        dark=False,
        variables={
            "block-cursor-background": "#c9dcf8",
            "block-cursor-foreground": "#0b0f14",
            "border-blurred": "#b4b8b2",
        },
    ),
    # The palette of Okabe and Ito, whose colours stay apart for every kind of colour vision.
    "okabe-ito": Colours(
        primary="#56b4e9",
        secondary="#e69f00",
        accent="#cc79a7",
        success="#009e73",
        warning="#f0e442",
        error="#d55e00",
        foreground="#f2f2f2",
        background="#101010",
        surface="#181818",
        panel="#242424",
        variables={
            "block-cursor-background": "#004c78",
            "block-cursor-foreground": "#ffffff",
            "border-blurred": "#555555",
        },
    ),
    "high-contrast": Colours(
        primary="#6cc7ff",
        secondary="#00ffff",
        accent="#ffd700",
        success="#5cff5c",
        warning="#ffff33",
        error="#ff8a80",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        variables={
            "block-cursor-background": "#ffffff",
            "block-cursor-foreground": "#000000",
            "block-cursor-blurred-background": "#000000",
            "block-cursor-blurred-text-style": "underline",
            "border": "#ffff33",
            "border-blurred": "#ffffff",
            "text-muted": "#e0e0e0",
            "text-disabled": "#c0c0c0",
        },
    ),
    MONOCHROME: Colours(
        primary=_DEFAULT,
        secondary=_DEFAULT,
        accent=_DEFAULT,
        success=_DEFAULT,
        warning=_DEFAULT,
        error=_DEFAULT,
        foreground=_DEFAULT,
        background=_DEFAULT,
        surface=_DEFAULT,
        panel=_DEFAULT,
        ansi=True,
        variables={
            "ansi-background": _DEFAULT,
            "ansi-foreground": _DEFAULT,
            "block-cursor-background": _DEFAULT,
            "block-cursor-foreground": _DEFAULT,
            "block-cursor-text-style": "reverse",
            "block-cursor-blurred-background": _DEFAULT,
            "block-cursor-blurred-foreground": _DEFAULT,
            "block-cursor-blurred-text-style": "underline",
            "border": _DEFAULT,
            "border-blurred": _DEFAULT,
            "input-selection-background": _DEFAULT,
            "screen-selection-background": _DEFAULT,
            "screen-selection-foreground": _DEFAULT,
        },
    ),
}
"""Our own themes by name."""

THEME_NAMES: Final = (
    "dark",
    "light",
    "okabe-ito",
    "high-contrast",
    "ansi-dark",
    "ansi-light",
    MONOCHROME,
)
"""All themes on offer; the two whose names begin with "ansi" are Textual's and use the
terminal's own colours."""


class Choice(NamedTuple):
    """What the application is started with."""

    theme: str
    """Name of a theme."""
    ansi_color: bool | None
    """For the parameter of ``App``: True keeps every RGB colour out of the output."""


def choose(config: Config, environ: Mapping[str, str]) -> Choice:
    """The theme to start with.

    ``NO_COLOR`` (set and not empty) wins over the configuration. With "auto", the terminal's
    ``COLORFGBG`` decides between dark and light.

    The application must be built with ``ansi_color`` as returned: under ``NO_COLOR`` Textual
    otherwise sends shades of grey, which are colours too.
    """
    if environ.get("NO_COLOR"):
        return Choice(MONOCHROME, True)
    name = config.theme
    if name == AUTOMATIC:
        background = environ.get("COLORFGBG", "").rpartition(";")[2]
        name = "light" if background in ("7", "15") else "dark"
    return Choice(name, True if name == MONOCHROME else None)


def register(app: App[Any]) -> None:
    """Make our themes known to an application."""
    from dataclasses import asdict

    from textual.theme import Theme

    for name, colours in THEMES.items():
        app.register_theme(Theme(name=name, **asdict(colours)))
