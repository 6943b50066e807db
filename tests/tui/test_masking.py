"""Secrets are covered on the screen by a key, and left out of what is given away."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from queries.credentials import cover
from tests.stores import FIRST_TIME, canonical_store
from tests.tui.stage import Clock, Stage, on_stage
from tui.config import Config
from tui.screens.sql import SqlScreen
from tui.terminal import clipboard
from widgets import masking

STORE = Path("secrets.db")
GITHUB = "ghp_Zx9Qw7Er5Ty3Ui1Op8As6Df4Gh2Jk0LmNbVc"
BEARER = "q1W2e3R4t5Y6u7I8o9P0a1S2d3F4g5H6j7K8l9Z0"
PASSWORD = "Tr0ub4dor!Xkcd936Hunter2Zebra"
AMAZON = "AKIA7QZ2M5X9C1V8B4N6"
KEY_BODY = "MIIEowIBAAKCAQEAu7Xk2Jp9Lq4Wn8Rt5Vb1Yc3Zd6Fe0Gh"
PRIVATE = (
    f"-----BEGIN RSA PRIVATE KEY-----\n{KEY_BODY}\n{KEY_BODY[::-1]}\n-----END RSA PRIVATE KEY-----"
)
SECRETS = (
    f"push {GITHUB} now",
    f"curl -H 'Authorization: Bearer {BEARER}' https://example.org",
    f"DB_PASSWORD={PASSWORD} run",
    f"use {AMAZON} for it",
    PRIVATE,
)
BODIES = (GITHUB, BEARER, PASSWORD, AMAZON, KEY_BODY, KEY_BODY[::-1])
WINDOW = 8
"""So many characters of a secret in a row are too many to be seen."""
PIECES = frozenset(
    body[at : at + WINDOW] for body in BODIES for at in range(len(body) - WINDOW + 1)
)
NOW = FIRST_TIME + 600


@pytest.fixture(autouse=True)
def _shown_again() -> object:
    yield
    masking.use(None)


def spilled(text: str) -> set[str]:
    """Pieces of secrets that a text holds."""
    return {piece for piece in PIECES if piece in text}


def secretive(path: Path) -> None:
    """Secrets in every text of every kind, at places where they are cut differently."""
    with canonical_store(path) as store, store.batch():
        for number, secret in enumerate(SECRETS):
            id_ = f"s{number} {secret}"
            text = f"{'step ' * (number * 3)}{secret}"
            store.add_session(
                id_, title=text, agent=secret, component=secret, project=secret, error=secret,
                started=FIRST_TIME + number,
            )  # fmt: skip
            for kind in ("prompt", "message", "tool", "delegation", "error"):
                for lead in range(0, 60, 20):
                    said = f"{'w' * lead} {text}"
                    row = store.add_event(
                        id_, kind=kind, agent=secret, target_agent=secret, tool=secret,
                        operation=secret, summary=said, model=secret, state="error", duration=1.0,
                    )  # fmt: skip
                    store.add_text(row["rowid"], f'{{"a": "{lead}", "b": "{text}"}}', said)
            store.add_handoff(secret, secret, session_id=id_, reason=secret, type=secret)
            store.add_work_item(
                title=text, type=secret, status=secret, priority=secret, assigned_to=secret
            )


def assert_covered(stage: Stage, where: str) -> None:
    text = stage.text()
    assert spilled(text) == set(), f"{where}\n{text}"
    assert spilled("\n".join(stage.said())) == set(), where


async def look_at_everything(stage: Stage, check: bool = True) -> int:
    """Visit every screen; returns how many were seen with covered secrets."""
    covered = 0

    def look(where: str) -> None:
        nonlocal covered
        if check:
            assert_covered(stage, where)
        covered += "••••" in stage.text()

    for pane in ("sessions", "activity", "tools", "matrix"):
        await stage.focus(pane)
        look(pane)
        await stage.press("z")
        look(f"{pane} alone")
        await stage.press("j", "j", "z")
    await stage.press("a", "m", "m")
    look("all sessions")
    await stage.focus("activity")
    await stage.press("g")
    for number in range(4):
        await stage.press("down", "enter")
        for section in ("input", "output", "raw"):
            look(f"event {number}, {section}")
            await stage.press("right")
        await stage.press("y", "escape")
    for key, panes in (("3", 5), ("4", 5), ("5", 4), ("6", 1)):
        await stage.press(key)
        for number in range(panes):
            look(f"screen {key}, pane {number}")
            await stage.press("down")
            look(f"screen {key}, pane {number}, second line")
            if key != "6":
                await stage.press("tab")
        if key == "6":
            await stage.press("enter")
            look("work item")
            await stage.press("escape")
        await stage.press("1")
    await stage.focus("sessions")
    await stage.press("g", "space", "down", "space", "c")
    for section in range(6):
        look(f"comparison, section {section}")
        await stage.press("down")
        look(f"comparison, section {section}, second line")
        if section == 4:
            await stage.press("enter")
            look("step by step")
            await stage.press("escape")
        await stage.press("tab")
    await stage.press("escape", ":")
    screen = stage.app.screen
    assert isinstance(screen, SqlScreen)
    screen.prompt.ask("sql", ":", "SELECT title, agent, project FROM session")
    await stage.press("enter")
    look("answer in SQL")
    await stage.press("escape", "i")
    look("about the store")
    await stage.press("escape")
    return covered


@pytest.mark.parametrize("size", [(130, 60), (80, 24)], ids=str)
async def test_nothing_of_a_secret_is_seen_anywhere(folder: Path, size: tuple[int, int]) -> None:
    secretive(STORE)
    async with on_stage(STORE, size, clock=Clock(NOW)) as stage:
        assert spilled(stage.text()) != set()
        assert "masked" not in stage.lines()[0]
        await stage.press("X")
        assert "masked" in stage.lines()[0]
        assert await look_at_everything(stage) > 20
