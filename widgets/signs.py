"""What the signs mean that stand before lines and figures."""

from __future__ import annotations

from widgets.glyphs import Glyphs
from widgets.session_list import ALERT


def meanings(glyphs: Glyphs) -> tuple[tuple[str, str], ...]:
    """Signs of a set, each with a sentence; those of sessions and calls come first."""
    return (
        (glyphs.running, "Runs. Before the sign of a session: it is marked."),
        (glyphs.ok, "A session is completed, a call succeeded."),
        (glyphs.error, "Failed; behind a number: so many did."),
        (glyphs.unknown, "How it went is not known."),
        (glyphs.paused, "Paused."),
        (glyphs.stale, "A session that says that it runs, but has been silent for long."),
        (glyphs.never_ended, "A call without an end, in a session that is over or has moved on."),
        (ALERT, "An alert fires about the session."),
        (glyphs.sub, "A session that a sub-agent ran for another one."),
        ("A B", "A session in group A or B of a comparison."),
        (glyphs.prompt, "A prompt."),
        (glyphs.message, "A message."),
        (glyphs.delegation, "Work that is handed on, from whom to whom."),
        (glyphs.handoff, "A hand-off."),
        (glyphs.tool, "On lanes, where a call begins."),
        (glyphs.other, "Another event; in a matrix, none."),
        (f"{glyphs.open} {glyphs.closed}", "A branch that is open, and one that is closed."),
        (glyphs.aggregated, "A tool whose calls the store tells only as totals."),
        (glyphs.dash, "The store does not say."),
        ("+", "Behind a number: at least so many, as there is more to count."),
    )
