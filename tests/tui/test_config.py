from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path

import pytest

from queries.models.alerts import Thresholds
from tui.commands import COMMANDS
from tui.config import Config, ConfigError, config_path, default_text, load, parse


def read(text: str) -> Config:
    return parse(text, "config.toml", Path("/folder"))


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_everything_can_be_set() -> None:
    config = read(
        """
        theme = "okabe-ito"
        ascii = true
        mouse = false
        low_bandwidth = true
        suggest_low_bandwidth = false
        mask_exports = false
        utc = true
        stale_minutes = 5
        refresh_seconds = 1.5
        window_days = 7
        stores = ["a.db", "/b/c.db"]
        [thresholds]
        tool_success = 0.5
        running_minutes = 10
        stale = false
        repeats = 4
        [keys]
        "sessions.mark" = "v"
        find.search = ["F3", ","]
        "find.next" = ""
        """
    )
    assert config == Config(
        theme="okabe-ito",
        ascii=True,
        mouse=False,
        low_bandwidth=True,
        suggest_low_bandwidth=False,
        mask_exports=False,
        utc=True,
        stale_minutes=5.0,
        refresh_seconds=1.5,
        window_days=7.0,
        stores=("/folder/a.db", "/b/c.db"),
        thresholds=Thresholds(tool_success=0.5, running_seconds=600.0, stale=False, repeats=4),
        keys={"sessions.mark": "v", "find.search": "f3,comma", "find.next": ""},
    )


def test_nothing_set_means_the_defaults() -> None:
    assert read("") == Config()
    assert (Config().stale_minutes, Config().refresh_seconds, Config().mouse) == (30, 0.25, True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("thme = 'dark'", "config.toml: unknown key 'thme'; did you mean 'theme'?"),
        ("zzz = 1", "config.toml: unknown key 'zzz'."),
        ("utc = 1", "config.toml: utc: must be true or false, not 1."),
        ("mouse = 'yes'", "config.toml: mouse: must be true or false, not 'yes'."),
        (
            "stale_minutes = true",
            "config.toml: stale_minutes: must be a number from 0.1 to 525600, not True.",
        ),
        (
            "refresh_seconds = nan",
            "config.toml: refresh_seconds: must be a number from 0.05 to 60, not nan.",
        ),
        (
            "refresh_seconds = 0",
            "config.toml: refresh_seconds: must be a number from 0.05 to 60, not 0.",
        ),
        ("stores = 'a.db'", "config.toml: stores: must be a list of paths, not 'a.db'."),
        ("stores = ['']", "config.toml: stores: must be a list of paths, not ['']."),
        ("thresholds = 3", "config.toml: thresholds: must be a table, not 3."),
        (
            "[thresholds]\nstreek = 3",
            "config.toml: thresholds: unknown key 'streek'; did you mean 'streak'?",
        ),
        (
            "[thresholds]\nstreak = 2.5",
            "config.toml: thresholds: streak must be a whole number from 0 on, not 2.5.",
        ),
        (
            "[thresholds]\ntool_success = 80",
            "config.toml: thresholds: tool_success must be a number from 0 to 1, not 80.",
        ),
        (
            "[thresholds]\nstale = 1",
            "config.toml: thresholds: stale must be true or false, not 1.",
        ),
        ("keys = 3", "config.toml: keys: must be a table, not 3."),
        ("[keys]\nfoo = 'x'", "config.toml: keys: there is no command 'foo'."),
        (
            "[keys]\nsessions.mark = 3",
            "config.toml: keys: sessions.mark must be keys as text, not 3.",
        ),
        (
            "[keys]\nprogram.quit = ''",
            "config.toml: keys: program.quit must have a key.",
        ),
    ],
)
def test_a_mistake_is_one_sentence_with_file_and_key(text: str, problem: str) -> None:
    assert problems_of(text) == (problem,)


def test_an_unknown_theme_names_the_known_ones() -> None:
    [problem] = problems_of("theme = 'pink'")
    assert problem.startswith("config.toml: theme: must be one of auto, dark, light, ")
    assert problem.endswith("not 'pink'.")


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems_of("utc = 1\nascii = 2\n[keys]\nfoo = 'x'\nbar = 'x'")) == 4


def test_what_is_not_toml_is_told_with_its_place() -> None:
    [problem] = problems_of("utc = true\nmouse = = 1")
    assert problem.startswith("config.toml: is not TOML: ")
    assert "line 2" in problem


def test_hostile_text_is_shown_harmless() -> None:
    [problem] = problems_of('"\\u001b]0;x" = 1')
    assert "\x1b" not in problem


def test_the_default_text_says_the_defaults() -> None:
    text = default_text()
    assert read(text) == Config()
    options = [
        line[2:]
        for line in text.splitlines()
        if line.startswith(("# [", '# "'))
        or line[2:].split(" = ")[0] in known_names() | set(THRESHOLDS)
    ]
    config = read("\n".join(options))
    assert replace(config, keys={}) == Config()
    assert config.keys == {command.id: ",".join(command.keys) for command in COMMANDS}
    told = {line.split(" = ")[0] for line in options}
    assert {option.name for option in fields(Config)} - {"keys", "thresholds"} <= told
    assert set(THRESHOLDS) <= told


THRESHOLDS = (
    "tool_success", "tool_calls", "component_errors", "component_sessions", "running_minutes",
    "repeats", "ping_pong", "streak", "stale",
)  # fmt: skip


def known_names() -> set[str]:
    return {option.name for option in fields(Config)}


def test_a_missing_file_means_the_defaults_unless_it_was_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    with pytest.raises(ConfigError, match="there is no such file, but SESSION_TUI_CONFIG"):
        load({"SESSION_TUI_CONFIG": str(missing)})


def test_no_home_means_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file" / "config"))
    assert load({}) == Config()


def test_the_file_of_the_platform_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda _name: tmp_path)
    assert load({}) == Config()
    (tmp_path / "config.toml").write_text("utc = true\r\n", encoding="utf-8-sig", newline="")
    assert load({}).utc
    assert config_path({}) == tmp_path / "config.toml"


def test_relative_stores_are_relative_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('stores = ["runs/a.db"]')
    assert load({"SESSION_TUI_CONFIG": str(path)}).stores == (str(tmp_path / "runs/a.db"),)


def test_the_home_folder_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert read("stores = ['~/a.db', '~nobody-here/b.db']").stores == (
        "/home/me/a.db",
        "/folder/~nobody-here/b.db",
    )
    assert config_path({"SESSION_TUI_CONFIG": "~/c.toml"}) == Path("/home/me/c.toml")


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    def told(path: Path) -> str:
        with pytest.raises(ConfigError) as caught:
            load({"SESSION_TUI_CONFIG": str(path)})
        return str(caught.value)

    assert told(tmp_path) == f"{tmp_path}: cannot be read (Is a directory)."
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"theme = '\xff'")
    assert told(binary) == f"{binary}: is not UTF-8 text (byte 10)."
    large = tmp_path / "large.toml"
    os.truncate(os.open(large, os.O_CREAT | os.O_WRONLY), 2_000_000)
    assert told(large) == f"{large}: is too large for a configuration."
