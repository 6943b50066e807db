"""Secrets are covered on the screen by a key, and left out of what is given away."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from queries.credentials import cover
from tests.stores import FIRST_TIME, canonical_store
from tests.tui.stage import Clock, Stage, on_stage
from tui.config import Config
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
def _shown_again() -> Iterator[None]:
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


async def test_nothing_of_a_secret_is_seen_on_the_main_screen(folder: Path) -> None:
    secretive(STORE)
    async with on_stage(STORE, (120, 40), clock=Clock(NOW)) as stage:
        assert spilled(stage.text()) != set()
        assert "masked" not in stage.status
        await stage.press("X")
        assert "masked" in stage.status
        for pane in ("sessions", "activity", "tools", "matrix"):
            await stage.focus(pane)
            await stage.press("z")
            assert_covered(stage, pane)
            assert "••••" in stage.text()
            await stage.press("z")


async def test_what_was_covered_is_shown_again(folder: Path) -> None:
    secretive(STORE)
    async with on_stage(STORE, (80, 24), clock=Clock(NOW)) as stage:
        before = stage.lines()
        await stage.press("X")
        assert_covered(stage, "narrow")
        await stage.press("X")
        assert stage.lines()[:-6] == before[:-6]
        await stage.focus("activity")
        await stage.press("g", "down", "enter")
        shown = stage.text()
        assert spilled(shown) != set()
        await stage.press("X")
        assert_covered(stage, "event")
        assert "masked" in stage.footer
        await stage.press("X")
        assert spilled(stage.text()) == spilled(shown)


async def test_a_search_finds_what_is_covered_and_does_not_show_it(folder: Path) -> None:
    secretive(STORE)
    config = Config(theme="dark", utc=True, mask_screen=True)
    async with on_stage(STORE, clock=Clock(NOW), config=config) as stage:
        assert "masked" in stage.status
        await stage.press("/")
        await stage.type("Hunter2")
        assert stage.main.session_view.cursor == 2
        assert_covered(stage, "found")


async def test_a_key_of_many_lines_is_covered_wherever_a_long_text_is_looked_at(
    folder: Path,
) -> None:
    filler = "nothing of interest\n" * 6_000
    with canonical_store(STORE) as store:
        store.add_session("s", title="t")
        row = store.add_event("s", kind="prompt", tool=None, summary="x")
        store.add_text(row["rowid"], f"{filler}{PRIVATE}\n{filler}")
    async with on_stage(STORE, clock=Clock(NOW)) as stage:
        await stage.press("X")
        await stage.focus("activity")
        await stage.press("enter", "/")
        await stage.type(KEY_BODY[::-1])
        assert "••••" in stage.text()
        assert_covered(stage, "in the middle of a key")
        assert "nothing of interest" in stage.text()


async def test_copies_leave_secrets_out_until_they_are_asked_for_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def copy(_app: object, text: str) -> clipboard.CopyResult:
        given.append(text)
        return clipboard.CopyResult(clipboard.CopyTarget.TERMINAL, "sent")

    monkeypatch.setattr(clipboard, "copy", copy)
    secretive(STORE)
    async with on_stage(STORE, clock=Clock(NOW)) as stage:
        await stage.press("y")
        assert spilled(given[-1]) == set()
        assert "[masked: " in given[-1]
        assert re.fullmatch(
            r"sent; [1-9] masked: the same key again copies it plain", stage.said()[-1]
        )
        await stage.press("y")
        assert spilled(given[-1]) != set()
        assert stage.said()[-1] == "sent"
        await stage.press("y", "down", "y")
        assert spilled(given[-1] + given[-2]) == set()


@pytest.mark.parametrize("masked", [True, False])
async def test_pictures_leave_secrets_out_unless_the_user_has_said_else(
    folder: Path, masked: bool
) -> None:
    secretive(STORE)
    config = Config(theme="dark", utc=True, mask_exports=masked)
    async with on_stage(STORE, clock=Clock(NOW), config=config, paint=True) as stage:
        before = stage.lines()
        await stage.press("O")
        picture_said = stage.said()[-1]
        await stage.press("o")
        export_said = stage.said()[-1]
        assert stage.lines()[:25] == before[:25]
        picture = html.unescape(Path("session-tui-screen.svg").read_text("utf-8"))
        assert (spilled(picture) == set()) is masked
        assert ("••••" in picture) is masked
        assert ("masked" in picture_said) is masked
        assert ("masked" in export_said) is masked
        given = Path("session-tui-sessions.txt").read_text("utf-8")
        assert (spilled(given) == set()) is masked
        assert (spilled(stage.app.export_screenshot()) == set()) is masked
        await stage.press("X", "O")
        picture = html.unescape(Path("session-tui-screen-2.svg").read_text("utf-8"))
        assert spilled(picture) == set()


async def test_each_text_is_looked_at_once_and_only_while_masking_is_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def counting(text: str) -> str:
        looked_at.append(text)
        return cover(text)

    monkeypatch.setattr("queries.credentials.cover", counting)
    secretive(STORE)
    async with on_stage(STORE, clock=Clock(NOW)) as stage:
        await stage.press("down", "up", "tab", "down")
        stage.text()
        assert looked_at == []
        await stage.press("X")
        stage.text()
        assert len(looked_at) == len(set(looked_at)) > 20
        await stage.press("down", "up")
        stage.text()
        looked_at.clear()
        await stage.press("down", "up")
        stage.text()
        assert looked_at == []


async def test_a_message_replaces_the_one_before_about_the_same(folder: Path) -> None:
    secretive(STORE)
    async with on_stage(STORE, clock=Clock(NOW)) as stage:
        for text in ("Theme: dark", "9 characters sent", "Theme: light", "17 characters sent"):
            stage.app.notify(text, markup=False)
        await stage.settle()
        assert stage.said() == ["Theme: light", "17 characters sent"]
        for name in "abcdefg":
            stage.app.notify(f"{name} is there", markup=False)
        await stage.settle()
        assert stage.said() == [f"{name} is there" for name in "cdefg"]


def test_of_long_texts_few_are_kept_as_they_are_drawn() -> None:
    asked: list[int] = []

    def count(text: str) -> str:
        asked.append(len(text))
        return text

    masking.use(count)
    short, long, huge = "a" * 100, "b" * 20_000, "c" * 500_000
    for text in (short, long, huge):
        for _ in range(2):
            assert masking.shown(text) == text
    assert asked == [100, 20_000, 500_000, 500_000]
    for number in range(1000):
        masking.shown(f"{number}{long}")
    asked.clear()
    assert masking.shown(short) == short
    assert asked == [], "what is short is kept nevertheless"
    assert masking.shown(long) == long
    assert asked == [20_000]
