"""Packed texts come back by their names, and what is no such data is refused."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.folding import packed_texts
from queries.folding.packed_texts import PackedTexts

lines = st.text(st.characters(min_codepoint=32, max_codepoint=126))


@given(st.dictionaries(st.text(), lines, max_size=5))
def test_texts_come_back_by_their_names(texts: dict[str, str]) -> None:
    assert PackedTexts(PackedTexts.of(texts.items()).packed).unpacked() == texts


def test_many_alike_take_little_room() -> None:
    texts = {f"session-{number}": "[1,2,3,4,5,6,7,8,9,10,11,12]" * 10 for number in range(40)}
    assert len(PackedTexts.of(texts.items()).packed) * 12 < sum(map(len, texts.values()))


@pytest.mark.parametrize("broken", [b"", b"no such data", PackedTexts.of([("a", "1")]).packed[:-3]])
def test_what_is_cut_or_foreign_is_refused(broken: bytes) -> None:
    with pytest.raises((ValueError, zlib.error)):
        PackedTexts(broken).unpacked()


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = PackedTexts.of([("a", "1" * 5000)])
    monkeypatch.setattr(packed_texts, "LARGEST", 1000)
    with pytest.raises(ValueError, match="too large"):
        packed.unpacked()
