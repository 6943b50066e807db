"""A store whose ids have no index costs a few looks at all of it, not one for each row."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries import store as store_module
from queries.delegating.delegation_events import find_delegations
from queries.doctor import diagnose
from queries.store import Store
from tests.stores.canonical import CanonicalStore, canonical_schema


def unindexed(path: Path) -> CanonicalStore:
    """A store in the canonical schema without a single index on its events."""
    schema = [
        sql.replace("TEXT UNIQUE", "TEXT")
        for sql in canonical_schema()
        if not sql.startswith("CREATE INDEX")
    ]
    return CanonicalStore(path, schema)


def filled(path: Path, number: int) -> Path:
    """Prompts, each with one delegation; every tenth names a prompt that there is not."""
    with unindexed(path) as store, store.batch():
        for count in range(number):
            store.add_event("s", id=f"p{count}", kind="prompt", agent=f"agent-{count % 3}")
            parent = f"p{count}" if count % 10 else f"missing-{count}"
            store.add_event("s", id=f"d{count}", kind="delegation", parent_id=parent,
                            target_agent="explorer", agent=None)  # fmt: skip
        store.add_event("s", id=None)
        store.connection.execute("UPDATE event SET id = NULL WHERE id LIKE 'event-%'")
    return path


def steps_of_doctor(path: Path) -> int:
    """Of SQLite's machine, in hundreds."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with Store(path) as store:
        store.connection.set_progress_handler(step, 100)
        found = diagnose(store).events_without_parent
    assert found.examples[:2] == ("d0", "d10")
    return steps


def test_parents_that_are_missing_are_found_by_one_look_at_all_ids(tmp_path: Path) -> None:
    few, many = filled(tmp_path / "few.db", 300), filled(tmp_path / "many.db", 900)
    with Store(many) as store:
        assert diagnose(store).events_without_parent.count == 90
    assert steps_of_doctor(many) < 4 * steps_of_doctor(few)


def test_prompts_above_delegations_are_looked_up_together(tmp_path: Path) -> None:
    with Store(filled(tmp_path / "store.db", 400)) as store:
        before = store.statements
        found, _ = find_delegations(store)
        assert store.statements - before < 10
    assert [each.agent for each in found[:4]] == [None, "agent-1", "agent-2", "agent-0"]


@pytest.mark.parametrize("most", [3, 1000])
def test_events_by_their_ids_are_those_found_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(store_module, "MANY", most)
    with unindexed(tmp_path / "store.db") as writer:
        for name in ("a", "b", "b", "b", "c", "é", "b"):
            writer.add_event("s", id=name)
        writer.connection.execute("UPDATE event SET id = CAST(x'ff' AS TEXT) WHERE id = 'c'")
    with Store(tmp_path / "store.db") as store:
        odd = store.event_page(0, 0, 10, 10)[0][4].id
        wanted = ("é", "b", "nothing", odd, "a", "b")
        found = store.events_by_id(wanted)
        assert found == {
            name: event for name in wanted if (event := store.event_by_id(name)) is not None
        }
        assert set(found) == {"a", "b", "é", odd}
