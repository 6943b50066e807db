"""The usual tables of each dialect, for queries that are printed without a store.

Of HtmlGraph those columns that all of its versions since 0.26 have.
"""

from __future__ import annotations

SQLITE_TABLES: dict[str, str] = {
    "htmlgraph": """
CREATE TABLE agent_events (
    event_id, agent_id, event_type, timestamp, tool_name, input_summary, output_summary,
    context, session_id, parent_agent_id, parent_event_id, subagent_type, child_spike_count,
    cost_tokens, execution_duration_seconds, status, model, created_at, updated_at
);
CREATE TABLE sessions (
    session_id, agent_assigned, parent_session_id, parent_event_id, created_at,
    completed_at, total_events, total_tokens_used, context_drift, status, transcript_id,
    transcript_path, transcript_synced, start_commit, end_commit, is_subagent,
    features_worked_on, metadata, last_user_query_at, last_user_query
);
CREATE TABLE features (
    id, type, title, description, status, priority, assigned_to, track_id, created_at,
    updated_at, completed_at, steps_total, steps_completed, parent_feature_id, tags,
    metadata
);
CREATE TABLE agent_collaboration (
    handoff_id, from_agent, to_agent, timestamp, feature_id, session_id, handoff_type,
    status, reason, context, result
);
""",
    "heist-audit": """
CREATE TABLE sessions (
    session_id, start_time, end_time, status, total_turns, success, created_at
);
CREATE TABLE messages (
    id, session_id, turn_id, agent_name, agent_role, message, timestamp, created_at
);
CREATE TABLE tool_calls (
    id, session_id, agent_name, tool_name, timestamp, success, execution_time, created_at
);
CREATE TABLE tool_usage (
    id, session_id, tool_name, operation, usage_count, success, avg_execution_time,
    success_rate
);
CREATE TABLE actions (
    id, session_id, turn_number, agent_name, action_type, timestamp, details, created_at
);
""",
    "heist-session": """
CREATE TABLE sessions (
    session_id, start_time, end_time, num_turns, status
);
CREATE TABLE messages (
    id, session_id, turn_id, agent_name, agent_role, message, timestamp
);
CREATE TABLE tool_usage (
    id, session_id, turn_id, agent_name, tool_name, tool_params, tool_result, timestamp,
    success
);
""",
}
"""By dialect, as SQL that creates them."""

DUCKDB_TABLES: dict[str, dict[str, dict[str, str]]] = {
    "session-buddy": {
        "sessions": {
            "session_id": "VARCHAR",
            "component_name": "VARCHAR",
            "start_time": "TIMESTAMP",
            "end_time": "TIMESTAMP",
            "duration_seconds": "INTEGER",
            "quality_score": "FLOAT",
            "project": "VARCHAR",
            "error_occurred": "BOOLEAN",
            "error_message": "VARCHAR",
        }
    },
    "session-buddy-workflow": {
        "session_metrics": {
            "session_id": "VARCHAR",
            "project_path": "VARCHAR",
            "started_at": "TIMESTAMP",
            "ended_at": "TIMESTAMP",
            "duration_minutes": "FLOAT",
            "avg_quality": "FLOAT",
        }
    },
}
"""By dialect, tables with the types of their columns."""
