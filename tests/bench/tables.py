"""Reports as tables for people: a line per figure, those that belong together in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from tests.bench.report import Line

HEADINGS = ("figure", "budget", "measured", "naive way, × ours", "floor, × ours", "verdict")
TITLES = {
    "start": "Start", "backfill": "Back-fill: counting the whole past once",
    "commands": "Commands that print a view", "panes": "Panes when they are shown",
    "totals": "Totals of the whole store", "polling": "Looking for news where there are none",
    "resident": "While it is open", "output": "Bytes to a terminal of 120x40",
    "keys": "Key to paint", "live": "Commit to screen", "writer": "A writer beside us",
}  # fmt: skip
LARGER = {
    "us": (10_000, 1_000, "ms"), "ms": (10_000, 1_000, "s"), "B": (10_000, 1_000, "KB"),
    "B/s": (10_000, 1_000, "KB/s"),
}  # fmt: skip
"""Units: from which value on the next one is used, and how many of the one it is."""
UNKNOWN = "—"

Row = tuple[str, ...]


def markdown(content: Mapping[str, Any], report: Sequence[Line]) -> str:
    """The table for the README, and what was missed."""
    rows = [HEADINGS, ("---", *("---:" for _ in HEADINGS[2:]), "---")]
    for title, of_family in families(report):
        rows += [(f"**{title}**", *("" for _ in HEADINGS[1:])), *of_family]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    missed = "\n".join(f"- {line}" for line in _missed(report))
    told = f"\n{_tally(content)}\n" + (f"\n{missed}\n" if missed else "")
    return f"{_on(content)}\n\n{table}\n{told}"


def text(content: Mapping[str, Any], report: Sequence[Line]) -> str:
    """The same for a terminal."""
    found = list(families(report))
    rows = [HEADINGS, *(row for _, of_family in found for row in of_family)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]

    def laid_out(row: Row) -> str:
        cells = [
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    shown = [laid_out(HEADINGS)]
    for title, of_family in found:
        shown += ["", title, *map(laid_out, of_family)]
    missed = [f"- {line}" for line in _missed(report)]
    return "\n".join([_on(content), "", *shown, "", _tally(content), *missed]) + "\n"


def families(report: Sequence[Line]) -> Iterator[tuple[str, list[Row]]]:
    """Every family's title with its rows, one string for each of the headings."""
    for name, lines in groupby(report, lambda line: line.figure.family):
        yield TITLES.get(name, name), [row(together) for together in folded([*lines])]


