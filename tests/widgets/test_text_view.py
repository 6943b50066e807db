from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from queries.text import clean_lines
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.json_lexer import json_parts
from widgets.text_search import TextSearch, fold
from widgets.text_view import TextView
from widgets.wrapped_text import WrappedText

TEXTS = st.lists(st.sampled_from([*"ab \n日🚀é—", "q\u0304\u0331"]), max_size=80).map("".join)


def rows(content: WrappedText) -> list[str]:
    found = []
    for row in range(content.row_count):
        line, start, end = content.locate(row)
        found.append(content.lines[line][start:end])
    return found


def measure_all(view: TextView) -> None:
    """Find all rows now instead of bit by bit."""
    view._content.measure()
    view.set_line_count(view._content.row_count)


def numbered(count: int) -> str:
    return "\n".join(f"line {number}" for number in range(count))


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(1, 12))
def test_rows_hold_all_text_and_fit(text: str, width: int) -> None:
    content = WrappedText(text, width)
    assert content.measure()
    cut = rows(content)
    assert "".join(cut) == text.replace("\n", "")
    assert all(cell_len(row) <= max(2, width) for row in cut)
    for row in range(content.row_count):
        line, start, end = content.locate(row)
        assert content.row_of(line, start) == row
        if end > start:
            assert content.row_of(line, end - 1) == row
        position = content.position(line, start)
        if text[position : position + 1] not in ("", "\n"):
            assert content.line_at(position) == (line, start)
    # No row could have taken the first character of the next one of its line.
    for row in range(content.row_count - 1):
        line, _, end = content.locate(row)
        if content.locate(row + 1)[0] == line and width > 1:
            assert cell_len(cut[row] + content.lines[line][end]) > width


def test_measuring_goes_on_where_it_stopped() -> None:
    text = "日" * 100_000 + "\n" + numbered(20_000)
    whole, bit_by_bit = WrappedText(text, 7), WrappedText(text, 7)
    whole.measure()
    ticks = iter(range(10**9))
    counts = [0]
    while not bit_by_bit.measure(0.5, clock=lambda: float(next(ticks))):
        counts.append(bit_by_bit.row_count)
    assert counts == sorted(counts)
    assert len(counts) > 10
    assert rows(bit_by_bit) == rows(whole)


def test_without_wrapping_each_line_is_one_row() -> None:
    content = WrappedText("a" * 50 + "\n\n日日", 5, wrap=False)
    content.measure()
    assert rows(content) == ["a" * 50, "", "日日"]
    assert content.row_of(0, 40) == 0


async def test_text_is_wrapped_to_the_width() -> None:
    view = TextView()
    async with on_stage(view, (11, 6)) as stage:
        view.set_text("0123456789abcdef\n\n日本語日本語")
        await stage.settle()
        assert [line[:10].rstrip() for line in stage.lines()] == [
            "0123456789", "abcdef", "", "日本語日本", "語", "",
        ]  # fmt: skip
        assert view.covers() == "1-3 of 3 lines"
        assert view.text_line_count == 3
        view.move_to(1)
        assert view.text_under_cursor() == "0123456789abcdef"


async def test_wrapping_can_be_turned_off_and_text_moved_sideways() -> None:
    view = TextView()
    async with on_stage(view, (11, 4)) as stage:
        view.set_text("0123456789abcdef\nx")
        view.toggle_wrap()
        await stage.settle()
        assert view.line_count == 2
        assert stage.lines()[0][:10] == "0123456789"
        view.move_right()
        await stage.settle()
        assert stage.lines()[0][:10].rstrip() == "abcdef"
        view.move_left()
        view.move_left()
        await stage.settle()
        assert stage.lines()[0][:10] == "0123456789"
        view.toggle_wrap()
        assert view.line_count == 3


async def test_another_width_keeps_the_place_in_the_text() -> None:
    view = TextView()
    async with on_stage(view, (41, 10)) as stage:
        view.set_text("\n".join(f"{number:04} " + "x" * 60 for number in range(300)))
        measure_all(view)
        view.move_to(400)
        await stage.settle()
        assert view.text_under_cursor().startswith("0200 ")
        await stage.pilot.resize_terminal(21, 10)
        await stage.settle()
        assert view.text_under_cursor().startswith("0200 ")
        assert any(line.startswith("0200 ") for line in stage.lines())


async def test_search_goes_through_all_matches_and_round() -> None:
    view = TextView()
    async with on_stage(view, (21, 6)) as stage:
        view.set_text("\n".join(["none"] * 50 + ["A Needle"] + ["none"] * 50 + ["NEEDLE needle"]))
        assert view.find("needle") == 2
        assert view.cursor == 50
        assert view.find_next(1)
        assert view.cursor == 101
        assert view.find_next(1)
        assert view.cursor == 50
        assert view.find_next(-1)
        assert view.cursor == 101
        assert view.find_next(-1)
        assert view.cursor == 50
        assert view.find("nothing") == 0
        assert not view.find_next(1)
        await stage.settle()


