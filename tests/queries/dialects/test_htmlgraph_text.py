"""Summaries without their wrapping."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.dialects.htmlgraph_text import main_argument, plain_summary, sub_agent

HOOK = {"session_id": "s", "cwd": "/home/dev", "tool_name": "Bash"}


@pytest.mark.parametrize(
    ("text", "tool", "expected"),
    [
        ("Bash: ls", "Bash", "ls"),
        ("ls", "Bash", "ls"),
        ("Bash: Bash: ls", "Bash", "Bash: ls"),
        ("Bash:", "Bash", ""),
        ("Bashful", "Bash", "Bashful"),
        ("Bash: ls", "Read", "Bash: ls"),
        ("Bash: ls", None, "Bash: ls"),
        ("Task (Explore): Survey", "Task", "Survey"),
        ("(Explore): Survey", "Agent", "Survey"),
        ("(Explore): Survey", "Bash", "(Explore): Survey"),
        ("(see below)", "Task", "(see below)"),
        ("Stop: {}", "Stop", ""),
        ("{}", "Stop", ""),
        ("{'repo': '.'}", "mcp__git__status", "{'repo': '.'}"),
        ("", "Bash", ""),
    ],
)
def test_plain_summary(text: str, tool: str | None, expected: str) -> None:
    assert plain_summary(text, tool) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"command": "ls -l", "description": "List"}, "ls -l"),
        ({"pattern": "TODO", "path": "src"}, "TODO"),
        ({"old_string": "a", "file_path": "b.py"}, "b.py"),
        ({"query": "sqlite"}, "sqlite"),
        ({"url": "https://x", "prompt": "read it"}, "https://x"),
        ({"command": "", "prompt": "p"}, "p"),
        ({"repo": ".", "depth": 2}, "repo: ., depth: 2"),
        ({"todos": [{"content": "a"}]}, ""),
        ({}, ""),
    ],
)
def test_main_argument_of_bare_arguments_and_of_a_hooks_whole_input(
    arguments: dict[str, object], expected: str
) -> None:
    assert main_argument(json.dumps(arguments)) == expected
    assert main_argument(json.dumps({**HOOK, "tool_input": arguments})) == expected


def test_a_delegation_shows_its_description_then_its_prompt() -> None:
    task = {"subagent_type": "Explore", "prompt": "Long text", "description": "Survey"}
    assert main_argument(json.dumps(task), delegation=True) == "Survey"
    assert main_argument('{"subagent_type": "x", "prompt": "P"}', delegation=True) == "P"
    assert main_argument('{"subagent_type": "x", "prompt": ""}', delegation=True) == ""


@pytest.mark.parametrize(
    "text", ["", "ls", "{'repo': '.'}", "[1]", "{", '{"', "{not json", '{"todos": [{"con']
)
def test_what_is_not_such_json_is_left_to_others(text: str) -> None:
    assert main_argument(text) is None


def test_a_hooks_input_without_arguments_shows_nothing_of_the_hook() -> None:
    assert main_argument(json.dumps(HOOK)) == ""
    assert main_argument(json.dumps(HOOK)[:-5]) == ""
    assert main_argument(json.dumps({**HOOK, "tool_input": {"todos": ["x" * 500]}})[:300]) == ""


def test_deep_json_is_no_danger() -> None:
    assert main_argument('{"a":' + "[" * 590) is None
    assert main_argument('{"a":' + "[" * 100_000) is None


@given(st.text(min_size=1, max_size=60), st.integers(min_value=0, max_value=400), st.booleans())
def test_an_argument_survives_being_cut(value: str, cut: int, ascii_only: bool) -> None:
    wrapped = json.dumps(
        {**HOOK, "tool_input": {"command": value}, "x": "y" * 300}, ensure_ascii=ascii_only
    )
    found = main_argument(wrapped[:cut])
    assert found is None or value.startswith(found) or found == value
    whole = len(wrapped) - 310
    if cut > whole:
        assert found == value


@given(st.text(max_size=80), st.booleans())
def test_nothing_raises(text: str, delegation: bool) -> None:
    for each in (text, "{" + text, '{"tool_input": {' + text, '{"prompt": "' + text):
        main_argument(each, delegation=delegation)
        plain_summary(each, "Task")
        sub_agent(each)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(Explore): Survey", "Explore"),
        ("Task (Explore): Survey", "Explore"),
        ('{"subagent_type": "Explore", "prompt": ""}', "Explore"),
        ('{"tool_input": {"subagent_type": "Explore"}, "session_id": "s"}', "Explore"),
        ('{"session_id": "s", "tool_input": {"subagent_type": "Explore", "prom', "Explore"),
        ("Survey", None),
        ("{}", None),
    ],
)
def test_sub_agent(text: str, expected: str | None) -> None:
    assert sub_agent(text) == expected
