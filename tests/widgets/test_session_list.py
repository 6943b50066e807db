from __future__ import annotations

from dataclasses import replace

import pytest

from queries.models import SessionStatus
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from tests.widgets.rows import NOW, session, sessions
from widgets.glyphs import ASCII
from widgets.pane import Pane
from widgets.session_list import SessionList

RUNNING = session(
    "run-1",
    title="fix-login",
    status=SessionStatus.RUNNING,
    started=NOW - 750,
    ended=None,
    events=312,
    calls=40,
    errors=2,
    tokens=1234,
    activity=(1, 3, 9, 2, 1),
    agent="planner",
)


async def test_a_line_at_the_width_of_the_main_screens_pane() -> None:
    pane = SessionList()
    async with on_stage(pane, (40, 6)) as stage:
        done = session("b", title="pagination", events=1200, calls=3, activity=(1, 2))
        pane.show_sessions([RUNNING, done], total=412, now=NOW)
        pane.set_marks({"b": "A"})
        await stage.settle()
        lines = [line.rstrip() for line in stage.lines()]
        assert lines[0].split() == ["session", "time▼", "events", "err", "trend"]
        assert lines[1].startswith("  ● fix-login")
        assert "12m" in lines[1]
        assert "312" in lines[1]
        assert "2✗" in lines[1]
        assert "▂▃█▃▂" in lines[1]
        assert lines[2].startswith("A ✓ pagination")
        assert "1.2k" in lines[2]
        assert "✗" not in lines[2]
        assert pane.covers() == "1-2 of 412"


async def test_a_wide_pane_shows_agent_and_tokens() -> None:
    pane = SessionList()
    async with on_stage(pane, (120, 6)) as stage:
        pane.show_sessions([RUNNING, session("x")], total=2, now=NOW)
        await stage.settle()
        assert stage.lines()[0].split() == [
            "session", "agent", "time▼", "events", "calls", "err", "tokens", "trend",
        ]  # fmt: skip
        assert "planner" in stage.lines()[1]
        assert "1.2k" in stage.lines()[1]
        assert stage.lines()[2].count("—") == 2


async def test_title_falls_back_to_the_id_and_children_are_marked() -> None:
    pane = SessionList()
    async with on_stage(pane, (60, 6)) as stage:
        pane.show_sessions([session("only-id"), session("kid", parent="only-id")], total=2, now=NOW)
        await stage.settle()
        assert "only-id" in stage.lines()[1]
        assert "↳ kid" in stage.lines()[2]


async def test_ids_that_begin_alike_are_told_apart_by_their_ends() -> None:
    pane = SessionList()
    async with on_stage(pane, (46, 6)) as stage:
        ids = [f"admin-shell-20260201-113632-0027{number}" for number in (1, 2)]
        pane.show_sessions(
            [
                *map(session, ids),
                session("x", title=ids[0]),
                session("x-sub-agent" * 3, parent="x"),
            ],
            total=4,
            now=NOW,
        )
        await stage.settle()
        first, second, titled, child = (line[4:].split("  ")[0] for line in stage.lines()[1:5])
        assert first == second.replace("72", "71")
        assert first.startswith("admin")
        assert first.endswith("-00271")
        assert titled.endswith("…")
        assert child.startswith("↳ x-sub-agent")


@pytest.mark.parametrize(
    ("status", "ended", "shown"),
    [
        (SessionStatus.RUNNING, None, "2h"),
        (SessionStatus.STALE, None, "2h"),
        (SessionStatus.COMPLETED, NOW - 4740, "41m00s"),
        (SessionStatus.COMPLETED, None, "—"),
        (SessionStatus.FAILED, NOW - 7195, "5.0s"),
    ],
)
async def test_time_is_age_or_duration(
    status: SessionStatus, ended: float | None, shown: str
) -> None:
    pane = SessionList()
    async with on_stage(pane, (120, 6)) as stage:
        pane.show_sessions([session("s", status=status, ended=ended)], total=1, now=NOW)
        await stage.settle()
        assert stage.lines()[1].split()[3] == shown


async def test_incomplete_counts_say_so() -> None:
    pane = SessionList()
    async with on_stage(pane, (120, 6)) as stage:
        row = session("s", events=50, calls=0, complete=False)
        pane.show_sessions([row, session("t")], total=2, now=NOW)
        await stage.settle()
        assert " 50+ " in stage.lines()[1]
        assert " 0+ " not in stage.lines()[1]
        assert " 0 " in stage.lines()[2]


async def test_a_passing_minute_repaints_only_what_runs() -> None:
    pane = SessionList()
    async with on_stage(pane, (60, 12)) as stage:
        rows = [RUNNING, *sessions(5)]
        pane.show_sessions(rows, total=6, now=NOW)
        await stage.settle()
        with stage.repaints() as drawn:
            pane.show_sessions(list(rows), total=6, now=NOW + 20)
            await stage.settle()
        assert drawn == []
        with stage.repaints() as drawn:
            pane.show_sessions(list(rows), total=6, now=NOW + 60)
            await stage.settle()
        assert drawn == [1]


