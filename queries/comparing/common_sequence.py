"""The longest common subsequence of two sequences, fast and in little memory.

Big integers serve as vectors of bits, so that one addition treats a whole sequence at once:
H. Hyyrö (2004), "Bit-parallel LCS-length computation revisited". Walking back needs the vector
of every element; only every k-th is kept, and the ones between are made again when the walk
gets there, so that 10,000 against 10,000 take some 40 ms and two megabytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from math import isqrt

Pair = tuple[int, int]
"""An index into the first and one into the second sequence."""
MOST_WORK = 2 * 10**9
"""Above this product of lengths the sequences are cut apart first."""
_DEEPEST = 8


def common_pairs(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Pair]:
    """Pairs of equal elements, ascending on both sides, as many as possible."""
    start = 0
    end_a, end_b = len(a), len(b)
    while start < end_a and start < end_b and a[start] == b[start]:
        start += 1
    while end_a > start and end_b > start and a[end_a - 1] == b[end_b - 1]:
        end_a -= 1
        end_b -= 1
    both = {*a[start:end_a]} & {*b[start:end_b]}
    places_a = [index for index in range(start, end_a) if a[index] in both]
    places_b = [index for index in range(start, end_b) if b[index] in both]
    middle = _common([a[index] for index in places_a], [b[index] for index in places_b])
    return [
        *((index, index) for index in range(start)),
        *((places_a[one], places_b[other]) for one, other in middle),
        *((end_a + index, end_b + index) for index in range(len(a) - end_a)),
    ]


def common_pairs_of_any_size(
    a: Sequence[Hashable], b: Sequence[Hashable]
) -> tuple[list[Pair], bool]:
    """Like :func:`common_pairs`, in bounded time; and whether they are surely the most.

    Sequences that are too long are cut at elements that occur once in each; where there are
    none, into pieces of equal number.
    """
    return _cut_apart(a, b, 0)


def single_pairs(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Pair]:
    """Pairs of elements that occur exactly once on both sides, ascending on both."""
    times_a, times_b = Counter(a), Counter(b)
    places = {value: index for index, value in enumerate(b) if times_b[value] == 1}
    pairs = [
        (index, places[value])
        for index, value in enumerate(a)
        if times_a[value] == 1 and value in places
    ]
    return _ascending(pairs)


def _common(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Pair]:
    if not a or not b:
        return []
    matches: dict[Hashable, int] = {}
    for index, value in enumerate(a):
        matches[value] = matches.get(value, 0) | 1 << index
    full = (1 << len(a)) - 1
    stride = isqrt(len(b)) + 1
    kept = [full]
    row = full
    for index, value in enumerate(b):
        taken = row & matches[value]
        row = (row + taken | row - taken) & full
        if (index + 1) % stride == 0:
            kept.append(row)
    # Bit i of the vector after j elements is 0 where a[i] makes the common part longer.
    pairs: list[Pair] = []
    column, line = len(a), len(b)
    while column and line:
        first = (line - 1) // stride * stride
        rows = [kept[first // stride]]
        for value in b[first:line]:
            taken = rows[-1] & matches[value]
            rows.append((rows[-1] + taken | rows[-1] - taken) & full)
        while column and line > first:
            if rows[line - first] >> column - 1 & 1:
                column -= 1
            elif not rows[line - first - 1] >> column - 1 & 1:
                line -= 1
            else:
                column -= 1
                line -= 1
                pairs.append((column, line))
    pairs.reverse()
    return pairs


def _cut_apart(a: Sequence[Hashable], b: Sequence[Hashable], depth: int) -> tuple[list[Pair], bool]:
    if len(a) * len(b) <= MOST_WORK:
        return common_pairs(a, b), True
    anchors = single_pairs(a, b) if depth < _DEEPEST else []
    cuts: list[Pair] = anchors or _equal_parts(len(a), len(b))
    pairs: list[Pair] = []
    at_a = at_b = 0
    for cut_a, cut_b in (*cuts, (len(a), len(b))):
        inner, _ = _cut_apart(a[at_a:cut_a], b[at_b:cut_b], depth + 1)
        pairs += [(at_a + one, at_b + other) for one, other in inner]
        at_a, at_b = cut_a, cut_b
    return pairs, False


def _equal_parts(size_a: int, size_b: int) -> list[Pair]:
    parts = size_a * size_b // MOST_WORK + 1
    return [(size_a * part // parts, size_b * part // parts) for part in range(1, parts)]


def _ascending(pairs: list[Pair]) -> list[Pair]:
    """The longest part of the pairs (ascending in the first) that ascends in the second too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        length = bisect_left(ends, value)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            last.append(index)
        else:
            ends[length] = value
            last[length] = index
    chain: list[Pair] = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    chain.reverse()
    return chain
