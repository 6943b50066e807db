"""A comparison given away: the command that prints it, and the same in a file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from queries.models import Relation
from queries.models.alignment import Alignment
from queries.models.comparison import Comparison
from queries.models.groups import GroupComparison
from queries.plain_data import dataclass
from tui.export import absolute
from tui.screens.compare_wanted import Wanted

FORMS: Final[Mapping[str, str]] = {"json": "json", "markdown": "md", "csv": "csv"}
"""Forms of an export, and how the names of their files end."""


@dataclass(frozen=True, slots=True)
class Given:
    """Which part of a comparison is given away."""

    wanted: Wanted
    baseline: int
    pair: tuple[int, int] | None = None
    """The two sessions whose steps are wanted, where that is what is looked at."""
    as_groups: bool = False
    relation: Relation = Relation.FOLLOWS
    with_relation: bool = False
    with_overlay: bool = False


def command_line(store: Path, given: Given) -> str:
    """The shell command whose output has what is shown."""
    ids, base = given.wanted.ids, given.wanted.ids[given.baseline]
    parts = ["session-tui", "compare", absolute(store)]
    if given.as_groups:
        for letter, option in (("A", "--a"), ("B", "--b")):
            parts += [part for name in given.wanted.groups[letter] for part in (option, name)]
        return shlex.join([*parts, "--json"])
    if given.pair is not None:
        ids = tuple(ids[index] for index in given.pair)
    parts += ids
    if base != ids[0]:
        parts += ["--baseline", base]
    if given.with_relation:
        parts += ["--relation", given.relation.value]
    if given.with_overlay:
        parts.append("--overlay")
    return shlex.join([*parts, "--json"])


def export_text(
    form: str,
    given: Given,
    comparison: Comparison,
    alignment: Alignment | None,
    groups: GroupComparison | None,
) -> str:
    """What the command would print in one of the :data:`FORMS`."""
    from queries.comparing.comparison_json import (
        METRIC_KEYS,
        SUBJECT_KEYS,
        comparison_json,
        group_comparison_json,
        metric_rows,
        subject_rows,
    )
    from tui.headless.compare_groups import write_groups
    from tui.headless.compare_tables import write_comparison
    from tui.headless.output import caught, write_csv, write_json

    with caught() as buffer:
        if given.as_groups and groups is not None:
            if form == "json":
                write_json(group_comparison_json(groups))
            elif form == "csv":
                write_csv(SUBJECT_KEYS, subject_rows(groups))
            else:
                write_groups(groups, markdown=True)
        elif form == "json":
            overlay = given.with_overlay
            write_json(comparison_json(comparison, alignment, given.relation, overlay=overlay))
        elif form == "csv":
            write_csv(METRIC_KEYS, metric_rows(comparison))
        else:
            write_comparison(comparison, alignment, given.relation, markdown=True, all_steps=False)
    return buffer.getvalue()
