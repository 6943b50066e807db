"""A fold that was put away and fetched again is the same one, and counts on like it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.fold import Fold
from queries.folding import joining
from queries.folding.open_row import OpenRow
from queries.folding.waiting_ends import WaitingEnds, event_at
from queries.keeping.fold_state import FIELDS, fold_of, fold_parts
from queries.models import Event, EventKind, Phase, Relation
from tests.queries.events import call, event, prompt, sequences, task
from tests.queries.test_fold import figures, folded


def fetched(fold: Fold) -> Fold:
    """Through the text that is kept."""
    return fold_of(json.loads(json.dumps(part)) for part in fold_parts(fold))


def plain(fold: Fold) -> list[str]:
    return [json.dumps(part) for part in fold_parts(fold)]


MADE_ANEW = {"statistic"}
"""Fields that are worked out from the others when they are asked for."""


def parts_of(value: object, path: str = "", seen: dict[int, str] | None = None) -> Iterable[str]:
    """Every value within a fold with its place; what is met again is told by its first place."""
    seen = {} if seen is None else seen
    if isinstance(value, WaitingEnds):
        value = list(zip(value.ats, map(event_at, value.places), strict=True))
    kind = OpenRow if isinstance(value, OpenRow) else type(value)
    if kind in FIELDS and not isinstance(value, Event):
        if id(value) in seen:
            yield f"{path} is {seen[id(value)]}"
            return
        seen[id(value)] = path
        names = getattr(kind, "__slots__", None) or vars(value)
        for name in names:
            if name not in ("changed", *MADE_ANEW):
                yield from parts_of(getattr(value, name), f"{path}.{name}", seen)
    elif isinstance(value, Mapping):
        yield f"{path}: {type(value).__name__}"
        # In which order running rows' numbers came to be there is told by nothing.
        is_ordered = not path.startswith(".running._calls[")
        for key, each in value.items() if is_ordered else sorted(value.items(), key=repr):
            yield from parts_of(each, f"{path}[{key!r}]", seen)
    elif isinstance(value, list | tuple) and not isinstance(value, Event):
        yield f"{path}: {type(value).__name__} of {len(value)}"
        for index, each in enumerate(value):
            yield from parts_of(each, f"{path}[{index}]", seen)
    elif isinstance(value, Event):
        cells = [getattr(value, name) for name in FIELDS[Event] if name != "summary"]
        yield f"{path}: {cells!r}"
    elif isinstance(value, set):
        yield f"{path}: {sorted(value)}"
    else:
        yield f"{path}: {type(value).__name__} {value!r}"


@given(sequences(), st.booleans())
def test_what_is_fetched_is_what_was_put_away(rows: list[Event], messages_only: bool) -> None:
    fold = folded(rows, messages_only)
    again = fetched(fold)
    assert list(parts_of(again)) == list(parts_of(fold))
    assert figures(again) == figures(fold)
    assert plain(again) == plain(fold)


@given(sequences(), st.integers(0, 25), st.integers(0, 25), st.sampled_from((3, 20_000)))
def test_counting_goes_on_as_if_it_had_never_stopped(
    rows: list[Event], cut: int, seal: int, reach: int
) -> None:
    with mock.patch.object(joining, "REACH", reach):
        straight, again = folded(rows[:cut]), folded(rows[:cut])
        if seal <= cut:
            straight.seal()
            again.seal()
        again = fetched(again)
        for fold in (straight, again):
            for row in rows[cut:]:
                fold.add_all([row])
        assert figures(again) == figures(straight)
        assert plain(again) == plain(straight)


@given(sequences(), st.data())
def test_rows_change_in_place_as_if_they_had_never_been_away(
    rows: list[Event], data: st.DataObject
) -> None:
    straight, again = folded(rows), fetched(folded(rows))
    whole = [row for row in rows if row.phase is Phase.WHOLE]
    for before in data.draw(st.lists(st.sampled_from(whole), max_size=5, unique_by=id)
                            if whole else st.just([])):  # fmt: skip
        after = event(before.seq, session_id=before.session_id, kind=before.kind, agent="late",
                      call_key=before.call_key, target_agent="tester", tokens=3)  # fmt: skip
        for fold in (straight, again):
            fold.update(before, after)
    assert figures(again) == figures(straight)


@given(sequences(), sequences())
def test_older_rows_join_what_was_fetched(newer: list[Event], older: list[Event]) -> None:
    straight, again = folded(newer), fetched(folded(newer))
    for fold in (straight, again):
        fold.prepend(folded(older))
    assert figures(again) == figures(straight)


def test_every_field_of_every_class_is_told() -> None:
    """A field that is added, renamed or removed has to be put away and fetched as well."""
    for kind, told in FIELDS.items():
        own = getattr(kind, "__slots__", None)
        if own is None:
            own = vars(kind(messages_only=False) if kind is Fold else kind())
        assert sorted(told) == sorted(set(own) - MADE_ANEW), kind


def test_classes_within_a_fold_are_all_known() -> None:
    """So that none is put away as something else."""
    rows = [
        prompt(1),
        task(2, parent_id="e1", agent="claude", target_agent="tester"),
        call(3, Phase.START),
        event(4, kind=EventKind.MESSAGE, tokens=2, cost=0.5, duration=1.5),
        call(5, Phase.END, kind=EventKind.DELEGATION, call_key="k2"),
        call(6, Phase.END, tool="Alone"),
    ]
    known = {kind.__name__ for kind in FIELDS} | {
        "NoneType", "bool", "bytes", "float", "int", "str", "Counter", "defaultdict", "dict",
        "array", "list", "set", "tuple", "SessionShelf",
    }  # fmt: skip
    met: set[str] = set()

    def walk(value: Any) -> None:
        met.add(type(value).__name__)
        if isinstance(value, Event | str | bytes):
            return
        if isinstance(value, Mapping):
            for pair in value.items():
                walk(pair)
        elif isinstance(value, list | tuple | set):
            for each in value:
                walk(each)
        elif type(value) in FIELDS:
            for name in FIELDS[type(value)]:
                walk(getattr(value, name))

    walk(folded(rows))
    assert met <= known
    assert {kind.__name__ for kind in FIELDS} <= met


def test_texts_other_than_first_prompts_are_left_out() -> None:
    secret = "what nobody else may read"
    rows = [
        prompt(1, summary="the title"),
        prompt(2, summary=secret),
        task(3, summary=secret),
        call(4, Phase.START, summary=secret),
        event(5, kind=EventKind.MESSAGE, summary=secret),
    ]
    text = "".join(plain(folded(rows)))
    assert secret not in text
    assert "the title" in text


def test_long_durations_and_strange_names_come_back() -> None:
    rows = [event(seq, duration=seq / 7, tool=f"tool\ud800{seq % 3}", agent="ä\n\"'")
            for seq in range(1, 5000)]  # fmt: skip
    fold = folded(rows)
    assert figures(fetched(fold)) == figures(fold)


@pytest.mark.parametrize("part", [["nothing", []], ["counts", []], [], ["sessions", [["s"]]], 1])
def test_what_is_no_part_is_refused(part: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        fold_of([part])


def test_relations_come_back_in_order() -> None:
    fold = folded([event(1, agent="b"), event(2, agent="a"), event(3, agent="b")])
    assert list(fetched(fold).follows.items()) == list(fold.follows.items())
    assert Relation.FOLLOWS in figures(fold)["relations"]  # type: ignore[operator]
