"""Two sessions aligned step by step, down to where they part. Pure functions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile

from queries.comparing.aligned_lines import AlignedLines
from queries.comparing.common_sequence import (
    Pair,
    common_pairs,
    common_pairs_of_any_size,
    single_pairs,
)
from queries.comparing.gap_placing import by_outcome, from_prompts
from queries.comparing.step_columns import StepColumns, StepShapes, outcomes_differ
from queries.models.alignment import AlignedStep, Alignment, Step, StepRelation
from queries.text import many

MOST_STEPS = 10_000
"""A session with more steps is aligned by its prompts first."""
_END = "(ends)"
Level = Callable[[str], str]


def align(
    a_id: str,
    b_id: str,
    steps_a: Sequence[Step],
    steps_b: Sequence[Step],
    level_a: Level = str.strip,
    level_b: Level = str.strip,
) -> Alignment:
    """Align the steps of two sessions.

    Prompts that both sessions have are matched first: all of them, where both have the same
    ones, else those that occur once in each. Between them as many equal steps as possible are
    matched in order. What is left is moved, where the same step is left on the other side;
    changed, where both sides have the same tool (or speaker) at the same place; else it is on
    one side only.

    Args:
        a_id: the first session.
        b_id: the second.
        steps_a: all of its steps, in order.
        steps_b: likewise.
        level_a: makes texts of the first session comparable.
        level_b: likewise.
    """
    shapes = StepShapes()
    sides = (StepColumns(shapes, level_a), StepColumns(shapes, level_b))
    for side, steps in zip(sides, (steps_a, steps_b), strict=True):
        for step in steps:
            side.add(step.event)
    return align_columns(a_id, b_id, steps_a, steps_b, sides, shapes)


def align_columns(
    a_id: str,
    b_id: str,
    steps_a: Sequence[Step],
    steps_b: Sequence[Step],
    sides: tuple[StepColumns, StepColumns],
    shapes: StepShapes,
) -> Alignment:
    """As :func:`align`, of steps whose columns are made already.

    Args:
        a_id: the first session.
        b_id: the second.
        steps_a: all of its steps, in order. Hardly any of them is looked at.
        steps_b: likewise.
        sides: the columns of both.
        shapes: what they were made with.
    """
    matched, method = _matched(sides)
    moved_a, moved_b = _moved(sides, matched)
    lines = AlignedLines()
    at_a = at_b = 0
    size_a, size_b = len(sides[0]), len(sides[1])
    for match_a, match_b in (*matched, (size_a, size_b)):
        if at_a < match_a and at_b < match_b:
            rest_a = [index for index in range(at_a, match_a) if index not in moved_a]
            rest_b = [index for index in range(at_b, match_b) if index not in moved_b]
            for pair_a, pair_b in _changed(sides, shapes, rest_a, rest_b):
                _alone(lines, StepRelation.ONLY_A, range(at_a, pair_a), moved_a)
                _alone(lines, StepRelation.ONLY_B, range(at_b, pair_b), moved_b)
                _pair(lines, StepRelation.CHANGED, sides, pair_a, pair_b)
                at_a, at_b = pair_a + 1, pair_b + 1
        _alone(lines, StepRelation.ONLY_A, range(at_a, match_a), moved_a)
        _alone(lines, StepRelation.ONLY_B, range(at_b, match_b), moved_b)
        at_a, at_b = match_a, match_b
        if match_a < size_a:
            _pair(lines, StepRelation.MATCHED, sides, match_a, match_b)
            at_a, at_b = match_a + 1, match_b + 1
    return _alignment(a_id, b_id, steps_a, steps_b, lines, method)


def with_arguments(alignment: Alignment, differing: Mapping[int, str]) -> Alignment:
    """The alignment with some matched lines turned out to be changed.

    Args:
        alignment: made from the steps' one-line texts.
        differing: per line, what differs in the whole arguments.
    """
    lines = lines_of(alignment).changed(differing)
    return _alignment(
        alignment.a_id,
        alignment.b_id,
        alignment.steps_a,
        alignment.steps_b,
        lines,
        alignment.method,
    )


def lines_of(alignment: Alignment) -> AlignedLines:
    """Its lines, in columns. Raises TypeError for one that was not made here."""
    if not isinstance(alignment.lines, AlignedLines):
        raise TypeError("only of lines that were made here")
    return alignment.lines


# -- matching ---------------------------------------------------------------------------------


def _matched(sides: tuple[StepColumns, StepColumns]) -> tuple[list[Pair], str]:
    """Pairs of equal steps, ascending, and how they were found."""
    keys_a, keys_b = sides[0].keys, sides[1].keys
    prompts_a, prompts_b = sides[0].prompts, sides[1].prompts
    asked_a = [keys_a[index] for index in prompts_a]
    asked_b = [keys_b[index] for index in prompts_b]
    long = max(len(keys_a), len(keys_b)) > MOST_STEPS
    if asked_a == asked_b:
        same = [(index, index) for index in range(len(asked_a))]
    else:
        same = common_pairs(asked_a, asked_b) if long else single_pairs(asked_a, asked_b)
    anchors = [(prompts_a[one], prompts_b[other]) for one, other in same]
    pairs: list[Pair] = []
    surely = True
    at_a = at_b = 0
    for end_a, end_b in (*anchors, (len(keys_a), len(keys_b))):
        inner, best = common_pairs_of_any_size(keys_a[at_a:end_a], keys_b[at_b:end_b])
        pairs += [(at_a + one, at_b + other) for one, other in inner]
        surely = surely and best
        at_a, at_b = end_a, end_b
    pairs = by_outcome(pairs, sides)
    if len(prompts_a) > 1 or len(prompts_b) > 1:
        pairs = from_prompts(pairs, sides)
    return pairs, _method(len(anchors), len(prompts_a), len(prompts_b), long, surely)


def _method(anchors: int, prompts_a: int, prompts_b: int, long: bool, surely: bool) -> str:
    among = f"{anchors:,} of {prompts_a:,} and {prompts_b:,} prompts"
    if long:
        text = f"More than {MOST_STEPS:,} steps: aligned by prompt first ({among} are shared)"
        text += ", then step by step within each."
    elif anchors:
        text = f"Aligned by prompt ({among} are shared), step by step within each."
    else:
        text = "Aligned step by step."
    return text if surely else f"{text} Very long stretches were cut, so matches may be missing."


def _moved(
    sides: tuple[StepColumns, StepColumns], matched: Sequence[Pair]
) -> tuple[dict[int, int], dict[int, int]]:
    """Steps left on both sides, by index, with the index of the other; the first with the first."""
    keys_a, keys_b = sides[0].keys, sides[1].keys
    known_a, known_b = bytearray(len(keys_a)), bytearray(len(keys_b))
    for one, other in matched:
        known_a[one] = known_b[other] = True
    here = {key for key, is_known in zip(keys_a, known_a, strict=True) if not is_known}
    left: dict[int, deque[int]] = {}
    for index, key in enumerate(keys_b):
        if not known_b[index] and key in here:
            left.setdefault(key, deque()).append(index)
    there: dict[int, int] = {}
    for index, key in enumerate(keys_a):
        if not known_a[index] and left.get(key):
            there[index] = left[key].popleft()
    return there, {other: one for one, other in there.items()}


def _changed(
    sides: tuple[StepColumns, StepColumns],
    shapes: StepShapes,
    rest_a: Sequence[int],
    rest_b: Sequence[int],
) -> Iterable[Pair]:
    """Pairs of steps of the same shape in one gap: first of closely the same, then at least."""
    if not rest_a or not rest_b:
        return []
    close_a = [sides[0].shapes[index] for index in rest_a]
    close_b = [sides[1].shapes[index] for index in rest_b]
    close, _ = common_pairs_of_any_size(close_a, close_b)
    loose_a = [shapes.looser[shape] for shape in close_a]
    loose_b = [shapes.looser[shape] for shape in close_b]
    pairs: list[Pair] = []
    at_a = at_b = 0
    for end_a, end_b in (*close, (len(rest_a), len(rest_b))):
        if at_a < end_a and at_b < end_b:
            inner, _ = common_pairs_of_any_size(loose_a[at_a:end_a], loose_b[at_b:end_b])
            pairs += [(at_a + one, at_b + other) for one, other in inner]
        if end_a < len(rest_a) and end_b < len(rest_b):
            pairs.append((end_a, end_b))
        at_a, at_b = end_a + 1, end_b + 1
    return [(rest_a[one], rest_b[other]) for one, other in pairs]


# -- lines ------------------------------------------------------------------------------------


def _alone(
    lines: AlignedLines, relation: StepRelation, indices: range, moved: Mapping[int, int]
) -> None:
    if not indices:
        return
    is_a = relation is StepRelation.ONLY_A
    if not moved or moved.keys().isdisjoint(indices):
        lines.extend_alone(relation, indices, is_a=is_a)
        return
    for index in indices:
        counterpart = moved.get(index)
        lines.append(
            relation if counterpart is None else StepRelation.MOVED,
            index if is_a else None,
            None if is_a else index,
            counterpart=counterpart,
        )


def _pair(
    lines: AlignedLines,
    relation: StepRelation,
    sides: tuple[StepColumns, StepColumns],
    a: int,
    b: int,
) -> None:
    one, other = sides
    lines.append(
        relation,
        a,
        b,
        duration_delta=other.durations[b] - one.durations[a],
        outcome_differs=outcomes_differ(one.outcomes[a], other.outcomes[b]),
    )


def _alignment(
    a_id: str,
    b_id: str,
    steps_a: Sequence[Step],
    steps_b: Sequence[Step],
    lines: AlignedLines,
    method: str,
) -> Alignment:
    first = lines.first_difference()
    return Alignment(
        a_id=a_id,
        b_id=b_id,
        steps_a=steps_a,
        steps_b=steps_b,
        lines=lines,
        first_divergence=first,
        divergence=_in_words(steps_a, steps_b, lines, first),
        matched=lines.number(StepRelation.MATCHED),
        changed=lines.number(StepRelation.CHANGED),
        moved=lines.number(StepRelation.MOVED) // 2,
        only_a=lines.number(StepRelation.ONLY_A),
        only_b=lines.number(StepRelation.ONLY_B),
        outcomes=lines.outcomes,
        method=method,
    )


def _in_words(
    steps_a: Sequence[Step],
    steps_b: Sequence[Step],
    lines: Sequence[AlignedStep],
    first: int | None,
) -> str:
    """What either side does where they part, which on both is the same number of steps in."""
    if first is None:
        if not lines:
            return "no steps on either side"
        return f"no difference in {many(len(lines), 'step')}"
    line = lines[first]
    one, other = (steps[first].text if first < len(steps) else _END for steps in (steps_a, steps_b))
    if line.a is not None and line.b is not None:
        if line.detail:
            one, other = f"{one} [{line.detail}]", other
        if line.outcome_differs:
            one += f" ({steps_a[line.a].event.state.value})"
            other += f" ({steps_b[line.b].event.state.value})"
    elif one == other:
        # What is missing begins as what comes after it does.
        alone = sum(
            1
            for _ in takewhile(
                lambda index: lines[index].relation is line.relation, range(first, len(lines))
            )
        )
        mark = " (elsewhere there" if line.relation is StepRelation.MOVED else " (only here"
        mark += f", {alone:,} steps)" if alone > 1 else ")"
        one, other = (one + mark, other) if line.a is not None else (one, other + mark)
    return f"part at step {first + 1:,}: {one} | {other}"
