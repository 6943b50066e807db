"""The flattened tree against a naive one that is flattened anew after every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.models import (
    ActivityNode,
    Event,
    EventKind,
    NodeInserted,
    NodeKind,
    NodeRemoved,
    NodeReplaced,
    TreeChange,
)
from widgets.flat_tree import FlatTree, opens_by_default

Test = Callable[[ActivityNode], bool]


def node(key: str, parent: str | None = None, title: str = "", kind: str = "event") -> ActivityNode:
    return ActivityNode(key, parent, NodeKind(kind), title or key)


def visible(tree: FlatTree) -> list[str]:
    """The keys of all visible lines, top to bottom."""
    return [tree.node(line).key for line in range(len(tree))]


def always(_: ActivityNode) -> bool:
    return True


@dataclass
class Naive:
    """The same tree, written as simply as possible."""

    start_open: Test
    nodes: dict[str, ActivityNode] = field(default_factory=dict)
    kids: dict[str | None, list[str]] = field(default_factory=lambda: {None: []})
    home: dict[str, str | None] = field(default_factory=dict)
    choices: dict[str, bool] = field(default_factory=dict)
    filter: Test | None = None
    filter_closed: set[str] = field(default_factory=set)

    def ancestors(self, key: str | None) -> list[str]:
        found: list[str] = []
        while key is not None:
            found.append(key)
            key = self.home[key]
        return found

    def place(self, key: str, parent: str | None, before: str | None) -> None:
        siblings = self.kids.setdefault(parent, [])
        at = siblings.index(before) if before in siblings and before != key else len(siblings)
        siblings.insert(at, key)
        self.home[key] = parent

    def apply(self, change: TreeChange) -> None:
        if isinstance(change, NodeInserted):
            key = change.node.key
            parent = change.node.parent if change.node.parent in self.nodes else None
            if key not in self.nodes:
                self.filter_closed.discard(key)
                self.place(key, parent, change.before)
            elif parent != self.home[key] and key not in self.ancestors(parent):
                self.kids[self.home[key]].remove(key)
                self.place(key, parent, change.before)
            self.nodes[key] = change.node
        elif isinstance(change, NodeReplaced):
            if change.node.key in self.nodes:
                self.nodes[change.node.key] = change.node
        elif change.key in self.nodes:
            self.kids[self.home[change.key]].remove(change.key)
            self.drop(change.key)

    def drop(self, key: str) -> None:
        for kid in self.kids.pop(key, []):
            self.drop(kid)
        del self.nodes[key], self.home[key]

    def is_open(self, key: str) -> bool:
        if self.filter is not None:
            return key not in self.filter_closed
        return self.choices.get(key, self.start_open(self.nodes[key]))

    def set_open(self, key: str, value: bool) -> None:
        if key in self.nodes and self.is_open(key) != value:
            if self.filter is None:
                self.choices[key] = value
            elif value:
                self.filter_closed.discard(key)
            else:
                self.filter_closed.add(key)

    def shown(self, key: str) -> bool:
        return (
            self.filter is None
            or self.filter(self.nodes[key])
            or any(self.shown(kid) for kid in self.kids.get(key, []))
        )

    def visible(self, parent: str | None = None, depth: int = 0) -> list[tuple[str, int]]:
        lines: list[tuple[str, int]] = []
        for key in self.kids.get(parent, []):
            if self.shown(key):
                lines.append((key, depth))
                if self.is_open(key):
                    lines += self.visible(key, depth + 1)
        return lines

    def document(self, parent: str | None = None) -> list[str]:
        keys: list[str] = []
        for key in self.kids.get(parent, []):
            keys += [key, *self.document(key)]
        return keys


KEYS = st.sampled_from([f"k{number}" for number in range(12)])
TITLES = st.sampled_from(["good", "bad"])
STEPS = st.one_of(
    st.tuples(st.just("insert"), KEYS, st.none() | KEYS, TITLES, st.none() | KEYS),
    st.tuples(st.just("replace"), KEYS, TITLES),
    st.tuples(
        st.sampled_from(["remove", "open", "close", "toggle", "open all", "close all"]), KEYS
    ),
    st.tuples(st.just("reveal"), KEYS),
    st.tuples(st.just("filter"), st.booleans()),
)


def is_bad(each: ActivityNode) -> bool:
    return each.title == "bad"


def take_step(tree: FlatTree, naive: Naive, step: tuple[str, ...]) -> None:
    what, key = step[0], step[1]
    change: TreeChange | None = None
    if what == "insert":
        change = NodeInserted(node(key, step[2], step[3]), step[4])
    elif what == "replace":
        change = NodeReplaced(node(key, None, step[2]))
    elif what == "remove":
        change = NodeRemoved(key)
    elif what == "filter":
        test = is_bad if key else None
        tree.set_filter(test)
        naive.filter, naive.filter_closed = test, set()
    elif what == "reveal":
        tree.reveal(key)
        if key in naive.nodes and naive.shown(key):
            for ancestor in naive.ancestors(naive.home[key]):
                naive.set_open(ancestor, True)
    elif what in ("open all", "close all"):
        (tree.open_all if what == "open all" else tree.close_all)()
        for each in naive.document():
            if naive.kids.get(each):
                if naive.filter is None:
                    naive.choices[each] = what == "open all"
                naive.set_open(each, what == "open all")
    else:
        {"open": tree.open, "close": tree.close, "toggle": tree.toggle}[what](key)
        if key in naive.nodes:
            naive.set_open(key, {"open": True, "close": False}.get(what, not naive.is_open(key)))
    if change is not None:
        naive.apply(change)
        tree.apply([change])


@settings(max_examples=400, deadline=None)
@given(st.lists(STEPS, max_size=40), st.booleans())
def test_any_sequence_of_steps_equals_flattening_anew(
    steps: list[tuple[str, ...]], open_at_first: bool
) -> None:
    def start(each: ActivityNode) -> bool:
        return open_at_first

    tree, naive = FlatTree(start), Naive(start)
    for step in steps:
        take_step(tree, naive, step)
        expected = naive.visible()
        assert visible(tree) == [key for key, _ in expected]
        for line, (key, depth) in enumerate(expected):
            assert tree.depth(line) == depth
            assert tree.index_of(key) == line
            parent = naive.home[key]
            assert tree.parent_line(line) == (None if parent is None else tree.index_of(parent))
            above_it = tree.parent(line)
            assert (None if above_it is None else above_it.key) == parent
            kin = [kid for kid in naive.kids[parent] if naive.shown(kid)]
            if depth:
                assert tree.guides(line, 99)[-1] == (kin[-1] != key)
            assert len(tree.guides(line, 99)) == depth
            assert tree.has_children(line) == any(map(naive.shown, naive.kids.get(key, [])))
        for key in set(naive.nodes) - {key for key, _ in expected}:
            assert tree.index_of(key) is None
            seen = [each for each in naive.ancestors(key) if tree.index_of(each) is not None]
            above = tree.nearest_line(key)
            assert above == (tree.index_of(seen[0]) if seen else None)
        assert tree.node_count == len(naive.nodes)
    order = [key for key in naive.document() if naive.shown(key)]
    found: list[str] = []
    at: str | None = None
    while (at := tree.search(at, always)) is not None:
        found.append(at)
    assert found == order
    found = []
    while (at := tree.search(at, always, forward=False)) is not None:
        found.append(at)
    assert found == order[::-1]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(KEYS, st.none() | KEYS, TITLES), min_size=1, max_size=14), st.booleans())
def test_many_changes_at_once_equal_one_by_one(
    rows: list[tuple[str, str | None, str]], filtered: bool
) -> None:
    changes: list[TreeChange] = [NodeInserted(node(*row)) for row in rows]
    changes += [NodeReplaced(node("nobody"))] * 600
    changes += [NodeRemoved(rows[0][0])]
    at_once, singly = FlatTree(always), FlatTree(always)
    for tree in (at_once, singly):
        tree.set_filter(is_bad if filtered else None)
    at_once.apply(changes)
    for change in changes:
        singly.apply([change])
    assert visible(at_once) == visible(singly)


def test_load_takes_children_before_parents_orphans_and_doubles() -> None:
    tree = FlatTree(always)
    rows = [node("b", "a"), node("a"), node("lost", "nowhere"), node("c", "a"), node("b", "a", "x")]
    tree.load(rows)
    assert visible(tree) == ["a", "b", "c", "lost"]
    assert tree.node(1).title == "x"
    assert [tree.depth(line) for line in range(4)] == [0, 1, 1, 0]


def test_load_survives_cycles() -> None:
    tree = FlatTree(always)
    rows = [node("own", "own"), node("tail", "y"), node("y", "z"), node("z", "x"), node("x", "y")]
    tree.load([*rows, node("root")])
    assert visible(tree) == ["root", "own", "y", "tail", "x", "z"]
    assert [tree.depth(line) for line in range(6)] == [0, 0, 0, 1, 1, 2]


def test_inserting_a_node_under_itself_or_its_own_child_makes_no_cycle() -> None:
    tree = FlatTree(always)
    tree.apply([NodeInserted(node("a", "a")), NodeInserted(node("b", "a"))])
    tree.apply([NodeInserted(node("a", "b", "new"))])
    assert visible(tree) == ["a", "b"]
    assert tree.node(0).title == "new"


def test_choices_of_the_user_survive_a_load() -> None:
    tree = FlatTree(always)
    rows = [node("a"), node("b", "a"), node("c"), node("d", "c")]
    tree.load(rows)
    tree.close("a")
    tree.load([*rows, node("e", "c")])
    assert visible(tree) == ["a", "c", "d", "e"]
    tree.apply([NodeRemoved("a"), NodeInserted(node("a")), NodeInserted(node("b", "a"))])
    assert visible(tree) == ["c", "d", "e", "a"]


def test_a_filter_opens_what_it_finds_and_leaves_no_trace() -> None:
    tree = FlatTree(lambda _: False)
    tree.load([node("a"), node("b", "a"), node("c", "b", "bad"), node("d", "b")])
    assert visible(tree) == ["a"]
    tree.set_filter(is_bad)
    assert visible(tree) == ["a", "b", "c"]
    tree.close("b")
    assert visible(tree) == ["a", "b"]
    tree.set_filter(None)
    assert visible(tree) == ["a"]
    assert not tree.is_open("b")


def test_apply_tells_what_is_new() -> None:
    tree = FlatTree(always)
    tree.load([node("a")])
    changes: list[TreeChange] = [NodeInserted(node(key, "a")) for key in ("b", "a")]
    changes.append(NodeReplaced(node("a")))
    assert tree.apply(changes) == ["b"]


@pytest.mark.parametrize(
    ("kind", "event_kind", "expected"),
    [
        ("event", EventKind.PROMPT, True),
        ("event", EventKind.DELEGATION, True),
        ("session", None, True),
        ("group", None, False),
        ("notice", None, False),
    ],
)
def test_what_is_open_at_first(kind: str, event_kind: EventKind | None, expected: bool) -> None:
    event = None if event_kind is None else Event(0, 1, "e", "s", kind=event_kind)
    assert opens_by_default(ActivityNode("k", None, NodeKind(kind), "", event)) is expected


def test_ten_thousand_levels() -> None:
    tree = FlatTree(always)
    depth = 10_000
    tree.load(node(f"n{level}", f"n{level - 1}") for level in range(depth))
    assert len(tree) == depth
    assert tree.depth(depth - 1) == depth - 1
    assert len(tree.guides(depth - 1, 8)) == 8
    tree.close_all()
    assert len(tree) == 1
    assert tree.reveal(f"n{depth - 1}") == depth - 1
    assert tree.search("n0", lambda each: each.key == f"n{depth - 1}") == f"n{depth - 1}"
    assert tree.search(None, lambda each: each.key == "n0", forward=False) == "n0"
    tree.apply([NodeInserted(node("deeper", f"n{depth - 1}")), NodeRemoved("n1")])
    assert visible(tree) == ["n0"]
    assert tree.node_count == 1


def test_a_hundred_thousand_nodes() -> None:
    size = 100_000
    rows = [node(f"n{i}", None if i % 100 == 0 else f"n{i - i % 100}") for i in range(size)]
    tree = FlatTree(always)
    tree.load(rows)
    assert len(tree) == size
    tree.apply([NodeInserted(node("new", f"n{size - 100}"))])
    assert visible(tree)[-1] == "new"
    tree.toggle("n0")
    assert len(tree) == size + 1 - 99
