from __future__ import annotations

from random import Random
from typing import ClassVar

from tests.widgets.pane_app import on_stage
from widgets.cells import Column
from widgets.line_table import LineTable
from widgets.pane import Pane
from widgets.table_text import Cell

Item = tuple[str, int]


class Items(LineTable[Item]):
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("key", "key", 10, 4, priority=2, flexible=True),
        Column("number", "number", 8, 7, "right", priority=1),
    )
    TEXT_SORTS: ClassVar[frozenset[str]] = frozenset(("key",))

    def row_key(self, row: Item) -> str:
        return row[0]

    def cell(self, row: Item, column: str, width: int) -> Cell:
        if column == "key":
            return (self.marks.get(row[0], "") + row[0], "")
        return (str(row[1]), "error" if row[1] < 0 else "")


def items(first: int, end: int) -> list[Item]:
    return [(f"k{number}", number) for number in range(first, end)]


async def test_rows_and_header() -> None:
    table = Items()
    async with on_stage(table, (30, 6)) as stage:
        table.show(items(0, 3), sort="number")
        await stage.settle()
        assert [line.rstrip() for line in stage.lines()] == [
            "key                   number▼",
            "k0                          0",
            "k1                          1",
            "k2                          2",
            "",
            "",
        ]
        table.show(items(0, 3), sort="key")
        await stage.settle()
        assert stage.lines()[0].startswith("key▲")
        table.show(items(0, 3), sort="key", reverse=True)
        await stage.settle()
        assert stage.lines()[0].startswith("key▼")


class Tight(Items):
    COLUMNS = (
        Column("number", "number", 6, align="right", priority=2),
        Column("key", "key", 5, priority=1),
    )


async def test_where_a_title_has_no_room_for_the_sign_it_stands_beside() -> None:
    table = Tight()
    async with on_stage(table, (13, 3)) as stage:
        table.show(items(0, 1), sort="number")
        await stage.settle()
        assert stage.lines()[0].rstrip() == "number▼key"
        assert table.lines_as_text() == ["number▼key", "     0 k0"]
        table.show(items(0, 1), sort="key")
        await stage.settle()
        assert stage.lines()[0].rstrip() == "number key▲"


async def test_equal_rows_repaint_nothing_and_one_changed_row_one_line() -> None:
    table = Items()
    async with on_stage(table, (30, 20)) as stage:
        table.show(items(0, 500))
        await stage.settle()
        with stage.repaints() as drawn:
            table.show(items(0, 500))
            await stage.settle()
        assert drawn == []
        changed = items(0, 500)
        changed[5] = ("k5", -1)
        changed[400] = ("k400", -1)
        with stage.repaints() as drawn:
            table.show(changed)
            await stage.settle()
        assert drawn == [6]
        assert "-1" in stage.lines()[6]


async def test_cursor_stays_on_its_key_and_its_screen_line() -> None:
    table = Items()
    async with on_stage(table, (30, 11)) as stage:
        table.show(items(100, 200))
        table.move_to(20)
        await stage.settle()
        before = stage.lines()
        assert table.cursor - table.top == 9
        with stage.repaints() as drawn:
            table.show(items(97, 200))
            await stage.settle()
        assert table.current_key == "k120"
        assert table.cursor == 23
        assert [line[:28] for line in stage.lines()] == [line[:28] for line in before]
        assert drawn == []


async def test_rows_inserted_far_above_keep_the_cursor() -> None:
    table = Items()
    async with on_stage(table, (30, 11)) as stage:
        table.show(items(1000, 1100))
        table.move_to(50)
        table.show(items(0, 1100))
        await stage.settle()
        assert table.current_key == "k1050"
        assert table.cursor - table.top == 9


async def test_on_the_first_row_at_the_top_new_rows_are_seen() -> None:
    table = Items()
    async with on_stage(table, (30, 6)) as stage:
        table.show(items(100, 200))
        for first in (99, 98, 97):
            table.show(items(first, 200))
            await stage.settle()
            assert stage.lines()[1].startswith(f"k{first}")
            assert table.current_key == "k100"
        table.move_cursor(-1)
        table.show(items(96, 200))
        assert (table.current_key, table.top) == ("k99", 1)


