from __future__ import annotations

from typing import Any

import pytest
from rich.segment import Segment
from textual import events

from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.glyphs import ASCII
from widgets.pane import Pane


class Lines(Pane):
    """Shows a list of texts."""

    texts: list[str]
    header = 0

    def fill(self, texts: list[str]) -> None:
        self.texts = texts
        self.set_line_count(len(texts))

    @property
    def header_height(self) -> int:
        return self.header

    def header_segments(self, y: int, width: int) -> list[Segment]:
        return [Segment(f"HEAD {y}", self.role("header"))]

    def line_text(self, index: int) -> str:
        return self.texts[index]

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        return [Segment(self.texts[index], self.role())]


def numbered(count: int) -> list[str]:
    return [f"line {number}" for number in range(count)]


async def test_moving_the_cursor_repaints_two_lines() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(100))
        await stage.settle()
        with stage.repaints() as drawn:
            pane.move_cursor(1)
            await stage.settle()
        assert sorted(drawn) == [0, 1]
        assert [message.index for message in stage.said(Pane.CursorMoved)] == [1]


async def test_lines_below_the_window_repaint_nothing() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(100))
        await stage.settle()
        with stage.repaints() as drawn:
            pane.fill(numbered(5000))
            await stage.settle()
        assert drawn == []
        assert pane.covers() == "1-10 of 5,000"


async def test_growing_does_not_lay_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        await stage.settle()
        layouts: list[int] = []
        refresh = stage.app.screen._refresh_layout

        def counting(*arguments: Any, **options: Any) -> None:
            layouts.append(pane.line_count)
            refresh(*arguments, **options)

        monkeypatch.setattr(stage.app.screen, "_refresh_layout", counting)
        for count in (1, 9, 10, 11, 500, 3):
            pane.fill(numbered(count))
            await stage.settle()
        assert layouts == []
        pane.refresh(layout=True)
        await stage.settle()
        assert layouts == [3]


async def test_pages_ends_and_the_window() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(100))
        pane.move_bottom()
        assert (pane.cursor, pane.top) == (99, 90)
        pane.move_page(-1)
        assert (pane.cursor, pane.top) == (90, 81)
        pane.move_half_page(-1)
        assert (pane.cursor, pane.top) == (85, 76)
        pane.move_top()
        assert (pane.cursor, pane.top) == (0, 0)
        pane.move_page(-1)
        assert (pane.cursor, pane.top) == (0, 0)
        pane.move_cursor(10)
        assert (pane.cursor, pane.top) == (10, 1)
        await stage.settle()
        assert stage.lines()[9].startswith("line 10")


async def test_registry_actions_move() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(100))
        await pane.run_action("cursor_down")
        await pane.run_action("page_down")
        assert pane.cursor == 10
        await pane.run_action("half_page_up")
        await pane.run_action("cursor_up")
        assert pane.cursor == 4
        await pane.run_action("cursor_bottom")
        assert pane.cursor == 99
        await pane.run_action("cursor_top")
        assert pane.cursor == 0
        await stage.settle()


async def test_no_widget_binds_keys() -> None:
    pane = Lines()
    async with on_stage(pane) as stage:
        pane.fill(numbered(100))
        await stage.pilot.press("down", "pagedown", "end")
        assert (pane.cursor, pane.top) == (0, 0)


async def test_header_stays_while_lines_scroll() -> None:
    pane = Lines()
    pane.header = 1
    async with on_stage(pane, (20, 6)) as stage:
        pane.fill(numbered(50))
        pane.move_bottom()
        await stage.settle()
        lines = stage.lines()
        assert lines[0].startswith("HEAD 0")
        assert lines[5].startswith("line 49")
        assert pane.covers() == "46-50 of 50"


async def test_search_counts_moves_and_highlights() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(["alpha", "beta", "ALPHABET", "gamma [/x]", "日alpha日"])
        pane.move_to(1)
        assert pane.find("alpha") == 3
        assert pane.cursor == 2
        assert pane.find_next(1)
        assert pane.cursor == 4
        assert pane.find_next(1)
        assert pane.cursor == 0
        assert pane.find_next(-1)
        assert pane.cursor == 4
        await stage.settle()
        found = [
            segment.text for segment in pane.render_line(4) if segment.style == pane.role("match")
        ]
        assert found == ["alpha"]
        stage.assert_exact_widths()
        assert pane.find("[/x]") == 1
        assert pane.text_under_cursor() == "gamma [/x]"
        assert pane.find("nowhere") == 0
        assert not pane.find_next(1)
        assert pane.find("") == 0
        assert pane.needle == ""
        assert pane.lines_as_text()[0] == "alpha"


