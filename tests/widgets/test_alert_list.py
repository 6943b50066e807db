from __future__ import annotations

import pytest

from queries.models.alerts import Alert, Alerts, Rule
from tests.widgets.overviews import FIRST, alerts
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.alert_list import RULES, AlertList, alert_key


async def test_every_alert_names_its_rule() -> None:
    pane = AlertList()
    async with on_stage(pane, (118, 6)) as stage:
        pane.show_alerts(alerts(), FIRST + 86400)
        await stage.settle()
        lines = stage.lines()
        assert lines[1].split()[:3] == ["!", "low-tool-success", "Bash"]
        assert lines[1].split()[-1] == "—"
        assert lines[2].split()[-1] == "1d"
        assert pane.text_under_cursor().endswith(RULES[Rule.LOW_TOOL_SUCCESS])
        assert pane.text_under_cursor().count("Bash") == 1
        pane.move_bottom()
        pane.open_current()
        await stage.settle()
        (opened,) = stage.said(AlertList.Opened)
        assert opened.alert.event_key == (0, 41)


async def test_without_alerts_it_says_what_was_looked_at() -> None:
    pane = AlertList()
    async with on_stage(pane, (80, 6)) as stage:
        pane.show_alerts(Alerts((), "200 sessions"), FIRST)
        await stage.settle()
        assert "No rule fires. Looked at: 200 sessions." in stage.text()
        pane.open_current()


def test_every_rule_is_explained_and_an_alert_stays_the_same_with_other_figures() -> None:
    assert set(RULES) == set(Rule)
    one = Alert(Rule.STALE, "a", "3 h", 3, 1, session_id="s")
    assert alert_key(one) == alert_key(Alert(Rule.STALE, "a", "4 h", 4, 1, session_id="s"))
    assert alert_key(one) != alert_key(Alert(Rule.STALE, "a", "3 h", 3, 1, session_id="t"))


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_and_hostile_words(size: tuple[int, int]) -> None:
    pane = AlertList()
    shown = tuple(Alert(Rule.STALE, text, text, 1, 1, session_id=text) for text in HOSTILE)
    async with on_stage(pane, size) as stage:
        pane.show_alerts(Alerts(shown, ""), FIRST)
        await stage.settle()
        stage.assert_exact_widths()
        if size == (200, 60):
            assert "[@click=app.quit]x[/]" in stage.text()
