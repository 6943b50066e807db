"""Figures, their budgets, and the tables that show both."""

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
HEADINGS = ("figure", "measured", "budget", "to the naive way", "to the floor", "verdict")
FORMAT = 2
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
    note: str = ""
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
    def verdict(self) -> str:
        """met, missed, or unknown where a value is missing."""
        bases: dict[Basis, float | None] = {
            "measured": self.result.measured,
            "to the floor": self.to_floor,
            "to the naive way": self.to_naive,
        }
        judged = bases[self.figure.basis]
        if judged is None:
            return "unknown"
        return "met" if judged <= self.figure.budget else "missed"

    def cells(self) -> tuple[str, ...]:
        """One string for each of the headings."""
        figure, result = self.figure, self.result
        if figure.basis == "measured":
            budget = with_unit(figure.budget, figure.unit)
        else:
            budget = f"{figure.budget:g} × {figure.basis.removeprefix('to the ')}"
        what = figure.what + (f" ({result.note})" if result.note else "")
        return (
            what,
            with_unit(result.measured, figure.unit),
            budget,
            _times(self.to_naive),
            _times(self.to_floor),
            self.verdict,
        )

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """A line as :meth:`document` told it. Raises KeyError for what is no such document."""
        figure = Figure(
            document["name"],
            document["what"],
            document["unit"],
            document["budget"],
            document["budget_of"],
        )
        values = {
            each.name: document[each.name] for each in fields(Result) if each.name != "figure"
        }
        return cls(figure, Result(figure.name, **values))

    def document(self) -> dict[str, Any]:
        """As JSON."""
        figure, result = self.figure, self.result
        return {
            "name": figure.name,
            "what": figure.what,
            "unit": figure.unit,
            "measured": result.measured,
            "budget": figure.budget,
            "budget_of": figure.basis,
            "naive": result.naive,
            "floor": result.floor,
            "ratio_to_naive": self.to_naive,
            "ratio_to_floor": self.to_floor,
            "verdict": self.verdict,
            "runs": result.runs,
            "note": result.note,
            "details": dict(result.details),
        }


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
    report: Sequence[Line], sizes: Mapping[str, int], load: float | None = None
) -> dict[str, Any]:
    """Everything, for the next program.

    Args:
        report: all lines.
        sizes: events of the stores by name.
        load: what :func:`busy` said before anything was measured.
    """
    verdicts = [line.verdict for line in report]
    return {
        "format": FORMAT,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": {**machine(), "load_before": load},
        "events": dict(sizes),
        "met": verdicts.count("met"),
        "missed": verdicts.count("missed"),
        "unknown": verdicts.count("unknown"),
        "figures": [line.document() for line in report],
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a report beside those of other runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


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


def markdown(content: Mapping[str, Any], report: Sequence[Line]) -> str:
    """The table for the README."""
    rows = [HEADINGS, tuple("---" for _ in HEADINGS), *(line.cells() for line in report)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"{_on(content)}\n\n{table}\n"


def text(content: Mapping[str, Any], report: Sequence[Line]) -> str:
    """The table for a terminal."""
    rows = [HEADINGS, *(line.cells() for line in report)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    shown = [
        "  ".join(
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    tally = f"{content['met']} met, {content['missed']} missed, {content['unknown']} unknown"
    return "\n".join([_on(content), "", *shown, "", tally]) + "\n"


def with_unit(value: float | None, unit: str) -> str:
    """A value for people: three digits are enough."""
    if value is None:
        return "—"
    if unit == "B" and abs(value) >= 10_000:
        return f"{value / 1000:.3g} KB"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f} {unit}"
    return f"{value:.3g} {unit}" if abs(value) >= 0.01 else f"{value:.4f} {unit}"


def _times(ratio: float | None) -> str:
    if ratio is None:
        return "—"
    return f"{ratio:.2f} ×" if ratio >= 0.01 else f"{ratio:.1g} ×"


def _ratio(value: float | None, other: float | None) -> float | None:
    return None if value is None or not other else value / other


def _on(content: Mapping[str, Any]) -> str:
    machine = content["machine"]
    sizes = " and ".join(f"{number:,}" for number in sorted(content["events"].values()))
    load = machine["load_before"]
    others = (
        f" Other work kept it busy: {load:g} processes per core." if load and load > 0.5 else ""
    )
    cores = f"{machine['cores']} core{'s' if machine['cores'] != 1 else ''}"
    return (
        f"{content['date']}, stores of {sizes} events; {machine['cpu']}, {cores}, "
        f"{machine['system']}, "
        f"Python {machine['python']}, SQLite {machine['sqlite']}, Textual {machine['textual']}. "
        f"Medians of several runs; what is compared took turns in one run.{others}"
    )
