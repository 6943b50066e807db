from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from textual import events
from textual.app import App

from tui.terminal import TerminalApp, crash

SECRET = "what-the-session-said"


def failed() -> BaseException:
    """An error with a cause, both of which quote data."""

    def inner() -> None:
        value = SECRET
        raise KeyError(value)

    try:
        try:
            inner()
        except KeyError as error:
            raise ValueError(f"bad {SECRET}") from error
    except ValueError as error:
        return error
    raise AssertionError


def test_describes_types_and_places_only() -> None:
    text = crash.describe(failed())
    assert SECRET not in text
    assert text.startswith("builtins.ValueError\n")
    assert "caused by: builtins.KeyError" in text
    assert f"{__file__}:" in text
    assert "inner" in text


def test_messages_only_when_asked_for() -> None:
    text = crash.describe(failed(), messages=True)
    assert f"message: bad {SECRET}" in text
    assert "\x1b" not in crash.describe(ValueError("\x1b[2J"), messages=True)


def test_errors_in_circles_and_groups_end() -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first
    assert crash.describe(first).count("\n") == 1
    group = ExceptionGroup("two", [ValueError(), OSError()])
    assert "one of: builtins.OSError" in crash.describe(group)


def test_report_is_private_and_old_ones_go(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "logs"
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"crash-2000{number:04}.txt").touch()
    path = crash.report(failed(), folder=folder)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SECRET not in path.read_text()
    assert len(list(folder.iterdir())) == crash.KEPT_REPORTS
    assert path.exists()


def test_sentence_without_a_folder_to_write_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(crash, "log_folder", lambda: tmp_path / "file" / "logs")
    said = crash.sentence(failed())
    assert SECRET not in said
    assert "ValueError in test_crash.py:" in said
    assert "\n" not in said


def test_log_holds_no_messages_of_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash, "log_folder", lambda: tmp_path / "logs")

    def fail() -> None:
        raise failed()

    with crash.logging_to_file():
        assert not (tmp_path / "logs").exists()
        thread = threading.Thread(target=fail, name="poller")
        thread.start()
        thread.join()
        logging.getLogger("asyncio").error(f"never retrieved\nfuture: {SECRET}")
    (file,) = (tmp_path / "logs").iterdir()
    text = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert SECRET not in text
    assert "a thread ended with an error (poller)" in text
    assert "builtins.ValueError" in text
    assert "never retrieved" in text


@pytest.mark.parametrize("rich_error", [False, True])
async def test_the_app_prints_nothing_of_an_error(
    rich_error: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    class PrintsItselfError(Exception):
        def __rich__(self) -> str:
            return SECRET

    class Failing(TerminalApp[None]):
        def on_key(self, event: events.Key) -> None:
            local_value = SECRET
            raise PrintsItselfError(local_value) if rich_error else ValueError(local_value)

    app = Failing()
    with pytest.raises((ValueError, PrintsItselfError)):
        async with app.run_test() as pilot:
            await pilot.press("a")
    assert app.crash is not None
    assert app.return_code == 1
    captured = capfd.readouterr()
    assert SECRET not in captured.err + captured.out


async def test_stock_textual_would_print_it(capfd: pytest.CaptureFixture[str]) -> None:
    class Failing(App[None]):
        def on_key(self) -> None:
            raise ValueError(SECRET)

    with pytest.raises(ValueError, match=SECRET):
        async with Failing().run_test() as pilot:
            await pilot.press("a")
    assert SECRET in capfd.readouterr().err
