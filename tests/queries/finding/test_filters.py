from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from queries.finding.filter_parsing import parse_filter
from queries.finding.filters import EVENT_FIELDS, Filter, FilterError
from queries.folding.batch import used_tool
from queries.models import (
    Event,
    EventKind,
    EventState,
    Session,
    SessionRow,
    SessionStatus,
    SessionTotals,
)

NOW = 1_768_226_400.0  # 2026-01-12 14:00 UTC
HOUR = 3600.0

ROW = SessionRow(
    Session(
        id="sess-AbC",
        title="Fix the flaky Login test",
        agent="planner",
        component="auth",
        project="shop",
        status=SessionStatus.FAILED,
        started=NOW - 5 * HOUR,
        ended=NOW - 3 * HOUR,
        error="Timeout after 30 s",
    ),
    SessionTotals(
        events=100,
        errors=3,
        agents=("planner", "Hacker-2"),
        tools=tuple(filter(None, (used_tool("Bash", "run all"), used_tool("my Reader", None)))),
        first_prompt="please fix",
    ),
    complete=True,
)
BARE = SessionRow(Session(id="x"), SessionTotals(), complete=False)
EVENT = Event(
    source=0,
    seq=1,
    id="ev-9",
    session_id="sess-1",
    time=NOW - HOUR,
    agent="hacker",
    target_agent="Explorer",
    kind=EventKind.DELEGATION,
    tool="Task",
    operation="spawn",
    summary="Find every caller",
    state=EventState.ERROR,
    model="opus",
)


def session_matches(text: str, row: SessionRow = ROW) -> bool:
    return parse_filter(text, NOW).matches_session(row)


def event_matches(text: str, event: Event = EVENT) -> bool:
    return parse_filter(text, NOW).matches_event(event)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "status:failed",
        "STATUS:Failed",
        "status:running,failed",
        "agent:hack",
        "agent:mole,PLANNER",
        "title:login",
        "id:abc",
        "project:shop component:auth",
        "tool:bash tool:RUN tool:other,read -tool:grep",
        "events:100 events:=100 events:>=100 events:<=100 events:>99 events:<101",
        "events:5,100",
        "errors:>0",
        "since:4h",
        "since:3h",
        "until:4h",
        "since:2026-01-12 until:2026-01-13",
        "flaky LOGIN",
        '"flaky login"',
        "timeout",
        "please",
        "hacker",
        "abc",
        "-status:running -agent:mole -nothing -read",
        "-since:1h",
        "- 30",
    ],
)
def test_a_session_is_found(text: str) -> None:
    assert session_matches(text)


@pytest.mark.parametrize(
    "text",
    [
        "status:running",
        "-status:failed",
        "agent:mole",
        "-agent:hacker",
        "title:please",  # the first prompt stands in only where there is no title
        "events:>100",
        "events:99,101",
        "errors:0",
        "since:2h",
        "until:5h",
        "until:6h",
        '"login flaky"',
        "flaky mole",
        "-flaky",
        "tool:Grep",
        "-tool:Bash",
        "kind:tool",
        "state:error",
    ],
)
def test_a_session_is_not_found(text: str) -> None:
    assert not session_matches(text)


COUNTED = SessionRow(
    replace(ROW.session, quality=59.5, cost=0.75, tokens=12_000),
    replace(ROW.totals, tool_calls=20),
    complete=True,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("duration:2h duration:=120m duration:7200 duration:7200s", True),
        ("duration:>1.9h duration:<1d", True),
        ("duration:>2h", False),
        ("calls:20 calls:>=20 calls:<21", True),
        ("calls:>20", False),
        ("tokens:>10000", True),
        ("tokens:<12000", False),
        ("cost:>0.5 cost:=.75,0.75", None),
        ("cost:>0.5 cost:0.7,0.75", True),
        ("quality:<60 quality:>59 quality:59.50", True),
        ("quality:60", False),
        ("-duration:>2h -quality:>=60", True),
    ],
)
def test_figures_of_a_session_are_asked_for(text: str, found: bool | None) -> None:
    if found is None:
        with pytest.raises(FilterError, match="cost takes a number"):
            session_matches(text, COUNTED)
    else:
        assert session_matches(text, COUNTED) is found


@pytest.mark.parametrize("field", ["duration", "tokens", "cost", "quality"])
def test_a_figure_that_is_not_known_is_no_figure(field: str) -> None:
    assert not session_matches(f"{field}:>=0", BARE)
    assert session_matches(f"-{field}:>=0", BARE)


def test_slow_and_dear_events_are_found() -> None:
    event = replace(EVENT, duration=75.0, tokens=900, cost=0.02)
    for text, found in (
        ("duration:>1m tokens:900 cost:<0.1", True),
        ("duration:<=1m", False),
        ("tokens:>900", False),
        ("-cost:>0.01", False),
    ):
        assert event_matches(text, event) is found
    assert not event_matches("duration:>=0", replace(EVENT, duration=None))
    with pytest.raises(FilterError, match="'quality' cannot be asked here"):
        parse_filter("quality:>1", NOW, EVENT_FIELDS)