async def test_a_cursor_lower_down_is_not_pushed() -> None:
    table = Items()
    async with on_stage(table, (30, 6)) as stage:
        table.show(items(100, 200))
        table.move_cursor(1)
        table.show(items(99, 200))
        await stage.settle()
        assert (table.current_key, table.top) == ("k101", 1)


async def test_a_vanished_key_leaves_the_index() -> None:
    table = Items()
    async with on_stage(table, (30, 6)) as stage:
        table.show(items(0, 50))
        table.move_to(30)
        top = table.top
        table.show([item for item in items(0, 50) if item[0] != "k30"])
        await stage.settle()
        assert (table.current_key, table.cursor, table.top) == ("k31", 30, top)
        table.show([])
        assert (table.current_key, table.cursor, table.top) == (None, 0, 0)


async def test_what_is_read_away_from_the_cursor_stays_in_place() -> None:
    table = Items()
    async with on_stage(table, (30, 11)) as stage:
        table.show(items(100, 300))
        table.scroll_to(y=80, animate=False)
        await stage.settle()
        assert stage.lines()[1].startswith("k180")
        with stage.repaints() as drawn:
            table.show(items(95, 300))
            await stage.settle()
        assert stage.lines()[1].startswith("k180")
        assert drawn == []
        assert table.current_key == "k100"


async def test_marks_repaint_their_line() -> None:
    table = Items()
    async with on_stage(table, (30, 11)) as stage:
        table.show(items(0, 50))
        await stage.settle()
        with stage.repaints() as drawn:
            table.set_marks({"k2": "A"})
            table.set_marks({"k2": "A"})
            await stage.settle()
        assert drawn == [3]
        assert stage.lines()[3].startswith("Ak2")


async def test_select_by_key() -> None:
    table = Items()
    async with on_stage(table, (30, 11)) as stage:
        table.show(items(0, 500))
        assert table.select("k321")
        assert table.cursor == 321
        assert not table.select("gone")
        assert table.cursor == 321
        await stage.settle()
        assert any(line.startswith("k321") for line in stage.lines())


async def test_hundred_thousand_rows() -> None:
    table = Items()
    rows, more = items(1, 100_001), items(0, 100_001)
    async with on_stage(table, (80, 24)) as stage:
        table.show(rows)
        await stage.settle()
        table.move_to(60_000)
        await stage.settle()
        table.show(more)
        assert table.current_key == "k60001"
        table.move_bottom()
        await stage.settle()
        with stage.repaints() as drawn:
            table.move_cursor(-1)
            await stage.settle()
        assert len(drawn) == 2
        assert stage.lines()[-1].startswith("k100000")


async def test_what_is_repainted_is_what_a_full_repaint_shows() -> None:
    choose = Random(7)
    table = Items()
    async with on_stage(table, (30, 9)) as stage:
        shown = items(50, 70)
        for _ in range(40):
            match choose.randrange(7):
                case 0:
                    shown = [*items(shown[0][1] - 2, shown[0][1]), *shown]
                case 1:
                    shown = [item for item in shown if choose.random() < 0.8] or items(50, 70)
                case 2:
                    shown = [(key, choose.randrange(9)) for key, _ in shown]
                case 3:
                    table.move_cursor(choose.randrange(-9, 10))
                case 4:
                    table.scroll_to(y=choose.randrange(0, len(shown)), animate=False)
                case 5:
                    table.find(choose.choice(("k5", "")))
                case _:
                    table.set_marks({choose.choice(shown)[0]: "A"})
            table.show(shown)
            if choose.random() < 0.1:
                await stage.pilot.resize_terminal(choose.randrange(8, 40), choose.randrange(2, 14))
            await stage.settle()
            partial = stage.drawn()
            table._strips.clear()
            table.refresh()
            await stage.settle()
            assert stage.drawn() == partial


async def test_export_has_all_columns_aligned() -> None:
    table = Items()
    async with on_stage(table, (5, 6)) as stage:
        table.show([("日本", 1), ("x", 22)])
        await stage.settle()
        lines = table.lines_as_text()
        assert lines[0].split() == ["key", "number"]
        assert lines[1].split() == ["日本", "1"]
        assert table.text_under_cursor() == "日本  1"
        assert stage.said(Pane.CursorMoved) == []
