"""Our dataclasses beside those of the standard library, which they stand for."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from queries.plain_data import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Point:
    """Has defaults of all sorts."""

    KIND: ClassVar[str] = "point"

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)
    seen: int = field(default=0, compare=False, repr=False, kw_only=True)
    shown: bool = field(default=True, metadata={"help": "Whether it is drawn."})

    @property
    def sum(self) -> int:
        return self.x + self.y


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    KIND: ClassVar[str] = "point"

    x: int
    y: int = 2
    tags: list[str] = dataclasses.field(default_factory=list)
    seen: int = dataclasses.field(default=0, compare=False, repr=False, kw_only=True)
    shown: bool = dataclasses.field(default=True, metadata={"help": "Whether it is drawn."})


@dataclass(frozen=True, slots=True)
class Named(Point):
    name: str = ""


@dataclass(slots=True)
class Counter:
    number: int = 0


@dataclass(slots=True, eq=False)
class Thing:
    number: int = 0


@dataclass(slots=True, unsafe_hash=True)
class Light:
    number: int


@dataclass(frozen=True, slots=True)
class Lone:
    value: float


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


MAKERS: list[Callable[[Any], Any]] = [
    lambda kind: kind(1),
    lambda kind: kind(1, 5, ["a"]),
    lambda kind: kind(y=7, x=3, seen=4),
    lambda kind: kind(1, shown=False),
]


@pytest.mark.parametrize("make", MAKERS)
def test_objects_are_those_of_the_standard_library(make: Callable[[Any], Any]) -> None:
    ours, standard = make(Point), make(Standard)
    assert repr(ours) == repr(standard).replace("Standard", "Point")
    assert dataclasses.asdict(ours) == dataclasses.asdict(standard)
    assert ours == make(Point)
    assert ours != standard
    assert ours.sum == ours.x + ours.y


@pytest.mark.parametrize("arguments", [(), (1, 2, [], True, 5), (1, 2, [], 4, True, 6)])
def test_wrong_calls_are_refused_as_there(arguments: tuple[Any, ...]) -> None:
    for kind in (Standard, Point):
        with pytest.raises(TypeError):
            kind(*arguments)
    with pytest.raises(TypeError):
        Point(1, unknown=2)  # type: ignore[call-arg]  # that is what is refused


def test_fields_are_told_to_whom_asks() -> None:
    def told(kind: Any) -> list[tuple[Any, ...]]:
        return [
            (one.name, one.type, one.default, one.default_factory, one.repr, one.compare,
             one.kw_only, dict(one.metadata))
            for one in dataclasses.fields(kind)
        ]  # fmt: skip

    assert told(Point) == told(Standard)
    assert dataclasses.is_dataclass(Point)
    assert Point.__match_args__ == ("x", "y", "tags", "shown")
    assert [one.name for one in dataclasses.fields(Named)] == [
        "x", "y", "tags", "seen", "shown", "name"
    ]  # fmt: skip


def test_frozen_ones_cannot_be_changed() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]  # that is what is refused
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises(AttributeError):
        point.other = 2  # type: ignore[attr-defined]  # that is what is refused
    assert point == Point(1)


def test_others_can_be_changed_but_have_slots() -> None:
    counter = Counter()
    counter.number += 1
    assert counter == Counter(1)
    assert not hasattr(counter, "__dict__")
    with pytest.raises(TypeError):
        hash(counter)


def test_equality_and_hashes() -> None:
    assert Thing(1) != Thing(1)
    assert len({Light(1), Light(1), Light(2)}) == 2
    assert Point(1, seen=1) == Point(1, seen=2)
    nan = float("nan")
    assert Lone(nan) == Lone(nan)
    assert {Lone(1.0): "a"}[Lone(1.0)] == "a"
    assert Nothing() == Nothing()
    assert repr(Nothing()) == "Nothing()"


def test_defaults_are_not_shared() -> None:
    one, other = Point(1), Point(1)
    one.tags.append("a")
    assert other.tags == []


def test_copies() -> None:
    point = Named(1, 5, ["a"], name="p", seen=3)
    assert replace(point, y=6) == Named(1, 6, ["a"], name="p")
    assert replace(point).seen == 3
    assert dataclasses.replace(point, x=9).x == 9
    for same in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):
        assert same == point
        assert same.seen == 3
    with pytest.raises(TypeError):
        replace(point, unknown=1)  # type: ignore[call-arg]  # that is what is refused


def test_a_subclass_begins_with_what_it_inherits() -> None:
    named = Named(1, name="p")
    assert isinstance(named, Point)
    assert named.sum == 3
    assert vars(Named)["__slots__"] == ("name",)
    assert named != Point(1)


def test_no_class_without_slots() -> None:
    with pytest.raises(TypeError):
        dataclass(slots=False)(type("Wide", (), {}))
