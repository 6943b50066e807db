"""Calls under a session's events that other sessions made, of which two rows tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.models import EventState
from queries.store import Store
from queries.trees.activity_reader import SessionTree, read_tree
from queries.trees.prompt_trees import PromptNode, read_prompt_trees
from tests.stores.canonical import canonical_store
from tests.stores.htmlgraph import htmlgraph_store

START = 1_768_212_000.0


def tree(path: Path, *, quick: bool = False) -> SessionTree:
    """The activity of the session "main"."""
    with Store(path) as store:
        return read_tree(store, "main", quick=quick)


def below(path: Path) -> list[PromptNode]:
    """What a command prints under the one prompt of the session "main"."""
    with Store(path) as store:
        (prompt,) = read_prompt_trees(store, "main", None).prompts
    return prompt.children


@pytest.mark.parametrize("quick", [False, True])
def test_only_the_row_after_a_call_names_what_it_is_under(tmp_path: Path, quick: bool) -> None:
    path = tmp_path / "store.db"
    with htmlgraph_store(path, "0.26") as store:
        store.add_prompt("main", event_id="prompt", timestamp=START)
        for number in range(3):
            store.add_call("other", parent="prompt", started=START + 9, duration=7.0)
            store.add_call("other", started=START + 20)
            store.add_call("third", parent=str(number), started=START + 9)
    prompt, *calls = tree(path, quick=quick).nodes
    assert [call.parent for call in calls] == [prompt.key] * 3
    assert [call.event.duration for call in calls if call.event] == [7.0] * 3
    assert [call.event.duration for call in below(path)] == [7.0] * 3


@pytest.mark.parametrize("quick", [False, True])
def test_only_the_row_before_a_call_names_what_it_is_under(tmp_path: Path, quick: bool) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_session("main", status="running", started=START)
        store.add_event("main", id="prompt", kind="prompt", time=START)
        for key, state in (("a", "ok"), ("b", "error")):
            store.add_event(
                "other", phase="start", state="running", call_key=key, parent_id="prompt",
                tool="Read", time=START + 1,
            )  # fmt: skip
            store.add_event(
                "other", phase="end", state=state, call_key=key, tool="Read", time=START + 3
            )
    prompt, *calls = tree(path, quick=quick).nodes
    assert [call.parent for call in calls] == [prompt.key] * 2
    assert [call.event.state for call in calls if call.event] == [EventState.OK, EventState.ERROR]
    assert prompt.stats is not None
    assert (prompt.stats.calls, prompt.stats.running) == (2, 0)
    assert [call.event.state for call in below(path)] == [EventState.OK, EventState.ERROR]
