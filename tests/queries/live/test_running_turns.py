from __future__ import annotations

from collections.abc import Sequence

import pytest

from queries.live import running_turns
from queries.live.running_turns import RunningTurns
from queries.models import EventKey


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> RunningTurns:
    monkeypatch.setattr(running_turns, "NEWEST", 5)
    monkeypatch.setattr(running_turns, "OLDER", 3)
    return RunningTurns()


def rows(*numbers: int) -> list[EventKey]:
    return [(0, number) for number in numbers]


def test_few_are_all_read_at_each_commit(turns: RunningTurns) -> None:
    running = rows(*range(1, 6))
    for _ in range(3):
        assert sorted(turns.after_commit(running)) == running
        assert not turns
        assert turns.next() == []


def test_of_many_the_newest_are_read_at_each_commit_and_the_others_follow(
    turns: RunningTurns,
) -> None:
    running = rows(*range(1, 25))
    read = [turns.after_commit(running)]
    assert set(read[0]) >= set(running[-5:])
    while turns:
        read.append(turns.next())
        turns.done(read[-1])
    assert [len(part) for part in read] == [8, 8, 8]
    assert sorted(key for part in read for key in part) == running


def test_what_could_not_be_read_keeps_its_turn(turns: RunningTurns) -> None:
    turns.after_commit(rows(*range(1, 25)))
    due = turns.next()
    assert turns.next() == due
    turns.done(due)
    assert not set(turns.next()) & set(due)


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_where_commits_never_end_each_has_its_turn_once_a_round(
    turns: RunningTurns, step: int
) -> None:
    """Although rows that were read end, and others begin, at each commit."""
    running = set(rows(*range(100, 130)))
    for number in range(50):
        turns.after_commit(sorted(running))
        if step > 0:
            running.add((0, 1000 + number))
    stay = set(rows(*range(100, 115)))
    read: set[EventKey] = set()
    rounds = -(-(len(running) - 5) // 3) + 1
    for number in range(rounds):
        now = turns.after_commit(sorted(running))
        read.update(now)
        if step < 0:
            running.difference_update(set(now) - stay)
        elif step > 0:
            running.add((0, 2000 + number))
    assert stay <= read


def test_rows_of_several_tables_have_their_turns(turns: RunningTurns) -> None:
    running = [(source, seq) for source in range(3) for seq in range(10)]
    read: set[EventKey] = set()
    for _ in range(9):
        read.update(turns.after_commit(running))
    assert read == set(running)


class CountedRows(Sequence[EventKey]):
    """Rows that count how many of them are looked at."""

    def __init__(self, keys: list[EventKey]) -> None:
        self.keys = keys
        self.looked_at = 0

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]  # as in every sequence
        found = self.keys[place]
        self.looked_at += len(found) if isinstance(place, slice) else 1
        return found


def test_a_commit_costs_as_much_as_is_read_however_many_run(turns: RunningTurns) -> None:
    running = CountedRows(rows(*range(100_000)))
    for _ in range(10):
        running.looked_at = 0
        read = turns.after_commit(running)
        assert len(read) == 8
        assert turns
        assert len(turns.next()) == 8
        assert running.looked_at < 200


def test_those_that_end_before_their_turn_are_left_out(turns: RunningTurns) -> None:
    running = rows(*range(1, 25))
    read = turns.after_commit(running)
    ended = running[3:9]
    del running[3:9]
    while turns:
        read += turns.next()
        turns.done(turns.next())
    assert not set(read) & set(ended)
    assert sorted(read) == running


def test_each_has_its_turn_once_between_two_commits(turns: RunningTurns) -> None:
    running = rows(*range(-10, 40))
    for _ in range(12):
        read = turns.after_commit(running)
        while turns:
            due = turns.next()
            read += due
            turns.done(due)
        assert sorted(read) == running
        turns.after_commit(running)
