"""What compared sessions are called, so that they are told apart where there is little room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

CUT: Final = 10
"""Characters that titles have to share before they are cut off."""
SHORT_WORD: Final = 6
_MARK: Final = "…"
_EDGES: Final = " -_/.,:;#"


def telling_titles(titles: Sequence[str], ids: Sequence[str]) -> tuple[str, ...]:
    """The titles without what they have in common; sessions of one title with their ids.

    What is cut off at the beginning or the end of titles that share much of it is replaced by
    an ellipsis, at the border of a word.

    Args:
        titles: of all sessions, in order.
        ids: theirs.
    """
    told = _without_common(titles)
    short = _short_ids(ids)
    return tuple(
        f"{title} · {name}" if titles.count(whole) > 1 else title
        for title, whole, name in zip(told, titles, short, strict=True)
    )


def _short_ids(ids: Sequence[str]) -> list[str]:
    """As much of the beginning of ids as tells them apart, or what is left of long ones."""
    for length in (8, 12):
        heads = [name[:length] for name in ids]
        if len(set(heads)) == len(set(ids)):
            return heads
    return _without_common(ids)


def _without_common(texts: Sequence[str]) -> list[str]:
    shown = dict.fromkeys(texts, "")
    for alike in _alike(sorted(shown)):
        if len(alike) == 1:
            shown[alike[0]] = alike[0]
            continue
        head = _at_word(_shared(alike))
        rest = [text[head:] for text in alike]
        tail = _at_word(_shared([text[::-1] for text in rest]))
        for text, part in zip(alike, rest, strict=True):
            middle = part[: len(part) - tail]
            shown[text] = f"{_MARK * bool(head)}{middle}{_MARK * bool(tail)}"
    return [shown[text] for text in texts]


def _alike(texts: Sequence[str]) -> list[list[str]]:
    """Sorted texts in groups that share their beginning, or else their end."""
    groups: list[list[str]] = []
    for text in texts:
        if groups and len(_shared([groups[-1][0], text])) >= CUT:
            groups[-1].append(text)
        else:
            groups.append([text])
    single = [group[0] for group in groups if len(group) == 1]
    together = [group for group in groups if len(group) > 1]
    if len(single) > 1 and _at_word(_shared([text[::-1] for text in single])):
        return [*together, single]
    return [*together, *([text] for text in single)]


def _shared(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    first, last = min(texts), max(texts)
    pairs = enumerate(zip(first, last, strict=False))
    return first[: next((at for at, (one, other) in pairs if one != other), len(first))]


def _at_word(shared: str) -> int:
    """How many characters of a shared beginning are cut off: whole words, enough of them.

    A short last word stays, for what follows it to make sense: "part 2".
    """
    end = _last_edge(shared)
    before = _last_edge(shared[: max(end - 1, 0)])
    if before and end - before <= SHORT_WORD:
        end = before
    return end if end >= CUT else 0


def _last_edge(text: str) -> int:
    return max(text.rfind(edge) for edge in _EDGES) + 1
