"""Credentials are found by their formats, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.credentials import COVER, RULES, Rule, cover, mask
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
        "git log 3a3b20e..9f8e7d6c5b4a39281706f5e4d3c2b1a098765432 -- src/keys",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "parent 3a3b20ef0c9d4b1e8f7a6c5d4e3f2a1b0c9d8e7f",
        '{"session_id": "28541424-e443-4c6e-9a53-0f6f5f4d3c2b", "key": "a"}',
        "id: 01HQ3K5V7X9Z2B4D6F8H0J2M4P, run 550e8400e29b41d4a716446655440000",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
        '"content": "' + "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQ" * 9 + '"',
        "integrity sha512-oRObpg6yKCBhKPhZ9lDbN4XMDd8mVwXh7N8Q0kbYhmQxSbm8w8l4mGkUq1g0fXl3w==",
        "md5 d41d8cd98f00b204e9800998ecf8427e, sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "/home/me/.cache/pip/wheels/3f/9a/1c/5c2f7a8d9e0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f/x.whl",
        "C:\\Users\\me\\AppData\\Local\\Temp\\9f8e7d6c5b4a39281706\\keys.txt",
        "every token counts; a token of thanks for the 2 secret keys of success",
        '{"tokens": 123, "input_tokens": 45678901, "max_token": 8192, "token_count": 12345678}',
        '{"usage": {"cache_read_input_tokens": 1234567890, "output_tokens": 98765432}}',
        "token_type: bearer, expires_in: 3600",
        "pass: 12 of 14 tests, password_reset_email=enabled_for_everyone",
        "secret santa: draw at 18:30",
        "the bearer certificates were delivered-yesterday-afternoon",
        "key=value, api_key=None, auth_token = get_token(user)",
        "password: str | None = None",
        "https://user@example.org/a:b@c and ssh://git@host:22/repo",
        "redis://localhost:6379/0",
        "def sk_learn_pipeline(hf_hub_download, npm_config_registry): ...",
        "TOKEN_LIMIT = 200000; SECRET_NAME = my-app-secret-name",
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


@given(st.text(max_size=300))
def test_covering_keeps_the_length_and_the_lines(text: str) -> None:
    covered = cover(text)
    assert [len(line) for line in covered.split("\n")] == [len(line) for line in text.split("\n")]
    assert cover(covered) == covered


@given(st.sampled_from(RULES), st.text(" ab\n,;", max_size=20), st.text(" \n,;)", max_size=20))
def test_what_is_masked_is_covered(rule: Rule, before: str, after: str) -> None:
    text = f"{before} {rule.example} {after}"
    covered = cover(text)
    assert COVER in covered
    assert len(covered) == len(text)
    assert mask(covered) == covered
    assert covered.startswith(before)
    assert covered.endswith(after)


def test_a_secret_that_was_cut_off_is_found_by_its_beginning() -> None:
    for text in ("see ghp_0123456789…", "sk-ant-api03-012…", '{"password": "x9Yk2mQ8vLp4…'):
        assert "[masked: " in mask(text)
    for text in ("ghp_…", "the sk-…", "token…", "AKIA…"):
        assert mask(text) == text


def test_lines_of_a_covered_key_end_where_they_did() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
    covered = cover(f"before\n{key}\nafter")
    assert "MIIEow" not in covered
    assert [len(line) for line in covered.split("\n")] == [6, 31, 6, 6, 29, 5]
