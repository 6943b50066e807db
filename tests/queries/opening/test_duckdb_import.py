"""Session-Buddy's DuckDB stores: read from a copy, live, and never harmed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

duckdb = pytest.importorskip("duckdb", reason="the extra 'duckdb' is not installed")

from queries.dialects.zones import NAIVE_ZONE_VARIABLE  # noqa: E402
from queries.doctor import diagnose  # noqa: E402
from queries.feed import Feed  # noqa: E402
from queries.models import SessionRow, SessionStatus, StoreState  # noqa: E402
from queries.opening import duckdb_import  # noqa: E402
from queries.opening.files import StoreBusyError, StoreError  # noqa: E402
from queries.overviews.rates import outcome_of  # noqa: E402
from queries.store import Store  # noqa: E402
from queries.whole_store import count_store  # noqa: E402
from tests.queries.samples import duckdb_sample  # noqa: E402

NOW = 1_770_000_000.0


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for private copies; nothing may stay there."""
    folder = tmp_path / "private"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def made(path: Path, *statements: str) -> Path:
    """A DuckDB file."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


TABLE = (
    "CREATE TABLE sessions (session_id TEXT, component_name TEXT, start_time TIMESTAMP,"
    " end_time TIMESTAMP, duration_seconds INTEGER, quality_score REAL, project TEXT,"
    " error_occurred BOOLEAN, error_message TEXT)"
)


def rows_of(path: Path) -> dict[str, SessionRow]:
    """The lines of all sessions."""
    return {row.id: row for row in count_store(path, now=NOW).rows}


def test_the_documented_table(tmp_path: Path) -> None:
    path = duckdb_sample(tmp_path, "documented")
    before = hashlib.sha256(path.read_bytes()).digest()
    with Store(path) as store:
        assert store.info.dialect == "session-buddy"
        assert store.info.opened_as.startswith("private copy")
        assert store.info.sources == ("event",)
        assert store.info.path == str(path)
        assert store.count_sessions() == 400
        notes = diagnose(store).notes
    assert any("conversations_v2" in note for note in notes)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["private", path.name]
    assert hashlib.sha256(path.read_bytes()).digest() == before


def test_the_workflow_table(tmp_path: Path) -> None:
    path = duckdb_sample(tmp_path, "workflow")
    with Store(path) as store:
        assert store.info.dialect == "session-buddy-workflow"
    row = rows_of(path)["admin-shell-20260128-233755-00000"]
    assert row.session.project == "/home/u/projects/oneiric"
    assert row.started == 1_769_643_475.799708
    assert row.duration == 774.0
    assert row.session.quality == 74.37828826904297
    assert (row.session.status, outcome_of(row)) == (SessionStatus.COMPLETED, None)


def test_what_cells_become(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.duckdb",
        TABLE,
        "INSERT INTO sessions VALUES"
        " ('ok', 'bash', '2026-01-01 00:00:00', '2026-01-01 00:01:00', 50, 80, 'p', false, NULL),"
        " ('bad', 'bash', '2026-01-01', '2026-01-01', -5, NULL, NULL, true, 'Boom \x1b[31m'),"
        " ('runs', 'bash', '2025-12-31', NULL, NULL, NULL, NULL, true, NULL),"
        " ('mute', 'bash', '2026-01-01', '2026-01-02', NULL, NULL, NULL, NULL, NULL),"
        " ('never', NULL, 'infinity', NULL, NULL, 'nan', NULL, false, NULL),"
        " ('ok', 'other', '2026-01-03', NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    rows = rows_of(path)
    assert sorted(rows) == ["bad", "mute", "never", "ok", "runs"]
    ok = rows["ok"]
    assert (ok.started, ok.session.ended, ok.duration) == (1767225600.0, 1767225660.0, 50.0)
    assert (ok.session.component, ok.session.project, ok.session.quality) == ("bash", "p", 80.0)
    assert (ok.session.status, outcome_of(ok)) == (SessionStatus.COMPLETED, False)
    bad = rows["bad"]
    assert (bad.session.status, outcome_of(bad), bad.duration) == (SessionStatus.FAILED, True, -5.0)
    assert bad.session.error == "Boom ␛[31m"
    assert (rows["runs"].session.status, outcome_of(rows["runs"])) == (SessionStatus.RUNNING, True)
    assert (rows["mute"].duration, outcome_of(rows["mute"])) == (None, None)
    assert (rows["never"].started, rows["never"].session.quality) == (None, None)
    with Store(path) as store:
        assert any("same id: 1" in note for note in store.mapping.notes)


def test_times_with_a_zone_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(
        tmp_path / "a.duckdb",
        "SET TimeZone = 'America/New_York'",
        "CREATE TABLE sessions (session_id TEXT, start_time TIMESTAMPTZ, end_time TIMESTAMP)",
        "INSERT INTO sessions VALUES ('a', '2026-01-01 00:00:00+00', '2026-01-01 01:00:00')",
    )
    session = rows_of(path)["a"].session
    assert (session.started, session.ended) == (1767225600.0, 1767229200.0)
    monkeypatch.setenv(NAIVE_ZONE_VARIABLE, "America/New_York")
    session = rows_of(path)["a"].session
    assert (session.started, session.ended) == (1767225600.0, 1767229200.0 + 5 * 3600)


def test_a_session_that_begins_in_the_future_is_not_running(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.duckdb", TABLE,
        "INSERT INTO sessions (session_id, start_time) VALUES ('a', '2026-02-03 12:00:00')",
    )  # fmt: skip
    assert rows_of(path)["a"].session.status is SessionStatus.UNKNOWN
    later = count_store(path, now=1_770_120_010.0).rows[0]
    assert later.session.status is SessionStatus.RUNNING


def test_a_real_install_has_other_tables(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.duckdb",
        "CREATE TABLE conversations_v2 (id TEXT, session_id TEXT)",
        "INSERT INTO conversations_v2 VALUES ('a', 'b'), ('c', 'd')",
        "CREATE VIEW sessions AS SELECT id AS session_id, id AS start_time FROM conversations_v2",
    )
    with pytest.raises(StoreError, match=r"neither of Session-Buddy.*conversations_v2 \(2 rows\)"):
        Store(path)
    with pytest.raises(StoreError, match="without tables"):
        Store(made(tmp_path / "b.duckdb"))


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    path = duckdb_sample(tmp_path, "documented")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StoreError, match="cannot be read through DuckDB") as caught:
        Store(path)
    assert "\n" not in str(caught.value)


def test_commits_beside_a_writer_are_seen(tmp_path: Path) -> None:
    path = made(tmp_path / "a.duckdb", TABLE)
    with duckdb.connect(str(path)) as writer:
        insert = "INSERT INTO sessions (session_id, start_time) VALUES (?, '2026-01-01')"
        writer.execute(insert, ["one"])
        feed = Feed(path, clock=lambda: NOW)
        shot = feed.poll()
        assert shot is not None
        assert [row.id for row in shot.sessions] == ["one"]
        while feed.counting:
            feed.backfill(1)
        feed.snapshot()
        writer.execute(insert, ["two"])
        writer.execute("UPDATE sessions SET end_time = '2026-01-02' WHERE session_id = 'one'")
        shot = feed.poll()
        assert shot is not None
        assert shot.state is StoreState.LIVE
        by_id = {row.id: row.session.status for row in shot.sessions}
        assert by_id == {"one": SessionStatus.COMPLETED, "two": SessionStatus.RUNNING}
        assert (shot.epoch, shot.total_sessions) == (1, 2)
        feed.close()


def test_connections_to_one_state_share_one_copy(tmp_path: Path, private: Path) -> None:
    path = made(tmp_path / "a.duckdb", TABLE)
    with Store(path), Store(path) as second:
        assert len(list(private.iterdir())) == 1
        (folder,) = private.iterdir()
        assert [file.name for file in folder.iterdir()] == ["store.db"]
        assert (folder.stat().st_mode & 0o777, (folder / "store.db").stat().st_mode & 0o777) == (
            0o700,
            0o600,
        )
        assert second.count_sessions() == 0


def test_a_copy_that_was_torn_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = duckdb_sample(tmp_path, "documented")
    copied = shutil.copyfile
    writes = 3

    def copy(source: str, target: str) -> str:
        nonlocal writes
        made = copied(source, target)
        if writes:
            writes -= 1
            Path(target).write_bytes(Path(source).read_bytes()[:5000])
            with path.open("ab") as file:
                file.write(bytes(1))
        return str(made)

    monkeypatch.setattr(shutil, "copyfile", copy)
    monkeypatch.setattr(duckdb_import, "BETWEEN_TRIES", 0)
    with Store(path) as store:
        assert store.count_sessions() == 400
    writes = 1000
    with path.open("ab") as file:
        file.write(bytes(1))
    with pytest.raises(StoreBusyError, match="is being written"):
        Store(path)


def test_a_file_cannot_make_us_read_others(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("session_id,start_time\nsecret,2026-01-01\n")
    path = made(
        tmp_path / "a.duckdb", TABLE,
        "INSERT INTO sessions (session_id, start_time) VALUES ('a', '2026-01-01')",
        f"CREATE MACRO \"left\"(a, b) AS (SELECT content FROM read_text('{secret}'))",
    )  # fmt: skip
    with pytest.raises(StoreError, match="Permission Error"):
        Store(path)


def test_the_library_is_imported_only_for_such_a_file(tmp_path: Path) -> None:
    code = (
        "import sys; from queries.store import Store;"
        "from tests.queries.samples import sample; from pathlib import Path;"
        f"Store(sample(Path({str(tmp_path)!r}), 'heist-demo')).close();"
        "print('duckdb' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_without_the_library_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = duckdb_sample(tmp_path, "documented")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(StoreError, match=r"pip install 'session-tui\[duckdb\]'"):
        Store(path)


def test_an_end_that_is_no_time_of_the_calendar_is_an_end(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.duckdb",
        "CREATE TABLE sessions (session_id TEXT, start_time TIMESTAMP, end_time TIMESTAMPTZ)",
        "INSERT INTO sessions VALUES ('for-ever', '2026-01-01', 'infinity'),"
        " ('far', '20000-01-01 00:00:00', '20000-01-01 00:00:00+00'),"
        " ('late', '9999-12-31 23:59:59', '9999-12-31 23:59:59+00'),"
        " ('late-era', '6000-01-01 00:00:00.5', NULL),"
        " ('early', '0001-01-01 00:00:00', '0001-01-01 00:00:00+00'),"
        " ('too-early', '0001-01-01 (BC) 00:00:00', NULL)",
    )
    rows = rows_of(path)
    seen = {name: (row.started, row.session.ended) for name, row in rows.items()}
    assert seen == {
        "for-ever": (1_767_225_600.0, None),
        "far": (None, None),
        "late": (253_402_300_799.0, 253_402_300_799.0),
        "late-era": (127_174_492_800.5, None),
        "early": (-62_135_596_800.0, -62_135_596_800.0),
        "too-early": (None, None),
    }
    over = [name for name, row in rows.items() if row.session.status is SessionStatus.COMPLETED]
    assert sorted(over) == ["early", "far", "for-ever", "late"]
