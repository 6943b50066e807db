"""The overview: its figures, choices, and where it leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.models.alerts import Rule
from queries.models.overview import By
from tests.stores.hostile import GIANT_TEXT, LONG_TEXT, SHORT_HOSTILE
from tests.tui.harmless import acting
from tests.tui.overviews import DAY, HOUR, LATEST, LOOPING, MONDAY, STALE, STORE, past, past_clock
from tests.tui.stage import Stage, on_stage, run_line
from tui.config import Config
from tui.options import ScreenOptions
from tui.reader import Answer
from tui.screens.overview import OverviewScreen
from tui.screens.overview_showing import ALERTS, BREAKDOWN, HOURS, TREND


def overview(stage: Stage) -> OverviewScreen:
    screen = stage.app.screen
    assert isinstance(screen, OverviewScreen)
    return screen


async def to_pane(stage: Stage, index: int) -> OverviewScreen:
    overview(stage).focus_pane(index)
    await stage.settle()
    return overview(stage)


async def test_totals(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        text = "\n".join(overview(stage).totals.lines_as_text())
        assert "sessions    7  1 running, 3 completed, 2 failed, 1 stale" in text
        assert "completed   50.0 %  3 of 6" in text
        assert "failed      28.6 %  2 of 7" in text
        assert "call errors 14.3 %  4 of 28" in text
        assert "duration    2m12s  average, median 2m00s, p95 3m48s; 5 over" in text
        assert "quality     74.3  average, good, median 80; 7 rated" in text


async def test_a_day_without_anything_is_a_bucket_of_zero(folder: Path) -> None:
    store = past()
    with store, store.batch():
        # On Wednesday of the week before, so that the days in between are empty.
        store.add_event("api-0", id="early", tool="Read", time=MONDAY - 5 * DAY, state="ok")
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, TREND)
        measured = screen.reading.measured
        assert measured is not None
        assert measured.trends.size == "day"
        counts = {bucket.label[5:]: bucket.events for bucket in measured.trends.buckets}
        assert counts == {
            "01-07": 1, "01-08": 0, "01-09": 0, "01-10": 0, "01-11": 0,
            "01-12": 5, "01-13": 15, "01-14": 5, "01-15": 5, "01-16": 5,
        }  # fmt: skip


async def test_the_window_is_looked_back_for(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = overview(stage)
        seen = []
        for _ in range(6):
            measured = screen.reading.measured
            assert measured is not None
            seen.append((measured.overview.window.label, measured.overview.sessions))
            assert measured.overview.window.label in screen.title_of(0)
            await stage.press("t")
        assert seen == [
            ("all time", 7), ("last 1 day", 1), ("last 7 days", 7), ("last 30 days", 7),
            ("last 90 days", 7), ("all time", 7),
        ]  # fmt: skip


async def test_the_configured_window_is_the_first(folder: Path) -> None:
    with past():
        pass
    config = Config(theme="dark", utc=True, window_days=2.5)
    async with on_stage(STORE, config=config, clock=past_clock()) as stage:
        await stage.press("3")
        measured = overview(stage).reading.measured
        assert measured is not None
        assert (measured.overview.window.label, measured.overview.sessions) == ("last 2.5 days", 3)
        printed = run_line(overview(stage).command_line())
        assert printed["window"]["label"] == "last 2.5 days"


async def test_buckets_of_other_sizes_and_other_measures(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, TREND)
        titles = []
        for key in ("b", "b", "b", "m", "m"):
            await stage.press(key)
            titles.append(screen.title_of(TREND).split(" · ")[1])
        assert titles == [
            "events by week", "events by hour", "events by day", "sessions begun by day",
            "error rate of calls by day",
        ]  # fmt: skip
        assert "error rate of calls" in stage.text()
        await stage.press("home")
        assert "2026-01-12: 5 events" in stage.text()


async def test_hours_are_told_in_the_zone_that_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, HOURS)
        # Where most happened: at that hour every day alike.
        assert "Monday 09:00-10:00: 5 events" in stage.text()
        await stage.press("left", "right")
        assert "Monday 09:00-10:00: 5 events" in stage.text()
        measured = screen.reading.measured
        assert measured is not None
        assert sum(map(sum, measured.trends.heat.counts)) == 35
        await stage.press("u")
        assert screen.reading.wanted.zone is None


async def test_groups_by_component_agent_project_and_model(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, BREAKDOWN)
        rows = {row.name: row for row in screen.groups.rows[:-1]}
        assert {name: row.sessions for name, row in rows.items()} == {"api": 5, "worker": 2}
        assert rows["api"].common_error == "timeout"
        assert rows["api"].session_errors.count == 2
        assert "2x timeout" in stage.text()
        seen = []
        for _ in By:
            await stage.press("B")
            seen.append(screen.title_of(BREAKDOWN).split(" · ")[0])
        assert seen == ["By agent", "By project", "By model", "By component"]
        assert stage.reader.asked["models"] == 1


async def test_groups_can_be_sorted(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, BREAKDOWN)
        assert [row.name for row in screen.groups.rows] == ["api", "worker", None]
        await stage.press("s", "r")
        assert "by name reversed" in screen.title_of(BREAKDOWN)
        assert [row.name for row in screen.groups.rows] == ["worker", "api", None]


async def test_a_group_leads_to_its_sessions(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, BREAKDOWN)
        screen.groups.select("worker")
        await stage.press("enter")
        assert not stage.is_above
        assert [row.id for row in stage.main.sessions.shown] == [STALE, "worker-0"]


async def test_a_bucket_leads_to_what_was_active_in_it(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        await to_pane(stage, TREND)
        await stage.press("home", "enter")
        assert not stage.is_above
        assert [row.id for row in stage.main.sessions.shown] == ["api-0"]


async def test_every_alert_leads_to_its_evidence(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, ALERTS)
        found = {alert.rule: alert for alert in screen.alert_view.rows}
        assert {rule: alert.session_id for rule, alert in found.items()} == {
            Rule.COMPONENT_ERRORS: LOOPING,
            Rule.STALE: STALE,
            Rule.REPEATED_CALL: LOOPING,
            Rule.FAILURE_STREAK: LOOPING,
        }
        assert found[Rule.REPEATED_CALL].event_id == "api-3-3"
        for rule in found:
            screen.alert_view.select(
                next(screen.alert_view.row_key(row) for row in screen.alert_view.rows
                     if row.rule is rule)
            )  # fmt: skip
            await stage.press("enter")
            assert not stage.is_above
            assert stage.main.activity.session_id == found[rule].session_id
            if found[rule].event_key is not None:
                node = stage.main.tree_view.current_node()
                assert node is not None
                assert node.event is not None
                assert node.event.id == "api-3-3"
            await stage.press("3")
            screen = await to_pane(stage, ALERTS)


async def test_the_evidence_of_a_tool_is_its_latest_failure(folder: Path) -> None:
    store = past()
    with store, store.batch():
        store.add_event("api-0", id="spoiled", tool="Bash", state="error", time=MONDAY + 10 * HOUR)
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, ALERTS)
        assert screen.alert_view.current is not None
        assert screen.alert_view.current.rule is Rule.LOW_TOOL_SUCCESS
        assert screen.alert_view.current.event_key is None
        await stage.press("enter")
        node = stage.main.tree_view.current_node()
        assert node is not None
        assert node.event is not None
        assert (node.event.tool, node.event.id) == ("Bash", "spoiled")


async def test_evidence_behind_a_filter_is_shown_all_the_same(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("F")
        await stage.type("worker")
        await stage.press("3")
        await to_pane(stage, ALERTS)
        await stage.press("G", "enter")
        assert stage.main.activity.session_id == LOOPING


async def test_it_follows_the_store(folder: Path) -> None:
    store = past()
    with store:
        async with on_stage(STORE, clock=past_clock()) as stage:
            await stage.press("3")
            screen = overview(stage)
            store.add_event(LATEST, tool="Read", state="ok", time=stage.clock.now)
            stage.clock.now += 5
            await stage.step()
            assert "events      36" in "\n".join(screen.totals.lines_as_text())
            # Nothing new: nothing is measured, however much time passes.
            before = screen.reading.measured
            stage.clock.now += 30
            screen.read_if_due()
            await stage.settle()
            assert screen.reading.measured is before


async def test_a_frozen_screen_stays(folder: Path) -> None:
    store = past()
    with store:
        async with on_stage(STORE, clock=past_clock()) as stage:
            await stage.press("p", "3")
            before = overview(stage).reading.measured
            store.add_event(LATEST, tool="Read", state="ok", time=stage.clock.now)
            stage.clock.now += 5
            await stage.step()
            assert overview(stage).reading.measured is before


async def test_measuring_runs_no_query(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        before = stage.statements()
        await stage.press("b", "m", "B", "s")
        assert stage.statements() == before


async def test_keys_go_from_screen_to_screen(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        names = []
        for key in ("3", "6", "3", "4", "3", "1", "6", "1"):
            await stage.press(key)
            names.append(type(stage.app.screen).__name__.removesuffix("Screen"))
            assert len(stage.app.screen_stack) <= 2
        assert names == [
            "Overview", "WorkItems", "Overview", "Delegations", "Overview", "Main", "WorkItems",
            "Main",
        ]  # fmt: skip
        await stage.press("space", "space", "c", "3")
        assert type(stage.app.screen).__name__ == "OverviewScreen"
        await stage.press("2")
        assert type(stage.app.screen).__name__ == "CompareScreen"


async def test_an_empty_store(folder: Path) -> None:
    from tests.stores import canonical_store

    with canonical_store(STORE):
        pass
    async with on_stage(STORE, (120, 45), clock=past_clock()) as stage:
        await stage.press("3")
        text = stage.text()
        assert "sessions    0" in text
        assert "There is no session in this window." in text
        assert "No event has a known time in this window." in text
        assert "No rule fires." in text
        for pane in range(5):
            await to_pane(stage, pane)
            await stage.press("right", "down", "G", "s", "r")
        assert "OverviewScreen" in type(stage.app.screen).__name__


async def test_hostile_text_stays_text(folder: Path) -> None:
    store = past()
    with store, store.batch():
        for number, (_, text) in enumerate(SHORT_HOSTILE):
            name = f"h{number}"
            store.add_session(name, title=text, component=text, agent=text, status="failed",
                              error=text, started=MONDAY)  # fmt: skip
            for call in range(4):
                store.add_event(name, id=f"{name}{call}", tool=text, agent=text, summary=text,
                                state="error", time=MONDAY + call)  # fmt: skip
        store.add_session("giant", component=LONG_TEXT, status="failed", error=GIANT_TEXT)
        store.add_event("giant", tool=GIANT_TEXT, agent=LONG_TEXT, state="error")
    async with on_stage(STORE, (160, 50), clock=past_clock()) as stage:
        await stage.press("3")
        for pane in range(5):
            screen = await to_pane(stage, pane)
            await stage.press("G")
            assert not acting(stage.text())
            assert not acting("\n".join(screen.pane.lines_as_text()))
            await stage.press("slash")
            await stage.type("[/]")
            await stage.press("escape")


async def test_ascii(folder: Path) -> None:
    with past():
        pass
    options = ScreenOptions(ascii=True)
    async with on_stage(STORE, (120, 45), options=options, clock=past_clock()) as stage:
        await stage.press("3")
        for _ in range(7):
            assert stage.text().isascii(), {sign for sign in stage.text() if sign > "~"}
            await stage.press("tab", "m", "t")


async def test_the_commands_that_are_copied_print_the_same(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, BREAKDOWN)
        printed = run_line(screen.command_line())
        assert {row["name"]: row["session_count"] for row in printed["components"]} == {
            "api": 5, "worker": 2,
        }  # fmt: skip
        screen = await to_pane(stage, ALERTS)
        assert screen.command_line().startswith("session-tui check ")


async def test_alerts_follow_the_window_and_say_what_they_cover(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, ALERTS)
        assert "7 sessions (all time)" in screen.title_of(ALERTS)
        assert {row.rule for row in screen.alert_view.rows} >= {Rule.STALE, Rule.FAILURE_STREAK}
        tools = [row for row in screen.alert_view.rows if row.rule is Rule.LOW_TOOL_SUCCESS]
        await stage.press("t")
        assert "1 session (last 1 day)" in screen.title_of(ALERTS)
        assert "all time" not in screen.title_of(ALERTS)
        assert screen.alert_view.rows == ()
        assert stage.main.alert_watch.sessions == frozenset()
        printed = run_line(screen.command_line())
        assert printed["window"]["label"] == "last 1 day"
        # The window stays when one comes back.
        await stage.press("escape", "3")
        assert overview(stage).reading.wanted.days == 1
        await stage.press("t")
        rows = overview(stage).alert_view.rows
        assert [row for row in rows if row.rule is Rule.LOW_TOOL_SUCCESS] == tools


async def test_many_silent_sessions_are_one_alert_that_lists_them(folder: Path) -> None:
    store = past()
    with store, store.batch():
        for number in range(5):
            store.add_session(f"old-{number}", status="running", started=MONDAY + number * HOUR)
    async with on_stage(STORE, (80, 24), clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, ALERTS)
        [silent] = [row for row in screen.alert_view.rows if row.rule is Rule.STALE]
        assert silent.subject == "6 sessions"
        assert "! stale            6 sessions             silent for up to 4d" in stage.text()
        screen.alert_view.select(screen.alert_view.row_key(silent))
        await stage.press("enter")
        assert not stage.is_above
        assert stage.main.sessions.filter_text == "status:stale"
        shown = [row.id for row in stage.main.sessions.shown]
        assert sorted(shown) == [*(f"old-{number}" for number in range(5)), STALE]


async def test_alerts_can_be_read_at_80_columns(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, (80, 24), clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, ALERTS)
        lines = {line.split()[1]: line for line in stage.lines() if line.startswith("│!")}
        assert {row.rule.value for row in screen.alert_view.rows} == set(lines)
        assert "…" not in "".join(lines.values())
        assert "API-3" in lines["failure-streak"]
        assert "coder: 4 failed: Bash" in lines["failure-streak"]
        assert "0.0 % of 4" not in lines["failure-streak"]


@pytest.mark.parametrize(
    ("by", "name", "listed"),
    [
        (By.COMPONENT, "api", ["api-4", "api-3", "api-2", "api-1", "api-0"]),
        (By.COMPONENT, None, ["nameless"]),
        (By.MODEL, "opus", ["nameless"]),
        (By.MODEL, None, ["api-4", "api-3", "api-2", "worker-1", "worker-0", "api-1", "api-0"]),
    ],
)
async def test_a_group_opens_the_list_of_its_sessions(
    folder: Path, by: By, name: str | None, listed: list[str]
) -> None:
    store = past()
    with store, store.batch():
        store.add_session("nameless", status="completed", started=MONDAY - DAY, ended=MONDAY)
        store.add_event("nameless", tool="Read", model="opus", time=MONDAY - DAY)
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3")
        screen = await to_pane(stage, BREAKDOWN)
        while screen.reading.wanted.by is not by:
            await stage.press("B")
        [group] = [row for row in screen.groups.rows[:-1] if row.name == name]
        screen.groups.select(screen.groups.row_key(group))
        assert group.sessions == len(listed)
        await stage.press("enter")
        assert [row.id for row in stage.main.sessions.shown] == listed


async def test_a_group_of_a_window_lists_the_sessions_of_that_window(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        await stage.press("3", "t")
        screen = await to_pane(stage, BREAKDOWN)
        await stage.press("enter")
        assert stage.main.sessions.filter_text == "component:=api since:1d"
        assert [row.id for row in stage.main.sessions.shown] == [LATEST]
        await stage.press("3")
        screen = await to_pane(stage, BREAKDOWN)
        await stage.press("t", "t", "t", "t", "G", "enter")
        assert stage.main.sessions.filter is None
        assert screen.groups.group is None


async def test_what_comes_before_the_screen_is_there_waits(folder: Path) -> None:
    with past():
        pass
    async with on_stage(STORE, clock=past_clock()) as stage:
        main = stage.main
        early = OverviewScreen(
            main.snapshot, lambda: False, main.alert_watch, main.model_watch
        )  # fmt: skip
        early.alerts_found()
        early.take_answer(Answer("models", 1, {}))
        await stage.press("3")
        assert overview(stage).alert_view.rows
