"""What the lines above a comparison say: the verdict and what changed, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from queries.comparison_text import value_text
from queries.models.alignment import Alignment
from queries.models.comparison import Change, ComparedMetric, Comparison, Tally
from queries.models.groups import GroupComparison, Verdict
from queries.text import date_time
from widgets.glyphs import Glyphs
from widgets.line_text import Pieces, shorten_middle, width_of, word_lines
from widgets.metric_text import change_sign
from widgets.text_change import told_apart

BAR_ROLES = {
    Change.BETTER: "ok",
    Change.WORSE: "warning",
    Change.SAME: "muted",
    Change.DIFFERENT: "",
    Change.UNKNOWN: "muted",
}
_CAUTIONED = 100
"""Cells from which there is room for what is less needed."""
_NUMBERED = (Change.BETTER, Change.WORSE, Change.DIFFERENT, Change.SAME, Change.UNKNOWN)


def verdict(
    comparison: Comparison, titles: tuple[str, ...], column: int, width: int, glyphs: Glyphs
) -> Pieces:
    """How one session, or all of them, stand against the baseline, in numbers of metrics.

    The names of the sessions are cut so that all fits into ``width`` cells.
    """
    base = comparison.baseline
    if column == base and len(titles) != 2:
        who, tally = f"the other {len(titles) - 1}", comparison.tally
    else:
        column = column if column != base else 1 - base
        who, tally = titles[column], comparison.tallies[column]
    is_wide = width >= _CAUTIONED
    numbers = _tally(tally, glyphs, is_wide)
    against = " against " if is_wide else " vs "
    room = max(8, (width - width_of(numbers) - len(against) - 5) // 2)
    return (
        (f" {_short(who, room)}", "strong"),
        (against, ""),
        (_short(titles[base], room), "strong"),
        (":  ", ""),
        *numbers,
    )


def _short(title: str, width: int) -> str:
    """A numbered title in so many cells; of one whose beginning is cut off, its end."""
    number, _, name = title.partition(" ")
    if name.startswith("…") and width_of(((title, ""),)) > width:
        return f"{number} {shorten_middle(name[1:], max(3, width - len(number) - 1))}"
    return shorten_middle(title, width)


def changes(comparison: Comparison, column: int, glyphs: Glyphs) -> Pieces:
    """Which metrics got worse and which better, the largest change first, with both values."""
    if column == comparison.baseline:
        others = [index for index in range(len(comparison.runs)) if index != column]
        if len(others) != 1:
            return ((" Move to a session to see what changed in it.", "muted"),)
        column = others[0]
    parts: list[tuple[str, str]] = []
    for change in (Change.WORSE, Change.BETTER, Change.DIFFERENT):
        rows = [row for row in comparison.metrics if row.changes[column] is change]
        if rows:
            rows.sort(key=lambda row: -_size(row, column))
            words = ", ".join(_moved(row, column, comparison.baseline) for row in rows)
            sign = change_sign(change, glyphs)
            parts += [("  " if parts else " ", ""), (f"{sign} {words}", BAR_ROLES[change])]
    return tuple(parts) or ((" Every metric that is known is the same.", ""),)


def whole_name(comparison: Comparison, column: int, zone: tzinfo | None) -> Pieces:
    """Which session a number stands for: its whole title, its id, and when it began."""
    run = comparison.runs[column]
    named = run.row.title if run.row.title == run.id else f"{run.row.title} · {run.id}"
    return ((f" {column + 1} is {named} · {date_time(run.row.started, zone)}", "muted"),)


def left_out(number: int) -> Pieces:
    """How many sessions have no column."""
    return ((f"  {number:,} more have no column here", "warning"),) if number else ()


def notes(comparison: Comparison) -> str:
    """What to keep in mind, with the sessions' numbers instead of their ids."""
    numbers = {run.id: str(index + 1) for index, run in enumerate(comparison.runs)}
    told = []
    for note in comparison.notes:
        head, colon, names = note.rpartition(": ")
        known = [numbers.get(name, name) for name in names.rstrip(".").split(", ")]
        told.append(f"{head}{colon}{', '.join(known)}." if colon else note)
    return " ".join(told)


