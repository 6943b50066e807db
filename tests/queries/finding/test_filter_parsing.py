from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.finding.filter_parsing import parse_filter
from queries.finding.filters import EVENT_FIELDS, FIELDS, SESSION_FIELDS, FilterError, Term
from queries.models import Session, SessionRow, SessionTotals

NOW = 1_768_226_400.0  # 2026-01-12 14:00 UTC


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


@given(TEXTS.filter(str.strip), st.booleans())
def test_any_text_can_be_asked_for_in_quotes(text: str, negative: bool) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    parsed = parse_filter(f'{"-" * negative}"{quoted}"', NOW)
    [term] = parsed.terms
    assert (term.field, term.negative) == ("", negative)
    assert parse_filter(str(parsed), NOW).terms == (Term("", term.values, negative),)
    row = SessionRow(Session("x", title=f"<{term.values[0]}>"), SessionTotals(), complete=False)
    assert parsed.matches_session(row) is not negative
