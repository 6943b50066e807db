from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from widgets.cells import GAP, Column, fit, layout, shared, shortened


def test_fit_cuts_and_pads() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("ab", 4) == "ab  "
    assert fit("ab", 4, "right") == "  ab"
    assert fit("abc", 0) == ""
    assert fit("abc", 1) == "…"
    assert fit("abcdef", 4, ellipsis="~") == "abc~"


def test_fit_counts_wide_characters_as_two_cells() -> None:
    assert fit("日本語", 6) == "日本語"
    assert fit("日本語", 5) == "日本…"
    assert fit("日本語", 4) == "日… "
    assert fit("🙂🙂", 3) == "🙂…"


@given(st.text(st.characters(exclude_categories=("C", "M", "Z"))), st.integers(0, 30))
def test_fit_has_exactly_the_width(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, "right")) == width


@given(
    st.lists(st.sampled_from(["a", "日", "q\u0304", "ท\u0e35\u0e48", "क\u093f"])).map("".join),
    st.integers(0, 12),
)
def test_fit_takes_marks_for_what_they_are(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    if cell_len(text) <= width:
        assert fit(text, width).rstrip() == text


def test_shortened_names_stay_different() -> None:
    names = ("planner", "code-reviewer-frontend", "code-reviewer-backend", "x")
    short = shortened(names, 9)
    assert short[0] == "planner"
    assert short[3] == "x"
    assert len(set(short)) == 4
    assert all(cell_len(name) <= 9 for name in short)


def test_shortened_names_with_equal_ends_get_numbers() -> None:
    short = shortened(("aaaaaaaaaaaaXaaaaaaaaaaaa", "aaaaaaaaaaaaYaaaaaaaaaaaa"), 6)
    assert len(set(short)) == 2
    assert all(cell_len(name) <= 6 for name in short)


def test_shortened_survives_no_room() -> None:
    for width in range(5):
        assert all(
            cell_len(name) <= width for name in shortened(("alpha", "alphb", "日本語日本語"), width)
        )


COLUMNS = (
    Column("sign", "", 1, priority=9),
    Column("title", "title", 10, 5, priority=10, flexible=True),
    Column("count", "count", 6, 4, "right", priority=5),
    Column("extra", "extra", 8, priority=1),
)


def placed(width: int) -> dict[str, int]:
    return {place.column.name: place.width for place in layout(COLUMNS, width)}


def test_layout_leaves_out_the_least_important_first() -> None:
    assert placed(60) == {"sign": 1, "title": 42, "count": 6, "extra": 8}
    assert placed(20) == {"sign": 1, "title": 11, "count": 6}
    assert list(placed(12)) == ["sign", "title", "count"]
    assert list(placed(11)) == ["sign", "title"]
    assert placed(3) == {"title": 3}
    assert placed(0) == {}


def test_layout_never_exceeds_the_width() -> None:
    for width in range(1, 120):
        widths = placed(width)
        assert sum(widths.values()) + GAP * (len(widths) - 1) <= width
        assert "title" in widths


def test_layout_gives_the_rest_to_the_flexible_column() -> None:
    widths = placed(200)
    assert sum(widths.values()) + GAP * 3 == 200


def test_a_column_is_left_out_where_the_flexible_one_would_get_too_little() -> None:
    columns = (
        Column("title", "title", 24, 10, priority=9, flexible=True),
        Column("calls", "calls", 5, 5, priority=1, leaves=18),
    )
    assert [place.column.name for place in layout(columns, 23)] == ["title"]
    assert [(place.column.name, place.width) for place in layout(columns, 24)] == [
        ("title", 18),
        ("calls", 5),
    ]


def test_columns_share_their_room_by_need() -> None:
    columns = (
        Column("who", "who", 10, 4, priority=100),
        Column("took", "took", 4, 4, "right", priority=90),
        Column("task", "task", 10, 4, priority=80, flexible=True),
    )
    placed = layout(columns, 30)

    def widths(**needs: int) -> list[int]:
        given = shared(placed, needs)
        assert sum(place.width for place in given) == sum(place.width for place in placed)
        return [place.width for place in given]

    assert widths() == [10, 4, 14]
    # Who needs more takes what the other has too much, and no more than that.
    assert widths(who=15, task=6) == [15, 4, 9]
    assert widths(who=30, task=6) == [18, 4, 6]
    # The important one has what the other has above its wanted width.
    assert widths(who=12, task=30) == [12, 4, 12]
    assert widths(who=30, task=30) == [14, 4, 10]
    # The rest is the flexible one's, and nobody goes below the least that makes sense.
    assert widths(who=6, task=6) == [6, 4, 18]
    assert widths(who=1, task=1) == [4, 4, 20]
    # Where the flexible one does not share, all stays as it is.
    assert widths(who=6) == [10, 4, 14]
