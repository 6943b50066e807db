"""A crew that plans a heist by talking: many messages, few tools, one unreliable member."""

from __future__ import annotations

from tui.demo import vocabulary as words
from tui.demo.acting import Work
from tui.demo.steps import Script


def heist_session(work: Work, rounds: int, outcome: str) -> Script:
    """Planner, hacker, safecracker and mole talk to each other.

    Args:
        work: the session; nothing has been recorded of it yet.
        rounds: how many of them speak before it is over.
        outcome: completed, failed or abandoned (it just stops).
    """
    dice = work.dice
    work.put("running")
    prompt = work.prompt(f"Plan it, all four of you: {work.title}", operation="briefing")
    speaker = "planner"
    for _ in range(rounds):
        yield work.pause(1.2)
        work.agent = speaker
        line = dice.choice(words.CREW_LINES[speaker]).format(n=dice.randrange(3, 60))
        message = work.say(line, prompt)
        if dice.random() < 0.35:
            yield work.pause(0.4)
            yield from work.call(dice.choice(words.CREW_TOOLS[speaker]), message, speaker)
        following = dice.choice(words.NEXT_SPEAKER[speaker])
        if dice.random() < 0.06 and following != speaker:
            yield from work.hand_off(following, "This is your part of the job", message)
        speaker = following
    work.agent = "planner"
    if outcome == "failed":
        work.put("failed", f"Alarm in round {rounds}: the east door was not open")
    elif outcome == "completed":
        work.put("completed")
