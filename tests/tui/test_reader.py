from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest

from queries.opening.files import QueryStoppedError
from queries.store import Store
from tests.stores import Journal, canonical_store
from tests.tui.desk import desk
from tests.tui.stage import StepReader
from tui.reader import NOTHING_YET, Answer, Reader

LONG = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n) SELECT count(*) FROM n"
"""A query without end."""
PATIENCE = 60.0


@pytest.fixture
def path(folder: Path) -> Path:
    path = folder / "desk.db"
    desk(path).close()
    return path


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    reader = Reader(path)
    yield reader
    reader.stop(PATIENCE)
    assert not reader.is_alive()


class Heard:
    """What a reader answered."""

    def __init__(self, reader: Reader) -> None:
        self._answers: Queue[Answer] = Queue()
        reader.deliver_to(self._answers.put)

    def next(self) -> Answer:
        return self._answers.get(timeout=PATIENCE)

    def nothing_more(self) -> bool:
        return self._answers.empty()


def say(*values: object) -> Callable[[Store], Iterator[object]]:
    """Work that answers with these values."""

    def work(store: Store) -> Iterator[object]:
        yield from values

    return work


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_gaps_between_transactions_are_waited_for_where_a_writer_would_wait(
    folder: Path, journal: Journal
) -> None:
    with canonical_store(folder / "store.db", journal) as writer:
        writer.add_session("s")
        reader = Reader(folder / "store.db")
        heard = Heard(reader)
        reader.start()
        reader.request("tree", lambda store: iter([store.gaps is not None]))
        assert heard.next().value is (journal == "delete")
        reader.stop(PATIENCE)


def without_end(begun: threading.Event) -> Callable[[Store], Iterator[object]]:
    """Work that only ends when it is interrupted."""

    def work(store: Store) -> Iterator[object]:
        begun.set()
        yield store.query(LONG, deadline=PATIENCE * 2)

    return work


def test_it_answers_in_parts_with_the_ticket_of_the_request(reader: Reader) -> None:
    heard = Heard(reader)
    reader.start()
    ticket = reader.request("tree", say("first", "second"))
    assert [heard.next(), heard.next()] == [
        Answer("tree", ticket, "first"),
        Answer("tree", ticket, "second"),
    ]


def test_what_has_nothing_to_say_yet_is_not_heard(reader: Reader) -> None:
    heard = Heard(reader)
    reader.start()
    ticket = reader.request("tree", say(NOTHING_YET, None, NOTHING_YET, "last"))
    assert [heard.next(), heard.next()] == [
        Answer("tree", ticket, None),
        Answer("tree", ticket, "last"),
    ]


def test_work_reads_the_store(reader: Reader) -> None:
    def work(store: Store) -> Iterator[object]:
        yield sorted(session.id for session in store.sessions(limit=10))

    heard = Heard(reader)
    reader.start()
    reader.request("tree", work)
    assert heard.next().value == ["live", "old", "sub"]


def test_a_newer_request_of_the_slot_interrupts_and_replaces(reader: Reader) -> None:
    heard, begun = Heard(reader), threading.Event()
    reader.start()
    stale = reader.request("tree", without_end(begun))
    assert begun.wait(PATIENCE)
    fresh = reader.request("tree", say("new"))
    answer = heard.next()
    assert (answer.ticket, answer.value) == (fresh, "new")
    assert fresh != stale
    assert heard.nothing_more()


def test_what_is_replaced_between_two_queries_ends_too(reader: Reader) -> None:
    heard = Heard(reader)

    def work(store: Store) -> Iterator[object]:
        reader.request("tree", say("new"))
        yield store.query(LONG, deadline=PATIENCE * 2)

    reader.request("tree", work)
    reader.start()
    assert heard.next().value == "new"


def test_of_several_that_wait_only_the_newest_of_a_slot_is_served(path: Path) -> None:
    reader = StepReader(path)
    reader.held = True
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    for number in range(5):
        reader.request("tree", say(number))
    assert reader.serve() == 1
    assert [answer.value for answer in answers] == [4]
    reader.stop()


def test_slots_are_served_in_their_order(path: Path) -> None:
    reader = StepReader(path)
    reader.held = True
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    for slot in ("info", "scope", "text", "tree"):
        reader.request(slot, say(slot))
    reader.serve()
    assert [answer.value for answer in answers] == ["tree", "text", "scope", "info"]
    reader.stop()


def test_what_goes_first_interrupts_what_is_served_later_and_that_begins_again(
    reader: Reader,
) -> None:
    heard, begun, times = Heard(reader), threading.Event(), [0]

    def work(store: Store) -> Iterator[object]:
        times[0] += 1
        if times[0] == 1:
            begun.set()
            store.query(LONG, deadline=PATIENCE * 2)
        yield "diagnosis"

    reader.start()
    reader.request("info", work)
    assert begun.wait(PATIENCE)
    reader.request("tree", say("tree"))
    assert [heard.next().value, heard.next().value] == ["tree", "diagnosis"]
    assert times[0] == 2


