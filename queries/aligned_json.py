"""An alignment of two sessions as JSON: as plain data, or line by line as text."""

from __future__ import annotations

from collections.abc import Iterator

from queries.alignment_models import AlignedStep, Alignment, Step
from queries.json_shapes import Json, JsonText, rounded
from queries.json_texts import number_text, quoted_text


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
    steps_a, steps_b = alignment.steps_a, alignment.steps_b
    for line in alignment.lines:
        yield JsonText(
            f'{{"relation": "{line.relation._value_}"'
            f', "a": {"null" if line.a is None else _step_text(steps_a[line.a])}'
            f', "b": {"null" if line.b is None else _step_text(steps_b[line.b])}'
            f', "elsewhere": {"null" if line.counterpart is None else line.counterpart + 1}'
            f', "duration_delta": {number_text(line.duration_delta)}'
            f', "outcome_differs": {"true" if line.outcome_differs else "false"}'
            f', "detail": {quoted_text(line.detail or None)}}}'
        )


def _step_text(step: Step) -> str:
    event = step.event
    return (
        f'{{"number": {step.number}, "event_id": {quoted_text(event.id)}'
        f', "text": {quoted_text(step.text)}, "state": "{event.state._value_}"'
        f', "duration_seconds": {number_text(event.duration)}}}'
    )
