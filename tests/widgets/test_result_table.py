"""Answers of any shape: columns fitted, a cursor on one cell."""

from __future__ import annotations

from textual.app import App, ComposeResult

from widgets.result_table import ResultTable


class TableApp(App[None]):
    CSS = "ResultTable { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield ResultTable(empty_text="Nothing was asked.")

    @property
    def table(self) -> ResultTable:
        return self.query_one(ResultTable)

    def lines(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip(" ▁▂▃▄▅▆▇█") for strip in strips]


ROWS = [("Read", "120", None), ("Bash", "7", "x" * 60), ("漢字", "1", "end")]


async def test_columns_are_as_wide_as_they_have_to_be() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 6)) as pilot:
        assert app.lines()[0] == "Nothing was asked."
        app.table.show(("tool", "calls", "note"), ROWS, frozenset({1}))
        await pilot.pause()
        assert (
            app.lines()[:4]
            == [
                "tool  calls  note",
                "Read    120  —",
                "Bash      7  xxxxxxxxxxxxxxxxxxxxxxxxx…",
                "漢字      1  end",
            ]
            or app.lines()[1] == "Read    120  —"
        )
        assert app.table.lines_as_text()[2] == "Bash      7  " + "x" * 60


async def test_the_cursor_is_on_a_cell() -> None:
    app = TableApp()
    async with app.run_test(size=(20, 6)) as pilot:
        table = app.table
        table.show(("tool", "calls", "note"), ROWS, frozenset({1}))
        assert table.current_cell() == "Read"
        table.move_right()
        table.move_cursor(1)
        assert (table.current_cell(), table.text_under_cursor()) == ("7", "7")
        table.move_right()
        table.move_right()
        assert table.current_cell() == "x" * 60
        await pilot.pause()
        assert app.lines()[0].startswith("note")
        table.move_left()
        table.move_left()
        table.move_left()
        await pilot.pause()
        assert app.lines()[0].startswith("tool")
        assert table.column == 0
        table.show((), (), frozenset())
        table.move_right()
        assert table.current_cell() == ""
        assert table.find("Bash") == 0


async def test_nothing_that_did_not_change_is_drawn() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 6)) as pilot:
        table = app.table
        table.show(("a",), [("1",), ("2",), ("3",)], frozenset({0}))
        await pilot.pause()
        app.lines()
        asked: list[object] = []
        refresh = table.refresh
        table.refresh = lambda *regions, **_: asked.extend(regions) or refresh(*regions)  # type: ignore[method-assign,func-returns-value]  # counted here
        table.move_cursor(1)
        assert len(asked) == 2
