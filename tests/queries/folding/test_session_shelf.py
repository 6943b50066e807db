"""Sessions that rest take little room, and are the same when they are asked for again."""

from __future__ import annotations

import json
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from queries.fold import Fold
from queries.folding import joining, session_shelf
from queries.folding.packed_texts import PackedTexts
from queries.folding.session_fold import SessionFold
from queries.folding.session_shelf import SessionShelf, as_text
from queries.folding.session_state import session_from
from queries.keeping.fold_state import fold_of, fold_parts
from queries.models import Event, Phase
from tests.queries.events import call, event, sequences
from tests.queries.test_fold import figures, folded


def plain(fold: Fold) -> list[str]:
    return [json.dumps(part) for part in fold_parts(fold)]


def resting(shelf: SessionShelf) -> int:
    """How many sessions are put together."""
    return sum(not isinstance(known, SessionFold) for known in shelf._all.values())


def session(events: int) -> SessionFold:
    made = SessionFold()
    made.events = events
    return made


def shelf_of(number: int) -> SessionShelf:
    """Sessions with as many events as their ids say."""
    shelf = SessionShelf()
    for each in range(number):
        shelf[str(each)] = session(each)
    return shelf


@given(sequences(), st.integers(0, 25), st.sampled_from((1, 3, 20_000)))
def test_counting_goes_on_where_sessions_rest(rows: list[Event], cut: int, reach: int) -> None:
    with mock.patch.object(joining, "REACH", reach):
        straight = folded(rows)
        with mock.patch.object(session_shelf, "MANY", 0):
            older, newer = folded(rows[:cut]), folded(rows[cut:])
            for fold in (older, newer):
                fold.sessions.rest()
                fold.sessions.rest()
            newer.prepend(older)
            newer.sessions.rest()
            newer.forget()
        straight.forget()
        assert figures(newer) == figures(straight)


@given(sequences())
def test_nothing_is_lost_by_resting(rows: list[Event]) -> None:
    fold, same = folded(rows), folded(rows)
    with mock.patch.object(session_shelf, "MANY", 0):
        fold.sessions.rest()
        fold.sessions.rest()
    idle = [name for name, each in same.sessions.items() if each.open is None]
    assert resting(fold.sessions) == len(idle)
    assert list(fold.sessions) == list(same.sessions)
    assert plain(fold) == plain(same)
    assert figures(fold) == figures(same)


def test_sessions_rest_that_nobody_asked_for_lately() -> None:
    shelf = SessionShelf()
    for name in "abc":
        shelf[name] = session(1)
    with mock.patch.object(session_shelf, "MANY", 2):
        shelf.rest()
        assert resting(shelf) == 0
        shelf["b"].events += 1
        shelf.rest()
    assert resting(shelf) == 2
    assert [each.events for each in shelf.values()] == [1, 2, 1]


@given(st.lists(st.integers(0, 199), max_size=30))
def test_packs_hold_what_is_known_now(again: list[int]) -> None:
    shelf = shelf_of(200)
    with mock.patch.object(session_shelf, "MANY", 0):
        shelf.rest()
        shelf.rest()
        assert resting(shelf) == 200
        for number in again:
            shelf[str(number)].events += 1
        packs = list(shelf.packs())
        texts = [item for packed in packs for item in packed.unpacked().items()]
    assert len(texts) == 200
    assert dict(texts) == dict(shelf.texts())


def test_what_lies_packed_is_not_unpacked_to_be_kept() -> None:
    shelf = shelf_of(1000)
    with mock.patch.object(session_shelf, "MANY", 0):
        shelf.rest()
        shelf.rest()
        # In turns from many packs: what was unpacked last is another one each time.
        order = sorted(shelf, key=lambda name: int(name) % 40)
        other = SessionShelf()
        other._known = {name: shelf._all[name] for name in order}
    with mock.patch.object(PackedTexts, "unpacked", autospec=True) as unpacked:
        packs = list(other.packs())
    assert unpacked.call_count == 0
    assert sum(each.number for each in packs) == 1000


def test_what_is_packed_to_be_kept_takes_the_place_of_what_is_known_better() -> None:
    shelf = shelf_of(100)
    with mock.patch.object(session_shelf, "MANY", 0):
        shelf.rest()
        shelf.rest()
        # One of each packed text stays, which keeps the others of it.
        for number in range(100):
            if number % 40:
                shelf[str(number)].events += 1
        shelf.rest()
        shelf.rest()
        before = set(map(id, shelf._all.values()))
        packs = list(shelf.packs())
    assert sum(each.number for each in packs) == 100
    assert len(before) == 6
    assert {id(known) for known in shelf._all.values()} == set(map(id, packs))
    assert sorted(each.number for each in packs) == [3, 17, 40, 40]
    assert [each.events for each in shelf.values()] == [
        number + (1 if number % 40 else 0) for number in range(100)
    ]


def test_few_sessions_never_rest() -> None:
    shelf = SessionShelf()
    shelf["a"] = session(1)
    for _ in range(3):
        shelf.rest()
    assert resting(shelf) == 0


def test_only_so_many_are_put_together_at_once() -> None:
    shelf = shelf_of(10)
    with (
        mock.patch.object(session_shelf, "MANY", 0),
        mock.patch.object(session_shelf, "AT_ONCE", 4),
    ):
        steps = []
        for _ in range(4):
            shelf.rest()
            steps.append(resting(shelf))
    assert steps == [0, 4, 8, 10]


