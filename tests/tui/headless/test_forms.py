"""The same data as JSON, CSV, Markdown and aligned text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from queries.as_json.canonical import (
    AGENT_KEYS,
    EVENT_KEYS,
    INTERACTION_KEYS,
    SESSION_KEYS,
    TOOL_KEYS,
)
from queries.as_json.delegations import DELEGATION_KEYS
from queries.as_json.overview import BUCKET_KEYS, COMPONENT_KEYS, DURATION_KEYS, ERROR_KEYS
from queries.as_json.work_items import WORK_ITEM_KEYS
from tests.stores.base import SAMPLES, Text
from tests.stores.canonical import canonical_store
from tests.stores.hostile import GIANT_TEXT, LONG_TEXT, SHORT_HOSTILE
from tests.tui.headless.conftest import Result, Run

AUDIT = SAMPLES / "heist-audit.db"
TASKS = SAMPLES / "htmlgraph-0.26.1.db"
SESSION = "heist_1766132250"
TABLES: tuple[tuple[tuple[object, ...], str, tuple[str, ...]], ...] = (
    (("sessions", AUDIT), "sessions", SESSION_KEYS),
    (("tools", AUDIT), "tool_statistics", TOOL_KEYS),
    (("agents", AUDIT), "agent_activity", AGENT_KEYS),
    (("agents", AUDIT, "--relation", "follows"), "interactions", INTERACTION_KEYS),
    (("events", AUDIT), "events", EVENT_KEYS),
    (("timeline", AUDIT, SESSION), "timeline", EVENT_KEYS),
    (("components", AUDIT), "components", COMPONENT_KEYS),
    (("durations", AUDIT), "durations", DURATION_KEYS),
    (("errors", AUDIT), "errors", ERROR_KEYS),
    (("trends", AUDIT, "--by", "hour"), "buckets", BUCKET_KEYS),
    (("delegations", TASKS), "delegations", DELEGATION_KEYS),
    (("work-items", TASKS), "work_items", WORK_ITEM_KEYS),
    (("metrics", AUDIT), "tool_success_rates", ("tool_name", "success_rate", "total_uses")),
)


def as_csv(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)


@pytest.mark.parametrize(("arguments", "key", "keys"), TABLES)
def test_json_and_csv_agree(
    run: Run, arguments: tuple[object, ...], key: str, keys: tuple[str, ...]
) -> None:
    items = run(*arguments, "--json").json[key]
    lines = list(csv.reader(io.StringIO(run(*arguments, "--csv").out)))
    assert tuple(lines[0]) == keys
    assert items
    for item, line in zip(items, lines[1:], strict=True):
        assert set(item) == set(keys)
        assert [as_csv(item[name]) for name in keys] == [cell.removeprefix("'") for cell in line]


@pytest.mark.parametrize(("arguments", "key", "keys"), TABLES)
def test_text_and_markdown_have_a_line_for_each(
    run: Run, arguments: tuple[object, ...], key: str, keys: tuple[str, ...]
) -> None:
    number = len(run(*arguments, "--json").json[key])
    markdown = [line for line in run(*arguments, "--markdown").out.splitlines() if line]
    assert sum(line.startswith("|---") for line in markdown) >= 1
    assert sum(line.startswith("| ") for line in markdown) >= number + 1
    assert len(run(*arguments).out.splitlines()) >= number + 1


def test_columns_are_aligned(run: Run) -> None:
    heading, *lines = run("sessions", AUDIT).out.splitlines()
    assert [line[heading.index("STATUS") :].split()[0] for line in lines] == [
        "running", "completed", "completed", "completed", "completed", "stale",
    ]  # fmt: skip
    right = heading.index("EVENTS") + len("EVENTS")
    assert [line[:right].split()[-1] for line in lines] == ["64", "62", "67", "70", "61", "63"]


def test_wide_characters_take_two_cells(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wide.db"
    with canonical_store(path) as store:
        store.add_event("s", tool="日本語", agent="a")
        store.add_event("s", tool="Read", agent="a")
    heading, narrow, wide = run("tools", path).out.splitlines()
    place = heading.index("OPERATION")
    assert narrow[place] == "—"
    assert wide[place - 3] == "—"


def test_a_title_that_is_not_known_is_not_the_id(run: Run) -> None:
    for form in ((), ("--markdown",)):
        lines = run("sessions", AUDIT, *form).out.splitlines()
        assert all(line.count(SESSION) <= 1 for line in lines)
        assert sum(line.removesuffix(" |").endswith(" —") for line in lines) == 6
    shown = run("session", AUDIT, SESSION).out.splitlines()
    assert shown[1].split() == ["title", "—"]


def test_a_list_that_is_cut_says_so(run: Run) -> None:
    told = run("sessions", AUDIT, "--limit", 2, "--offset", 1, "--json")
    assert told.json["total"] == 6
    assert len(told.json["sessions"]) == 2
    assert told.err == "session-tui: 2-3 of 6\n"
    assert run("sessions", AUDIT).err == ""
    assert run("sessions", AUDIT, "--offset", 9).err == "session-tui: none of 6\n"
    assert run("events", AUDIT, "--limit", 7).err == "session-tui: 381-387 of 387\n"


def test_a_table_of_nothing_says_so(run: Run) -> None:
    for arguments in (
        ("sessions", AUDIT, "--component", "none"), ("events", AUDIT, "--tool", "none"),
        ("tools", AUDIT, "--days", 1), ("components", AUDIT, "--days", 1, "--markdown"),
    ):  # fmt: skip
        told = run(*arguments)
        assert (told.code, told.err) == (0, "session-tui: none found\n")
        assert run(*arguments[:4], "--json").err == ""


def test_output_is_the_same_each_time(run: Run) -> None:
    for arguments in (("sessions", AUDIT), ("agents", AUDIT), ("tools", AUDIT), ("doctor", AUDIT)):
        assert run(*arguments, "--json").out == run(*arguments, "--json").out


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "hostile.db"
    return store_of([text for _, text in SHORT_HOSTILE], path)


@pytest.fixture(scope="module")
def giant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("giant") / "giant.db"
    store_of(["small", LONG_TEXT], path)
    with canonical_store(path) as store:
        store.add_event("plain", id="giant", tool=GIANT_TEXT, summary=GIANT_TEXT, state="error")
    return path


def store_of(texts: Sequence[Text], path: Path) -> Path:
    with canonical_store(path) as store, store.batch():
        for number, text in enumerate(texts):
            if number % 2:
                store.add_session(text if text else "empty", title=text, error=text)
            store.add_event(text, agent=text, tool=text, operation=text, summary=text, model=text)
            store.add_event("plain", kind="message", agent=text, summary=text)
            store.add_event(text, kind="delegation", agent=text, target_agent=text, tool=text)
            store.add_handoff(text, text, type=text, state=text, reason=text)
            store.add_work_item(text, type=text, status=text, priority=text, assigned_to=text)
    return path


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("sessions",), ("tools",), ("agents",), ("activity",), ("events", "--limit", "0"),
    ("metrics",), ("doctor",), ("components",), ("components", "--by", "model"), ("durations",),
    ("errors",), ("active", "--stale"), ("trends",), ("delegations",), ("work-items",),
    ("report",), ("check", "--rule", "ping-pong"),
)  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
@pytest.mark.parametrize("form", ["--json", "--csv", "--markdown", None])
def test_no_byte_acts_on_the_terminal(
    run: Run, hostile: Path, arguments: tuple[str, ...], form: str | None
) -> None:
    lacks = {"activity": ("--csv", "--markdown"), "doctor": ("--csv", "--markdown"),
             "report": ("--csv",)}  # fmt: skip
    if form in lacks.get(arguments[0], ()):
        assert run(*arguments, hostile, form).code == 2
        return
    assert_harmless(run(*arguments, hostile, *([form] if form else [])), form)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_no_byte_of_giant_texts_does(run: Run, giant: Path, arguments: tuple[str, ...]) -> None:
    assert_harmless(run(*arguments, giant), None)


def assert_harmless(told: Result, form: str | None) -> None:
    assert told.code == 0
    for text in (told.out, told.err):
        text.encode("utf-8")
        bad = {c for c in text if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0}
        assert not bad
        assert not set(text) & set("\u202e\u2066\u2067\u200b\u200e\ufeff\U000e0061")
    if form == "--json":
        json.loads(told.out)


def test_formulas_in_csv_are_harmless(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "formula.db"
    with canonical_store(path) as store:
        store.add_session("=1+1", title="@SUM(A1)", tokens=-5)
        store.add_event("=1+1", agent="-2", tool="+tool", summary="x", duration=-1.5)
    (session,) = csv.DictReader(io.StringIO(run("sessions", path, "--csv").out))
    assert session["session_id"] == "'=1+1"
    assert session["title"] == "'@SUM(A1)"
    assert session["tokens"] == "-5"
    (event,) = csv.DictReader(io.StringIO(run("events", path, "--csv").out))
    assert (event["agent_name"], event["tool_name"]) == ("'-2", "'+tool")
    assert event["duration_seconds"] == "-1.5"


def test_a_tree_of_ten_thousand_levels(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "deep.db"
    depth = 10_000
    with canonical_store(path) as store, store.batch():
        store.add_event("s", id="e0", kind="prompt")
        for number in range(1, depth + 1):
            store.add_event("s", id=f"e{number}", parent_id=f"e{number - 1}")
    told = run("activity", path, "--json")
    assert told.code == 0
    assert told.out.count('"event_id"') == depth + 1
    # What Python's own parser would need recursion for.
    level = deepest = 0
    for character in re.findall(r"[\[\]]", told.out):
        if character == "[":
            level += 1
            deepest = max(deepest, level)
        else:
            level -= 1
    assert (level, deepest) == (0, depth + 2)
    assert run("activity", path).out.count("\n") == depth + 1


def test_unknown_is_null(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    with canonical_store(path) as store:
        store.add_session("s", started="never", status=None)
    session: dict[str, Any] = run("sessions", path, "--json").json["sessions"][0]
    nothing = {name for name, value in session.items() if value is None}
    assert nothing == set(SESSION_KEYS) - {
        "session_id", "status", "messages", "events", "tool_calls", "errors", "running",
    }  # fmt: skip
    metrics = run("metrics", path, "--json").json
    assert metrics["tool_success_rate"] is metrics["tokens"] is metrics["cost_usd"] is None
    assert metrics["completion_rate"] == 0
    assert run("tools", path, "--json").json == {"tool_statistics": []}
    assert run("activity", path, "--json").json == {
        "total_prompts": 0, "prompts": [], "outside": [],
    }  # fmt: skip


def test_activity_in_words_tells_who_did_what(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "who.db"
    with canonical_store(path) as store:
        store.add_session("s")
        store.add_event("s", id="ask", kind="prompt", agent="lead", state="ok", summary="Fix it")
        store.add_event("s", kind="delegation", tool="Task", agent="lead", target_agent="coder",
                        state="ok", parent_id="ask", duration=2.0, summary="the login")  # fmt: skip
        store.add_event("s", tool="Bash", operation="test", agent="coder", state="error",
                        parent_id="ask", summary="pytest")  # fmt: skip
        store.add_event("s", id="more", kind="prompt", agent=None, state="ok", summary="More")
        store.add_event("s", tool="Read", agent=None, state="ok", parent_id="more")
    lines = [line[21:].rstrip() for line in run("activity", path).out.splitlines()]
    assert lines[0].startswith("lead: prompt ok Fix it  (2 calls, 1 failed")
    assert lines[1] == "  lead: Task → coder ok 2.0s the login"
    assert lines[2] == "  coder: Bash·test FAILED pytest"
    assert lines[3] == "—: prompt ok More  (1 call)"
    assert lines[4].startswith("  —: Read ok")
    assert "Bash·test" in run("events", path).out


def test_the_table_of_sessions_has_columns_for_what_some_of_them_say(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "said.db"
    with canonical_store(path) as store:
        store.add_session("a")
    header = run("sessions", path).out.splitlines()[0].split()
    assert header[:3] == ["SESSION", "STATUS", "AGENT"]
    with canonical_store(path) as store:
        store.add_session("b", component="bash", quality=76.0999984741211)
    lines = run("sessions", path, "--sort", "component").out.splitlines()
    assert lines[0].split()[:5] == ["SESSION", "STATUS", "COMPONENT", "QUALITY", "AGENT"]
    assert lines[1].split()[0] == "b"
    assert lines[1].split()[2:4] == ["bash", "76.1"]
    assert lines[2].split()[2:4] == ["—", "—"]
    assert "76.1\n" in run("session", path, "b").out
