"""Figures, their budgets, what was measured, and the document that keeps all of it."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, Self

from tests.bench.machine import cpu_model

Basis = Literal["measured", "to the floor", "to the naive way"]
PART = "part"
"""Ends the name of a file with the report of some families, or of small stores, only."""
FORMAT = 3
"""Grows when the keys of the JSON document change their meaning."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that is measured, and how large it may be."""

    name: str
    """Family and what, joined by a dot."""
    what: str
    unit: str
    """ms, s, us, B, MB, %, or what is counted."""
    budget: float
    """In the unit, or as a ratio where the basis is not the measured value."""
    basis: Basis = "measured"
    """What must not exceed the budget: the value, or its ratio to another way."""
    line: str = ""
    """Figures of a family with the same words here share a line of the tables."""
    worst: bool = False
    """Of those of a line only the worst is shown; otherwise all, apart by slashes."""
    reason: str = ""
    """Why it is missed where it is, as far as that is known."""

    @property
    def family(self) -> str:
        """The part of the name before the dot."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured for one figure. Values are in the figure's unit."""

    figure: str
    measured: float | None
    """The median of all runs; None where it could not be measured."""
    naive: float | None = None
    """The ancestors' way, in the same run."""
    floor: float | None = None
    """The least that can be done at all, in the same run."""
    runs: int = 1
    """Of how many values it is the median or percentile."""
    planned: int = 0
    """How many they would have been, had there been time; 0: so many."""
    note: str = ""
    naive_note: str = ""
    """What the naive value is, where it is not measured in full like ours."""
    details: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its result."""

    figure: Figure
    result: Result

    @property
    def to_naive(self) -> float | None:
        """The measured value divided by that of the naive way."""
        return _ratio(self.result.measured, self.result.naive)

    @property
    def to_floor(self) -> float | None:
        """The measured value divided by the floor."""
        return _ratio(self.result.measured, self.result.floor)

    @property
    def judged(self) -> float | None:
        """What must not exceed the budget; None where it is unknown."""
        bases: dict[Basis, float | None] = {
            "measured": self.result.measured,
            "to the floor": self.to_floor,
            "to the naive way": self.to_naive,
        }
        return bases[self.figure.basis]

    @property
    def verdict(self) -> str:
        """met, missed, or unknown where a value is missing."""
        judged = self.judged
        if judged is None:
            return "unknown"
        return "met" if judged <= self.figure.budget else "missed"

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """A line as :meth:`document` told it. Raises KeyError for what is no such document."""
        figure = Figure(**{key: document[told] for key, told in _FIGURE_KEYS.items()})
        values = {key: document[key] for key in _RESULT_KEYS}
        return cls(figure, Result(figure.name, **values))

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **{told: getattr(self.figure, key) for key, told in _FIGURE_KEYS.items()},
            **{key: getattr(self.result, key) for key in _RESULT_KEYS},
            "ratio_to_naive": self.to_naive,
            "ratio_to_floor": self.to_floor,
            "verdict": self.verdict,
            "details": dict(self.result.details),
        }


_FIGURE_KEYS = {
    each.name: {"basis": "budget_of"}.get(each.name, each.name) for each in fields(Figure)
}
_RESULT_KEYS = tuple(each.name for each in fields(Result) if each.name != "figure")


def lines(figures: Iterable[Figure], results: Iterable[Result]) -> list[Line]:
    """Results beside their figures, in the order of the results.

    Raises:
        KeyError: a result of a figure that is not among them.
    """
    known = {figure.name: figure for figure in figures}
    return [Line(known[result.figure], result) for result in results]


def busy() -> float | None:
    """How many processes per core want to run, over the last minute; None where unknown."""
    try:
        return round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)
    except OSError:
        return None


def machine() -> dict[str, str | int]:
    """What the numbers depend on, and nothing that would tell whose machine it is."""
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count() or 1,
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "textual": version("textual"),
    }


def document(
    report: Sequence[Line],
    sizes: Mapping[str, int],
    load: float | None = None,
    *,
    seconds: Mapping[str, float] | None = None,
    done: bool = True,
) -> dict[str, Any]:
    """Everything, for the next program.

    Args:
        report: all lines.
        sizes: events of the stores by name.
        load: what :func:`busy` said before anything was measured.
        seconds: what each family took, by name.
        done: whether nothing is to come.
    """
    verdicts = [line.verdict for line in report]
    return {
        "format": FORMAT,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": {**machine(), "load_before": load},
        "events": dict(sizes),
        "done": done,
        "seconds": {name: round(taken, 1) for name, taken in (seconds or {}).items()},
        "met": verdicts.count("met"),
        "missed": verdicts.count("missed"),
        "unknown": verdicts.count("unknown"),
        "figures": [line.document() for line in report],
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a report beside those of other runs; whoever reads it finds all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    partial.replace(path)


def read_json(path: Path) -> tuple[dict[str, Any], list[Line]]:
    """A report as :func:`write_json` wrote it, and its lines.

    Raises:
        ValueError: the file is no such report, or one of another format.
        OSError: it cannot be read.
    """
    content = json.loads(path.read_text("utf-8"))
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{path.name} is not a report of this format")
    return content, [Line.of(document) for document in content["figures"]]


def _ratio(value: float | None, other: float | None) -> float | None:
    return None if value is None or not other else value / other
