from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.finding.filters import (
    EVENT_FIELDS,
    FIELDS,
    SESSION_FIELDS,
    Filter,
    FilterError,
    Term,
    parse_filter,
)
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
    ("text", "normal"),
    [
        ("  STATUS:Failed   since:7d ", "status:failed since:2026-01-05T14:00:00Z"),
        ("errors:=007 events:>=010", "errors:7 events:>=10"),
        ("duration:>01.50H,=90S cost:=0.50", "duration:>1.5h,90s cost:0.5"),
        ("quality:<60.0 tokens:>=010", "quality:<60 tokens:>=10"),
        ('agent:"a b",c "x y"', 'agent:"a b",c "x y"'),
        ('a"b c"d', '"ab cd"'),
        ('"-x" -y --z', '"-x" -y -"-z"'),
        (r'"say \"hi\" \\"', r'"say \"hi\" \\"'),
        ("12:30 a,b", '"12:30" "a,b"'),
        ('"tool:Bash"', '"tool:Bash"'),
        ("-", '"-"'),
    ],
)
def test_the_normal_form(text: str, normal: str) -> None:
    parsed = parse_filter(text, NOW)
    assert str(parsed) == normal
    assert parse_filter(normal, NOW + 1e6) == parsed


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("a foo:1", 3, "'foo' is not a field; fields are status, agent, title, id,"),
        ("-agnet:x", 1, "'agnet' is not a field (did you mean 'agent'?); fields are"),
        ("http://x", 1, "Put text with a colon in quotes."),
        ("status:dead", 1, "'dead' is no status; write running, completed, failed,"),
        ("x kind:zap", 3, "'zap' is no kind; write prompt,"),
        ("errors:many", 1, "errors takes a number, like errors:>0"),
        ("errors:>-1", 1, "errors takes a number"),
        ("since:soon", 1, "'soon' is not a time: write 30m"),
        ("duration:long", 1, "duration takes a time, like duration:>2h or duration:<=90s."),
        ("duration:>2y", 1, "duration takes a time, like"),
        ("cost:>2h", 1, "cost takes a number, like cost:>0.5 or cost:<=100."),
        ("quality:", 1, "a value is missing."),
        ("since:7d,soon", 1, "'soon' is not a time"),
        ("agent:", 1, "a value is missing."),
        ("agent: x", 1, "a value is missing."),
        ("agent:a,,b", 1, "a value is missing."),
        ('ab ""', 4, "empty quotes."),
        ('ab "cd', 4, "the quote opened at character 4 is never closed."),
        ('ab agent:"cd', 4, "the quote opened at character 10 is never closed."),
        ("x" * 1001, 1000, "a filter has at most 1000 characters."),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text, NOW)
    assert caught.value.position == position
    assert str(caught.value).startswith(f"At character {position}: ")
    assert words in str(caught.value)


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


def test_only_what_can_be_answered_may_be_asked() -> None:
    with pytest.raises(FilterError, match=r"'kind' cannot be asked here .*; fields are status,"):
        parse_filter("kind:tool", NOW, SESSION_FIELDS)
    with pytest.raises(FilterError, match="'project' cannot be asked here"):
        parse_filter("project:x", NOW, EVENT_FIELDS)
    assert parse_filter("agent:x", NOW, SESSION_FIELDS) == parse_filter("agent:x", NOW)
    assert set(FIELDS) == SESSION_FIELDS | EVENT_FIELDS


def test_control_characters_are_shown_harmless() -> None:
    parsed = parse_filter("a\x1b]0;x\x07", NOW)
    assert str(parsed).isprintable()
    with pytest.raises(FilterError) as caught:
        parse_filter("status:\x1b[2J", NOW)
    assert "\x1b" not in str(caught.value)


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
PIECES = st.sampled_from([*FIELDS, ":", "-", ",", '"', "\\", " ", ">=", "7d", "3", "failed", "x"])


@given(st.lists(st.one_of(PIECES, TEXTS), max_size=12).map("".join))
def test_the_normal_form_means_the_same(text: str) -> None:
    try:
        parsed = parse_filter(text, NOW)
    except FilterError:
        return
    assert parse_filter(str(parsed), NOW + 99) == parsed
    assert str(parse_filter(str(parsed), NOW)) == str(parsed)
    tokyo = ZoneInfo("Asia/Tokyo")
    assert parse_filter(parsed.text(tokyo), NOW, zone=tokyo) == parsed


def test_moments_are_written_as_in_the_readers_zone() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    parsed = parse_filter("-since:2026-01-12 until:2026-01-12T14:30 x", NOW, zone=tokyo)
    assert parsed.text(tokyo) == "-since:2026-01-12 until:2026-01-12T14:30 x"
    assert str(parsed) == "-since:2026-01-11T15:00:00Z until:2026-01-12T05:30:00Z x"
    for row in (ROW, BARE):
        assert isinstance(parsed.matches_session(row), bool)


@given(TEXTS.filter(str.strip), st.booleans())
def test_any_text_can_be_asked_for_in_quotes(text: str, negative: bool) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    parsed = parse_filter(f'{"-" * negative}"{quoted}"', NOW)
    [term] = parsed.terms
    assert (term.field, term.negative) == ("", negative)
    assert parse_filter(str(parsed), NOW).terms == (Term("", term.values, negative),)
    row = replace(ROW, session=replace(ROW.session, title=f"<{term.values[0]}>"))
    assert parsed.matches_session(row) is not negative


def test_no_terminal_library_is_needed() -> None:
    code = (
        "import sys, queries.finding.filters;"
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
