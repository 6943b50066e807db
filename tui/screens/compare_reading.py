"""What a comparison shows, read in the background and read again while sessions go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from queries.comparing.group_comparison import compare_groups
from queries.comparing.run_reading import read_runs
from queries.comparing.session_alignment import align_sessions
from queries.comparison import compare
from queries.models import Relation, SessionRow, SessionStatus, Snapshot, StoreState
from queries.models.alignment import Alignment
from queries.models.comparison import Comparison
from queries.models.groups import GroupComparison
from queries.store import Store
from queries.text import many
from tui.pause import Pause
from tui.reader import Answer, Reader
from tui.screens.compare_wanted import Wanted
from widgets.line_text import shorten_end

SLOT = "compare"
PAUSE = 2.0
"""Seconds at least between two readings of sessions that go on."""
_SHARE = 5.0
"""A pause is at least so many times as long as the reading took."""


class CompareReading:
    """Keeps figures, alignment and groups; tells when they are newer."""

    def __init__(
        self,
        wanted: Wanted,
        reader: Reader,
        clock: Callable[[], float],
        row_of: Callable[[str], SessionRow | None],
        stale_after: float,
    ) -> None:
        """Construct without reading.

        Args:
            wanted: what to compare.
            reader: reads it.
            clock: gives the present in epoch seconds.
            row_of: the line of a session as of the newest snapshot.
            stale_after: seconds of silence after which a running session is stale.
        """
        self._wanted = wanted
        self._reader = reader
        self._clock = clock
        self._row_of = row_of
        self._stale_after = stale_after
        self._rows = self._rows_now()
        self._is_behind = False
        self._pause = Pause(clock, PAUSE, _SHARE)
        self._pair_wanted: tuple[int, int] | None = None
        self._curves = self._repeats = False
        self.baseline = 0
        self.error = ""
        """One sentence where it could not be read."""
        self.comparison: Comparison | None = None
        self.alignment: Alignment | None = None
        self.groups: GroupComparison | None = None

    @property
    def wanted(self) -> Wanted:
        """What is compared."""
        return self._wanted

    @property
    def is_reading(self) -> bool:
        """Whether an answer is being waited for."""
        return self._pause.is_reading

    @property
    def is_live(self) -> bool:
        """Whether one of the sessions still runs, as far as is known."""
        return self.comparison is not None and any(
            run.row.session.status is SessionStatus.RUNNING for run in self.comparison.runs
        )

    @property
    def is_complete(self) -> bool:
        """Whether everything that was wanted so far is there."""
        return self.comparison is not None and all(
            (run.curve is not None or not self._curves)
            and (Relation.FOLLOWS_ONCE in run.interactions or not self._repeats)
            for run in self.comparison.runs
        )

    # -- asking -----------------------------------------------------------------------------

    def read(self, pair: tuple[int, int] | None) -> None:
        """Read everything (again).

        Args:
            pair: the two sessions to align, by index; None aligns none.
        """
        ids, baseline, groups = self._wanted.ids, self.baseline, self._wanted.groups
        labels = self._wanted.labels
        clock, stale_after = self._clock, self._stale_after
        curves, repeats = self._curves, self._repeats
        with_column = frozenset(ids)
        others = [name for name in self._wanted.all_ids if name not in with_column]

        def work(store: Store) -> Iterator[object]:
            runs = read_runs(
                store, ids, now=clock(), stale_after=stale_after, curves=curves, repeats=repeats
            )
            yield compare(runs, baseline)
            if groups:
                # Those without a column are asked for figures only.
                more = read_runs(
                    store, others, now=clock(), stale_after=stale_after, matrices=False
                )
                by_id = {run.id: run for run in (*runs, *more)}
                a, b = ([by_id[name] for name in groups[letter]] for letter in "AB")
                yield compare_groups(
                    a, b, _label(a, labels.get("A", "")), _label(b, labels.get("B", ""))
                )
            if pair is not None:
                yield align_sessions(store, ids[pair[0]], ids[pair[1]])
            yield None

        self._is_behind = False
        self._rows = self._rows_now()
        self._pair_wanted = pair
        self._ask(work)

    def want(
        self, pair: tuple[int, int] | None, *, curves: bool = False, repeats: bool = False
    ) -> None:
        """From now on read what costs more than all the rest, as it is looked at.

        Args:
            pair: see :meth:`read`.
            curves: what came together over time.
            repeats: which texts only repeat the one before.
        """
        more = (curves and not self._curves) or (repeats and not self._repeats)
        self._curves |= curves
        self._repeats |= repeats
        if more:
            self.read(pair)

    def rebase(self, baseline: int, pair: tuple[int, int] | None) -> None:
        """Compare with another session, from the figures that are known."""
        self.baseline = baseline
        if self.comparison is None or self.is_reading:
            self.read(pair)
            return
        self._pair_wanted = pair
        runs = self.comparison.runs

        def work(store: Store) -> Iterator[object]:
            del store
            yield compare(runs, baseline)
            yield None

        self._ask(work)

    def align(self, pair: tuple[int, int]) -> None:
        """Align another pair of sessions, unless that is what is known or being made."""
        a, b = (self._wanted.ids[index] for index in pair)
        known = self.alignment
        if known is not None and (known.a_id, known.b_id) == (a, b):
            return
        if self.is_reading:
            self._pair_wanted = pair
            return
        self.alignment = None

        def work(store: Store) -> Iterator[object]:
            yield align_sessions(store, a, b)
            yield None

        self._pair_wanted = pair
        self._ask(work)

    def _ask(self, work: Callable[[Store], Iterator[object]]) -> None:
        # Before the request: a reader without a thread answers at once.
        self._pause.begin()
        self._reader.request(SLOT, work)

    # -- news -------------------------------------------------------------------------------

    def take_answer(self, answer: Answer) -> None:
        """Keep what was read."""
        value = answer.value
        if isinstance(value, Comparison):
            self.comparison = value
            self.error = ""
        elif isinstance(value, GroupComparison):
            self.groups = value
        elif isinstance(value, Alignment):
            self.alignment = value
        else:
            self._finished(answer)

    def _finished(self, answer: Answer) -> None:
        self._pause.end()
        if answer.error:
            self.error = answer.error
            self._is_behind = answer.retry
            return
        pair = self._pair_wanted
        if pair is not None and self.comparison is not None:
            self.align(pair)

    def take(self, snapshot: Snapshot) -> None:
        """Remember whether a compared session has changed."""
        if snapshot.state is not StoreState.LIVE:
            return
        ids = frozenset(self._wanted.all_ids)
        events = (*snapshot.arrived, *snapshot.updated)
        self._is_behind |= snapshot.arrived_cut or any(event.session_id in ids for event in events)
        self._is_behind |= self._rows_now() != self._rows

    def is_due(self) -> bool:
        """Whether it is time to read again."""
        return self._is_behind and self._pause.is_over()

    def _rows_now(self) -> tuple[SessionRow | None, ...]:
        return tuple(self._row_of(session_id) for session_id in self._wanted.all_ids)


def _label(runs: Sequence[object], made_with: str) -> str:
    number = many(len(runs), "session")
    return f"{shorten_end(made_with, 30)}, {number}" if made_with else number
