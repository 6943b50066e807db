"""Rows of one session whose counterpart may still come: later, or in older rows.

Positions are numbers of rows of everything that is read, in order of arrival. Two rows that
are more than :data:`~queries.folding.joining.REACH` apart never belong together, which bounds
what must be kept of stores in which ends (or starts) are missing. All that is done here gives the
same result for rows in one pass and for slices of them that are put together afterwards.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from queries.folding import joining
from queries.folding.joining import DELEGATIONS, delegation_key, group_of
from queries.folding.open_row import Ledger, OpenDelegation, OpenRow
from queries.folding.waiting_ends import Place, WaitingEnds, event_at
from queries.models import Event, Phase


class OpenRows:
    """What one session waits for."""

    __slots__ = ("_delegations", "_ends", "_stacks")

    def __init__(self) -> None:
        self._stacks: dict[str, list[OpenRow]] = {}
        """By group: starts (and delegations) that an end without a key may close."""
        self._ends: dict[str, WaitingEnds] = {}
        """By group: ends whose start may be in older rows."""
        self._delegations: dict[str, list[OpenDelegation]] = {}
        """By key, oldest first: more than one only where a key comes again far away."""

    def take(self, at: int, event: Event, ledger: Ledger) -> None:
        """Take the next row: a start, an end or a delegation."""
        key = delegation_key(event)
        if key is None:
            # A delegation told by one row without a key is one by itself.
            if event.phase is not Phase.WHOLE:
                self.take_half(at, event, ledger)
        elif event.phase is Phase.WHOLE:
            self.take_delegation(key, OpenRow(at, event), ledger)
        else:
            self._delegation(key, at).take(OpenRow(at, event), ledger)

    def take_delegation(self, key: str, row: OpenRow, ledger: Ledger) -> None:
        """Take the next row: a delegation with this key."""
        if key in self._delegations:
            self._delegation(key, row.at).take_whole(row, ledger)
        else:
            new = OpenDelegation(row.at)
            new.whole = row
            self._delegations[key] = [new]
        if DELEGATIONS in self._stacks:
            self._stacks[DELEGATIONS].append(row)
        else:
            self._stacks[DELEGATIONS] = [row]

    def _delegation(self, key: str, at: int) -> OpenDelegation:
        """That to which rows with this key belong at this position."""
        known = self._delegations.get(key)
        if known is None:
            known = self._delegations[key] = []
        if not known or at - known[-1].last > joining.REACH:
            known.append(OpenDelegation(at))
        return known[-1]

    def take_half(self, at: int, event: Event, ledger: Ledger) -> None:
        """Take the next row: a start or an end of a call, or of a delegation without a key."""
        group = group_of(event)
        if event.phase is Phase.END:
            self._close(group, at, event, ledger)
        elif group in self._stacks:
            self._stacks[group].append(OpenRow(at, event))
        else:
            self._stacks[group] = [OpenRow(at, event)]

    def take_ends(
        self, group: str, ats: Sequence[int], places: Sequence[Place], ledger: Ledger
    ) -> None:
        """Take the next rows of a group, all of them ends: their positions and places."""
        if group in self._stacks:
            for at, place in zip(ats, places, strict=True):
                self._close(group, at, place, ledger)
        elif known := bisect_left(ats, ledger.low + joining.REACH):
            self._wait(group).add(ats[:known], places[:known])

    def take_starts(self, group: str, starts: Sequence[OpenRow]) -> None:
        """Take the next rows of a group, all of them starts."""
        self._stacks.setdefault(group, []).extend(starts)

    def _close(self, group: str, at: int, end: Place, ledger: Ledger) -> None:
        stack = self._stacks.get(group)
        if stack:
            # If the newest start is too far away, all others are.
            if at - stack[-1].at <= joining.REACH:
                _match(stack.pop(), end, ledger)
                if not stack:
                    del self._stacks[group]
        elif at - ledger.low < joining.REACH:
            self._wait(group).add((at,), (end,))

    def _wait(self, group: str) -> WaitingEnds:
        ends = self._ends.get(group)
        if ends is None:
            ends = self._ends[group] = WaitingEnds()
        return ends

    def prepend(self, older: OpenRows, ledger: Ledger) -> None:
        """Take what the rows right before these left open. Consumes ``older``."""
        for group, stack in older._stacks.items():
            self._close_older(group, stack, ledger)
        for group, ends in older._ends.items():
            if group in self._ends:
                self._ends[group].prepend(ends)
            else:
                self._ends[group] = ends
        for key, earlier in older._delegations.items():
            later = self._delegations.get(key, [])
            if later and later[0].first - earlier[-1].last <= joining.REACH:
                earlier[-1].follow(later[0], ledger)
                later = later[1:]
            self._delegations[key] = earlier + later

    def _close_older(self, group: str, stack: list[OpenRow], ledger: Ledger) -> None:
        ends = self._ends.get(group)
        if ends is not None:
            closed = 0
            while stack and closed < len(ends):
                if ends.ats[closed] - stack[-1].at > joining.REACH:
                    closed = len(ends)
                    break
                _match(stack.pop(), ends.places[closed], ledger)
                closed += 1
            ends.let_go(closed)
            if not ends:
                del self._ends[group]
        if stack:
            self._stacks[group] = stack + self._stacks.get(group, [])

    def starts(self) -> list[OpenRow]:
        """Starts whose end has not been seen."""
        stacked = (row for stack in self._stacks.values() for row in stack)
        found = [row for row in stacked if row.is_start]
        keyed = (each.start for known in self._delegations.values() for each in known)
        return found + [start for start in keyed if start is not None]

    def find(self, event: Event) -> OpenRow | None:
        """Where the waiting start or the delegation with this row's identity is, if it is."""
        key = delegation_key(event)
        if key is None:
            known = self._stacks.get(group_of(event), [])
        else:
            own = self._delegations.get(key, [])
            known = [row for each in own for row in (*each.wholes(), each.start) if row is not None]
        return next((row for row in known if row.row.key == event.key), None)

    def whole_of(self, end: Event) -> OpenRow | None:
        """The delegation that one of these end rows belongs to."""
        for known in self._delegations.values():
            for each in known:
                for whole in each.wholes():
                    if any(row.key == end.key for row in whole.ends):
                        return whole
        return None

    def pair_of(self, end: Event) -> tuple[OpenRow | None, OpenRow] | None:
        """An end row of a delegation that is not known itself, after the start that it closed."""
        known = self._delegations.get(delegation_key(end) or "", ())
        return next(filter(None, (each.pair_of(end) for each in known)), None)

    def remove_start(self, start: OpenRow) -> None:
        """Forget a waiting start: its row is none any longer."""
        for stack in self._stacks.values():
            if start in stack:
                stack.remove(start)
        for known in self._delegations.values():
            for each in known:
                if each.start is start:
                    each.start = None
                    each.before.remove(start)

    def shift(self, by: int) -> None:
        """Move all positions."""
        rows = [row for stack in self._stacks.values() for row in stack]
        for ends in self._ends.values():
            ends.shift(by)
        for known in self._delegations.values():
            for each in known:
                rows += [*each.wholes(), *each.before]
                each.first += by
                each.last += by
        for row in {id(row): row for row in rows}.values():
            row.at += by

    def forget(self, high: int, ledger: Ledger) -> bool:
        """Let go of what cannot be matched any more; whether nothing is left.

        Args:
            high: the lowest position that later rows can have.
            ledger: is told of starts that are given up; knows where older rows end.
        """
        for group, stack in list(self._stacks.items()):
            gone = 0
            while gone < len(stack) and high - stack[gone].at > joining.REACH:
                if stack[gone].is_start:
                    ledger.abandoned(stack[gone].row)
                gone += 1
            del stack[:gone]
            if not stack:
                del self._stacks[group]
        late = ledger.low + joining.REACH
        for group, ends in list(self._ends.items()):
            ends.forget(late)
            if not ends:
                del self._ends[group]
        early = high - joining.REACH
        settled = [
            (key, each)
            for key, known in self._delegations.items()
            for each in known
            if each.first >= late and each.last < early
        ]
        for key, each in settled:
            if each.start is not None:
                ledger.abandoned(each.start.row)
            known = self._delegations[key]
            known.remove(each)
            if not known:
                del self._delegations[key]
        return not (self._stacks or self._ends or self._delegations)


def _match(open_row: OpenRow, end: Place, ledger: Ledger) -> None:
    if open_row.is_start:
        ledger.joined(open_row.row, event_at(end))
    else:
        open_row.add_end(event_at(end), ledger)
