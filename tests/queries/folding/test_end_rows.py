"""End rows that run or change in place: counted as if they had always been what they are."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from queries.fold import Fold
from queries.folding.batch import Batch
from queries.folding.pairing import Pairing, paired
from queries.models import Event, EventKind, EventState, Phase
from queries.tools import tool_statistics
from tests.queries.events import SESSIONS, call, event, sequences
from tests.queries.test_fold import figures, folded

D = EventKind.DELEGATION


def running_ends(rows: list[Event], chosen: int) -> list[Event]:
    """Some end rows say that they run."""
    return [
        replace(row, state=EventState.RUNNING)
        if row.phase is Phase.END and chosen >> number % 8 & 1
        else row
        for number, row in enumerate(rows)
    ]


@given(sequences(), st.integers(0, 255), st.integers(0, 25))
def test_an_end_row_that_says_it_runs_does_so_everywhere(
    plain: list[Event], chosen: int, cut: int
) -> None:
    rows = running_ends(plain, chosen)
    events = [each for each in paired(rows) if each.is_call and each.state is EventState.RUNNING]
    singly, backward = Fold(messages_only=False), Fold(messages_only=False)
    for row in rows:
        singly.add(row)
    for part in (rows[cut:], rows[:cut]):
        if part:
            backward.prepend_batch(Batch.of(part))
    for fold in (folded(rows), singly, backward):
        for name in SESSIONS:
            own = [each for each in events if each.session_id == name]
            may_end = [each for each in own if not has_moved_on(each, rows)]
            assert fold.totals_running(name, alive=True) == len(may_end)
            assert fold.totals_running(name, alive=False) == 0
        assert sum(tool.running for tool in tool_statistics(fold, lambda _: False)) == 0
        listed = sum(tool.running for tool in tool_statistics(fold, lambda _: True))
        assert listed == sum(fold.totals_running(name, alive=True) for name in SESSIONS)


def has_moved_on(each: Event, rows: list[Event]) -> bool:
    """Whether an event is a start before a later prompt of its session."""
    prompts = [
        row.seq for row in rows
        if row.kind is EventKind.PROMPT and row.session_id == each.session_id
    ]  # fmt: skip
    return each.phase is Phase.START and max(prompts, default=0) > each.seq


@given(
    sequences(),
    st.integers(0, 255),
    st.integers(0, 25),
    st.integers(0, 25),
    st.sampled_from(tuple(EventState)),
)
def test_an_end_row_that_changes_counts_as_it_is_now_or_is_said_not_to(
    plain: list[Event], chosen: int, number: int, cut: int, state: EventState
) -> None:
    rows = running_ends(plain, chosen)
    ends = [at for at, row in enumerate(rows) if row.phase is Phase.END]
    if not ends:
        return
    at = ends[number % len(ends)]
    changed = replace(rows[at], state=state, tokens=7, target_agent="tester")
    fold = folded(rows[cut:])
    fold.prepend(folded(rows[:cut]))
    if fold.update(rows[at], changed):
        now, fresh = figures(fold), figures(folded([*rows[:at], changed, *rows[at + 1 :]]))
        if rows[at].kind is not D and rows[at].state is not EventState.RUNNING:
            # When a call began whose end was known before is not at hand any more.
            assert now.pop("slots")
            assert fresh.pop("slots")
        assert now == fresh


TASK = event(1, kind=D, call_key="e1", target_agent="a", state=EventState.RUNNING)
END = event(2, kind=D, call_key="e1", phase=Phase.END, state=EventState.UNKNOWN)


def test_an_end_row_of_a_delegation_changes_the_delegation() -> None:
    failed = replace(END, state=EventState.ERROR, target_agent="b")
    fold = folded([TASK, END])
    assert fold.update(END, failed)
    assert figures(fold) == figures(folded([TASK, failed]))
    assert fold.delegations() == {("planner", "b"): 1}
    # What comes later finds it as it is now.
    last = event(3, kind=D, call_key="e1", phase=Phase.END)
    fold.add(last)
    assert figures(fold) == figures(folded([TASK, failed, last]))


def test_an_end_row_of_a_delegation_without_its_own_row_changes_the_call() -> None:
    start = event(1, kind=D, call_key="k", phase=Phase.START, state=EventState.RUNNING)
    end = replace(END, call_key="k")
    failed = replace(end, state=EventState.ERROR)
    fold = folded([start, end])
    assert fold.update(end, failed)
    assert figures(fold) == figures(folded([start, failed]))


def test_of_an_end_row_whose_start_is_not_at_hand_nothing_is_guessed() -> None:
    start, end = call(1, Phase.START), call(2, Phase.END, tool=None, call_key="k")
    fold = folded([replace(start, call_key="k"), end])
    assert not fold.update(end, replace(end, state=EventState.ERROR))


def test_a_call_whose_end_row_ran_takes_as_long_as_both_rows_say() -> None:
    start, end = call(1, Phase.START), call(9, Phase.END, state=EventState.RUNNING)
    fold = folded([start, end])
    done = replace(end, state=EventState.OK)
    assert fold.update(end, done)
    assert figures(fold) == figures(folded([start, done]))
    assert tool_statistics(fold, lambda _: True)[0].average == 8.0


def test_pairing_tells_a_delegation_by_an_end_row_that_changes() -> None:
    pairing = Pairing()
    pairing.add(TASK)
    pairing.add(END)
    now = pairing.update(replace(END, state=EventState.ERROR))
    assert (now.key, now.state) == (TASK.key, EventState.ERROR)
