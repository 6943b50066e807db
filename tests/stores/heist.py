"""Stores of the two heist dialects."""

from __future__ import annotations

from pathlib import Path

from tests.stores.base import (
    Journal,
    Moment,
    Row,
    StoreBuilder,
    Text,
    iso_time,
    schema_of,
    sql_time,
)


class HeistAuditStore(StoreBuilder):
    """Times are epoch seconds, except ``created_at``; one row a call in ``tool_calls``."""

    def add_session(
        self,
        session_id: Text | None = None,
        *,
        start_time: Moment = None,
        status: Text = "active",
        **columns: object,
    ) -> Row:
        """One session row; ``end_time``, ``total_turns``, ``success`` through ``columns``."""
        start = self.at(start_time)
        columns.setdefault("created_at", sql_time(start))
        return self.insert(
            "sessions",
            session_id=session_id if session_id is not None else f"heist_{self.number()}",
            start_time=start,
            status=status,
            **columns,
        )

    def end_session(self, session_id: Text, *, turns: int, end_time: Moment = None) -> None:
        """The session is over, after so many rounds."""
        end = self.at(end_time)
        self.update("sessions", "session_id", session_id, status="completed", total_turns=turns,
                    end_time=end)  # fmt: skip

    def add_agent(
        self, session_id: Text = "heist_1", agent_name: Text = "planner", role: Text = "Planner"
    ) -> Row:
        """One row of the crew's list."""
        return self.insert("agents", session_id=session_id, agent_name=agent_name, role=role)

    def add_message(
        self,
        session_id: Text = "heist_1",
        agent_name: Text = "planner",
        message: Text = "We go tonight.",
        *,
        turn_id: int | None = None,
        timestamp: Moment = None,
        **columns: object,
    ) -> Row:
        """One message row."""
        time = self.at(timestamp)
        columns.setdefault("created_at", sql_time(time))
        return self.insert(
            "messages",
            session_id=session_id,
            turn_id=turn_id,
            agent_name=agent_name,
            message=message,
            timestamp=time,
            **columns,
        )

    def add_action(
        self,
        session_id: Text = "heist_1",
        agent_name: Text = "planner",
        *,
        turn_number: int = 1,
        timestamp: Moment = None,
        **columns: object,
    ) -> Row:
        """One action row, such as the store writes beside each message."""
        return self.insert(
            "actions",
            session_id=session_id,
            turn_number=turn_number,
            agent_name=agent_name,
            **{"action_type": "message", "timestamp": self.at(timestamp), **columns},
        )

    def add_tool_call(
        self,
        session_id: Text = "heist_1",
        agent_name: Text = "planner",
        tool_name: Text = "calculator",
        *,
        success: object = 1,
        execution_time: object = None,
        timestamp: Moment = None,
        **columns: object,
    ) -> Row:
        """One tool call row."""
        time = self.at(timestamp)
        columns.setdefault("created_at", sql_time(time))
        return self.insert(
            "tool_calls",
            session_id=session_id,
            agent_name=agent_name,
            tool_name=tool_name,
            timestamp=time,
            success=success,
            execution_time=execution_time,
            **columns,
        )

    def add_tool_usage(
        self,
        session_id: Text = "heist_1",
        tool_name: Text = "calculator",
        *,
        usage_count: int = 1,
        success_rate: float | None = 1.0,
        avg_execution_time: float | None = None,
        **columns: object,
    ) -> Row:
        """One total per session and tool, as written when a session ends."""
        return self.insert(
            "tool_usage",
            session_id=session_id,
            tool_name=tool_name,
            usage_count=usage_count,
            success_rate=success_rate,
            avg_execution_time=avg_execution_time,
            **columns,
        )


class HeistSessionStore(StoreBuilder):
    """Times are ISO texts without a zone; one row a call in ``tool_usage``."""

    def add_session(
        self,
        session_id: Text | None = None,
        *,
        start_time: Moment = None,
        status: Text | None = "active",
        **columns: object,
    ) -> Row:
        """One session row; ``end_time`` and ``num_turns`` through ``columns``."""
        return self.insert(
            "sessions",
            session_id=session_id if session_id is not None else f"heist_{self.number()}",
            start_time=iso_time(self.at(start_time)),
            status=status,
            **columns,
        )

    def end_session(self, session_id: Text, *, turns: int, end_time: Moment = None) -> None:
        """The session is over, after so many messages."""
        end = iso_time(self.at(end_time))
        self.update("sessions", "session_id", session_id, status="completed", num_turns=turns,
                    end_time=end)  # fmt: skip

    def add_message(
        self,
        session_id: Text | None = "heist_1",
        agent_name: Text | None = "planner",
        message: Text | None = "We go tonight.",
        *,
        turn_id: int | None = None,
        timestamp: Moment = None,
        **columns: object,
    ) -> Row:
        """One message row."""
        return self.insert(
            "messages",
            session_id=session_id,
            turn_id=turn_id,
            agent_name=agent_name,
            message=message,
            timestamp=iso_time(self.at(timestamp)),
            **columns,
        )

    def add_tool_call(
        self,
        session_id: Text | None = "heist_1",
        agent_name: Text | None = "planner",
        tool_name: Text | None = "calculator",
        *,
        turn_id: int | None = None,
        tool_params: Text | None = "mentioned_in_response",
        tool_result: Text | None = None,
        success: object = 1,
        timestamp: Moment = None,
    ) -> Row:
        """One tool call row."""
        return self.insert(
            "tool_usage",
            session_id=session_id,
            turn_id=turn_id,
            agent_name=agent_name,
            tool_name=tool_name,
            tool_params=tool_params,
            tool_result=tool_result,
            timestamp=iso_time(self.at(timestamp)),
            success=success,
        )


def heist_audit_store(path: Path, journal: Journal = "memory") -> HeistAuditStore:
    """Create (or reopen) a store of the audit dialect, with its four indexes."""
    return HeistAuditStore(path, schema_of("heist-audit.db"), journal)


def heist_session_store(
    path: Path, journal: Journal = "memory", *, indexed: bool = False
) -> HeistSessionStore:
    """Create (or reopen) a store of the session dialect.

    Args:
        path: of the file.
        journal: the journal mode.
        indexed: with the one index that some of these files have.
    """
    schema = schema_of("heist-session.db")
    wanted = [sql for sql in schema if indexed or not sql.startswith("CREATE INDEX")]
    return HeistSessionStore(path, wanted, journal)
