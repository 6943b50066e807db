"""One session counts for a comparison as it does everywhere else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.comparing.run_fold import RunFold
from queries.counting.session_batches import SessionBatches
from queries.fold import Fold
from queries.folding.batch import Batch
from queries.folding.batch_order import cut_by_session
from queries.models import Event, Relation
from queries.store import Store
from tests.queries.events import event, sequences
from tests.queries.test_fold import figures
from tests.stores import canonical_store


def shown(fold: Fold, *, repeats: bool) -> dict[str, object]:
    """What a comparison asks of a fold."""
    found = figures(fold)
    del found["slots"]
    relations = found["relations"]
    assert isinstance(relations, dict)
    if not repeats:
        del relations[Relation.FOLLOWS_ONCE]
    return found


@given(sequences(), st.booleans(), st.booleans(), st.integers(1, 25))
def test_as_any_fold(rows: list[Event], messages_only: bool, repeats: bool, size: int) -> None:
    own = [row for row in rows if row.session_id == "s1"]
    whole, run = Fold(messages_only=messages_only), RunFold(
        messages_only=messages_only, repeats=repeats
    )  # fmt: skip
    for start in range(0, len(own), size):
        batch = Batch.of(own[start : start + size])
        whole.add_batch(batch)
        run.add_batch(batch)
    assert shown(run, repeats=repeats) == shown(whole, repeats=repeats)


@given(sequences())
def test_rows_of_sessions_are_cut_where_sessions_change(rows: list[Event]) -> None:
    ordered = sorted(rows, key=lambda row: row.session_id)
    cut = list(cut_by_session(Batch.of(ordered)))
    assert [batch.sessions[0] for batch in cut] == sorted({row.session_id for row in rows})
    for batch in cut:
        own = Batch.of([row for row in ordered if row.session_id == batch.sessions[0]])
        for name in ("seqs", "sessions", "times", "types", "durations", "keys", "sources"):
            assert list(getattr(batch, name)) == list(getattr(own, name))
        assert (batch.amounts, batch.stories) == (own.amounts, own.stories)
        every = range(len(own.seqs))
        assert batch.texts(every) == own.texts(every)


def test_sessions_whose_ids_are_no_plain_text_are_told_apart(tmp_path: Path) -> None:
    """Also where bytes and text are shown alike."""
    with canonical_store(tmp_path / "s.db") as made:
        for name in ("é\u202e", "s"):
            made.add_session(name)
        for name in ("s", "é\u202e") * 6:
            made.add_event(name)
    with closing(sqlite3.connect(tmp_path / "s.db")) as connection, connection:
        for seq, raw in ((1, b"1"), (2, "1"), (3, b"2")):
            connection.execute("UPDATE event SET session_id = ? WHERE seq = ?", (raw, seq))
    with Store(tmp_path / "s.db") as store:
        ids = list(dict.fromkeys(row.session_id for row in store.events_between(0, 0, 99, 99)))
        together = {
            batch.sessions[0]: list(batch.seqs) for batch in SessionBatches(store).read(ids)
        }
        of_each = {
            name: [row.seq for row in store.events_between(0, 0, 99, 99) if row.session_id == name]
            for name in ids
        }
    assert len(ids) > 3
    assert together == of_each


def test_no_text_is_read_unless_repeats_are_asked_for() -> None:
    def no_texts(indexes: object) -> dict[int, str]:
        raise AssertionError(indexes)

    batch = Batch.of([event(seq) for seq in range(1, 9)])
    batch.texts = no_texts
    RunFold(messages_only=False, repeats=False).add_batch(batch)
    with pytest.raises(AssertionError):
        RunFold(messages_only=False, repeats=True).add_batch(batch)
