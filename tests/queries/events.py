"""Short ways to write canonical events, and random sequences of them."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import strategies as st

from queries.models import Event, EventKind, EventState, Phase

AGENTS = ("planner", "hacker", "mole", None)
TOOLS = ("Read", "Bash", None)
SESSIONS = ("s1", "s2", "s3")
STATES = tuple(EventState)
PHASES = (Phase.START, Phase.END)
KINDS = (EventKind.TOOL, EventKind.MESSAGE, EventKind.PROMPT)
SHAPES = ("whole", "whole", "phase", "phase", "delegation", "end")


def event(seq: int, **fields: object) -> Event:
    """An event with plain defaults; any field can be given."""
    plain: dict[str, Any] = {
        "source": 0,
        "seq": seq,
        "id": f"e{seq}",
        "session_id": "s1",
        "time": 1000.0 + seq,
        "agent": "planner",
        "kind": EventKind.TOOL,
        "tool": "Read",
        "summary": f"text {seq}",
        "state": EventState.OK,
    }
    return Event(**plain | fields)


def call(seq: int, phase: Phase, **fields: object) -> Event:
    """The start row or the end row of a call."""
    state = EventState.RUNNING if phase is Phase.START else EventState.OK
    return event(seq, **{"phase": phase, "state": state, **fields})


def prompt(seq: int, **fields: object) -> Event:
    """What a user asked."""
    return event(seq, kind=EventKind.PROMPT, **fields)


def task(seq: int, **fields: object) -> Event:
    """A delegation that is under way."""
    fields = {"state": EventState.RUNNING, "call_key": f"k{seq}", **fields}
    return event(seq, kind=EventKind.DELEGATION, **fields)


@st.composite
def sequences(draw: st.DrawFn, max_size: int = 25) -> list[Event]:
    """Rows of several sessions in order of arrival: phases, delegations, messages, prompts.

    All of it is made of one run of bytes: ten draws for each row took longer than the tests.
    """
    count = draw(st.integers(0, max_size))
    chance = iter(draw(st.binary(min_size=_BYTES * count, max_size=_BYTES * count)))
    rows: list[Event] = []
    keys: list[str] = []
    for seq in range(1, count + 1):
        rows.append(_row(seq, bytes(itertools.islice(chance, _BYTES)), rows, keys))
    return rows


_BYTES = 12
"""That a row is made of."""


def _row(seq: int, chance: bytes, rows: list[Event], keys: list[str]) -> Event:
    """The next row, after those that are there, and after the ids of delegations so far."""
    session = SESSIONS[chance[0] % 3]
    fields: dict[str, Any] = {
        "session_id": session,
        "agent": AGENTS[chance[1] % 4],
        "time": None if chance[2] % 2 else chance[3] * 20 - chance[2] // 2 % 20,
        "tool": TOOLS[chance[4] % 3],
        "tokens": None if chance[5] % 2 else chance[5] // 2 % 10,
        "duration": None if chance[6] % 2 else chance[6] // 2 % 10,
        "state": STATES[chance[7] % len(STATES)],
    }
    phase = PHASES[chance[9] % 2]
    match SHAPES[chance[8] % 6]:
        case "whole":
            fields["kind"] = KINDS[chance[9] % 3]
        case "phase":
            key = (None, None, "k1", "k2")[chance[10] % 4]
            fields |= {"phase": phase, "call_key": None if key is None else f"{session}{key}"}
        case "delegation":
            key = f"e{seq}" if chance[10] % 4 else None
            keys += [] if key is None else [key]
            fields |= {"kind": EventKind.DELEGATION, "call_key": key,
                       "target_agent": "explorer"}  # fmt: skip
        case _:
            key = keys[chance[11] % len(keys)] if keys and chance[10] % 2 else None
            owner = next((row.session_id for row in rows if row.id == key), session)
            fields |= {"session_id": owner, "kind": EventKind.DELEGATION, "phase": phase,
                       "call_key": key}  # fmt: skip
    if fields.get("phase") is Phase.START:
        # A start row always runs; an end row never does.
        fields["state"] = EventState.RUNNING
    elif fields.get("phase") is Phase.END and fields["state"] is EventState.RUNNING:
        fields["state"] = EventState.OK
    return event(seq, **fields)
