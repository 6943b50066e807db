"""Comparisons as JSON: plain dictionaries with the keys that programs rely on."""

from __future__ import annotations

import math
from typing import Any

from queries.as_json.canonical import Json, agent_json, interactions_json, session_json, tool_json
from queries.comparing.aligned_json import alignment_json
from queries.models import Relation
from queries.models.alignment import Alignment
from queries.models.comparison import Comparison, Curve, Tally
from queries.models.groups import GroupComparison, GroupMetric

METRIC_KEYS = ("name", "unit", "direction", "session_id", "value", "delta", "percent", "change")
"""One line for each metric and session, for CSV."""
GROUP_METRIC_KEYS = (
    "name", "unit", "direction", "n_a", "n_b", "mean_a", "mean_b", "median_a", "median_b",
    "difference", "mean_difference", "ci_low", "ci_high", "effect", "test", "p", "p_adjusted",
    "verdict", "sessions_needed", "more_a", "more_b",
)  # fmt: skip
SUBJECT_KEYS = ("table", "subject", *GROUP_METRIC_KEYS)
"""The rows of all three tables of two groups, for CSV."""


def comparison_json(
    comparison: Comparison,
    alignment: Alignment | None,
    relation: Relation = Relation.FOLLOWS,
    *,
    overlay: bool = False,
    in_turn: bool = False,
) -> Json:
    """Sessions side by side.

    Args:
        comparison: of any number of sessions.
        alignment: of two sessions, the baseline first; None where there are more.
        relation: of the interactions.
        overlay: whether to add what came together over time, where that was counted.
        in_turn: make the steps of the alignment one by one, as they are asked for.
    """
    ids = comparison.ids
    shape: Json = {
        "sessions": [session_json(run.row) for run in comparison.runs],
        "baseline": ids[comparison.baseline],
        "metrics": [
            {
                "name": row.metric.name,
                "unit": row.metric.unit.value,
                "direction": row.metric.direction.value,
                "values": dict(zip(ids, map(_plain, row.values), strict=True)),
                "deltas": dict(zip(ids, map(_plain, row.deltas), strict=True)),
                "percents": dict(zip(ids, map(_plain, row.percents), strict=True)),
                "changes": dict(zip(ids, (change.value for change in row.changes), strict=True)),
            }
            for row in comparison.metrics
        ],
        "tally": _tally_json(comparison.tally),
        "tallies": {
            name: _tally_json(tally)
            for name, tally in zip(ids, comparison.tallies, strict=True)
        },
        "tool_comparison": {
            run.id: [tool_json(tool) for tool in run.tools] for run in comparison.runs
        },
        "agent_comparison": {
            run.id: [agent_json(agent) for agent in run.agents] for run in comparison.runs
        },
        "relation": relation.value,
        "interactions": {
            run.id: interactions_json(run.interactions[relation]) for run in comparison.runs
        },
        "interaction_delta": {
            run.id: interactions_json(deltas[relation])
            for index, (run, deltas) in enumerate(
                zip(comparison.runs, comparison.interaction_deltas, strict=True)
            )
            if index != comparison.baseline
        },
        "alignment": None if alignment is None else alignment_json(alignment, in_turn=in_turn),
        "notes": list(comparison.notes),
    }  # fmt: skip
    if overlay:
        shape["overlay"] = {
            run.id: curve_json(run.curve) for run in comparison.runs if run.curve is not None
        }
    return shape


def metric_rows(comparison: Comparison) -> list[Json]:
    """The metrics with :data:`METRIC_KEYS`."""
    return [
        {
            "name": row.metric.name,
            "unit": row.metric.unit.value,
            "direction": row.metric.direction.value,
            "session_id": run.id,
            "value": _plain(row.values[index]),
            "delta": _plain(row.deltas[index]),
            "percent": _plain(row.percents[index]),
            "change": row.changes[index].value,
        }
        for row in comparison.metrics
        for index, run in enumerate(comparison.runs)
    ]


def group_comparison_json(comparison: GroupComparison) -> Json:
    """Group A and group B."""
    return {
        "a": [run.id for run in comparison.a],
        "b": [run.id for run in comparison.b],
        "label_a": comparison.label_a,
        "label_b": comparison.label_b,
        "summary": comparison.summary,
        "metrics": [group_metric_json(row) for row in comparison.metrics],
        "tools": [{"tool_name": row.subject, **group_metric_json(row)} for row in comparison.tools],
        "agents": [
            {"agent_name": row.subject, **group_metric_json(row)} for row in comparison.agents
        ],
        "sessions": [session_json(run.row) for run in (*comparison.a, *comparison.b)],
        "notes": list(comparison.notes),
    }


def group_metric_json(row: GroupMetric) -> Json:
    """One metric of two groups, with :data:`GROUP_METRIC_KEYS`."""
    return {
        "name": row.metric.name,
        "unit": row.metric.unit.value,
        "direction": row.metric.direction.value,
        "n_a": row.n_a,
        "n_b": row.n_b,
        "mean_a": _plain(row.mean_a),
        "mean_b": _plain(row.mean_b),
        "median_a": _plain(row.median_a),
        "median_b": _plain(row.median_b),
        "difference": _plain(row.difference),
        "mean_difference": _plain(row.mean_difference),
        "ci_low": _plain(row.ci_low),
        "ci_high": _plain(row.ci_high),
        "effect": _plain(row.effect),
        "test": row.test.value,
        "p": row.p,
        "p_adjusted": row.p_adjusted,
        "verdict": row.verdict.value,
        "sessions_needed": row.needed_per_group,
        "more_a": row.more_a,
        "more_b": row.more_b,
    }


def subject_rows(comparison: GroupComparison) -> list[Json]:
    """All three tables with :data:`SUBJECT_KEYS`."""
    return [
        {"table": name, "subject": row.subject or None, **group_metric_json(row)}
        for name, rows in (
            ("metrics", comparison.metrics),
            ("tools", comparison.tools),
            ("agents", comparison.agents),
        )
        for row in rows
    ]


def curve_json(curve: Curve) -> Json:
    """What came together over time."""
    return {
        "seconds": list(curve.seconds),
        "events": list(curve.events),
        "errors": list(curve.errors),
        "tokens": None if curve.tokens is None else list(curve.tokens),
    }


def _tally_json(tally: Tally) -> Json:
    return {
        "better": tally.better,
        "worse": tally.worse,
        "same": tally.same,
        "different": tally.different,
        "unknown": tally.unknown,
    }


def _plain(value: Any) -> Any:
    """Without the noise of binary sums; what is no number in JSON is null."""
    if isinstance(value, float):
        return round(value, 9) if math.isfinite(value) else None
    return value
