"""What the cells of the interaction matrix say: counts, shares, ratios and their heat."""

from __future__ import annotations

from typing import Final, Literal

from rich.cells import cell_len

from queries.models import Interactions, Relation
from queries.plain_data import dataclass
from queries.text import count, percent, short_count
from widgets.glyphs import Glyphs

ValueMode = Literal["count", "row_share", "expected", "difference"]
"""What a cell shows: the count; its percentage of the row's total; how many times what
would be expected if rows and columns had nothing to do with each other; a count that is a
difference, with its sign."""

VALUE_TITLES: Final[dict[ValueMode, str]] = {
    "count": "count",
    "row_share": "% of row",
    "expected": "observed/expected",
    "difference": "difference",
}
HEAT_STEPS: Final = 4
"""Heats above none."""
LEAST_CELL: Final = 6
"""Five characters and the shade."""
TOTAL_WIDTH: Final = 6
TOTAL_NAME: Final = "total"

_NOTHING: Final = {
    Relation.FOLLOWS: "no agent spoke after another",
    Relation.FOLLOWS_ONCE: "no agent spoke after another",
    Relation.DELEGATES: "no agent handed work to another",
    Relation.TOOLS: "no tool was called after another",
}


@dataclass(frozen=True, slots=True)
class MatrixFigures:
    """A matrix of counts with its totals."""

    names: tuple[str, ...]
    counts: dict[tuple[str, str], int]
    """Without the diagonal where that is left out."""
    rows: dict[str, int]
    """Sum over each row."""
    columns: dict[str, int]
    """Sum over each column."""
    total: int
    highest: int
    diagonal: bool
    """Whether cells from a name to itself count."""
    longest: int
    """Cells of the longest name."""

    @classmethod
    def of(cls, interactions: Interactions, diagonal: bool) -> MatrixFigures:
        """The figures of a matrix, with or without its diagonal."""
        names = interactions.names
        known = set(names)
        counts = {
            pair: number
            for pair, number in interactions.counts.items()
            if number and known.issuperset(pair) and (diagonal or pair[0] != pair[1])
        }
        if len(counts) == len(interactions.counts):
            counts = interactions.counts
        rows, columns = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
        for (source, target), number in counts.items():
            rows[source] += number
            columns[target] += number
        highest = max(map(abs, counts.values()), default=0)
        longest = max(map(cell_len, names), default=0)
        return cls(names, counts, rows, columns, sum(rows.values()), highest, diagonal, longest)

    def by_row(self) -> dict[str, list[str]]:
        """Where each name that leads anywhere leads, in the order of the columns."""
        places = {name: place for place, name in enumerate(self.names)}
        found: dict[str, list[str]] = {}
        for source, target in self.counts:
            found.setdefault(source, []).append(target)
        for targets in found.values():
            targets.sort(key=places.__getitem__)
        return found

    def excluded(self, source: str, target: str) -> bool:
        """Whether the cell is on a diagonal that is left out."""
        return source == target and not self.diagonal

    def count(self, source: str, target: str) -> int:
        """How often."""
        return self.counts.get((source, target), 0)

    def row_share(self, source: str, target: str) -> float | None:
        """The cell's part of its row, 0..1; unknown for a row of nothing."""
        total = self.rows[source]
        return self.count(source, target) / total if total else None

    def ratio(self, source: str, target: str) -> float | None:
        """Observed / expected, where expected is row total x column total / grand total.

        Unknown where nothing is expected, and for cells that are left out.
        """
        expected = self.rows[source] * self.columns[target]
        if not expected or self.excluded(source, target):
            return None
        return self.count(source, target) * self.total / expected

    def text(self, source: str, target: str, mode: ValueMode) -> str | None:
        """The cell in at most five characters; None where the value is undefined."""
        if mode in ("count", "difference"):
            return number_text(self.count(source, target), mode)
        if mode == "row_share":
            share = self.row_share(source, target)
            return None if share is None else percent(share)
        ratio = self.ratio(source, target)
        if ratio is None:
            return None
        return f"{ratio:.2f}" if ratio < 9.995 else short_count(ratio)

    def heat(self, source: str, target: str, mode: ValueMode) -> int:
        """0 (nothing) to :data:`HEAT_STEPS`; twice the expected or more is the highest."""
        count = self.count(source, target)
        if not count:
            return 0
        if mode in ("count", "difference"):
            part: float = abs(count) / self.highest
        elif mode == "row_share":
            part = self.row_share(source, target) or 0.0
        else:
            part = (self.ratio(source, target) or 0.0) / 2
        return max(1, min(HEAT_STEPS, round(part * HEAT_STEPS + 0.499)))

    def cell(
        self, index: int, column: int, mode: ValueMode, glyphs: Glyphs
    ) -> tuple[str, str, str]:
        """Text, role and shade of a cell; of a column's total behind the last row."""
        target = self.names[column]
        if index >= len(self.names):
            return (number_text(self.columns[target], mode), "strong", " ")
        source = self.names[index]
        if self.excluded(source, target):
            return ("\\", "muted", " ")
        text = self.text(source, target, mode)
        if text is None:
            return (glyphs.dash, "muted", " ")
        heat = self.heat(source, target, mode)
        if not heat:
            return (glyphs.dot, "muted", " ")
        return (text, f"heat-{heat}", glyphs.shades[heat])

    def row_name(self, index: int) -> str:
        """The name of a row; that of the totals behind the last one."""
        return self.names[index] if index < len(self.names) else TOTAL_NAME

    def row_total(self, index: int, mode: ValueMode) -> str:
        """The sum over a row, behind the last one over all, in :data:`TOTAL_WIDTH` characters."""
        number = self.rows[self.names[index]] if index < len(self.names) else self.total
        exact = count(number)
        fits = len(exact) <= TOTAL_WIDTH and mode != "difference"
        return exact if fits else number_text(number, mode)

    def sentence(self, source: str, target: str, mode: ValueMode = "count") -> str:
        """All about one cell in one line."""
        if mode == "difference":
            number = self.count(source, target)
            return f"{source} → {target}: {f'{number:+,}' if number else 'no difference'}"
        parts = [f"{source} → {target}: {self.count(source, target):,}"]
        share, ratio = self.row_share(source, target), self.ratio(source, target)
        if share is not None:
            parts.append(f"{percent(share)} % of row")
        if ratio is not None:
            parts.append(f"{ratio:.2f} x expected")
        return ", ".join(parts)


def number_text(number: int, mode: ValueMode) -> str:
    """A count or a sum in at most five characters, with its sign where it is a difference."""
    text = short_count(number)
    return f"+{text}" if mode == "difference" and number > 0 else text


def why_empty(interactions: Interactions, diagonal: bool) -> str:
    """One sentence that says why there is no matrix to show."""
    if not diagonal and any(interactions.counts.values()):
        return "Only repeats of one and the same; show the diagonal to see them."
    basis = f" ({interactions.basis})" if interactions.basis else ""
    return f"Nothing to show: {_NOTHING[interactions.relation]}{basis}."
