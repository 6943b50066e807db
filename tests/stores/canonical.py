"""A store in the canonical schema."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from tests.stores.base import Journal, Moment, Row, StoreBuilder, Text


def canonical_schema() -> list[str]:
    """The statements of ``queries/dialects/canonical.sql``."""
    return [*_statements()]


@cache
def _statements() -> tuple[str, ...]:
    sql = files("queries").joinpath("dialects", "canonical.sql").read_text("utf-8")
    bare = "\n".join(line.split("--")[0].rstrip() for line in sql.splitlines())
    return tuple(statement.strip() for statement in bare.split(";") if statement.strip())


class CanonicalStore(StoreBuilder):
    """Adds rows to the canonical tables; other columns go through ``columns``."""

    def add_session(
        self,
        id: Text | None = None,  # noqa: A002 - the column's name
        *,
        status: Text | None = "running",
        started: Moment = None,
        **columns: object,
    ) -> Row:
        """One session row."""
        id = id if id is not None else f"session-{self.number():08x}"  # noqa: A001
        return self.insert("session", id=id, status=status, started=self.at(started), **columns)

    def add_event(
        self,
        session_id: Text = "session",
        *,
        id: Text | None = None,  # noqa: A002 - the column's name
        kind: Text = "tool",
        state: Text = "ok",
        agent: Text | None = "agent",
        tool: Text | None = "Read",
        summary: Text | None = "summary",
        time: Moment = None,
        **columns: object,
    ) -> Row:
        """One event row; only tool calls and delegations keep the tool."""
        return self.insert(
            "event",
            id=id if id is not None else f"event-{self.number():08x}",
            session_id=session_id,
            time=self.at(time),
            agent=agent,
            kind=kind,
            tool=tool if kind in ("tool", "delegation") else None,
            summary=summary,
            state=state,
            **columns,
        )

    def finish_event(
        self, id: Text, state: Text = "ok", duration: float | None = 1.0  # noqa: A002
    ) -> None:  # fmt: skip
        """A running event ends, in place."""
        self.update("event", "id", id, state=state, duration=duration)

    def add_text(self, seq: int, input: Text | None, output: Text | None = None) -> Row:  # noqa: A002
        """Input and output of the event with this seq."""
        return self.insert("event_text", seq=seq, input=input, output=output)

    def add_handoff(
        self,
        from_agent: Text = "planner",
        to_agent: Text = "coder",
        *,
        session_id: Text | None = "session",
        time: Moment = None,
        **columns: object,
    ) -> Row:
        """One hand-off row."""
        return self.insert(
            "handoff",
            id=f"handoff-{self.number():08x}",
            session_id=session_id,
            time=self.at(time),
            from_agent=from_agent,
            to_agent=to_agent,
            **columns,
        )

    def add_work_item(
        self,
        title: Text = "Work item",
        *,
        type: Text = "feature",  # noqa: A002 - the column's name
        status: Text = "todo",
        created: Moment = None,
        **columns: object,
    ) -> Row:
        """One work item row."""
        return self.insert(
            "work_item",
            id=f"item-{self.number():08x}",
            type=type,
            title=title,
            status=status,
            created=self.at(created),
            **columns,
        )


def canonical_store(path: Path, journal: Journal = "memory") -> CanonicalStore:
    """Create (or reopen) a store in the canonical schema."""
    return CanonicalStore(path, canonical_schema(), journal)
