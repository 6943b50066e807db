"""The same run written into a store of any dialect, and the ways in which runs differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.stores import (
    CanonicalStore,
    HeistAuditStore,
    HeistSessionStore,
    HtmlGraphStore,
    StoreBuilder,
    canonical_store,
    heist_audit_store,
    heist_session_store,
    htmlgraph_store,
)


@dataclass(frozen=True, slots=True)
class Do:
    """One step: a call of a tool, or without a tool something said."""

    tool: str | None
    text: str
    ok: bool = True


PLAN = (
    Do("Read", "src/auth.py"),
    Do(None, "The login test waits too short."),
    Do("Grep", "login"),
    Do("Edit", "src/login.py"),
    Do(None, "Now the tests."),
    Do("Bash", "make test"),
    Do("Write", "CHANGELOG.md"),
)
DROPPED = (*PLAN[:2], *PLAN[3:])
SWAPPED = (*PLAN[:2], PLAN[3], PLAN[2], *PLAN[4:])
ARGUMENT = (*PLAN[:2], replace(PLAN[2], text="logout"), *PLAN[3:])
SPOKEN = (PLAN[0], replace(PLAN[1], text="I have no idea."), *PLAN[2:])
FAILING = (*PLAN[:5], replace(PLAN[5], ok=False), PLAN[6])


def _canonical(store: StoreBuilder, session: str, plan: Sequence[Do]) -> None:
    assert isinstance(store, CanonicalStore)
    store.add_session(session, status="completed")
    for do in plan:
        kind = "tool" if do.tool else "message"
        state = "ok" if do.ok else "error"
        store.add_event(session, kind=kind, tool=do.tool, summary=do.text, state=state)


def _audit(store: StoreBuilder, session: str, plan: Sequence[Do]) -> None:
    assert isinstance(store, HeistAuditStore)
    store.add_session(session, status="completed")
    for do in plan:
        if do.tool:
            store.add_tool_call(session, "planner", do.tool, success=int(do.ok))
        else:
            store.add_message(session, "planner", do.text)


def _session(store: StoreBuilder, session: str, plan: Sequence[Do]) -> None:
    assert isinstance(store, HeistSessionStore)
    store.add_session(session, status="completed")
    for do in plan:
        if do.tool:
            store.add_tool_call(
                session, "planner", do.tool, tool_params=do.text, success=int(do.ok)
            )
        else:
            store.add_message(session, "planner", do.text)


def _htmlgraph(store: StoreBuilder, session: str, plan: Sequence[Do]) -> None:
    assert isinstance(store, HtmlGraphStore)
    store.add_session(session, status="completed")
    for do in plan:
        if do.tool:
            store.add_call(session, do.tool, text=do.text, is_error=not do.ok)
        else:
            store.add_prompt(session, do.text)


Write = Callable[[StoreBuilder, str, Sequence[Do]], None]
DIALECTS: dict[str, tuple[Callable[[Path], StoreBuilder], Write]] = {
    "canonical": (canonical_store, _canonical),
    "heist-audit": (heist_audit_store, _audit),
    "heist-session": (heist_session_store, _session),
    "htmlgraph-0.26": (htmlgraph_store, _htmlgraph),
    "htmlgraph-0.26-init": (lambda path: htmlgraph_store(path, shape="init"), _htmlgraph),
    "htmlgraph-0.35": (lambda path: htmlgraph_store(path, "0.35"), _htmlgraph),
    "htmlgraph-0.35-init": (lambda path: htmlgraph_store(path, "0.35", "init"), _htmlgraph),
}
WITHOUT_ARGUMENTS = frozenset(("heist-audit",))
"""Dialects that do not keep what a tool was asked for."""


def write_runs(path: Path, dialect: str, **plans: Sequence[Do]) -> Path:
    """A store with one session per plan, named like it."""
    make, write = DIALECTS[dialect]
    with make(path) as store, store.batch():
        for session, plan in plans.items():
            write(store, session, plan)
    return path
