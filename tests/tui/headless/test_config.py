"""``config``: where the configuration is, and what it says."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.tui.headless.conftest import Run
from tui.config import Config, default_text, parse


def test_the_defaults_are_shown_where_there_is_no_file(run: Run, tmp_path: Path) -> None:
    told = run("config")
    assert told.code == 0
    assert parse(told.out, "x", tmp_path) == Config()
    assert "there is no" in told.err
    assert run("config", "--show").out == told.out


def test_what_the_user_set_is_shown(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "my.toml"
    path.write_text(
        'theme = "dark"\nstores = ["a.db"]\n[keys]\n"find.search" = "F"\n"find.filter" = ""'
    )
    monkeypatch.setenv("SESSION_TUI_CONFIG", str(path))
    told = run("config", "--show")
    assert f"from {path}" in told.err
    shown = parse(told.out, "x", Path("/elsewhere"))
    assert (shown.theme, shown.stores) == ("dark", (str(tmp_path / "a.db"),))
    assert shown.keys == {"find.search": "F", "find.filter": ""}


def test_a_file_to_begin_with(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "config.toml"
    monkeypatch.setenv("SESSION_TUI_CONFIG", str(path))
    told = run("config", "--init")
    assert (told.code, told.out) == (0, f"{path}\n")
    assert path.read_text("utf-8") == default_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("utc = true\n")
    again = run("config", "--init")
    assert again.code == 2
    assert "is there already" in again.err
    assert path.read_text("utf-8") == "utc = true\n"
    assert run("config", "--init", "--show").code == 2


def test_a_folder_that_cannot_be_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SESSION_TUI_CONFIG", str(tmp_path / "file" / "config.toml"))
    told = run("config", "--init")
    assert told.code == 2
    assert "cannot be written" in told.err or "is there already" in told.err