def steps_tally(alignment: Alignment, glyphs: Glyphs) -> Pieces:
    """How many steps are the same, changed, moved or on one side only: a legend of the signs."""
    every = (
        (f"{glyphs.same} {alignment.matched:,} same", "muted"),
        (f"{glyphs.changed} {alignment.changed:,} changed", "warning"),
        (f"{glyphs.moved} {alignment.moved:,} moved", ""),
        (f"{glyphs.only_left} {alignment.only_a:,} only left", ""),
        (f"{glyphs.only_right} {alignment.only_b:,} only right", ""),
        (f"{glyphs.differs} {alignment.outcomes:,} other outcome", "warning"),
    )
    # What there is none of would take the room of what there is.
    words = [piece for piece in every if not piece[0][2:].startswith("0 ")] or every[:1]
    return ((" ", ""), *_spaced(words))


def divergence(alignment: Alignment | None, wanted: bool, width: int) -> Pieces:
    """Where two sessions part, in words of at most ``width`` cells; that this is no cause."""
    if alignment is None:
        return ((" Aligning the steps ...", "muted"),) if wanted else ()
    text = alignment.divergence
    head, colon, rest = text.partition(": ")
    a, bar, b = rest.partition(" | ")
    caution = "  Divergence is not cause." if width >= _CAUTIONED else ""
    if bar and " | " not in b:
        short = max(10, (width - len(head) - len(caution) - 11) // 2)
        a, b = told_apart(a, b, short)
        text = f"{head}{colon}{a} | {b}"
    words = f" They {text}" if bar else f" {text[:1].upper()}{text[1:]}"
    if alignment.first_divergence is None:
        return ((words, "strong"),)
    return ((words, "strong"), (caution, "muted"))


def group_verdict(groups: GroupComparison, width: int, glyphs: Glyphs) -> Pieces:
    """How group B stands against group A, in numbers of metrics."""
    numbers = dict.fromkeys(Verdict, 0)
    for row in groups.metrics:
        numbers[row.verdict] += 1
    words = (
        (f"{glyphs.better} {numbers[Verdict.BETTER]} better", "ok"),
        (f"{glyphs.worse} {numbers[Verdict.WORSE]} worse", "warning"),
        (f"{glyphs.differs} {numbers[Verdict.DIFFERENT]} different", ""),
        (f"{glyphs.same} {numbers[Verdict.NO_DIFFERENCE_SHOWN]} no difference shown", "muted"),
        (f"{glyphs.unknown} {numbers[Verdict.TOO_FEW]} too few sessions", "muted"),
    )
    shown = [piece for piece in words if not piece[0][2:].startswith("0 ")]
    label_a, label_b = (
        f" ({label})" if width >= _CAUTIONED else "" for label in (groups.label_a, groups.label_b)
    )
    head = ((f" B{label_b}", "strong"), (" against ", ""), (f"A{label_a}", "strong"), (":  ", ""))
    return (*head, *_spaced(shown))


def group_summary(groups: GroupComparison, width: int) -> tuple[Pieces, Pieces]:
    """The answer in one line or two; where one is enough, what to keep in mind in the other."""
    lines = word_lines(groups.summary, max(20, width - 2), 2)
    first = ((f" {lines[0]}", ""),) if groups.summary else ()
    if len(lines) > 1:
        return first, ((f" {lines[1]}", ""),)
    return first, ((f" {' '.join(groups.notes)}", "muted"),)


def _tally(tally: Tally, glyphs: Glyphs, is_wide: bool) -> Pieces:
    """The numbers; with little room, those of what there is."""
    numbers = {
        Change.BETTER: tally.better,
        Change.WORSE: tally.worse,
        Change.DIFFERENT: tally.different,
        Change.SAME: tally.same,
        Change.UNKNOWN: tally.unknown,
    }
    always = (Change.BETTER, Change.WORSE, Change.SAME)
    return _spaced(
        (f"{change_sign(change, glyphs)} {numbers[change]} {change.value}", BAR_ROLES[change])
        for change in _NUMBERED
        if numbers[change] or (is_wide and change in always)
        if change is not Change.UNKNOWN or is_wide
    )


def _spaced(pieces: Iterable[tuple[str, str]]) -> Pieces:
    spaced: list[tuple[str, str]] = []
    for piece in pieces:
        spaced += [("  ", ""), piece] if spaced else [piece]
    return tuple(spaced)


def _size(row: ComparedMetric, column: int) -> float:
    """How large a change is; a word's is the largest, and one from zero comes next."""
    if row.deltas[column] is None:
        return float("inf")
    part = row.percents[column]
    return 1e9 if part is None else abs(part)


def _moved(row: ComparedMetric, column: int, baseline: int) -> str:
    before, now = row.values[baseline], row.values[column]
    metric = row.metric
    return f"{metric.label} {value_text(metric, before)} → {value_text(metric, now)}"
