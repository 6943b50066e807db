from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from tests.tui.terminal.test_output import RecordingDriver
from tui.terminal import TerminalApp
from tui.terminal.clipboard import MAX_BYTES, SCREEN_CHUNK, CopyTarget, copy, osc52

XTERM = {"TERM": "xterm-256color"}


def test_plain_terminal() -> None:
    assert osc52("hi é", XTERM) == "\x1b]52;c;aGkgw6k=\x07"


def test_tmux_gets_it_itself_and_passes_it_on() -> None:
    assert osc52("hi", {"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}) == (
        "\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"
    )


@pytest.mark.parametrize("environment", [{"STY": "1.pts", "TERM": "xterm"}, {"TERM": "screen"}])
def test_screen_passes_on_pieces(environment: dict[str, str]) -> None:
    text = "some text " * 100
    sent = osc52(text, environment)
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sent, re.DOTALL)
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == sent
    assert len(pieces) > 3
    assert max(map(len, pieces)) <= SCREEN_CHUNK
    assert "".join(pieces) == osc52(text, XTERM)


async def copied(text: str, environment: dict[str, str], folder: Path) -> tuple[str, object]:
    app = TerminalApp[None](RecordingDriver)
    async with app.run_test(headless=False) as pilot:
        await pilot.pause()
        driver = app._driver
        assert isinstance(driver, RecordingDriver)
        driver.take()
        result = copy(app, text, environment=environment, folder=folder)
        return driver.take(), result


async def test_copies_through_the_terminal(tmp_path: Path) -> None:
    sent, result = await copied("a\nb", XTERM, tmp_path)
    assert sent == "\x1b]52;c;YQpi\x07"
    assert result == type(result)(  # type: ignore[call-arg]  # the class of the result
        CopyTarget.TERMINAL, "3 characters sent to the terminal's clipboard", None
    )
    assert list(tmp_path.iterdir()) == []


async def test_control_characters_are_not_copied(tmp_path: Path) -> None:
    sent, _ = await copied("ls\x1b[201~\rrm -rf /\x00\ud800", XTERM, tmp_path)
    payload = base64.b64decode(sent.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode()
    assert payload.isprintable()
    assert payload.startswith("ls␛[201~")


@pytest.mark.parametrize(
    ("text", "environment", "why"),
    [
        ("x" * (MAX_BYTES + 1), XTERM, "too much"),
        ("é" * (MAX_BYTES // 2 + 1), XTERM, "too much"),
        ("x", {"TERM": "xterm", "TERM_PROGRAM": "Apple_Terminal"}, "no access"),
        ("x", {"TERM": "linux"}, "no clipboard"),
    ],
)
async def test_otherwise_to_a_private_file(
    text: str, environment: dict[str, str], why: str, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    target = tmp_path / "elsewhere"
    target.write_text("kept")
    (folder / "clipboard.txt").symlink_to(target)
    sent, result = await copied(text, environment, folder)
    assert sent == ""
    path = folder / "clipboard.txt"
    assert str(path) in getattr(result, "words")  # noqa: B009
    assert why in getattr(result, "words")  # noqa: B009
    assert path.read_text() == text
    assert path.stat().st_mode & 0o777 == 0o600
    assert not path.is_symlink()
    assert target.read_text() == "kept"


async def test_the_largest_text_fits(tmp_path: Path) -> None:
    sent, _ = await copied("x" * MAX_BYTES, XTERM, tmp_path)
    assert 0 < len(sent) <= 100_000


async def test_without_a_terminal_and_without_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = TerminalApp[None](HeadlessDriver)
    result = copy(app, "x", environment=XTERM, folder=tmp_path / "file")
    assert result.target is CopyTarget.NOWHERE
    assert result.words.startswith("not copied: there is no terminal, and no file:")
