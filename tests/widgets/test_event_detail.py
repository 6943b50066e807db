from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from queries.models import Event, EventKind, EventState, EventText, Phase
from tests.widgets.pane_app import HOSTILE, SIZES
from widgets.event_detail import EventDetail, section_texts
from widgets.event_facts import event_facts
from widgets.json_layout import render_text

EVENT = Event(
    0, 7, "evt-7", "session-1", parent_id="evt-1", time=1_700_000_000.0, agent="planner",
    kind=EventKind.TOOL, tool="Bash", summary="make test", state=EventState.OK, duration=2.0,
    model="big", tokens=15_359, cost=0.0123,
)  # fmt: skip
TEXT = EventText(
    0, 7, '{"command": "make test", "timeout": 30}', "error: 2 tests failed",
    (("event_id", "evt-7"), ("context", "line 1\nline 2")),
)  # fmt: skip
BARE = Event(0, 8, "evt-8", "session-1")


class DetailApp(App[None]):
    def __init__(self, detail: EventDetail) -> None:
        super().__init__()
        self.detail = detail

    def compose(self) -> ComposeResult:
        yield self.detail


@asynccontextmanager
async def shown(detail: EventDetail, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Any]:
    async with DetailApp(detail).run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


def section_of(detail: EventDetail) -> str:
    return detail.section


def screen(pilot: Any) -> list[str]:
    lines = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
    assert {cell_len(line) for line in lines} == {pilot.app.size.width}
    return lines


async def test_facts_then_the_text_when_it_arrives() -> None:
    detail = EventDetail(zone=UTC)
    async with shown(detail, (70, 14)) as pilot:
        assert "No event is open." in "\n".join(screen(pilot))
        detail.show_event(EVENT)
        await pilot.pause()
        assert [line.rstrip() for line in screen(pilot)[:7]] == [
            "make test",
            "kind tool   state succeeded   tool Bash   agent planner",
            "time 2023-11-14 22:13:20 UTC   duration 2.0s   model big",
            "tokens 15,359   cost $0.0123   session session-1   event evt-7",
            "parent evt-1   row 0:7",
            "[input] output  raw",
            "reading…",
        ]
        detail.show_text(TEXT)
        await pilot.pause()
        assert screen(pilot)[5].rstrip() == "[input 45 chars] output 21 chars  raw 42 chars"
        assert [line[:69].rstrip() for line in screen(pilot)[6:10]] == [
            "{",
            '  "command": "make test",',
            '  "timeout": 30',
            "}",
        ]


async def test_sections_can_be_cycled() -> None:
    detail = EventDetail()
    async with shown(detail) as pilot:
        detail.show_event(EVENT)
        detail.show_text(TEXT)
        assert section_of(detail) == "input"
        detail.cycle_section(1)
        await pilot.pause()
        assert section_of(detail) == "output"
        assert "error: 2 tests failed" in "\n".join(screen(pilot))
        detail.cycle_section(1)
        assert detail.lines_as_text()[-4:] == [
            "event_id: evt-7",
            "context:",
            "  line 1",
            "  line 2",
        ]
        detail.cycle_section(1)
        assert section_of(detail) == "input"
        detail.cycle_section(-1)
        assert section_of(detail) == "raw"
        assert detail.covers() == "raw · 1-4 of 4 lines"


async def test_what_failed_is_opened_at_its_output() -> None:
    failed = replace(EVENT, state=EventState.ERROR)
    detail = EventDetail()
    async with shown(detail) as pilot:
        detail.show_event(failed)
        detail.show_text(TEXT)
        await pilot.pause()
        assert section_of(detail) == "output"
        assert "error: 2 tests failed" in "\n".join(screen(pilot))
        detail.show_event(replace(failed, seq=8))
        detail.show_text(replace(TEXT, seq=8, output=None))
        assert section_of(detail) == "input"
        # What fails while it is read stays where it is.
        detail.show_event(replace(EVENT, seq=9, state=EventState.RUNNING))
        detail.show_text(replace(TEXT, seq=9, output=None))
        detail.show_event(replace(failed, seq=9))
        detail.show_text(replace(TEXT, seq=9))
        assert section_of(detail) == "input"


async def test_the_first_section_with_text_is_shown_until_the_user_chooses() -> None:
    detail = EventDetail()
    async with shown(detail) as pilot:
        detail.show_event(EVENT)
        detail.show_text(replace(TEXT, input=None))
        assert section_of(detail) == "output"
        detail.show_section("input")
        await pilot.pause()
        assert "No input recorded." in "\n".join(screen(pilot))
        detail.show_event(replace(EVENT, seq=9))
        detail.show_text(replace(TEXT, seq=9, input=None))
        assert section_of(detail) == "input"


async def test_text_of_another_event_is_ignored_and_of_its_end_row_is_not() -> None:
    detail = EventDetail()
    async with shown(detail):
        detail.show_event(replace(EVENT, end_key=(0, 12)))
        detail.show_text(replace(TEXT, seq=8))
        assert detail.view.empty_text == "reading…"
        detail.show_text(replace(TEXT, seq=12))
        assert detail.view.text_line_count == 4