def test_a_cancelled_request_is_not_answered(reader: Reader) -> None:
    heard, begun = Heard(reader), threading.Event()
    reader.start()
    reader.request("info", without_end(begun))
    assert begun.wait(PATIENCE)
    reader.cancel("info")
    reader.request("scope", say("next"))
    assert heard.next().value == "next"
    assert heard.nothing_more()


def test_a_request_that_still_waits_can_be_cancelled(path: Path) -> None:
    reader = StepReader(path)
    reader.held = True
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    reader.request("info", say("never"))
    reader.cancel("info")
    assert reader.serve() == 0
    assert answers == []
    reader.stop()


def test_only_the_newest_ticket_is_current(path: Path) -> None:
    reader = StepReader(path)
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    reader.request("tree", say("one"))
    reader.request("tree", say("two"))
    assert [reader.is_current(answer) for answer in answers] == [False, True]
    reader.stop()


def test_a_store_that_nobody_asks_about_is_let_go(path: Path) -> None:
    reader = Reader(path, quiet_close=0.0)
    heard = Heard(reader)
    closed = threading.Event()

    def work(store: Store) -> Iterator[object]:
        close = store.close

        def noted() -> None:
            close()
            closed.set()

        store.close = noted  # type: ignore[method-assign]  # watched
        yield "one"

    reader.start()
    reader.request("tree", work)
    assert heard.next().value == "one"
    assert closed.wait(PATIENCE)
    reader.request("tree", say("two"))
    assert heard.next().value == "two"
    reader.stop(PATIENCE)


def test_what_may_be_put_right_can_be_asked_again(path: Path) -> None:
    reader = StepReader(path)
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    whole = path.read_bytes()
    path.write_bytes(b"no database at all")
    reader.request("tree", say("one"))
    assert "is not a SQLite database" in answers[-1].error
    assert (answers[-1].retry, answers[-1].is_passing) == (True, False)
    path.write_bytes(whole)
    reader.request("tree", say("two"))
    assert answers[-1].value == "two"
    reader.stop()


def test_a_slow_query_is_told_in_a_sentence(path: Path) -> None:
    def work(store: Store) -> Iterator[object]:
        yield store.query(LONG, deadline=0.01)

    reader = StepReader(path)
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    reader.request("tree", work)
    assert [(answer.value, answer.error, answer.retry) for answer in answers] == [
        (None, "That took too long.", False)
    ]
    reader.stop()


def test_a_fault_is_told_without_data_and_the_reader_goes_on(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def work(store: Store) -> Iterator[object]:
        raise KeyError("a secret")
        yield

    reader = StepReader(path)
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    reader.request("tree", work)
    reader.request("tree", say("on"))
    assert [answer.error for answer in answers] == ["It failed (KeyError).", ""]
    reader.stop()


def test_a_store_that_is_gone_may_be_asked_again(path: Path) -> None:
    reader = StepReader(path)
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    path.rename(path.with_name("away.db"))
    reader.request("tree", say("one"))
    assert "no such file" in answers[-1].error
    assert (answers[-1].retry, answers[-1].is_passing) == (True, True)
    path.with_name("away.db").rename(path)
    reader.request("tree", say("two"))
    assert answers[-1].value == "two"
    reader.stop()


def test_a_replaced_store_is_opened_anew(path: Path) -> None:
    def work(store: Store) -> Iterator[object]:
        yield store.count_sessions()

    reader = StepReader(path)
    answers: list[Answer] = []
    reader.deliver_to(answers.append)
    reader.request("tree", work)
    with canonical_store(path.with_name("other.db")) as other:
        other.add_session("only")
    path.with_name("other.db").replace(path)
    reader.request("tree", work)
    assert [answer.value for answer in answers] == [3, 1]
    reader.stop()


def test_stopping_ends_a_query_that_runs(path: Path) -> None:
    reader, begun = Reader(path), threading.Event()
    heard = Heard(reader)
    reader.start()
    reader.request("tree", without_end(begun))
    assert begun.wait(PATIENCE)
    reader.stop(PATIENCE)
    assert not reader.is_alive()
    assert heard.nothing_more()


def test_a_reader_that_never_ran_can_be_stopped(path: Path) -> None:
    Reader(path).stop()


def test_an_interrupted_query_says_so(path: Path) -> None:
    with Store(path) as store, pytest.raises(QueryStoppedError):
        store.query(LONG, deadline=0.01)
