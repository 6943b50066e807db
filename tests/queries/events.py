"""Short ways to write canonical events, and random sequences of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from queries.models import Event, EventKind, EventState, Phase

AGENTS = ("planner", "hacker", "mole", None)
TOOLS = ("Read", "Bash", None)


def event(seq: int, **fields: object) -> Event:
    """An event with plain defaults; any field can be given."""
    plain = Event(
        source=0,
        seq=seq,
        id=f"e{seq}",
        session_id="s1",
        time=1000.0 + seq,
        agent="planner",
        kind=EventKind.TOOL,
        tool="Read",
        summary=f"text {seq}",
        state=EventState.OK,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # tests name fields freely


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
    """Rows of several sessions in order of arrival: phases, delegations, messages, prompts."""
    rows: list[Event] = []
    keys: list[str] = []
    for seq in range(1, draw(st.integers(0, max_size)) + 1):
        session = draw(st.sampled_from(("s1", "s2", "s3")))
        agent = draw(st.sampled_from(AGENTS))
        time = draw(st.one_of(st.none(), st.integers(0, 5000)))
        shape = draw(st.sampled_from(("whole", "whole", "phase", "phase", "delegation", "end")))
        base = event(
            seq,
            session_id=session,
            agent=agent,
            time=time,
            tool=draw(st.sampled_from(TOOLS)),
            tokens=draw(st.one_of(st.none(), st.integers(0, 9))),
            duration=draw(st.one_of(st.none(), st.integers(0, 9))),
            state=draw(st.sampled_from(tuple(EventState))),
        )
        if shape == "whole":
            kind = draw(st.sampled_from((EventKind.TOOL, EventKind.MESSAGE, EventKind.PROMPT)))
            rows.append(replace(base, kind=kind))
        elif shape == "phase":
            key = draw(st.one_of(st.none(), st.none(), st.sampled_from(("k1", "k2"))))
            phase = draw(st.sampled_from((Phase.START, Phase.END)))
            key = None if key is None else f"{session}{key}"
            rows.append(_as_phase(replace(base, phase=phase, call_key=key)))
        elif shape == "delegation":
            keys.append(base.id)
            rows.append(
                replace(base, kind=EventKind.DELEGATION, call_key=base.id, target_agent="explorer")
            )
        else:
            key = draw(st.one_of(st.none(), st.sampled_from(keys))) if keys else None
            owner = next((row.session_id for row in rows if row.id == key), session)
            phase = draw(st.sampled_from((Phase.START, Phase.END)))
            part = replace(
                base, session_id=owner, kind=EventKind.DELEGATION, phase=phase, call_key=key
            )
            rows.append(_as_phase(part))
    return rows


def _as_phase(row: Event) -> Event:
    """A start row always runs; an end row never does."""
    if row.phase is Phase.START:
        return replace(row, state=EventState.RUNNING)
    return replace(row, state=EventState.OK) if row.state is EventState.RUNNING else row
