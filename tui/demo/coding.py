"""Sessions of coding agents: prompts, tool calls, sub-agents, failures and second tries."""

from __future__ import annotations

from random import Random

from tui.demo import vocabulary as words
from tui.demo.acting import Work
from tui.demo.steps import Script

MAIN_TOOLS = tuple(
    name for name, profile in words.TOOLS.items() for _ in range(profile.weight) if profile.weight
)
DEEPEST = 3
"""Sub-agents may start sub-agents of their own, so many levels down."""


def coding_session(work: Work, prompts: tuple[str, ...], outcome: str) -> Script:
    """A whole session.

    Args:
        work: the session; nothing has been recorded of it yet.
        prompts: what the user asks for, one after the other.
        outcome: completed, failed, paused, resumed (paused, then completed) or abandoned
            (it stops in the middle of a call and nobody says so).
    """
    work.put("running")
    for number, text in enumerate(prompts):
        last = number == len(prompts) - 1
        prompt = work.prompt(text)
        yield work.pause(0.7)
        yield from _turn(work, prompt, steps=work.dice.randint(12, 36))
        if last and outcome in ("failed", "abandoned"):
            yield from work.call("Bash", prompt, hang=True)
        elif last and outcome == "paused":
            work.say("Waiting for your decision before I touch the migration.", prompt)
        elif outcome == "resumed" and number == 0:
            work.put("paused")
            yield work.pause(9)
            work.put("running")
        else:
            work.say(work.dice.choice(words.REMARKS), prompt)
        yield work.pause(1.5)
    match outcome:
        case "failed":
            work.put("failed", work.dice.choice(words.SESSION_ERRORS))
        case "paused":
            work.put("paused")
        case "abandoned":
            pass
        case _:
            work.put("completed")


def _turn(work: Work, prompt: str, steps: int) -> Script:
    """What the main agent does about one prompt."""
    for _ in range(steps):
        yield work.pause(0.6)
        chance = work.dice.random()
        if chance < 0.025:
            yield from _delegate(work, prompt, work.dice.choice(tuple(words.ROLES)))
        elif chance < 0.033:
            yield from _delegate_in_parallel(work, prompt)
        elif chance < 0.06:
            yield from _compound(work, prompt)
        elif chance < 0.075:
            yield from work.hand_off("reviewer", "Please review before I merge", prompt)
        elif chance < 0.09:
            work.interruption(prompt)
            yield work.pause(3)
        elif chance < 0.28:
            work.say(work.dice.choice(words.REMARKS), prompt)
        else:
            yield from _call_and_retry(work, work.dice.choice(MAIN_TOOLS), prompt)


def _call_and_retry(work: Work, tool: str, parent: str | None, agent: str | None = None) -> Script:
    """A call; after a failure mostly a second one, sometimes a third."""
    for _ in range(3):
        succeeded = yield from work.call(tool, parent, agent)
        if succeeded or work.dice.random() < 0.25:
            return
        yield work.pause(0.8)


def _compound(work: Work, parent: str) -> Script:
    """A call that makes calls of its own."""
    call = work.begin_call("Skill", "release-checklist", parent)
    for tool in work.dice.choices(("Read", "Bash", "Edit", "Grep"), k=work.dice.randint(2, 4)):
        yield work.pause(0.4)
        yield from _call_and_retry(work, tool, call[0])
    work.end_call(call, "ok", "All steps of the checklist are done.")


def _delegate(work: Work, parent: str | None, role: str, depth: int = 1) -> Script:
    """A sub-agent does something, mostly in a session of its own, while the caller waits."""
    brief = work.dice.choice(words.BRIEFS[role])
    call = work.begin_call("Task", brief, parent, target=role)
    yield work.pause(0.4)
    if work.dice.random() < 0.35:
        for tool in work.dice.choices(words.ROLES[role], k=work.dice.randint(2, 4)):
            yield from _call_and_retry(work, tool, call[0], role)
        failed = False
    else:
        child = Work(
            work.stage,
            Random(work.dice.getrandbits(64)),  # noqa: S311 - repeatable on purpose
            title=brief,
            agent=role,
            project=work.project,
            component=work.component,
            model="small-4",
            parent=work,
            call=call[0],
            pairs=work.pairs,
            pace=work.pace,
        )
        failed = work.dice.random() < 0.08
        yield from _sub_session(child, work.agent, brief, depth, failed)
    output = "The sub-agent gave up." if failed else work.dice.choice(words.REMARKS)
    work.end_call(call, "error" if failed else "ok", output)


def _delegate_in_parallel(work: Work, parent: str) -> Script:
    """Two sub-agents at the same time."""
    open_ends = 2

    def counted(role: str) -> Script:
        nonlocal open_ends
        yield from _delegate(work, parent, role)
        open_ends -= 1

    for role in ("explorer", "test-runner"):
        work.stage.begin(counted(role))
    while open_ends:
        yield 0.25


def _sub_session(work: Work, caller: str, brief: str, depth: int, failed: bool) -> Script:
    """The session of a sub-agent: one prompt from its caller, a few calls, one answer."""
    work.put("running")
    prompt = work.prompt(brief, agent=caller)
    for tool in work.dice.choices(words.ROLES[work.agent], k=work.dice.randint(2, 6)):
        yield work.pause(0.5)
        if depth < DEEPEST and work.dice.random() < 0.12:
            role = "test-runner" if work.agent == "reviewer" else "explorer"
            yield from _delegate(work, prompt, role, depth + 1)
        else:
            yield from _call_and_retry(work, tool, prompt)
    if failed:
        work.interruption(prompt)
        work.put("failed", work.dice.choice(words.SESSION_ERRORS))
    else:
        work.say(work.dice.choice(words.REMARKS), prompt)
        work.put("completed")
