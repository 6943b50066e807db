"""Two sessions aligned step by step, down to where they part. Pure functions."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile

from queries.alignment_models import AlignedStep, Alignment, Step, StepRelation
from queries.common_sequence import (
    Pair,
    common_pairs,
    common_pairs_of_any_size,
    single_pairs,
)
from queries.gap_placing import by_outcome, from_prompts, outcomes_differ
from queries.models import EventKind
from queries.plain_data import replace
from queries.steps import StepKey, step_key, step_shapes

MOST_STEPS = 10_000
"""A session with more steps is aligned by its prompts first."""
_END = "(ends)"
Level = Callable[[str], str]


def align(
    a_id: str,
    b_id: str,
    steps_a: tuple[Step, ...],
    steps_b: tuple[Step, ...],
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
    keys_a = [step_key(step.event, level_a) for step in steps_a]
    keys_b = [step_key(step.event, level_b) for step in steps_b]
    matched, method = _matched(steps_a, steps_b, keys_a, keys_b)
    moved_a, moved_b = _moved(keys_a, keys_b, matched)
    lines: list[AlignedStep] = []
    at_a = at_b = 0
    for match_a, match_b in (*matched, (len(steps_a), len(steps_b))):
        rest_a = [index for index in range(at_a, match_a) if index not in moved_a]
        rest_b = [index for index in range(at_b, match_b) if index not in moved_b]
        changed = _changed(steps_a, steps_b, rest_a, rest_b)
        for pair_a, pair_b in (*changed, (match_a, match_b)):
            lines += _alone(StepRelation.ONLY_A, range(at_a, pair_a), moved_a)
            lines += _alone(StepRelation.ONLY_B, range(at_b, pair_b), moved_b)
            at_a, at_b = pair_a, pair_b
            if (pair_a, pair_b) != (match_a, match_b):
                lines.append(_pair(StepRelation.CHANGED, steps_a, steps_b, pair_a, pair_b))
                at_a, at_b = pair_a + 1, pair_b + 1
        if match_a < len(steps_a):
            lines.append(_pair(StepRelation.MATCHED, steps_a, steps_b, match_a, match_b))
            at_a, at_b = match_a + 1, match_b + 1
    return _alignment(a_id, b_id, steps_a, steps_b, lines, method)


def with_arguments(alignment: Alignment, differing: Mapping[int, str]) -> Alignment:
    """The alignment with some matched lines turned out to be changed.

    Args:
        alignment: made from the steps' one-line texts.
        differing: per line, what differs in the whole arguments.
    """
    lines = [
        replace(line, relation=StepRelation.CHANGED, detail=differing[index])
        if index in differing and line.relation is StepRelation.MATCHED
        else line
        for index, line in enumerate(alignment.lines)
    ]
    return _alignment(
        alignment.a_id,
        alignment.b_id,
        alignment.steps_a,
        alignment.steps_b,
        lines,
        alignment.method,
    )


# -- matching ---------------------------------------------------------------------------------


def _matched(
    steps_a: Sequence[Step],
    steps_b: Sequence[Step],
    keys_a: Sequence[StepKey],
    keys_b: Sequence[StepKey],
) -> tuple[list[Pair], str]:
    """Pairs of equal steps, ascending, and how they were found."""
    prompts_a = [step.number - 1 for step in steps_a if step.event.kind is EventKind.PROMPT]
    prompts_b = [step.number - 1 for step in steps_b if step.event.kind is EventKind.PROMPT]
    asked_a = [keys_a[index] for index in prompts_a]
    asked_b = [keys_b[index] for index in prompts_b]
    long = max(len(steps_a), len(steps_b)) > MOST_STEPS
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
    pairs = by_outcome(pairs, (keys_a, keys_b), steps_a, steps_b)
    if len(prompts_a) > 1 or len(prompts_b) > 1:
        pairs = from_prompts(pairs, (keys_a, keys_b))
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
    keys_a: Sequence[StepKey], keys_b: Sequence[StepKey], matched: Iterable[Pair]
) -> tuple[dict[int, int], dict[int, int]]:
    """Steps left on both sides, by index, with the index of the other; the first with the first."""
    pairs = tuple(matched)
    known_a, known_b = {one for one, _ in pairs}, {other for _, other in pairs}
    left: dict[StepKey, deque[int]] = {}
    for index, key in enumerate(keys_b):
        if index not in known_b:
            left.setdefault(key, deque()).append(index)
    there: dict[int, int] = {}
    for index, key in enumerate(keys_a):
        if index not in known_a and left.get(key):
            there[index] = left[key].popleft()
    return there, {other: one for one, other in there.items()}


def _changed(
    steps_a: Sequence[Step], steps_b: Sequence[Step], rest_a: Sequence[int], rest_b: Sequence[int]
) -> list[Pair]:
    """Pairs of steps of the same shape in one gap: first of closely the same, then at least."""
    if not rest_a or not rest_b:
        return []
    shapes_a = [step_shapes(steps_a[index].event) for index in rest_a]
    shapes_b = [step_shapes(steps_b[index].event) for index in rest_b]
    close, _ = common_pairs_of_any_size([one for one, _ in shapes_a], [one for one, _ in shapes_b])
    pairs: list[Pair] = []
    at_a = at_b = 0
    for end_a, end_b in (*close, (len(rest_a), len(rest_b))):
        if at_a < end_a and at_b < end_b:
            inner, _ = common_pairs_of_any_size(
                [loose for _, loose in shapes_a[at_a:end_a]],
                [loose for _, loose in shapes_b[at_b:end_b]],
            )
            pairs += [(at_a + one, at_b + other) for one, other in inner]
        if end_a < len(rest_a) and end_b < len(rest_b):
            pairs.append((end_a, end_b))
        at_a, at_b = end_a + 1, end_b + 1
    return [(rest_a[one], rest_b[other]) for one, other in pairs]


# -- lines ------------------------------------------------------------------------------------


def _alone(
    relation: StepRelation, indices: Iterable[int], moved: Mapping[int, int]
) -> Iterable[AlignedStep]:
    for index in indices:
        counterpart = moved.get(index)
        yield AlignedStep(
            relation=relation if counterpart is None else StepRelation.MOVED,
            a=index if relation is StepRelation.ONLY_A else None,
            b=index if relation is StepRelation.ONLY_B else None,
            counterpart=counterpart,
        )


def _pair(
    relation: StepRelation, steps_a: Sequence[Step], steps_b: Sequence[Step], a: int, b: int
) -> AlignedStep:
    one, other = steps_a[a].event, steps_b[b].event
    slower = None
    if one.duration is not None and other.duration is not None:
        slower = other.duration - one.duration
    differs = outcomes_differ(steps_a[a], steps_b[b])
    return AlignedStep(relation, a, b, duration_delta=slower, outcome_differs=differs)


def _alignment(
    a_id: str,
    b_id: str,
    steps_a: tuple[Step, ...],
    steps_b: tuple[Step, ...],
    lines: Sequence[AlignedStep],
    method: str,
) -> Alignment:
    numbers = Counter(line.relation for line in lines)
    first = next((index for index, line in enumerate(lines) if line.differs), None)
    return Alignment(
        a_id=a_id,
        b_id=b_id,
        steps_a=steps_a,
        steps_b=steps_b,
        lines=tuple(lines),
        first_divergence=first,
        divergence=_in_words(steps_a, steps_b, lines, first),
        matched=numbers[StepRelation.MATCHED],
        changed=numbers[StepRelation.CHANGED],
        moved=numbers[StepRelation.MOVED] // 2,
        only_a=numbers[StepRelation.ONLY_A],
        only_b=numbers[StepRelation.ONLY_B],
        outcomes=sum(line.outcome_differs for line in lines),
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
        return f"no difference in {len(lines):,} step{'s' * (len(lines) != 1)}"
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
            1 for _ in takewhile(lambda each: each.relation is line.relation, lines[first:])
        )
        mark = " (elsewhere there" if line.relation is StepRelation.MOVED else " (only here"
        mark += f", {alone:,} steps)" if alone > 1 else ")"
        one, other = (one + mark, other) if line.a is not None else (one, other + mark)
    return f"part at step {first + 1:,}: {one} | {other}"
