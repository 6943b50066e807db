"""Where a gap of an alignment stands, among the places at which as much is matched.

Of "go, x, go, y" against "go, y" the first or the second "go" may be the one that is missing.
Here a gap slides back over pairs of equal steps to where people would see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from queries.comparing.common_sequence import Pair
from queries.comparing.step_columns import StepColumns, outcomes_differ

_FURTHEST: Final = 1000
"""Steps over which a gap is moved at most."""
Sides = tuple[StepColumns, StepColumns]


def by_outcome(pairs: list[Pair], sides: Sides) -> list[Pair]:
    """The same number of pairs, with steps that went alike in one pair where they can be."""
    of_a, of_b = sides[0].outcomes, sides[1].outcomes
    if not any(outcomes_differ(of_a[one], of_b[other]) for one, other in pairs):
        return pairs
    slid = [*pairs, (len(of_a), len(of_b))]
    for index in range(len(slid)):
        gap = _gap_before(slid, index)
        if gap is None:
            continue
        best = change = furthest = 0
        for back in range(1, min(index, _FURTHEST) + 1):
            if not _slides(slid, index, back, gap, sides):
                break
            a, b = slid[index - back]
            change += outcomes_differ(of_a[a + gap[0]], of_b[b + gap[1]])
            change -= outcomes_differ(of_a[a], of_b[b])
            if change < best:
                best, furthest = change, back
        _slide(slid, index, furthest, gap)
    return slid[:-1]


def from_prompts(pairs: list[Pair], sides: Sides) -> list[Pair]:
    """The same number of pairs, but what one side has alone is whole prompts if it can be.

    Of "go, x, go, y" against "go, y" people see that "go, x" is missing, and not "x, go".
    """
    slid = [*pairs, (len(sides[0]), len(sides[1]))]
    for index, ends in enumerate(slid):
        gap = _gap_before(slid, index)
        if gap is None:
            continue
        side = 0 if gap[0] else 1
        start = ends[side] - gap[side]
        if sides[side].asks(start) and sides[side].asks(ends[side]):
            continue
        for back in range(1, min(index, _FURTHEST) + 1):
            if not _slides(slid, index, back, gap, sides):
                break
            if sides[side].asks(start - back):
                _slide(slid, index, back, gap)
                break
    return slid[:-1]


def _gap_before(pairs: Sequence[Pair], index: int) -> Pair | None:
    """How many steps only one side has before a pair; None where both have some, or neither."""
    before = pairs[index - 1] if index else (-1, -1)
    gap = (pairs[index][0] - before[0] - 1, pairs[index][1] - before[1] - 1)
    return gap if (gap[0] > 0) is not (gap[1] > 0) else None


def _slides(
    pairs: Sequence[Pair],
    index: int,
    back: int,
    gap: Pair,
    sides: Sides,
) -> bool:
    """Whether the gap before a pair, which stands ``back - 1`` pairs further back, can go on."""
    a, b = pairs[index - back]
    if pairs[index - 1] != (a + back - 1, b + back - 1):
        return False
    keys_a, keys_b = sides[0].keys, sides[1].keys
    return keys_a[a] == keys_a[a + gap[0]] and keys_b[b] == keys_b[b + gap[1]]


def _slide(pairs: list[Pair], index: int, back: int, gap: Pair) -> None:
    """Move the ``back`` pairs before a gap behind it."""
    for at in range(index - back, index):
        pairs[at] = (pairs[at][0] + gap[0], pairs[at][1] + gap[1])
