"""One session in the making: what an agent can do in it."""

from __future__ import annotations

from collections.abc import Generator
from math import log
from random import Random
from typing import Any

from tui.demo import vocabulary as words
from tui.demo.steps import AddEvent, ChangeEvent, PutHandoff, PutSession, PutText, Script, Stage
from tui.demo.texts import call_texts

DOLLARS_PER_TOKEN = 6e-6
INSTANT = 0.8
"""Calls shorter than this many seconds are only recorded once they are over."""


def roll(*names: object) -> Random:
    """Numbers that look random and depend on nothing but the names."""
    return Random("/".join(map(str, names)))  # noqa: S311 - repeatable on purpose, no secret


class Work:
    """A session and the agent that works in it.

    Args:
        stage: where it happens.
        dice: decides everything in this session.
        title: of the session.
        agent: the session's own agent.
        project: what it works on.
        component: the part of the project.
        model: recorded with what the agent says.
        parent: the session that started this one, with ``call``, the event in it that did.
        pairs: record tool calls as a start row and an end row instead of changing one row.
        pace: stretches the pauses between actions.
    """

    def __init__(
        self,
        stage: Stage,
        dice: Random,
        *,
        title: str,
        agent: str,
        project: str | None = None,
        component: str | None = None,
        model: str = "large-4",
        parent: Work | None = None,
        call: str | None = None,
        pairs: bool = False,
        pace: float = 1.0,
    ) -> None:
        self.stage, self.dice = stage, dice
        self.id = f"ses_{dice.getrandbits(48):012x}"
        self.title, self.agent, self.model = title, agent, model
        self.project, self.component = project, component
        self.parent_id, self.parent_event_id = parent.id if parent else None, call
        self.pairs, self.pace = pairs, pace
        self.started = stage.now
        self.turns = self.tokens = 0

    def pause(self, seconds: float) -> float:
        """A pause of about this length, at this session's pace."""
        return round(self.dice.lognormvariate(log(seconds), 0.5) * self.pace, 3)

    def put(self, status: str, error: str | None = None) -> None:
        """Record the session's status; completed and failed end it."""
        over = status in ("completed", "failed")
        quality = round(self.dice.uniform(*((62, 98) if status == "completed" else (5, 50))), 1)
        self.stage.do(
            PutSession(
                id=self.id,
                parent_id=self.parent_id,
                parent_event_id=self.parent_event_id,
                title=self.title,
                agent=self.agent,
                component=self.component,
                project=self.project,
                status=status,
                started=self.started,
                ended=self.stage.now if over else None,
                declared_turns=self.turns if over else None,
                quality=quality if over else None,
                error=error,
                tokens=self.tokens or None,
                cost=round(self.tokens * DOLLARS_PER_TOKEN, 6) or None,
            )
        )

    def prompt(self, text: str, agent: str = "user", operation: str | None = None) -> str:
        """Somebody asks for something; returns the event's id."""
        self.turns += 1
        return self._tell("prompt", agent, text, None, operation)

    def say(self, text: str, parent: str | None = None, agent: str | None = None) -> str:
        """An agent says something; returns the event's id."""
        return self._tell("message", agent or self.agent, text, parent, None)

    def interruption(self, parent: str | None) -> None:
        """Something fails that is no tool."""
        text = self.dice.choice(words.INTERRUPTIONS)
        event = self._event("error", self.agent, text, parent, state="error")
        self.stage.do(PutText(event, output=text))

    def hand_off(self, to_agent: str, reason: str, parent: str | None) -> Script:
        """Work goes to another agent, who takes it a little later."""
        start, number = self.stage.now, f"hand_{self.dice.getrandbits(48):012x}"
        kind = self.dice.choice(("sequential", "parallel", "fallback"))
        self._event("handoff", self.agent, reason, parent, target_agent=to_agent)
        end = self.dice.choice(("completed", "completed", "completed", "rejected", "failed"))
        for state in ("pending", "accepted", end):
            self.stage.do(
                PutHandoff(number, self.id, start, self.agent, to_agent, kind, state, reason)
            )
            if state != end:
                yield self.pause(0.9)

    def begin_call(
        self, tool: str, summary: str, parent: str | None, target: str | None = None
    ) -> tuple[str, float]:
        """A call that goes on until :meth:`end_call`; returns its id and when it began."""
        kind = "delegation" if target else "tool"
        event = self._event(
            kind, self.agent, summary, parent, state="running", tool=tool, target_agent=target
        )
        return event, self.stage.now

    def end_call(self, call: tuple[str, float], state: str, output: str) -> None:
        """The call of :meth:`begin_call` is over."""
        event, began = call
        self.stage.do(ChangeEvent(event, state, round(self.stage.now - began, 3)))
        self.stage.do(PutText(event, output=output))

    def call(
        self, tool: str, parent: str | None, agent: str | None = None, *, hang: bool = False
    ) -> Generator[float, None, bool]:
        """Call a tool from beginning to end; returns whether it succeeded.

        With ``hang`` it never ends: its row says for ever that it runs.
        """
        profile = words.TOOLS[tool]
        texts = call_texts(tool, self.dice)
        # A typical bad day: whatever the crew's mole touches fails more often.
        risk = profile.failure_rate * (3 if agent == "mole" else 1)
        state = "error" if self.dice.random() < risk else "ok"
        seconds = round(min(self.dice.lognormvariate(log(profile.median), profile.spread), 90), 3)
        key = f"call_{self.dice.getrandbits(48):012x}" if self.pairs else None
        output = texts.failure if state == "error" else texts.output
        fixed = (agent or self.agent, texts.summary, parent)
        if seconds < INSTANT and not key and not hang:
            began = self.stage.now
            yield seconds
            event = self._event(
                "tool",
                *fixed,
                began=began,
                state=state,
                tool=tool,
                operation=texts.operation,
                duration=seconds,
            )
            self.stage.do(PutText(event, texts.input, output))
            return state == "ok"
        event = self._event(
            "tool",
            *fixed,
            state="running",
            tool=tool,
            operation=texts.operation,
            phase="start" if key else "whole",
            call_key=key,
        )
        self.stage.do(PutText(event, texts.input))
        yield seconds
        if hang:
            return False
        if key:
            # Half of such systems note the duration, the other half leave it to the reader.
            end = self._event(
                "tool",
                *fixed,
                state=state,
                tool=tool,
                operation=texts.operation,
                phase="end",
                call_key=key,
                duration=seconds if self.dice.random() < 0.5 else None,
            )
            self.stage.do(PutText(end, output=output))
        else:
            self.end_call((event, self.stage.now - seconds), state, output)
        return state == "ok"

    def _tell(
        self, kind: str, agent: str, text: str, parent: str | None, operation: str | None
    ) -> str:
        spoken = kind == "message"
        tokens = self.dice.randrange(300, 9000) if spoken else None
        self.tokens += tokens or 0
        event = self._event(
            kind,
            agent,
            text,
            parent,
            operation=operation,
            model=self.model if spoken else None,
            tokens=tokens,
            cost=round(tokens * DOLLARS_PER_TOKEN, 6) if tokens else None,
        )
        self.stage.do(PutText(event, **({"output": text} if spoken else {"input": text})))
        return event

    def _event(
        self,
        kind: str,
        agent: str,
        summary: str,
        parent: str | None,
        began: float | None = None,
        **details: Any,
    ) -> str:
        event = AddEvent(
            id=f"evt_{self.dice.getrandbits(64):016x}",
            session_id=self.id,
            parent_id=parent,
            time=self.stage.now if began is None else began,
            agent=agent,
            kind=kind,
            summary=summary.replace("\n", " ")[:200],
            **details,
        )
        self.stage.do(event)
        return event.id
