"""An experiment that is over: ten heists, five with standard tools, five with extended ones.

The crew and the task are the same every time, the first steps too. With extended tools it can
ask a database and run simulations instead of looking for files that are not there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

from queries.plain_data import dataclass
from tui.demo.acting import roll
from tui.demo.steps import AddEvent, Operation, PutSession, PutText, Step
from tui.demo.vocabulary import NEXT_SPEAKER

RUNS = 5
"""Sessions of each setup."""
HOUR = 3600.0
FIRST = -20 * HOUR
"""When the first session began; the setups take turns, one session after the other."""
APART = 1.75 * HOUR
PROMPT = "Plan the Casino Royal job: in through the roof, out before the patrol returns."


@dataclass(frozen=True, slots=True)
class _Tool:
    arguments: tuple[str, ...]
    median: float
    """Seconds."""
    failure: str


@dataclass(frozen=True, slots=True)
class _Setup:
    """What one half of the experiment has."""

    key: str
    name: str
    tools: dict[str, tuple[str, ...]]
    """Per agent, those it uses; named more often, used more often."""
    failing: dict[str, float]
    """The part of each tool's calls that fails."""
    turns: tuple[int, ...]
    """Of each session."""
    pause: float
    """Seconds from one turn to the next."""


TOOLS = {
    "calculator": _Tool(
        ("4 * 60 - 35", "(12 + 7.5) / 3", "38 * 0.85", "90 - 4 * 14", "2 * 17 + 6"), 0.03,
        "SyntaxError: unexpected end of expression",
    ),
    "file_reader": _Tool(
        ("plans/vault.txt", "plans/roof.txt", "notes/guards.csv", "notes/cameras.md",
         "plans/sewer.txt", "notes/east-door.md"), 0.2,
        "FileNotFoundError: no such file",
    ),
    "database_query": _Tool(
        ("SELECT name, shift FROM guards WHERE day = 'Friday'",
         "SELECT room, camera, angle FROM cameras WHERE floor = 3",
         "SELECT max(seconds) FROM patrols WHERE route = 'north'",
         "SELECT code FROM keypads WHERE changed < '2026-01-01'"), 0.8,
        "timeout: the database did not answer in 5 s",
    ),
    "simulation_data": _Tool(
        ("escape --route roof --runs 200", "patrol --interval 7m --runs 500",
         "vault --drill 4m --noise low", "escape --route sewer --runs 200"), 1.6,
        "the simulation did not converge",
    ),
}  # fmt: skip
LINES = {
    "planner": ("The window is {n} minutes. We go at {n}:40.", "New plan: {n} seconds less.",
                "Repeat your part, please, all {n} points."),
    "hacker": ("The cameras loop for {n} seconds.", "{n} doors share one keypad.",
               "I need {n} minutes alone with their switch."),
    "safecracker": ("A model {n} lock, four minutes.", "The dial has {n} positions more."),
    "mole": ("The guards change {n} minutes later, maybe.", "I counted {n} steps to the vault."),
}  # fmt: skip
OPENING = (
    ("planner", "We have seven minutes between two patrols. Everybody checks his part.", None),
    ("planner", "plans/vault.txt", "file_reader"),
    ("hacker", "I begin with the cameras.", None),
    ("hacker", "4 * 60 - 35", "calculator"),
)
"""How every session begins: agent, text, and the tool that it is asked of."""
STANDARD = _Setup(
    key="a",
    name="standard tools",
    tools={
        "planner": ("calculator", "file_reader"),
        "hacker": ("file_reader", "file_reader", "calculator"),
        "safecracker": ("calculator", "file_reader"),
        "mole": ("file_reader",),
    },
    failing={"calculator": 0.06, "file_reader": 0.38},
    turns=(38, 31, 42, 35, 40),
    pause=4.0,
)
EXTENDED = _Setup(
    key="b",
    name="extended tools",
    tools={
        "planner": ("simulation_data", "calculator", "simulation_data"),
        "hacker": ("database_query", "database_query", "database_query", "file_reader"),
        "safecracker": ("calculator", "simulation_data", "file_reader"),
        "mole": ("database_query", "file_reader"),
    },
    failing={
        "calculator": 0.05, "file_reader": 0.15, "database_query": 0.06, "simulation_data": 0.08,
    },
    turns=(47, 53, 45, 57, 50),
    pause=3.4,
)  # fmt: skip
FAILED = frozenset((("a", 2), ("a", 4)))
"""Sessions that end with the alarm: setup and number."""


