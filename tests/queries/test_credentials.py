"""Credentials are found by their formats, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.credentials import RULES, Rule, mask
from queries.text import clean, clean_lines


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_masks_its_example(rule: Rule) -> None:
    for text in (rule.example, f"before {rule.example} after", f"({rule.example})"):
        masked = mask(text)
        assert "[masked: " in masked
        assert masked != text
    whole = mask(f"x {rule.example} y")
    assert whole.startswith("x ")
    assert whole.endswith(" y")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_works_in_json_and_in_cleaned_text(rule: Rule) -> None:
    for text in (json.dumps({"input": rule.example}), clean(rule.example, 1000)):
        assert "[masked: " in mask(text)
    assert "[masked: " in mask(clean_lines(json.dumps([rule.example])))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_"),
        ("https://bob:hunter2@example.org/path", "hunter2"),
        ('{"password": "correct-horse9"}', "correct-horse9"),
        ('{\\"api_key\\": \\"x9Yk2mQ8vLp4Rt7Z\\"}', "x9Yk2mQ8vLp4Rt7Z"),
        ("export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr"),
        ("Authorization: Bearer abcdef0123456789abcdef", "abcdef0123456789"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk (cut here", "b3Blb"),
        ("client_secret: Zx81-qwe7-plm3", "qwe7"),
    ],
)
def test_nothing_of_the_secret_is_left(text: str, left: str) -> None:
    assert left not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "commit 3a3b20ef0c9d4b1e8f7a6c5d4e3f2a1b0c9d8e7f",
        "session 28541424-e443-4c6e-9a53-0f6f5f4d3c2b",
        "sha256:" + "0123456789abcdef" * 4,
        "tokens: 1234567890",
        "token=12345678",
        "max_tokens = 100000",
        "the token is expired and the password was wrong",
        "password: required",
        "password=os.environ",
        "api_key=${API_KEY}",
        "secret: <redacted>",
        "token: $GITHUB_TOKEN",
        "def key(self) -> str: return self.api_key",
        "keyboard: ergonomic-layout",
        "sk-learn and sk-image are fine",
        "task-management-for-the-whole-organisation-of-tests",
        "https://example.org:8080/path@2",
        "git@github.com:owner/name.git",
        "bearer of bad news everywhere",
        "skill_live_long_and_prosper",
        "/usr/share/secrets/token/file.txt",
        "AKIA is a prefix",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA",
        "Grep login_required in src/auth_token.py:120",
    ],
)
def test_no_false_alarm(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.sampled_from(RULES), st.text(" ab\n,;", max_size=20), st.text(" \n,;)", max_size=20))
def test_an_example_is_masked_wherever_it_stands(rule: Rule, before: str, after: str) -> None:
    masked = mask(f"{before} {rule.example} {after}")
    assert "[masked: " in masked
    assert mask(masked) == masked


@given(st.integers(1, 5000))
def test_long_texts_take_no_longer_than_they_are_long(number: int) -> None:
    text = "password=" * number + "://" * number + "-----BEGIN " * number
    assert len(mask(text)) <= len(text) + 100
