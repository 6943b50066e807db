"""Whatever cannot work: exit code 2, one sentence on stderr, nothing on stdout or on disk."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stores.base import SAMPLES
from tests.stores.canonical import canonical_store
from tests.tui.headless.conftest import Result, Run

AUDIT = SAMPLES / "heist-audit.db"
READERS: tuple[tuple[str, ...], ...] = (
    ("sessions", "STORE"), ("session", "STORE", "some-id"), ("tools", "STORE"),
    ("agents", "STORE"), ("activity", "STORE"), ("timeline", "STORE", "some-id"),
    ("events", "STORE"), ("metrics", "STORE"), ("tail", "STORE"), ("doctor", "STORE"), ("STORE",),
    ("components", "STORE"), ("durations", "STORE"), ("errors", "STORE"), ("active", "STORE"),
    ("trends", "STORE"), ("report", "STORE"), ("check", "STORE"), ("delegations", "STORE"),
    ("work-items", "STORE"), ("event", "STORE", "some-id"),
)  # fmt: skip


def is_one_sentence(told: Result) -> bool:
    return (
        told.code == 2
        and told.out == ""
        and told.err.startswith("session-tui: ")
        and told.err.count("\n") == 1
        and told.err.rstrip().endswith((".", "?"))
    )


def missing(path: Path) -> None:
    del path


def empty(path: Path) -> None:
    path.touch()


def folder(path: Path) -> None:
    path.mkdir()


def fifo(path: Path) -> None:
    os.mkfifo(path)


def duckdb(path: Path) -> None:
    path.write_bytes(bytes(8) + b"DUCK" + bytes(4096))


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 16)


def only_the_magic(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def cut_off(path: Path) -> None:
    path.write_bytes(AUDIT.read_bytes()[:5000])


def other_schema(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()


def no_tables(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 1")
    connection.close()


MAKERS: tuple[Callable[[Path], None], ...] = (
    missing, empty, folder, fifo, duckdb, noise, only_the_magic, cut_off, other_schema, no_tables,
)  # fmt: skip


@pytest.mark.parametrize("arguments", READERS, ids=lambda arguments: arguments[0])
@pytest.mark.parametrize("make", MAKERS)
def test_a_store_that_cannot_be_used(
    run: Run,
    tmp_path: Path,
    make: Callable[[Path], None],
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    path = place / "store.db"
    make(path)
    if arguments == ("STORE",) and make in (
        duckdb, only_the_magic, cut_off, other_schema, no_tables,
    ):  # fmt: skip
        # These begin like a database: the screen itself tells what is wrong.
        return
    before = sorted(place.rglob("*"))
    told = run(*(path if word == "STORE" else word for word in arguments))
    assert is_one_sentence(told), told
    assert "store.db" in told.err
    assert sorted(place.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--bogus",),
        ("sessions", "--bogus"),
        ("sessions", AUDIT, "another"),
        ("sessions", AUDIT, "--status", "sleeping"),
        ("sessions", AUDIT, "--limit", "-1"),
        ("sessions", AUDIT, "--limit", "many"),
        ("sessions", AUDIT, "--offset", "-1"),
        ("sessions", AUDIT, "--sort", "mood"),
        ("sessions", AUDIT, "--since", "one day"),
        ("sessions", AUDIT, "--days", "nan"),
        ("sessions", AUDIT, "--filter", "kind:tool"),
        ("sessions", AUDIT, "--filter", '"open'),
        ("events", AUDIT, "--filter", "project:x"),
        ("events", AUDIT, "--before", "nothing"),
        ("events", AUDIT, "--session", "nobody"),
        ("events", AUDIT, "--kind", "party"),
        ("session", AUDIT),
        ("session", AUDIT, ""),
        ("session", AUDIT, "heist_1766132251"),
        ("session", AUDIT, "\x1b[31m"),
        ("timeline", AUDIT, "heist_17"),
        ("tools", AUDIT, "--session", "heist_1766132250", "--session", "nobody"),
        ("agents", AUDIT, "--relation", "likes"),
        ("activity", AUDIT, "--session", "nobody"),
        ("tail", AUDIT, "--session", "nobody"),
        ("demo", "--speed", "0"),
        ("demo", "--seed", "x"),
        ("completion", "cobol"),
        ("--theme", "beige", AUDIT),
        ("--ascii", "sessions", AUDIT),
        ("sesions",),
    ],
    ids=str,
)
def test_wrong_usage(run: Run, arguments: tuple[object, ...]) -> None:
    told = run(*arguments)
    assert is_one_sentence(told), told


def test_an_unknown_session_brings_similar_ones(run: Run) -> None:
    told = run("session", AUDIT, "heist_1766132251")
    assert "heist_1766132250" in told.err
    assert "heist_1766132250" in run("timeline", AUDIT, "heist_17661322").err


def test_a_misspelt_command_is_recognised(run: Run) -> None:
    assert run("sesions").err.endswith("Did you mean the command 'sessions'?\n")
    for behind in ((AUDIT,), (AUDIT, "--json"), ("--json",)):
        told = run("sesions", *behind)
        assert is_one_sentence(told)
        assert "no command and no file 'sesions'; did you mean 'sessions'?" in told.err
    # A file of that name is a store.
    told = run(AUDIT.parent / "nothing.db", "--json")
    assert "did you mean the command" not in told.err


def test_mistakes_in_the_configuration(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = 7\nbogus = 1\n")
    monkeypatch.setenv("SESSION_TUI_CONFIG", str(path))
    told = run("sessions", AUDIT)
    assert is_one_sentence(told), told
    assert "config.toml" in told.err


def test_a_fault_of_ours_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("\x1b[31mdivided\nby zero")

    monkeypatch.setattr("tui.headless.sessions.count_store", broken)
    told = run("sessions", AUDIT)
    assert (told.code, told.out) == (1, "")
    assert told.err.count("\n") == 1
    assert "\x1b" not in told.err
    assert "divided" not in told.err
    assert "ZeroDivisionError in test_errors.py:" in told.err
    monkeypatch.setenv("SESSION_TUI_TRACEBACK", "1")
    assert "Traceback" in run("sessions", AUDIT).err


def test_an_interrupt_is_silent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.headless.sessions.count_store", interrupted)
    told = run("sessions", AUDIT)
    assert (told.code, told.out, told.err) == (130, "", "")


def test_a_locked_store_is_waited_for_and_then_given_up(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.counting.event_stream.PATIENCE", 0.0)
    monkeypatch.setattr("queries.counting.event_stream.patiently.__defaults__", (0.0,))
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_session("s")
        store.connection.execute("BEGIN EXCLUSIVE")
        told = run("sessions", path)
        store.connection.execute("ROLLBACK")
    assert is_one_sentence(told), told
    assert "locked" in told.err
