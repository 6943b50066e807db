"""What an alignment of two sessions is made of: steps, lines, and where they part.

``None`` means unknown (or: not applicable), never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from queries.models import Event
from queries.plain_data import dataclass


class StepRelation(StrEnum):
    """How a line of the alignment relates the two sides."""

    MATCHED = "matched"
    """The same step on both sides. Its outcome may still differ."""
    CHANGED = "changed"
    """The same tool with other arguments, or the same speaker with another text."""
    MOVED = "moved"
    """On this side here, on the other side elsewhere: see :attr:`AlignedStep.counterpart`."""
    ONLY_A = "only_a"
    ONLY_B = "only_b"


@dataclass(frozen=True, slots=True)
class Step:
    """One event as a step of its session."""

    number: int
    """From 1, in order of arrival."""
    event: Event
    text: str
    """In one line: "Read src/auth.py", "planner: We go tonight."."""


@dataclass(frozen=True, slots=True)
class AlignedStep:
    """One line of the alignment; a side without a step is a gap."""

    relation: StepRelation
    a: int | None
    """Index into :attr:`Alignment.steps_a`."""
    b: int | None
    counterpart: int | None = None
    """Of a MOVED step: the index of the same step on the other side, which is a gap here."""
    duration_delta: float | None = None
    """Seconds that B took longer than A; unknown unless both are known."""
    outcome_differs: bool = False
    """One side succeeded, the other failed."""
    detail: str = ""
    """What differs where both texts look the same: "offset: 10 | 20"."""

    @property
    def differs(self) -> bool:
        """Whether a jump from difference to difference stops here."""
        return self.relation is not StepRelation.MATCHED or self.outcome_differs


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two sessions side by side. Taking only a's (or b's) steps gives that session in order."""

    a_id: str
    b_id: str
    steps_a: Sequence[Step]
    steps_b: Sequence[Step]
    lines: Sequence[AlignedStep]
    first_divergence: int | None
    """Index into :attr:`lines` of the first that differs; None when all steps are alike."""
    divergence: str
    """In words: "part at step 14: Read src/auth.py | Grep login"."""
    matched: int
    """Pairs of the same step."""
    changed: int
    """Pairs of a changed step."""
    moved: int
    """Steps that stand elsewhere on the other side; each is two lines."""
    only_a: int
    only_b: int
    outcomes: int
    """Pairs of which one succeeded and the other failed."""
    method: str
    """How it was aligned, and what was left out, in a sentence or two."""
    caution: str = "The first difference is where the runs part, not why."