def ab_history(seed: int) -> Iterator[Step]:
    """The whole experiment, in order of time."""
    for number in range(RUNS):
        for place, setup in enumerate((STANDARD, EXTENDED)):
            at = FIRST + (2 * number + place) * APART
            yield from _session(setup, number, at, roll(seed, "ab", setup.key, number))


def ab_live(_seed: int) -> Iterator[Step]:
    """Nothing: the experiment is over."""
    while True:
        yield Step(math.inf, ())


class _Writer:
    """One session: what happens, one step after the other."""

    def __init__(self, setup: _Setup, number: int, at: float, dice: Random) -> None:
        self.id = f"setup_{setup.key}_{number + 1}"
        self.setup, self.number, self.dice = setup, number, dice
        self.started = self.now = at

    def session(self, status: str, error: str | None = None) -> Step:
        over = status != "running"
        return self._step(
            PutSession(
                id=self.id,
                parent_id=None,
                parent_event_id=None,
                title=f"Casino Royal, {self.setup.name}, run {self.number + 1}",
                agent="planner",
                component=self.setup.name,
                project="heist",
                status=status,
                started=self.started,
                ended=self.now if over else None,
                declared_turns=self.setup.turns[self.number] if over else None,
                quality=None,
                error=error,
                tokens=None,
                cost=None,
            )
        )

    def say(self, agent: str, text: str, kind: str = "message", parent: str | None = None) -> Step:
        event = self._event(kind, agent, text, parent)
        given = PutText(event.id, **({"output": text} if kind == "message" else {"input": text}))
        return self._step(event, given)

    def call(
        self, agent: str, tool: str, arguments: str, parent: str, *, failing: float | None = None
    ) -> Step:
        profile = TOOLS[tool]
        rate = self.setup.failing[tool] if failing is None else failing
        failed = self.dice.random() < rate
        took = round(self.dice.lognormvariate(math.log(profile.median), 0.4), 3)
        began = self.now
        self.now += took
        event = self._event(
            "tool", agent, arguments, parent, began, tool, "error" if failed else "ok", took
        )
        answer = profile.failure if failed else f"{self.dice.randrange(3, 90)}"
        return self._step(event, PutText(event.id, arguments, answer))

    def wait(self) -> None:
        self.now += self.dice.lognormvariate(math.log(self.setup.pause), 0.35)

    def _event(
        self,
        kind: str,
        agent: str,
        summary: str,
        parent: str | None,
        began: float | None = None,
        tool: str | None = None,
        state: str = "ok",
        duration: float | None = None,
    ) -> AddEvent:
        return AddEvent(
            id=f"evt_{self.dice.getrandbits(64):016x}",
            session_id=self.id,
            parent_id=parent,
            time=round(self.now if began is None else began, 3),
            agent=agent,
            kind=kind,
            summary=summary,
            state=state,
            tool=tool,
            duration=duration,
        )

    def _step(self, *operations: Operation) -> Step:
        return Step(round(self.now, 3), operations)


def _session(setup: _Setup, number: int, at: float, dice: Random) -> Iterator[Step]:
    writer = _Writer(setup, number, at, dice)
    turns = setup.turns[number]
    yield writer.session("running")
    asked = writer.say("user", PROMPT, "prompt")
    yield asked
    prompt = parent = _id_of(asked)
    spoken = 0
    for agent, text, tool in OPENING:
        writer.wait()
        if tool is None:
            said = writer.say(agent, text, parent=prompt)
            parent = _id_of(said)
            spoken += 1
            yield said
        else:
            yield writer.call(agent, tool, text, parent, failing=0.0)
    speaker = "safecracker"
    while spoken < turns:
        writer.wait()
        line = dice.choice(LINES[speaker]).format(n=dice.randrange(3, 60))
        said = writer.say(speaker, line, parent=prompt)
        spoken += 1
        yield said
        if dice.random() < 0.6:
            tool = dice.choice(setup.tools[speaker])
            yield writer.call(speaker, tool, dice.choice(TOOLS[tool].arguments), _id_of(said))
        speaker = _next(speaker, setup, dice)
    writer.wait()
    if (setup.key, number + 1) in FAILED:
        yield writer.session("failed", f"Alarm in round {turns}: the east door was not open")
    else:
        yield writer.session("completed")


def _next(speaker: str, setup: _Setup, dice: Random) -> str:
    """Who speaks next: with results to talk about, more often somebody else."""
    following: Sequence[str] = NEXT_SPEAKER[speaker]
    if setup is STANDARD and dice.random() < 0.25:
        return speaker
    return dice.choice(following)


def _id_of(step: Step) -> str:
    return next(operation.id for operation in step.operations if isinstance(operation, AddEvent))
