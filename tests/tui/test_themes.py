from __future__ import annotations

import math
from itertools import combinations

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Static

from tui.config import Config
from tui.themes import (
    MONOCHROME,
    THEME_NAMES,
    THEMES,
    Choice,
    choose,
    register,
)

COLOURED = [name for name in THEMES if name != MONOCHROME]
ROLES = ("primary", "secondary", "accent", "success", "warning", "error", "foreground")

# Simulation of missing cones (Machado, Oliveira and Fernandes, 2009), on linear RGB.
VISION = {
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def linear(colour: str) -> tuple[float, ...]:
    return tuple(
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in Color.parse(colour).normalized
    )


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        red, green, blue = linear(colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def seen_apart(one: str, other: str, vision: str) -> float:
    def seen(colour: str) -> tuple[float, ...]:
        rgb = linear(colour)
        rows = [sum(m * c for m, c in zip(row, rgb, strict=True)) for row in VISION[vision]]
        x, y, z = (
            sum(m * max(0.0, min(1.0, c)) for m, c in zip(row, rows, strict=True))
            for row in (
                (0.4339, 0.3762, 0.1899),
                (0.2126, 0.7152, 0.0722),
                (0.0178, 0.1095, 0.8728),
            )
        )
        fx, fy, fz = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in (x, y, z))
        return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)

    return math.dist(seen(one), seen(other))


@pytest.mark.parametrize("name", COLOURED)
def test_everything_can_be_read(name: str) -> None:
    colours = THEMES[name]
    least = 7.0 if name == "high-contrast" else 4.5
    for role in ROLES:
        for ground in (colours.background, colours.surface):
            assert contrast(getattr(colours, role), ground) >= least, role
    cursor = colours.variables["block-cursor-foreground"]
    assert contrast(cursor, colours.variables["block-cursor-background"]) >= 7


@pytest.mark.parametrize("vision", VISION)
def test_outcomes_stay_apart_for_every_kind_of_colour_vision(vision: str) -> None:
    colours = THEMES["okabe-ito"]
    for one, other in combinations((colours.success, colours.warning, colours.error), 2):
        assert seen_apart(one, other, vision) > 25, (one, other)


def test_the_simulation_tells_red_and_green_together() -> None:
    assert seen_apart("#c05050", "#8a8a40", "deutan") < 25


@pytest.mark.parametrize(
    ("theme", "environ", "choice"),
    [
        ("auto", {}, Choice("dark", None)),
        ("auto", {"COLORFGBG": "0;15"}, Choice("light", None)),
        ("auto", {"COLORFGBG": "0;default;7"}, Choice("light", None)),
        ("auto", {"COLORFGBG": "15;0"}, Choice("dark", None)),
        ("light", {"COLORFGBG": "15;0"}, Choice("light", None)),
        ("ansi-dark", {}, Choice("ansi-dark", None)),
        ("light", {"NO_COLOR": "1"}, Choice("monochrome", True)),
        ("light", {"NO_COLOR": ""}, Choice("light", None)),
        ("monochrome", {}, Choice("monochrome", True)),
    ],
)
def test_the_theme_to_start_with(theme: str, environ: dict[str, str], choice: Choice) -> None:
    assert choose(Config(theme=theme), environ) == choice


class ThemedApp(App[None]):
    CSS = "#bad { color: $text-error; background: $panel; } #muted { color: $text-muted; }"

    def __init__(self, choice: Choice) -> None:
        super().__init__(ansi_color=choice.ansi_color)
        register(self)
        self.theme = choice.theme

    def compose(self) -> ComposeResult:
        yield Static("plain", markup=False)
        yield Static("bad", id="bad", markup=False)
        yield Static("muted", id="muted", markup=False)

    def codes(self) -> str:
        update = self.screen._compositor.render_full_update()
        return update.render_segments(self.console)


async def test_every_theme_is_known_to_textual() -> None:
    app = ThemedApp(Choice("dark", None))
    async with app.run_test(size=(20, 5)) as pilot:
        for name in THEME_NAMES:
            app.theme = name
            await pilot.pause()
            assert app.current_theme.name == name
            assert "bad" in app.codes()


async def test_no_colour_means_no_colour_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = ThemedApp(choose(Config(theme="light"), {"NO_COLOR": "1"}))
    async with app.run_test(size=(20, 5)):
        codes = app.codes()
    parameters = {
        parameter
        for sequence in codes.split("\x1b[")[1:]
        if "m" in sequence
        for parameter in sequence.partition("m")[0].split(";")
    }
    assert "bad" in codes
    assert parameters <= {"0", "1", "2", "3", "4", "7", "39", "49", ""}