def test_what_is_unknown_of_a_session_matches_nothing() -> None:
    for text in ("since:7d", "until:now", "agent:a", "title:a", "project:a", "status:running"):
        assert not session_matches(text, BARE)
        assert session_matches(f"-{text}", BARE)
    assert session_matches("errors:0 status:unknown", BARE)


def test_the_first_prompt_stands_in_for_a_title() -> None:
    untitled = replace(ROW, session=replace(ROW.session, title=""))
    assert session_matches("title:please", untitled)


def test_a_running_session_is_active_until_its_last_event() -> None:
    totals = replace(ROW.totals, last_time=NOW - 60)
    running = SessionRow(replace(ROW.session, ended=None), totals, complete=True)
    assert session_matches("since:2m", running)
    assert not session_matches("since:30s", running)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("agent:hack", True),
        ("agent:explorer", True),
        ("tool:task", True),
        ("tool:spawn", True),
        ("tool:Bash,Task", True),
        ("tool:Bash", False),
        ("kind:tool,delegation", True),
        ("kind:prompt", False),
        ("state:error", True),
        ("-state:error", False),
        ("title:caller", True),
        ("id:EV-9", True),
        ("since:1h", True),
        ("since:59m", False),
        ("until:1h", False),
        ("until:59m", True),
        ("opus", True),
        ("sess-1", True),
        ("find -mole", True),
        ("status:unknown", False),
        ("errors:0", False),
    ],
)
def test_events(text: str, found: bool) -> None:
    assert event_matches(text) is found


def test_an_empty_filter_matches_everything() -> None:
    empty = parse_filter(" \t ", NOW)
    assert empty.is_empty
    assert empty == Filter()
    assert str(empty) == ""
    assert not parse_filter("x", NOW).is_empty


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("status:failed", EventState.ERROR),
        ("status:Completed", EventState.OK),
        ("status:running", EventState.RUNNING),
        ("state:failed", EventState.ERROR),
        ("state:completed", EventState.OK),
    ],
)
def test_words_for_sessions_are_understood_of_events(text: str, state: EventState) -> None:
    asked = parse_filter(text, NOW, EVENT_FIELDS)
    assert [each for each in EventState if asked.matches_event(replace(EVENT, state=each))] == [
        state
    ]
    assert parse_filter(str(asked), NOW, EVENT_FIELDS) == asked


def test_moments_are_written_as_in_the_readers_zone() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    parsed = parse_filter("-since:2026-01-12 until:2026-01-12T14:30 x", NOW, zone=tokyo)
    assert parsed.text(tokyo) == "-since:2026-01-12 until:2026-01-12T14:30 x"
    assert str(parsed) == "-since:2026-01-11T15:00:00Z until:2026-01-12T05:30:00Z x"
    for row in (ROW, BARE):
        assert isinstance(parsed.matches_session(row), bool)


def test_no_terminal_library_is_needed() -> None:
    code = (
        "import sys, queries.finding.filter_parsing;"
        " print({'textual', 'rich', 'sqlite3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("component:aut", True),
        ("component:=aut", False),
        ("component:=AUTH", True),
        ("agent:=hacker-2,nobody", True),
        ("agent:=hacker", False),
        ("tool:=Bash", True),
        ("tool:=Bas", False),
        ('tool:"=run all"', True),
        ("tool:=run", False),
        ('tool:"=my reader"', True),
        ("tool:=my", False),
        ('tool:"=Bash run all"', False),
        ('tool:"bash run"', True),
        ("tool:?", False),
        ("-agent:?", True),
        ("component:?", False),
    ],
)
def test_whole_names_and_unknown_ones(text: str, found: bool) -> None:
    assert parse_filter(text, NOW).matches_session(ROW) is found
    assert str(parse_filter(text, NOW)) == text


@pytest.mark.parametrize("field", ["agent", "component", "project", "model", "tool"])
def test_a_question_mark_asks_for_what_has_no_name(field: str) -> None:
    asked = parse_filter(f"{field}:?", NOW).with_models({})
    assert asked.matches_session(BARE)
    assert not parse_filter(f"-{field}:?", NOW).with_models({}).matches_session(BARE)


def test_models_are_asked_for_once_they_are_known() -> None:
    wanted = parse_filter("model:opus", NOW)
    assert wanted.asks_for_models
    assert not wanted.matches_session(ROW)
    assert not parse_filter("-model:opus", NOW).matches_session(ROW)
    known = {ROW.id: ("claude-haiku", "Claude-Opus-4")}
    assert wanted.with_models(known).matches_session(ROW)
    assert not wanted.with_models(known).matches_session(BARE)
    assert parse_filter("-model:opus", NOW).with_models(known).matches_session(BARE)
    assert parse_filter("model:=claude-haiku", NOW).with_models(known).matches_session(ROW)
    assert not parse_filter("model:?", NOW).with_models(known).matches_session(ROW)
    assert not parse_filter("agent:x", NOW).asks_for_models


def test_the_model_of_an_event() -> None:
    assert parse_filter("model:opus", NOW).matches_event(replace(EVENT, model="Opus 4.5"))
    assert not parse_filter("model:opus", NOW).matches_event(replace(EVENT, model=None))
    assert parse_filter("model:?", NOW).matches_event(replace(EVENT, model=None))