async def test_news_about_the_event_keep_the_place_in_its_text() -> None:
    detail = EventDetail()
    async with shown(detail) as pilot:
        detail.show_event(replace(EVENT, state=EventState.RUNNING))
        detail.show_text(TEXT)
        detail.move_cursor(2)
        detail.show_event(EVENT)
        await pilot.pause()
        assert "state succeeded" in "\n".join(screen(pilot))
        assert detail.text_under_cursor() == '  "timeout": 30'


async def test_a_cut_text_says_so() -> None:
    detail = EventDetail()
    async with shown(detail) as pilot:
        detail.show_event(EVENT)
        detail.show_text(replace(TEXT, cut=True))
        await pilot.pause()
        assert "cut: only the beginning was read" in "\n".join(screen(pilot))
        await pilot.resize_terminal(30, 20)
        await pilot.pause()
        assert "[input] output  raw       cut " in screen(pilot)
        detail.show_event(BARE)
        await pilot.pause()
        assert "cut" not in "\n".join(screen(pilot))


async def test_commands_reach_the_text() -> None:
    detail = EventDetail()
    async with shown(detail, (60, 12)) as pilot:
        detail.show_event(EVENT)
        detail.show_text(replace(TEXT, input="\n".join(f"line {n}" for n in range(100))))
        assert detail.find("line 5") == 11
        assert detail.text_under_cursor() == "line 5"
        assert detail.find_next(1)
        assert detail.text_under_cursor() == "line 50"
        assert detail.find_next(-1)
        detail.move_bottom()
        assert detail.text_under_cursor() == "line 99"
        detail.move_top()
        detail.move_page(1)
        detail.move_half_page(-1)
        assert 0 < detail.view.cursor < 10
        detail.toggle_wrap()
        detail.move_right()
        await pilot.pause()
        assert not any("line" in line for line in screen(pilot)[6:])
        detail.move_left()
        await pilot.pause()
        assert any("line" in line for line in screen(pilot)[6:])
        assert detail.needle == "line 5"


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_is_drawn_in_exact_widths(size: tuple[int, int]) -> None:
    detail = EventDetail()
    async with shown(detail, size) as pilot:
        screen(pilot)
        detail.show_event(replace(EVENT, summary="日本語の要約🚀" * 20, agent="エージェント"))
        detail.show_text(replace(TEXT, input='{"キー": "' + "値" * 300 + '"}', cut=True))
        await pilot.pause()
        screen(pilot)


async def test_markup_in_data_stays_text() -> None:
    detail = EventDetail()
    async with shown(detail, (100, 40)) as pilot:
        for text in HOSTILE:
            detail.show_event(replace(EVENT, seq=1, summary=text, agent=text, model=text))
            detail.show_event(replace(EVENT, summary=text, agent=text))
            detail.show_text(replace(TEXT, input=text))
            await pilot.pause()
            assert "\n".join(screen(pilot)).count(text) == 3


def test_only_known_facts_are_told() -> None:
    labels = [label for label, _ in event_facts(BARE)]
    assert labels == ["kind", "state", "session", "event", "row"]
    assert dict(event_facts(BARE))["state"] == "outcome unknown"
    assert dict(event_facts(BARE, never_ended=True))["state"] == "never ended"
    halves = replace(BARE, phase=Phase.START, end_key=(1, 9), time=1e300)
    assert dict(event_facts(halves))["this row"] == "start of a call"
    assert dict(event_facts(halves))["ended in row"] == "1:9"
    assert "time" not in dict(event_facts(halves))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON.filter(lambda value: isinstance(value, dict | list)))
def test_json_is_laid_out_as_usual_and_unchanged(value: object) -> None:
    expected = json.dumps(value, indent=2)
    assert render_text(json.dumps(value)) == expected
    assert render_text(json.dumps(value, separators=(",", ":"))) == expected


def test_json_values_keep_every_character() -> None:
    text = '{"a":1.10,"a":1e400,"b":"\\u202e\\u001b","n":' + "9" * 5000 + "}"
    shown = render_text(text)
    assert re.sub(r"\s", "", shown) == text
    assert shown.count('"a": ') == 2


@pytest.mark.parametrize(
    "text", ["", "plain {text}", "{broken", "[1,]", '{"cut": "off…', "12", "[" * 5000 + "]" * 5000]
)
def test_what_is_no_json_stays_as_it_is(text: str) -> None:
    assert render_text(text) == text


def test_huge_or_deep_json_does_not_grow_without_end() -> None:
    huge = "[" + "1," * 1_000_001 + "1]"
    assert render_text(huge) == huge
    deep = "[" * 500 + "1," * 20_000 + "1" + "]" * 500
    assert len(render_text(deep)) < 60 * len(deep)


def test_texts_can_be_laid_out_beforehand() -> None:
    assert section_texts(TEXT) == {
        "input": '{\n  "command": "make test",\n  "timeout": 30\n}',
        "output": "error: 2 tests failed",
        "raw": "event_id: evt-7\ncontext:\n  line 1\n  line 2",
    }


async def test_large_texts_are_not_laid_out_while_the_user_waits() -> None:
    detail = EventDetail()
    async with shown(detail):
        large = json.dumps(["x" * 50] * 3000)
        detail.show_event(EVENT)
        detail.show_text(replace(TEXT, input=large))
        assert detail.view.text == large
        detail.show_text(replace(TEXT, input=large), section_texts(replace(TEXT, input=large)))
        assert detail.view.text_line_count == 3002
