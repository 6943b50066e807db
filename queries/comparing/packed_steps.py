"""Steps of a session that take little memory: most of them lie packed until they are looked at."""

from __future__ import annotations

import marshal
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, overload

from queries.comparing.steps import step_text, teller
from queries.models import Event, EventKind, EventState, Phase
from queries.models.alignment import Step

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
Columns = tuple[Any, ...]
"""Of each step the number of what it shares with others, or that itself; then what is its own."""
Told = tuple[str, str, str, float | None]
"""Id, text, state and duration (seconds) of a step: what is printed of it."""


class PackedSteps(Sequence[Step]):
    """The steps of a session in order; equal to a tuple of them, but for their memory."""

    __slots__ = ("_last", "_names", "_numbers", "_packs", "_size", "_unpacked")

    def __init__(self, events: Iterable[Event] = ()) -> None:
        """Args: events: one call is one event, in order of arrival."""
        self._packs: list[bytes] = []
        self._last: list[Event] = []
        """Those that are too few for a pack."""
        self._unpacked: OrderedDict[int, Columns] = OrderedDict()
        self._numbers: dict[Names, int] = {}
        self._names: list[Names] = []
        self._size = 0
        self.extend(events)

    def extend(self, events: Iterable[Event]) -> None:
        """Add the next events."""
        events = iter(events)
        while some := list(islice(events, PACKED - len(self._last))):
            self._last += some
            self._size += len(some)
            if len(self._last) == PACKED:
                columns = self._columns(self._last)
                self._packs.append(zlib.compress(marshal.dumps(columns), _FEWEST))
                self._last = []

    def _columns(self, events: Sequence[Event]) -> Columns:
        numbers: Sequence[int | Names]
        all_names = list(map(_names_of, events))
        try:
            numbers = list(map(self._numbers.__getitem__, all_names))
        except KeyError:
            numbers = list(map(self._number, all_names))
        return (numbers, *zip(*map(_own_of, events), strict=True))

    def _number(self, names: Names) -> int | Names:
        number = self._numbers.get(names)
        if number is None and len(self._names) < NAMES_KEPT:
            number = self._numbers[names] = len(self._names)
            self._names.append(names)
        return names if number is None else number

    def _pack(self, number: int) -> Columns:
        if number == len(self._packs):
            return self._columns(self._last)
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
        is_last = number == len(self._packs)
        event = self._last[at] if is_last else self._event(self._pack(number), at)
        return Step(index + 1, event, step_text(event))

    def _named(self, names: int | Names) -> Names:
        return self._names[names] if type(names) is int else names  # type: ignore[return-value]

    def _event(self, columns: Columns, at: int) -> Event:
        names, *own = (column[at] for column in columns)
        source, session, agent, target, kind, phase, tool, operation, state, model = self._named(
            names
        )
        seq, own_id, parent, time, key, summary, duration, tokens, cost, end = own
        return Event(
            source, seq, own_id, session, parent, time, agent, target, _KINDS[kind],
            _PHASES[phase], key, tool, operation, summary, _STATES[state], duration, model,
            tokens, cost, end,
        )  # fmt: skip

    def told(self, number: int) -> Iterator[Told]:
        """The steps of one pack, of which there is one for each :data:`PACKED` steps."""
        if number == len(self._packs) and not self._last:
            return
        all_names, _, ids, _, _, _, summaries, durations, _, _, _ = self._pack(number)
        tellers: dict[int | Names, tuple[Callable[[str], str], str]] = {}
        for names, own_id, summary, duration in zip(
            all_names, ids, summaries, durations, strict=True
        ):
            known = tellers.get(names)
            if known is None:
                _, _, agent, target, kind, _, tool, operation, state, _ = self._named(names)
                known = tellers[names] = (
                    teller(_KINDS[kind], agent, target, tool, operation), state,
                )  # fmt: skip
            yield own_id, known[0](summary), known[1], duration

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
