"""Trees of prompts as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from queries.as_json.canonical import Json, event_json, stats_json
from queries.trees.prompt_trees import PromptNode, PromptTrees


def trees_json(trees: PromptTrees, sources: Sequence[str], *, raw: bool = False) -> Json:
    """The document of ``session-tui activity --json``; its lists are iterators.

    Args:
        trees: the prompts.
        sources: names of the event tables.
        raw: whether start and end rows were left unpaired.
    """

    def nodes(of: Sequence[PromptNode]) -> Iterator[Json]:
        return (node_json(node, sources, raw=raw) for node in of)

    return {
        "total_prompts": trees.total_prompts,
        "prompts": nodes(trees.prompts),
        "outside": nodes(trees.outside),
    }


def node_json(root: PromptNode, sources: Sequence[str], *, raw: bool = False) -> Json:
    """A node with all below it as nested dictionaries, without recursion."""
    top = _flat(root, sources, raw)
    todo = [(root, top)]
    while todo:
        node, shape = todo.pop()
        for child in node.children:
            below = _flat(child, sources, raw)
            shape["children"].append(below)
            todo.append((child, below))
    return top


def _flat(node: PromptNode, sources: Sequence[str], raw: bool) -> Json:
    return {
        **event_json(node.event, sources, phase=raw),
        "stats": stats_json(node.stats),
        "children": [],
    }