def folded(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines of one family, those that share one of the table together."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.figure.line or line.figure.name, []).append(line)
    return [*found.values()]


def row(together: Sequence[Line]) -> Row:
    """The cells of some figures that share a line."""
    figure = together[0].figure
    shown = [max(together, key=_badness)] if figure.worst else together
    what = figure.line or figure.what
    notes = list(dict.fromkeys(note for line in shown for note in _notes(line)))
    if figure.worst and len(together) > 1:
        notes.insert(0, f"worst of {len(together)}: {shown[0].figure.name.partition('.')[2]}")
    results = [line.result for line in shown]
    ours = [result.measured for result in results]
    naive_note = next((result.naive_note for result in results if result.naive_note), "")
    return (
        what + (f" ({'; '.join(notes)})" if notes else ""),
        _budget(shown),
        _measured(shown),
        _other(ours, [result.naive for result in results], figure.unit, naive_note),
        _other(ours, [result.floor for result in results], figure.unit),
        _verdict(together),
    )


def with_unit(values: Sequence[float | None], unit: str) -> str:
    """Values for people, apart by slashes: three digits are enough."""
    known = [abs(value) for value in values if value is not None]
    if not known:
        return UNKNOWN
    divisor = 1.0
    while unit in LARGER and max(known) / divisor >= LARGER[unit][0]:
        divisor, unit = divisor * LARGER[unit][1], LARGER[unit][2]
    shown = [UNKNOWN if value is None else _digits(value / divisor) for value in values]
    return f"{' / '.join(shown)} {unit.replace('us', 'µs') if unit == 'us' else unit}"


def _digits(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.01 else f"{value:.1g}"


def _budget(lines: Sequence[Line]) -> str:
    figure = lines[0].figure
    budgets = list(dict.fromkeys(line.figure.budget for line in lines))
    if figure.basis == "measured":
        return with_unit(budgets, figure.unit)
    return f"{' / '.join(map(_digits, budgets))} × {figure.basis.removeprefix('to the ')}"


def _measured(lines: Sequence[Line]) -> str:
    figure = lines[0].figure
    shown = with_unit([line.result.measured for line in lines], figure.unit)
    if figure.basis == "measured" or shown == UNKNOWN:
        return shown
    ratios = _times([line.judged for line in lines])
    return f"{shown} = {ratios} {figure.basis.removeprefix('to the ')}"


def _other(
    ours: Sequence[float | None], others: Sequence[float | None], unit: str, note: str = ""
) -> str:
    """Another way's values, and how many times ours they are."""
    shown = with_unit(others, unit)
    if shown == UNKNOWN:
        return shown
    ratios = [
        None if not mine or other is None else other / mine
        for mine, other in zip(ours, others, strict=True)
    ]
    more = "" if all(ratio is None for ratio in ratios) else f", {_times(ratios)}"
    return f"{shown}{more}" + (f" ({note})" if note else "")


def _times(ratios: Sequence[float | None]) -> str:
    shown = [UNKNOWN if ratio is None else _ratio_digits(ratio) for ratio in ratios]
    return f"{' / '.join(dict.fromkeys(shown) if len(set(shown)) == 1 else shown)} ×"


def _ratio_digits(ratio: float) -> str:
    if ratio >= 10:
        return f"{ratio:,.0f}"
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.1g}"


def _notes(line: Line) -> Iterator[str]:
    result = line.result
    if result.note:
        yield result.note
    if result.planned > result.runs:
        yield f"time for {result.runs} of {result.planned} runs"


def _badness(line: Line) -> float:
    judged = line.judged
    if judged is None:
        return float("inf")
    return judged / line.figure.budget if line.figure.budget else judged


def _verdict(lines: Sequence[Line]) -> str:
    verdicts = [line.verdict for line in lines]
    for worse in ("missed", "unknown"):
        number = verdicts.count(worse)
        if number:
            return worse if number == len(verdicts) else f"{number} of {len(verdicts)} {worse}"
    return "met"


def _missed(report: Sequence[Line]) -> Iterator[str]:
    """A sentence for each line that is missed or unknown; for those of one reason only one."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in report:
        if line.verdict == "met":
            continue
        figure = line.figure
        key = (figure.reason, "") if figure.reason else ("", figure.line or figure.name)
        told = f"{figure.what}: {_measured([line])}, budget {_budget([line])}"
        found.setdefault(key, []).append(told)
    for (reason, _), told_of in found.items():
        yield "; ".join(told_of) + "." + (f" {reason}" if reason else "")


def _tally(content: Mapping[str, Any]) -> str:
    told = f"{content['met']} met, {content['missed']} missed, {content['unknown']} unknown"
    return told if content["done"] else f"{told}; the run was interrupted"


def _on(content: Mapping[str, Any]) -> str:
    machine = content["machine"]
    sizes = " and ".join(f"{number:,}" for number in sorted(content["events"].values()))
    load = machine["load_before"]
    others = (
        f" Other work kept it busy: {load:g} processes per core." if load and load > 0.5 else ""
    )
    cores = f"{machine['cores']} core{'s' if machine['cores'] != 1 else ''}"
    minutes = sum(content["seconds"].values()) / 60
    taken = f" in {minutes:.0f} minutes" if minutes >= 1 else ""
    return (
        f"{content['date']}{taken}, stores of {sizes} events; {machine['cpu']}, {cores}, "
        f"{machine['system']}, "
        f"Python {machine['python']}, SQLite {machine['sqlite']}, Textual {machine['textual']}. "
        f"Medians where a run is short; what is compared took turns in one run.{others}"
    )
