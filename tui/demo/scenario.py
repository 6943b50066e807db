"""The whole demo: two weeks of history, then agents that work for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, takewhile
from random import Random

from tui.demo import vocabulary as words
from tui.demo.acting import Work, roll
from tui.demo.coding import coding_session
from tui.demo.crew import heist_session
from tui.demo.steps import PutWorkItem, Script, Stage, Step, play

LEAD = 100.0
"""The live agents have been at work for so many seconds when the demo begins."""
DAY = 86_400.0
HISTORY_DAYS = 14
HISTORY_SESSIONS = 32
"""Sessions that a user started; those of their sub-agents come on top."""
EACH_HEIST = 6
HISTORY_PACE = 12.0
CODING_SEATS = 8
PAST_OUTCOMES = (
    *("completed", "completed", "failed", "completed", "paused", "completed", "resumed"),
    *("completed", "abandoned", "failed", "completed"),
)
LIVE_OUTCOMES = ("completed", "resumed", "completed", "failed", "completed", "paused")


def scenario(seed: int) -> Iterator[Step]:
    """What happens live: endless, and the same for the same seed.

    Yields:
        Steps in order of time, the first at about ``-LEAD`` seconds.
    """
    scripts: list[tuple[float, Callable[[Stage], Script]]] = [
        (-LEAD + 3.0 * seat, partial(_coding_seat, seed=seed, seat=seat))
        for seat in range(CODING_SEATS)
    ]
    scripts.append((-LEAD + 1.0, partial(_crew_seat, seed=seed)))
    scripts.append((-LEAD + 40.0, partial(_work_items, seed=seed, name="live", wait=12.0)))
    return play(scripts)


def history(seed: int) -> Iterator[Step]:
    """What happened in the two weeks before the demo; ends well before ``-LEAD``."""
    dice = roll(seed, "history")
    scripts: list[tuple[float, Callable[[Stage], Script]]] = []
    for number in range(HISTORY_SESSIONS):
        # One end of every session falls into a working day of nine hours.
        day = 1 + number * (HISTORY_DAYS - 1) // HISTORY_SESSIONS
        at = round(-(day * DAY) + dice.uniform(0.0, 9 * 3600.0), 3)
        begin = _past_heist if number % EACH_HEIST == 5 else _past_coding
        scripts.append((at, partial(begin, seed=seed, number=number)))
    board = partial(_work_items, seed=seed, name="history", wait=9 * 3600.0)
    scripts.append((-HISTORY_DAYS * DAY, board))
    return takewhile(lambda step: step.at < -2 * LEAD, play(scripts))


def _past_coding(stage: Stage, seed: int, number: int) -> Script:
    outcome = PAST_OUTCOMES[number % len(PAST_OUTCOMES)]
    return _coding(stage, roll(seed, "past", number), number, outcome, HISTORY_PACE)


def _past_heist(stage: Stage, seed: int, number: int) -> Script:
    outcome = ("completed", "failed", "abandoned")[number // EACH_HEIST % 3]
    return _heist(stage, roll(seed, "past", number), number, outcome, HISTORY_PACE / 2)


def _coding_seat(stage: Stage, seed: int, seat: int) -> Script:
    """One session after the other, for ever."""
    for turn in count():
        dice = roll(seed, "seat", seat, turn)
        outcome = dice.choice(LIVE_OUTCOMES)
        yield from _coding(stage, dice, dice.randrange(len(words.TASKS)), outcome, 1.0)
        yield round(dice.uniform(1.0, 6.0), 3)


def _crew_seat(stage: Stage, seed: int) -> Script:
    for turn in count():
        dice = roll(seed, "crew", turn)
        outcome = "failed" if dice.random() < 0.3 else "completed"
        yield from _heist(stage, dice, turn, outcome, 1.0)
        yield 4.0


def _coding(stage: Stage, dice: Random, number: int, outcome: str, pace: float) -> Script:
    title, project, component, prompts = words.TASKS[number % len(words.TASKS)]
    pairs = dice.random() < 0.3
    work = Work(
        stage,
        dice,
        title=title,
        agent="codex" if pairs else "claude-code",
        project=project,
        component=component,
        pairs=pairs,
        pace=pace,
    )
    yield from coding_session(work, prompts, outcome)


def _heist(stage: Stage, dice: Random, number: int, outcome: str, pace: float) -> Script:
    work = Work(
        stage,
        dice,
        title=f"The {words.TARGETS[number % len(words.TARGETS)]} job",
        agent="planner",
        project="heist",
        component="crew",
        model="local-7b",
        pace=pace,
    )
    yield from heist_session(work, dice.randint(40, 90), outcome)


def _work_items(stage: Stage, seed: int, name: str, wait: float) -> Script:
    """Items of work appear one after the other and move on, each at its own speed."""
    dice = roll(seed, "items", name)
    items: list[PutWorkItem] = []
    for number in count():
        if number % 3 == 0:
            kind, title, priority = words.WORK_ITEMS[number // 3 % len(words.WORK_ITEMS)]
            items = [*items, _new_item(stage, f"{kind}-{dice.getrandbits(40):010x}", kind, title,
                                       priority, steps=dice.randint(2, 6))][-20:]  # fmt: skip
            stage.do(items[-1])
        else:
            index = dice.randrange(len(items))
            items[index] = _moved_on(items[index], stage.now, dice.random())
            stage.do(items[index])
        yield round(dice.uniform(0.5, 1.5) * wait, 3)


def _new_item(
    stage: Stage, number: str, kind: str, title: str, priority: str, steps: int
) -> PutWorkItem:
    return PutWorkItem(
        id=number,
        type=kind,
        title=title,
        status="todo",
        priority=priority,
        assigned_to=None,
        created=stage.now,
        updated=stage.now,
        completed=None,
        steps_total=steps,
        steps_completed=0,
    )


def _moved_on(item: PutWorkItem, now: float, chance: float) -> PutWorkItem:
    """The item a step further: begun, blocked for a while, in the end done."""
    done = min(item.steps_completed + 1, item.steps_total)
    finished = done == item.steps_total
    status = "done" if finished else "blocked" if chance < 0.15 else "in_progress"
    return PutWorkItem(
        id=item.id,
        type=item.type,
        title=item.title,
        status=status,
        priority=item.priority,
        assigned_to=item.assigned_to or ("claude-code" if chance < 0.6 else "codex"),
        created=item.created,
        updated=now,
        completed=(item.completed or now) if finished else None,
        steps_total=item.steps_total,
        steps_completed=done,
    )
