"""Calls that began before the oldest prompt that is shown are whole, or not shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import pytest

from queries.counting import event_stream
from queries.models import Event, EventState
from queries.store import Store
from queries.trees import newest_prompts
from queries.trees.prompt_trees import PromptNode, read_prompt_trees
from tests.stores.base import SAMPLES
from tests.stores.canonical import canonical_store
from tests.stores.htmlgraph import htmlgraph_store


def events_of(*nodes: Iterable[PromptNode]) -> Iterator[Event]:
    stack = [node for some in nodes for node in some]
    while stack:
        node = stack.pop()
        yield node.event
        stack += node.children


@pytest.fixture(params=[3, 2000])
def page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest_prompts, "PAGE", request.param)
    monkeypatch.setattr(event_stream, "PAGE", request.param)


@pytest.mark.parametrize("session", [None, "s"])
def test_a_call_whose_end_names_the_newest_prompt(
    tmp_path: Path, page: None, session: str | None
) -> None:
    with canonical_store(tmp_path / "store.db") as store:
        store.add_event("s", id="p1", kind="prompt", time=100.0)
        store.add_event(
            "s", id="call", phase="start", state="running", time=105.0, summary="make test"
        )
        store.add_event("s", id="p2", kind="prompt", time=110.0)
        for number in range(5):
            store.add_event("s", id=f"e{number}", parent_id="p2")
        store.add_event("s", id="end", phase="end", state="error", parent_id="p2", time=160.0)
    with Store(tmp_path / "store.db") as opened:
        trees = read_prompt_trees(opened, session, 1)
        raw = read_prompt_trees(opened, session, 1, raw=True)
    (prompt,) = trees.prompts
    call = prompt.children[0].event
    assert (call.id, call.state, call.duration) == ("call", EventState.ERROR, 55.0)
    assert (call.summary, prompt.stats.calls, trees.outside) == ("make test", 6, [])
    assert "end" in [event.id for event in events_of(raw.prompts)]


@pytest.mark.parametrize("session", [None, "s"])
@pytest.mark.parametrize("parent", [None, "p1"])
def test_a_call_that_began_outside_of_what_is_shown_is_not_shown(
    tmp_path: Path, page: None, session: str | None, parent: str | None
) -> None:
    with canonical_store(tmp_path / "store.db") as store:
        store.add_event("s", id="p1", kind="prompt")
        store.add_event("s", id="call", phase="start", state="running", call_key="k")
        store.add_event("s", id="p2", kind="prompt")
        store.add_event("s", id="below", parent_id="call")
        store.add_event("s", id="end", phase="end", call_key="k", parent_id=parent)
    with Store(tmp_path / "store.db") as opened:
        trees = read_prompt_trees(opened, session, 1)
    assert [event.id for event in events_of(trees.prompts, trees.outside)] == ["p2"]


def test_a_delegation_of_four_rows(tmp_path: Path, page: None) -> None:
    with htmlgraph_store(tmp_path / "h.db", "0.26") as store:
        store.add_session("sess-1")
        first = store.add_prompt("sess-1")
        task = store.add_delegation("sess-1", parent=first["event_id"])
        second = store.add_prompt("sess-1")
        store.finish_delegation(task["event_id"])
    with Store(tmp_path / "h.db") as opened:
        trees = read_prompt_trees(opened, None, 1)
    assert [event.id for event in events_of(trees.prompts, trees.outside)] == [second["event_id"]]


def fill(path: Path, seed: int) -> None:
    random = Random(seed)
    with canonical_store(path) as store, store.batch():
        ids: list[str] = []
        for number in range(60):
            kind = random.choice(["prompt", "message", "tool", "tool", "tool", "delegation"])
            phase = random.choice(["whole", "start", "end"]) if kind[0] in "td" else "whole"
            store.add_event(
                f"s{random.randrange(2)}",
                id=f"e{number}",
                kind=kind,
                phase=phase,
                state="running" if phase == "start" else random.choice(["ok", "error"]),
                tool=random.choice(["Read", "Bash"]),
                call_key=random.choice([None, "k", "l"]) if phase != "whole" else f"e{number}",
                parent_id=random.choice([None, *ids[-9:]]),
                summary=f"what {number} does",
            )
            ids.append(f"e{number}")


@pytest.mark.parametrize("session", [None, "s1"])
@pytest.mark.parametrize("seed", range(12))
def test_what_is_shown_is_as_where_everything_is_shown(
    tmp_path: Path, page: None, seed: int, session: str | None
) -> None:
    fill(tmp_path / "store.db", seed)
    with Store(tmp_path / "store.db") as opened:
        whole = read_prompt_trees(opened, session, None)
        known = {event.id: event for event in events_of(whole.prompts, whole.outside)}
        for limit in (1, 2, 5):
            some = read_prompt_trees(opened, session, limit)
            for event in events_of(some.prompts, some.outside):
                # Of other sessions single rows are read: those that hang under what is shown.
                if session in (None, event.session_id):
                    assert known.get(event.id) == event


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.db")), ids=lambda path: path.stem)
def test_samples(sample: Path, tmp_path: Path, page: None) -> None:
    path = tmp_path / sample.name
    path.write_bytes(sample.read_bytes())
    with Store(path) as opened:
        whole = read_prompt_trees(opened, None, None)
        known = {event.key: event for event in events_of(whole.prompts, whole.outside)}
        for limit in (1, 3, 10):
            some = read_prompt_trees(opened, None, limit)
            for event in events_of(some.prompts, some.outside):
                assert known.get(event.key) == event
