"""Rows that fulfil a term, found by columns: the same as those whose events fulfil it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.dialects.base import EVENT_COLUMNS
from queries.finding import term_rows
from queries.finding.filter_matching import ask_event
from queries.finding.filter_parsing import parse_filter
from queries.finding.filters import EVENT_FIELDS, Term
from queries.finding.term_rows import TermRows, telling
from queries.store import Store
from tests.queries.counting.test_backfill import written
from tests.stores.base import SAMPLES

ASKED = (
    "needle", "NEEDLE", "straße", "strasse", "agent:k", "agent:K", "agent:?", "agent:=planner",
    "agent:explorer", "tool:read,bash", "tool:?", "tool:=Read", "kind:tool", "kind:other,prompt",
    "state:error", "status:running", "model:?", "model:opus", "title:a", "title:↵", "title:…",
    'title:" "', "id:1", 'id:"no id"', "id:~", '"1.0"', "s1", "since:1970-01-01T00:16:40",
    "until:1970-01-01T00:16:40", "until:1969-01-01,1971-01-01", "\u212b", "e\u0301", "·",
)  # fmt: skip
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.sampled_from(("e1", "e2", None, "", "a\x1bb", 7)) | st.text(max_size=4),
    "session_id": st.sampled_from(("s1", "S1\n", None, 1, "straße")),
    "time": st.sampled_from((None, 1000.0, 999.5, 1000, "1970-01-01 00:16:40", "soon", b"\0")),
    "agent": st.sampled_from((None, "", "planner", "Kate", "\u212aate", "a" * 99, 3)),
    "target_agent": st.sampled_from((None, "explorer", "Needle")),
    "kind": st.sampled_from(("tool", "prompt", "delegation", "nonsense", None)),
    "tool": st.sampled_from((None, "Read", "Bash", "needle\x00")),
    "operation": st.sampled_from((None, "read", b"needle")),
    "summary": st.sampled_from((
        None, "", "a Needle in hay", "a\nb", " needle ", "x" * 199 + "needle", "STRASSE", "Straße",
        "x" * 199 + "e\u0301", "nee\ufe0fdle", "nee\u200bdle", b"needle\xff", 12.5, "A\u030a",
        "\U0001f680 needle", "x" * 300,
    )) | st.text(max_size=6),
    "state": st.sampled_from(("ok", "error", "running", "unheard", None)),
    "model": st.sampled_from((None, "claude-Opus-4", "")),
}  # fmt: skip


def term_of(text: str) -> Term:
    (term,) = parse_filter(text, 0.0, EVENT_FIELDS).terms
    return term


def found_by(store: Store, source: int, terms: tuple[Term, ...]) -> dict[Term, list[int]] | None:
    """All that is found in a source; None where that takes whole rows."""
    first, last = store.bounds(source) or (1, 0)
    found: dict[Term, list[int]] = {term: [] for term in terms}
    at = first - 1
    for page in TermRows(store, source, terms).between(at, last):
        if page is None:
            return None
        assert page[0] > at
        at = page[0]
        for term, seqs in page[1].items():
            found[term] += seqs
    assert at == last
    return found


def known_of(store: Store, source: int, terms: tuple[Term, ...]) -> dict[Term, list[int]]:
    rows = store.events_between(source, -(2**62), 2**62, 10**6)
    return {term: [row.seq for row in rows if ask_event(term, row)] for term in terms}


@settings(max_examples=300)
@given(
    st.lists(st.fixed_dictionaries(CELLS), max_size=12),
    st.lists(st.sampled_from(ASKED), min_size=1, max_size=3, unique=True),
    st.integers(1, 5),
)
def test_hostile_rows(rows: list[dict[str, Any]], asked: list[str], page: int) -> None:
    terms = tuple(map(term_of, asked))
    assert telling(terms) == terms
    cells = [tuple({"seq": at, **row}.get(name) for name in EVENT_COLUMNS)
             for at, row in enumerate(rows, 1)]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch, written(cells) as store:
        patch.setattr(term_rows, "PAGE", page)
        assert found_by(store, 0, terms) == known_of(store, 0, terms)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.db")), ids=lambda path: path.stem)
def test_samples(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / sample.name
    path.write_bytes(sample.read_bytes())
    texts = (*ASKED, "agent:general", "explore", "file", "the", "title:ls", "tool:task", "hacker")
    with Store(path) as store:
        for source in range(len(store.mapping.sources)):
            for text in texts:
                terms = (term_of(text),)
                assert found_by(store, source, terms) == known_of(store, source, terms)


def test_numbers_that_are_equal_but_look_different_take_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE session (id, status);"
            " CREATE TABLE event (seq INTEGER PRIMARY KEY, id, session_id, time, kind, agent);"
            " INSERT INTO event VALUES (1, 'a', 's', 0, 'tool', 1), (2, 'b', 's', 0, 'tool', 1.0)"
        )
    by_agent, by_id = term_of("agent:1.0"), term_of("id:a")
    with Store(path) as store:
        assert known_of(store, 0, (by_agent,)) == {by_agent: [2]}
        assert found_by(store, 0, (by_agent,)) is None
        assert found_by(store, 0, (by_id,)) == {by_id: [1]}