async def test_a_match_over_two_rows_is_highlighted_on_both() -> None:
    view = TextView()
    async with on_stage(view, (11, 4)) as stage:
        view.set_text("01234567needle")
        assert view.find("NEEDLE") == 1
        await stage.settle()
        match = view.role("match")
        marked = [
            "".join(each.text for each in view.line_segments(row, 10, False) if each.style == match)
            for row in range(2)
        ]
        assert marked == ["ne", "edle"]
        assert stage.lines()[0].startswith("01234567ne")


async def test_search_without_wrapping_shows_the_match() -> None:
    view = TextView(wrap=False)
    async with on_stage(view, (21, 4)) as stage:
        view.set_text("x" * 500 + "needle" + "x" * 500)
        assert view.find("needle") == 1
        await stage.settle()
        assert "needle" in stage.lines()[0]


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["a", "B", "日", "ab", "—A"]), st.integers(0, 80))
def test_search_equals_looking_everywhere(text: str, needle: str, position: int) -> None:
    search = TextSearch(text)
    lower = needle.lower()
    places = [at for at in range(len(text)) if text.startswith(lower, at)]
    assert search.count_lines(needle) == sum(lower in line for line in text.split("\n"))
    behind = [at for at in places if at >= position] or places
    assert search.find(needle, position, 1) == (behind[0] if behind else None)
    in_front = [at for at in places if at < position] or places
    assert search.find(needle, position, -1) == (in_front[-1] if in_front else None)


def test_searching_up_finds_a_match_that_reaches_beyond_the_place() -> None:
    assert TextSearch("ab xab").find("ab", 5, -1) == 4
    assert TextSearch("ab xab").find("ab", 4, -1) == 0


def test_folding_keeps_places() -> None:
    assert fold("İX") == "İx"


async def test_json_has_colours() -> None:
    view = TextView()
    async with on_stage(view, (41, 6)) as stage:
        view.set_text('{"key": "text", "n": -1.5e3, "b": true}', json=True)
        await stage.settle()
        styles = {each.text: each.style for each in view.line_segments(0, 40, False)}
        assert styles['"key"'] == view.role("accent")
        assert styles['"text"'] == view.role("ok")
        assert styles["-1.5e3"] == view.role("warning")
        assert styles["true"] == view.role("running")


@given(st.text(max_size=60))
def test_any_text_can_be_lexed(line: str) -> None:
    ends = 0
    for start, end, _ in json_parts(line):
        assert ends <= start < end <= len(line)
        ends = end


async def test_a_huge_text_opens_at_once_and_grows() -> None:
    text = numbered(200_000) + "\n" + "日" * 100_000
    view = TextView()
    async with on_stage(view, (81, 24)) as stage:
        view.set_text(text)
        assert view.line_count < 100_000
        await stage.settle()
        assert "line 0" in stage.lines()[0]
        view.move_bottom()
        # Bit by bit, with pauses: how often there is time to look depends on the machine.
        for _ in range(50_000):
            if view.line_count == 200_000 + 2500:
                break
            await stage.settle()
        assert view.line_count == 200_000 + 2500
        assert view.cursor == view.line_count - 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("wrap", [True, False])
async def test_every_size_is_drawn_in_exact_widths(size: tuple[int, int], wrap: bool) -> None:
    view = TextView(wrap=wrap)
    async with on_stage(view, size) as stage:
        stage.assert_exact_widths()
        document = {"キー": ["値" * 40, "🚀" * 40], "plain": "x" * 300}
        view.set_text(json.dumps(document, ensure_ascii=False, indent=1), json=True)
        await stage.settle()
        stage.assert_exact_widths()
        view.find("値値")
        view.move_right()
        await stage.settle()
        stage.assert_exact_widths()
        await stage.pilot.resize_terminal(33, 7)
        await stage.settle()
        stage.assert_exact_widths()


async def test_text_before_the_first_layout_is_shown() -> None:
    view = TextView()
    view.set_text("early")
    async with on_stage(view, (2, 5)) as stage:
        assert [line[0] for line in stage.lines()] == list("early")


async def test_markup_in_text_stays_text() -> None:
    view = TextView()
    async with on_stage(view) as stage:
        view.set_text(clean_lines("\n".join(HOSTILE)))
        await stage.settle()
        assert all(text in stage.text() for text in HOSTILE)


async def test_the_same_text_again_repaints_only_for_the_cursor() -> None:
    view = TextView()
    async with on_stage(view, (21, 6)) as stage:
        view.set_text(numbered(100))
        measure_all(view)
        await stage.settle()
        with stage.repaints() as drawn:
            view.move_cursor(1)
            await stage.settle()
        assert sorted(drawn) == [0, 1]
