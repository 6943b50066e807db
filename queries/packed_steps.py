"""Steps of a session that take little memory: most of them lie packed until they are looked at."""

from __future__ import annotations

import marshal
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, overload

from queries.alignment_models import Step
from queries.models import Event, EventKind, EventState, Phase
from queries.steps import step_text, text_of

PACKED = 256
"""Steps that are packed together."""
NAMES_KEPT = 10_000
"""What so many steps have in common is kept once; of more, with each of them."""
_UNPACKED = 4
"""Packs that are kept as they were unpacked, those looked at last."""
_FEWEST = 1
"""How hard to pack: more would take more time than it saves memory."""
_KINDS = {kind.value: kind for kind in EventKind}
_PHASES = {phase.value: phase for phase in Phase}
_STATES = {state.value: state for state in EventState}
# Plain values only.
_names_of = attrgetter(
    "source", "session_id", "agent", "target_agent", "kind._value_", "phase._value_", "tool",
    "operation", "state._value_", "model",
)  # fmt: skip
_own_of = attrgetter(
    "seq", "id", "parent_id", "time", "call_key", "summary", "duration", "tokens", "cost", "end_key"
)
Names = tuple[Any, ...]
Cells = tuple[Any, ...]
"""The number of what an event shares with others, or that itself, and what is its own."""
Told = tuple[str, str, str, float | None]
"""Id, text, state and duration (seconds) of a step: what is printed of it."""


class PackedSteps(Sequence[Step]):
    """The steps of a session in order; equal to a tuple of them, but for their memory."""

    __slots__ = ("_last", "_names", "_numbers", "_packs", "_size", "_unpacked")

    def __init__(self, events: Iterable[Event] = ()) -> None:
        """Args: events: one call is one event, in order of arrival."""
        self._packs: list[bytes] = []
        self._last: list[Cells] = []
        """Those that are too few for a pack."""
        self._unpacked: OrderedDict[int, list[Cells]] = OrderedDict()
        self._numbers: dict[Names, int] = {}
        self._names: list[Names] = []
        self._size = 0
        for event in events:
            self.append(self.cells_of(event))

    def cells_of(self, event: Event) -> Cells:
        """What :meth:`append` takes, of an event that may come later."""
        names = _names_of(event)
        number = self._numbers.get(names)
        if number is None and len(self._names) < NAMES_KEPT:
            number = self._numbers[names] = len(self._names)
            self._names.append(names)
        return (names if number is None else number, *_own_of(event))

    def append(self, cells: Cells) -> None:
        """Add the next event."""
        self._last.append(cells)
        self._size += 1
        if len(self._last) == PACKED:
            self._packs.append(zlib.compress(marshal.dumps(self._last), _FEWEST))
            self._last = []

    def _pack(self, number: int) -> list[Cells]:
        if number == len(self._packs):
            return self._last
        found = self._unpacked.get(number)
        if found is None:
            found = self._unpacked[number] = marshal.loads(zlib.decompress(self._packs[number]))  # noqa: S302 - our own
            if len(self._unpacked) > _UNPACKED:
                self._unpacked.popitem(last=False)
        return found

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Step: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...

    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(self._size)))
        if index < 0:
            index += self._size
        if not 0 <= index < self._size:
            raise IndexError(index)
        number, at = divmod(index, PACKED)
        event = self._event(self._pack(number)[at])
        return Step(index + 1, event, step_text(event))

    def _named(self, names: int | Names) -> Names:
        return self._names[names] if type(names) is int else names  # type: ignore[return-value]

    def _event(self, cells: Cells) -> Event:
        source, session, agent, target, kind, phase, tool, operation, state, model = self._named(
            cells[0]
        )
        _, seq, own_id, parent, time, key, summary, duration, tokens, cost, end = cells
        return Event(
            source, seq, own_id, session, parent, time, agent, target, _KINDS[kind],
            _PHASES[phase], key, tool, operation, summary, _STATES[state], duration, model,
            tokens, cost, end,
        )  # fmt: skip

    def told(self, number: int) -> Iterator[Told]:
        """The steps of one pack, of which there is one for each :data:`PACKED` steps."""
        for names, _, own_id, _, _, _, summary, duration, _, _, _ in self._pack(number):
            _, _, agent, target, kind, _, tool, operation, state, _ = self._named(names)
            text = text_of(_KINDS[kind], agent, target, tool, operation, summary)
            yield own_id, text, state, duration

    def __iter__(self) -> Iterator[Step]:
        return map(self.__getitem__, range(self._size))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    @property
    def packed(self) -> int:
        """Bytes that the packed steps take."""
        return sum(map(len, self._packs))
