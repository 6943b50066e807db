-- The schema that session-tui itself defines. Any program may write it, with any SQLite.
-- Times are UTC epoch seconds (REAL), durations seconds, cost US dollars. NULL means unknown.
-- A session may have two more columns: duration, where seconds are recorded and are not to be
-- taken from started and ended; failed (0 or 1), where that is known apart from the status.

CREATE TABLE session (
    id              TEXT PRIMARY KEY,
    parent_id       TEXT,               -- the session that started this one
    parent_event_id TEXT,               -- the call in it that did
    title           TEXT,
    agent           TEXT,
    component       TEXT,
    project         TEXT,
    status          TEXT,               -- running, completed, failed, paused
    started         REAL,
    ended           REAL,
    declared_turns  INTEGER,
    quality         REAL,               -- 0..100
    error           TEXT,
    tokens          INTEGER,
    cost            REAL
);

CREATE TABLE event (
    seq          INTEGER PRIMARY KEY,   -- order of arrival
    id           TEXT UNIQUE,
    session_id   TEXT NOT NULL,
    parent_id    TEXT,                  -- event.id, of this session or another
    time         REAL,
    agent        TEXT,
    target_agent TEXT,                  -- of a delegation or hand-off
    kind         TEXT NOT NULL,         -- prompt, message, tool, delegation, handoff, error, other
    phase        TEXT NOT NULL DEFAULT 'whole',  -- whole, or start and end: two rows of one call
    call_key     TEXT,                  -- the same in the start row and the end row of a call
    tool         TEXT,
    operation    TEXT,
    summary      TEXT,                  -- one line
    state        TEXT NOT NULL DEFAULT 'unknown',  -- running, ok, error, unknown; may be updated
    duration     REAL,
    model        TEXT,
    tokens       INTEGER,
    cost         REAL
);
CREATE INDEX event_session ON event (session_id, seq);
CREATE INDEX event_parent ON event (parent_id);

CREATE TABLE event_text (               -- what is read only for the event that is open
    seq    INTEGER PRIMARY KEY REFERENCES event (seq),
    input  TEXT,
    output TEXT
);

CREATE TABLE handoff (
    id         TEXT PRIMARY KEY,
    session_id TEXT,
    time       REAL,
    from_agent TEXT NOT NULL,
    to_agent   TEXT NOT NULL,
    type       TEXT,
    state      TEXT,
    reason     TEXT
);

CREATE TABLE work_item (
    id              TEXT PRIMARY KEY,
    type            TEXT,               -- feature, bug, spike, chore, epic, task
    title           TEXT NOT NULL,
    status          TEXT,
    priority        TEXT,               -- low, medium, high, critical
    assigned_to     TEXT,
    created         REAL,
    updated         REAL,
    completed       REAL,
    steps_total     INTEGER,
    steps_completed INTEGER
);
