from __future__ import annotations

from datetime import UTC

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from queries.models import EventKind, EventState, NodeStats
from tests.widgets.trees import event_node, mixed_session, prompt, tool
from widgets.activity_line import ActivityLine, line_segments, plain_text, running_age
from widgets.glyphs import ASCII, UNICODE


def role(name: str) -> Style:
    return Style(meta={"role": name})


def segments(line: ActivityLine, width: int) -> list[Segment]:
    return line_segments(line, width, UNICODE, role)


def drawn(line: ActivityLine, width: int) -> str:
    return "".join(segment.text for segment in segments(line, width))


def roles(line: ActivityLine, width: int) -> dict[str, str]:
    return {
        segment.text.strip(): segment.style.meta["role"]
        for segment in segments(line, width)
        if segment.style and segment.text.strip()
    }


def at(node_seq: int) -> ActivityLine:
    node = next(each for each in mixed_session() if each.key == f"e{node_seq}")
    return ActivityLine(node, zone=UTC)


def test_a_prompt_is_strong_and_ends_in_its_figures() -> None:
    stats = NodeStats(calls=13, errors=2, duration=252.0)
    line = ActivityLine(prompt(0, stats=stats), branch=True, zone=UTC)
    text = drawn(line, 100)
    assert text.startswith("▾ 22:13:20 ❯ Fix the flaky login test  ")
    assert text.endswith(" 13 calls · 2 ✗ · 4m12s")
    assert roles(line, 100)["Fix the flaky login test"] == "strong"
    assert roles(line, 100)["2 ✗"] == "error"


def test_figures_shrink_before_the_title_does() -> None:
    stats = NodeStats(calls=13, errors=2, duration=252.0)
    line = ActivityLine(prompt(0, stats=stats), branch=False, zone=UTC)
    assert drawn(line, 45).endswith(" 13 calls · 2 ✗ · 4m12s")
    assert drawn(line, 40).endswith(" 2 ✗ · 4m12s")
    assert drawn(line, 26).endswith(" 2 ✗")
    assert drawn(line, 20) == "▸ ❯ Fix the flaky l…"


def test_one_call_is_not_calls() -> None:
    line = ActivityLine(prompt(0, stats=NodeStats(calls=1)), zone=UTC)
    assert drawn(line, 80).endswith(" 1 call")


def test_tool_names_stand_in_a_column_where_there_is_room() -> None:
    assert drawn(at(2), 80).startswith("  22:13:22 ✓ Read         src/auth.py  ")
    assert drawn(at(2), 80).endswith(" 0.2s")
    assert drawn(at(2), 48).startswith("  ✓ Read src/auth.py  ")
    assert "Grep·fast" in drawn(at(5), 80)


def test_agents_have_room_for_their_names_where_the_line_has() -> None:
    line = ActivityLine(at(2).node, agent="general-purpose", zone=UTC)
    assert drawn(line, 118).startswith("  22:13:22 ✓ general-purpose Read         src/auth.py  ")
    assert drawn(line, 80).startswith("  22:13:22 ✓ general-pur… Read         src/auth.py  ")
    assert drawn(line, 48).startswith("  ✓ general-p… Read")


def test_a_failure_is_plain_without_colour() -> None:
    line = at(3)
    assert " ✗ Bash" in drawn(line, 80)
    underlined = [each.text for each in segments(line, 80) if each.style and each.style.underline]
    assert underlined == ["Bash", "make"]
    assert not any(each.style and each.style.underline for each in segments(at(2), 80))


def test_what_never_ended_says_so() -> None:
    text = drawn(at(6), 80)
    assert " ⊘ Glob" in text
    assert text.endswith(" never ended")


def test_a_running_call_shows_its_age_and_an_unknown_duration_a_dash() -> None:
    running = ActivityLine(at(4).node, age="1m03s", zone=UTC)
    assert drawn(running, 80).startswith("  22:13:24 ● Task → explorer Find every caller")
    assert drawn(running, 80).endswith(" 1m03s")
    assert drawn(at(5), 80).endswith(" —")


def test_messages_name_their_agent_and_handoffs_both() -> None:
    assert "◇ mole         We are in." in drawn(at(7), 80)
    assert "⇒ mole → safe  take over" in drawn(at(8), 80)


def test_guides_show_which_levels_go_on() -> None:
    node = tool(1, None, title="x")
    assert drawn(ActivityLine(node, (True, False, True), branch=False), 40).startswith("│   ├ ▸ ✓")
    assert drawn(ActivityLine(node, (False, False)), 40).startswith("  └   ✓")
    assert drawn(ActivityLine(node, (True,), cut=True), 40).startswith("…├   ✓")


def test_an_unknown_time_is_a_dash() -> None:
    node = tool(1, None)
    assert node.event is not None
    line = ActivityLine(
        event_node(1, None, "x", EventKind.OTHER, EventState.UNKNOWN).__class__(
            "k", None, node.kind, "x", node.event.__class__(0, 1, "i", "s")
        )
    )
    assert drawn(line, 60).startswith("  —        · x")


@pytest.mark.parametrize("width", [1, 2, 3, 5, 8, 13, 21, 34, 49, 50, 69, 70, 109, 110, 200])
def test_every_line_is_exactly_as_wide_as_asked(width: int) -> None:
    for node in mixed_session():
        for agent in (None, "a", "長い名前のエージェント"):
            for guides in ((), (True, False)):
                line = ActivityLine(node, guides, branch=True, agent=agent, age="", zone=UTC)
                parts = segments(line, width)
                if sum(cell_len(part.text) for part in parts) != width:
                    # Too narrow even for what stands left of the title: the pane cuts it.
                    assert width < 30
                    assert sum(cell_len(part.text) for part in parts) > width


def test_plain_text_cuts_nothing() -> None:
    long = "word " * 100
    line = ActivityLine(tool(2, None, title=long, duration=0.2), agent="planner", zone=UTC)
    assert plain_text(line, UNICODE) == f"  22:13:22  ✓  planner  Read  {long}  0.2s"
    assert plain_text(line, ASCII).startswith("  22:13:22  v  planner")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-5, "0s"), (0.9, "0s"), (7.9, "7s"), (63, "1m03s"), (59.99, "59s"), (11_100, "3h05m")],
)
def test_ages_count_whole_seconds(seconds: float, expected: str) -> None:
    assert running_age(seconds) == expected
