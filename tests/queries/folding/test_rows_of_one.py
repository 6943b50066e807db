"""Of prompts, only as many texts are read as it takes to know what a session was asked first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from queries.fold import Fold
from queries.folding.batch import Batch
from queries.plain_data import replace
from tests.queries.events import prompt


@pytest.mark.parametrize(
    ("texts", "first", "readings"),
    [
        (("one", "two", "three"), "one", [[0, 2]]),
        (("", "two", "three"), "two", [[0, 2], [1, 2]]),
        (("", "", ""), None, [[0, 2], [1, 2]]),
    ],
)
def test_the_first_prompt_with_a_text_is_found(
    texts: tuple[str, ...], first: str | None, readings: list[list[int]]
) -> None:
    events = [replace(prompt(seq), summary=text, agent=None) for seq, text in enumerate(texts, 1)]
    events[-1] = replace(events[-1], agent="planner")
    batch, asked = Batch.of(events), list[list[int]]()
    known = batch.texts

    def noted(indexes: Sequence[int]) -> Mapping[int, str]:
        asked.append(sorted(set(indexes)))
        return known(indexes)

    batch.texts = noted
    fold = Fold(messages_only=False)
    fold.add_batch(batch)
    session = fold.sessions[events[0].session_id]
    assert (session.first_prompt or (None, None))[1] == first
    assert session.last_prompt == events[-1].key
    assert asked == readings