async def test_focus_is_told_once_per_session() -> None:
    pane = SessionList()
    async with on_stage(pane, (60, 12)) as stage:
        pane.show_sessions(sessions(5), total=5, now=NOW)
        pane.show_sessions([session("new"), *sessions(5)], total=6, now=NOW)
        assert pane.focused_id() == "s0"
        pane.move_cursor(1)
        pane.move_cursor(10)
        pane.move_cursor(1)
        pane.show_sessions([], total=0, now=NOW)
        await stage.settle()
        focused = [message.session_id for message in stage.said(SessionList.Focused)]
        assert focused == ["s0", "s1", "s4", None]


async def test_open_and_mark_name_the_session() -> None:
    pane = SessionList()
    async with on_stage(pane, (60, 12)) as stage:
        pane.open_current()
        pane.toggle_mark()
        pane.show_sessions(sessions(5), total=5, now=NOW)
        assert pane.select("s3")
        assert not pane.select("nobody")
        pane.open_current()
        pane.toggle_mark()
        await stage.settle()
        assert [message.session_id for message in stage.said(SessionList.Opened)] == ["s3"]
        assert [message.index for message in stage.said(Pane.Opened)] == [3]
        assert [message.session_id for message in stage.said(SessionList.MarkToggled)] == ["s3"]
        assert stage.said(SessionList.Opened)[0].control is pane


async def test_search_finds_ids_agents_and_status() -> None:
    pane = SessionList()
    async with on_stage(pane, (40, 12)) as stage:
        pane.show_sessions([*sessions(3), RUNNING], total=4, now=NOW)
        assert pane.find("run-1") == 1
        assert pane.focused_id() == "run-1"
        assert pane.find("planner") == 1
        assert pane.find("completed") == 3
        await stage.settle()


async def test_errors_are_bold_and_have_a_sign() -> None:
    pane = SessionList()
    async with on_stage(pane, (60, 12)) as stage:
        pane.show_sessions([session("a"), RUNNING], total=2, now=NOW)
        await stage.settle()
        styles = [part.style for part in pane.render_line(2) if "2✗" in part.text]
        assert len(styles) == 1
        assert styles[0] is not None
        assert styles[0].bold
        assert styles[0].color == pane.role("error").color


async def test_ascii() -> None:
    pane = SessionList(glyphs=ASCII)
    async with on_stage(pane, (60, 4)) as stage:
        pane.set_marks({"run-1": "●"})
        pane.show_sessions([RUNNING, session("x", parent="run-1")], total=2, now=NOW)
        await stage.settle()
        assert "".join(line[:59] for line in stage.lines()).isascii()


@pytest.mark.parametrize("size", SIZES)
async def test_any_size_and_hostile_titles(size: tuple[int, int]) -> None:
    pane = SessionList()
    titles = (*HOSTILE, "日本語のセッション" * 9, "🙂🚀" * 20, "x" * 300)
    rows = [session(f"s{n}", title=title, activity=tuple(range(16)), events=10**9, errors=10**7)
            for n, title in enumerate(titles)]  # fmt: skip
    rows.append(session("far", started=NOW + 10**12, ended=-(10.0**12)))
    async with on_stage(pane, size) as stage:
        pane.show_sessions(rows, total=10**9, now=NOW)
        pane.move_bottom()
        await stage.settle()
        stage.assert_exact_widths()
        await stage.pilot.resize_terminal(60, 12)
        pane.move_top()
        await stage.settle()
        stage.assert_exact_widths()
        for line, title in zip(stage.lines()[1:], HOSTILE, strict=False):
            assert title[:10] in line


async def test_an_equal_but_new_row_repaints_nothing() -> None:
    pane = SessionList()
    async with on_stage(pane, (60, 12)) as stage:
        pane.show_sessions([RUNNING], total=1, now=NOW)
        await stage.settle()
        with stage.repaints() as drawn:
            copy = replace(RUNNING, session=replace(RUNNING.session))
            pane.show_sessions([copy], total=1, now=NOW)
            await stage.settle()
        assert drawn == []


async def test_empty_list_says_so() -> None:
    pane = SessionList()
    async with on_stage(pane, (60, 12)) as stage:
        assert stage.lines()[1].rstrip() == "No sessions yet."
        assert pane.covers() == "0"
        assert pane.focused_id() is None


async def test_an_alert_is_a_sign_that_moves_nothing() -> None:
    pane = SessionList()
    async with on_stage(pane, (40, 6)) as stage:
        pane.show_sessions([RUNNING, session("b", title="pagination")], total=2, now=NOW)
        pane.set_marks({"b": "A"})
        await stage.settle()
        before = stage.lines()
        with stage.repaints() as drawn:
            pane.set_alerts(frozenset({"b", "gone"}))
            await stage.settle()
        assert drawn == [2]
        assert before[1] == stage.lines()[1]
        assert before[2].startswith("A ✓ pagination")
        assert stage.lines()[2] == "A!✓" + before[2][3:]
        assert "alert" in pane.line_text(1)
        assert "alert" not in pane.line_text(0)
        pane.set_alerts(frozenset())
        await stage.settle()
        assert stage.lines() == before


@pytest.mark.parametrize("size", SIZES)
async def test_alerts_fit_into_every_size(size: tuple[int, int]) -> None:
    pane = SessionList(glyphs=ASCII)
    async with on_stage(pane, size) as stage:
        pane.show_sessions([RUNNING, session("b")], total=2, now=NOW)
        pane.set_alerts(frozenset({"run-1", "b"}))
        await stage.settle()
        stage.assert_exact_widths()
