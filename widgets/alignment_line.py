"""A line of two aligned sessions in signs and words."""

from __future__ import annotations

from queries.models import EventState
from queries.models.alignment import AlignedStep, Step, StepRelation
from queries.text import duration
from widgets.glyphs import Glyphs, state_glyph


def relation_sign(line: AlignedStep, glyphs: Glyphs) -> tuple[str, str]:
    """One cell that tells how the two sides are related, and its role."""
    match line.relation:
        case StepRelation.MATCHED if line.outcome_differs:
            return (glyphs.differs, "error")
        case StepRelation.MATCHED:
            return (glyphs.same, "muted")
        case StepRelation.CHANGED:
            return (glyphs.changed, "warning")
        case StepRelation.MOVED:
            return (glyphs.moved, "accent")
        case StepRelation.ONLY_A:
            return (glyphs.only_left, "strong")
        case _:
            return (glyphs.only_right, "strong")


def relation_text(line: AlignedStep) -> str:
    """How the two sides are related, in words."""
    match line.relation:
        case StepRelation.MATCHED:
            return "same step, other outcome" if line.outcome_differs else "same step"
        case StepRelation.CHANGED:
            return "changed step, other outcome" if line.outcome_differs else "changed step"
        case StepRelation.MOVED:
            return "same step at another place"
        case StepRelation.ONLY_A:
            return "only on the left"
        case _:
            return "only on the right"


def line_sentence(line: AlignedStep) -> str:
    """How the sides are related and what differs, in one line."""
    parts = [relation_text(line)]
    if line.relation is StepRelation.MOVED and line.counterpart is not None:
        side = "right" if line.b is None else "left"
        parts.append(f"there step {line.counterpart + 1:,} on the {side}")
    if line.detail:
        parts.append(line.detail)
    if line.duration_delta:
        longer = "longer" if line.duration_delta > 0 else "shorter"
        parts.append(f"took {duration(abs(line.duration_delta))} {longer} on the right")
    return " · ".join(parts)


def step_sign(step: Step, glyphs: Glyphs) -> str:
    """One cell that tells how a step went; blank where that is no question, as of messages."""
    event = step.event
    is_told = event.is_call or event.state is not EventState.UNKNOWN
    return state_glyph(event.state, glyphs) if is_told else " "


def step_text(step: Step, glyphs: Glyphs) -> str:
    """Number, outcome and text of a step."""
    return f"{step.number} {step_sign(step, glyphs)} {step.text}"