def test_a_session_that_waits_does_not_rest() -> None:
    fold = folded([call(1, Phase.START), event(2, session_id="other")])
    with mock.patch.object(session_shelf, "MANY", 0):
        fold.sessions.rest()
        fold.sessions.rest()
    assert resting(fold.sessions) == 1
    assert len(fold.sessions["s1"].waiting()) == 1


def test_looking_at_a_session_lets_it_rest() -> None:
    shelf = SessionShelf()
    shelf.put_text("a", next(folded([event(1)]).sessions.texts())[1])
    with mock.patch.object(session_shelf, "MANY", 0):
        seen = shelf.look("a")
    assert seen is not None
    assert seen.events == 1
    assert shelf.look("b") is None
    assert resting(shelf) == 1
    shelf["a"].events += 1
    assert resting(shelf) == 0
    assert shelf["a"].events == 2


def test_among_few_sessions_a_text_is_read_once() -> None:
    shelf = SessionShelf()
    shelf.put_text("a", as_text(session(7)))
    seen = shelf.look("a")
    assert seen is not None
    assert seen.events == 7
    assert shelf.look("a") is seen


def test_what_is_fetched_rests_until_it_is_asked_for() -> None:
    fold = folded([event(seq, session_id=f"s{seq}") for seq in range(1, 6)])
    again = fold_of(json.loads(json.dumps(part)) for part in fold_parts(fold))
    assert resting(again.sessions) == 5
    assert figures(again) == figures(fold)


def test_a_session_can_be_let_go() -> None:
    shelf = SessionShelf()
    shelf["a"] = session(1)
    del shelf["a"]
    assert ("a" in shelf, len(shelf), shelf.get("a")) == (False, 0, None)


def test_short_sessions_rest_as_fast_as_they_come() -> None:
    with (
        mock.patch.object(session_shelf, "MANY", 20),
        mock.patch.object(session_shelf, "AT_ONCE", 10),
    ):
        fold = Fold(messages_only=False)
        for first in range(995, -5, -5):
            rows = [event(seq, session_id=f"s{seq}") for seq in range(first, first + 5)]
            fold.prepend(folded(rows))
    assert len(fold.sessions) == 1000
    assert len(fold.sessions) - resting(fold.sessions) < 60


def test_texts_of_sessions_that_are_known_better_are_let_go() -> None:
    shelf = shelf_of(100)
    with mock.patch.object(session_shelf, "MANY", 0):
        for round_ in range(3):
            shelf.rest()
            shelf.rest()
            # One of each packed text stays, which keeps the others of it.
            for number in range(100):
                if number % 40:
                    shelf[str(number)].events += 1
            assert shelf._outdated <= len(shelf) + 97, round_
        shelf.rest()
        shelf.rest()
    assert resting(shelf) == 100
    assert len(set(map(id, shelf._all.values()))) <= 7
    expected = [number + (3 if number % 40 else 0) for number in range(100)]
    assert [each.events for each in shelf.values()] == expected


def test_neighbours_are_unpacked_once() -> None:
    shelf = shelf_of(200)
    with (
        mock.patch.object(session_shelf, "MANY", 0),
        mock.patch.object(session_shelf, "LATELY", 1),
    ):
        shelf.rest()
        shelf.rest()
        names = [str(number * 77 % 200) for number in range(200)]
        unpacked = PackedTexts.unpacked
        with mock.patch.object(
            PackedTexts, "unpacked", autospec=True, side_effect=unpacked
        ) as seen:
            found = {name: shelf.look(name) for name in shelf.in_turn(names)}
    assert seen.call_count == 5
    assert all(each is not None and each.events == int(name) for name, each in found.items())


def test_what_is_taken_over_is_looked_at_when_it_is_asked_for() -> None:
    """Sessions that another process counted, few of which have rows in two ranges."""
    rows = [event(seq, session_id=f"s{seq // 2}", agent=f"a{seq % 3}") for seq in range(40)]
    sent = list(fold_parts(folded(rows[:21])))
    newer = folded(rows[21:])
    with mock.patch.object(session_shelf, "session_from", wraps=session_from) as made:
        newer.prepend(fold_of(sent))
        assert made.call_count == 1
    with mock.patch.object(session_shelf, "MANY", 0):
        newer.sessions.rest()
        newer.sessions.rest()
    assert not [known for known in newer.sessions._all.values() if isinstance(known, str)]
    assert figures(newer) == figures(folded(rows))


def test_what_is_taken_over_is_put_together_once_it_is_much() -> None:
    shelf, other = SessionShelf(), SessionShelf()
    for number in range(10):
        other.put_text(f"s{number}", as_text(session(number)))
    with (
        mock.patch.object(session_shelf, "MANY", 0),
        mock.patch.object(session_shelf, "AT_ONCE", 10),
    ):
        for number in range(10):
            assert not shelf.is_crowded
            assert shelf.take_over(f"s{number}", other) is None
        assert shelf.is_crowded
        shelf["s3"] = session(33)
        shelf.rest()
        assert not shelf.is_crowded
    assert [known.events for known in map(shelf.look, sorted(other)) if known] == [
        0, 1, 2, 33, 4, 5, 6, 7, 8, 9,
    ]  # fmt: skip
