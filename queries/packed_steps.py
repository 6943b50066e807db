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
from queries.steps import step_text

PACKED = 256
"""Steps that are packed together."""
_UNPACKED = 4
"""Packs that are kept as they were unpacked, those looked at last."""
_FEWEST = 1
"""How hard to pack: more would take more time than it saves memory."""
_KINDS = {kind.value: kind for kind in EventKind}
_PHASES = {phase.value: phase for phase in Phase}
_STATES = {state.value: state for state in EventState}
# Plain values only, in the order of the fields.
_cells_of = attrgetter(
    "source", "seq", "id", "session_id", "parent_id", "time", "agent", "target_agent",
    "kind._value_", "phase._value_", "call_key", "tool", "operation", "summary",
    "state._value_", "duration", "model", "tokens", "cost", "end_key",
)  # fmt: skip
Cells = tuple[Any, ...]
"""Those of an event, and the text of its step."""


class PackedSteps(Sequence[Step]):
    """The steps of a session in order; equal to a tuple of them, but for their memory."""

    __slots__ = ("_last", "_packs", "_size", "_unpacked")

    def __init__(self, events: Iterable[Event] = ()) -> None:
        """Args: events: one call is one event, in order of arrival."""
        self._packs: list[bytes] = []
        self._last: list[Cells] = []
        """Those that are too few for a pack."""
        self._unpacked: OrderedDict[int, list[Cells]] = OrderedDict()
        self._size = 0
        for event in events:
            self.append(event)

    def append(self, event: Event) -> None:
        """Add the next event."""
        self._last.append((*_cells_of(event), step_text(event)))
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
        *cells, text = self._pack(number)[at]
        return Step(index + 1, _event(cells), text)

    def told(self, index: int) -> tuple[str, str, str, float | None]:
        """Id, text, state and duration (seconds) of a step: what is printed of it."""
        number, at = divmod(index, PACKED)
        cells = self._pack(number)[at]
        return cells[2], cells[-1], cells[14], cells[15]

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


def _event(cells: list[Any]) -> Event:
    cells[8], cells[9], cells[14] = _KINDS[cells[8]], _PHASES[cells[9]], _STATES[cells[14]]
    return Event(*cells)
