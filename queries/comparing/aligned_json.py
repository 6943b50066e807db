"""An alignment of two sessions as JSON: as plain data, or line by line as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from json.encoder import encode_basestring

from queries.as_json.canonical import Json, JsonText, encode, rounded
from queries.as_json.texts import number_text
from queries.comparing.aligned_lines import AlignedLines
from queries.comparing.packed_steps import PACKED, PackedSteps, Told
from queries.models.alignment import AlignedStep, Alignment, Step


def alignment_json(alignment: Alignment, *, in_turn: bool = False) -> Json:
    """Two sessions step by step.

    Args:
        alignment: of both.
        in_turn: give the steps as an iterator of finished text, which never has them all.
    """
    first = alignment.first_divergence
    return {
        "a": alignment.a_id,
        "b": alignment.b_id,
        "first_divergence": None
        if first is None
        else {"line": first, "step": first + 1, "text": alignment.divergence},
        "matched": alignment.matched,
        "changed": alignment.changed,
        "moved": alignment.moved,
        "only_a": alignment.only_a,
        "only_b": alignment.only_b,
        "outcome_differs": alignment.outcomes,
        "method": alignment.method,
        "caution": alignment.caution,
        "steps": _texts(alignment)
        if in_turn
        else [_line_json(line, alignment) for line in alignment.lines],
    }


def _line_json(line: AlignedStep, alignment: Alignment) -> Json:
    return {
        "relation": line.relation.value,
        "a": None if line.a is None else _step_json(alignment.steps_a[line.a]),
        "b": None if line.b is None else _step_json(alignment.steps_b[line.b]),
        "elsewhere": None if line.counterpart is None else line.counterpart + 1,
        "duration_delta": rounded(line.duration_delta),
        "outcome_differs": line.outcome_differs,
        "detail": line.detail or None,
    }


def _step_json(step: Step) -> Json:
    return {
        "number": step.number,
        "event_id": step.event.id,
        "text": step.text,
        "state": step.event.state.value,
        "duration_seconds": rounded(step.event.duration),
    }


def _texts(alignment: Alignment) -> Iterator[JsonText]:
    """The lines as JSON, equal to what is made of :func:`_line_json`."""
    lines = alignment.lines
    if not isinstance(lines, AlignedLines):
        yield from (JsonText(encode(_line_json(line, alignment))) for line in lines)
        return
    text_a, text_b = _teller(alignment.steps_a), _teller(alignment.steps_b)
    for relation, a, b, counterpart, delta, outcome, detail in lines.cells():
        yield JsonText(
            f'{{"relation": "{relation}", "a": {"null" if a < 0 else text_a(a)}'
            f', "b": {"null" if b < 0 else text_b(b)}'
            f', "elsewhere": {"null" if counterpart < 0 else counterpart + 1}'
            f', "duration_delta": {"null" if delta != delta else number_text(delta)}'
            f', "outcome_differs": {"true" if outcome else "false"}'
            f', "detail": {encode_basestring(detail) if detail else "null"}}}'
        )


def _teller(steps: Sequence[Step]) -> Callable[[int], str]:
    """By index: the JSON text of a step, equal to what is made of :func:`_step_json`."""
    if not isinstance(steps, PackedSteps):
        return lambda index: encode(_step_json(steps[index]))
    texts: list[str] = []
    first = last = 0

    def text_of(index: int) -> str:
        nonlocal texts, first, last
        if not first <= index < last:
            first = index - index % PACKED
            texts = _told_texts(steps.told(first // PACKED), first + 1)
            last = first + len(texts)
        return texts[index - first]

    return text_of


def _told_texts(all_told: Iterable[Told], first: int) -> list[str]:
    return [
        f'{{"number": {number}, "event_id": {encode_basestring(own_id)}'
        f', "text": {encode_basestring(text)}, "state": "{state}"'
        f', "duration_seconds": {"null" if duration is None else number_text(duration)}}}'
        for number, (own_id, text, state, duration) in enumerate(all_told, first)
    ]
