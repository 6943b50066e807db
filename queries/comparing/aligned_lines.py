"""The lines of an alignment in columns: some thirty bytes for each, whatever sessions it is of."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from math import nan
from typing import overload

from queries.models.alignment import AlignedStep, StepRelation

_RELATIONS = tuple(StepRelation)
_NUMBERS = {relation: number for number, relation in enumerate(_RELATIONS)}
_MATCHED, _CHANGED = _NUMBERS[StepRelation.MATCHED], _NUMBERS[StepRelation.CHANGED]
_NONE = -1


class AlignedLines(Sequence[AlignedStep]):
    """Lines in order; equal to a tuple of them, but for their memory."""

    __slots__ = ("_a", "_b", "_counterparts", "_deltas", "_details", "_outcomes", "_relations")

    def __init__(self) -> None:
        self._relations = bytearray()
        self._a, self._b, self._counterparts = array("i"), array("i"), array("i")
        self._deltas = array("d")
        self._outcomes = bytearray()
        self._details: Mapping[int, str] = {}

    def append(
        self,
        relation: StepRelation,
        a: int | None,
        b: int | None,
        *,
        counterpart: int | None = None,
        duration_delta: float = nan,
        outcome_differs: bool = False,
    ) -> None:
        """Add a line; a delta that is not a number is unknown."""
        self._relations.append(_NUMBERS[relation])
        self._a.append(_NONE if a is None else a)
        self._b.append(_NONE if b is None else b)
        self._counterparts.append(_NONE if counterpart is None else counterpart)
        self._deltas.append(duration_delta)
        self._outcomes.append(outcome_differs)

    def extend_alone(self, relation: StepRelation, indices: range, *, is_a: bool) -> None:
        """Add a line for each of these steps of one side, which have no counterpart."""
        number = len(indices)
        own, other = (self._a, self._b) if is_a else (self._b, self._a)
        self._relations.extend(bytes((_NUMBERS[relation],)) * number)
        own.extend(indices)
        other.extend(repeat(_NONE, number))
        self._counterparts.extend(repeat(_NONE, number))
        self._deltas.extend(repeat(nan, number))
        self._outcomes.extend(bytes(number))

    def changed(self, details: Mapping[int, str]) -> AlignedLines:
        """The same with some matched lines turned out to be changed, in the way that is told."""
        other = AlignedLines()
        other._a, other._b, other._counterparts = self._a, self._b, self._counterparts
        other._deltas, other._outcomes = self._deltas, self._outcomes
        other._relations = bytearray(self._relations)
        found = {at: text for at, text in details.items() if self._relations[at] == _MATCHED}
        for index in found:
            other._relations[index] = _CHANGED
        other._details = {**self._details, **found}
        return other

    def number(self, relation: StepRelation) -> int:
        """How many lines are related like this."""
        return self._relations.count(_NUMBERS[relation])

    @property
    def outcomes(self) -> int:
        """On how many lines the outcomes differ."""
        return self._outcomes.count(True)

    def first_difference(self) -> int | None:
        """The index of the first line that differs."""
        pairs = zip(self._relations, self._outcomes, strict=True)
        return next((i for i, (kind, other) in enumerate(pairs) if kind != _MATCHED or other), None)

    def matched(self) -> Iterator[tuple[int, int, int]]:
        """The index of each line of a matched pair, and the indexes of its steps."""
        for index, kind in enumerate(self._relations):
            if kind == _MATCHED:
                yield index, self._a[index], self._b[index]

    def cells(self) -> Iterator[tuple[str, int, int, int, float, int, str]]:
        """The fields of each line; -1 stands for no index, and not a number for no delta."""
        details = self._details
        columns = zip(
            self._relations, self._a, self._b, self._counterparts, self._deltas, self._outcomes,
            strict=True,
        )  # fmt: skip
        for index, (relation, a, b, counterpart, delta, outcome) in enumerate(columns):
            detail = details.get(index, "") if details else ""
            yield _RELATIONS[relation]._value_, a, b, counterpart, delta, outcome, detail

    def __len__(self) -> int:
        return len(self._relations)

    @overload
    def __getitem__(self, index: int) -> AlignedStep: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[AlignedStep, ...]: ...

    def __getitem__(self, index: int | slice) -> AlignedStep | tuple[AlignedStep, ...]:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        if index < 0:
            index += len(self)
        a, b, counterpart = self._a[index], self._b[index], self._counterparts[index]
        delta = self._deltas[index]
        return AlignedStep(
            _RELATIONS[self._relations[index]],
            None if a == _NONE else a,
            None if b == _NONE else b,
            None if counterpart == _NONE else counterpart,
            delta if delta == delta else None,
            bool(self._outcomes[index]),
            self._details.get(index, ""),
        )

    def __iter__(self) -> Iterator[AlignedStep]:
        return map(self.__getitem__, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