async def test_clicks_move_then_open() -> None:
    pane = Lines()
    pane.header = 1
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(100))
        await stage.settle()
        await stage.pilot.click(offset=(3, 0))
        await stage.pilot.click(offset=(3, 4))
        assert pane.cursor == 3
        assert stage.said(Pane.Opened) == []
        await stage.pilot.click(offset=(3, 4))
        await stage.settle()
        assert [message.index for message in stage.said(Pane.Opened)] == [3]


async def test_the_wheel_scrolls_and_tells() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(100))
        await stage.settle()
        before = len(stage.said(Pane.ViewChanged))
        await stage.pilot._post_mouse_events([events.MouseScrollDown], button=0)
        await stage.settle()
        assert pane.top > 0
        assert pane.cursor == 0
        assert len(stage.said(Pane.ViewChanged)) == before + 1
        assert stage.lines()[0].startswith(f"line {pane.top}")


async def test_cursor_is_dimmer_without_focus_but_there() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(3))
        await stage.settle()
        focused = next(iter(pane.render_line(0))).style
        plain = next(iter(pane.render_line(1))).style
        stage.app.set_focus(None)
        await stage.settle()
        blurred = next(iter(pane.render_line(0))).style
        assert focused is not None
        assert blurred is not None
        assert plain is not None
        assert len({focused.bgcolor, blurred.bgcolor, plain.bgcolor}) == 3
        assert blurred.color == plain.color


async def test_a_change_of_theme_redraws() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(3))
        await stage.settle()
        before = next(iter(pane.render_line(1))).style
        stage.app.theme = "textual-light"
        await stage.settle()
        assert next(iter(pane.render_line(1))).style != before


async def test_empty_pane_says_one_sentence() -> None:
    pane = Lines(empty_text="Nothing has happened here so far.")
    async with on_stage(pane, (20, 5)) as stage:
        assert stage.lines()[0].rstrip() == "Nothing has"
        assert stage.lines()[1].rstrip() == "happened here so"
        pane.empty_text = "Quiet."
        await stage.settle()
        assert stage.lines()[0].rstrip() == "Quiet."
        pane.move_cursor(1)
        pane.open_current()
        pane.toggle_mark()
        assert pane.text_under_cursor() == ""
        assert pane.covers() == "0"


async def test_shrinking_keeps_the_cursor_inside() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(100))
        pane.move_bottom()
        pane.fill(numbered(4))
        await stage.settle()
        assert (pane.cursor, pane.top) == (3, 0)
        assert stage.lines()[4].strip() == ""


@pytest.mark.parametrize("size", SIZES)
async def test_any_size(size: tuple[int, int]) -> None:
    pane = Lines()
    pane.header = 1
    async with on_stage(pane, size) as stage:
        pane.fill([*numbered(30), *HOSTILE, "日本語" * 40, "🙂" * 99])
        for step in (1, 40, -7):
            pane.move_cursor(step)
        pane.find("日")
        await stage.settle()
        stage.assert_exact_widths()
        await stage.pilot.resize_terminal(33, 7)
        await stage.settle()
        stage.assert_exact_widths()
        assert "日本語" in stage.text()


async def test_hostile_text_is_text() -> None:
    pane = Lines()
    async with on_stage(pane, (60, 10)) as stage:
        pane.fill(list(HOSTILE))
        await stage.settle()
        for line, text in zip(stage.lines(), HOSTILE, strict=False):
            assert line.startswith(text)


async def test_ascii_pane_draws_ascii() -> None:
    pane = Lines(glyphs=ASCII)
    async with on_stage(pane, (20, 3)) as stage:
        pane.fill(["— cut…"])
        await stage.settle()
        assert stage.lines()[0].startswith("- cut~")


async def test_lines_given_before_it_is_on_screen() -> None:
    pane = Lines()
    pane.fill(numbered(100))
    pane.move_to(50)
    async with on_stage(pane, (20, 10)) as stage:
        assert pane.cursor == 50
        assert any(line.startswith("line 50") for line in stage.lines())


async def test_what_changed_while_hidden_is_seen_afterwards() -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        pane.fill(numbered(100))
        await stage.settle()
        pane.display = False
        await stage.settle()
        pane.fill(["other", *numbered(99)])
        await stage.settle()
        pane.display = True
        await stage.settle()
        assert stage.lines()[0].startswith("other")
        assert stage.lines()[1].startswith("line 0")


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
async def test_cursor_differs_from_other_lines_in_every_theme(theme: str) -> None:
    pane = Lines()
    async with on_stage(pane, (20, 10)) as stage:
        stage.app.theme = theme
        pane.fill(["same", "same"])
        for focused in (True, False):
            if not focused:
                stage.app.set_focus(None)
            await stage.settle()
            styles = [next(iter(pane.render_line(y))).style for y in (0, 1)]
            assert styles[0] != styles[1]
