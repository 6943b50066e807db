from __future__ import annotations

from datetime import UTC

import pytest

from queries.models import EventKind, EventState
from queries.models.timeline import TimelineEntry
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from tests.widgets.timelines import event
from widgets.entry_list import EntryList, EntryRows
from widgets.glyphs import ASCII

SAID = event(1, 0, kind=EventKind.MESSAGE, summary="We need the vault plans.")
AGAIN = tuple(
    event(seq, seq, kind=EventKind.MESSAGE, summary="We need the vault plans.") for seq in (2, 3)
)
CALL = event(4, 10, 0.5, tool="Bash", summary="make", state=EventState.ERROR, tokens=1200)
OPEN = event(5, 12, tool="Edit", state=EventState.RUNNING)
ENTRIES = (TimelineEntry(SAID, AGAIN), TimelineEntry(CALL), TimelineEntry(OPEN))


def pane(**options: object) -> EntryList:
    return EntryList(zone=UTC, **options)  # type: ignore[arg-type]  # options of the view


async def test_repeats_are_one_line_with_their_number() -> None:
    view = pane()
    async with on_stage(view, (80, 6)) as stage:
        view.show_entries(EntryRows(ENTRIES))
        await stage.settle()
        lines = [" ".join(line.split()) for line in stage.lines()]
        assert lines[1] == "22:13:20 planner ◇ We need the vault plans. ▸3"
        assert lines[2] == "22:13:30 planner ✗ Bash make 0.5s 1.2k"
        assert lines[3].startswith("22:13:32 planner ● Edit")
        assert view.covers() == "1-3 of 3 · 2 repeats folded"
        assert view.line_text(0).endswith("· 3 times in a row")
        view.show_entries(EntryRows((TimelineEntry(SAID, AGAIN[:1]), TimelineEntry(CALL))))
        assert view.covers() == "1-2 of 2 · 1 repeat folded"


async def test_repeats_are_opened_and_folded() -> None:
    view = pane()
    async with on_stage(view, (80, 8)) as stage:
        view.show_entries(EntryRows(ENTRIES))
        view.move_top()
        view.move_right()
        view.move_left()
        await stage.settle()
        assert [said.key for said in stage.said(EntryList.FoldWanted)] == [SAID.key]
        view.show_entries(EntryRows(ENTRIES, frozenset((SAID.key,))))
        await stage.settle()
        assert view.line_count == 5
        assert "▾3" in stage.lines()[1]
        assert "└ We need" in stage.lines()[2]
        assert view.covers() == "1-5 of 5"
        view.move_cursor(2)
        view.move_left()
        assert view.cursor == 0
        view.move_left()
        await stage.settle()
        assert len(stage.said(EntryList.FoldWanted)) == 2
        view.show_entries(EntryRows(ENTRIES, all_open=True))
        assert view.line_count == 5
        view.show_entries(EntryRows(ENTRIES, frozenset((SAID.key,)), all_open=True))
        assert view.line_count == 3


async def test_the_cursor_finds_folded_events_and_stays_at_the_end() -> None:
    view = pane()
    async with on_stage(view, (80, 8)):
        view.show_entries(EntryRows(ENTRIES))
        assert view.cursor == 2
        assert view.go_to(AGAIN[1].key)
        assert view.cursor == 0
        assert not view.go_to((0, 99))
        view.show_entries(EntryRows((*ENTRIES, TimelineEntry(event(9, 20)))))
        assert view.cursor == 0
        view.move_bottom()
        view.show_entries(EntryRows((*ENTRIES, *(TimelineEntry(event(n, n)) for n in (9, 10)))))
        assert view.cursor == 4


async def test_errors_and_opening() -> None:
    view = pane()
    async with on_stage(view, (80, 8)) as stage:
        view.open_current()
        assert not view.next_error(1)
        view.show_entries(EntryRows(ENTRIES))
        assert view.next_error(1)
        view.open_current()
        await stage.settle()
        assert [said.event for said in stage.said(EntryList.Opened)] == [CALL]


async def test_a_call_that_never_ended_says_so() -> None:
    view = pane()
    async with on_stage(view, (80, 8)) as stage:
        view.show_entries(EntryRows(ENTRIES, never_ended=frozenset((OPEN.key,))))
        await stage.settle()
        assert "⊘ Edit" in stage.text()
        assert "never ended" in view.line_text(2)


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_hostile_and_ascii(size: tuple[int, int]) -> None:
    events = [event(n, n, tool=text, agent=text, summary=text) for n, text in enumerate(HOSTILE)]
    view = pane(glyphs=ASCII)
    async with on_stage(view, size) as stage:
        view.show_entries(EntryRows(TimelineEntry(each, (each,)) for each in events))
        await stage.settle()
        stage.assert_exact_widths()
        assert all(line[:-1].isascii() for line in stage.lines())
