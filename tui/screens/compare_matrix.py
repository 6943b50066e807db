"""Which matrix of interactions a comparison shows, and why it may be empty."""

from __future__ import annotations

from queries.models import Interactions, Relation
from queries.models.comparison import Comparison
from queries.plain_data import replace
from widgets.matrix_figures import ValueMode

MATRICES = ("difference", "session", "baseline")
"""Whose interactions are shown."""


def matrix_of(
    comparison: Comparison, whose: str, relation: Relation, pair: tuple[int, int]
) -> tuple[Interactions, ValueMode, str]:
    """A matrix, how its cells are written, and a sentence where what it lacks is no interaction.

    Args:
        comparison: what was read.
        whose: one of the :data:`MATRICES`.
        relation: what a cell counts.
        pair: the baseline and the session that is looked at, by index.
    """
    _, other = pair
    matrices = [comparison.runs[index].interactions.get(relation) for index in pair]
    if matrices[0] is None or matrices[1] is None:
        return Interactions(relation, (), {}, ""), "count", "Reading all texts ..."
    if whose != "difference":
        return (matrices[1] if whose == "session" else matrices[0]), "count", ""
    chosen = comparison.interaction_deltas[other][relation]
    involved = {name for cell in chosen.counts for name in cell}
    names = tuple(name for name in chosen.names if name in involved)
    why = "both matrices are the same"
    if not any(matrix.counts for matrix in matrices if matrix is not None):
        why = f"neither session has any ({relation.value})"
    why_empty = "" if chosen.counts else f"No difference: {why}."
    return replace(chosen, names=names), "difference", why_empty
