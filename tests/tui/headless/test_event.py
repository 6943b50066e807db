"""``event``: one event with its whole texts."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.stores.base import SAMPLES
from tests.stores.canonical import canonical_store
from tests.tui.headless.conftest import Run

TASKS = SAMPLES / "htmlgraph-0.26.1.db"
AUDIT = SAMPLES / "heist-audit.db"
BEGUN, ENDED = "evt-80f9a76f", "evt-ed2a7dfd"
"""The rows before and after one call of Bash."""


def rows(store: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{store}?immutable=1", uri=True)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("named", [BEGUN, ENDED])
def test_either_row_of_a_call_shows_the_whole_call(run: Run, named: str) -> None:
    told = run("event", TASKS, named, "--json").json
    query = "SELECT input_summary, output_summary FROM agent_events WHERE event_id = ?"
    ((begun, _),) = rows(TASKS, query, BEGUN)
    ((_, output),) = rows(TASKS, query, ENDED)
    assert told["event_id"] == BEGUN
    assert (told["state"], told["duration_seconds"]) == ("ok", 3.0)
    assert (told["input"], told["output"], told["cut"]) == (begun, output, False)
    assert told["columns"]["output_summary"] is None
    assert told["columns"]["end: output_summary"] == output


def test_it_is_the_event_that_the_timeline_lists(run: Run) -> None:
    session = run("event", TASKS, BEGUN, "--json").json["session_id"]
    for event in run("timeline", TASKS, session, "--json").json["timeline"]:
        told = run("event", TASKS, event["event_id"], "--json").json
        assert {name: told[name] for name in event} == event


def test_an_id_of_two_tables_is_named_with_its_table(run: Run) -> None:
    told = run("event", AUDIT, "41")
    assert told.code == 2
    assert "messages:41 or tool_calls:41" in told.err
    ((message, role, turn),) = rows(
        AUDIT, "SELECT message, agent_role, turn_id FROM messages WHERE id = 41"
    )
    found = run("event", AUDIT, "messages:41", "--json").json
    assert found["input"] == message
    assert found["columns"]["agent_role"] == role
    assert found["columns"]["turn_id"] == str(turn)


def test_people_read_whole_lines_and_columns_when_they_ask(run: Run, tmp_path: Path) -> None:
    text = "first line\n" + "x" * 5000 + "\x1b[31m"
    path, name = tmp_path / "long.db", "one"
    with canonical_store(path) as store:
        store.add_event("s", tool="Bash", id=name)
        store.add_text(1, input=text, output="done")
    told = run("event", path, name).out
    assert "first line\n" + "x" * 5000 in told
    assert "\x1b" not in told
    assert "OUTPUT\n\ndone\n" in told
    assert "COLUMNS" not in told
    assert "COLUMNS\n\n" in run("event", path, name, "--raw").out
    assert json.loads(run("event", path, name, "--json").out)["input"].startswith(text[:5000])


def test_an_unknown_id_is_said_in_a_sentence(run: Run) -> None:
    told = run("event", TASKS, "evt-nothing")
    assert (told.code, told.out) == (2, "")
    assert "has no event 'evt-nothing'" in told.err
